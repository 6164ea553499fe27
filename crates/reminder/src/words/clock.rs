//! Instants in words: the local time, the day, the zone.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How far ahead a day is called by its weekday alone, in days.
const WEEK: i32 = 7;

/// An instant as a person reads it at `now`: "today 6:30 PM EST", "tomorrow 9 AM EST", "Fri Mar 6, 9 AM EST".
pub fn moment(instant: Timestamp, zone: &TimeZone, now: Timestamp) -> String {
    let local = instant.to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone()).date();
    let time = match (local.minute(), local.second()) {
        (0, 0) => local.strftime("%-I %p %Z"),
        (_, 0) => local.strftime("%-I:%M %p %Z"),
        _ => local.strftime("%-I:%M:%S %p %Z"),
    };
    format!("{} {time}", day(local.date(), today))
}

fn day(date: Date, today: Date) -> String {
    let ahead = date.since(today).map_or(i32::MAX, |span| span.get_days());
    match ahead {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        _ if date.year() == today.year() || (0..WEEK * 8).contains(&ahead) => date.strftime("%a %b %-d,").to_string(),
        _ => date.strftime("%a %b %-d %Y,").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_says_day_time_and_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let now: Timestamp = "2026-03-06T12:00:00-05:00".parse().unwrap();
        let check = |instant: &str, expected: &str| {
            assert_eq!(moment(instant.parse().unwrap(), &zone, now), expected, "{instant}");
        };
        check("2026-03-06T18:30:00-05:00", "today 6:30 PM EST");
        check("2026-03-06T12:00:30-05:00", "today 12:00:30 PM EST");
        check("2026-03-07T00:00:00-05:00", "tomorrow 12 AM EST");
        check("2026-03-05T09:00:00-05:00", "yesterday 9 AM EST");
        check("2026-03-09T09:00:00-04:00", "Mon Mar 9, 9 AM EDT");
        check("2026-12-25T09:05:00-05:00", "Fri Dec 25, 9:05 AM EST");
        check("2027-12-25T09:05:00-05:00", "Sat Dec 25 2027, 9:05 AM EST");
    }
}
