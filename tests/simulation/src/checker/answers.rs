//! Reads the service's answers and texts as a person would.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::people::numbers;

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    /// The service promises a call.
    Promise(PromiseText<'a>),
    /// Reminders with these numbers were deleted. `warned`: the phone may still ring.
    Deleted { numbers: Vec<u32>, warned: bool },
    /// Reminders with these numbers were acknowledged.
    Acknowledged { numbers: Vec<u32> },
    /// A limit was reached.
    Refused,
    /// Any other answer.
    Other,
}

/// The parts of an answer that promises a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PromiseText<'a> {
    pub(super) kind: PromiseKind,
    /// The stated time, as in "today 6:30 PM EST".
    pub(super) when: &'a str,
    pub(super) repeats: bool,
    pub(super) task: &'a str,
    pub(super) number: u32,
    /// Whether the phone may still ring for the postponed occurrence.
    pub(super) warned: bool,
}

/// The kind of request that led to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PromiseKind {
    Created,
    Moved,
    Snoozed,
}

/// Reads an answer.
pub(super) fn read(answer: &str) -> Answer<'_> {
    let promised = |kind, rest| promised(kind, rest).map_or(Answer::Other, Answer::Promise);
    if let Some(rest) = answer.strip_prefix("OK, I'll call you again ") {
        promised(PromiseKind::Snoozed, rest)
    } else if let Some(rest) = answer.strip_prefix("OK, I'll call you ") {
        promised(PromiseKind::Created, rest)
    } else if let Some(rest) = answer.strip_prefix("Moved: I'll call you ") {
        promised(PromiseKind::Moved, rest)
    } else if answer.starts_with("Deleted ") {
        Answer::Deleted { numbers: numbers(answer), warned: answer.contains(MAY_RING) }
    } else if answer.starts_with("Well done: ") {
        Answer::Acknowledged { numbers: numbers(answer) }
    } else if answer.starts_with("Not set") || answer.starts_with("You have ") && answer.contains(" open") {
        Answer::Refused
    } else {
        Answer::Other
    }
}

const MAY_RING: &str = "may still ring";

fn promised(kind: PromiseKind, rest: &str) -> Option<PromiseText<'_>> {
    let (said, behind) = rest.split_once(" (#")?;
    let (when, task) = said.split_once(": ")?;
    let (when, repeats) = match (when.split_once(", first "), when.strip_suffix(", repeating")) {
        (Some((_, first)), _) => (first, true),
        (None, Some(first)) => (first, true),
        (None, None) => (when, false),
    };
    let (number, notes) = behind.split_once(')')?;
    Some(PromiseText { kind, when, repeats, task, number: number.parse().ok()?, warned: notes.contains(MAY_RING) })
}

/// The due in the parentheses of a replacement text.
pub(super) fn was_due(replacement: &str) -> Option<&str> {
    replacement.rsplit_once(" (").and_then(|(_, when)| when.strip_suffix(")."))
}

/// The instant of a stated time, in milliseconds, if it was stated on the day `today`.
pub(super) fn instant(when: &str, today: Date, zone: &TimeZone) -> Option<i64> {
    let mut words: Vec<&str> = when.split(' ').collect();
    let (abbreviation, meridiem, clock) = (words.pop()?, words.pop()?, words.pop()?);
    let date = match words[..] {
        ["today"] => today,
        ["tomorrow"] => today.tomorrow().ok()?,
        ["yesterday"] => today.yesterday().ok()?,
        // A date without a year is in the future or in the last weeks.
        [_, month, day] => [0, 1]
            .iter()
            .filter_map(|ahead| Date::strptime("%b %d, %Y", format!("{month} {day} {}", today.year() + ahead)).ok())
            .find(|date| today.since(*date).is_ok_and(|since| since.get_days() < LATELY_DAYS))?,
        [_, month, day, year] => {
            Date::strptime("%b %d %Y", format!("{month} {day} {}", year.trim_end_matches(','))).ok()?
        }
        _ => return None,
    };
    let local = DateTime::from_parts(date, time(clock, meridiem)?);
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let named = |instant: &jiff::Timestamp| instant.to_zoned(zone.clone()).strftime("%Z").to_string() == abbreviation;
    let earlier = ambiguous.earlier().ok()?;
    let instant = if named(&earlier) { earlier } else { ambiguous.later().ok()? };
    Some(instant.as_millisecond())
}

/// How long ago a date without a year may be, in days.
const LATELY_DAYS: i32 = 60;

/// Reads a time such as "6:30" and "PM".
fn time(clock: &str, meridiem: &str) -> Option<Time> {
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let hour = parts.next()??;
    let (minute, second) = (parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    let hour = hour % 12 + if meridiem == "PM" { 12 } else { 0 };
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_read_with_its_number_and_time() {
        let answer = "OK, I'll call you every day at 5 PM, first today 5 PM EST: feed rabbit qaa (#7). Times are New York time, from your number.";
        let Answer::Promise(promised) = read(answer) else { panic!("{answer}") };
        let expected = PromiseText {
            kind: PromiseKind::Created,
            when: "today 5 PM EST",
            repeats: true,
            task: "feed rabbit qaa",
            number: 7,
            warned: false,
        };
        assert_eq!(promised, expected);
    }

    #[test]
    fn a_stated_time_is_read_as_an_instant() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let today = Date::constant(2026, 11, 1);
        for (when, expected) in [
            ("today 1:30 AM EDT", "2026-11-01T05:30:00Z"),
            ("today 1:30 AM EST", "2026-11-01T06:30:00Z"),
            ("tomorrow 12:00:05 PM EST", "2026-11-02T17:00:05Z"),
            ("yesterday 12 AM EDT", "2026-10-31T04:00:00Z"),
            ("Fri Nov 6, 9:05 AM EST", "2026-11-06T14:05:00Z"),
            ("Fri Jan 1 2027, 9 AM EST", "2027-01-01T14:00:00Z"),
        ] {
            let expected: jiff::Timestamp = expected.parse().unwrap();
            assert_eq!(instant(when, today, &zone), Some(expected.as_millisecond()), "{when}");
        }
    }
}
