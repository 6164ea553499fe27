//! A text as it came in, whichever way it came.

use jiff::Timestamp;
use language::Country;
use reminder::ids::{MessageId, Number};

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
    /// What the carrier has already made of it.
    pub(crate) verdict: Verdict,
    /// When it was received: what "in ten minutes" counts from.
    pub(crate) received_at: Timestamp,
    /// How it is answered.
    pub(crate) via: Via,
}

/// What a carrier that knows about opting out has made of a text. It has answered it, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing: the words say what is meant.
    None,
    /// Its sender leaves.
    Leaves,
    /// Its sender is back.
    Returns,
    /// Its sender was told what this number is.
    Helped,
}

impl Verdict {
    const WORDS: [(Self, &str); 3] = [(Self::Leaves, "leaves"), (Self::Returns, "returns"), (Self::Helped, "helped")];

    /// How it stands in a parked text.
    pub(crate) fn word(self) -> Option<&'static str> {
        Self::WORDS.iter().find(|(verdict, _)| *verdict == self).map(|(_, word)| *word)
    }

    /// What stands in a parked text.
    pub(crate) fn named(word: Option<&str>) -> Self {
        Self::WORDS.into_iter().find(|(_, known)| Some(*known) == word).map_or(Self::None, |(verdict, _)| verdict)
    }
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// In the reply to the carrier's request.
    Reply,
    /// By a text of its own.
    Sms,
}
