//! Handles batches of SQS messages. Each message fails independently of the others.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::{FutureExt, join_all};

/// One delivery of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// The message's body. Empty if it has none.
    pub body: &'a str,
    /// How often the message was received, including this time.
    pub receives: u32,
}

impl<'a> Delivery<'a> {
    fn of(message: &'a SqsMessage) -> Self {
        let receives = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
        Self { body: message.body.as_deref().unwrap_or_default(), receives: receives.unwrap_or(1) }
    }
}

/// Handles all messages of a batch concurrently. The response lists the messages that failed: SQS delivers them again,
/// and deletes the others.
pub async fn each<E: Display>(
    event: &SqsEvent,
    handle: impl AsyncFn(Delivery<'_>) -> Result<(), E>,
) -> SqsBatchResponse {
    let failures = join_all(event.records.iter().map(|message| failure(message, &handle))).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.into_iter().flatten().collect();
    response
}

/// Returns the response by which SQS delivers all messages of a batch again.
pub fn all_failed(event: &SqsEvent) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = event.records.iter().map(|message| failed(message.message_id.clone())).collect();
    response
}

fn failed(message_id: Option<String>) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message_id.unwrap_or_default();
    failure
}

/// Returns the id of a message for a log: SQS's ids are UUIDs.
fn shown(id: &str) -> &str {
    let is_uuid = id.len() <= 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if is_uuid { id } else { "not a UUID" }
}

async fn failure<E: Display>(
    message: &SqsMessage,
    handle: &impl AsyncFn(Delivery<'_>) -> Result<(), E>,
) -> Option<BatchItemFailure> {
    let item_identifier = message.message_id.clone().unwrap_or_default();
    // A panic while one message is handled must not fail the others.
    let handled = AssertUnwindSafe(handle(Delivery::of(message))).catch_unwind();
    match handled.await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => {
            tracing::warn!(message.id = shown(&item_identifier), %error, "message not handled; it will be delivered again")
        }
        Err(_) => {
            tracing::error!(
                message.id = shown(&item_identifier),
                "handling a message panicked; it will be delivered again"
            )
        }
    }
    Some(failed(Some(item_identifier)))
}
