//! Days by their date.
//!
//! ```text
//! date    = [weekday [","]] (numeric | year-month-day | month-day | nth | day-month) | the-nth | named-month
//! numeric = y sep m sep d | a sep b [sep y] | m "/" yyyy  (sep is one of / - .; the last not after a weekday)
//! year-month-day = year ["-"|"/"] month ["-"|"/"] day
//! month-day = month [","] ["the"] day [range] [year]
//! day-month = ["the"] day [range] ["-"|"/"|"of"] ["the"] month ["-"|"/"] [year]
//! range   = ("-" | symbol | "to") day                       ("to" only in day-month)
//! nth     = ["the"] position (weekday | "day") ("of"|"in") (named-month | ["next"|"this"|"the"] "month")
//!         | ["the"] position "day" ("of"|"in") year
//!         | ["the"] position weekday "after" day (dates.rs) | "on" ["the"] position weekday
//! position = ordinal | "last" | ordinal ["to"] ["the"] "last"
//! the-nth = ["the"] ordinal [("of"|"in") ["next"|"this"|"the"] "month"]
//! named-month = ["next"|"this"] month [year]                ("in" before it is read as a preposition)
//! year    = [","] ["of"] (yyyy | "'" yy)
//! ```

use crate::english::{
    grammar::dates::{
        day::{Day, Grain, ParsedDay},
        month::{Expected, day_number, in_year, month, named_month, optional_year, year},
        nth, numeric, weekday,
    },
    text::{
        reader::{Read, Reader},
        word::{Form, Word},
    },
};
use jiff::civil::Date;

pub(crate) fn date(r: &Reader, at: usize) -> Read<ParsedDay> {
    if let Some((_, next)) = weekday::name(r, at, Form::Doubtful) {
        let next = r.skip_mark(next, b',');
        return dated(r, next).filter(|(said, _)| !matches!(said, ParsedDay::Day(Day { grain: Grain::Month, .. })));
    }
    dated(r, at).or_else(|| nth::day_of_month(r, at)).or_else(|| {
        let (year, month, next) = named_month(r, at, Expected::Anything)?;
        let first = Date::new(year, month, 1).ok()?;
        let today = r.sender.today();
        // "August" said in August means the rest of the month.
        let soon = first.first_of_month() == today.first_of_month();
        let day = if soon { Day::coarse(today, Grain::Soon) } else { Day::coarse(first, Grain::Month) };
        Some((ParsedDay::Day(day), next))
    })
}

fn dated(r: &Reader, at: usize) -> Read<ParsedDay> {
    numeric::numeric(r, at)
        .or_else(|| year_month_day(r, at))
        .or_else(|| month_day(r, at))
        .or_else(|| nth::nth(r, at))
        .or_else(|| day_month(r, at))
}

fn month_day(r: &Reader, at: usize) -> Read<ParsedDay> {
    let (month, next) = month(r, at)?;
    let the = r.skip(r.skip_mark(next, b','), Word::The);
    let (day, next) = day_number(r, the)?;
    // In "august 5pm" and "march 10:30" the number is a time.
    if matches!(r.word(next), Word::Am | Word::Pm | Word::OClock) || r.is_mark(next, b':') && r.is_adjacent(next) {
        return None;
    }
    // "Feb 20 - 29, 2022" is a range, whose end must exist too.
    let range = (r.is_mark(next, b'-') || r.word(next) == Word::Symbol).then(|| day_number(r, next + 1)).flatten();
    let range =
        range.filter(|(_, behind)| !r.is_mark(*behind, b':') && !matches!(r.word(*behind), Word::Am | Word::Pm));
    let (last, next) = range.unwrap_or((day, next));
    let (year, next) = optional_year(r, next);
    let said = in_year(r, year, month, day);
    let whole = if in_year(r, year, month, last) == ParsedDay::NoSuchDay { ParsedDay::NoSuchDay } else { said };
    Some((whole, next))
}

fn day_month(r: &Reader, at: usize) -> Read<ParsedDay> {
    let start = r.skip(at, Word::The);
    let (day, next) = day_number(r, start)?;
    // "12th-15th march" begins on the 12th.
    let range =
        matches!(r.word(next), Word::Mark(b'-') | Word::To | Word::Symbol).then(|| day_number(r, next + 1)).flatten();
    let next = range.filter(|(_, behind)| month(r, *behind).is_some()).map_or(next, |(_, behind)| behind);
    let next = match r.word(next) {
        Word::Mark(b'-' | b'/') if r.is_adjacent(next) => next + 1,
        _ => r.skip(r.skip(next, Word::Of), Word::The),
    };
    let (month, next) = month(r, next)?;
    let glued_year =
        if matches!(r.word(next), Word::Mark(b'-' | b'/')) && r.is_adjacent(next) { next + 1 } else { next };
    let (year, next) = year(r, glued_year).map_or((None, next), |(year, behind)| (Some(year), behind));
    Some((in_year(r, year, month, day), next))
}

/// Reads a date with the year first: "2018 March 18", "2012/Aug/10".
fn year_month_day(r: &Reader, at: usize) -> Read<ParsedDay> {
    let (year, next) = year(r, at)?;
    let next = if matches!(r.word(next), Word::Mark(b'-' | b'/')) { next + 1 } else { next };
    let (month, next) = month(r, next)?;
    let next = if matches!(r.word(next), Word::Mark(b'-' | b'/')) { next + 1 } else { next };
    let (day, next) = day_number(r, next)?;
    Some((in_year(r, Some(year), month, day), next))
}
