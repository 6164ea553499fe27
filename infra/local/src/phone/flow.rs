//! The steps of reminders through the system, read from the functions' own log lines.

use std::sync::Arc;

use anyhow::Result;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::place::Place;
use crate::function_logs::FunctionLogs;
use crate::stack::Stack;

/// A function's lines reach the log after its invocation. Each read begins so long before the newest known line that no
/// later line is missed. The page ignores steps that it knows.
const OVERLAP: SignedDuration = SignedDuration::from_secs(3);

/// Reads the steps since an instant. An error is a message for the page.
pub type ReadFlow = Arc<dyn Fn(Timestamp) -> BoxFuture<'static, Result<Vec<FlowStep>, String>> + Send + Sync>;

/// A step of a reminder or a text through the system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowStep {
    /// Identifies the step, so that the page shows it once.
    pub id: String,
    /// When the line was written.
    pub at: Timestamp,
    /// The places that the step leads through.
    pub path: &'static [Place],
    /// Id of the reminder. Absent if the step is about a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<String>,
    /// What happened, as the function logged it.
    pub words: String,
}

/// Returns the function with which the page's server reads the steps on a stack.
///
/// # Errors
/// Fails if the template does not name a function.
pub(super) fn reader(stack: &Stack) -> Result<ReadFlow> {
    let logs = FunctionLogs::of(stack)?;
    Ok(Arc::new(move |since| {
        let logs = logs.clone();
        Box::pin(async move { read(&logs, since).await.map_err(|error| format!("{error:#}")) })
    }))
}

async fn read(logs: &FunctionLogs, since: Timestamp) -> Result<Vec<FlowStep>> {
    let lines = logs.since(since - OVERLAP).await?;
    let mut steps: Vec<FlowStep> =
        lines.iter().filter_map(|(function, line)| step(Place::from(*function), line)).collect();
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

/// Reads the step that a log line tells. Most lines tell none.
fn step(function: Place, line: &Value) -> Option<FlowStep> {
    let message = line["message"].as_str()?;
    let to = line["to"].as_str();
    let (path, words): (&'static [Place], String) = match (function, message) {
        (Place::Inbound, "text stored") => (&[Place::Carrier, Place::Inbound, Place::Table], "text stored".to_owned()),
        (_, "wake-up sent" | "wake-up scheduled") => (&[Place::Table, Place::Queue], message.to_owned()),
        (Place::Dialer, "call placed") => (&[Place::Dialer, Place::Carrier], "call placed".to_owned()),
        (Place::Callback, "call answered") => (&[Place::Carrier, Place::Callback], "call answered".to_owned()),
        (place, "transition") => (transition(place)?, change(line["from"].as_str()?, to?)),
        _ => return None,
    };
    Some(FlowStep {
        // The emulator gives its lines no ids.
        id: format!("{} {} {words}", line["timestamp"].as_str()?, line["reminder.id"].as_str().unwrap_or_default()),
        at: line["timestamp"].as_str()?.parse().ok()?,
        path,
        reminder: line["reminder.id"].as_str().map(str::to_owned),
        words,
    })
}

/// Names the states before and after a transition. A new record had no state before.
fn change(from: &str, to: &str) -> String {
    if from == "None" { format!("made: {to}") } else { format!("{from} → {to}") }
}

/// Returns the way of a stored transition of this function to the table.
const fn transition(function: Place) -> Option<&'static [Place]> {
    match function {
        Place::Inbound => Some(&[Place::Inbound, Place::Table]),
        Place::Dialer => Some(&[Place::Queue, Place::Dialer, Place::Table]),
        Place::Callback => Some(&[Place::Carrier, Place::Callback, Place::Table]),
        Place::Sweeper => Some(&[Place::Sweeper, Place::Table]),
        Place::Carrier | Place::Table | Place::Queue => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(function: Place, line: Value, expected: Option<(&[Place], &str)>) {
        let mut line = line;
        line["timestamp"] = json!("2026-03-06T23:30:00.123456Z");
        let found = step(function, &line);
        assert_eq!(found.as_ref().map(|step| (step.path, step.words.as_str())), expected, "{line}");
    }

    #[test]
    fn a_line_of_a_function_is_a_step_and_other_lines_are_not() {
        let transition = json!({ "message": "transition", "from": "dialing", "to": "ringing", "reminder.id": "R1" });
        let dialer: &[Place] = &[Place::Queue, Place::Dialer, Place::Table];
        check(Place::Dialer, transition.clone(), Some((dialer, "dialing → ringing")));
        let made = json!({ "message": "transition", "from": "None", "to": "Waiting" });
        check(Place::Inbound, made, Some((&[Place::Inbound, Place::Table], "made: Waiting")));
        check(Place::Sweeper, transition, Some((&[Place::Sweeper, Place::Table], "dialing → ringing")));
        let stored: &[Place] = &[Place::Carrier, Place::Inbound, Place::Table];
        check(Place::Inbound, json!({ "message": "text stored" }), Some((stored, "text stored")));
        check(
            Place::Inbound,
            json!({ "message": "wake-up sent" }),
            Some((&[Place::Table, Place::Queue], "wake-up sent")),
        );
        check(
            Place::Dialer,
            json!({ "message": "call placed" }),
            Some((&[Place::Dialer, Place::Carrier], "call placed")),
        );
        check(Place::Dialer, json!({ "message": "stale wake-up ignored" }), None);
        assert_eq!(step(Place::Dialer, &json!({ "timestamp": "2026-03-06T23:30:00Z" })), None);
        assert_eq!(step(Place::Dialer, &json!({ "message": "swept" })), None);
    }
}
