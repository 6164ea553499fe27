//! Dates by their position in a month or year: "the 3rd", "the first monday of next month", "the last day of march".

use crate::english::{
    grammar::{
        dates::{
            self, calendar,
            day::{Day, IfPast, ParsedDay},
            month::{Expected, named_month, year},
        },
        number,
    },
    text::{
        reader::{Read, Reader},
        word::{Unit, Word},
    },
};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// Reads a day by its position in a month or year, or after another day: "first monday of next month", "last day of
/// march", "35th day of 2010", "third tuesday after christmas".
pub(crate) fn nth(r: &Reader, at: usize) -> Read<ParsedDay> {
    let (nth, next) = position(r, r.skip(at, Word::The))?;
    let weekday = match r.word(next) {
        Word::Unit(Unit::Day) => None,
        Word::Weekday(weekday, _) => Some(weekday),
        _ => return None,
    };
    let dot =
        usize::from(weekday.is_some() && r.is_mark(next + 1, b'.') && matches!(r.word(next + 2), Word::Of | Word::In));
    let of = next + 1 + dot;
    if let (Word::After, Some(weekday), 1..=9) = (r.word(of), weekday, nth) {
        return weekdays_after(r, weekday, nth, of + 1);
    }
    if !matches!(r.word(of), Word::Of | Word::In) {
        // For instance "on the first monday".
        let said = r.word_before(at) == Some(Word::On) && (1..=4).contains(&nth);
        let weekday = weekday.filter(|_| said)?;
        return Some((ParsedDay::Day(Day::fixed(nth_from_today(r.sender.today(), nth, weekday)?)), of));
    }
    let start = r.skip(of + 1, Word::The);
    if let (None, Some((year, behind))) = (weekday, year(r, start)) {
        return Some((nth_day_of_year(year, nth), behind));
    }
    let today = r.sender.today();
    let (first, behind) = match r.word(start) {
        Word::Next if r.word(start + 1) == Word::Unit(Unit::Month) => {
            (today.first_of_month().checked_add(1.month()).ok()?, start + 2)
        }
        Word::This if r.word(start + 1) == Word::Unit(Unit::Month) => (today.first_of_month(), start + 2),
        Word::Unit(Unit::Month) => (today.first_of_month(), start + 1),
        _ => {
            let (year, month, behind) = named_month(r, start, Expected::Month)?;
            (Date::new(year, month, 1).ok()?, behind)
        }
    };
    let date = nth_of_month(first, nth, weekday);
    // If "the last friday of the month" has passed, the last friday of the next month is meant. If "the last friday of
    // march" has passed, the last friday of march a year later is meant.
    let date = match date {
        Some(date) if date < today && start > of + 1 => nth_of_month(first.checked_add(1.month()).ok()?, nth, weekday),
        Some(date) if date < today => nth_of_month(first.checked_add(1.year()).ok()?, nth, weekday),
        date => date,
    };
    Some((date.map_or(ParsedDay::NoSuchDay, |date| ParsedDay::Day(Day::fixed(date))), behind))
}

fn nth_from_today(today: Date, nth: i32, weekday: Weekday) -> Option<Date> {
    let first = today.first_of_month();
    [first, first.checked_add(1.month()).ok()?]
        .into_iter()
        .filter_map(|first| nth_of_month(first, nth, Some(weekday)))
        .find(|date| *date >= today)
}

/// Reads a weekday counted from another day: "third tuesday after christmas".
fn weekdays_after(r: &Reader, weekday: Weekday, nth: i32, at: usize) -> Read<ParsedDay> {
    let (ParsedDay::Day(day), next) = dates::any_day(r, at)? else { return None };
    let first = calendar::after(day.date, weekday)?;
    let date = first.checked_add((i64::from(nth) * 7 - 7).days()).ok()?;
    Some((ParsedDay::Day(Day::fixed(date)), next))
}

/// Reads a position: "first", "last", "2nd to the last". Negative if counted from the end.
pub(crate) fn position(r: &Reader, at: usize) -> Read<i32> {
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

fn nth_day_of_year(year: i16, nth: i32) -> ParsedDay {
    let date = Date::new(year, 1, 1).ok().and_then(|first| {
        let days = if nth > 0 { nth - 1 } else { i32::from(first.days_in_year()) + nth };
        first.checked_add(i64::from(days).days()).ok().filter(|date| date.year() == year)
    });
    date.map_or(ParsedDay::NoSuchDay, |date| ParsedDay::Day(Day::fixed(date)))
}

fn nth_of_month(first: Date, nth: i32, weekday: Option<Weekday>) -> Option<Date> {
    match weekday {
        Some(weekday) => first.nth_weekday_of_month(i8::try_from(nth).ok()?, weekday).ok(),
        None if nth > 0 => Date::new(first.year(), first.month(), i8::try_from(nth).ok()?).ok(),
        None => Date::new(first.year(), first.month(), first.days_in_month() + 1 + i8::try_from(nth).ok()?).ok(),
    }
}

/// Reads a day of the month without the name of its month: "the 3rd", "on the fifteenth", "the 1st of next month". "The
/// 3rd" alone is the next such day from today on.
pub(crate) fn day_of_month(r: &Reader, at: usize) -> Read<ParsedDay> {
    let start = r.skip(at, Word::The);
    let (day, next) = number::ordinal(r, start).filter(|(day, _)| (1..=31).contains(day))?;
    let today = r.sender.today();
    let day = i8::try_from(day).ok()?;
    if r.word(next) == Word::Of || r.word(next) == Word::In {
        let unit = r.skip(next + 1, Word::The);
        let (months, behind) = match (r.word(unit), r.word(unit + 1)) {
            (Word::Next, Word::Unit(Unit::Month)) => (1, unit + 2),
            (Word::This, Word::Unit(Unit::Month)) => (0, unit + 2),
            (Word::Unit(Unit::Month), _) => (0, unit + 1),
            _ => return None,
        };
        let gone_by = unit > next + 1 && months == 0 && day < today.day();
        let months = if gone_by { 1 } else { months };
        let month = today.first_of_month().checked_add(i64::from(months).months()).ok()?;
        let date = Date::new(month.year(), month.month(), day).ok();
        return Some((
            date.map_or(ParsedDay::NoSuchDay, |date| ParsedDay::Day(Day::recurring(date, IfPast::Monthly))),
            behind,
        ));
    }
    let preceded = matches!(
        r.word_before(at),
        Some(
            Word::Of
                | Word::On
                | Word::By
                | Word::For
                | Word::Until
                | Word::Starting
                | Word::From
                | Word::To
                | Word::Before
        )
    );
    let in_digits = matches!(r.word(start), Word::Number(..));
    let says_day = preceded || (in_digits || start > at) && (ends_here(r, next) || begins_range(r, next));
    // "At 5th and Main" is a corner.
    let is_corner = r.word_before(at) == Some(Word::At) && start == at;
    // For instance "to second the motion".
    let verb = r.word(start) == Word::Second && start == at;
    if verb || is_corner || !says_day || is_followed_by_thing(r, next) || r.is_possessive(next - 1) {
        return None;
    }
    Some((ParsedDay::Day(Day::recurring(nth_from(today, day)?, IfPast::Monthly)), next))
}

fn nth_from(today: Date, day: i8) -> Option<Date> {
    let first = today.first_of_month();
    (0..3)
        .filter_map(|months| first.checked_add(i64::from(months).months()).ok())
        .filter_map(|month| Date::new(month.year(), month.month(), day).ok())
        .find(|date| *date >= today)
}

/// Whether the phrase ends here, so that no noun follows to which an ordinal could belong.
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
            | Word::DayPart(_)
    ) || matches!(r.spelling(at), "remind" | "please" | "pls" | "plz" | "that")
}

/// Whether a hyphen and the last day of a range follow: "15th-20th", "the 15th - the 20th".
fn begins_range(r: &Reader, at: usize) -> bool {
    let last = r.is_mark(at, b'-').then(|| number::ordinal(r, r.skip(at + 1, Word::The))).flatten();
    last.is_some_and(|(last, behind)| (1..=31).contains(&last) && !is_followed_by_thing(r, behind))
}

/// Whether an ordinal belongs to a noun: "the second floor", "5th avenue", "first time".
fn is_followed_by_thing(r: &Reader, at: usize) -> bool {
    matches!(
        r.word(at),
        Word::Times | Word::Half | Word::Quarter | Word::Unit(_) | Word::Weekday(..) | Word::DayPart(_)
    ) || matches!(
        r.spelling(at),
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
