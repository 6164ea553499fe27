//! Holidays, which people name instead of a date.
//!
//! ```text
//! holiday = ["next" | "this"] name [year]
//! ```
//! Without a year, a name stands for the next date of the holiday. Where countries differ, the sender's country counts.

mod names;

use crate::english::{
    grammar::dates::{
        day::{Day, IfPast},
        month,
    },
    text::{
        reader::{Read, Reader},
        word::Word,
    },
};
use jiff::civil::Weekday;
use names::{
    ELSEWHERE,
    HolidayDate::{self, Easter, Nth, On, OnOrBefore},
    NAMES, in_year, moved_by,
};

/// Whether a word begins the name of a holiday.
pub(crate) fn may_begin(said: &str) -> bool {
    let said = plain(said);
    let first = said.as_str();
    first.len() > 1
        && NAMES
            .iter()
            .any(|(name, _)| name.starts_with(first) && matches!(name.as_bytes().get(first.len()), None | Some(b' ')))
}

/// Number of years after the present year that are searched for a holiday's next date.
const YEARS_AHEAD: i16 = 2;

/// Longest word of a holiday's name, in letters.
const LONGEST_WORD: usize = 24;

/// Reads a holiday. If a year follows the name, returns the date in that year, and otherwise the next date.
pub(crate) fn holiday(r: &Reader, at: usize) -> Read<Day> {
    // "next thanksgiving" means the coming thanksgiving.
    let at = if matches!(r.word(at), Word::Next | Word::This) { at + 1 } else { at };
    let (name, date, next) = find(r, at)?;
    // For instance "christmas 2028".
    if let Some((year, next)) = month::year(r, next) {
        return Some((Day::fixed(in_year(name, date, year)?), next));
    }
    let today = r.sender.today();
    let date = (today.year()..=today.year().saturating_add(YEARS_AHEAD))
        .filter_map(|year| in_year(name, date, year))
        .find(|date| *date >= today)?;
    Some((Day::recurring(date, IfPast::Yearly), next))
}

/// The date of a holiday in a form that a yearly rule can express.
pub(crate) enum YearlyDate {
    On(i8, i8),
    Nth(i8, Weekday, i8),
}

/// Reads a holiday whose date a yearly rule can express. `None` for other holidays, such as those that depend on
/// Easter.
pub(crate) fn yearly(r: &Reader, at: usize) -> Read<YearlyDate> {
    let (name, date, next) = find(r, at)?;
    match date {
        On(month, day) => Some((YearlyDate::On(month, day), next)),
        Nth(nth, weekday, month) if moved_by(name) == 0 => Some((YearlyDate::Nth(nth, weekday, month), next)),
        Nth(..) | Easter(_) | OnOrBefore(..) => None,
    }
}

fn find(r: &Reader, at: usize) -> Option<(&'static str, HolidayDate, usize)> {
    let first = plain(r.spelling(at));
    let first = first.as_str();
    if first.is_empty() {
        return None;
    }
    NAMES
        .iter()
        .filter(|(name, _)| name.starts_with(first) && matches!(name.as_bytes().get(first.len()), None | Some(b' ')))
        .find_map(|(name, everywhere)| {
            let next = matches(r, at, name)?;
            // The name may mean another date in the sender's country.
            let date = ELSEWHERE
                .iter()
                .find(|(other, countries, _)| other == name && countries.contains(&r.sender.country.as_str()))
                .map_or(*everywhere, |(_, _, date)| *date);
            Some((*name, date, next))
        })
}

/// Returns the place after a name, if its words stand at `at`, with or without apostrophes and dots.
fn matches(r: &Reader, at: usize, name: &str) -> Option<usize> {
    let mut next = at;
    for word in name.split(' ') {
        if plain(r.spelling(next)).as_str() != word {
            return None;
        }
        next = if word == "st" { r.skip_mark(next + 1, b'.') } else { next + 1 };
    }
    Some(next)
}

/// The ASCII letters of a word, kept on the stack. Empty if there are more than [`LONGEST_WORD`].
struct Plain {
    bytes: [u8; LONGEST_WORD],
    len: usize,
}

impl Plain {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

fn plain(word: &str) -> Plain {
    let mut plain = Plain { bytes: [0; LONGEST_WORD], len: 0 };
    for byte in word.bytes().filter(u8::is_ascii_alphabetic) {
        if plain.len == LONGEST_WORD {
            return Plain { bytes: [0; LONGEST_WORD], len: 0 };
        }
        plain.bytes[plain.len] = byte;
        plain.len += 1;
    }
    plain
}
