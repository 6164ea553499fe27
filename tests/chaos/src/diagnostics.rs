//! What the stack itself says when the judge found something wrong: no part of the judgement, but where to look.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use local::endpoint::Service;
use local::progress::Progress;
use local::stack::Stack;
use operate::access::Access;
use operate::dead_letters;

/// Lines of level ERROR that are shown of each function.
const MOST_LINES: usize = 20;
const FUNCTIONS: [&str; 4] = ["InboundFunction", "DialerFunction", "CallbackFunction", "SweeperFunction"];

/// Shows how the reminders stand, those that failed or still live one by one, what is among the dead letters, and what
/// the functions called an error.
pub(super) async fn show(stack: &Stack, progress: &Progress) -> Result<()> {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for item in stack.items().await? {
        let text = |name: &str| item[name]["S"].as_str().unwrap_or("-").to_owned();
        if !text("sk").starts_with("REM#") {
            continue;
        }
        let stands = format!("{} {}", text("state"), text("end"));
        if text("state") != "ended" || text("end") == "failed" {
            progress.say(&format!("  {}: {stands}, due {}, {}", text("task"), text("due"), text("sk")));
        }
        *ends.entry(stands).or_default() += 1;
    }
    progress.say(&format!("In the table: {ends:?}"));
    let dead = dead_letters::list(&Access::at(stack.endpoint().url().to_owned())).await?;
    progress.say(&dead.lines());
    for function in FUNCTIONS {
        let input = json!({
            "logGroupName": format!("/aws/lambda/{}", stack.output(function)?),
            "filterPattern": "\"ERROR\"",
        });
        let found = stack.endpoint().call(Service::Logs, "FilterLogEvents", &input).await?;
        let lines: Vec<&str> = found["events"].as_array().into_iter().flatten().filter_map(message).collect();
        progress.say(&format!("{function} wrote {} errors", lines.len()));
        for line in lines.iter().take(MOST_LINES) {
            progress.say(&format!("  {line}"));
        }
    }
    Ok(())
}

/// A line of level ERROR. The emulator's filter takes the word in any case, and from any field.
fn message(event: &Value) -> Option<&str> {
    event["message"].as_str().map(str::trim).filter(|line| line.contains("\"level\":\"ERROR\""))
}
