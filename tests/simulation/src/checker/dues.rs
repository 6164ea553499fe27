//! Computes when a reminder is due from the words of a text, independently of the service, for each delivery of the
//! text.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::person_history::PersonText;
use crate::engine::instant;
use crate::people::{Due, Meaning, Rhythm};

/// Largest difference between a function's clock and the true time, in milliseconds.
pub(super) const CLOCK_MS: i64 = 500;

/// The service counts minutes from a whole second; this is that rounding, in milliseconds.
const SECOND_MS: i64 = 1000;

/// Largest difference between two clocks, in milliseconds.
pub(super) const SKEW_MS: i64 = 1000;

/// A time span in which a reminder may be due, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from_ms: i64,
    pub(super) to_ms: i64,
}

impl Window {
    /// The window of exactly this instant.
    pub(super) fn at(due_ms: i64) -> Self {
        Self { from_ms: due_ms, to_ms: due_ms }
    }

    pub(super) fn holds(self, due_ms: i64) -> bool {
        (self.from_ms..=self.to_ms).contains(&due_ms)
    }
}

/// When the first occurrence that a text asks for may be due: windows for each of its deliveries.
pub(super) fn meant(text: &PersonText<'_>, zone: &TimeZone) -> Vec<Window> {
    let after = |minutes: i64, handed_ms: i64| {
        let due_ms = handed_ms + minutes * 60_000;
        vec![Window { from_ms: due_ms - CLOCK_MS, to_ms: due_ms + CLOCK_MS + SECOND_MS }]
    };
    let next = |rhythm, time, handed_ms: i64| {
        let at = |from_ms| Window::at(first_after(from_ms, rhythm, time, zone));
        vec![at(handed_ms - CLOCK_MS), at(handed_ms + CLOCK_MS + SECOND_MS)]
    };
    let windows = |handed_ms: &i64| match text.meaning {
        Meaning::Remind { due: Due::In(minutes), .. } | Meaning::Move(_, minutes) | Meaning::Snooze(minutes) => {
            after(*minutes, *handed_ms)
        }
        Meaning::Remind { due: Due::At(time), .. } => next(Rhythm::Day, *time, *handed_ms),
        Meaning::Remind { due: Due::Each(rhythm, time), .. } => next(*rhythm, *time, *handed_ms),
        _ => vec![],
    };
    text.handed.iter().flat_map(windows).collect()
}

/// The first occurrence after this instant.
pub(super) fn first_after(after_ms: i64, rhythm: Rhythm, time: Time, zone: &TimeZone) -> i64 {
    let mut date = date_of(after_ms, zone);
    // Eight days contain every weekday after the given instant.
    for _ in 0..8 {
        let due_ms = on(date, time, zone);
        let fits = rhythm == Rhythm::Day || !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        if fits && due_ms > after_ms {
            return due_ms;
        }
        date = date.checked_add(1.day()).unwrap_or(Date::MAX);
    }
    i64::MAX
}

/// The local date at an instant.
pub(super) fn date_of(at_ms: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(instant(at_ms)).date()
}

/// The instant of a local time. In a gap it moves forward; in a fold it is the earlier one.
fn on(date: Date, time: Time, zone: &TimeZone) -> i64 {
    zone.to_timestamp(date.to_datetime(time)).map_or(i64::MAX, Timestamp::as_millisecond)
}
