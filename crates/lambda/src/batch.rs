//! A batch of messages, each handled by itself.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::{FutureExt, join_all};

/// One message, as it was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// What it says.
    pub body: &'a str,
    /// How often it was received, this time included.
    pub receives: u32,
}

impl<'a> Delivery<'a> {
    fn of(message: &'a SqsMessage) -> Self {
        let receives = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
        Self { body: message.body.as_deref().unwrap_or_default(), receives: receives.unwrap_or(1) }
    }
}

/// Handles every message of a batch at once. Those whose handling fails are named, to be delivered again; the others
/// are done with.
pub async fn each<E: Display>(
    event: &SqsEvent,
    handle: impl AsyncFn(Delivery<'_>) -> Result<(), E>,
) -> SqsBatchResponse {
    let failures = join_all(event.records.iter().map(|message| failure(message, &handle))).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.into_iter().flatten().collect();
    response
}

async fn failure<E: Display>(
    message: &SqsMessage,
    handle: &impl AsyncFn(Delivery<'_>) -> Result<(), E>,
) -> Option<BatchItemFailure> {
    let item_identifier = message.message_id.clone().unwrap_or_default();
    // What panics over one message must not take the others with it.
    let handled = AssertUnwindSafe(handle(Delivery::of(message))).catch_unwind();
    match handled.await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => {
            tracing::warn!(message.id = %item_identifier, %error, "message not handled, to be delivered again")
        }
        Err(_) => tracing::error!(message.id = %item_identifier, "handling a message panicked; to be delivered again"),
    }
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = item_identifier;
    Some(failure)
}
