//! The occurrences of series and their calls, as the store shows them.

use std::collections::BTreeMap;

use reminder::record::{Reminder, State};

/// A write by which a series went on after an occurrence, or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Id of the reminder.
    pub reminder: String,
    /// Due of the occurrence that was over, in milliseconds since 1970.
    pub due_ms: i64,
    /// Due of the next occurrence, in milliseconds since 1970. Absent if the series ended.
    pub next_ms: Option<i64>,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: i64,
    /// Whether the same write owes a text that replaces the call of the occurrence.
    pub is_texted: bool,
}

/// The facts that the writes so far show about the occurrences of series, and about calls.
#[derive(Debug, Default)]
pub(super) struct Occurrences {
    passed: Vec<Passed>,
    /// The claims whose calls are not stored as accepted by the carrier, each with the id of its reminder.
    unknown: BTreeMap<String, String>,
}

impl Occurrences {
    /// Records the facts that this write of a reminder shows.
    pub(super) fn record(&mut self, stored: &Reminder, next: &Reminder, at_ms: i64) {
        match next.state() {
            Some(State::Dialing { claim, .. }) => {
                self.unknown.insert(claim.to_string(), next.key.reminder.to_string());
            }
            Some(State::Ringing { claim, .. }) => drop(self.unknown.remove(&claim.to_string())),
            Some(State::Waiting { .. } | State::Paused) | None => {}
        }
        let (due_ms, next_ms) = (stored.due.as_millisecond(), next.due.as_millisecond());
        let (is_over, was_paused) = (next.state().is_none(), stored.is_paused());
        if stored.rule.is_some() && stored.state().is_some() && !was_paused && (is_over || due_ms != next_ms) {
            let (reminder, next_ms) = (next.key.reminder.to_string(), (!is_over).then_some(next_ms));
            let is_texted =
                next.last_end != stored.last_end && next.last_end.as_ref().is_some_and(|last| last.text.is_some());
            self.passed.push(Passed { reminder, due_ms, next_ms, at_ms, is_texted });
        }
    }

    /// All writes so far by which a series went on or ended.
    pub(super) fn passed(&self) -> &[Passed] {
        &self.passed
    }

    /// The claims whose calls the store never showed as accepted by the carrier, each with the id of its reminder.
    pub(super) fn unknown(&self) -> &BTreeMap<String, String> {
        &self.unknown
    }
}
