//! A planned call: the lifecycle that waits for it, and the wake-up that ends the wait.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::event::WakeUp;
use crate::policy::{self, Policy, Route};
use crate::record::{Lifecycle, Reminder, State, TextReason};

/// Returns a lifecycle that waits for `wake_at`. A near wake-up is sent at once, so the deadline is about its arrival.
/// A far one must be confirmed as sent first.
pub fn waiting(attempt: u8, wake_at: Timestamp, slot: Option<Slot>, now: Timestamp, policy: &Policy) -> Lifecycle {
    let deadline = match policy::route(now, wake_at) {
        Route::Queue { .. } => policy.woken_deadline(wake_at),
        Route::Schedule { .. } => policy.unsent_deadline(now),
    };
    Lifecycle::Live { state: State::Waiting { attempt, wake_at, slot }, deadline, recoveries: 0 }
}

/// Returns the wake-up of a reminder's current generation.
pub fn wake(reminder: &Reminder, wake_at: Timestamp) -> WakeUp {
    WakeUp { key: reminder.key.clone(), generation: reminder.generation, wake_at }
}

/// Returns why a text replaces the call of this attempt, which would come too late. After the first attempt the phone has
/// rung, and "done" must find the occurrence.
pub(super) fn late_reason(attempt: u8) -> TextReason {
    if attempt > 1 { TextReason::Unanswered } else { TextReason::TooLate }
}
