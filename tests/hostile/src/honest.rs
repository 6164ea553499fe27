//! Honest people, whose reminders must ring on time in the middle of the hostile requests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use jiff::{SignedDuration, Timestamp};
use local::endpoint::Service;
use local::stack::Stack;
use reminder::ids::PersonKey;
use serde_json::{Value, json};
use simulated_carrier::{CallScript, LogEntry, LogEvent, PhoneNumber};

use super::aws_requests;
use super::numbers::Role;

/// The beginning of the ids of honest texts.
pub(crate) const TEXT_IDS: &str = "SMhonest";
/// How much later than its due a reminder may ring.
pub(crate) const LATE_MAX: SignedDuration = SignedDuration::from_secs(5);
/// How long to wait for a ring after its due, and how long to wait for the end of the reminder after the ring.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(200);

/// A reminder that rang and was heard.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) number: PhoneNumber,
    pub(crate) person: String,
    /// How much later than its due the phone rang.
    pub(crate) late: SignedDuration,
    /// The id of the call at the carrier.
    pub(crate) call: String,
    /// The path of the callbacks of the call, without the step.
    pub(crate) path: String,
}

/// Returns the ids of the honest people.
pub(crate) fn people(key: &PersonKey) -> impl Iterator<Item = String> {
    (0..Role::Honest.people()).filter_map(|index| aws_requests::person_of(&Role::Honest.number(index), key))
}

/// Lets one honest person after another send a text for a reminder and hear it, and calls `heard` after each. Stops once
/// `is_over` is set, after at least one person, or when there are no more people.
pub(crate) async fn keep_reminding(
    stack: &Stack,
    key: &PersonKey,
    canary: &str,
    due_s: u64,
    is_over: &AtomicBool,
    mut heard: impl FnMut(Heard),
) -> Result<()> {
    let http = reqwest::Client::new();
    for index in 0..Role::Honest.people() {
        heard(remind(stack, &http, key, canary, due_s, index).await?);
        if is_over.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(())
}

async fn remind(
    stack: &Stack,
    http: &reqwest::Client,
    key: &PersonKey,
    canary: &str,
    due_s: u64,
    index: usize,
) -> Result<Heard> {
    let number = PhoneNumber::parse(&Role::Honest.number(index))?;
    let person = aws_requests::person_of(number.as_str(), key).context("expected a valid number")?;
    let calls = vec![CallScript::press("1")?; 3];
    stack.carrier().behave(&number, calls).map_err(|reason| anyhow!(reason))?;
    let body = format!("remind me to water the {canary} in {due_s} seconds");
    let request = json!({ "from": number, "body": body, "id": format!("{TEXT_IDS}{index}") });
    let response = http.post(format!("{}/_phone/text", stack.carrier().url())).json(&request).send().await?;
    let outcome: Value = response.error_for_status()?.json().await?;
    let answer = outcome["answer"].to_string();
    ensure!(answer.contains("I'll call you"), "expected the text of an honest person to be accepted, found {outcome}");
    let is_ring = |entry: &LogEntry| {
        entry.number.as_ref() == Some(&number) && matches!(entry.event, LogEvent::CallRinging { .. })
    };
    let within = Duration::from_secs(due_s) + PATIENCE;
    let ring = stack.carrier().wait_for(within, is_ring).await;
    let ring = ring.with_context(|| {
        format!("expected an honest person's phone to ring, found {:#?}", stack.carrier().log(Some(&number)))
    })?;
    let reminder = ended(stack, &person).await?;
    ensure!(reminder["end"]["S"] == "heard", "expected the reminder of an honest person to be heard, found {reminder}");
    let due: Timestamp = reminder["due"]["S"].as_str().context("expected a due")?.parse()?;
    let (call, path) = call_of(&stack.carrier().log(Some(&number))).context("expected a call")?;
    Ok(Heard { number, person, late: ring.at.duration_since(due), call, path })
}

/// Waits until the only reminder of a person has ended. After [`PATIENCE`], returns it even if it has not ended.
async fn ended(stack: &Stack, person: &str) -> Result<Value> {
    let started = std::time::Instant::now();
    loop {
        let reminders = reminders(stack, person).await?;
        if let [reminder] = &reminders[..]
            && (reminder["state"]["S"] == "ended" || started.elapsed() > PATIENCE)
        {
            return Ok(reminder.clone());
        }
        ensure!(started.elapsed() < PATIENCE, "expected one reminder of an honest person, found {reminders:#?}");
        tokio::time::sleep(POLL).await;
    }
}

/// Returns the reminders of a person.
pub(crate) async fn reminders(stack: &Stack, person: &str) -> Result<Vec<Value>> {
    let input = json!({
        "TableName": stack.output("TableName")?,
        "ConsistentRead": true,
        "KeyConditionExpression": "pk = :person AND begins_with(sk, :reminder)",
        "ExpressionAttributeValues": { ":person": { "S": format!("PERSON#{person}") }, ":reminder": { "S": "REM#" } },
    });
    let mut found = stack.endpoint().call(Service::DynamoDb, "Query", &input).await?;
    Ok(serde_json::from_value(found["Items"].take())?)
}

/// Returns the id of a person's first call, and the path of its callbacks without the step.
fn call_of(log: &[LogEntry]) -> Option<(String, String)> {
    log.iter().find_map(|entry| match &entry.event {
        LogEvent::CallRequested { call, url: Some(url), .. } => {
            let path = &url[url.find("/calls/")?..];
            let path = path.split(['?', '#']).next()?.strip_suffix("/speech")?;
            Some((call.as_str().to_owned(), path.to_owned()))
        }
        _ => None,
    })
}
