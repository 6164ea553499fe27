//! Days said by their date.
//!
//! ```text
//! date    = [weekday [","]] (numeric | month-day | day-month | year-month-day | nth | the-nth | month)
//! numeric = y sep m sep d | a sep b sep y | a "/" b | m "/" yyyy            (sep is one of / - .)
//! month-day = month ["."] [","] ["the"] day [range] [[","] ["of"] year]
//! day-month = ["the"] day ["of"] month ["."] [[","] ["of"] year]
//! nth     = ["the"] (ordinal | "last" | ordinal "to" ["the"] "last") (weekday | "day") ("of"|"in") (month [year] | "next month" | year)
//! the-nth = ["the"] ordinal ["of" ("this"|"next"|"the") "month"]
//! month   = ["in"|"next"|"this"] month [[","] year]
//! ```

mod nth;
mod numeric;

use crate::{
    day::{Day, Grain, Roll, Said},
    lexicon::{Form, Word},
    number,
    reader::{Read, Reader},
    weekday,
};
use jiff::civil::Date;
pub(crate) use nth::place;

/// Years that a four-digit number is taken for.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

pub(crate) fn date(r: &Reader, at: usize) -> Read<Said> {
    if let Some((_, next)) = weekday::name(r, at, Form::Doubtful) {
        let next = r.skip_mark(next, b',');
        return dated(r, next).filter(|(said, _)| !matches!(said, Said::Day(Day { grain: Grain::Month, .. })));
    }
    dated(r, at).or_else(|| nth::the_nth(r, at)).or_else(|| {
        let (year, month, next) = named_month(r, at, Expected::Anything)?;
        let first = Date::new(year, month, 1).ok()?;
        let today = r.here.today();
        // "August" said in August is what is left of it.
        let soon = first.first_of_month() == today.first_of_month();
        let day = if soon { Day::coarse(today, Grain::Soon) } else { Day::coarse(first, Grain::Month) };
        Some((Said::Day(day), next))
    })
}

fn dated(r: &Reader, at: usize) -> Read<Said> {
    numeric::numeric(r, at)
        .or_else(|| year_month_day(r, at))
        .or_else(|| month_day(r, at))
        .or_else(|| nth::nth(r, at))
        .or_else(|| day_month(r, at))
}

/// A day of a year, or of the next year that has it.
fn on(r: &Reader, year: Option<i16>, month: i8, day: u32) -> Said {
    let Ok(day) = i8::try_from(day) else { return Said::NoSuchDay };
    let today = r.here.today();
    let date = match year {
        Some(year) => Date::new(year, month, day).ok().map(Day::fixed),
        // February 29 may be eight years away.
        None => (today.year()..=today.year().saturating_add(8))
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| *date >= today)
            .map(|date| Day::rolling(date, Roll::Yearly)),
    };
    date.map_or(Said::NoSuchDay, Said::Day)
}

/// A four-digit year, with the comma or "of" before it.
pub(crate) fn year(r: &Reader, at: usize) -> Read<i16> {
    let start = r.skip(r.skip_mark(at, b','), Word::Of);
    // "sep 1 '27"
    if let (Word::Mark(b'\''), Word::Number(year, 2)) = (r.word(start), r.word(start + 1)) {
        return Some((2000 + year as i16, start + 2));
    }
    match r.word(start) {
        Word::Number(year, 4) if YEARS.contains(&year) && !(r.is_mark(start + 1, b':') && r.is_glued(start + 1)) => {
            Some((year as i16, start + 1))
        }
        _ => None,
    }
}

fn optional_year(r: &Reader, at: usize) -> (Option<i16>, usize) {
    year(r, at).map_or((None, at), |(year, next)| (Some(year), next))
}

/// A month's name with the dot of an abbreviation.
pub(crate) fn month(r: &Reader, at: usize) -> Read<i8> {
    match r.word(at) {
        Word::Month(month, form) => {
            let dotted = form != Form::Full && r.is_mark(at + 1, b'.') && r.is_glued(at + 1) && at + 2 < r.len();
            Some((month, if dotted { at + 2 } else { at + 1 }))
        }
        _ => None,
    }
}

/// What the words before a place make likely to stand there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Month,
    Anything,
}

/// "in january", "next july", "July 2019", "August": a month without a day, and the next year it comes.
pub(crate) fn named_month(r: &Reader, at: usize, expected: Expected) -> Option<(i16, i8, usize)> {
    let sure = expected == Expected::Month;
    let said = matches!(r.word(at), Word::Next | Word::This);
    let name_at = if said { at + 1 } else { at };
    let (month, next) = month(r, name_at)?;
    let (year, behind) = optional_year(r, next);
    let form = match r.word(name_at) {
        Word::Month(_, form) => form,
        _ => Form::Full,
    };
    let preceded = matches!(
        r.word_before(at),
        Some(Word::In | Word::Until | Word::Starting | Word::From | Word::By | Word::For | Word::To)
    );
    let alone = at == 0 && next >= r.len() && r.original(name_at).starts_with(|c: char| c.is_uppercase());
    let clear = sure
        || said
        || preceded
        || year.is_some()
        || match form {
            Form::Doubtful => alone && month == 5,
            _ => true,
        };
    if !sure && !said && !preceded && year.is_none() && is_name_or_verb(r, name_at, month, next) {
        return None;
    }
    let verb = form == Form::Doubtful && preceded && matches!(r.word(next), Word::Other) && !sure;
    if !clear || verb && month == 5 {
        return None;
    }
    let today = r.here.today();
    let coming = if month < today.month() { today.year() + 1 } else { today.year() };
    let coming = if said && r.word(at) == Word::Next && month == today.month() { today.year() + 1 } else { coming };
    Some((year.unwrap_or(coming), month, behind))
}

/// "to march", "call April tomorrow", "June bug": a verb, a name.
fn is_name_or_verb(r: &Reader, at: usize, month: i8, next: usize) -> bool {
    let capital = r.original(at).starts_with(|c: char| c.is_uppercase());
    let follows = !matches!(r.word(next), Word::Mark(_) | Word::At);
    let before = r.word_before(at);
    match month {
        3 => r.said(at) == "march" && (before == Some(Word::To) || follows),
        4..=6 | 8 => follows && (before.is_none() || capital && before == Some(Word::Other)),
        _ => false,
    }
}

/// A day of the month: "3", "3rd", "third", "twenty five".
pub(crate) fn day_number(r: &Reader, at: usize) -> Read<u32> {
    number::ordinal(r, at).or_else(|| match r.word(at) {
        Word::Number(_, 3..) => None,
        _ => number::whole(r, at),
    })
}

fn month_day(r: &Reader, at: usize) -> Read<Said> {
    let (month, next) = month(r, at)?;
    let the = r.skip(r.skip_mark(next, b','), Word::The);
    let (day, next) = day_number(r, the)?;
    // In "august 5pm" and "march 10:30" the number is a time.
    if matches!(r.word(next), Word::Am | Word::Pm | Word::OClock) || r.is_mark(next, b':') && r.is_glued(next) {
        return None;
    }
    // "Aug 20 in 2 days" has no range; "Feb 20 - 29, 2022" has one, which must exist too.
    let range = (r.is_mark(next, b'-') || r.word(next) == Word::Symbol).then(|| day_number(r, next + 1)).flatten();
    let range =
        range.filter(|(_, behind)| !r.is_mark(*behind, b':') && !matches!(r.word(*behind), Word::Am | Word::Pm));
    let (last, next) = range.unwrap_or((day, next));
    let (year, next) = optional_year(r, next);
    let said = on(r, year, month, day);
    let whole = if on(r, year, month, last) == Said::NoSuchDay { Said::NoSuchDay } else { said };
    Some((whole, next))
}

fn day_month(r: &Reader, at: usize) -> Read<Said> {
    let start = r.skip(at, Word::The);
    let (day, next) = day_number(r, start)?;
    // "12th-15th march" begins on the first.
    let range =
        matches!(r.word(next), Word::Mark(b'-') | Word::To | Word::Symbol).then(|| day_number(r, next + 1)).flatten();
    let next = range.filter(|(_, behind)| month(r, *behind).is_some()).map_or(next, |(_, behind)| behind);
    let next = match r.word(next) {
        Word::Mark(b'-' | b'/') if r.is_glued(next) => next + 1,
        _ => r.skip(r.skip(next, Word::Of), Word::The),
    };
    let (month, next) = month(r, next)?;
    let glued_year = if matches!(r.word(next), Word::Mark(b'-' | b'/')) && r.is_glued(next) { next + 1 } else { next };
    let (year, next) = year(r, glued_year).map_or((None, next), |(year, behind)| (Some(year), behind));
    Some((on(r, year, month, day), next))
}

/// "2018 March 18", "2012/Aug/10".
fn year_month_day(r: &Reader, at: usize) -> Read<Said> {
    let (year, next) = year(r, at)?;
    let next = if matches!(r.word(next), Word::Mark(b'-' | b'/')) { next + 1 } else { next };
    let (month, next) = month(r, next)?;
    let next = if matches!(r.word(next), Word::Mark(b'-' | b'/')) { next + 1 } else { next };
    let (day, next) = day_number(r, next)?;
    Some((on(r, Some(year), month, day), next))
}
