//! Another time for a reminder that has one already.

use crate::{due_basis::DueBasis, zone::wall_clock};
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
}
