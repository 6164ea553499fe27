//! A due reminder becomes one call.

mod dial;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::future::join_all;
use perform::Service;
use reminder::ports::Ports;

pub use dial::{NotDialed, dial};

/// Handles a batch of wake-ups, each by itself: what fails is delivered again, the rest is done with.
///
/// A wake-up that comes twice, late or out of order is harmless: it names a generation, and the claim is one write that
/// only one of them can make.
pub async fn handle<P: Ports>(event: &SqsEvent, service: Service<'_, P>) -> SqsBatchResponse {
    let failures = join_all(event.records.iter().map(|message| failure(message, service))).await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failures.into_iter().flatten().collect();
    response
}

async fn failure<P: Ports>(message: &SqsMessage, service: Service<'_, P>) -> Option<BatchItemFailure> {
    let item_identifier = message.message_id.clone().unwrap_or_default();
    match dial(message.body.as_deref().unwrap_or_default(), service).await {
        Ok(()) => None,
        Err(error) => {
            tracing::warn!(message.id = %item_identifier, %error, "wake-up not handled, to be delivered again");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = item_identifier;
            Some(failure)
        }
    }
}
