//! A text as it came in, whichever way it came.

use jiff::Timestamp;
use language::Country;
use reminder::ids::{MessageId, Number};
use reminder::wire::Verdict;

/// A text from somebody whom we serve.
#[derive(Clone)]
pub(crate) struct Text {
    /// Its name at the carrier.
    pub(crate) id: MessageId,
    /// Who sent it.
    pub(crate) from: Number,
    /// Where the sender's number is from.
    pub(crate) country: Country,
    /// The zone that the number suggests.
    pub(crate) zone: reminder::record::Zone,
    /// Its words.
    pub(crate) body: String,
    /// What the carrier has already made of it; nothing where its words say what is meant.
    pub(crate) verdict: Option<Verdict>,
    /// When it was received: what "in ten minutes" counts from.
    pub(crate) received_at: Timestamp,
    /// How it is answered.
    pub(crate) via: Via,
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// In the reply to the carrier's request.
    Reply,
    /// By a text of its own.
    Sms,
}
