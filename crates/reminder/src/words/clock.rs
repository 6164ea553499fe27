//! Instants in words: the local time, the day, the zone.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit, Zoned};

const MINUTE_S: i64 = 60;

/// An instant that is at least this many minutes away is stated with its day, not as a wait. The minutes are rounded.
const BY_DAY_MINUTES: i64 = 60;

/// A wait of fewer seconds than this is stated in seconds, unless it is about one minute.
const IN_SECONDS_S: i64 = 2 * MINUTE_S;

/// A wait is stated as "1 minute" if it differs from one minute by at most this many seconds.
const ABOUT_A_MINUTE_S: i64 = 5;

/// A day of another year is stated without its year only if it is less than this many days ahead. Within a week, the
/// weekday says which day is meant.
const NEAR_DAYS: i32 = 7;

/// Returns an instant in words for a person who reads them at `now`: "in 20 minutes (6:30 PM)" if it is less than an
/// hour away, and otherwise "today at 6:30 PM EST", "tomorrow at noon EST" or "Fri, Mar 6 at 9 AM EST".
pub fn local_time_words(instant: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = instant.to_zoned(zone.clone());
    match wait(instant, now) {
        Some(wait) => format!("in {wait} ({})", time_of_day(local.time())),
        None => day_and_time(&local, now),
    }
}

/// Returns an instant with its day, even if it is less than an hour away: "today at 6:30 PM EST".
pub(super) fn day_and_time_words(instant: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    day_and_time(&instant.to_zoned(zone.clone()), now)
}

/// Returns an instant with its date, in words that stay true whenever they are read: "Fri, Mar 6 at 6:30 PM EST".
pub(super) fn date_and_time_words(instant: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = instant.to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone()).date();
    format!("{} at {} {}", date_words(local.date(), today), time_of_day(local.time()), zone_abbreviation(&local))
}

fn day_and_time(local: &Zoned, now: Timestamp) -> String {
    let today = now.to_zoned(local.time_zone().clone()).date();
    format!("{} at {} {}", day(local.date(), today), time_of_day(local.time()), zone_abbreviation(local))
}

/// Returns the wait until an instant: "1 minute", "90 seconds". Returns `None` if the instant has come, or if the
/// wait, rounded to minutes, is an hour or more.
fn wait(instant: Timestamp, now: Timestamp) -> Option<String> {
    let seconds = instant.duration_since(now).round(Unit::Second).ok()?.as_secs();
    let minutes = (seconds + MINUTE_S / 2) / MINUTE_S;
    if seconds <= 0 || minutes >= BY_DAY_MINUTES {
        None
    } else if (seconds - MINUTE_S).abs() <= ABOUT_A_MINUTE_S {
        Some("1 minute".to_owned())
    } else if seconds == 1 {
        Some("1 second".to_owned())
    } else if seconds < IN_SECONDS_S {
        Some(format!("{seconds} seconds"))
    } else {
        Some(format!("{minutes} minutes"))
    }
}

/// Returns a time of day: "6:30 PM", "9 AM", "noon", "midnight". Seconds are included only if there are any.
fn time_of_day(time: Time) -> String {
    let format = match (time.hour(), time.minute(), time.second()) {
        (0, 0, 0) => return "midnight".to_owned(),
        (12, 0, 0) => return "noon".to_owned(),
        (_, 0, 0) => "%-I %p",
        (_, _, 0) => "%-I:%M %p",
        _ => "%-I:%M:%S %p",
    };
    time.strftime(format).to_string()
}

/// Returns the abbreviation of a zone: "EST". A zone without an abbreviation is named by its offset: "UTC-3",
/// "UTC+5:30".
fn zone_abbreviation(local: &Zoned) -> String {
    let name = local.strftime("%Z").to_string();
    let Some(digits) = name.strip_prefix(['+', '-']) else { return name };
    let sign = &name[..1];
    let (hours, minutes) = digits.split_at_checked(2).unwrap_or((digits, ""));
    let hours = hours.trim_start_matches('0');
    let hours = if hours.is_empty() { "0" } else { hours };
    if minutes.is_empty() { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes}") }
}

fn day(date: Date, today: Date) -> String {
    let ahead = date.since(today).map_or(i32::MAX, |span| span.get_days());
    match ahead {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        _ => date_words(date, today),
    }
}

fn date_words(date: Date, today: Date) -> String {
    let ahead = date.since(today).map_or(i32::MAX, |span| span.get_days());
    let is_clear = date.year() == today.year() || (0..NEAR_DAYS).contains(&ahead);
    date.strftime(if is_clear { "%a, %b %-d" } else { "%b %-d, %Y" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, now: &str, instant: &str, expected: &str) {
        let zone = TimeZone::get(zone).unwrap();
        let said = local_time_words(instant.parse().unwrap(), &zone, now.parse().unwrap());
        assert_eq!(said, expected, "{instant}");
    }

    #[test]
    fn an_instant_is_stated_with_its_day_time_and_zone() {
        let check = |instant: &str, expected: &str| {
            check("America/New_York", "2026-03-06T11:00:00-05:00", instant, expected);
        };
        check("2026-03-06T18:30:00-05:00", "today at 6:30 PM EST");
        check("2026-03-06T12:00:00-05:00", "today at noon EST");
        check("2026-03-06T12:00:30-05:00", "today at 12:00:30 PM EST");
        check("2026-03-07T00:00:00-05:00", "tomorrow at midnight EST");
        check("2026-03-07T00:05:00-05:00", "tomorrow at 12:05 AM EST");
        check("2026-03-05T09:00:00-05:00", "yesterday at 9 AM EST");
        check("2026-03-06T11:00:00-05:00", "today at 11 AM EST");
        check("2026-03-06T10:59:00-05:00", "today at 10:59 AM EST");
        check("2026-03-09T09:00:00-04:00", "Mon, Mar 9 at 9 AM EDT");
        check("2026-12-25T09:05:00-05:00", "Fri, Dec 25 at 9:05 AM EST");
        check("2027-12-25T09:05:00-05:00", "Dec 25, 2027 at 9:05 AM EST");
    }

    #[test]
    fn a_day_of_another_year_is_stated_with_its_year_unless_it_is_within_a_week() {
        for (today, instant, expected) in [
            ("2026-12-31", "2027-01-01T09:00:00-05:00", "tomorrow at 9 AM EST"),
            ("2026-12-28", "2026-12-31T09:00:00-05:00", "Thu, Dec 31 at 9 AM EST"),
            ("2026-12-28", "2027-01-03T23:59:00-05:00", "Sun, Jan 3 at 11:59 PM EST"),
            ("2026-12-28", "2027-01-04T00:00:00-05:00", "Jan 4, 2027 at midnight EST"),
            ("2026-12-28", "2027-02-21T09:00:00-05:00", "Feb 21, 2027 at 9 AM EST"),
        ] {
            check("America/New_York", &format!("{today}T11:00:00-05:00"), instant, expected);
        }
    }

    #[test]
    fn an_instant_less_than_an_hour_away_is_stated_as_a_wait() {
        let check = |instant: &str, expected: &str| {
            check("America/New_York", "2026-03-06T06:55:00.300-05:00", instant, expected);
        };
        check("2026-03-06T06:55:01-05:00", "in 1 second (6:55:01 AM)");
        check("2026-03-06T06:55:40-05:00", "in 40 seconds (6:55:40 AM)");
        check("2026-03-06T06:56:00-05:00", "in 1 minute (6:56 AM)");
        check("2026-03-06T06:56:30-05:00", "in 90 seconds (6:56:30 AM)");
        check("2026-03-06T06:57:00-05:00", "in 2 minutes (6:57 AM)");
        check("2026-03-06T07:54:00-05:00", "in 59 minutes (7:54 AM)");
        check("2026-03-06T07:55:00-05:00", "today at 7:55 AM EST");
    }

    #[test]
    fn a_zone_without_an_abbreviation_is_named_by_its_offset() {
        let check = |zone: &str, expected: &str| {
            check(zone, "2026-03-06T09:00:00Z", "2026-03-06T12:30:00Z", expected);
        };
        check("America/Sao_Paulo", "today at 9:30 AM UTC-3");
        check("Asia/Kathmandu", "today at 6:15 PM UTC+5:45");
        check("Etc/UTC", "today at 12:30 PM UTC");
    }
}
