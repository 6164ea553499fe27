//! Texts that replace a call.

use jiff::Timestamp;
use language::in_second_person;

use super::clock::date_and_time_words;
use crate::call_limits::ReachedLimit;
use crate::confirmation::ConfirmationCode;
use crate::policy::{MISSED_IN_ROW_MAX, UNCONFIRMED_CALLS_MAX};
use crate::record::{Reminder, TextReason};

/// Whether a series goes on after the text that replaces a call. A reminder that does not repeat counts as `GoesOn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesAfterText {
    /// The series rings at its next occurrence, or has ended because there is none.
    GoesOn,
    /// The series is paused.
    Paused,
}

/// Returns the text that replaces a call, written at `now`. The text may be sent or arrive a day later, so it does not
/// say "today".
pub fn instead_of_call(reminder: &Reminder, why: TextReason, series: SeriesAfterText, now: Timestamp) -> String {
    let when = date_and_time_words(reminder.due, reminder.zone.rules(), now);
    let task = in_second_person(&reminder.task);
    if series == SeriesAfterText::Paused {
        let number = reminder.number;
        return format!(
            "Missed call: {task}. You missed it {MISSED_IN_ROW_MAX} times in a row, so it is paused. \
             Text RESUME {number} to start it again."
        );
    }
    match why {
        TextReason::Unanswered => {
            format!("Missed call: {task}. Text SNOOZE 10 to be called again. It was due {when}.")
        }
        TextReason::Unconfirmed => {
            format!("In case you missed it: {task}. Text SNOOZE 10 to be called again. It was due {when}.")
        }
        TextReason::TooLate | TextReason::Unknown | TextReason::NumberRefused => {
            format!("Sorry, I couldn't reach you by phone: {task}. It was due {when}.")
        }
    }
}

/// Returns the text that replaces a call to an unconfirmed number that has had all its calls. It does not offer SNOOZE,
/// because the number is not called again before it is confirmed. Without a code, it does not say why no call came:
/// another text within the hour says it.
pub(crate) fn instead_of_unconfirmed_call(
    reminder: &Reminder,
    why: TextReason,
    code: Option<ConfirmationCode>,
    series: SeriesAfterText,
    now: Timestamp,
) -> String {
    let when = date_and_time_words(reminder.due, reminder.zone.rules(), now);
    let task = in_second_person(&reminder.task);
    let number = reminder.number;
    let opening = match why {
        TextReason::Unanswered => "Missed call",
        TextReason::Unconfirmed => "In case you missed it",
        TextReason::TooLate | TextReason::Unknown | TextReason::NumberRefused => "Reminder",
    };
    match (series, code) {
        (SeriesAfterText::GoesOn, Some(code)) => format!(
            "{opening}: {task}. It was due {when}. New numbers get {UNCONFIRMED_CALLS_MAX} calls. Reply {code} for more."
        ),
        (SeriesAfterText::GoesOn, None) => format!("{opening}: {task}. It was due {when}."),
        (SeriesAfterText::Paused, code) => {
            let calls = code.map_or_else(String::new, |code| format!(" Reply {code} for calls."));
            format!(
                "{opening}: {task}. No answer {MISSED_IN_ROW_MAX} times in a row, so it is paused. \
                 Text RESUME {number}.{calls}"
            )
        }
    }
}

/// Returns the words that follow [`instead_of_call`] if the person has reached a limit of calls. Empty if the person
/// was told so a short time ago, or if [`instead_of_unconfirmed_call`] says so.
pub(crate) fn limit_note(limit: ReachedLimit) -> String {
    match limit {
        ReachedLimit::PerHour(max) => format!(" You asked for more than {}.", calls(max, "an hour")),
        ReachedLimit::PerDay(max) => format!(" You asked for more than {}.", calls(max, "a day")),
        ReachedLimit::Unconfirmed(_) | ReachedLimit::SaidBefore => String::new(),
    }
}

fn calls(max: u32, span: &str) -> String {
    if max == 1 { format!("one call {span}") } else { format!("{max} calls {span}") }
}
