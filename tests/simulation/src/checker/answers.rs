//! Reads the service's answers and texts as a person would.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::people::{self, numbers};

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    /// The service promises a call.
    Promise(PromiseText<'a>),
    /// Reminders ring again, or ring at their old times again, after UNDO, RESTORE or RESUME.
    Back(Vec<PromiseText<'a>>),
    /// Reminders with these numbers were deleted. `warned`: the answer says that the phone may still ring.
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
    /// The stated time, as in "today at 6:30 PM EST" or "in 20 minutes (6:30 PM)".
    pub(super) when: &'a str,
    pub(super) repeats: bool,
    pub(super) task: &'a str,
    pub(super) number: u32,
    /// Whether the answer says that the phone may still ring for the occurrence that was moved.
    pub(super) warned: bool,
}

/// The kind of request that led to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PromiseKind {
    Created,
    Moved,
    Snoozed,
    /// UNDO or RESTORE made the reminder anew, or RESUME resumed it.
    Back,
}

/// Reads an answer.
pub(super) fn read(answer: &str) -> Answer<'_> {
    let promised = |kind, rest| promised(kind, rest).map_or(Answer::Other, Answer::Promise);
    let answer = answer.strip_prefix(INTRODUCTION).unwrap_or(answer);
    let back = ["Undone: ", "Restored: ", "Resumed: "].iter().find_map(|opening| answer.strip_prefix(opening));
    if let Some(rest) = back {
        let each = after_promise(rest).unwrap_or_default().split("; ");
        Answer::Back(each.filter_map(|promise| self::promised(PromiseKind::Back, promise)).collect())
    } else if let Some(rest) = answer.strip_prefix("OK, ").and_then(after_promise) {
        match rest.strip_prefix("again ") {
            Some(rest) => promised(PromiseKind::Snoozed, rest),
            None => promised(PromiseKind::Created, rest),
        }
    } else if let Some(rest) = answer.strip_prefix("Moved: ").and_then(after_promise) {
        promised(PromiseKind::Moved, rest)
    } else if answer.starts_with("Deleted ") {
        Answer::Deleted { numbers: numbers(answer), warned: answer.contains(MAY_RING) }
    } else if answer.starts_with("Done: ") {
        Answer::Acknowledged { numbers: numbers(answer) }
    } else if answer.starts_with("Not saved: ") {
        Answer::Refused
    } else {
        Answer::Other
    }
}

/// The words after the opening of a promise. A text is promised to a number without calls.
fn after_promise(answer: &str) -> Option<&str> {
    ["I'll call you ", "I'll text you "].iter().find_map(|opening| answer.strip_prefix(opening))
}

/// Whether an answer promises a call, or says when the next one comes.
pub(super) fn promises_call(answer: &str) -> bool {
    ["I'll call you ", "I'll still call ", "Next call"].iter().any(|words| answer.contains(words))
}

/// Whether an answer says that a text replaces a call.
pub(super) fn promises_text(answer: &str) -> bool {
    ["I'll text you ", "I'll still text ", "Next text"].iter().any(|words| answer.contains(words))
}

/// The words of an answer around those that say what comes next: a call, or a text for a number without calls.
fn around_next<'a>(answer: &'a str, end: &str) -> Option<(&'a str, &'a str)> {
    ["call", "text"].iter().find_map(|what| answer.split_once(&format!("Next {what}{end}")))
}

/// The number of a series and the due with which it goes on, as the answer to a SKIP, a MOVE or a DONE states them.
pub(super) fn goes_on(answer: &str) -> Option<(u32, &str)> {
    let after_skip = next_after_skip(answer).map(|next| (next.number, next.when));
    after_skip.or_else(|| next_after_move(answer)).or_else(|| {
        let (done, next) = around_next(answer.strip_prefix("Done: ")?, ": ")?;
        let [number] = numbers(done)[..] else { return None };
        Some((number, next.split_once('.')?.0))
    })
}

/// The occurrence with which a series goes on, if this answer says that the previous occurrence was skipped.
fn next_after_skip(answer: &str) -> Option<PromiseText<'_>> {
    let (_, next) = around_next(answer.strip_prefix("Skipped. ")?, ": ")?;
    promised(PromiseKind::Moved, next).filter(|next| next.repeats)
}

/// The number of a series of which one occurrence was moved, and the due with which it goes on, if this answer says so.
pub(super) fn next_after_move(answer: &str) -> Option<(u32, &str)> {
    let (_, next) = around_next(answer.strip_prefix("Moved: ")?, " of #")?;
    let (number, when) = next.split_once(": ")?;
    Some((number.parse().ok()?, when.split_once('.')?.0))
}

/// First words of the first answer to a person.
const INTRODUCTION: &str = "sixthirty: ";

const MAY_RING: &str = "may still ring";

/// Whether an answer says that the phone may still ring.
pub(super) fn warns(answer: &str) -> bool {
    answer.contains(MAY_RING)
}

fn promised(kind: PromiseKind, rest: &str) -> Option<PromiseText<'_>> {
    let (when_and_task, number_and_notes) = rest.split_once(" (#")?;
    let (when, task) = when_and_task.split_once(": ")?;
    let (when, repeats) = match (when.split_once(", starting "), when.strip_suffix(", repeating")) {
        (Some((_, first)), _) => (first, true),
        (None, Some(first)) => (first, true),
        (None, None) => (when, false),
    };
    let (number, notes) = number_and_notes.split_once(')')?;
    Some(PromiseText { kind, when, repeats, task, number: number.parse().ok()?, warned: notes.contains(MAY_RING) })
}

/// The due that a replacement text states at its end, or before the words about a limit of calls.
pub(super) fn was_due(replacement: &str) -> Option<&str> {
    let (_, rest) = replacement.rsplit_once(". It was due ")?;
    let (when, note) = rest.split_once('.')?;
    if !note.is_empty() && !is_about_limit(note) {
        return None;
    }
    // A text may be read on another day than it was written on. So only a date tells when the reminder was due.
    let is_relative = ["today ", "yesterday ", "tomorrow "].iter().any(|day| when.starts_with(day));
    (!is_relative).then_some(when)
}

/// Whether these words at the end of a replacement text say that a limit of calls was reached.
fn is_about_limit(note: &str) -> bool {
    [PER_HOUR, PER_DAY].contains(&note) || people::code(note).is_some()
}

/// First words of the answer to the right code.
pub(super) const CONFIRMED: &str = "Thanks, this number is confirmed.";

/// The words of the limit of calls within an hour.
pub(super) const PER_HOUR: &str = " You asked for more than 12 calls an hour.";

/// The words of the limit of calls within a day.
pub(super) const PER_DAY: &str = " You asked for more than 60 calls a day.";

/// A wait that a promise states. All times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    /// The stated wait.
    pub(super) wait_ms: i64,
    /// How far the stated wait may be from the exact wait.
    pub(super) rounded_ms: i64,
}

/// Reads the wait of a promise: "in 20 minutes (6:30 PM)". `None` if it states no wait.
pub(super) fn wait(when: &str) -> Option<Wait> {
    let (wait, _) = when.strip_prefix("in ")?.split_once(" (")?;
    let (count, unit) = wait.split_once(' ')?;
    let count: i64 = count.parse().ok()?;
    match unit {
        "second" | "seconds" => Some(Wait { wait_ms: count * 1000, rounded_ms: 1000 }),
        // "One minute" is said only of a wait within seconds of a minute.
        "minute" => Some(Wait { wait_ms: count * 60_000, rounded_ms: 6000 }),
        "minutes" => Some(Wait { wait_ms: count * 60_000, rounded_ms: 31_000 }),
        _ => None,
    }
}

/// The instants that a stated time may mean, in milliseconds, if it was stated on the day `today`. A day with a time
/// means one instant. A wait with a time of day may mean several: it may end on the next day, or in an hour that comes
/// twice.
pub(super) fn instants(when: &str, today: Date, zone: &TimeZone) -> Vec<i64> {
    let Some(clock) = when.strip_prefix("in ").and_then(|when| when.split_once(" (")?.1.strip_suffix(')')) else {
        return instant(when, today, zone).into_iter().collect();
    };
    let Some(time) = time(clock) else { return Vec::new() };
    let days = [Some(today), today.tomorrow().ok()];
    let ambiguous = days.into_iter().flatten().map(|day| zone.to_ambiguous_timestamp(day.to_datetime(time)));
    let mut instants: Vec<i64> = ambiguous
        .flat_map(|ambiguous| [ambiguous.earlier(), ambiguous.later()])
        .filter_map(|instant| instant.ok().map(jiff::Timestamp::as_millisecond))
        .collect();
    instants.dedup();
    instants
}

/// The instant of a stated day and time, in milliseconds, if they were stated on the day `today`.
pub(super) fn instant(when: &str, today: Date, zone: &TimeZone) -> Option<i64> {
    let (day, time_and_zone) = when.rsplit_once(" at ")?;
    let (clock, abbreviation) = time_and_zone.rsplit_once(' ')?;
    let date = match day {
        "today" => today,
        "tomorrow" => today.tomorrow().ok()?,
        "yesterday" => today.yesterday().ok()?,
        // A date without a year is in the future or in the last weeks.
        _ => match day.split_once(", ")? {
            (month_day, year) if year.bytes().all(|byte| byte.is_ascii_digit()) => {
                Date::strptime("%b %d, %Y", format!("{month_day}, {year}")).ok()?
            }
            (_, month_day) => [0, 1]
                .iter()
                .filter_map(|ahead| Date::strptime("%b %d, %Y", format!("{month_day}, {}", today.year() + ahead)).ok())
                .find(|date| today.since(*date).is_ok_and(|since| since.get_days() < LATELY_DAYS))?,
        },
    };
    let local = DateTime::from_parts(date, time(clock)?);
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let named = |instant: &jiff::Timestamp| instant.to_zoned(zone.clone()).strftime("%Z").to_string() == abbreviation;
    let earlier = ambiguous.earlier().ok()?;
    let later = ambiguous.later().ok()?;
    // The abbreviation decides between the two hours of a fold. Another zone's abbreviation names no instant here.
    [earlier, later].into_iter().find(named).map(|instant| instant.as_millisecond())
}

/// How long ago a date without a year may be, in days.
const LATELY_DAYS: i32 = 60;

/// Reads a time of day: "6:30 PM" or "noon".
fn time(words: &str) -> Option<Time> {
    let (clock, meridiem) = match words {
        "noon" => return Some(Time::constant(12, 0, 0, 0)),
        "midnight" => return Some(Time::midnight()),
        _ => words.split_once(' ')?,
    };
    let hours = match meridiem {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    let mut parts = clock.split(':').map(|part| part.parse::<i8>().ok());
    let hour = parts.next()??;
    let (minute, second) = (parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    Time::new(hour % 12 + hours, minute, second, 0).ok()
}

/// Whether a list names the reminder of this number.
pub(super) fn lists(body: &str, number: u32) -> bool {
    body.lines().any(|line| line.starts_with('#') && numbers(line).first() == Some(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_read_with_its_number_and_time() {
        let check = |answer: &str, when: &str, repeats: bool, number: u32| {
            let Answer::Promise(promised) = read(answer) else { panic!("{answer}") };
            let task = "feed rabbit qaa";
            let expected = PromiseText { kind: PromiseKind::Created, when, repeats, task, number, warned: false };
            assert_eq!(promised, expected);
        };
        check(
            "sixthirty: OK, I'll call you every day at 5 PM, starting today at 5 PM EST: feed rabbit qaa (#7). Using New York time. Elsewhere? Text ZONE and your city.",
            "today at 5 PM EST",
            true,
            7,
        );
        check("OK, I'll call you in 1 minute (6:56 AM): feed rabbit qaa (#12).", "in 1 minute (6:56 AM)", false, 12);
        check(
            "OK, I'll call you tomorrow at 5 PM EST, repeating: feed rabbit qaa (#1).",
            "tomorrow at 5 PM EST",
            true,
            1,
        );
    }

    #[test]
    fn the_due_with_which_a_series_goes_on_is_read_from_the_answer_to_skip_or_done() {
        for (answer, expected) in [
            ("Skipped. Next call: tomorrow at 5 PM EST, repeating: feed (#7).", Some((7, "tomorrow at 5 PM EST"))),
            ("Done: #7 feed. Next call: tomorrow at 5 PM EST.", Some((7, "tomorrow at 5 PM EST"))),
            ("Done: #7 feed.", None),
            ("Skipped and deleted: #7 feed. It doesn't repeat.", None),
        ] {
            assert_eq!(goes_on(answer), expected, "{answer}");
        }
    }

    #[test]
    fn a_stated_time_is_read_as_an_instant() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let today = Date::constant(2026, 11, 1);
        for (when, expected) in [
            ("today at 1:30 AM EDT", &["2026-11-01T05:30:00Z"][..]),
            ("today at 1:30 AM EST", &["2026-11-01T06:30:00Z"]),
            ("tomorrow at 12:00:05 PM EST", &["2026-11-02T17:00:05Z"]),
            ("tomorrow at noon EST", &["2026-11-02T17:00:00Z"]),
            ("yesterday at midnight EDT", &["2026-10-31T04:00:00Z"]),
            ("Fri, Nov 6 at 9:05 AM EST", &["2026-11-06T14:05:00Z"]),
            ("Thu, Oct 29 at 9 AM EDT", &["2026-10-29T13:00:00Z"]),
            ("Fri, Jan 1 at 9 AM EST", &["2027-01-01T14:00:00Z"]),
            ("Jan 1, 2027 at 9 AM EST", &["2027-01-01T14:00:00Z"]),
            ("in 5 minutes (9:05:30 AM)", &["2026-11-01T14:05:30Z", "2026-11-02T14:05:30Z"]),
            ("in 40 minutes (1:30 AM)", &["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"]),
            ("in 1 minute (midnight)", &["2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"]),
            ("soon", &[]),
            ("in a while", &[]),
        ] {
            let at = |text: &&str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
            assert_eq!(instants(when, today, &zone), expected.iter().map(at).collect::<Vec<_>>(), "{when}");
        }
    }

    #[test]
    fn a_wait_is_read_as_it_was_stated() {
        for (when, expected) in [
            ("in 1 second (6:56 AM)", Some((1000, 1000))),
            ("in 90 seconds (6:56 AM)", Some((90_000, 1000))),
            ("in 1 minute (6:56 AM)", Some((60_000, 6000))),
            ("in 20 minutes (noon)", Some((1_200_000, 31_000))),
            ("today at 6:56 AM EST", None),
        ] {
            let found = wait(when).map(|wait| (wait.wait_ms, wait.rounded_ms));
            assert_eq!(found, expected, "{when}");
        }
    }

    #[test]
    fn the_due_is_read_from_a_text_that_replaces_a_call_if_the_text_states_a_date() {
        for text in [
            "Missed call: feed. Text SNOOZE 10 to be called again. It was due Fri, Mar 6 at 6:30 PM EST.",
            "Sorry, I couldn't reach you by phone: feed. It was due Fri, Mar 6 at 6:30 PM EST.",
        ] {
            assert_eq!(was_due(text), Some("Fri, Mar 6 at 6:30 PM EST"));
        }
        for day in ["today", "yesterday", "tomorrow"] {
            assert_eq!(was_due(&format!("Missed call: feed. It was due {day} at 6:30 PM EST.")), None);
        }
    }
}
