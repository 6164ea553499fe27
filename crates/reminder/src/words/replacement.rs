//! Texts that replace a call.

use jiff::Timestamp;
use language::in_second_person;

use super::clock::day_and_time_words;
use crate::record::{Reminder, TextReason};

/// Returns the text that replaces a call, sent at `now`.
pub fn instead_of_call(reminder: &Reminder, why: TextReason, now: Timestamp) -> String {
    let when = day_and_time_words(reminder.due, reminder.zone.rules(), now);
    let task = in_second_person(&reminder.task);
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
