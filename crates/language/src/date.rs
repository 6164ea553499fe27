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

use crate::{
    Country,
    day::{Day, Grain, Roll, Said},
    lexicon::{Form, Unit, Word},
    number,
    reader::{Read, Reader},
    weekday,
};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// Years that a four-digit number is taken for.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2199;

pub(crate) fn date(r: &Reader, at: usize) -> Read<Said> {
    if let Some((_, next)) = weekday::name(r, at, Form::Doubtful) {
        let next = r.skip_mark(next, b',');
        return dated(r, next).filter(|(said, _)| !matches!(said, Said::Day(Day { grain: Grain::Month, .. })));
    }
    dated(r, at).or_else(|| the_nth(r, at)).or_else(|| {
        let (year, month, next) = named_month(r, at, false)?;
        let first = Date::new(year, month, 1).ok()?;
        let today = r.here.today();
        // "August" said in August is what is left of it.
        let soon = first.first_of_month() == today.first_of_month();
        let day = if soon { Day::coarse(today, Grain::Soon) } else { Day::coarse(first, Grain::Month) };
        Some((Said::Day(day), next))
    })
}

fn dated(r: &Reader, at: usize) -> Read<Said> {
    numeric(r, at)
        .or_else(|| year_month_day(r, at))
        .or_else(|| month_day(r, at))
        .or_else(|| nth(r, at))
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
fn year(r: &Reader, at: usize) -> Read<i16> {
    let start = r.skip(r.skip_mark(at, b','), Word::Of);
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

/// "in january", "next july", "July 2019", "August": a month without a day, and the next year it comes.
/// `sure` says that a month is expected here.
pub(crate) fn named_month(r: &Reader, at: usize, sure: bool) -> Option<(i16, i8, usize)> {
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

/// Digits and marks that touch: "3/14", "2027-03-14", "14.3.2027", "04/2016".
fn numeric(r: &Reader, at: usize) -> Read<Said> {
    let (a, a_digits) = digits(r, at)?;
    let Word::Mark(separator @ (b'/' | b'-' | b'.')) = r.word(at + 1) else { return None };
    let (b, b_digits) = r.is_glued(at + 1).then(|| digits(r, at + 2)).flatten().filter(|_| r.is_glued(at + 2))?;
    // A number that goes on before it is no date: "101,194", "80-32-89-89".
    if at > 0
        && r.is_glued(at)
        && matches!(r.word(at - 1), Word::Mark(b'/' | b'-' | b'.' | b',' | b'$' | b'#') | Word::Other)
    {
        return None;
    }
    let third =
        (r.is_mark(at + 3, separator) && r.is_glued(at + 3) && r.is_glued(at + 4)).then(|| digits(r, at + 4)).flatten();
    let Some((c, c_digits)) = third else {
        return two_numbers(r, at, separator, (a, a_digits), (b, b_digits));
    };
    let next = at + 5;
    if matches!(r.word(next), Word::Mark(b'/' | b'-'))
        && r.is_glued(next)
        && digits(r, next + 1).is_some()
        && !is_clock(r, next + 1)
    {
        return None;
    }
    let year = |value: u32, digits: u8| match digits {
        4 if YEARS.contains(&value) => Some(value as i16),
        2 => Some(2000 + value as i16),
        _ => None,
    };
    if a_digits == 4 && b_digits <= 2 && c_digits <= 2 {
        let (month, day) = if b > 12 && c <= 12 { (c, b) } else { (b, c) };
        return Some((year_first(r, year(a, 4)?, month, day), next));
    }
    if a_digits > 2 || b_digits > 2 {
        return None;
    }
    // A dotted number with a short year may be a version or an address.
    if separator == b'.' && (c_digits != 4 && !r.here.country.writes_day_first() || c_digits < 2) {
        return None;
    }
    let year = year(c, c_digits)?;
    let (month, day) = in_order(r.here.country, separator, a, b);
    Some((year_first(r, year, month, day), next))
}

fn is_clock(r: &Reader, at: usize) -> bool {
    r.is_mark(at + 1, b':')
}

fn year_first(r: &Reader, year: i16, month: u32, day: u32) -> Said {
    i8::try_from(month).map_or(Said::NoSuchDay, |month| on(r, Some(year), month, day))
}

/// Month and day in the country's order, or in the other one if only that exists.
fn in_order(country: Country, separator: u8, a: u32, b: u32) -> (u32, u32) {
    let day_first = country.writes_day_first() || separator == b'.' && a > 12;
    match (day_first, a, b) {
        (true, _, 13..) if a <= 12 => (a, b),
        (true, ..) => (b, a),
        (false, 13.., _) if b <= 12 => (b, a),
        (false, ..) => (a, b),
    }
}

/// "3/14", "on 3-14", "14.3.", "04/2016".
fn two_numbers(r: &Reader, at: usize, separator: u8, (a, a_digits): (u32, u8), (b, b_digits): (u32, u8)) -> Read<Said> {
    let next = at + 3;
    let preceded =
        matches!(r.word_before(at), Some(Word::On | Word::By | Word::Until | Word::Starting | Word::Mark(b'(')));
    if separator == b'/' && b_digits == 4 && YEARS.contains(&b) && (1..=12).contains(&a) {
        return Some((Said::Day(Day::coarse(Date::new(b as i16, a as i8, 1).ok()?, Grain::Month)), next));
    }
    if a_digits > 2 || b_digits > 2 {
        return None;
    }
    let goes_on =
        r.is_glued(next) && !matches!(r.word(next), Word::Mark(b',' | b'!' | b'?' | b')' | b':' | b';' | b'.' | b'-'));
    if goes_on || matches!(r.word(next), Word::Unit(_) | Word::Letters(_) | Word::Of | Word::Am | Word::Pm) {
        return None;
    }
    let by_clock = by_clear_clock(r, at, next);
    let likely = match separator {
        b'/' => !matches!(r.said(next), "cup" | "cups" | "tsp" | "tbsp" | "inch" | "full" | "off" | "price"),
        b'.' => b_digits <= 2 && (by_clock || preceded && r.here.country.writes_day_first() || dotted_end(r, next)),
        _ => preceded,
    };
    if !likely {
        return None;
    }
    let (month, day) = in_order(r.here.country, separator, a, b);
    Some((i8::try_from(month).map_or(Said::NoSuchDay, |month| on(r, None, month, day)), next))
}

/// "14.3." as written where the day comes first.
fn dotted_end(r: &Reader, next: usize) -> bool {
    r.here.country.writes_day_first() && r.is_mark(next, b'.') && next + 1 < r.len()
}

fn by_clear_clock(r: &Reader, at: usize, next: usize) -> bool {
    matches!(r.word_before(at), Some(Word::Am | Word::Pm)) || matches!(r.word(next + 1), Word::Am | Word::Pm)
}

fn digits(r: &Reader, at: usize) -> Option<(u32, u8)> {
    match r.word(at) {
        Word::Number(value, digits) => Some((value, digits)),
        _ => None,
    }
}

/// "first monday of next month", "last day of march", "35th day of 2010", "2nd to last fri in feb".
fn nth(r: &Reader, at: usize) -> Read<Said> {
    let (nth, next) = place(r, r.skip(at, Word::The))?;
    let weekday = match r.word(next) {
        Word::Unit(Unit::Day) => None,
        Word::Weekday(weekday, _) => Some(weekday),
        _ => return None,
    };
    let dot =
        usize::from(weekday.is_some() && r.is_mark(next + 1, b'.') && matches!(r.word(next + 2), Word::Of | Word::In));
    let of = next + 1 + dot;
    if !matches!(r.word(of), Word::Of | Word::In) {
        return None;
    }
    let start = r.skip(of + 1, Word::The);
    if let (None, Some((year, behind))) = (weekday, year(r, start)) {
        return Some((nth_day_of_year(year, nth), behind));
    }
    let today = r.here.today();
    let (first, behind) = match r.word(start) {
        Word::Next if r.word(start + 1) == Word::Unit(Unit::Month) => {
            (today.first_of_month().checked_add(1.month()).ok()?, start + 2)
        }
        Word::This if r.word(start + 1) == Word::Unit(Unit::Month) => (today.first_of_month(), start + 2),
        Word::Unit(Unit::Month) => (today.first_of_month(), start + 1),
        _ => {
            let (year, month, behind) = named_month(r, start, true)?;
            (Date::new(year, month, 1).ok()?, behind)
        }
    };
    let date = nth_of_month(first, nth, weekday);
    // "the last friday of the month" that has gone by is the next month's.
    let date = match date {
        Some(date) if date < today && start > of + 1 => nth_of_month(first.checked_add(1.month()).ok()?, nth, weekday),
        Some(date) if date < today => nth_of_month(first.checked_add(1.year()).ok()?, nth, weekday),
        date => date,
    };
    Some((date.map_or(Said::NoSuchDay, |date| Said::Day(Day::fixed(date))), behind))
}

/// "first", "last", "2nd to the last"; counted from the end if negative.
pub(crate) fn place(r: &Reader, at: usize) -> Read<i32> {
    if r.word(at) == Word::Last {
        return Some((-1, at + 1));
    }
    let (nth, next) = number::ordinal(r, at)?;
    let nth = i32::try_from(nth).ok()?;
    let mut last = r.skip_mark(next, b'-');
    last = r.skip(last, Word::To);
    last = r.skip(r.skip_mark(last, b'-'), Word::The);
    if r.word(last) == Word::Last {
        return Some((-nth, last + 1));
    }
    Some((nth, next))
}

fn nth_day_of_year(year: i16, nth: i32) -> Said {
    let date = Date::new(year, 1, 1).ok().and_then(|first| {
        let days = if nth > 0 { nth - 1 } else { i32::from(first.days_in_year()) + nth };
        first.checked_add(i64::from(days).days()).ok().filter(|date| date.year() == year)
    });
    date.map_or(Said::NoSuchDay, |date| Said::Day(Day::fixed(date)))
}

fn nth_of_month(first: Date, nth: i32, weekday: Option<Weekday>) -> Option<Date> {
    match weekday {
        Some(weekday) => first.nth_weekday_of_month(i8::try_from(nth).ok()?, weekday).ok(),
        None if nth > 0 => Date::new(first.year(), first.month(), i8::try_from(nth).ok()?).ok(),
        None => Date::new(first.year(), first.month(), first.days_in_month() + 1 + i8::try_from(nth).ok()?).ok(),
    }
}

/// "the 3rd", "on the fifteenth", "the 1st of next month": the next month that has it.
fn the_nth(r: &Reader, at: usize) -> Read<Said> {
    let start = r.skip(at, Word::The);
    let (day, next) = number::ordinal(r, start).filter(|(day, _)| (1..=31).contains(day))?;
    let today = r.here.today();
    let day = i8::try_from(day).ok()?;
    if r.word(next) == Word::Of || r.word(next) == Word::In {
        let unit = r.skip(next + 1, Word::The);
        let (months, behind) = match (r.word(unit), r.word(unit + 1)) {
            (Word::Next, Word::Unit(Unit::Month)) => (1, unit + 2),
            (Word::This, Word::Unit(Unit::Month)) => (0, unit + 2),
            (Word::Unit(Unit::Month), _) => (0, unit + 1),
            _ => return None,
        };
        let month = today.first_of_month().checked_add(i64::from(months).months()).ok()?;
        let date = Date::new(month.year(), month.month(), day).ok();
        return Some((date.map_or(Said::NoSuchDay, |date| Said::Day(Day::rolling(date, Roll::Monthly))), behind));
    }
    let preceded = matches!(
        r.word_before(at),
        Some(Word::On | Word::By | Word::For | Word::Until | Word::Starting | Word::From | Word::To | Word::Before)
    );
    let in_digits = matches!(r.word(start), Word::Number(..));
    let says_day = preceded || (in_digits || start > at) && ends_here(r, next);
    // "to second the motion"
    let verb = r.word(start) == Word::Second && start == at;
    if verb || !says_day || is_followed_by_thing(r, next) || r.is_possessive(next - 1) {
        return None;
    }
    Some((Said::Day(Day::rolling(nth_from(today, day)?, Roll::Monthly)), next))
}

fn nth_from(today: Date, day: i8) -> Option<Date> {
    let first = today.first_of_month();
    (0..3)
        .filter_map(|months| first.checked_add(i64::from(months).months()).ok())
        .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
        .find(|date| *date >= today)
}

/// Whether nothing follows that an ordinal could belong to.
fn ends_here(r: &Reader, at: usize) -> bool {
    matches!(
        r.word(at),
        Word::Mark(0 | b',' | b'.' | b'!' | b'?' | b';' | b':' | b')')
            | Word::At
            | Word::Around
            | Word::To
            | Word::By
            | Word::In
            | Word::Number(..)
            | Word::From
            | Word::And
            | Word::Noon
            | Word::Part(_)
    ) || matches!(r.said(at), "remind" | "please" | "pls" | "plz" | "that")
}

/// "the second floor", "5th avenue", "first time".
fn is_followed_by_thing(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Times | Word::Half | Word::Quarter | Word::Unit(_) | Word::Weekday(..) | Word::Part(_))
        || matches!(
            r.said(at),
            "floor"
                | "avenue"
                | "ave"
                | "street"
                | "grade"
                | "place"
                | "party"
                | "round"
                | "class"
                | "base"
                | "gear"
                | "person"
                | "option"
                | "one"
                | "draft"
                | "attempt"
                | "shift"
                | "semester"
                | "birthday"
                | "anniversary"
                | "edition"
                | "row"
                | "item"
                | "thing"
                | "step"
                | "page"
                | "chapter"
                | "door"
                | "exit"
                | "left"
                | "right"
                | "dose"
                | "aid"
                | "date"
                | "interview"
                | "meeting"
                | "game"
                | "period"
                | "line"
                | "car"
                | "house"
                | "wife"
                | "husband"
                | "child"
                | "kid"
        )
}
