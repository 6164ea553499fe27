//! Another time for a reminder that has one already.

use crate::DueBasis;
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

/// What a move changes. "To 7pm" keeps the day, "to friday" keeps the time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// An instant of its own: "to tomorrow at 7pm", "in an hour".
    At {
        /// The instant.
        due: Timestamp,
        /// Whether it depends on the sender's zone.
        basis: DueBasis,
    },
    /// Another day at the same time of day.
    Day(Date),
    /// Another time on the same day.
    Time(Time),
    /// Later than it was, or earlier if negative.
    Later(SignedDuration),
}

impl To {
    /// The instant meant, for a reminder that was due at `due` in `zone`. Always after `now`; `None` if it would not be.
    ///
    /// A time of day that has gone by on the reminder's own day is the one on the next day.
    #[must_use]
    pub fn from(&self, due: Timestamp, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let was = zone.to_datetime(due);
        let moved = match self {
            To::At { due, .. } => *due,
            To::Day(day) => wall_clock(*day, was.time(), zone)?,
            To::Time(time) => {
                let same_day = wall_clock(was.date(), *time, zone)?;
                if same_day > now {
                    same_day
                } else {
                    let today = wall_clock(zone.to_datetime(now).date(), *time, zone)?;
                    if today > now {
                        today
                    } else {
                        wall_clock(zone.to_datetime(now).date().tomorrow().ok()?, *time, zone)?
                    }
                }
            }
            To::Later(by) => due.checked_add(*by).ok()?,
        };
        (moved > now).then_some(moved)
    }
}

/// The instant at which the clocks of `zone` show this: the first one in a fold, the one after a gap.
pub(crate) fn wall_clock(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok()
}

/// A zone's name, such that [`zone_by_name`] finds it again.
pub(crate) fn zone_name(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) => name.to_owned(),
        None => zone.to_fixed_offset().map_or_else(|_| "UTC".to_owned(), |offset| offset.to_string()),
    }
}

pub(crate) fn zone_by_name(name: &str) -> Option<TimeZone> {
    if let Ok(zone) = TimeZone::get(name) {
        return Some(zone);
    }
    // `jiff` shows a fixed offset as +HH, +HH:MM or +HH:MM:SS.
    let (sign, digits) = match name.as_bytes().first()? {
        b'+' => (1, &name[1..]),
        b'-' => (-1, &name[1..]),
        _ => return None,
    };
    let mut seconds = 0;
    for (part, unit) in digits.split(':').zip([3600, 60, 1]) {
        seconds += part.parse::<i32>().ok()? * unit;
    }
    Some(TimeZone::fixed(jiff::tz::Offset::from_seconds(sign * seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_changes_only_what_it_names() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at =
            |text: &str| text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
        let check = |to: &To, expected: Option<&str>| {
            let moved = to.from(at("2027-03-12T18:30"), &zone, at("2027-03-12T12:00"));
            assert_eq!(moved, expected.map(at), "{to:?}");
        };
        check(&To::Time(jiff::civil::time(19, 0, 0, 0)), Some("2027-03-12T19:00"));
        check(&To::Time(jiff::civil::time(9, 0, 0, 0)), Some("2027-03-13T09:00"));
        check(&To::Day(jiff::civil::date(2027, 3, 15)), Some("2027-03-15T18:30"));
        check(&To::Day(jiff::civil::date(2027, 3, 11)), None);
        check(&To::Later(SignedDuration::from_mins(-30)), Some("2027-03-12T18:00"));
        check(&To::Later(SignedDuration::from_hours(-30)), None);
    }

    #[test]
    fn a_zone_is_found_again_by_its_name() {
        let offset = TimeZone::fixed(jiff::tz::Offset::from_seconds(-(5 * 3600 + 30 * 60)).unwrap());
        for zone in [TimeZone::get("Asia/Kolkata").unwrap(), TimeZone::UTC, offset] {
            assert_eq!(zone_by_name(&zone_name(&zone)), Some(zone));
        }
    }
}
