//! A rule as far as the text says it, without its first day and its time.

use crate::{
    english::{
        grammar::number::Thousandths,
        text::word::{DayPart, Unit},
    },
    rule::{Frequency, NthWeekday, Pattern},
};
use jiff::civil::Weekday;

/// How often a reminder repeats, as far as the text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Every {
    pub(crate) pattern: Pattern,
    pub(crate) part: Option<DayPart>,
    /// The number of times in each period, if the text does not say when: "twice a week".
    pub(crate) times: Option<u8>,
    pub(crate) dates: Dates,
}

/// Whether a rule of RFC 5545 can have the dates that the text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dates {
    /// The pattern has them.
    InPattern,
    /// No rule has them, as those of Easter.
    InNoRule,
}

impl Every {
    pub(crate) fn new(interval: u32, frequency: Frequency) -> Every {
        Every { pattern: Pattern::every(interval, frequency), part: None, times: None, dates: Dates::InPattern }
    }

    pub(crate) fn weekly(weekday: Weekday) -> Every {
        every(vec![weekday])
    }

    /// Combines two rules that agree: the rule that repeats within the day rings on the weekdays of the other rule, as
    /// in "every hour" and "on weekdays".
    pub(crate) fn and(self, other: &Every) -> Every {
        let (mut inner, outer) =
            if self.pattern.frequency < Frequency::Daily { (self, other.clone()) } else { (other.clone(), self) };
        inner.pattern.weekdays = outer.pattern.weekdays;
        inner
    }

    /// Whether two rules can be combined: one repeats within the day, and the other repeats every week.
    pub(crate) fn agrees(&self, other: &Every) -> bool {
        let within = |a: &Every, b: &Every| {
            a.pattern.frequency < Frequency::Daily
                && b.pattern.frequency == Frequency::Weekly
                && b.pattern.interval == 1
        };
        within(self, other) || within(other, self)
    }

    /// Returns a rule that rings every `count` units, where `count` is in thousandths. A fraction of hours is counted
    /// in minutes: half an hour is 30 minutes. A fraction of a minute, day, week, month or year is dropped: 1.5 days
    /// are one day. The interval is at most [`LONGEST_INTERVAL`]. `None` for seconds, and for an interval of 0.
    pub(crate) fn units(count: Thousandths, unit: Unit) -> Option<Every> {
        let (frequency, factor) = match unit {
            Unit::Second => return None,
            Unit::Minute => (Frequency::Minutely, 1),
            Unit::Hour if count % 1000 != 0 => (Frequency::Minutely, 60),
            Unit::Hour => (Frequency::Hourly, 1),
            Unit::Day => (Frequency::Daily, 1),
            Unit::Week => (Frequency::Weekly, 1),
            Unit::Fortnight => (Frequency::Weekly, 2),
            Unit::Month => (Frequency::Monthly, 1),
            Unit::Quarter => (Frequency::Monthly, 3),
            Unit::Year => (Frequency::Yearly, 1),
            Unit::Decade => (Frequency::Yearly, 10),
        };
        let interval = count * factor / 1000;
        (interval > 0).then(|| Every::new(u32::try_from(interval).unwrap_or(u32::MAX).min(LONGEST_INTERVAL), frequency))
    }
}

/// Longest interval of a rule, in periods. The bound keeps sums of dates in range.
const LONGEST_INTERVAL: u32 = 10_000;

pub(crate) fn working() -> Vec<Weekday> {
    vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday]
}

pub(crate) fn whole_week() -> Vec<Weekday> {
    [working(), weekend()].concat()
}

pub(crate) fn weekend() -> Vec<Weekday> {
    vec![Weekday::Saturday, Weekday::Sunday]
}

pub(crate) fn every(days: Vec<Weekday>) -> Every {
    every_nth(days, 1)
}

pub(crate) fn every_nth(days: Vec<Weekday>, interval: u32) -> Every {
    let mut every = Every::new(interval, Frequency::Weekly);
    every.pattern.weekdays = days.into_iter().map(|weekday| NthWeekday { nth: 0, weekday }).collect();
    every
}
