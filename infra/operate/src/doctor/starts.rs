//! Checks that the functions start that no webhook reaches. A function that can't start places no call and recovers no
//! reminder, although its queue or its schedule invokes it.

use anyhow::Result;
use http::Method;
use serde_json::{Value, json};

use super::finding::Findings;
use super::functions::effect_of;
use crate::access::Access;
use crate::api::Api;
use crate::stack::Stack;

/// Number of characters that are shown of an error of a function.
const SHOWN_CHARS: usize = 200;

/// The outputs that name the functions. The other two functions answer the signed webhooks that this tool sends.
const FUNCTIONS: [&str; 2] = ["DialerFunction", "SweeperFunction"];

/// Invokes each function with an empty list of messages. A function that starts does nothing with it.
pub(super) async fn check(access: &Access, stack: &Stack, findings: &mut Findings) {
    let check = "start of the functions";
    let before = findings.findings.len();
    for output in FUNCTIONS {
        match error_of(access, stack, output).await {
            Ok(None) => {}
            Ok(Some((function, error))) => findings.problem(
                check,
                format!("{output} fails when it is invoked: {error}"),
                effect_of(output),
                &format!(
                    "read the reason in its log, and mend it: aws logs tail /aws/lambda/{function} --since 15m{}",
                    access.options()
                ),
            ),
            Err(error) => findings.unchecked(check, &error.context(output)),
        }
    }
    findings.fine_unless_found(before, check, "");
}

/// Invokes a function, and returns its name and its error if it fails. Lambda then answers with an object that describes
/// the error, else with what the function returns.
async fn error_of<'s>(access: &Access, stack: &'s Stack, output: &str) -> Result<Option<(&'s str, String)>> {
    let function = stack.output(output)?;
    let has_alias = output == "DialerFunction" && stack.parameter("Canary") == Some("ENABLED");
    let qualifier = if has_alias { "?Qualifier=live" } else { "" };
    let path = format!("/2015-03-31/functions/{function}/invocations{qualifier}");
    let found = Api::new(access).lambda(Method::POST, &path, Some(&json!({ "Records": [] }))).await?;
    Ok(described(&found).map(|error| (function, error)))
}

fn described(found: &Value) -> Option<String> {
    let text = |name: &str| found[name].as_str();
    let error = match (text("errorType"), text("errorMessage")) {
        (None, None) => return None,
        (Some(words), None) | (None, Some(words)) => words.to_owned(),
        (Some(kind), Some(message)) => format!("{kind}, {message}"),
    };
    Some(error.chars().take(SHOWN_CHARS).collect())
}
