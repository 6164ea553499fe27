//! The lines about a stored text, or a pressed key that makes the same request as a text.

use jiff::Timestamp;
use reminder::conversation::{Decision, NotDone, ReceivedText, ReminderWrite};
use reminder::ids::MessageId;
use reminder::metrics::{Metric, TARGET};
use reminder::ports::Versioned;
use reminder::record::Reminder;
use reminder::words::Refused;

use super::line::{Line, Values, is_read};
use super::reminders::{created, reminder_changed};

/// What a text changed, as it is logged once it is stored.
pub(crate) struct StoredText {
    id: MessageId,
    not_done: Option<NotDone>,
    values: Values,
    reminders: Vec<Line>,
}

/// Returns the lines about a text and the reminders that it makes and changes. `kept` holds the reminders that were read
/// for its decision. `None` if such lines are switched off, see [`is_read`].
pub(crate) fn text_stored(
    text: &ReceivedText,
    decision: &Decision,
    kept: &[Versioned<Reminder>],
    now: Timestamp,
) -> Option<StoredText> {
    if !is_read() {
        return None;
    }
    let mut values = Values::default();
    if text.pressed.is_none() {
        values.count(Metric::TextsStored);
    }
    if let Some(not_done) = decision.not_done {
        values.count(metric_of(not_done));
    }
    let line = |write: &ReminderWrite| match write {
        ReminderWrite::Create(made) => created(made, now),
        ReminderWrite::Replace(next) => {
            let before = kept.iter().find(|read| read.key == next.key)?;
            reminder_changed(before, None, next, now)
        }
    };
    let by_text = |line| Line { message: Some(text.id.clone()), ..line };
    let reminders = decision.writes.iter().filter_map(line).map(by_text).collect();
    Some(StoredText { id: text.id.clone(), not_done: decision.not_done, values, reminders })
}

fn metric_of(not_done: NotDone) -> Metric {
    match not_done {
        NotDone::NotUnderstood => Metric::TextsNotUnderstood,
        NotDone::Refused(Refused::NoSuchDay | Refused::TooFar | Refused::TooLong) => Metric::RequestsRefusedInvalid,
        NotDone::Refused(Refused::CountryNotServed | Refused::NotCallable) => Metric::RequestsRefusedNotServed,
        NotDone::Refused(
            Refused::TooMany(_)
            | Refused::TooManyUnconfirmed
            | Refused::TooManyAtOnce
            | Refused::TooOften(_)
            | Refused::TooOftenUnconfirmed(_),
        ) => Metric::RequestsRefusedByLimit,
    }
}

impl StoredText {
    /// Logs the text and its reminders.
    pub(crate) fn log(&self) {
        let not_done = self.not_done.as_ref().map(tracing::field::debug);
        tracing::info!(target: TARGET, metrics = %self.values, message.id = %self.id, not_done, "text stored");
        self.reminders.iter().for_each(Line::log);
    }
}
