//! A planned call: the lifecycle that waits for it, and the wake-up that ends the wait.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::event::WakeUp;
use crate::policy::{self, Policy, Route};
use crate::record::{AnsweredBy, Lifecycle, Reminder, State, TextReason};

/// Returns a lifecycle that waits for the first call of an occurrence, at `due`.
pub fn waiting(due: Timestamp, now: Timestamp, policy: &Policy) -> Lifecycle {
    waiting_for(PlannedCall { attempt: 1, wake_at: due, slot: None, answered: AnsweredBy::Nobody }, now, policy)
}

/// A call that is planned.
pub(super) struct PlannedCall {
    /// The number of the call within its occurrence, from 1.
    pub(super) attempt: u8,
    /// When it may start.
    pub(super) wake_at: Timestamp,
    /// The carrier's slot that was reserved for it, if it waits for a slot.
    pub(super) slot: Option<Slot>,
    /// Who answered the earlier calls of the occurrence.
    pub(super) answered: AnsweredBy,
}

/// Returns a lifecycle that waits for a planned call. A near wake-up goes through the queue, so the deadline is when it
/// must have arrived. A far wake-up goes into a schedule, so the deadline is when it must be confirmed as sent.
pub(super) fn waiting_for(call: PlannedCall, now: Timestamp, policy: &Policy) -> Lifecycle {
    let PlannedCall { attempt, wake_at, slot, answered } = call;
    let deadline = match policy::route(now, wake_at) {
        Route::Queue { .. } => policy.woken_deadline(wake_at),
        Route::Schedule { .. } => policy.unsent_deadline(now),
    };
    Lifecycle::Live { state: State::Waiting { attempt, wake_at, slot, answered }, deadline, recoveries: 0 }
}

/// Returns the wake-up of a reminder's current generation.
pub fn wake(reminder: &Reminder, wake_at: Timestamp) -> WakeUp {
    WakeUp { key: reminder.key.clone(), generation: reminder.generation, wake_at }
}

/// Returns the reason of the text that replaces the call of this attempt because no call was placed in time. If there
/// were earlier calls, the reason is how they were answered.
pub(super) fn late_reason(attempt: u8, answered: AnsweredBy) -> TextReason {
    if attempt > 1 { unanswered_reason(answered) } else { TextReason::TooLate }
}

/// Returns why a text follows the last call of an occurrence: `Unconfirmed` if a person may have heard the reminder on
/// one of the calls, otherwise `Unanswered`.
pub(super) fn unanswered_reason(answered: AnsweredBy) -> TextReason {
    if answered.may_be_a_person() { TextReason::Unconfirmed } else { TextReason::Unanswered }
}
