//! Holidays that people name instead of a date.
//!
//! ```text
//! holiday = name ["eve"] ["day"]
//! ```
//! A name stands for the next time it comes, in the person's country where countries differ.

use crate::english::{
    grammar::dates::{
        day::{Day, Roll},
        month,
    },
    text::{
        reader::{Read, Reader},
        word::Word,
    },
};
use When::{Easter, Nth, On, UpTo};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// Whether a word begins the name of a holiday, so that it is worth looking for one.
pub(crate) fn may_begin(said: &str) -> bool {
    let said = plain(said);
    let first = said.as_str();
    first.len() > 1
        && NAMES
            .iter()
            .any(|(name, _)| name.starts_with(first) && matches!(name.as_bytes().get(first.len()), None | Some(b' ')))
}

/// When in a year a holiday is.
#[derive(Clone, Copy)]
enum When {
    On(i8, i8),
    /// The nth weekday of a month, from its end if negative.
    Nth(i8, Weekday, i8),
    /// So many days from Easter Sunday.
    Easter(i64),
    /// The last of that weekday on or before the date.
    UpTo(Weekday, i8, i8),
}

/// Names in words, most of a name first, where they mean the same everywhere.
const NAMES: &[(&str, When)] = &[
    ("christmas eve", On(12, 24)),
    ("xmas eve", On(12, 24)),
    ("christmas day", On(12, 25)),
    ("christmas", On(12, 25)),
    ("xmas day", On(12, 25)),
    ("xmas", On(12, 25)),
    ("boxing day", On(12, 26)),
    ("new years eve", On(12, 31)),
    ("new year eve", On(12, 31)),
    ("nye", On(12, 31)),
    ("new years day", On(1, 1)),
    ("new years", On(1, 1)),
    ("new year", On(1, 1)),
    ("epiphany", On(1, 6)),
    ("groundhog day", On(2, 2)),
    ("valentines day", On(2, 14)),
    ("valentines", On(2, 14)),
    ("valentine day", On(2, 14)),
    ("womens day", On(3, 8)),
    ("pi day", On(3, 14)),
    ("st patricks day", On(3, 17)),
    ("saint patricks day", On(3, 17)),
    ("st paddys day", On(3, 17)),
    ("april fools day", On(4, 1)),
    ("april fools", On(4, 1)),
    ("earth day", On(4, 22)),
    ("may day", On(5, 1)),
    ("cinco de mayo", On(5, 5)),
    ("juneteenth", On(6, 19)),
    ("flag day", On(6, 14)),
    ("bastille day", On(7, 14)),
    ("halloween", On(10, 31)),
    ("all saints day", On(11, 1)),
    ("all souls day", On(11, 2)),
    ("guy fawkes", On(11, 5)),
    ("bonfire night", On(11, 5)),
    ("anzac day", On(4, 25)),
    ("australia day", On(1, 26)),
    ("tax day", On(4, 15)),
    ("ash wednesday", Easter(-46)),
    ("mardi gras", Easter(-47)),
    ("pancake day", Easter(-47)),
    ("palm sunday", Easter(-7)),
    ("maundy thursday", Easter(-3)),
    ("good friday", Easter(-2)),
    ("easter sunday", Easter(0)),
    ("easter monday", Easter(1)),
    ("easter", Easter(0)),
    ("ascension day", Easter(39)),
    ("pentecost", Easter(49)),
    ("whit monday", Easter(50)),
    ("martin luther king day", Nth(3, Weekday::Monday, 1)),
    ("mlk day", Nth(3, Weekday::Monday, 1)),
    ("presidents day", Nth(3, Weekday::Monday, 2)),
    ("memorial day", Nth(-1, Weekday::Monday, 5)),
    ("columbus day", Nth(2, Weekday::Monday, 10)),
    ("indigenous peoples day", Nth(2, Weekday::Monday, 10)),
    ("election day", Nth(1, Weekday::Monday, 11)),
    ("veterans day", On(11, 11)),
    ("remembrance day", On(11, 11)),
    ("canada day", On(7, 1)),
    ("victoria day", UpTo(Weekday::Monday, 5, 24)),
    ("cyber monday", Nth(4, Weekday::Thursday, 11)),
    ("black friday", Nth(4, Weekday::Thursday, 11)),
    ("thanksgiving day", Nth(4, Weekday::Thursday, 11)),
    ("thanksgiving", Nth(4, Weekday::Thursday, 11)),
    ("turkey day", Nth(4, Weekday::Thursday, 11)),
    ("fathers day", Nth(3, Weekday::Sunday, 6)),
    ("mothers day", Nth(2, Weekday::Sunday, 5)),
    ("mothering sunday", Easter(-21)),
    ("labor day", Nth(1, Weekday::Monday, 9)),
    ("labour day", Nth(1, Weekday::Monday, 9)),
    ("independence day", On(7, 4)),
    ("independance day", On(7, 4)),
    ("fourth of july", On(7, 4)),
];

/// Names that mean another day in some countries.
const ELSEWHERE: &[(&str, &[&str], When)] = &[
    ("thanksgiving", &["CA"], Nth(2, Weekday::Monday, 10)),
    ("thanksgiving day", &["CA"], Nth(2, Weekday::Monday, 10)),
    ("mothers day", &["GB", "IE"], Easter(-21)),
    ("mothers day", &["FR"], Nth(-1, Weekday::Sunday, 5)),
    ("mothers day", &["ES", "PT", "HU"], Nth(1, Weekday::Sunday, 5)),
    ("mothers day", &["MX"], On(5, 10)),
    ("mothers day", &["NO"], Nth(2, Weekday::Sunday, 2)),
    ("mothers day", &["SE"], Nth(-1, Weekday::Sunday, 5)),
    ("mothers day", &["PL"], On(5, 26)),
    ("fathers day", &["AU", "NZ"], Nth(1, Weekday::Sunday, 9)),
    ("fathers day", &["DE"], Easter(39)),
    ("fathers day", &["ES", "IT", "PT"], On(3, 19)),
    ("fathers day", &["DK"], On(6, 5)),
    ("fathers day", &["NO", "SE", "FI"], Nth(2, Weekday::Sunday, 11)),
    (
        "labor day",
        &["DE", "FR", "IT", "ES", "PT", "AT", "CH", "BE", "NL", "PL", "SE", "NO", "MX", "BR", "IN", "CN"],
        On(5, 1),
    ),
    (
        "labour day",
        &["DE", "FR", "IT", "ES", "PT", "AT", "CH", "BE", "NL", "PL", "SE", "NO", "MX", "BR", "IN", "CN", "GB"],
        On(5, 1),
    ),
    ("labour day", &["NZ"], Nth(4, Weekday::Monday, 10)),
    ("independence day", &["IN"], On(8, 15)),
    ("independence day", &["MX"], On(9, 16)),
    ("independence day", &["BR"], On(9, 7)),
    ("independence day", &["FI"], On(12, 6)),
    ("independence day", &["PL"], On(11, 11)),
    ("independence day", &["PH"], On(6, 12)),
    ("flag day", &["SE"], On(6, 6)),
    ("tax day", &["CA"], On(4, 30)),
];

/// So many years are looked through for a holiday on or after a day.
const YEARS_AHEAD: i16 = 2;

const LONGEST_NAME: usize = 24;

/// A holiday's next date, and the place behind its name.
pub(crate) fn holiday(r: &Reader, at: usize) -> Read<Day> {
    // "next thanksgiving" is the one to come.
    let at = if matches!(r.word(at), Word::Next | Word::This) { at + 1 } else { at };
    let (name, when, next) = find(r, at)?;
    // "christmas 2028"
    if let Some((year, next)) = month::year(r, next) {
        return Some((Day::fixed(in_year(name, when, year)?), next));
    }
    let today = r.here.today();
    let date = (today.year()..=today.year().saturating_add(YEARS_AHEAD))
        .filter_map(|year| in_year(name, when, year))
        .find(|date| *date >= today)?;
    Some((Day::rolling(date, Roll::Yearly), next))
}

/// The month and day of a holiday that has the same date each year, or its place among weekdays.
pub(crate) enum Yearly {
    On(i8, i8),
    Nth(i8, Weekday, i8),
}

/// How a holiday repeats, if a rule can say it.
pub(crate) fn yearly(r: &Reader, at: usize) -> Read<Yearly> {
    let (name, when, next) = find(r, at)?;
    match when {
        On(month, day) => Some((Yearly::On(month, day), next)),
        Nth(nth, weekday, month) if moved_by(name) == 0 => Some((Yearly::Nth(nth, weekday, month), next)),
        _ => None,
    }
}

fn find(r: &Reader, at: usize) -> Option<(&'static str, When, usize)> {
    let first = plain(r.said(at));
    let first = first.as_str();
    if first.is_empty() {
        return None;
    }
    NAMES
        .iter()
        .filter(|(name, _)| name.starts_with(first) && matches!(name.as_bytes().get(first.len()), None | Some(b' ')))
        .find_map(|(name, everywhere)| {
            let next = matches(r, at, name)?;
            // "may day" must not eat the day in "in may", nor "new year" the last word of "happy new year".
            let when = ELSEWHERE
                .iter()
                .find(|(other, countries, _)| other == name && countries.contains(&r.here.country.as_str()))
                .map_or(*everywhere, |(_, _, when)| *when);
            Some((*name, when, next))
        })
}

/// The place behind a name whose words stand at `at`, with or without apostrophes and dots.
fn matches(r: &Reader, at: usize, name: &str) -> Option<usize> {
    let mut next = at;
    for word in name.split(' ') {
        if plain(r.said(next)).as_str() != word {
            return None;
        }
        next = if word == "st" { r.skip_mark(next + 1, b'.') } else { next + 1 };
    }
    Some(next)
}

/// A word without apostrophes, on the stack.
struct Plain {
    bytes: [u8; LONGEST_NAME],
    len: usize,
}

impl Plain {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

fn plain(word: &str) -> Plain {
    let mut plain = Plain { bytes: [0; LONGEST_NAME], len: 0 };
    for byte in word.bytes().filter(u8::is_ascii_alphabetic) {
        if plain.len == LONGEST_NAME {
            return Plain { bytes: [0; LONGEST_NAME], len: 0 };
        }
        plain.bytes[plain.len] = byte;
        plain.len += 1;
    }
    plain
}

/// Days from the weekday that a name is counted by.
fn moved_by(name: &str) -> i64 {
    match name {
        "black friday" | "election day" => 1,
        "cyber monday" => 4,
        _ => 0,
    }
}

fn in_year(name: &str, when: When, year: i16) -> Option<Date> {
    match when {
        On(month, day) => Date::new(year, month, day).ok(),
        Nth(nth, weekday, month) => {
            let date = Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()?;
            date.checked_add(moved_by(name).days()).ok()
        }
        Easter(days) => easter(year)?.checked_add(days.days()).ok(),
        UpTo(weekday, month, day) => {
            let last = Date::new(year, month, day).ok()?;
            last.checked_sub(i64::from(last.weekday().since(weekday)).days()).ok()
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by the computation of Meeus, Jones and Butcher.
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (a, b, c) = (year_number % 19, year_number / 100, year_number % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_tables_say() {
        for (year, month, day) in
            [(2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (2285, 3, 22)]
        {
            assert_eq!(easter(year), Date::new(year, month, day).ok());
        }
    }
}
