//! A batch of messages, each handled by itself.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::{FutureExt, join_all};

/// Handles every message of a batch at once. Those whose handling fails are named, to be delivered again; the others
/// are done with.
pub async fn each<E: Display>(event: &SqsEvent, handle: impl AsyncFn(&str) -> Result<(), E>) -> SqsBatchResponse {
    let failures = join_all(event.records.iter().map(|message| failure(message, &handle))).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.into_iter().flatten().collect();
    response
}

async fn failure<E: Display>(
    message: &SqsMessage,
    handle: &impl AsyncFn(&str) -> Result<(), E>,
) -> Option<BatchItemFailure> {
    let item_identifier = message.message_id.clone().unwrap_or_default();
    // What panics over one message must not take the others with it.
    let handled = AssertUnwindSafe(handle(message.body.as_deref().unwrap_or_default())).catch_unwind();
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
