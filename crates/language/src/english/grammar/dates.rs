//! Days: named from today, by weekday, by date, by week, month or year.
//!
//! ```text
//! day    = date (date.rs) | weekday (weekday.rs) | named day (span.rs) | span (span.rs) | holiday (holiday.rs)
//! ```
//! The productions of this folder call each other in a circle, because a day can be counted from another day: "the
//! Friday before the first Monday of May". No other modules of the crate import each other in a circle.

pub(crate) mod calendar;
pub(crate) mod date;
pub(crate) mod day;
pub(crate) mod holiday;
pub(crate) mod month;
pub(crate) mod nth;
pub(crate) mod numeric;
pub(crate) mod span;
pub(crate) mod week_on;
pub(crate) mod weekday;

use crate::english::{
    grammar::dates::day::ParsedDay,
    text::{
        reader::{Read, Reader},
        word::Word,
    },
};

/// Reads a day in any form.
pub(crate) fn any_day(r: &Reader, at: usize) -> Read<ParsedDay> {
    // "April fools" and "may day" begin with the name of a month.
    if matches!(r.word(at), Word::Month(..))
        && let Some((day, next)) = holiday::holiday(r, at)
    {
        return Some((ParsedDay::Day(day), next));
    }
    date::date(r, at).or_else(|| weekday::weekday(r, at).map(|(day, next)| (ParsedDay::Day(day), next))).or_else(|| {
        span::named_day(r, at)
            .or_else(|| span::span(r, at))
            .or_else(|| holiday::holiday(r, at))
            .map(|(day, next)| (ParsedDay::Day(day), next))
    })
}
