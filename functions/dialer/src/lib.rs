//! A due reminder becomes one call.

mod dial;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use executor::Context;
use jiff::Timestamp;
use reminder::ports::Ports;

pub use dial::{NotDialed, dial};

/// Handles a batch of wake-ups, each by itself: what fails is delivered again, the rest is done with.
///
/// A wake-up that comes twice, late or out of order is harmless: it names a generation, and the claim is one write that
/// only one of them can make.
///
/// `ends_at` is when the invocation ends: no call is asked for that could outlive it.
pub async fn handle<P: Ports>(event: &SqsEvent, context: Context<'_, P>, ends_at: Timestamp) -> SqsBatchResponse {
    lambda::each(event, async |delivery| dial(delivery.body, context, ends_at).await).await
}
