//! The pauses of series, as the store shows them.

use reminder::record::Reminder;

/// A pause of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPause {
    /// Id of the reminder.
    pub reminder: String,
    /// Due of the last occurrence before the pause, in milliseconds since 1970.
    pub due_ms: i64,
    /// When the pause was written, in milliseconds since 1970.
    pub paused_ms: i64,
    /// How the pause ended: the series goes on, or it ended. Absent if the pause did not end.
    pub resumed: Option<Resumed>,
}

/// The end of a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resumed {
    /// When the end of the pause was written, in milliseconds since 1970.
    pub at_ms: i64,
    /// Due of the first occurrence after the pause, in milliseconds since 1970. Absent if the series ended.
    pub due_ms: Option<i64>,
}

/// All pauses so far, in the order in which they were written.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    all: Vec<StoredPause>,
}

impl Pauses {
    /// Records the pause that this write of a reminder begins or ends, if there is one.
    pub(super) fn record(&mut self, stored: Option<&Reminder>, next: &Reminder, at_ms: i64) {
        let reminder = next.key.reminder.to_string();
        match (stored, next.is_paused()) {
            (Some(stored), true) if !stored.is_paused() => {
                let due_ms = stored.due.as_millisecond();
                self.all.push(StoredPause { reminder, due_ms, paused_ms: at_ms, resumed: None });
            }
            (Some(stored), false) if stored.is_paused() => {
                let last = self.all.iter_mut().rfind(|pause| pause.reminder == reminder);
                if let Some(last) = last {
                    last.resumed = Some(Resumed { at_ms, due_ms: next.state().map(|_| next.due.as_millisecond()) });
                }
            }
            _ => {}
        }
    }

    /// All pauses so far.
    pub(super) fn all(&self) -> &[StoredPause] {
        &self.all
    }
}
