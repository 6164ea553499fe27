//! Prints the state of the stack if the judge found a problem. This helps to find the cause, and does not change the
//! result.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use local::endpoint::Service;
use local::progress::Progress;
use local::stack::Stack;
use operate::access::Access;
use operate::dead_letters;

/// Maximum number of ERROR lines that are printed for each function.
const MOST_LINES: usize = 20;
const FUNCTIONS: [&str; 4] = ["InboundFunction", "DialerFunction", "CallbackFunction", "SweeperFunction"];

/// Prints a summary of the reminders and texts, each live reminder, each text that was not delivered, the dead letters,
/// and the ERROR lines of the functions.
pub(super) async fn show(stack: &Stack, progress: &Progress) -> Result<()> {
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for item in stack.items().await? {
        let text = |name: &str| item[name]["S"].as_str().unwrap_or("-").to_owned();
        let is_text = text("sk").starts_with("TEXT#");
        if !is_text && !text("sk").starts_with("REM#") {
            continue;
        }
        let state =
            if is_text { format!("text {}", text("state")) } else { format!("{} {}", text("state"), text("end")) };
        if is_text && text("state") != "delivered" {
            progress.say(&format!("  {:?}: {state}, owed since {}, {}", text("words"), text("owed_since"), text("sk")));
        } else if !is_text && text("state") != "ended" {
            progress.say(&format!("  {}: {state}, due {}, {}", text("task"), text("due"), text("sk")));
        }
        *states.entry(state).or_default() += 1;
    }
    progress.say(&format!("Reminders and texts by state: {states:?}"));
    let dead = dead_letters::list(&Access::at(stack.endpoint().url().to_owned())).await?;
    progress.say(&dead.lines());
    for function in FUNCTIONS {
        let input = json!({
            "logGroupName": format!("/aws/lambda/{}", stack.output(function)?),
            "filterPattern": "\"ERROR\"",
        });
        let found = stack.endpoint().call(Service::Logs, "FilterLogEvents", &input).await?;
        let lines: Vec<&str> = found["events"].as_array().into_iter().flatten().filter_map(message).collect();
        progress.say(&format!("{function} logged {} errors", lines.len()));
        for line in lines.iter().take(MOST_LINES) {
            progress.say(&format!("  {line}"));
        }
    }
    Ok(())
}

/// Returns the log line of an event, if its level is ERROR. The emulator's filter also matches the word in other fields
/// and in lower case.
fn message(event: &Value) -> Option<&str> {
    event["message"].as_str().map(str::trim).filter(|line| line.contains("\"level\":\"ERROR\""))
}
