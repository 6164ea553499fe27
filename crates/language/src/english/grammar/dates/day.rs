//! A day as it was said, and the day that is meant if its time has passed.

use crate::english::{
    grammar::dates::{calendar, holiday::HolidayDate},
    text::word::DayPart,
};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

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
    /// The same holiday of the next year, which may be on another date.
    OnHoliday(HolidayDate),
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

/// The result of reading a day: a day, a date that does not exist, or a date that does not fit the weekday in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParsedDay {
    Day(Day),
    NoSuchDay,
    OtherWeekday(Mismatch),
}

/// A date, and the weekday that the text gives it although the date is on another one, or is on it only in some months:
/// "Tuesday the 29th" in March.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub(crate) date: Date,
    pub(crate) weekday: Weekday,
}

impl Mismatch {
    /// Returns the two dates that the text may mean, in this order: the date, and the nearest day after `today` on the
    /// weekday. If the date is on the weekday, the second is the next such day.
    pub(crate) fn dates(&self, today: Date) -> [Option<Date>; 2] {
        let coming = calendar::after(today, self.weekday);
        let later = calendar::on_or_after(self.date, self.weekday);
        let earlier = later.and_then(|later| later.checked_sub(7.days()).ok());
        let distance = |other: Date| (other - self.date).get_days().abs();
        let nearest = match (earlier, later) {
            _ if self.date.weekday() == self.weekday => coming,
            (Some(earlier), Some(later)) if earlier > today && distance(earlier) <= distance(later) => Some(earlier),
            (_, later) => later,
        };
        [Some(self.date).filter(|date| *date >= today), nearest]
    }

    /// Returns the same day of another year, if it is on the weekday there.
    pub(crate) fn in_year(&self, year: i16) -> Option<Date> {
        let date = Date::new(year, self.date.month(), self.date.day()).ok()?;
        (date.weekday() == self.weekday).then_some(date)
    }
}

impl ParsedDay {
    /// Returns the day, unless it is on another weekday than this one.
    pub(crate) fn on(self, weekday: Weekday) -> ParsedDay {
        match self {
            ParsedDay::Day(Day { date, grain: Grain::Day, .. }) if date.weekday() != weekday => {
                ParsedDay::OtherWeekday(Mismatch { date, weekday })
            }
            ParsedDay::Day(_) | ParsedDay::NoSuchDay | ParsedDay::OtherWeekday(_) => self,
        }
    }
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

    /// Returns the last date that the day can mean: the Sunday of a weekend, the last day of a month.
    pub(crate) fn last_date(&self) -> Option<Date> {
        match self.grain {
            Grain::Day => Some(self.date),
            Grain::Weekend => calendar::on_or_after(self.date, Weekday::Sunday),
            Grain::Week => self.date.checked_add(6.days()).ok(),
            Grain::Month => Some(self.date.last_of_month()),
            Grain::Year => Some(self.date.last_of_year()),
            Grain::Soon => self.last,
        }
    }

    /// Returns the next date that the day can mean, or `None` if it can mean no other date.
    pub(crate) fn next(&self) -> Option<Date> {
        match self.if_past {
            IfPast::Fixed => None,
            IfPast::Weekly => self.date.checked_add(7.days()).ok(),
            IfPast::Monthly => self.date.checked_add(1.month()).ok(),
            IfPast::Yearly => self.date.checked_add(1.year()).ok(),
            IfPast::OnHoliday(_) => self.in_year(self.date.year().checked_add(1)?),
        }
    }

    /// Returns the same day in another year. `None` for a day that is not named by its date or as a holiday.
    pub(crate) fn in_year(&self, year: i16) -> Option<Date> {
        match self.if_past {
            IfPast::Yearly => Date::new(year, self.date.month(), self.date.day()).ok(),
            IfPast::OnHoliday(holiday) => holiday.in_year(year),
            IfPast::Fixed | IfPast::Weekly | IfPast::Monthly => None,
        }
    }
}
