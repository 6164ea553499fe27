//! How far an occurrence has come: live in one of four states, or ended.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::ids::{CallId, ClaimId};

/// How far a reminder's current occurrence has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lifecycle {
    /// The reminder waits for an event.
    Live {
        /// The state of the reminder.
        state: State,
        /// When the sweeper recovers the reminder, if no event has changed it until then.
        deadline: Timestamp,
        /// Recoveries so far, in this state and generation.
        recoveries: u32,
    },
    /// The reminder is over. Only a late key, a late "done" or the reported end of a cancelled call still changes its
    /// record.
    Ended {
        /// How the last occurrence ended.
        end: End,
        /// When it ended.
        at: Timestamp,
    },
}

/// The state of a live reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits for its wake-up.
    Waiting {
        /// The number of the next call of this occurrence, from 1.
        attempt: u8,
        /// When that call may start.
        wake_at: Timestamp,
        /// The carrier's slot that was reserved for that call, if it waits for a slot.
        slot: Option<Slot>,
        /// Who answered the calls of this occurrence so far.
        answered: AnsweredBy,
    },
    /// A call is claimed, and it is not known yet whether the carrier accepted it.
    Dialing {
        /// The number of the requested call within this occurrence, from 1.
        attempt: u8,
        /// The claim of the invocation that may place the call.
        claim: ClaimId,
        /// Who answered the earlier calls of this occurrence.
        answered: AnsweredBy,
    },
    /// The carrier has accepted the call, and the call is not known to be over.
    Ringing {
        /// The number, within this occurrence, of the call that is under way, from 1.
        attempt: u8,
        /// The claim of the invocation that placed the call.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
        /// Who answered this call, as far as it is known.
        pickup: AnsweredBy,
        /// Who answered the earlier calls of this occurrence.
        answered: AnsweredBy,
    },
    /// A series that was missed too often in a row. It does not ring until its person resumes it, or acknowledges the
    /// occurrence that was missed last.
    Paused,
}

/// Who answered a call, or the calls of an occurrence. The order is by how likely it is that a person was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnsweredBy {
    /// No pickup was reported.
    Nobody,
    /// A machine picked up: a mailbox, a fax machine or call screening.
    Machine,
    /// A person or a machine picked up.
    Unknown,
    /// A person picked up, as the carrier's machine detection says.
    Person,
}

/// Why a text is sent instead of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextReason {
    /// No person answered any of the calls.
    Unanswered,
    /// A person may have answered a call, but no key was pressed.
    Unconfirmed,
    /// No call was placed in time: it would ring past the max lateness, the carrier has no slot in time, or the person
    /// has had as many calls as a limit allows.
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
    /// A person may have answered a call, but no key was pressed. A text follows.
    Unconfirmed,
    /// No person is known to have picked up. A text follows.
    Missed,
    /// The occurrence was skipped or moved, or the reminder deleted.
    Cancelled,
    /// Its person opted out. RESTORE can make the reminder anew.
    OptedOut {
        /// The person's epoch after the opt-out that ended it.
        epoch: u32,
    },
}

impl TextReason {
    /// The end of an occurrence that is texted for this reason, if no earlier call may have reached a person.
    pub fn end(self) -> End {
        match self {
            Self::Unconfirmed => End::Unconfirmed,
            Self::Unanswered | Self::TooLate | Self::Unknown | Self::NumberRefused => End::Missed,
        }
    }
}

impl AnsweredBy {
    /// Whether another call may follow. No call may follow after a person has picked up.
    // guard: may_ring_again
    pub fn may_ring_again(self) -> bool {
        self < Self::Person
    }

    /// Whether a person may have heard the reminder.
    pub fn may_be_a_person(self) -> bool {
        self >= Self::Unknown
    }
}

impl State {
    /// Whether this is the claim of the call that is under way. An event about another call must not count for this
    /// call.
    // guard: has_claim
    pub fn has_claim(&self, claim: &ClaimId) -> bool {
        self.claim() == Some(claim)
    }

    /// Whether the phone has rung or may have rung for this occurrence. From then on, the occurrence keeps its due.
    // guard: has_begun
    pub fn has_begun(&self) -> bool {
        match self {
            Self::Waiting { attempt, .. } => *attempt > 1,
            Self::Dialing { .. } | Self::Ringing { .. } => true,
            Self::Paused => false,
        }
    }

    /// Whether a call of this occurrence is over, so that the record's last claim belongs to this occurrence.
    pub fn has_call_before(&self) -> bool {
        match self {
            Self::Waiting { attempt, .. } | Self::Dialing { attempt, .. } | Self::Ringing { attempt, .. } => {
                *attempt > 1
            }
            Self::Paused => false,
        }
    }

    /// Who may have answered a call of this occurrence so far.
    pub fn answered(&self) -> AnsweredBy {
        match self {
            Self::Waiting { answered, .. } | Self::Dialing { answered, .. } => *answered,
            Self::Ringing { pickup, answered, .. } => *pickup.max(answered),
            Self::Paused => AnsweredBy::Nobody,
        }
    }

    /// The claim of the call that is under way, if there is one.
    pub fn claim(&self) -> Option<&ClaimId> {
        match self {
            Self::Dialing { claim, .. } | Self::Ringing { claim, .. } => Some(claim),
            Self::Waiting { .. } | Self::Paused => None,
        }
    }

    /// The carrier's id of the call that is under way, if there is one.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Ringing { call, .. } => Some(call),
            Self::Waiting { .. } | Self::Dialing { .. } | Self::Paused => None,
        }
    }
}
