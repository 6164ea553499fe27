//! The parts of a date: year, month, and day of the month.

use crate::english::{
    grammar::{
        dates::day::{Day, IfPast, ParsedDay},
        number,
        time_words::YEARS,
    },
    text::{
        reader::{Read, Reader},
        word::{Form, Word},
    },
};
use jiff::civil::Date;

/// Returns a date in a year, or, if no year is given, the next such date from today on.
pub(crate) fn in_year(r: &Reader, year: Option<i16>, month: i8, day: u32) -> ParsedDay {
    let Ok(day) = i8::try_from(day) else { return ParsedDay::NoSuchDay };
    let today = r.sender.today();
    let date = match year {
        Some(year) => Date::new(year, month, day).ok().map(Day::fixed),
        // February 29 may be eight years away.
        None => (today.year()..=today.year().saturating_add(8))
            .filter_map(|year| Date::new(year, month, day).ok())
            .find(|date| *date >= today)
            .map(|date| Day::recurring(date, IfPast::Yearly)),
    };
    date.map_or(ParsedDay::NoSuchDay, ParsedDay::Day)
}

/// Reads a four-digit year, or a year such as "'27", with the comma or "of" before it.
pub(crate) fn year(r: &Reader, at: usize) -> Read<i16> {
    let start = r.skip(r.skip_mark(at, b','), Word::Of);
    // For instance "sep 1 '27".
    if let (Word::Mark(b'\''), Word::Number(year, 2)) = (r.word(start), r.word(start + 1)) {
        return Some((2000 + year as i16, start + 2));
    }
    match r.word(start) {
        Word::Number(year, 4) if YEARS.contains(&year) && !(r.is_mark(start + 1, b':') && r.is_adjacent(start + 1)) => {
            Some((year as i16, start + 1))
        }
        _ => None,
    }
}

pub(crate) fn optional_year(r: &Reader, at: usize) -> (Option<i16>, usize) {
    year(r, at).map_or((None, at), |(year, next)| (Some(year), next))
}

/// Reads a month's name, with the dot of an abbreviation.
pub(crate) fn month(r: &Reader, at: usize) -> Read<i8> {
    match r.word(at) {
        Word::Month(month, form) => {
            let dotted = form != Form::Full && r.is_mark(at + 1, b'.') && r.is_adjacent(at + 1) && at + 2 < r.len();
            Some((month, if dotted { at + 2 } else { at + 1 }))
        }
        _ => None,
    }
}

/// The word that is expected at a place, judged by the words before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    Month,
    Anything,
}

/// Reads a month without a day: "in january", "next july", "July 2019", "August". Without a year it is the next month
/// of that name, which may be the present month unless "next" precedes it.
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
            Form::Full | Form::Short | Form::Plural => true,
        };
    if !sure && !said && !preceded && year.is_none() && is_name_or_verb(r, name_at, month, next) {
        return None;
    }
    let verb = form == Form::Doubtful && preceded && matches!(r.word(next), Word::Other) && !sure;
    if !clear || verb && month == 5 {
        return None;
    }
    let today = r.sender.today();
    let coming = if month < today.month() { today.year() + 1 } else { today.year() };
    let coming = if said && r.word(at) == Word::Next && month == today.month() { today.year() + 1 } else { coming };
    Some((year.unwrap_or(coming), month, behind))
}

/// Whether the name of a month does not mean the month here: "to march", "call April tomorrow", "June bug".
fn is_name_or_verb(r: &Reader, at: usize, month: i8, next: usize) -> bool {
    let capital = r.original(at).starts_with(|c: char| c.is_uppercase());
    let follows = !matches!(r.word(next), Word::Mark(_) | Word::At);
    let before = r.word_before(at);
    let is_person = matches!(month, 4..=6 | 8) && at > 0 && takes_person(r.spelling(at - 1)) && is_whole_name(r, at);
    if is_person {
        return true;
    }
    match month {
        3 => r.spelling(at) == "march" && (before == Some(Word::To) || follows),
        4..=6 | 8 => follows && (before.is_none() || capital && before == Some(Word::Other)),
        _ => false,
    }
}

/// Whether the object of a word is usually a person: "call april", "lunch with may".
fn takes_person(said: &str) -> bool {
    matches!(
        said,
        "call"
            | "text"
            | "phone"
            | "ring"
            | "email"
            | "message"
            | "msg"
            | "meet"
            | "see"
            | "ask"
            | "tell"
            | "up"
            | "visit"
            | "ping"
            | "feed"
            | "help"
            | "with"
            | "thank"
            | "invite"
            | "remind"
            | "wake"
            | "bring"
            | "give"
            | "pay"
            | "and"
            | "dear"
            | "aunt"
            | "uncle"
            | "send"
            | "show"
            | "drive"
            | "facetime"
            | "zoom"
            | "dm"
            | "buy"
    )
}

/// Whether a name of a month is in full, and no year follows it.
fn is_whole_name(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Month(_, Form::Full | Form::Doubtful))
        && r.spelling(at).len() > 2
        && year(r, at + 1).is_none()
}

/// Reads a day of the month: "3", "3rd", "third", "twenty five".
pub(crate) fn day_number(r: &Reader, at: usize) -> Read<u32> {
    number::ordinal(r, at).or_else(|| match r.word(at) {
        Word::Number(_, 3..) => None,
        _ => number::whole(r, at),
    })
}
