//! The dialer function: places one call for each reminder that is due, and sends the outgoing texts that are due.

mod dial;
mod turn;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use executor::Context;
use jiff::Timestamp;
use reminder::ports::Ports;

pub use dial::{NotDialed, dial};

/// Handles a batch of wake-ups, each on its own: only the wake-ups that fail are delivered again.
///
/// A wake-up may safely come twice, late or out of order. A wake-up of a reminder names a generation, and the claim is
/// one conditional write, which succeeds only once per generation. After a wake-up of an outgoing text, each try is
/// counted by a conditional write before it is sent.
///
/// `ends_at` is when the invocation ends. No call is requested if its request might still be pending then.
pub async fn handle<P: Ports>(event: &SqsEvent, context: Context<'_, P>, ends_at: Timestamp) -> SqsBatchResponse {
    let context = context.until(ends_at);
    lambda::each(event, async |delivery| dial(delivery.body, context, ends_at).await).await
}
