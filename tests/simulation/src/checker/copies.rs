//! The reminders that an UNDO or a RESTORE made anew, and that could not reach their person.

use super::alarms::FAILED;
use super::dues::SKEW_MS;
use super::evidence::Evidence;
use super::person_history::{PersonHistory, PersonText, made_ms};
use super::promise::Promise;

/// The reminders that one text made, and that explain why a reminder did not come back.
///
/// UNDO and RESTORE make a new reminder. The service does not know the content of a record that can't be read, so it
/// can't call about it. The operator is alarmed, which `checker.rs` checks. If neither a call nor a text can reach the
/// person, the operator is alarmed too. An answer such as "Restored: #3, #4" does not say which copy replaces which
/// reminder. So each copy explains one reminder that did not come back.
pub(super) struct LostCopies<'a> {
    copies: Vec<LostCopy<'a>>,
}

/// Whether the reminder of this id is this person's, and was made while this text was handled, by the time in its id.
fn is_made(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    text: &PersonText<'_>,
    handled_ms: i64,
    reminder: &str,
) -> bool {
    let made_ms = made_ms(reminder).filter(|_| !evidence.is_of_another(reminder, history.who));
    made_ms.is_some_and(|made_ms| (text.first_ms() - SKEW_MS..=handled_ms + SKEW_MS).contains(&made_ms))
}

/// Whether the reminder of this id may be the copy of this promise that an UNDO or a RESTORE made: it was made while
/// that text was handled, and the store shows no other task.
pub(super) fn may_be_copy(
    evidence: &Evidence<'_>,
    history: &PersonHistory<'_>,
    promise: &Promise<'_>,
    (text, handled_ms): (&PersonText<'_>, i64),
    reminder: &str,
) -> bool {
    let stored = evidence.remains.stored.get(reminder);
    is_made(evidence, history, text, handled_ms, reminder) && stored.is_none_or(|stored| stored.task == promise.task)
}

/// A reminder that a text made, and that could not reach its person.
struct LostCopy<'a> {
    reminder: &'a str,
    /// Since when its record can't be read, in milliseconds. Absent if an alarm said that it failed.
    spoiled_ms: Option<i64>,
}

impl<'a> LostCopies<'a> {
    /// The reminders of this person that were made while this text was handled, by the time in their ids.
    pub(super) fn of(
        evidence: &Evidence<'a>,
        history: &PersonHistory<'_>,
        text: &PersonText<'_>,
        handled_ms: i64,
    ) -> Self {
        let is_made = |reminder: &str| is_made(evidence, history, text, handled_ms, reminder);
        let spoiled = evidence.spoiled.iter().map(|(reminder, spoiled_ms)| (*reminder, Some(*spoiled_ms)));
        let failed = evidence.alarms.iter().filter(|alarm| alarm.words.starts_with(FAILED));
        let failed = failed.filter_map(|alarm| Some((alarm.reminder?, None)));
        // A reminder that was called about is not missing.
        let is_called =
            |reminder: &str| history.call_requests.iter().any(|call| call.key.reminder.as_str() == reminder);
        let failed = failed.filter(|(reminder, _)| !is_called(reminder));
        let mut copies: Vec<LostCopy<'_>> = Vec::new();
        for (reminder, spoiled_ms) in spoiled.chain(failed).filter(|(reminder, _)| is_made(reminder)) {
            if copies.iter().all(|copy| copy.reminder != reminder) {
                copies.push(LostCopy { reminder, spoiled_ms });
            }
        }
        Self { copies }
    }

    /// Takes a copy that may be about this promise. A copy that can't be read must have become so by `by_ms`. Returns
    /// whether there was one.
    pub(super) fn take(&mut self, history: &PersonHistory<'_>, promise: &Promise<'_>, by_ms: i64) -> bool {
        let may_be = |copy: &LostCopy<'_>| {
            let mut calls = history.calls.iter().filter(|call| call.key.reminder.as_str() == copy.reminder);
            copy.spoiled_ms.is_none_or(|spoiled_ms| spoiled_ms <= by_ms)
                && !calls.any(|call| call.speaks_of_another(promise.task))
        };
        let place = self.copies.iter().position(may_be);
        place.map(|place| self.copies.swap_remove(place)).is_some()
    }
}
