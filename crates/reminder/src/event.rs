//! What happens to a reminder, and what is to be done about it. Events are not states: they say what was learnt, and
//! the life cycle says what it means.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::ids::{CallId, ClaimId, ReminderKey};
use crate::record::{DueSource, Zone};

/// Something that was learnt about a reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Its far wake-up was sent.
    WakeUpSent {
        /// The generation that the wake-up names.
        generation: u32,
    },
    /// It was woken, and may be rung now.
    Woken {
        /// The generation that the wake-up names.
        generation: u32,
        /// The fresh claim of whoever was woken.
        claim: ClaimId,
    },
    /// It was woken, but the carrier's next free slot is later.
    SlotAssigned {
        /// The generation that the wake-up names.
        generation: u32,
        /// The slot it was given.
        slot: Slot,
    },
    /// It was woken, but the carrier has no slot while there is patience.
    NoSlotInTime {
        /// The generation that the wake-up names.
        generation: u32,
    },
    /// It was woken, but no carrier is to be asked now: the breaker is open, or no slot could be reserved.
    Postponed {
        /// The generation that the wake-up names.
        generation: u32,
        /// When to try again.
        until: Timestamp,
    },
    /// The carrier accepted the call.
    Accepted {
        /// Whose request it was.
        claim: ClaimId,
        /// What the carrier calls it.
        call: CallId,
    },
    /// The carrier certainly did not accept the call, for a reason that is not about the number.
    RefusedForNow {
        /// Whose request it was.
        claim: ClaimId,
        /// When to ask again.
        retry_at: Timestamp,
    },
    /// The carrier does not call this number.
    RefusedForGood {
        /// Whose request it was.
        claim: ClaimId,
    },
    /// The carrier said something about a call, in a callback or when asked.
    CallReported {
        /// The claim that stands in the callback's URL.
        claim: ClaimId,
        /// What the carrier calls it.
        call: CallId,
        /// What it said.
        report: Report,
    },
    /// A key was pressed that says: heard.
    KeyPressed {
        /// The claim that stands in the callback's URL.
        claim: ClaimId,
    },
    /// Its deadline has passed.
    DeadlinePassed,
    /// The carrier accepted the text.
    TextAccepted {
        /// The generation that the text was of.
        generation: u32,
    },
    /// The carrier certainly did not accept the text, for a reason that is not about the number.
    TextRefusedForNow {
        /// The generation that the text was of.
        generation: u32,
        /// When to try again.
        retry_at: Timestamp,
    },
    /// The text was not sent yet: the line's next free slot is later.
    TextSlotAssigned {
        /// The generation that the text is of.
        generation: u32,
        /// The slot it was given.
        slot: Slot,
    },
    /// The carrier does not text this number.
    TextRefusedForGood {
        /// The generation that the text was of.
        generation: u32,
    },
    /// Its person said that it is done with, or put it off.
    Acknowledged,
    /// Its person deleted it.
    Deleted,
    /// Its person wants it at another time, and it has not rung yet.
    Rescheduled {
        /// When.
        due: Timestamp,
        /// Which clock that was read off.
        source: DueSource,
    },
    /// Its person corrected the guessed zone off whose clock its due was read.
    ZoneCorrected {
        /// Where they are.
        zone: Zone,
        /// When it is due from now on, if its phone has not rung for this occurrence.
        due: Timestamp,
    },
    /// Its person is done with this occurrence before it rang, or wants it at another time, for which a new reminder is
    /// made. A series goes on.
    Skipped,
    /// Its person left: opted out.
    OptedOut {
        /// The person's epoch since.
        epoch: u32,
    },
}

impl Event {
    /// What it is called in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WakeUpSent { .. } => "WakeUpSent",
            Self::Woken { .. } => "Woken",
            Self::SlotAssigned { .. } => "SlotAssigned",
            Self::NoSlotInTime { .. } => "NoSlotInTime",
            Self::Postponed { .. } => "Postponed",
            Self::Accepted { .. } => "Accepted",
            Self::RefusedForNow { .. } => "RefusedForNow",
            Self::RefusedForGood { .. } => "RefusedForGood",
            Self::CallReported { report, .. } => report.name(),
            Self::KeyPressed { .. } => "KeyPressed",
            Self::DeadlinePassed => "DeadlinePassed",
            Self::TextAccepted { .. } => "TextAccepted",
            Self::TextRefusedForNow { .. } => "TextRefusedForNow",
            Self::TextSlotAssigned { .. } => "TextSlotAssigned",
            Self::TextRefusedForGood { .. } => "TextRefusedForGood",
            Self::Acknowledged => "Acknowledged",
            Self::Deleted => "Deleted",
            Self::Rescheduled { .. } => "Rescheduled",
            Self::ZoneCorrected { .. } => "ZoneCorrected",
            Self::Skipped => "Skipped",
            Self::OptedOut { .. } => "OptedOut",
        }
    }
}

/// What a carrier says about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// It is being dialed now.
    Initiated,
    /// Somebody picked up: the carrier asked what to say.
    PickedUp,
    /// It is over, and was picked up.
    Completed,
    /// It is over, and was not picked up: busy, no answer, failed, or cancelled in the carrier's queue.
    NotReached,
}

impl Report {
    /// What an event with it is called.
    fn name(self) -> &'static str {
        match self {
            Self::Initiated => "CallReported(Initiated)",
            Self::PickedUp => "CallReported(PickedUp)",
            Self::Completed => "CallReported(Completed)",
            Self::NotReached => "CallReported(NotReached)",
        }
    }
}

/// Something to be done, after the write that decided it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send the wake-up of the record's generation.
    SendWakeUp(WakeUp),
    /// Send the text that the record owes, in the slot that was held for this try, if one was.
    SendText(Option<Slot>),
    /// Cancel or end a call that has no right to go on.
    CancelCall(CallId),
    /// Ask the carrier how a call stands, and cancel it if it still waits in the carrier's queue.
    AskCarrier {
        /// Whose call it is.
        claim: ClaimId,
        /// What the carrier calls it.
        call: CallId,
    },
    /// Tell the operator that neither a call nor a text reached the person.
    RaiseAlarm,
}

/// A wake-up: a hint that a reminder's planned moment has come. It may be lost, doubled, late or early without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeUp {
    /// Whose, and which.
    pub key: ReminderKey,
    /// The generation for which it was planned.
    pub generation: u32,
    /// When it is to arrive.
    pub wake_at: Timestamp,
}
