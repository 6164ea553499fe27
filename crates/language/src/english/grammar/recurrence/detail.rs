//! The days of the week, month or year on which a rule rings.

use crate::{
    english::{
        grammar::{
            dates::month,
            number,
            recurrence::{
                every::{self, Every},
                lists::{edge, nth_weekdays, number_list, plain_weekdays, positions},
                named, weekdays,
            },
        },
        text::{
            reader::{Read, Reader},
            word::{Unit, Word},
        },
    },
    rule::{Frequency, NthWeekday},
};
use jiff::civil::Weekday;

/// Whether a detail stands after "on", "at", "in" or "of". After such a preposition, more kinds of words are read as a
/// detail.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Led {
    ByPreposition,
    Not,
}

/// Reads the words after a rule that say on which days it rings. Returns the rule unchanged if there are no such words.
pub(crate) fn details(r: &Reader, every: Every, at: usize) -> (Every, usize) {
    detail(r, &every, at).unwrap_or((every, at))
}

fn detail(r: &Reader, every: &Every, at: usize) -> Read<Every> {
    let is_daily = every.pattern.frequency == Frequency::Daily && every.pattern.interval == 1;
    // "Every night but friday" stays at night.
    let on = |days| Every { part: every.part, ..every::every(days) };
    if is_daily && let Some((days, next)) = except(r, at) {
        return Some((on(days), next));
    }
    if is_daily && r.word(at) == Word::From && is_weekday(r, at + 1) {
        let (days, next) = weekdays::list(r, at + 1).filter(|(days, _)| days.len() > 1)?;
        return Some((on(days), next));
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
        Frequency::Daily if is_daily && led == Led::ByPreposition && is_weekday(r, start) => {
            let (days, next) = weekdays::list(r, start)?;
            Some((on(days), next))
        }
        Frequency::Daily | Frequency::Hourly | Frequency::Minutely => None,
    }
}

/// Reads "every day except sunday" as the other days of the week.
fn except(r: &Reader, at: usize) -> Read<Vec<Weekday>> {
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
    (!days.is_empty()).then_some((days, next))
}

fn is_weekday(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Weekday(..))
}

/// Reads the days of a weekly rule: "on tues", "on weekends", "on the 4th day", where Sunday is the first.
fn of_week(r: &Reader, every: &Every, at: usize, led: Led) -> Read<Every> {
    let mut found = every.clone();
    if (led == Led::ByPreposition || is_weekday(r, at))
        && let Some((days, next)) = weekdays::list(r, at)
    {
        found.pattern.weekdays = plain_weekdays(days);
        return Some((found, next));
    }
    let (day, next) = number::ordinal(r, r.skip(at, Word::The)).filter(|(day, _)| (1..=7).contains(day))?;
    if led == Led::Not || r.word(next) != Word::Unit(Unit::Day) {
        return None;
    }
    let weekday = Weekday::from_sunday_one_offset(day as i8).ok()?;
    found.pattern.weekdays = plain_weekdays(vec![weekday]);
    Some((found, next + 1))
}

/// Reads the weeks of the year in which a weekly rule holds: "every fri in week 12".
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

/// Reads positions among the weekdays of a month: "first and last instance of tue and fri".
fn instances(r: &Reader, at: usize) -> Read<(Vec<i8>, Vec<NthWeekday>)> {
    let (positions, next) = positions(r, at)?;
    if !matches!(r.spelling(next), "instance" | "instances") || r.word(next + 1) != Word::Of {
        return None;
    }
    let (days, next) = weekdays::list(r, next + 2)?;
    Some(((positions, plain_weekdays(days)), next))
}

/// Whether a number is a time of day and not a day: "every year at 9".
fn is_time(r: &Reader, at: usize) -> bool {
    r.word_before(at) == Some(Word::At)
        && matches!(r.word(at), Word::Number(..) | Word::Small(_))
        && r.word(at + 1) != Word::NthSuffix
}

/// Reads the days of a monthly rule: "on the 4th", "on the first friday", "at the end", "on fri", "on day 4".
fn of_month(r: &Reader, every: &Every, at: usize, led: Led) -> Read<Every> {
    let mut found = every.clone();
    let pattern = &mut found.pattern;
    let next = if let Some((days, next)) = nth_weekdays(r, at) {
        pattern.weekdays = days;
        next
    } else if let Some((day, next)) = edge(r, at) {
        pattern.month_days.push(day);
        next
    } else if led == Led::Not || is_time(r, at) {
        return None;
    } else if r.word(at) == Word::Unit(Unit::Day) {
        let (days, next) = number_list(r, at + 1, 31)?;
        pattern.month_days = days;
        next
    } else if let Some(((positions, weekdays), next)) = instances(r, at) {
        (pattern.positions, pattern.weekdays) = (positions, weekdays);
        next
    } else if let Some((days, next)) = positions(r, at) {
        pattern.month_days = days;
        r.skip(next, Word::Unit(Unit::Day))
    } else {
        let (days, next) = weekdays::list(r, at)?;
        pattern.weekdays = plain_weekdays(days);
        next
    };
    Some((found, next))
}

/// Reads the days of a yearly rule: "on december 25th", "on the fourth thursday in november", "on christmas", "in week
/// 12", "on the 100th day".
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
    if led == Led::Not || is_time(r, at) {
        return None;
    }
    if let Some((days, next)) = weekdays::list(r, the)
        && let Some(found) = in_weeks_of_year(r, &every::every(days), next)
    {
        return Some(with_interval(found));
    }
    if let Some(found) = named::on_holiday(r, the) {
        return Some(with_interval(found));
    }
    let mut found = every.clone();
    // The word before `at` is the preposition, because `led` is not `Not`.
    let next = if let Some((weeks, next)) = weeks_of_year(r, at - 1) {
        found.pattern.weeks = weeks;
        next
    } else if let Some((month, next)) = month::month(r, at) {
        (found.pattern.months, found.pattern.month_days) = (vec![month], vec![1]);
        next
    } else {
        let day_at = r.skip(the, Word::Unit(Unit::Day));
        let (day, next) = month::day_number(r, day_at).filter(|(day, _)| (1..=366).contains(day))?;
        found.pattern.year_days.push(day as i16);
        r.skip(next, Word::Unit(Unit::Day))
    };
    Some((found, next))
}
