//! What answers and texts state, read as a person reads them.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::people::numbers;

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// Somebody is going to be called.
    Promised(Promised<'a>),
    /// These are deleted.
    Deleted { numbers: Vec<u32>, warned: bool },
    /// These are done with.
    Settled { numbers: Vec<u32> },
    /// There is no room for more.
    Refused,
    /// Something else.
    Else,
}

/// The words of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promised<'a> {
    pub(super) manner: Manner,
    /// "today 6:30 PM EST".
    pub(super) when: &'a str,
    pub(super) repeats: bool,
    pub(super) task: &'a str,
    pub(super) number: u32,
    /// Whether the phone may still ring for what was put off.
    pub(super) warned: bool,
}

/// How a promise came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Made,
    Moved,
    Again,
}

/// Reads an answer.
pub(super) fn read(answer: &str) -> Said<'_> {
    let promised = |manner, rest| promised(manner, rest).map_or(Said::Else, Said::Promised);
    if let Some(rest) = answer.strip_prefix("OK, I'll call you again ") {
        promised(Manner::Again, rest)
    } else if let Some(rest) = answer.strip_prefix("OK, I'll call you ") {
        promised(Manner::Made, rest)
    } else if let Some(rest) = answer.strip_prefix("Moved: I'll call you ") {
        promised(Manner::Moved, rest)
    } else if answer.starts_with("Deleted ") {
        Said::Deleted { numbers: numbers(answer), warned: answer.contains(MAY_RING) }
    } else if answer.starts_with("Well done: ") {
        Said::Settled { numbers: numbers(answer) }
    } else if answer.starts_with("Not set") || answer.starts_with("You have ") && answer.contains(" open") {
        Said::Refused
    } else {
        Said::Else
    }
}

const MAY_RING: &str = "may still ring";

fn promised(manner: Manner, rest: &str) -> Option<Promised<'_>> {
    let (said, behind) = rest.split_once(" (#")?;
    let (when, task) = said.split_once(": ")?;
    let (when, repeats) = match (when.split_once(", first "), when.strip_suffix(", repeating")) {
        (Some((_, first)), _) => (first, true),
        (None, Some(first)) => (first, true),
        (None, None) => (when, false),
    };
    let (number, notes) = behind.split_once(')')?;
    Some(Promised { manner, when, repeats, task, number: number.parse().ok()?, warned: notes.contains(MAY_RING) })
}

/// What stands in the brackets of a text in the place of a call: when it was due.
pub(super) fn was_due(notice: &str) -> Option<&str> {
    notice.rsplit_once(" (").and_then(|(_, when)| when.strip_suffix(")."))
}

/// The instant that a stated moment is, in milliseconds, where it was stated on this day.
pub(super) fn instant(when: &str, today: Date, zone: &TimeZone) -> Option<i64> {
    let mut words: Vec<&str> = when.split(' ').collect();
    let (abbreviation, half, clock) = (words.pop()?, words.pop()?, words.pop()?);
    let date = match words[..] {
        ["today"] => today,
        ["tomorrow"] => today.tomorrow().ok()?,
        ["yesterday"] => today.yesterday().ok()?,
        // Without its year a day lies ahead, or was lately.
        [_, month, day] => [0, 1]
            .iter()
            .filter_map(|ahead| Date::strptime("%b %d, %Y", format!("{month} {day} {}", today.year() + ahead)).ok())
            .find(|date| today.since(*date).is_ok_and(|since| since.get_days() < LATELY_DAYS))?,
        [_, month, day, year] => {
            Date::strptime("%b %d %Y", format!("{month} {day} {}", year.trim_end_matches(','))).ok()?
        }
        _ => return None,
    };
    let local = DateTime::from_parts(date, time(clock, half)?);
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let named = |instant: &jiff::Timestamp| instant.to_zoned(zone.clone()).strftime("%Z").to_string() == abbreviation;
    let earlier = ambiguous.earlier().ok()?;
    let instant = if named(&earlier) { earlier } else { ambiguous.later().ok()? };
    Some(instant.as_millisecond())
}

/// How long ago a day may be of which the year is not said, in days.
const LATELY_DAYS: i32 = 60;

/// "6:30", "PM".
fn time(clock: &str, half: &str) -> Option<Time> {
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let hour = parts.next()??;
    let (minute, second) = (parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    let hour = hour % 12 + if half == "PM" { 12 } else { 0 };
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_read_with_its_number_and_moment() {
        let answer = "OK, I'll call you every day at 5 PM, first today 5 PM EST: feed rabbit qaa (#7). Times are New York time, from your number.";
        let Said::Promised(promised) = read(answer) else { panic!("{answer}") };
        let expected = Promised {
            manner: Manner::Made,
            when: "today 5 PM EST",
            repeats: true,
            task: "feed rabbit qaa",
            number: 7,
            warned: false,
        };
        assert_eq!(promised, expected);
    }

    #[test]
    fn a_moment_is_read_as_it_was_stated() {
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
