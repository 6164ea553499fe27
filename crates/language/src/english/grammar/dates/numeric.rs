//! Dates in digits.

use crate::{
    country::Country,
    english::{
        grammar::{
            dates::{
                day::{Day, Grain, ParsedDay},
                month::in_year,
            },
            time_words::YEARS,
        },
        text::{
            reader::{Read, Reader},
            word::Word,
        },
    },
};
use jiff::civil::Date;

/// Reads a date in digits, without spaces: "3/14", "2027-03-14", "14.3.2027", "04/2016".
pub(crate) fn numeric(r: &Reader, at: usize) -> Read<ParsedDay> {
    let (a, a_digits) = digits(r, at)?;
    let Word::Mark(separator @ (b'/' | b'-' | b'.')) = r.word(at + 1) else { return None };
    let (b, b_digits) = r.is_adjacent(at + 1).then(|| digits(r, at + 2)).flatten().filter(|_| r.is_adjacent(at + 2))?;
    // Digits that are the rest of a longer number are not a date: "80-32-89-89".
    if at > 0
        && r.is_adjacent(at)
        && matches!(r.word(at - 1), Word::Mark(b'/' | b'-' | b'.' | b',' | b'$' | b'#') | Word::Other)
    {
        return None;
    }
    let third = (r.is_mark(at + 3, separator) && r.is_adjacent(at + 3) && r.is_adjacent(at + 4))
        .then(|| digits(r, at + 4))
        .flatten();
    let Some((c, c_digits)) = third else {
        return two_numbers(r, at, separator, (a, a_digits), (b, b_digits));
    };
    let next = at + 5;
    if matches!(r.word(next), Word::Mark(b'/' | b'-'))
        && r.is_adjacent(next)
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
        return Some((with_year(r, year(a, 4)?, month, day), next));
    }
    if a_digits > 2 || b_digits > 2 {
        return None;
    }
    // A dotted number with a short year may be a version or an IP address.
    if separator == b'.' && (c_digits != 4 && !r.sender.country.writes_day_first() || c_digits < 2) {
        return None;
    }
    let year = year(c, c_digits)?;
    let (month, day) = in_order(r.sender.country, separator, a, b);
    Some((with_year(r, year, month, day), next))
}

fn is_clock(r: &Reader, at: usize) -> bool {
    r.is_mark(at + 1, b':')
}

fn with_year(r: &Reader, year: i16, month: u32, day: u32) -> ParsedDay {
    i8::try_from(month).map_or(ParsedDay::NoSuchDay, |month| in_year(r, Some(year), month, day))
}

/// Returns month and day in the country's order, or in the other order if only that date exists.
fn in_order(country: Country, separator: u8, a: u32, b: u32) -> (u32, u32) {
    let day_first = country.writes_day_first() || separator == b'.' && a > 12;
    match (day_first, a, b) {
        (true, _, 13..) if a <= 12 => (a, b),
        (true, ..) => (b, a),
        (false, 13.., _) if b <= 12 => (b, a),
        (false, ..) => (a, b),
    }
}

/// Reads a date of two numbers: "3/14", "on 3-14", "14.3.", "04/2016".
fn two_numbers(
    r: &Reader,
    at: usize,
    separator: u8,
    (a, a_digits): (u32, u8),
    (b, b_digits): (u32, u8),
) -> Read<ParsedDay> {
    let next = at + 3;
    let preceded =
        matches!(r.word_before(at), Some(Word::On | Word::By | Word::Until | Word::Starting | Word::Mark(b'(')));
    if separator == b'/' && b_digits == 4 && YEARS.contains(&b) && (1..=12).contains(&a) {
        return Some((ParsedDay::Day(Day::coarse(Date::new(b as i16, a as i8, 1).ok()?, Grain::Month)), next));
    }
    // For instance "50/50" and "24/7".
    let no_date = a > 12 && b > 12 || a == 0 || b == 0 || (a, b) == (24, 7);
    if a_digits > 2 || b_digits > 2 || no_date {
        return None;
    }
    let goes_on = r.is_adjacent(next)
        && !matches!(r.word(next), Word::Mark(b',' | b'!' | b'?' | b')' | b':' | b';' | b'.' | b'-'));
    if goes_on || matches!(r.word(next), Word::Unit(_) | Word::Letters(_) | Word::Of | Word::Am | Word::Pm) {
        return None;
    }
    let by_clock = by_clear_clock(r, at, next);
    let likely = match separator {
        b'/' => {
            !is_fraction(r, at, next, a, b)
                && !matches!(r.spelling(next), "cup" | "cups" | "tsp" | "tbsp" | "inch" | "full" | "off" | "price")
        }
        b'.' => b_digits <= 2 && (by_clock || preceded && r.sender.country.writes_day_first() || dotted_end(r, next)),
        _ => preceded,
    };
    if !likely {
        return None;
    }
    let (month, day) = in_order(r.sender.country, separator, a, b);
    Some((i8::try_from(month).map_or(ParsedDay::NoSuchDay, |month| in_year(r, None, month, day)), next))
}

/// Whether a date ends in a dot that is not the end of the text, in a country that writes the day first: "14.3. at 8".
fn dotted_end(r: &Reader, next: usize) -> bool {
    r.sender.country.writes_day_first() && r.is_mark(next, b'.') && next + 1 < r.len()
}

/// Whether two numbers with a slash are a part of something: "take 1/2 pill".
fn is_fraction(r: &Reader, at: usize, next: usize, a: u32, b: u32) -> bool {
    let before = at.checked_sub(1).map_or("", |before| r.spelling(before));
    let consumes = matches!(
        before,
        "take"
            | "drink"
            | "eat"
            | "add"
            | "use"
            | "cut"
            | "buy"
            | "order"
            | "mix"
            | "give"
            | "run"
            | "walk"
            | "the"
            | "and"
    );
    matches!((a, b), (1, 2..=4 | 8) | (2, 3) | (3, 4 | 8)) && consumes && r.word(next) == Word::Other
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
