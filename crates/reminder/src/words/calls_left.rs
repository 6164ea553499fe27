//! What an answer says about the calls that an unconfirmed number has left.

use crate::confirmation::ConfirmationCode;
use crate::policy::UNCONFIRMED_CALLS_MAX;

/// Whether the person gets the calls that an answer promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallsLeft {
    /// The person gets calls.
    Yes,
    /// The number is unconfirmed and has had all its calls, so texts replace the calls. The answer tells the number's
    /// code, if it has one. An answer that is spoken on a call to the service must not tell it, because the caller's
    /// number can be forged.
    UsedUp(Option<ConfirmationCode>),
}

impl CallsLeft {
    /// The verb of a promise, which is also its noun: "I'll call you", "Next call: ".
    pub(super) fn verb(self) -> &'static str {
        match self {
            Self::Yes => "call",
            Self::UsedUp(_) => "text",
        }
    }

    /// Returns the notes that may follow a promise, the longest first. They say why no call comes, and how to get
    /// calls.
    pub(super) fn notes(self) -> Vec<String> {
        let why = format!(" New numbers get {UNCONFIRMED_CALLS_MAX} calls.");
        match self {
            Self::Yes => vec![String::new()],
            Self::UsedUp(None) => vec![why, String::new()],
            Self::UsedUp(Some(code)) => {
                let how = format!(" Reply {code} and I'll call.");
                vec![format!("{why}{how}"), how]
            }
        }
    }

    /// How the person confirms the number, as an order: by a key, or, if no calls come, by the code. An answer that
    /// must not tell the code refers to the texts that do.
    pub(super) fn confirming(self) -> String {
        match self {
            Self::Yes => "Press 1 on a call from us".to_owned(),
            Self::UsedUp(None) => "Reply with the code from our texts".to_owned(),
            Self::UsedUp(Some(code)) => format!("Reply {code}"),
        }
    }
}
