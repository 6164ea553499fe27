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
    grammar::{
        dates::{
            day::{Day, Grain, ParsedDay},
            month::{Expected, day_number, in_year, month, named_month, optional_year, year},
            nth, numeric, weekday,
        },
        number,
        time_words::YEARS,
    },
    text::{
        reader::{Read, Reader},
        word::{Form, Word},
    },
};
use jiff::civil::Date;

pub(crate) fn date(r: &Reader, at: usize) -> Read<ParsedDay> {
    if let Some((weekday, next)) = weekday::name(r, at, Form::Doubtful) {
        let next = r.skip_mark(next, b',');
        return dated(r, next)
            .filter(|(said, _)| !matches!(said, ParsedDay::Day(Day { grain: Grain::Month, .. })))
            .map(|(said, next)| (said.on(weekday), next))
            .or_else(|| weekday::far_from_now(r, weekday, next));
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
    if let Some(found) = glued(r, month, next) {
        return Some(found);
    }
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
    let (year, next) = year_behind(r, next);
    let said = in_year(r, year, month, day);
    let whole = if in_year(r, year, month, last) == ParsedDay::NoSuchDay { ParsedDay::NoSuchDay } else { said };
    Some((whole, next))
}

/// Reads the day and the year that marks join to a month: "Mar/4", "Oct-14-2027".
fn glued(r: &Reader, month: i8, at: usize) -> Read<ParsedDay> {
    let joint = match r.word(at) {
        Word::Mark(mark @ (b'/' | b'-' | b'.')) if r.is_adjacent(at) && r.is_adjacent(at + 1) => mark,
        _ => return None,
    };
    let Word::Number(_, 1..=2) = r.word(at + 1) else { return None };
    let (day, next) = day_number(r, at + 1)?;
    let (year, next) = match r.word(next + 1) {
        Word::Number(year, 4) if r.is_mark(next, joint) && r.is_adjacent(next + 1) => (Some(year as i16), next + 2),
        Word::Number(year, 2) if r.is_mark(next, joint) && r.is_adjacent(next + 1) => {
            (Some(2000 + year as i16), next + 2)
        }
        _ => year_behind(r, next),
    };
    Some((in_year(r, year, month, day), next))
}

/// Reads a year after a day and a month: "2027", "in 2027", or two digits that can be no hour ("9th May 27").
fn year_behind(r: &Reader, at: usize) -> (Option<i16>, usize) {
    if let (Word::In, Word::Number(year, 4)) = (r.word(at), r.word(at + 1))
        && YEARS.contains(&year)
    {
        return (Some(year as i16), at + 2);
    }
    let this_year = u32::from(r.sender.today().year().unsigned_abs() % 100);
    match r.word(at) {
        Word::Number(year @ 25.., 2) if (this_year..=this_year + 10).contains(&year) && ends_date(r, at + 1) => {
            (Some(2000 + year as i16), at + 1)
        }
        _ => optional_year(r, at),
    }
}

/// Whether nothing follows two digits that they could count or that makes them a time.
fn ends_date(r: &Reader, at: usize) -> bool {
    number::ends(r, at) && !r.is_mark(at, b':') && !r.is_mark(at, b'/')
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
        // In German and Czech a dot follows the number of the day: "3. December".
        Word::Mark(b'.') if month(r, next + 1).is_some() => next + 1,
        _ => r.skip(r.skip(next, Word::Of), Word::The),
    };
    let (month, next) = month(r, next)?;
    let glued_year =
        if matches!(r.word(next), Word::Mark(b'-' | b'/')) && r.is_adjacent(next) { next + 1 } else { next };
    let (year, next) = match year(r, glued_year) {
        Some((year, behind)) => (Some(year), behind),
        None => year_behind(r, next),
    };
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
