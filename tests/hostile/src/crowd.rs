//! A crowd of forged numbers whose calls are due at the same time as the call to a confirmed number.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use local::stack::Stack;
use serde_json::{Value, json};
use simulated_carrier::{LogEntry, LogEvent};

use super::honest::{self, Heard};

/// After how many seconds the reminders of the crowd and of the confirmed number are due. The crowd's texts must be
/// stored by then.
pub(crate) const DUE_S: u64 = 30;
/// How long after its due the call is waited for. Without lanes it waits until most of the crowd was called.
const PATIENCE: Duration = Duration::from_secs(90);

/// Lets a person who has pressed a key ask for a call that is due when the calls of the crowd are. Returns how much
/// later than its due their phone rang.
pub(crate) async fn remind_confirmed(stack: &Stack, person: &Heard, canary: &str) -> Result<SignedDuration> {
    let sent_at = Timestamp::now();
    let body = format!("remind me to answer the {canary} in {DUE_S} seconds");
    let request = json!({ "from": person.number, "body": body, "id": format!("{}crowd", honest::TEXT_IDS) });
    let http = reqwest::Client::new();
    let response = http.post(format!("{}/_phone/text", stack.carrier().url())).json(&request).send().await?;
    let outcome: Value = response.error_for_status()?.json().await?;
    let answer = outcome["answer"].to_string();
    ensure!(
        answer.contains("I'll call you"),
        "expected the text of a confirmed number to be accepted, found {outcome}"
    );
    let is_ring = |entry: &LogEntry| {
        let is_its = entry.number.as_ref() == Some(&person.number) && entry.at > sent_at;
        is_its && matches!(entry.event, LogEvent::CallRinging { .. })
    };
    let ring = stack.carrier().wait_for(Duration::from_secs(DUE_S) + PATIENCE, is_ring).await;
    let ring = ring.context("expected the phone of a confirmed number to ring beside a crowd")?;
    let reminders = honest::reminders(stack, &person.person).await?;
    let newest = reminders.iter().max_by_key(|item| item["sk"]["S"].as_str());
    let due: Timestamp = newest.and_then(|item| item["due"]["S"].as_str()).context("expected a due")?.parse()?;
    Ok(ring.at.duration_since(due))
}
