//! The new time that a reminder is moved to.

use crate::{due_basis::DueBasis, zone::wall_clock};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

/// The new time that a reminder is moved to. "To 7pm" keeps the day, "to Friday" keeps the time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewTime {
    /// An instant that does not depend on the reminder's own time: "to tomorrow at 7pm", "in an hour".
    At {
        /// The new instant.
        due: Timestamp,
        /// Whether the instant depends on the sender's zone.
        basis: DueBasis,
    },
    /// Another day, at the reminder's own time of day.
    Day(Date),
    /// Another time of day, on the reminder's own day.
    Time(Time),
    /// An amount by which the reminder becomes later, or earlier if it is negative.
    Later(SignedDuration),
}

impl NewTime {
    /// Returns the new instant for a reminder that was due at `due` in `zone`. `None` if that instant is not after
    /// `now`, or if `jiff` can't represent it.
    ///
    /// If a time of day has passed on the reminder's own day, it is taken on the first later day on which it is in the
    /// future.
    #[must_use]
    pub fn applied_to(&self, due: Timestamp, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let was = zone.to_datetime(due);
        let moved = match self {
            NewTime::At { due, .. } => *due,
            NewTime::Day(day) => wall_clock(*day, was.time(), zone)?,
            NewTime::Time(time) => {
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
            NewTime::Later(by) => due.checked_add(*by).ok()?,
        };
        (moved > now).then_some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_changes_the_parts_that_it_names_and_gives_no_time_in_the_past() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let at =
            |text: &str| text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp();
        let check = |to: &NewTime, expected: Option<&str>| {
            let moved = to.applied_to(at("2027-03-12T18:30"), &zone, at("2027-03-12T12:00"));
            assert_eq!(moved, expected.map(at), "{to:?}");
        };
        check(&NewTime::Time(jiff::civil::time(19, 0, 0, 0)), Some("2027-03-12T19:00"));
        check(&NewTime::Time(jiff::civil::time(9, 0, 0, 0)), Some("2027-03-13T09:00"));
        check(&NewTime::Day(jiff::civil::date(2027, 3, 15)), Some("2027-03-15T18:30"));
        check(&NewTime::Day(jiff::civil::date(2027, 3, 11)), None);
        check(&NewTime::Later(SignedDuration::from_mins(-30)), Some("2027-03-12T18:00"));
        check(&NewTime::Later(SignedDuration::from_hours(-30)), None);
    }
}
