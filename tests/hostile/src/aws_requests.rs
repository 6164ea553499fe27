//! Requests to the AWS of the stack, beyond those of the package `local`.

use anyhow::{Context as _, Result};
use local::endpoint::Service;
use local::stack::Stack;
use reminder::ids::{Number, PersonId, PersonKey};
use serde_json::{Value, json};

/// The most messages of one request to SQS.
const BATCH: usize = 10;
/// The most events of one request to CloudWatch Logs.
const EVENTS: usize = 10_000;

/// Returns the key by which a person's id is derived from their number.
pub(crate) async fn person_key(stack: &Stack) -> Result<PersonKey> {
    let input = json!({ "SecretId": stack.output("SecretId")? });
    let stored = stack.endpoint().call(Service::SecretsManager, "GetSecretValue", &input).await?;
    let secret: Value = serde_json::from_str(stored["SecretString"].as_str().context("expected a SecretString")?)?;
    Ok(PersonKey::new(secret["person_key"].as_str().context("expected a person_key")?.as_bytes())?)
}

/// Returns the id of the person with this number. The service identifies people by the normal form of their numbers.
pub(crate) fn person_of(number: &str, key: &PersonKey) -> Option<String> {
    let normal: Number = lambda::numbers::normal_form(number)?;
    Some(PersonId::of(&normal, key).as_str().to_owned())
}

/// Sends messages to the queue that this output of the template names.
pub(crate) async fn send_messages(stack: &Stack, output: &str, bodies: &[String]) -> Result<()> {
    // A batch may have 256 KB in all, so large messages are sent one by one.
    for body in bodies {
        let input = json!({ "QueueUrl": stack.output(output)?, "MessageBody": body });
        stack.endpoint().call(Service::Sqs, "SendMessage", &input).await?;
    }
    Ok(())
}

/// Returns the bodies of all messages in a queue. They stay in the queue.
pub(crate) async fn messages(stack: &Stack, output: &str) -> Result<Vec<String>> {
    /// Longer than reading the whole queue takes, so that no message is received twice.
    const HIDDEN_S: u32 = 30;
    let input =
        json!({ "QueueUrl": stack.output(output)?, "MaxNumberOfMessages": BATCH, "VisibilityTimeout": HIDDEN_S });
    let mut bodies = Vec::new();
    loop {
        let received = stack.endpoint().call(Service::Sqs, "ReceiveMessage", &input).await?;
        let messages = received["Messages"].as_array().map_or(&[][..], Vec::as_slice);
        if messages.is_empty() {
            return Ok(bodies);
        }
        bodies.extend(messages.iter().filter_map(|message| message["Body"].as_str().map(str::to_owned)));
    }
}

/// The number of messages in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueCounts {
    /// Messages that are visible, or that a function has received and not acknowledged.
    pub(crate) unhandled: u64,
    /// Messages whose delay is not over.
    pub(crate) delayed: u64,
}

/// Returns the number of messages in the queue that this output of the template names.
pub(crate) async fn queue_counts(stack: &Stack, output: &str) -> Result<QueueCounts> {
    const COUNTS: [&str; 3] =
        ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"];
    let input = json!({ "QueueUrl": stack.output(output)?, "AttributeNames": COUNTS });
    let found = stack.endpoint().call(Service::Sqs, "GetQueueAttributes", &input).await?;
    let [visible, received, delayed] =
        COUNTS.map(|count| found["Attributes"][count].as_str().and_then(|text| text.parse().ok()).unwrap_or(0));
    Ok(QueueCounts { unhandled: visible + received, delayed })
}

/// Calls `look` with each log line of a function that was written at `from_ms` or later, in milliseconds since 1970.
/// Some lines may be given twice.
pub(crate) async fn log_lines(stack: &Stack, function: &str, from_ms: i64, mut look: impl FnMut(&str)) -> Result<()> {
    let mut start = from_ms;
    loop {
        let input = json!({ "logGroupName": format!("/aws/lambda/{function}"), "startTime": start, "limit": EVENTS });
        let found = stack.endpoint().call(Service::Logs, "FilterLogEvents", &input).await?;
        let events = found["events"].as_array().map_or(&[][..], Vec::as_slice);
        events.iter().filter_map(|event| event["message"].as_str()).for_each(&mut look);
        let Some(last) = events.last().filter(|_| events.len() == EVENTS) else { return Ok(()) };
        // The next page begins at the last instant of this one. If a whole page is of one instant, it is skipped.
        let next = last["timestamp"].as_i64().context("expected a timestamp")?;
        start = next.max(start + 1);
    }
}
