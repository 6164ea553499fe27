//! The reminders that an UNDO or a RESTORE made anew, and whose records can't be read.

use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, made_ms};
use super::promise::Promise;

/// The reminders that one text made and that can't be read, each with the instant since when, in milliseconds.
///
/// UNDO and RESTORE make a new reminder. The service does not know the content of a record that can't be read, so it
/// can't call about it. The operator is alarmed, which `checker.rs` checks. An answer such as "Restored: #3, #4" does
/// not say which copy replaces which reminder. So each copy explains one reminder that did not come back.
pub(super) struct UnreadableCopies<'a> {
    copies: Vec<(&'a str, i64)>,
}

impl<'a> UnreadableCopies<'a> {
    /// The reminders of this person that were made while this text was handled, by the time in their ids.
    pub(super) fn of(
        evidence: &Evidence<'a>,
        history: &PersonHistory<'_>,
        text: &PersonText<'_>,
        handled_ms: i64,
    ) -> Self {
        let is_made = |reminder: &str| {
            let made_ms = made_ms(reminder).filter(|_| !evidence.is_of_another(reminder, history.who));
            made_ms.is_some_and(|made_ms| (text.first_ms()..=handled_ms).contains(&made_ms))
        };
        let spoiled = evidence.spoiled.iter().map(|(reminder, spoiled_ms)| (*reminder, *spoiled_ms));
        Self { copies: spoiled.filter(|(reminder, _)| is_made(reminder)).collect() }
    }

    /// Takes a copy that may be about this promise and that could not be read by `by_ms`. Returns whether there was one.
    pub(super) fn take(&mut self, history: &PersonHistory<'_>, promise: &Promise<'_>, by_ms: i64) -> bool {
        let may_be = |(reminder, spoiled_ms): &(&str, i64)| {
            let mut calls = history.calls.iter().filter(|call| call.key.reminder.as_str() == *reminder);
            *spoiled_ms <= by_ms && !calls.any(|call| call.speaks_of_another(promise.task))
        };
        let place = self.copies.iter().position(may_be);
        place.map(|place| self.copies.swap_remove(place)).is_some()
    }
}
