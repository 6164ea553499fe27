//! Lists of days within a week, month or year.

use crate::{
    english::{
        grammar::dates::{month, nth},
        text::{
            reader::{Read, Reader},
            word::{Unit, Word},
        },
    },
    rule::NthWeekday,
};
use jiff::civil::Weekday;

/// Maximum number of items in a list.
const LONGEST_LIST: usize = 12;

pub(crate) fn plain_weekdays(days: Vec<Weekday>) -> Vec<NthWeekday> {
    days.into_iter().map(|weekday| NthWeekday { nth: 0, weekday }).collect()
}

/// Reads items that are joined by commas, "and" or "&".
pub(crate) fn list<T>(r: &Reader, at: usize, item: impl Fn(usize) -> Read<T>) -> Read<Vec<T>> {
    let mut items = Vec::new();
    let mut at = at;
    loop {
        let (value, next) = item(at)?;
        items.push(value);
        let joined = r.skip_mark(r.skip(r.skip_mark(next, b','), Word::And), b'&');
        if joined == next || items.len() == LONGEST_LIST || item(joined).is_none() {
            return Some((items, next));
        }
        at = joined;
    }
}

pub(crate) fn number_list(r: &Reader, at: usize, most: u32) -> Read<Vec<i8>> {
    list(r, at, |at| {
        let (number, next) =
            month::day_number(r, r.skip(at, Word::The)).filter(|(number, _)| (1..=most).contains(number))?;
        let is_time = matches!(r.word(next), Word::Am | Word::Pm | Word::OClock | Word::Mark(b':'));
        (!is_time).then_some((number as i8, next))
    })
}

/// Reads a list of positions: "the 4th", "the 4th and 10th", "the last", "the 2nd to the last".
pub(crate) fn positions(r: &Reader, at: usize) -> Read<Vec<i8>> {
    list(r, at, |at| {
        let (place, next) = nth::position(r, r.skip(at, Word::The)).filter(|(place, _)| (-31..=31).contains(place))?;
        Some((place as i8, next))
    })
}

/// Reads a list of weekdays by position: "first and third friday and second tuesday", "2nd to the last fri".
pub(crate) fn nth_weekdays(r: &Reader, at: usize) -> Read<Vec<NthWeekday>> {
    let (groups, next) = list(r, at, |at| {
        let (positions, next) = positions(r, at)?;
        let Word::Weekday(weekday, _) = r.word(next) else { return None };
        let dotted = r.is_mark(next + 1, b'.') && matches!(r.word(next + 2), Word::Of | Word::In);
        let days: Vec<NthWeekday> = positions.into_iter().map(|nth| NthWeekday { nth, weekday }).collect();
        Some((days, if dotted { next + 2 } else { next + 1 }))
    })?;
    Some((groups.concat(), next))
}

/// Reads one day of a period: "the beginning", "the middle" (the 15th), "the end", "the last day", "the 1st day".
pub(crate) fn edge(r: &Reader, at: usize) -> Read<i8> {
    let start = r.skip(at, Word::The);
    match r.word(start) {
        Word::Beginning => Some((1, start + 1)),
        Word::End => Some((-1, start + 1)),
        Word::Middle => Some((15, start + 1)),
        _ => {
            let (day, next) = nth::position(r, start).filter(|(day, _)| (-31..=31).contains(day))?;
            (r.word(next) == Word::Unit(Unit::Day)).then_some((day as i8, next + 1))
        }
    }
}
