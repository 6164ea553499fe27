//! Parts of an observation: how a text was answered, who picked up, how a call or a request ended.

use reminder::ids::{MessageId, SentTextId};

/// How the answer to a text is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerRoute {
    /// In the HTTP response to the text's webhook.
    Reply,
    /// As a separate outgoing text.
    Text,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// It was picked up before it ended.
    Completed,
    /// It rang and was not picked up.
    NoAnswer,
    /// The phone was busy.
    Busy,
    /// It was cancelled before it was picked up.
    Canceled,
}

/// Speech on a call that was picked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speech {
    /// These words were spoken.
    Words(String),
    /// The carrier could not fetch the speech, so nothing was spoken.
    Nothing,
}

/// Who or what picked up a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickedUpBy {
    /// The person picked up.
    Person,
    /// The person's mailbox. It speaks a greeting, beeps, and records.
    Mailbox,
    /// A phone that screens calls. The person may join the call later.
    Screener,
}

/// How much of some words a mailbox recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// From the first word to the last word.
    Whole,
    /// A part: the words began during the greeting, or the call ended before the last word.
    Part,
}

/// A text from the service, as the carrier knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SentText {
    /// A separate text, by its id at the carrier.
    Sent(SentTextId),
    /// The answer in the HTTP response to the webhook of an incoming text. A text that is delivered again is answered
    /// again, and each copy of the answer is a text of its own.
    ReplyTo {
        /// The incoming text.
        text: MessageId,
        /// How many copies of the answer the carrier had accepted before this copy.
        copy: usize,
    },
}

/// Why a message became a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterCause {
    /// It was received too often.
    Receives,
    /// A function moved it, because no function can handle it.
    Moved,
    /// Lambda stopped a chain of invocations that send each other messages.
    Chain,
}

/// Outcome of a request to the carrier, as the sender of the request knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOutcome {
    /// The carrier accepted the request.
    Accepted,
    /// The carrier refused the request because of the number, or because the person has opted out of the service.
    NumberRefused,
    /// The carrier refused the request for another reason, for example because the person has opted out of the second
    /// carrier's number only.
    RefusedForNow,
    /// There was no readable response: the request may have been accepted.
    Unknown,
}
