//! Stories that many cases begin with, and texts that many cases contain.

use jiff::civil::Time;

use super::story::Story;
use crate::fakes::Costs;
use crate::people::{Bound, Due, Meaning, Place, Rhythm};

/// A day, in seconds.
pub(super) const DAY: i64 = 86_400;

/// Asks for a one-off in half an hour.
pub(super) fn pills() -> Meaning {
    Meaning::Remind { task: "pills".to_owned(), due: Due::In(30) }
}

/// Answer to [`pills`] at second 0.
pub(super) const PILLS: &str = "OK, I'll call you in 30 minutes (12:30 PM): pills (#1).";

/// Asks for a one-off about tea in half an hour.
pub(super) fn tea() -> Meaning {
    Meaning::Remind { task: "tea".to_owned(), due: Due::In(30) }
}

/// Answer to [`tea`] at second 120.
pub(super) const TEA: &str = "OK, I'll call you in 30 minutes (12:32 PM): tea (#2).";

/// A one-off that is asked for at second 0 and due at second 1800.
pub(super) fn asked() -> Story {
    let mut story = Story::new();
    story.text(0, pills(), PILLS);
    story
}

/// A one-off that is asked for at second 0 and due at 12:30 PM local time.
pub(super) fn asked_for_a_time() -> Story {
    let mut story = Story::new();
    let due = Due::At(Time::constant(12, 30, 0, 0));
    let answer = "OK, I'll call you today at 12:30 PM EST: pills (#1).";
    story.text(0, Meaning::Remind { task: "pills".to_owned(), due }, answer);
    story
}

/// A daily series that is asked for at second 0 and first due at second 1800.
pub(super) fn daily() -> Story {
    let mut story = Story::new();
    let time = Time::constant(12, 30, 0, 0);
    let each = Meaning::Remind { task: "pills".to_owned(), due: Due::Each(Rhythm::Day, time) };
    story.text(0, each, "OK, I'll call you every day at 12:30 PM, starting in 30 minutes (12:30 PM): pills (#1).");
    story
}

/// A series that is asked for at second 0 and due every five minutes from second 300 on.
pub(super) fn fast() -> Story {
    let mut story = Story::new();
    let every = Meaning::Remind { task: "pills".to_owned(), due: Due::Every(5, Bound::None) };
    story.text(0, every, "OK, I'll call you every 5 minutes, starting in 5 minutes (12:05 PM): pills (#1).");
    story
}

/// Asks for a series of every 15 minutes.
pub(super) fn every_quarter_hour() -> Meaning {
    Meaning::Remind { task: "pills".to_owned(), due: Due::Every(15, Bound::None) }
}

/// A series that is asked for at second 0 and due every 15 minutes from second 900 on.
pub(super) fn quarter_hourly() -> Story {
    let mut story = Story::new();
    let answer = "OK, I'll call you every 15 minutes, starting in 15 minutes (12:15 PM): pills (#1).";
    story.text(0, every_quarter_hour(), answer);
    story
}

pub(super) const CHICAGO: Place = Place { city: "Chicago", zone: "America/Chicago" };

/// Answer that corrects the zone of [`daily`] to that of Chicago.
pub(super) const DAILY_IN_CHICAGO: &str =
    "OK, using Chicago time. Now #1 rings every day at 12:30 PM, starting today at 12:30 PM CST.";

/// First words of the text after a missed occurrence of a series, up to its time.
pub(super) const MISSED: &str = "Missed call: pills. Text SNOOZE 10 to be called again. It was due Mon, Mar 1 at";

/// The text that says that the series with this number is paused after five missed occurrences in a row.
pub(super) fn paused(number: u32) -> String {
    format!(
        "Missed call: pills. You missed it 5 times in a row, so it is paused. Text RESUME {number} to start it again."
    )
}

/// The costs of a whole life with one call, as the rules imply them.
pub(super) const LIFE: Costs = Costs {
    by_texts: 1,
    with_text: 0,
    writes: 5,
    turns: 1,
    turns_given_back: 0,
    lost: 0,
    schedules: 1,
    messages: 2,
    came_near: 0,
    on_the_way: 0,
};
