//! The queues that invoke functions, for messages that a release can't handle.

use std::future::Future;

use super::error::SendError;

/// A queue that invokes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceQueue {
    /// The queue of texts, which invokes the inbound function.
    Inbound,
    /// The queue of wake-ups, which invokes the dialer.
    Dial,
}

/// The queues that invoke functions, and their dead-letter queues. A message's body MUST be passed on unchanged.
pub trait Queues {
    /// Puts a message's body on the dead-letter queue, where it waits for the operator. If the message is handled
    /// twice, its body MAY be there twice.
    fn move_to_dead_letters(&self, queue: SourceQueue, body: &str) -> impl Future<Output = Result<(), SendError>>;

    /// Puts a message's body on its queue once more, as a new message. It is delivered after `delay_s` seconds, at most
    /// 900.
    fn send_again(&self, queue: SourceQueue, body: &str, delay_s: u32) -> impl Future<Output = Result<(), SendError>>;
}
