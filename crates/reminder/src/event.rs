//! The events of a reminder, and the effects that follow from them. An event states a fact about the reminder. The
//! lifecycle decides the change and the effects that follow.

use jiff::Timestamp;

use crate::call_limits::ReachedLimit;
use crate::channel::Slot;
use crate::confirmation::ConfirmationCode;
use crate::ids::{CallId, ClaimId, OutgoingTextId, ReminderKey};
use crate::record::{DueSource, Zone};

/// A fact about a reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Its wake-up was sent, through the queue or by a schedule.
    WakeUpSent {
        /// The generation that the wake-up names.
        generation: u32,
    },
    /// Its wake-up arrived, and the carrier may be asked for the call now.
    Woken {
        /// The generation that the wake-up names.
        generation: u32,
        /// The fresh claim of this invocation.
        claim: ClaimId,
        /// The number's code, if this is the last call that an unconfirmed number gets.
        code: Option<ConfirmationCode>,
    },
    /// Its wake-up arrived, but the channel's next free slot is later.
    SlotAssigned {
        /// The generation that the wake-up names.
        generation: u32,
        /// The slot that was reserved for the call.
        slot: Slot,
    },
    /// Its wake-up arrived, but the max lateness has passed, the channel has no free slot before that, or the hour's
    /// budget of calls is used up.
    NoSlotInTime {
        /// The generation that the wake-up names.
        generation: u32,
    },
    /// Its wake-up arrived, but the person has had as many calls as a limit allows.
    CallLimitReached {
        /// The generation that the wake-up names.
        generation: u32,
        /// The limit that was reached.
        limit: ReachedLimit,
    },
    /// Its wake-up arrived, but no call may be requested now: each breaker is open, another call has the person's turn,
    /// or no slot could be reserved.
    Postponed {
        /// The generation that the wake-up names.
        generation: u32,
        /// When to try again.
        until: Timestamp,
    },
    /// The carrier accepted the call.
    Accepted {
        /// The claim of the request.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
    },
    /// The call was not placed, for a reason that is not about the number.
    RefusedForNow {
        /// The claim of the request.
        claim: ClaimId,
        /// When to ask again.
        retry_at: Timestamp,
    },
    /// The carrier refuses to call this number.
    RefusedForGood {
        /// The claim of the request.
        claim: ClaimId,
    },
    /// The carrier reported something about a call, in a callback or when it was asked.
    CallReported {
        /// The claim of the call.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
        /// The carrier's report.
        report: Report,
    },
    /// The carrier's machine detection says who answered a call.
    AnswererDetected {
        /// The claim of the call.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
        /// Who answered the call.
        verdict: Verdict,
    },
    /// The person pressed a key that acknowledges the reminder.
    KeyPressed {
        /// The claim of the call.
        claim: ClaimId,
    },
    /// Its deadline has passed.
    DeadlinePassed,
    /// Its person texted DONE about it, snoozed it, moved an occurrence that had rung, or pressed a key about it on a
    /// call to the service.
    Acknowledged {
        /// When the text or the key was received. An occurrence that is due later is not acknowledged, even if the event
        /// is applied only after that due.
        received_at: Timestamp,
    },
    /// Its person deleted it.
    Deleted,
    /// Its person moved it to another time before it rang, snoozed it again, or took a move back.
    Rescheduled {
        /// The new due.
        due: Timestamp,
        /// Whether the new due was read in a guessed zone.
        source: DueSource,
    },
    /// Its person corrected the guessed zone, and its due or its end was read in the guessed zone.
    ZoneCorrected {
        /// The correct zone.
        zone: Zone,
        /// The new due, which applies only if this occurrence has not begun.
        due: Timestamp,
    },
    /// Its person wants the coming occurrence of a series at another instant: they took a skip or a move back, or have
    /// moved to another zone and want the series in that zone.
    SeriesReplanned {
        /// The zone in which the series repeats from now on.
        zone: Zone,
        /// The new due, which applies only if this occurrence has not begun.
        due: Timestamp,
    },
    /// Its person does not want this occurrence: they skipped it, have done the task already, or want the occurrence at
    /// another time, for which a new reminder is made. A series goes on.
    Skipped,
    /// Its person resumed the paused series.
    Resumed,
    /// Its person opted out.
    OptedOut {
        /// The person's epoch after the opt-out.
        epoch: u32,
    },
}

impl Event {
    /// The name of the event in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::WakeUpSent { .. } => "WakeUpSent",
            Self::Woken { .. } => "Woken",
            Self::SlotAssigned { .. } => "SlotAssigned",
            Self::NoSlotInTime { .. } => "NoSlotInTime",
            Self::CallLimitReached { .. } => "CallLimitReached",
            Self::Postponed { .. } => "Postponed",
            Self::Accepted { .. } => "Accepted",
            Self::RefusedForNow { .. } => "RefusedForNow",
            Self::RefusedForGood { .. } => "RefusedForGood",
            Self::CallReported { report, .. } => report.name(),
            Self::AnswererDetected { verdict, .. } => verdict.name(),
            Self::KeyPressed { .. } => "KeyPressed",
            Self::DeadlinePassed => "DeadlinePassed",
            Self::Acknowledged { .. } => "Acknowledged",
            Self::Deleted => "Deleted",
            Self::Rescheduled { .. } => "Rescheduled",
            Self::ZoneCorrected { .. } => "ZoneCorrected",
            Self::SeriesReplanned { .. } => "SeriesReplanned",
            Self::Skipped => "Skipped",
            Self::Resumed => "Resumed",
            Self::OptedOut { .. } => "OptedOut",
        }
    }
}

/// A carrier's report about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The carrier dials the number now.
    Initiated,
    /// The call was picked up: the carrier asked for the speech.
    PickedUp,
    /// The call is over, and was picked up.
    Completed,
    /// The call is over, and was not picked up: busy, no answer, failed, or cancelled before a pickup.
    NotReached,
}

impl Report {
    /// The name of an event with this report.
    fn name(self) -> &'static str {
        match self {
            Self::Initiated => "CallReported(Initiated)",
            Self::PickedUp => "CallReported(PickedUp)",
            Self::Completed => "CallReported(Completed)",
            Self::NotReached => "CallReported(NotReached)",
        }
    }
}

/// The verdict of the carrier's machine detection: who answered a call. It may be late, doubled, missing or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A person answered.
    Person,
    /// A machine answered, and its greeting is not over.
    MachineStarted,
    /// A machine answered, and its greeting is over: a message can be left now.
    MachineEnded,
    /// A fax machine answered.
    Fax,
    /// The carrier could not tell who answered.
    Unknown,
}

impl Verdict {
    /// The name of an event with this verdict.
    fn name(self) -> &'static str {
        match self {
            Self::Person => "AnswererDetected(Person)",
            Self::MachineStarted => "AnswererDetected(MachineStarted)",
            Self::MachineEnded => "AnswererDetected(MachineEnded)",
            Self::Fax => "AnswererDetected(Fax)",
            Self::Unknown => "AnswererDetected(Unknown)",
        }
    }
}

/// An action that follows an event, after the event's write if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send the wake-up of the record's generation.
    SendWakeUp(WakeUp),
    /// Cancel or hang up a call that must not go on.
    CancelCall(CallId),
    /// Ask the carrier for the status of a call, and cancel the call if it still waits in the carrier's queue.
    AskCarrier {
        /// The claim of the call.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
    },
    /// Leave the reminder as a message on the machine that has answered a call.
    LeaveMessage {
        /// The claim of the call.
        claim: ClaimId,
        /// The carrier's id of the call.
        call: CallId,
    },
    /// Withdraw a text that is not known to be delivered: the person has acknowledged its occurrence.
    WithdrawText(OutgoingTextId),
}

/// A wake-up: a hint that a reminder's planned instant has come. It may be lost, doubled, late or early without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeUp {
    /// The person and the reminder's id.
    pub key: ReminderKey,
    /// The generation that the wake-up was planned for.
    pub generation: u32,
    /// When the planned call may start. A wake-up that arrives earlier places no call: the dialer sends it again.
    pub wake_at: Timestamp,
}
