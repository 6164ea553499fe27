//! One function from an outgoing text and an event to the changed text and its effects.

use jiff::Timestamp;

use super::record::{NewestTry, OutgoingText, TextEnd, TextKind, TextLife, TextState};
use crate::channel::Slot;
use crate::ids::SentTextId;
use crate::policy::{BACKOFF_MAX_S, Policy, RECOVERIES_MAX, TEXT_TRIES, after};
use crate::ports::{TextStatus, Undelivered, UndeliveredCause};

/// Something that was learned about an outgoing text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextEvent {
    /// A wake-up or the sweeper says that the deadline of the text has passed. If it has not, the event is ignored.
    DeadlinePassed,
    /// The carrier accepted a try.
    Accepted {
        /// The number of the try, from 1.
        try_number: u8,
        /// The carrier's id of this try.
        sent: SentTextId,
    },
    /// A try was not sent, or the carrier refused it for a reason that does not rule out another try.
    RefusedForNow {
        /// The number of the try, from 1.
        try_number: u8,
        /// When to try again.
        retry_at: Timestamp,
    },
    /// A try was not sent, because the channel's next free slot is later.
    SlotAssigned {
        /// The number of the try, from 1.
        try_number: u8,
        /// The slot that was reserved for the text.
        slot: Slot,
    },
    /// The carrier refuses to text this number.
    RefusedForGood {
        /// The number of the try, from 1.
        try_number: u8,
        /// The carrier's own error code.
        code: u32,
    },
    /// The carrier reported the status of a try: any status in a callback, or a final status when it was asked.
    StatusReported {
        /// The number of the try, from 1.
        try_number: u8,
        /// The carrier's id of this try.
        sent: SentTextId,
        /// The reported status.
        status: TextStatus,
    },
    /// The carrier was asked for the status of a try, and has passed the text on. There may be no later report.
    NoFailureKnown {
        /// The number of the try, from 1.
        try_number: u8,
    },
    /// The person has acknowledged the occurrence that the text is about, so the text is not needed.
    Withdrawn,
    /// The person has opted out, of the service or at the carrier, so the text must not be sent.
    OptedOut,
}

impl TextEvent {
    /// The name of the event in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DeadlinePassed => "TextDeadlinePassed",
            Self::Accepted { .. } => "TextAccepted",
            Self::RefusedForNow { .. } => "TextRefusedForNow",
            Self::SlotAssigned { .. } => "TextSlotAssigned",
            Self::RefusedForGood { .. } => "TextRefusedForGood",
            Self::StatusReported { status: TextStatus::Pending | TextStatus::Sent, .. } => {
                "TextStatusReported(Pending)"
            }
            Self::StatusReported { status: TextStatus::Delivered, .. } => "TextStatusReported(Delivered)",
            Self::StatusReported { status: TextStatus::Undelivered(_), .. } => "TextStatusReported(Undelivered)",
            Self::NoFailureKnown { .. } => "TextNoFailureKnown",
            Self::Withdrawn => "TextWithdrawn",
            Self::OptedOut => "TextOptedOut",
        }
    }
}

/// An action that follows the write of an outgoing text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextEffect {
    /// Send the text. This try is already counted.
    Send {
        /// The number of this try, from 1.
        try_number: u8,
        /// The slot that was reserved for this try, if there is one.
        slot: Option<Slot>,
    },
    /// Send a wake-up through the queue. It arrives at this instant, or earlier if that is beyond the longest delay.
    WakeUp(Timestamp),
    /// Ask the carrier for the status of a try.
    AskCarrier {
        /// The number of the try, from 1.
        try_number: u8,
        /// The carrier's id of this try.
        sent: SentTextId,
    },
    /// Alert the operator that a text instead of a call was given up or not delivered. Raised before the write.
    RaiseAlarm,
}

/// The result of applying an event to an outgoing text.
#[derive(Debug, Clone, PartialEq)]
pub enum TextTransition {
    /// The text changes. The effects follow once the change is written, except the alarm, which is raised before.
    Change(Box<OutgoingText>, Vec<TextEffect>),
    /// Nothing changes: the event is stale, was applied before, or has no meaning in this state.
    Ignore,
}

/// Decides the change that `event` makes to `text` at `now`.
pub fn transition(text: &OutgoingText, event: &TextEvent, now: Timestamp, policy: &Policy) -> TextTransition {
    let step = Step { text, now, policy };
    let state = match &text.life {
        TextLife::Live { state, .. } => state,
        TextLife::Ended { end: TextEnd::Sent { tries }, .. } => return step.sent(event, *tries),
        TextLife::Ended { .. } => return TextTransition::Ignore,
    };
    if *event == TextEvent::DeadlinePassed && !text.is_text_due(now) {
        return TextTransition::Ignore;
    }
    match state {
        TextState::Owed { newest: NewestTry::Failed, .. } if !counts_after_failure(event) => TextTransition::Ignore,
        TextState::Owed { tries, slot, .. } => step.owed(event, *tries, slot.as_ref()),
        TextState::Accepted { tries, sent, inquiries } => step.accepted(event, *tries, sent, *inquiries),
    }
}

struct Step<'a> {
    text: &'a OutgoingText,
    now: Timestamp,
    policy: &'a Policy,
}

impl Step<'_> {
    fn owed(&self, event: &TextEvent, tries: u8, slot: Option<&Slot>) -> TextTransition {
        match event {
            TextEvent::DeadlinePassed if may_be_tried(tries, self.text.owed_since, self.policy, self.now) => {
                let effect = TextEffect::Send { try_number: tries + 1, slot: slot.cloned() };
                let deadline = match self.text.kind {
                    TextKind::Answer => self.policy.answer_deadline(tries + 1, self.now),
                    TextKind::InsteadOfCall(_) => self.policy.text_deadline(tries + 1, self.now),
                };
                let state = TextState::Owed { tries: tries + 1, slot: None, newest: NewestTry::Open };
                self.change(state, deadline, vec![effect])
            }
            TextEvent::DeadlinePassed => self.end(TextEnd::GivenUp),
            TextEvent::Accepted { try_number, sent } if is_newest(*try_number, tries) => self.accept(tries, sent),
            TextEvent::RefusedForNow { try_number, retry_at } if is_newest(*try_number, tries) => {
                let state = not_counted(tries, None);
                self.change(state, *retry_at, vec![TextEffect::WakeUp(*retry_at)])
            }
            TextEvent::SlotAssigned { try_number, slot } if is_newest(*try_number, tries) => {
                let state = not_counted(tries, Some(slot.clone()));
                self.change(state, slot.at, vec![TextEffect::WakeUp(slot.at)])
            }
            TextEvent::RefusedForGood { try_number, code } if is_newest(*try_number, tries) => {
                self.end(TextEnd::Undelivered { code: *code })
            }
            TextEvent::StatusReported { try_number, sent, status } if is_tried(*try_number, tries) => {
                self.reported(*try_number, tries, sent, *status)
            }
            // An earlier try may have arrived or be in flight. No other try follows.
            TextEvent::Withdrawn | TextEvent::OptedOut => self.end(TextEnd::Withdrawn),

            TextEvent::Accepted { .. }
            | TextEvent::RefusedForNow { .. }
            | TextEvent::SlotAssigned { .. }
            | TextEvent::RefusedForGood { .. }
            | TextEvent::StatusReported { .. }
            | TextEvent::NoFailureKnown { .. } => TextTransition::Ignore,
        }
    }

    fn accepted(&self, event: &TextEvent, tries: u8, sent: &SentTextId, inquiries: u8) -> TextTransition {
        match event {
            TextEvent::DeadlinePassed if u32::from(inquiries) < RECOVERIES_MAX => {
                let state = TextState::Accepted { tries, sent: sent.clone(), inquiries: inquiries + 1 };
                let ask = TextEffect::AskCarrier { try_number: tries, sent: sent.clone() };
                self.change(state, self.policy.recovery_deadline(u32::from(inquiries), self.now), vec![ask])
            }
            // The carrier accepted the text, and no final status has been recorded.
            TextEvent::DeadlinePassed => self.end(TextEnd::Sent { tries }),
            TextEvent::StatusReported { try_number, sent, status } if is_tried(*try_number, tries) => {
                self.reported(*try_number, tries, sent, *status)
            }
            // Many carriers report that they have sent a text, and nothing after that.
            TextEvent::NoFailureKnown { try_number } if is_newest(*try_number, tries) => {
                self.end(TextEnd::Sent { tries })
            }
            // The text is not needed any more, even if it is not delivered.
            TextEvent::Withdrawn => self.end(TextEnd::Withdrawn),

            TextEvent::Accepted { .. }
            | TextEvent::RefusedForNow { .. }
            | TextEvent::SlotAssigned { .. }
            | TextEvent::RefusedForGood { .. }
            | TextEvent::StatusReported { .. }
            | TextEvent::NoFailureKnown { .. }
            | TextEvent::OptedOut => TextTransition::Ignore,
        }
    }

    /// The text ended because no failure was known. A delivery or a failure that is reported hours later still counts,
    /// for example after the phone was off.
    fn sent(&self, event: &TextEvent, tries: u8) -> TextTransition {
        match event {
            TextEvent::StatusReported { try_number, sent, status } if is_tried(*try_number, tries) => {
                self.reported(*try_number, tries, sent, *status)
            }
            TextEvent::Withdrawn => self.end(TextEnd::Withdrawn),

            TextEvent::DeadlinePassed
            | TextEvent::Accepted { .. }
            | TextEvent::RefusedForNow { .. }
            | TextEvent::SlotAssigned { .. }
            | TextEvent::RefusedForGood { .. }
            | TextEvent::StatusReported { .. }
            | TextEvent::NoFailureKnown { .. }
            | TextEvent::OptedOut => TextTransition::Ignore,
        }
    }

    /// The carrier reported on a try. A report proves that the try was accepted. A delivery of any try is the delivery
    /// of the text, but only a failure of the newest try is a failure of the text.
    fn reported(&self, try_number: u8, tries: u8, sent: &SentTextId, status: TextStatus) -> TextTransition {
        match status {
            TextStatus::Delivered => self.end(TextEnd::Delivered),
            TextStatus::Pending | TextStatus::Sent | TextStatus::Undelivered(_) if !is_newest(try_number, tries) => {
                TextTransition::Ignore
            }
            TextStatus::Pending | TextStatus::Sent => match self.text.state() {
                Some(TextState::Owed { .. }) => self.accept(tries, sent),
                Some(TextState::Accepted { .. }) | None => TextTransition::Ignore,
            },
            TextStatus::Undelivered(Undelivered { cause: UndeliveredCause::Passing, .. })
                if self.may_be_tried_again(tries) =>
            {
                // For example, the phone is off. That may take long to pass, so the next try waits the longest backoff.
                let retry_at = after(self.now, BACKOFF_MAX_S);
                let state = TextState::Owed { tries, slot: None, newest: NewestTry::Failed };
                self.change(state, retry_at, vec![TextEffect::WakeUp(retry_at)])
            }
            // The person opted out, so the text is not wanted any more.
            TextStatus::Undelivered(Undelivered { cause: UndeliveredCause::OptedOut, .. }) => {
                self.end(TextEnd::Withdrawn)
            }
            TextStatus::Undelivered(Undelivered { code, .. }) => self.end(TextEnd::Undelivered { code }),
        }
    }

    /// Whether another try may follow a failure that may pass. An answer that fails after it ended as `Sent` is not
    /// sent again: its person has probably texted again by then, and its words may no longer be true.
    fn may_be_tried_again(&self, tries: u8) -> bool {
        let retry_at = after(self.now, BACKOFF_MAX_S);
        let is_late_answer = self.text.state().is_none() && self.text.kind == TextKind::Answer;
        !is_late_answer && may_be_tried(tries, self.text.owed_since, self.policy, retry_at)
    }

    fn accept(&self, tries: u8, sent: &SentTextId) -> TextTransition {
        let state = TextState::Accepted { tries, sent: sent.clone(), inquiries: 0 };
        self.change(state, self.policy.text_status_deadline(self.now), vec![])
    }

    fn change(&self, state: TextState, deadline: Timestamp, effects: Vec<TextEffect>) -> TextTransition {
        let next = OutgoingText { life: TextLife::Live { state, deadline }, ..self.text.clone() };
        TextTransition::Change(Box::new(next), effects)
    }

    fn end(&self, end: TextEnd) -> TextTransition {
        let next = OutgoingText { life: TextLife::Ended { end, at: self.now }, ..self.text.clone() };
        let effects = if is_failure(&self.text.kind, end) { vec![TextEffect::RaiseAlarm] } else { vec![] };
        TextTransition::Change(Box::new(next), effects)
    }
}

/// Returns the state of an owed text whose newest try does not count, because it was not sent or was refused for now.
/// The next try is already planned. So of later reports about the previous try, only a delivery counts.
fn not_counted(tries: u8, slot: Option<Slot>) -> TextState {
    let newest = if tries > 1 { NewestTry::Failed } else { NewestTry::Open };
    TextState::Owed { tries: tries - 1, slot, newest }
}

/// Whether an event still counts after [`NewestTry::Failed`]. The next try is already planned. A late acceptance would
/// make the text wait for a status instead, and a late failure would put off that try.
// guard: counts_after_failure
fn counts_after_failure(event: &TextEvent) -> bool {
    match event {
        TextEvent::StatusReported { status: TextStatus::Delivered, .. }
        | TextEvent::DeadlinePassed
        | TextEvent::Withdrawn
        | TextEvent::OptedOut => true,
        TextEvent::Accepted { .. }
        | TextEvent::RefusedForNow { .. }
        | TextEvent::SlotAssigned { .. }
        | TextEvent::RefusedForGood { .. }
        | TextEvent::NoFailureKnown { .. }
        | TextEvent::StatusReported {
            status: TextStatus::Pending | TextStatus::Sent | TextStatus::Undelivered(_),
            ..
        } => false,
    }
}

/// Whether a text instead of a call has failed, so that the alarm is raised. An answer that is not delivered raises no
/// alarm, because the person can text again.
fn is_failure(kind: &TextKind, end: TextEnd) -> bool {
    match (kind, end) {
        (TextKind::InsteadOfCall(_), TextEnd::Undelivered { .. } | TextEnd::GivenUp) => true,
        (TextKind::InsteadOfCall(_), TextEnd::Delivered | TextEnd::Sent { .. } | TextEnd::Withdrawn)
        | (TextKind::Answer, _) => false,
    }
}

/// Whether another try may follow. The number of tries is limited, because each try whose outcome is unknown may have
/// arrived.
// guard: may_be_tried
fn may_be_tried(tries: u8, owed_since: Timestamp, policy: &Policy, now: Timestamp) -> bool {
    has_try_left(tries) && now < policy.text_give_up(owed_since)
}

fn has_try_left(tries: u8) -> bool {
    tries < TEXT_TRIES
}

/// Whether this is the newest try. An event of an older try must not change the newest one.
// guard: is_newest
fn is_newest(try_number: u8, tries: u8) -> bool {
    try_number == tries && tries > 0
}

/// Whether this try was made.
fn is_tried(try_number: u8, tries: u8) -> bool {
    (1..=tries).contains(&try_number)
}
