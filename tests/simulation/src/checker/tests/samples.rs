//! Stories that many cases begin with, and texts that many cases contain.

use super::story::Story;
use crate::people::{Bound, Due, Meaning, Rhythm};

pub(super) const DAY: i64 = 86_400;

pub(super) fn pills() -> Meaning {
    Meaning::Remind { task: "pills".to_owned(), due: Due::In(30) }
}

pub(super) const PILLS: &str = "OK, I'll call you in 30 minutes (12:30 PM): pills (#1).";

pub(super) const TEA: &str = "OK, I'll call you in 30 minutes (12:32 PM): tea (#2).";

/// A one-off at second 0, due at second 1800.
pub(super) fn asked() -> Story {
    let mut story = Story::new();
    story.text(0, pills(), PILLS);
    story
}

/// A daily series at second 0, due at second 1800.
pub(super) fn daily() -> Story {
    let mut story = Story::new();
    let time = jiff::civil::Time::constant(12, 30, 0, 0);
    let each = Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) };
    story.text(0, each, "OK, I'll call you every day at 12:30 PM, starting in 30 minutes (12:30 PM): pills (#1).");
    story
}

/// A series at second 0, due every five minutes from second 300 on.
pub(super) fn fast() -> Story {
    let mut story = Story::new();
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::None) };
    story.text(0, every, "OK, I'll call you every 5 minutes, starting in 5 minutes (12:05 PM): pills (#1).");
    story
}

pub(super) const MISSED: &str = "Missed call: pills. Text SNOOZE 10 to be called again. It was due Mon, Mar 1 at";

/// The text after five missed occurrences in a row of the series with this number.
pub(super) fn paused(number: u32) -> String {
    format!(
        "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME {number} to start it again."
    )
}
