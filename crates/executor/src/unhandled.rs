//! Messages that this release can't handle: they go to the dead letters, or wait for a later release.

use std::fmt::Display;

use reminder::policy::QUEUE_DELAY_MAX_S;
use reminder::ports::{Ports, Queues, SendError, SourceQueue};

use crate::Context;

/// How long a wake-up waits if a later release wrote its record, in seconds. It is short, so that the call is not too
/// late if that release soon runs again.
const NEWER_RECORD_WAIT_S: i64 = 120;

const _: () = assert!(NEWER_RECORD_WAIT_S <= QUEUE_DELAY_MAX_S);

/// Why a message of ours waits for a later release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenLater {
    /// A later release wrote the message.
    Message,
    /// A later release wrote a record that the message is about.
    Record,
}

/// Alerts the operator, then moves a message that no later delivery can handle to the dead letters. Running it twice is
/// safe: then the operator only finds the message twice.
///
/// # Errors
/// Fails if the message may not have been moved. It must be delivered again.
pub async fn move_to_dead_letters<P: Ports>(
    context: Context<'_, P>,
    queue: SourceQueue,
    body: &str,
    reason: &impl Display,
) -> Result<(), SendError> {
    tracing::error!(?queue, %reason, "a message can't be handled and is moved to the dead letters");
    context.ports.queues().move_to_dead_letters(queue, body).await
}

/// Sends a message again, unchanged, so that it waits for the release that can handle it. It never reaches the maximum
/// number of receives, because each time it is a new message. If a response is lost, there are two copies. This is
/// harmless, because texts and wake-ups are handled once.
///
/// # Errors
/// Fails if the message may not have been sent. It must be delivered again.
pub async fn wait_for_later_release<P: Ports>(
    context: Context<'_, P>,
    queue: SourceQueue,
    body: &str,
    written: WrittenLater,
    reason: &impl Display,
) -> Result<(), SendError> {
    let delay_s = match written {
        WrittenLater::Message => QUEUE_DELAY_MAX_S,
        WrittenLater::Record => NEWER_RECORD_WAIT_S,
    };
    tracing::error!(?queue, %reason, delay_s, "a message waits for a later release");
    context.ports.queues().send_again(queue, body, u32::try_from(delay_s).unwrap_or_default()).await
}
