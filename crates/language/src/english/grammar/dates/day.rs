//! A day as it was said, and what it means when its time has gone by.

use crate::english::text::word::Part;
use jiff::{Span, ToSpan, civil::Date};

/// A day as it was said: the first it can mean from today on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: Date,
    pub(crate) roll: Roll,
    pub(crate) grain: Grain,
    /// The part of the day said in the same word: "tonight".
    pub(crate) part: Option<Part>,
}

/// What a day means when its time has gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Roll {
    /// This day and no other.
    Fixed,
    Weekly,
    Monthly,
    Yearly,
}

/// How closely a day was said, which decides what is left to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grain {
    /// The very day.
    Day,
    /// Some day of the week or month that begins with it.
    Week,
    Month,
    /// Some day of the year that begins with it.
    Year,
    /// Today or a day soon: "this week", "this month".
    Soon,
    Weekend,
}

/// What a production of days finds: a day, or one that is in no calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Day(Day),
    NoSuchDay,
}

impl Day {
    pub(crate) fn fixed(date: Date) -> Day {
        Day { date, roll: Roll::Fixed, grain: Grain::Day, part: None }
    }

    pub(crate) fn rolling(date: Date, roll: Roll) -> Day {
        Day { roll, ..Day::fixed(date) }
    }

    pub(crate) fn coarse(date: Date, grain: Grain) -> Day {
        Day { grain, ..Day::fixed(date) }
    }

    /// The next day it can mean, if it can mean another.
    pub(crate) fn next(&self) -> Option<Date> {
        let by: Span = match self.roll {
            Roll::Fixed => return None,
            Roll::Weekly => 7.days(),
            Roll::Monthly => 1.month(),
            Roll::Yearly => 1.year(),
        };
        self.date.checked_add(by).ok()
    }
}
