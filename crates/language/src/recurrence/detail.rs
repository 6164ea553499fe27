//! Which days of the week, month or year a rule has.

use super::{Every, step, weekdays};
use crate::{
    date,
    holiday::{self, Yearly},
    lexicon::{Unit, Word},
    number,
    reader::{Read, Reader},
    rule::{Frequency, NthWeekday},
};
use jiff::civil::Weekday;

/// More days or months than this in a list are no list.
const LONGEST_LIST: usize = 12;

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
    let comma = r.skip_mark(at, b',');
    let preposition = matches!(r.word(comma), Word::On | Word::At | Word::In | Word::Of | Word::For);
    let start = if preposition { comma + 1 } else { comma };
    match every.pattern.frequency {
        Frequency::Weekly if every.pattern.weekdays.is_empty() => of_week(r, every, start, preposition),
        Frequency::Weekly => in_weeks_of_year(r, every, at),
        Frequency::Monthly => of_month(r, every, r.skip(start, Word::The), preposition),
        Frequency::Yearly => of_year(r, every, start, preposition),
        Frequency::Daily if every.pattern.interval == 1 && preposition && is_weekday(r, start) => {
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
        &["except", "except on", "except for", "excluding", "but not", "but not on", "besides", "apart from", "save"],
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

fn each(days: Vec<Weekday>) -> Vec<NthWeekday> {
    days.into_iter().map(|weekday| NthWeekday { nth: 0, weekday }).collect()
}

/// "on tues", "on weekends", "on the 4th day" (Sunday is the first).
fn of_week(r: &Reader, every: &Every, at: usize, preposition: bool) -> Read<Every> {
    let mut found = every.clone();
    if (preposition || is_weekday(r, at))
        && let Some((days, next)) = weekdays::list(r, at)
    {
        found.pattern.weekdays = each(days);
        return Some((found, next));
    }
    let (day, next) = number::ordinal(r, r.skip(at, Word::The)).filter(|(day, _)| (1..=7).contains(day))?;
    if !preposition || r.word(next) != Word::Unit(Unit::Day) {
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
fn list<T>(r: &Reader, at: usize, item: impl Fn(usize) -> Read<T>) -> Read<Vec<T>> {
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

fn number_list(r: &Reader, at: usize, most: u32) -> Read<Vec<i8>> {
    list(r, at, |at| {
        let (number, next) =
            date::day_number(r, r.skip(at, Word::The)).filter(|(number, _)| (1..=most).contains(number))?;
        let is_time = matches!(r.word(next), Word::Am | Word::Pm | Word::OClock | Word::Mark(b':'));
        (!is_time).then_some((number as i8, next))
    })
}

/// "the 4th", "the 4th and 10th", "the last", "the 2nd to the last".
fn places(r: &Reader, at: usize) -> Read<Vec<i8>> {
    list(r, at, |at| {
        let (place, next) = date::place(r, r.skip(at, Word::The)).filter(|(place, _)| (-31..=31).contains(place))?;
        Some((place as i8, next))
    })
}

/// "first and third friday and second tuesday", "2nd to the last fri".
fn nth_weekdays(r: &Reader, at: usize) -> Read<Vec<NthWeekday>> {
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
fn edge(r: &Reader, at: usize) -> Read<i8> {
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
fn of_month(r: &Reader, every: &Every, at: usize, preposition: bool) -> Read<Every> {
    let mut found = every.clone();
    let pattern = &mut found.pattern;
    let next = if let Some((days, next)) = nth_weekdays(r, at) {
        pattern.weekdays = days;
        next
    } else if let Some((day, next)) = edge(r, at) {
        pattern.month_days.push(day);
        next
    } else if !preposition {
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
fn of_year(r: &Reader, every: &Every, at: usize, preposition: bool) -> Read<Every> {
    let the = r.skip(at, Word::The);
    let with_interval = |(mut found, next): (Every, usize)| {
        found.pattern.interval = every.pattern.interval;
        (found, next)
    };
    if let Some((days, next)) = nth_weekdays(r, the)
        && matches!(r.word(next), Word::Of | Word::In)
        && let Some(found) = nth_weekdays_of(r, days, next + 1)
    {
        return Some(with_interval(found));
    }
    if let Some(found) = days_of_month(r, at) {
        return Some(with_interval(found));
    }
    if !preposition {
        return None;
    }
    if let Some((days, next)) = weekdays::list(r, the)
        && let Some(found) = in_weeks_of_year(r, &weekdays::every(days), next)
    {
        return Some(with_interval(found));
    }
    if let Some(found) = on_holiday(r, the) {
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

fn on_holiday(r: &Reader, at: usize) -> Read<Every> {
    let (when, next) = holiday::yearly(r, at)?;
    let mut found = Every::new(1, Frequency::Yearly);
    match when {
        Yearly::On(month, day) => (found.pattern.months, found.pattern.month_days) = (vec![month], vec![day]),
        Yearly::Nth(nth, weekday, month) => {
            (found.pattern.months, found.pattern.weekdays) = (vec![month], vec![NthWeekday { nth, weekday }]);
        }
    }
    Some((found, next))
}

/// "july 4th", "aug 20 and 30", "aug on day 20", "20th and 30th of aug", "december 21st and 31st".
fn days_of_month(r: &Reader, at: usize) -> Read<Every> {
    let (month, days, next) = if let Some((month, next)) = date::month(r, at) {
        let on = r.skip(r.skip(next, Word::On), Word::The);
        let (days, next) = number_list(r, r.skip(on, Word::Unit(Unit::Day)), 31)?;
        (month, days, next)
    } else {
        let (days, next) = number_list(r, r.skip(at, Word::The), 31)?;
        let (month, next) = date::month(r, r.skip(next, Word::Of))?;
        (month, days, next)
    };
    let mut found = Every::new(1, Frequency::Yearly);
    (found.pattern.months, found.pattern.month_days) = (vec![month], days);
    Some((found, next))
}

/// What follows "every" and names dates rather than units: "july 4th", "4th and 10th of the month", "first friday of
/// the month", "fourth thursday in november", "christmas", "january".
pub(super) fn dated(r: &Reader, at: usize) -> Read<Every> {
    let the = r.skip(at, Word::The);
    if let Some(found) = working_day_of_month(r, the) {
        return Some(found);
    }
    if let Some((days, next)) = nth_weekdays(r, the) {
        if matches!(r.word(next), Word::Of | Word::In)
            && let Some(found) = nth_weekdays_of(r, days.clone(), next + 1)
        {
            return Some(found);
        }
        // "every first friday" and "every last friday" are a month's; "every 2nd friday" counts weeks.
        let of_month = days.len() > 1 || matches!(days.as_slice(), [NthWeekday { nth: 1 | ..=-1, .. }]);
        let mut found = Every::new(1, Frequency::Monthly);
        found.pattern.weekdays = days;
        return of_month.then_some((found, next));
    }
    days_of_month(r, at).or_else(|| on_holiday(r, at)).or_else(|| months(r, at)).or_else(|| days_of_every_month(r, the))
}

/// "january", "january and july": their first day.
fn months(r: &Reader, at: usize) -> Read<Every> {
    let (months, next) = list(r, at, |at| date::month(r, at))?;
    let mut found = Every::new(1, Frequency::Yearly);
    (found.pattern.months, found.pattern.month_days) = (months, vec![1]);
    Some((found, next))
}

/// "4th and 10th of the month", "15th".
fn days_of_every_month(r: &Reader, at: usize) -> Read<Every> {
    let (days, next) = places(r, at)?;
    let next = r.skip(next, Word::Unit(Unit::Day));
    let mut found = Every::new(1, Frequency::Monthly);
    let in_digits = matches!(r.word(at), Word::Number(..));
    found.pattern.month_days = days;
    if matches!(r.word(next), Word::Of | Word::In) {
        let month = r.skip(r.skip(next + 1, Word::The), Word::Every);
        return (r.word(month) == Word::Unit(Unit::Month)).then_some((found, month + 1));
    }
    // "every 15th" can only be a day of the month; "every 15th customer" is a step.
    let counts = matches!(
        r.word(next),
        Word::Unit(_)
            | Word::Weekday(..)
            | Word::Quarter
            | Word::Weekend
            | Word::WorkingDay
            | Word::Part(_)
            | Word::Letters(_)
            | Word::Month(..)
            | Word::Half
    );
    (!counts && in_digits && r.word(next.wrapping_sub(1)) != Word::Unit(Unit::Day)).then_some((found, next))
}

/// "last weekday of every month", "first business day of each month".
fn working_day_of_month(r: &Reader, at: usize) -> Read<Every> {
    let (place, next) = date::place(r, at).filter(|(place, _)| (-5..=23).contains(place))?;
    let next = working_day(r, next)?;
    if !matches!(r.word(next), Word::Of | Word::In) {
        return None;
    }
    let the = r.skip(next + 1, Word::The);
    let (step, unit_at) = step(r, r.skip(the, Word::Every));
    let mut found = Every::new(u32::try_from(step / 1000).ok()?.max(1), Frequency::Monthly);
    found.pattern.weekdays = each(weekdays::working());
    found.pattern.positions = vec![place as i8];
    (r.word(unit_at) == Word::Unit(Unit::Month)).then_some((found, unit_at + 1))
}

fn working_day(r: &Reader, at: usize) -> Option<usize> {
    match r.word(at) {
        Word::WorkingDay => Some(at + 1),
        _ => r.says_one_of(at, &["business day", "working day", "work day", "week day"]),
    }
}

/// What follows "first friday of": "the month", "every other month", "november", "the year".
fn nth_weekdays_of(r: &Reader, days: Vec<NthWeekday>, at: usize) -> Read<Every> {
    let start = r.skip(at, Word::The);
    let mut found = Every::new(1, Frequency::Yearly);
    found.pattern.weekdays = days;
    if let Some((month, next)) = date::month(r, r.skip(start, Word::Every)) {
        found.pattern.months.push(month);
        return Some((found, next));
    }
    let (step, unit_at) = step(r, r.skip(start, Word::Every));
    found.pattern.interval = u32::try_from(step / 1000).ok()?.max(1);
    match r.word(unit_at) {
        Word::Unit(Unit::Month) => found.pattern.frequency = Frequency::Monthly,
        Word::Unit(Unit::Year) => {}
        _ => return None,
    }
    Some((found, unit_at + 1))
}

/// "4th of every month", "first and third friday of each month", "end of each month", "31st of every year".
pub(super) fn of_every(r: &Reader, at: usize) -> Read<Every> {
    let the = r.skip(at, Word::The);
    if let Some(found) = working_day_of_month(r, the) {
        return Some(found);
    }
    let begins = matches!(
        r.word(the),
        Word::Last
            | Word::Nth(_)
            | Word::Second
            | Word::Number(..)
            | Word::Small(20..)
            | Word::Beginning
            | Word::End
            | Word::Middle
    );
    if !begins {
        return None;
    }
    if let Some((days, next)) = nth_weekdays(r, the) {
        let of_every = matches!(r.word(next), Word::Of | Word::In) && r.word(next + 1) == Word::Every;
        if of_every {
            return nth_weekdays_of(r, days, next + 1);
        }
        // "first and third friday" can only be every month's.
        let mut found = Every::new(1, Frequency::Monthly);
        found.pattern.weekdays = days;
        let of_a_month = matches!(r.word(next), Word::Of | Word::In);
        return (found.pattern.weekdays.len() > 1 && !of_a_month).then_some((found, next));
    }
    let (days, next) = edge(r, the).map(|(day, next)| (vec![day], next)).or_else(|| places(r, the))?;
    let next = r.skip(next, Word::Unit(Unit::Day));
    let next = if matches!(r.word(next), Word::Of | Word::In | Word::Mark(b',')) { next + 1 } else { next };
    if r.word(next) != Word::Every {
        return None;
    }
    let (step, unit_at) = step(r, next + 1);
    let mut found = Every::new(u32::try_from(step / 1000).ok()?.max(1), Frequency::Monthly);
    match r.word(unit_at) {
        Word::Unit(Unit::Month) => found.pattern.month_days = days,
        Word::Unit(Unit::Year) => {
            found.pattern.frequency = Frequency::Yearly;
            found.pattern.year_days = days.into_iter().map(i16::from).collect();
        }
        _ => return None,
    }
    Some((found, unit_at + 1))
}
