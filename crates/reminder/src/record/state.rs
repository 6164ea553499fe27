//! How far a reminder has come: live in one of four states, or ended.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::ids::{CallId, ClaimId};
use crate::policy::HOUR_S;

/// Live, or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// Something is still to happen.
    Live {
        /// What is being waited for.
        state: State,
        /// When, if nothing has happened, the sweeper takes it back.
        deadline: Timestamp,
        /// How often it has, in this state and generation.
        recoveries: u32,
    },
    /// Nothing more will happen to it.
    Ended {
        /// How.
        end: End,
        /// When.
        at: Timestamp,
    },
}

/// What a live reminder waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// For its wake-up.
    Waiting {
        /// Which call of this occurrence is next, from 1.
        attempt: u8,
        /// When.
        wake_at: Timestamp,
        /// The carrier's slot it was given, if it was put off to one.
        slot: Option<Slot>,
    },
    /// For the carrier's answer to a request for a call.
    Dialing {
        /// Which call of this occurrence it is, from 1.
        attempt: u8,
        /// Who may place it.
        claim: ClaimId,
    },
    /// For a person: the carrier has the call.
    Ringing {
        /// Which call of this occurrence it is, from 1.
        attempt: u8,
        /// Who placed it.
        claim: ClaimId,
        /// What the carrier calls it.
        call: CallId,
        /// Whether somebody is known to have picked up.
        pickup: Pickup,
    },
    /// For the carrier to accept a text in the place of a call.
    Texting {
        /// Why a text.
        why: TextReason,
        /// Texts tried so far.
        tries: u8,
        /// Since when.
        since: Timestamp,
        /// The slot among the carrier's texts that it was given, if it was put off to one.
        slot: Option<Slot>,
    },
}

/// Whether a call is known to have been picked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pickup {
    /// Not that we know.
    Unseen,
    /// The carrier fetched what to say.
    Seen,
}

/// Why a text is sent in the place of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextReason {
    /// Every call went unanswered.
    Unanswered,
    /// Picked up, but no key was pressed.
    Unconfirmed,
    /// It is too late to ring, or the carrier has no slot in time.
    TooLate,
    /// Whether the phone rang is not known, so it is not rung again.
    Unknown,
    /// The carrier does not call this number.
    NumberRefused,
}

/// How an occurrence ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A key was pressed, or the person said so.
    Heard,
    /// Picked up without a key, and texted.
    Unconfirmed,
    /// Texted in the place of a call.
    Missed,
    /// Deleted, moved, or its person left.
    Cancelled,
    /// Neither called nor texted: an operator's alarm.
    Failed,
}

impl TextReason {
    /// The end that an accepted text brings.
    pub fn end(self) -> End {
        match self {
            Self::Unconfirmed => End::Unconfirmed,
            Self::Unanswered | Self::TooLate | Self::Unknown | Self::NumberRefused => End::Missed,
        }
    }
}

impl Pickup {
    /// After a pick-up nothing leads to another call.
    // guard: may_ring_again
    pub fn may_ring_again(self) -> bool {
        self == Self::Unseen
    }
}

impl State {
    /// Only the claim that the record holds moves it.
    // guard: holds
    pub fn holds(&self, claim: &ClaimId) -> bool {
        self.claim() == Some(claim)
    }

    /// "Later" is about an occurrence whose phone has rung, or is ringing, or is being texted.
    // guard: has_begun
    pub fn has_begun(&self) -> bool {
        match self {
            Self::Waiting { attempt, .. } => *attempt > 1,
            Self::Dialing { .. } | Self::Ringing { .. } | Self::Texting { .. } => true,
        }
    }

    /// "Done" without a number settles an occurrence only if its person may have heard of it within the last hour: a call
    /// of it was asked for, or a text in the place of a call was tried. A text that was put off each time reached nobody.
    // guard: may_have_rung
    pub fn may_have_rung(&self, received_at: Timestamp) -> bool {
        match self {
            Self::Waiting { attempt, .. } => *attempt > 1,
            Self::Dialing { .. } | Self::Ringing { .. } => true,
            Self::Texting { why, tries, since, .. } => {
                let called = match why {
                    TextReason::Unanswered | TextReason::Unconfirmed | TextReason::Unknown => true,
                    TextReason::TooLate | TextReason::NumberRefused => false,
                };
                (called || !is_untexted(*tries)) && received_at.duration_since(*since).as_secs() <= HOUR_S
            }
        }
    }

    /// The claim that is live in this state.
    pub fn claim(&self) -> Option<&ClaimId> {
        match self {
            Self::Dialing { claim, .. } | Self::Ringing { claim, .. } => Some(claim),
            Self::Waiting { .. } | Self::Texting { .. } => None,
        }
    }

    /// The call that is under way in this state, where the carrier has named it.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Ringing { call, .. } => Some(call),
            Self::Waiting { .. } | Self::Dialing { .. } | Self::Texting { .. } => None,
        }
    }
}

/// Once a text was tried, the call must not say it as well.
// guard: is_untexted
pub fn is_untexted(tries: u8) -> bool {
    tries == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn done_is_about_what_rang_or_was_texted_within_the_hour() {
        let texting = |why, tries| State::Texting { why, tries, since: at(100), slot: None };
        let waiting = |attempt| State::Waiting { attempt, wake_at: at(100), slot: None };
        for (state, second, expected) in [
            (waiting(1), 100, false),
            (waiting(2), 100, true),
            (texting(TextReason::Unanswered, 0), 100 + HOUR_S, true),
            (texting(TextReason::Unanswered, 0), 101 + HOUR_S, false),
            (texting(TextReason::TooLate, 0), 100, false),
            (texting(TextReason::TooLate, 1), 100, true),
            (texting(TextReason::TooLate, 1), 101 + HOUR_S, false),
            (texting(TextReason::NumberRefused, 0), 100, false),
        ] {
            assert_eq!(state.may_have_rung(at(second)), expected, "{state:?} at {second}");
        }
    }
}
