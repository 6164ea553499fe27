//! Events that the world handles: reported by the fakes and the functions, or planned by the world itself.

use reminder::ids::CallId;

use crate::history::SentText;

/// An event that the world must handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorldEvent {
    /// A message of this queue can be received.
    MessageVisible(QueueName),
    /// An invocation ended.
    InvocationEnded(u64, InvocationOutcome),
    /// The carrier accepted a call.
    CallAccepted(CallId),
    /// A call was ended through the carrier's API.
    CallEnded(CallId),
    /// A call was redirected through the carrier's API, to fetch the message to leave.
    CallRedirected(CallId),
    /// The carrier accepted a text.
    TextAccepted(SentText),
    /// An event that the world has planned, by its number.
    Planned(u64),
}

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvocationOutcome {
    /// With an HTTP response.
    Http {
        /// The HTTP status code.
        status: i64,
        /// Body of the response.
        body: String,
    },
    /// With a batch response: the messages with these ids must be delivered again.
    Batch(Vec<String>),
    /// Without a result.
    Done,
    /// With an error.
    Failed(String),
    /// With a crash or a timeout.
    Died,
}

/// Name of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueName {
    /// The queue of wake-ups.
    Dial,
    /// The queue of incoming texts.
    Inbound,
}
