//! Deliberate misconfigurations of a deployed stack, each of which `cargo operate doctor` finds. Those at the carrier and
//! of AWS's account are in the unit tests of `operate`, because the simulated carrier and the emulator have none.

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use local::endpoint::Service;
use operate::access::Access;
use operate::doctor::{self, CheckResult, Findings};
use reqwest::Method;
use serde_json::{Value, json};
use tests::Stage;

use crate::outcomes::write_secret;

/// A change of the configuration.
#[derive(Debug, Clone)]
enum Change {
    /// A field of the secret gets this value. An absent field is null.
    Secret(&'static str, Value),
    /// A variable of the function in this output gets this value.
    Variable(&'static str, &'static str, String),
    /// The function in this output gets this reserved concurrency, or none.
    ReservedConcurrency(&'static str, Option<u32>),
    /// The queue of the function in this output is enabled or disabled.
    QueueEnabled(&'static str, bool),
    /// The deletion protection of the table is on or off.
    DeletionProtection(bool),
}

/// Each misconfiguration with the check that finds it and a part of its description.
fn misconfigurations() -> Vec<(Change, &'static str, &'static str)> {
    use Change::{DeletionProtection, QueueEnabled, ReservedConcurrency, Secret, Variable};
    let elsewhere = || "https://elsewhere.example".to_owned();
    let malformed = || "18 seconds".to_owned();
    vec![
        (Secret("auth_token", json!("")), "secret", "found an empty string"),
        (Secret("account_sid", json!("AC1")), "secret", "account_sid: expected AC and 32"),
        (Secret("second_auth_token", json!("token")), "secret", "the second account is incomplete"),
        (Secret("api_key", json!("SK1")), "API key", "expected SK and 32 hexadecimal digits"),
        (Secret("auth_token", json!("another")), "account at the carrier", "the carrier refuses the token"),
        (Variable("InboundFunction", "PUBLIC_URL", elsewhere()), "a signed webhook", "refuses it (403)"),
        (Variable("CallbackFunction", "PUBLIC_URL", elsewhere()), "a signed webhook of a call", "refuses it (403)"),
        (Variable("CallbackFunction", "RING_S", malformed()), "a signed webhook of a call", "HTTP 502"),
        (Variable("DialerFunction", "RING_S", malformed()), "start of the functions", "DialerFunction fails"),
        (ReservedConcurrency("InboundFunction", Some(0)), "Lambda's concurrency", "it never runs"),
        (QueueEnabled("DialerFunction", false), "queues that invoke functions", "DialerFunction is disabled"),
        (QueueEnabled("InboundFunction", false), "queues that invoke functions", "InboundFunction is disabled"),
        (DeletionProtection(false), "table", "no deletion protection"),
    ]
}

/// Makes a change, and returns the change that takes it back.
async fn make(stage: &Stage, change: Change) -> Result<Change> {
    Ok(match change {
        Change::Secret(field, value) => {
            let with_value = |mut secret: Value| {
                secret[field] = value;
                if let (true, Some(fields)) = (secret[field].is_null(), secret.as_object_mut()) {
                    fields.remove(field);
                }
                secret
            };
            let before = write_secret(stage, with_value).await?;
            // The functions read the secret again only if a signature does not match, and then not for a minute.
            for function in ["InboundFunction", "CallbackFunction"] {
                let level = stage.set_variable(function, "LOG_LEVEL", "debug").await?;
                stage.set_variable(function, "LOG_LEVEL", &level).await?;
            }
            Change::Secret(field, before[field].clone())
        }
        Change::Variable(function, name, value) => {
            Change::Variable(function, name, stage.set_variable(function, name, &value).await?)
        }
        Change::ReservedConcurrency(function, Some(limit)) => {
            let path = format!("/2017-10-31/functions/{}/concurrency", stage.stack.output(function)?);
            let input = json!({ "ReservedConcurrentExecutions": limit });
            stage.rest(Method::PUT, "lambda", &path, &input).await?;
            Change::ReservedConcurrency(function, None)
        }
        Change::ReservedConcurrency(function, None) => {
            let path = format!("/2017-10-31/functions/{}/concurrency", stage.stack.output(function)?);
            stage.rest(Method::DELETE, "lambda", &path, &Value::Null).await?;
            Change::ReservedConcurrency(function, Some(0))
        }
        Change::QueueEnabled(function, is_enabled) => {
            let path = format!("/2015-03-31/event-source-mappings/?FunctionName={}", stage.stack.output(function)?);
            let found = stage.rest(Method::GET, "lambda", &path, &Value::Null).await?;
            let id = found["EventSourceMappings"][0]["UUID"].as_str().context("expected a mapping of the queue")?;
            let path = format!("/2015-03-31/event-source-mappings/{id}");
            stage.rest(Method::PUT, "lambda", &path, &json!({ "Enabled": is_enabled })).await?;
            Change::QueueEnabled(function, !is_enabled)
        }
        Change::DeletionProtection(is_on) => {
            let table = stage.stack.output("TableName")?;
            let input = json!({ "TableName": table, "DeletionProtectionEnabled": is_on });
            stage.stack.endpoint().call(Service::DynamoDb, "UpdateTable", &input).await?;
            Change::DeletionProtection(!is_on)
        }
    })
}

/// The problems that the examination has found, each with its check.
fn problems(findings: &Findings) -> Vec<(&'static str, &str)> {
    findings
        .findings
        .iter()
        .filter_map(|finding| match &finding.result {
            CheckResult::Problem { what, .. } => Some((finding.check, what.as_str())),
            CheckResult::Fine { .. } | CheckResult::Unchecked { .. } => None,
        })
        .collect()
}

pub(crate) async fn each_is_found_and_no_problem_is_left_after_it(stage: &Stage) -> Result<()> {
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let examine = async || doctor::examine(&access, None, Timestamp::now()).await;
    let findings = examine().await?;
    let before = problems(&findings);
    for (change, check, expected) in misconfigurations() {
        let named = before.iter().find(|(name, _)| *name == check);
        ensure!(named.is_none(), "expected no problem before {change:?}, found {named:?}");
        let back = make(stage, change.clone()).await?;
        let found = examine().await?;
        make(stage, back).await?;
        let found = problems(&found);
        let is_found = found.iter().any(|(name, what)| *name == check && what.contains(expected));
        ensure!(is_found, "expected the check {check:?} to find {expected:?} after {change:?}, found {found:?}");
    }
    let after = examine().await?;
    ensure!(problems(&after) == before, "expected the problems of before, {before:?}, found {:?}", problems(&after));
    Ok(())
}
