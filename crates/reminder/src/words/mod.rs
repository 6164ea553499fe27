//! What a person reads and hears. Rendering never fails, and never needs characters that a GSM-7 text has not, unless
//! the person used them.

mod answer;
mod clock;
mod segment;
mod speech;

pub use answer::{Answer, Ring, ZoneNote};
pub use clock::moment;
pub use segment::segments;
pub use speech::{FAREWELL, GOODBYE, THANKS, UNREADABLE, reminder as spoken};

use crate::record::{Reminder, TextReason};
use jiff::Timestamp;
use language::in_second_person;

/// The text that takes the place of a call, sent at `now`.
pub fn instead_of_call(reminder: &Reminder, why: TextReason, now: Timestamp) -> String {
    let when = moment(reminder.due, reminder.zone.rules(), now);
    let task = in_second_person(&reminder.task);
    match why {
        TextReason::Unanswered => format!("I called about this, and nobody answered: {task} ({when})."),
        TextReason::Unconfirmed => format!("In case you missed it on the phone: {task} ({when})."),
        TextReason::TooLate | TextReason::Unknown | TextReason::NumberRefused => {
            format!("I couldn't get through by phone in time, sorry. Your reminder: {task} ({when}).")
        }
    }
}

/// A task as it is kept and shown: on one line, without control characters and marks that nobody sees, typographic
/// quotes and dashes made plain, since one of them turns a text of 160 characters into one of 70.
pub fn plain(task: &str) -> String {
    let mut plain = String::with_capacity(task.len());
    for character in task.chars() {
        match character {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' | '`' => plain.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => plain.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            '\u{2026}' => plain.push_str("..."),
            // Soft hyphen, zero-width space and no-break space, marks of direction: pasted along, and seen by nobody.
            // Joiners stay: emoji and some scripts are read by them.
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' => {}
            '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            c => plain.push(c),
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The first `length` characters of a text, with dots in the place of what is left out.
pub fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(length.saturating_sub(3)).collect();
    short.truncate(short.trim_end().len());
    short + "..."
}

#[cfg(test)]
mod tests;
