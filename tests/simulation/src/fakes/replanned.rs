//! The occurrences that a text about a zone planned again.

use reminder::record::Reminder;

/// An occurrence of a series whose first call was planned again when the series moved to another zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replanned {
    /// Id of the reminder.
    pub reminder: String,
    /// When the occurrence was due before, in milliseconds since 1970.
    pub due_ms: i64,
}

impl Replanned {
    /// The occurrence that this write of a text plans again in another zone. `None` if it had begun before.
    pub(super) fn by_write(stored: &Reminder, next: &Reminder) -> Option<Self> {
        let was_waiting = stored.state().is_some_and(|state| !state.has_begun()) && stored.rule.is_some();
        let is_moved = stored.zone != next.zone && stored.due != next.due && next.state().is_some();
        let (reminder, due_ms) = (stored.key.reminder.to_string(), stored.due.as_millisecond());
        (was_waiting && is_moved).then_some(Self { reminder, due_ms })
    }
}
