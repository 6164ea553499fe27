//! What a person reads and hears. Rendering never fails, and never needs characters that a GSM-7 text has not, unless
//! the person used them.

mod answer;
mod clock;
mod speech;

pub use answer::{Answer, Ring, ZoneNote};
pub use clock::moment;
pub use speech::{FAREWELL, GOODBYE, THANKS, UNREADABLE, reminder as spoken};

use crate::record::{Reminder, Why};
use jiff::Timestamp;

/// What one SMS holds, in GSM-7 characters: 3GPP TS 23.038.
pub const SEGMENT: usize = 160;

/// The text that takes the place of a call, sent at `now`.
pub fn instead_of_call(reminder: &Reminder, why: Why, now: Timestamp) -> String {
    let when = moment(reminder.due, reminder.zone.rules(), now);
    let task = &reminder.task;
    match why {
        Why::Unanswered => format!("I called about this, and nobody answered: {task} ({when})."),
        Why::Unconfirmed => format!("In case you missed it on the phone: {task} ({when})."),
        Why::TooLate | Why::Unknown | Why::NumberRefused => {
            format!("I couldn't get through by phone in time, sorry. Your reminder: {task} ({when}).")
        }
    }
}

/// A task as it is kept and shown: on one line, without control characters, typographic quotes and dashes made plain,
/// since one of them turns a text of 160 characters into one of 70.
pub fn plain(task: &str) -> String {
    let mut plain = String::with_capacity(task.len());
    for character in task.chars() {
        match character {
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => plain.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201f}' | '\u{2033}' => plain.push('"'),
            '\u{2010}'..='\u{2015}' => plain.push('-'),
            '\u{2026}' => plain.push_str("..."),
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
mod tests {
    use super::*;

    #[test]
    fn a_task_is_kept_plain() {
        for (task, expected) in [
            ("buy milk", "buy milk"),
            (
                "call Ann\u{2019}s \u{201c}new\u{201d} office \u{2013} twice\u{2026}",
                "call Ann's \"new\" office - twice...",
            ),
            ("one\n\n two\u{0} three ", "one two three"),
            ("пить воду 💧", "пить воду 💧"),
        ] {
            assert_eq!(plain(task), expected);
        }
    }

    #[test]
    fn a_short_text_stays_whole_and_a_long_one_says_that_it_goes_on() {
        assert_eq!(shortened("buy milk", 8), "buy milk");
        assert_eq!(shortened("buy some milk", 8), "buy s...");
    }
}
