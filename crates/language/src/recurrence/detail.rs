//! Which days of the week, month or year a rule has.

use super::{Every, named, weekdays};
use crate::{
    date,
    lexicon::{Unit, Word},
    number,
    reader::{Read, Reader},
    rule::{Frequency, NthWeekday},
};
use jiff::civil::Weekday;

/// More days or months than this in a list are no list.
const LONGEST_LIST: usize = 12;

/// Whether a detail stands behind "on", "at", "in" or "of", which lets more be one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Led {
    ByPreposition,
    Not,
}

/// What follows a rule of weeks, months or years to say which days are meant.
pub(super) fn details(r: &Reader, every: Every, at: usize) -> (Every, usize) {
    detail(r, &every, at).unwrap_or((every, at))
}

fn detail(r: &Reader, every: &Every, at: usize) -> Read<Every> {
    if every.pattern.frequency == Frequency::Daily
        && every.pattern.interval == 1
        && let Some(found) = except(r, at)
    {
        return Some(found);
    }
    if every.pattern.frequency == Frequency::Daily && r.word(at) == Word::From && is_weekday(r, at + 1) {
        let (days, next) = weekdays::list(r, at + 1).filter(|(days, _)| days.len() > 1)?;
        return Some((weekdays::every(days), next));
    }
    if let Some(next) =
        r.says_one_of(at, &["on this day", "on this date", "on that day", "on the same day", "on the same date"])
    {
        return Some((every.clone(), next));
    }
    let comma = r.skip_mark(at, b',');
    let led = match r.word(comma) {
        Word::On | Word::At | Word::In | Word::Of => Led::ByPreposition,
        _ => Led::Not,
    };
    let start = if led == Led::ByPreposition { comma + 1 } else { comma };
    match every.pattern.frequency {
        Frequency::Weekly if every.pattern.weekdays.is_empty() => of_week(r, every, start, led),
        Frequency::Weekly => in_weeks_of_year(r, every, at),
        Frequency::Monthly => of_month(r, every, r.skip(start, Word::The), led),
        Frequency::Yearly => of_year(r, every, start, led),
        Frequency::Daily if every.pattern.interval == 1 && led == Led::ByPreposition && is_weekday(r, start) => {
            let (days, next) = weekdays::list(r, start)?;
            Some((weekdays::every(days), next))
        }
        Frequency::Daily | Frequency::Hourly | Frequency::Minutely => None,
    }
}

/// "every day except sunday": the other days of the week.
fn except(r: &Reader, at: usize) -> Read<Every> {
    let next = r.says_one_of(
        at,
        &[
            "except",
            "but",
            "except on",
            "except for",
            "excluding",
            "but not",
            "but not on",
            "besides",
            "apart from",
            "save",
        ],
    )?;
    let (without, next) = weekdays::list(r, next)?;
    let mut day = Weekday::Monday;
    let mut days = Vec::with_capacity(6);
    for _ in 0..7 {
        if !without.contains(&day) {
            days.push(day);
        }
        day = day.next();
    }
    (!days.is_empty()).then(|| (weekdays::every(days), next))
}

fn is_weekday(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Weekday(..))
}

pub(super) fn each(days: Vec<Weekday>) -> Vec<NthWeekday> {
    days.into_iter().map(|weekday| NthWeekday { nth: 0, weekday }).collect()
}

/// "on tues", "on weekends", "on the 4th day" (Sunday is the first).
fn of_week(r: &Reader, every: &Every, at: usize, led: Led) -> Read<Every> {
    let mut found = every.clone();
    if (led == Led::ByPreposition || is_weekday(r, at))
        && let Some((days, next)) = weekdays::list(r, at)
    {
        found.pattern.weekdays = each(days);
        return Some((found, next));
    }
    let (day, next) = number::ordinal(r, r.skip(at, Word::The)).filter(|(day, _)| (1..=7).contains(day))?;
    if led == Led::Not || r.word(next) != Word::Unit(Unit::Day) {
        return None;
    }
    let weekday = Weekday::from_sunday_one_offset(day as i8).ok()?;
    found.pattern.weekdays = each(vec![weekday]);
    Some((found, next + 1))
}

/// "every fri in week 12": of the year.
fn in_weeks_of_year(r: &Reader, every: &Every, at: usize) -> Read<Every> {
    let (weeks, next) = weeks_of_year(r, at)?;
    let mut found = Every::new(every.pattern.interval, Frequency::Yearly);
    found.pattern.weekdays.clone_from(&every.pattern.weekdays);
    found.pattern.weeks = weeks;
    Some((found, next))
}

fn weeks_of_year(r: &Reader, at: usize) -> Read<Vec<i8>> {
    if r.word(at) != Word::In || r.word(at + 1) != Word::Unit(Unit::Week) {
        return None;
    }
    number_list(r, at + 2, 53)
}

/// Items joined by commas and "and".
pub(super) fn list<T>(r: &Reader, at: usize, item: impl Fn(usize) -> Read<T>) -> Read<Vec<T>> {
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

pub(super) fn number_list(r: &Reader, at: usize, most: u32) -> Read<Vec<i8>> {
    list(r, at, |at| {
        let (number, next) =
            date::day_number(r, r.skip(at, Word::The)).filter(|(number, _)| (1..=most).contains(number))?;
        let is_time = matches!(r.word(next), Word::Am | Word::Pm | Word::OClock | Word::Mark(b':'));
        (!is_time).then_some((number as i8, next))
    })
}

/// "the 4th", "the 4th and 10th", "the last", "the 2nd to the last".
pub(super) fn places(r: &Reader, at: usize) -> Read<Vec<i8>> {
    list(r, at, |at| {
        let (place, next) = date::place(r, r.skip(at, Word::The)).filter(|(place, _)| (-31..=31).contains(place))?;
        Some((place as i8, next))
    })
}

/// "first and third friday and second tuesday", "2nd to the last fri".
pub(super) fn nth_weekdays(r: &Reader, at: usize) -> Read<Vec<NthWeekday>> {
    let (groups, next) = list(r, at, |at| {
        let (places, next) = places(r, at)?;
        let Word::Weekday(weekday, _) = r.word(next) else { return None };
        let dotted = r.is_mark(next + 1, b'.') && matches!(r.word(next + 2), Word::Of | Word::In);
        let days: Vec<NthWeekday> = places.into_iter().map(|nth| NthWeekday { nth, weekday }).collect();
        Some((days, if dotted { next + 2 } else { next + 1 }))
    })?;
    Some((groups.concat(), next))
}

/// "first and last instance of tue and fri": which of a month's dates, and of which weekdays.
fn instances(r: &Reader, at: usize) -> Read<(Vec<i8>, Vec<NthWeekday>)> {
    let (places, next) = places(r, at)?;
    if !matches!(r.said(next), "instance" | "instances") || r.word(next + 1) != Word::Of {
        return None;
    }
    let (days, next) = weekdays::list(r, next + 2)?;
    Some(((places, each(days)), next))
}

/// "the beginning", "the end", "the last day", "the 1st day", as a day of the month.
pub(super) fn edge(r: &Reader, at: usize) -> Read<i8> {
    let start = r.skip(at, Word::The);
    match r.word(start) {
        Word::Beginning => Some((1, start + 1)),
        Word::End => Some((-1, start + 1)),
        Word::Middle => Some((15, start + 1)),
        _ => {
            let (day, next) = date::place(r, start).filter(|(day, _)| (-31..=31).contains(day))?;
            (r.word(next) == Word::Unit(Unit::Day)).then_some((day as i8, next + 1))
        }
    }
}

/// "on the 4th", "on the first friday", "at the end", "on fri", "on day 4".
fn of_month(r: &Reader, every: &Every, at: usize, led: Led) -> Read<Every> {
    let mut found = every.clone();
    let pattern = &mut found.pattern;
    let next = if let Some((days, next)) = nth_weekdays(r, at) {
        pattern.weekdays = days;
        next
    } else if let Some((day, next)) = edge(r, at) {
        pattern.month_days.push(day);
        next
    } else if led == Led::Not {
        return None;
    } else if r.word(at) == Word::Unit(Unit::Day) {
        let (days, next) = number_list(r, at + 1, 31)?;
        pattern.month_days = days;
        next
    } else if let Some(((positions, weekdays), next)) = instances(r, at) {
        (pattern.positions, pattern.weekdays) = (positions, weekdays);
        next
    } else if let Some((days, next)) = places(r, at) {
        pattern.month_days = days;
        r.skip(next, Word::Unit(Unit::Day))
    } else {
        let (days, next) = weekdays::list(r, at)?;
        pattern.weekdays = each(days);
        next
    };
    Some((found, next))
}

/// "on december 25th", "on the fourth thursday in november", "on christmas", "in week 12", "on the 31st".
fn of_year(r: &Reader, every: &Every, at: usize, led: Led) -> Read<Every> {
    let the = r.skip(at, Word::The);
    let with_interval = |(mut found, next): (Every, usize)| {
        found.pattern.interval = every.pattern.interval;
        (found, next)
    };
    if let Some((days, next)) = nth_weekdays(r, the)
        && matches!(r.word(next), Word::Of | Word::In)
        && let Some(found) = named::nth_weekdays_of(r, days, next + 1)
    {
        return Some(with_interval(found));
    }
    if let Some(found) = named::days_of_month(r, at) {
        return Some(with_interval(found));
    }
    if let Some((days, next)) = nth_weekdays(r, the) {
        let mut found = every.clone();
        found.pattern.weekdays = days;
        return Some((found, next));
    }
    if led == Led::Not {
        return None;
    }
    if let Some((days, next)) = weekdays::list(r, the)
        && let Some(found) = in_weeks_of_year(r, &weekdays::every(days), next)
    {
        return Some(with_interval(found));
    }
    if let Some(found) = named::on_holiday(r, the) {
        return Some(with_interval(found));
    }
    let mut found = every.clone();
    let next = if let Some((weeks, next)) = weeks_of_year(r, at - 1) {
        found.pattern.weeks = weeks;
        next
    } else if let Some((month, next)) = date::month(r, at) {
        (found.pattern.months, found.pattern.month_days) = (vec![month], vec![1]);
        next
    } else {
        let day_at = r.skip(the, Word::Unit(Unit::Day));
        let (day, next) = date::day_number(r, day_at).filter(|(day, _)| (1..=366).contains(day))?;
        found.pattern.year_days.push(day as i16);
        r.skip(next, Word::Unit(Unit::Day))
    };
    Some((found, next))
}
