//! The timelines of reminders: what happened and why, read from the functions' own log lines.

mod changes;
mod notes;
mod said;
mod texts;
mod unchanged;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use anyhow::Result;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use self::said::{Line, Said};
use super::place::Place;
use crate::function_logs::FunctionLogs;
use crate::stack::Stack;

pub use self::said::Sign;

/// A function's lines reach the log after its invocation, which takes at most 20 s. Each read begins so long before the
/// read before it that no line is missed. The page ignores events that it knows.
const OVERLAP: SignedDuration = SignedDuration::from_secs(25);

/// Reads the events since an instant. An error is a message for the page.
pub type ReadTimeline = Arc<dyn Fn(Timestamp) -> BoxFuture<'static, Result<Vec<LifeEvent>, String>> + Send + Sync>;

/// An event in the life of a reminder, as a function logged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LifeEvent {
    /// Identifies the event, so that the page shows it once.
    pub id: String,
    /// When the line was written.
    pub at: Timestamp,
    /// The function that wrote it.
    pub function: Place,
    /// Id of the reminder. Absent if only the text that asked for it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<String>,
    /// Id of the text that made or changed the reminder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Due of the occurrence. Absent if the line does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What the event means for the reminder.
    pub sign: Sign,
    /// What happened, and why.
    pub words: String,
    /// What happens next, without its time: "Checking".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<&'static str>,
    /// When the next call or try is planned, or when the sweeper takes over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Names a fact about a call that the carrier may report more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Whether the carrier has accepted a call for the first time that is known.
    pub called: bool,
}

/// Returns the function with which the page's server reads the events on a stack.
///
/// # Errors
/// Fails if the template does not name a function.
pub(super) fn reader(stack: &Stack) -> Result<ReadTimeline> {
    let logs = FunctionLogs::of(stack)?;
    Ok(Arc::new(move |since| {
        let logs = logs.clone();
        Box::pin(async move { read(&logs, since).await.map_err(|error| format!("{error:#}")) })
    }))
}

async fn read(logs: &FunctionLogs, since: Timestamp) -> Result<Vec<LifeEvent>> {
    let lines = logs.since(since - OVERLAP).await?;
    let mut events: Vec<LifeEvent> =
        lines.iter().filter_map(|(function, line)| event(Place::from(*function), line)).collect();
    events.sort_by_key(|event| event.at);
    Ok(events)
}

/// Reads the event that a log line tells. Many lines tell none.
fn event(function: Place, value: &Value) -> Option<LifeEvent> {
    let line = Line(value);
    let (reminder, message) = (line.owned("reminder.id"), line.owned("message.id"));
    if reminder.is_none() && message.is_none() {
        return None;
    }
    let Said { sign, words, next } = sentence(line)?;
    let name = line.text("event").or(line.text("message"))?;
    let at = line.text("timestamp")?;
    let about = reminder.as_deref().or(message.as_deref()).unwrap_or_default();
    Some(LifeEvent {
        // The emulator gives its lines no ids.
        id: format!("{at} {about} {name}"),
        at: at.parse().ok()?,
        function,
        // The due of a text is the instant since which it is owed.
        due: if line.text("text.id").is_some() { None } else { line.instant("due") },
        sign,
        words,
        next,
        until: line.instant("wake_at").or_else(|| line.instant("deadline")),
        fact: line.text("call.id").map(|call| format!("{name} {call}")),
        called: is_first_sign_of_a_call(line),
        reminder,
        message,
    })
}

/// Returns the sentence about a line. A transition without a sentence is told by its names, so that none is hidden.
fn sentence(line: Line<'_>) -> Option<Said> {
    let is_text = line.text("text.id").is_some();
    match line.text("message")? {
        "transition" => {
            let known = if is_text { texts::sentence(line) } else { changes::sentence(line) };
            known.or_else(|| named(line, line.text("from")?, line.text("to")?))
        }
        "nothing changed" => unchanged::sentence(line).or_else(|| named(line, line.text("state")?, "unchanged")),
        message => notes::sentence(line, message),
    }
}

fn named(line: Line<'_>, from: &str, to: &str) -> Option<Said> {
    Some(Said::step(format!("{}: {from} → {to}.", line.text("event")?)))
}

/// Whether a line is the first that shows that the carrier accepted a call: only then is `Dialing` left for `Ringing`.
fn is_first_sign_of_a_call(line: Line<'_>) -> bool {
    line.text("message") == Some("transition")
        && line.text("from") == Some("Dialing")
        && line.text("to") == Some("Ringing")
}
