//! How far an occurrence has come: live in one of four states, or ended.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::ids::{CallId, ClaimId};
use crate::policy::HOUR_S;

/// How far a reminder's current occurrence has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// The reminder waits for an event.
    Live {
        /// The event that it waits for.
        state: State,
        /// When the sweeper recovers it, if nothing has happened until then.
        deadline: Timestamp,
        /// Recoveries so far, in this state and generation.
        recoveries: u32,
    },
    /// No event changes the reminder any more.
    Ended {
        /// How the last occurrence ended.
        end: End,
        /// When it ended.
        at: Timestamp,
    },
}

/// The state of a live reminder, named by what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits for its wake-up.
    Waiting {
        /// The next call of this occurrence, counted from 1.
        attempt: u8,
        /// When that call may start.
        wake_at: Timestamp,
        /// The carrier's slot that was reserved for that call, if it waits for a slot.
        slot: Option<Slot>,
    },
    /// It waits for the carrier's answer to a request for a call.
    Dialing {
        /// The requested call of this occurrence, counted from 1.
        attempt: u8,
        /// The claim of the invocation that may place the call.
        claim: ClaimId,
    },
    /// The carrier has accepted the call; it waits for the person.
    Ringing {
        /// The call of this occurrence that is under way, counted from 1.
        attempt: u8,
        /// The claim of the invocation that placed the call.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
        /// Whether a pick-up was seen.
        pickup: Pickup,
    },
    /// It waits for the carrier to accept a text, which replaces the call.
    Texting {
        /// The reason for the text.
        why: TextReason,
        /// Texts tried so far.
        tries: u8,
        /// When this state was entered.
        since: Timestamp,
        /// The carrier's slot that was reserved for the text, if it waits for a slot.
        slot: Option<Slot>,
    },
}

/// Whether a pick-up of a call was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pickup {
    /// No pick-up was seen. The call may have been picked up all the same.
    Unseen,
    /// The carrier asked for the speech.
    Seen,
}

/// Why a text is sent instead of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextReason {
    /// Every call went unanswered.
    Unanswered,
    /// A call was picked up, but no key was pressed.
    Unconfirmed,
    /// The call would ring past the max lateness, or the carrier has no slot in time.
    TooLate,
    /// It is unknown whether the phone rang, so it must not ring again.
    Unknown,
    /// The carrier refuses to call this number.
    NumberRefused,
}

/// How an occurrence ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The person pressed a key, or texted that it is done.
    Heard,
    /// A call was picked up without a key, and a text was sent.
    Unconfirmed,
    /// A text was sent instead of a call.
    Missed,
    /// The reminder was deleted or moved.
    Cancelled,
    /// Its person opted out. The reminder can be restored.
    OptedOut {
        /// The person's epoch after the opt-out that ended it.
        epoch: u32,
    },
    /// Neither a call nor a text reached the person. The operator is alerted.
    Failed,
}

impl TextReason {
    /// The end that follows once the carrier has accepted the text.
    pub fn end(self) -> End {
        match self {
            Self::Unconfirmed => End::Unconfirmed,
            Self::Unanswered | Self::TooLate | Self::Unknown | Self::NumberRefused => End::Missed,
        }
    }
}

impl Pickup {
    /// Whether another call may follow. After a pick-up none may.
    // guard: may_ring_again
    pub fn may_ring_again(self) -> bool {
        self == Self::Unseen
    }
}

impl State {
    /// Whether it is the claim of the call that is under way. An event of another claim must not change the state.
    // guard: has_claim
    pub fn has_claim(&self, claim: &ClaimId) -> bool {
        self.claim() == Some(claim)
    }

    /// Whether the phone has rung or may have rung for this occurrence, or a text is due instead. "Later" needs that.
    // guard: has_begun
    pub fn has_begun(&self) -> bool {
        match self {
            Self::Waiting { attempt, .. } => *attempt > 1,
            Self::Dialing { .. } | Self::Ringing { .. } | Self::Texting { .. } => true,
        }
    }

    /// Whether the person may have heard of this occurrence within the hour before `received_at`. Only such an
    /// occurrence is acknowledged by "done" without a number. A call of it was asked for, or a text instead of a call
    /// was tried. A text that was postponed each time does not count.
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

    /// The claim of the call that is under way, if there is one.
    pub fn claim(&self) -> Option<&ClaimId> {
        match self {
            Self::Dialing { claim, .. } | Self::Ringing { claim, .. } => Some(claim),
            Self::Waiting { .. } | Self::Texting { .. } => None,
        }
    }

    /// The carrier's id of the call that is under way, if there is one.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Ringing { call, .. } => Some(call),
            Self::Waiting { .. } | Self::Dialing { .. } | Self::Texting { .. } => None,
        }
    }
}

/// Whether no text was tried yet. After a first try the call must not speak the reminder too.
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
    fn done_acknowledges_what_rang_or_was_texted_within_the_hour() {
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
