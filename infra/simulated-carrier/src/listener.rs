//! The other end of an answered call: the person, a mailbox, or a phone that screens calls.

use tokio::time::Instant;

use super::call::CallStatus;

/// The other end of an answered call, with its next action.
pub(super) enum Listener {
    /// The person listens, and may press keys.
    Person,
    /// The mailbox greets, and beeps at this time.
    Greeting { beeps_at: Instant },
    /// The mailbox records, and hangs up at this time.
    Recording { ends_at: Instant },
    /// The screener asks for the reason, and rings the person at this time.
    Screening { rings_at: Instant },
    /// The screener rings the person, who reacts at `reacts_at`. Without a time, a person in the browser must react.
    /// The screener hangs up at `gives_up_at`.
    ScreenerRings { reacts_at: Option<Instant>, gives_up_at: Instant, reaction: Result<(), CallStatus> },
}

impl Listener {
    /// Returns when the listener acts by itself.
    pub(super) fn acts_at(&self) -> Option<Instant> {
        match *self {
            Self::Person => None,
            Self::Greeting { beeps_at } => Some(beeps_at),
            Self::Recording { ends_at } => Some(ends_at),
            Self::Screening { rings_at } => Some(rings_at),
            Self::ScreenerRings { reacts_at, gives_up_at, .. } => {
                Some(reacts_at.map_or(gives_up_at, |reacts_at| reacts_at.min(gives_up_at)))
            }
        }
    }

    pub(super) fn is_person(&self) -> bool {
        matches!(self, Self::Person)
    }
}
