//! Reads what an answer promises: "OK, I'll call you in 1 minute (8:36 AM): buy milk (#1)."

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Words before each promise. They need not be the first words of an answer: the first answer to a person begins with
/// the name of the service. A number that has used up its calls is texted instead.
const PROMISES: [&str; 2] = ["I'll call you ", "I'll text you "];
/// The offsets of all time zones from UTC are multiples of a quarter of an hour.
const OFFSET_STEP_S: i64 = 900;
/// Abbreviations of the zones of the page's example people and their neighbors, with their offsets in hours. The due of
/// a promise in another zone is known only if it is stated as a wait.
const ZONES: [(&str, i8); 17] = [
    ("HST", -10),
    ("AKST", -9),
    ("AKDT", -8),
    ("PST", -8),
    ("PDT", -7),
    ("MST", -7),
    ("MDT", -6),
    ("CST", -6),
    ("CDT", -5),
    ("EST", -5),
    ("EDT", -4),
    ("UTC", 0),
    ("GMT", 0),
    ("BST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A reminder that an answer promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    /// The number by which the person names the reminder: `#3`.
    pub(crate) number: u32,
    /// The task as the answer states it. Empty if it states none.
    pub(crate) task: String,
    /// The stated due. Absent if it can't be read.
    pub(crate) due: Option<Timestamp>,
    /// Whether the reminder repeats.
    pub(crate) repeats: bool,
}

/// Returns whether an answer promises a call or a text.
pub(crate) fn is_promise(words: &str) -> bool {
    PROMISES.iter().any(|promise| words.contains(promise)) && !read(words, Timestamp::UNIX_EPOCH).is_empty()
}

/// Returns whether an answer promises a reminder that the text made: neither one that was moved, nor another call after
/// a snooze.
pub(crate) fn is_new(words: &str) -> bool {
    let again = PROMISES.map(|promise| format!("{promise}again "));
    is_promise(words) && !words.starts_with("Moved") && !again.iter().any(|again| words.contains(again))
}

/// Returns the reminders that an answer promises. It was sent at `answered_at`.
pub(crate) fn read(words: &str, answered_at: Timestamp) -> Vec<Promise> {
    let Some(mut rest) = PROMISES.iter().find_map(|promise| Some(words.split_once(promise)?.1)) else {
        return Vec::new();
    };
    let mut promises = Vec::new();
    while let Some((stated, after)) = rest.split_once(" (#") {
        let Some((digits, after)) = after.split_once(')') else { break };
        let Ok(number) = digits.parse() else { break };
        let (when, task) = stated.split_once(": ").unwrap_or((stated, ""));
        let repeats = ["starting ", "repeating"].iter().any(|word| when.contains(word));
        promises.push(Promise { number, task: task.to_owned(), due: due(when, answered_at), repeats });
        let Some(next) = after.strip_prefix("; ") else { break };
        rest = next;
    }
    promises
}

/// Returns the due: "today at 4:52:30 PM EST", "in 20 seconds (4:52:30 PM)", "every day at 9 AM, starting tomorrow at
/// 9 AM EDT".
fn due(when: &str, answered_at: Timestamp) -> Option<Timestamp> {
    let when = when.rsplit_once("starting ").map_or(when, |(_, first)| first);
    let when = when.strip_prefix("again ").unwrap_or(when);
    match when.strip_prefix("in ").and_then(|wait| wait.split_once(" (")) {
        Some((wait, time)) => due_after(answered_at + read_wait(wait)?, time_of_day(time)?.0),
        None => due_on_a_day(when, answered_at),
    }
}

/// Returns the instant nearest to `about` that has this time of day in some time zone.
fn due_after(about: Timestamp, time: Time) -> Option<Timestamp> {
    let second_of_day = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    let half = OFFSET_STEP_S / 2;
    let ahead = (second_of_day - about.as_second() + half).rem_euclid(OFFSET_STEP_S) - half;
    Timestamp::from_second(about.as_second() + ahead).ok()
}

/// Reads a wait: "1 minute", "90 seconds".
fn read_wait(wait: &str) -> Option<SignedDuration> {
    let (count, unit) = wait.split_once(' ')?;
    let unit_s = if unit.starts_with("second") { 1 } else { 60 };
    Some(SignedDuration::from_secs(count.parse::<i64>().ok()? * unit_s))
}

/// Reads a day, a time and a zone: "tomorrow at noon EST", "Fri, Mar 6 at 9 AM EST".
fn due_on_a_day(when: &str, answered_at: Timestamp) -> Option<Timestamp> {
    let (time, zone) = time_of_day(when)?;
    let zone = TimeZone::fixed(offset(zone)?);
    let today = answered_at.to_zoned(zone.clone()).date();
    let date = if when.starts_with("today") {
        today
    } else if when.starts_with("tomorrow") {
        today.tomorrow().ok()?
    } else {
        date_in(when, today)?
    };
    Some(date.to_datetime(time).to_zoned(zone).ok()?.timestamp())
}

/// Reads a date: "Fri, Mar 6", "Nov 24, 2027". Without a year it is the next such date.
fn date_in(when: &str, today: Date) -> Option<Date> {
    let mut words = words_of(when);
    let month = words.find_map(|word| MONTHS.iter().position(|name| *name == word))?;
    let month = i8::try_from(month + 1).ok()?;
    let day = words.next()?.parse().ok()?;
    let year = words.next().and_then(|word| word.parse::<i16>().ok()).filter(|year| *year > 31);
    let date = Date::new(year.unwrap_or(today.year()), month, day).ok()?;
    if year.is_none() && date < today { Date::new(today.year() + 1, month, day).ok() } else { Some(date) }
}

/// Reads the offset of a zone: "EST", "UTC-3", "UTC+5:30".
fn offset(zone: &str) -> Option<Offset> {
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == zone) {
        return Some(Offset::constant(*hours));
    }
    let signed = zone.strip_prefix("UTC")?;
    let (hours, minutes) = signed.get(1..)?.split_once(':').unwrap_or((signed.get(1..)?, "0"));
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(if signed.starts_with('-') { -seconds } else { seconds }).ok()
}

/// Returns the first time of day in a text, and the word after it: "4:52:30 PM EST", "9 AM", "noon" or "midnight".
fn time_of_day(text: &str) -> Option<(Time, &str)> {
    let mut words = words_of(text);
    let mut before = "";
    while let Some(word) = words.next() {
        let added_hours = match word {
            "noon" => return Some((Time::new(12, 0, 0, 0).ok()?, words.next().unwrap_or_default())),
            "midnight" => return Some((Time::new(0, 0, 0, 0).ok()?, words.next().unwrap_or_default())),
            "AM" => 0,
            "PM" => 12,
            _ => {
                before = word;
                continue;
            }
        };
        let mut parts = before.split(':').map(|part| part.parse::<i8>().ok());
        let hour = parts.next()?? % 12 + added_hours;
        let minute = parts.next().unwrap_or(Some(0))?;
        let time = Time::new(hour, minute, parts.next().unwrap_or(Some(0))?, 0).ok()?;
        return Some((time, words.next().unwrap_or_default()));
    }
    None
}

/// Returns the words of a text without punctuation at their ends.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|word| word.trim_matches(|end: char| !end.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, expected: &[(u32, &str, Option<&str>)]) {
        let answered_at: Timestamp = "2026-11-22T23:59:50-05:00".parse().unwrap();
        let found = read(words, answered_at);
        let expected: Vec<Promise> = expected
            .iter()
            .map(|(number, task, due)| Promise {
                number: *number,
                task: (*task).to_owned(),
                due: due.map(|due| due.parse().unwrap()),
                repeats: words.contains("every day") || words.contains("repeating"),
            })
            .collect();
        assert_eq!(found, expected, "{words}");
    }

    #[test]
    fn a_stated_due_is_read_across_midnight() {
        let one = |when: &str, due: Option<&str>| {
            check(&format!("OK, I'll call you {when}: water baba (#1)."), &[(1, "water baba", due)]);
        };
        one("today at 11:59:55 PM EST", Some("2026-11-22T23:59:55-05:00"));
        one("tomorrow at 12:00:30 AM EST", Some("2026-11-23T00:00:30-05:00"));
        one("tomorrow at midnight EST", Some("2026-11-23T00:00:00-05:00"));
        one("in 15 seconds (12:00:05 AM)", Some("2026-11-23T00:00:05-05:00"));
        one("in 10 seconds (midnight)", Some("2026-11-23T00:00:00-05:00"));
        one("in 59 minutes (6:59 AM)", Some("2026-11-23T00:59:00-05:00"));
        one("Fri, Nov 27 at 9 AM PST", Some("2026-11-27T12:00:00-05:00"));
        one("Nov 24, 2027 at 2:58:59 PM UTC-3", Some("2027-11-24T12:58:59-05:00"));
        one("Sun, Jan 3 at noon UTC+5:30", Some("2027-01-03T01:30:00-05:00"));
        one("today at 9 AM XYZ", None);
        one("every day at 9 AM, starting tomorrow at 9 AM EST", Some("2026-11-23T09:00:00-05:00"));
    }

    #[test]
    fn an_answer_without_a_promise_is_none_and_one_answer_may_promise_several() {
        check("When should I remind you?", &[]);
        check("Thanks, this number is confirmed. I'll call you from now on.", &[]);
        check(
            "Undone: I'll call you in 60 seconds (12:00:50 AM): buy milk (#3); today at 11:59:59 PM EST: rest (#4).",
            &[(3, "buy milk", Some("2026-11-23T00:00:50-05:00")), (4, "rest", Some("2026-11-22T23:59:59-05:00"))],
        );
    }

    #[test]
    fn a_moved_reminder_and_a_snooze_are_no_new_promises() {
        assert!(is_new("sixthirty: OK, I'll call you in 1 minute (8:36 AM): buy milk (#1). Using New York time."));
        assert!(is_new("OK, I'll text you in 1 minute (8:36 AM): buy milk (#1)."));
        assert!(!is_new("OK, I'll call you again in 10 minutes (8:45 AM): buy milk (#1)."));
        assert!(!is_new("Moved: I'll call you in 10 minutes (8:45 AM): buy milk (#1)."));
        assert!(!is_new("Deleted #1 buy milk."));
    }
}
