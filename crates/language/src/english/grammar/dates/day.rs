//! A day as it was said, and the day that is meant if its time has passed.

use crate::english::text::word::DayPart;
use jiff::{Span, ToSpan, civil::Date};

/// A day as it was said. If its week, month or year was left open, it is the first date from today on that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    /// The date, or the first date of a week, month or year.
    pub(crate) date: Date,
    pub(crate) if_past: IfPast,
    pub(crate) grain: Grain,
    /// The part of the day that the same word names: "tonight".
    pub(crate) part: Option<DayPart>,
    /// The last day of the present week, month or year, if that is what was said: "this week".
    pub(crate) last: Option<Date>,
}

/// The day that is meant if the time on the named day has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfPast {
    /// This day and no other. Only "9 AM today", said after nine, means tomorrow.
    Fixed,
    /// The same weekday a week later.
    Weekly,
    /// The same day of the next month.
    Monthly,
    /// The same date of the next year.
    Yearly,
}

/// How exactly a day was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grain {
    /// Exactly one day.
    Day,
    /// Any day of the week that begins on the date.
    Week,
    /// Any day of the month that begins on the date.
    Month,
    /// Any day of the year that begins on the date.
    Year,
    /// Today or a day soon: "this week", "this month".
    Soon,
    /// The weekend, which begins on the date.
    Weekend,
}

/// The result of reading a day: a day, or a date that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParsedDay {
    Day(Day),
    NoSuchDay,
}

impl Day {
    pub(crate) fn fixed(date: Date) -> Day {
        Day { date, if_past: IfPast::Fixed, grain: Grain::Day, part: None, last: None }
    }

    pub(crate) fn recurring(date: Date, if_past: IfPast) -> Day {
        Day { if_past, ..Day::fixed(date) }
    }

    pub(crate) fn coarse(date: Date, grain: Grain) -> Day {
        Day { grain, ..Day::fixed(date) }
    }

    /// Returns the next date that the day can mean, or `None` if it can mean no other date.
    pub(crate) fn next(&self) -> Option<Date> {
        let by: Span = match self.if_past {
            IfPast::Fixed => return None,
            IfPast::Weekly => 7.days(),
            IfPast::Monthly => 1.month(),
            IfPast::Yearly => 1.year(),
        };
        self.date.checked_add(by).ok()
    }
}
