//! Finds the date of a weekday, counted from another date.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// Maximum number of months that are searched for a date such as "monday the 31st".
const MOST_MONTHS: i32 = 24;

pub(crate) fn after(today: Date, weekday: Weekday) -> Option<Date> {
    on_or_after(today.tomorrow().ok()?, weekday)
}

pub(crate) fn on_or_after(day: Date, weekday: Weekday) -> Option<Date> {
    day.checked_add(i64::from(weekday.since(day.weekday())).days()).ok()
}

pub(crate) fn in_week(today: Date, weekday: Weekday, weeks: i64) -> Option<Date> {
    let back = i64::from(today.weekday().to_monday_zero_offset());
    let by = weeks * 7 - back + i64::from(weekday.to_monday_zero_offset());
    today.checked_add(by.days()).ok()
}

pub(crate) fn weekday_on_day_of_month(today: Date, weekday: Weekday, day: i8) -> Option<Date> {
    let first = today.first_of_month();
    (0..MOST_MONTHS)
        .filter_map(|months| first.checked_add(i64::from(months).months()).ok())
        .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
        .find(|date| *date >= today && date.weekday() == weekday)
}
