//! Rules by their dates: "every july 4th", "the first friday of every month".

use crate::{
    english::{
        grammar::{
            dates::{
                day::{IfPast, ParsedDay},
                holiday, month, nth, numeric,
            },
            recurrence::{
                every::{self, Dates, Every},
                lists::{edge, list, nth_weekdays, number_list, plain_weekdays, positions},
                step::step,
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

/// Reads a holiday. Easter and the days that depend on it are named by no rule, so the text gets a question.
pub(crate) fn on_holiday(r: &Reader, at: usize) -> Read<Every> {
    let (date, next) = holiday::find(r, at)?;
    let mut found = Every::new(1, Frequency::Yearly);
    match date.yearly() {
        Some(yearly) => yearly.add_to(&mut found.pattern),
        None => found.dates = Dates::InNoRule,
    }
    Some((found, next))
}

/// Reads days of one month: "july 4th", "aug 20 and 30", "aug on day 20", "20th and 30th of aug".
pub(crate) fn days_of_month(r: &Reader, at: usize) -> Read<Every> {
    let (month, days, next) = if let Some((month, next)) = month::month(r, at) {
        let on = r.skip(r.skip(next, Word::On), Word::The);
        let (days, next) = number_list(r, r.skip(on, Word::Unit(Unit::Day)), 31)?;
        (month, days, next)
    } else {
        let (days, next) = number_list(r, r.skip(at, Word::The), 31)?;
        let (month, next) = month::month(r, r.skip(next, Word::Of))?;
        (month, days, next)
    };
    let mut found = Every::new(1, Frequency::Yearly);
    (found.pattern.months, found.pattern.month_days) = (vec![month], days);
    Some((found, next))
}

/// Reads the words after "every" if they name dates rather than units: "july 4th", "4th and 10th of the month", "first
/// friday of the month", "fourth thursday in november", "christmas", "january".
pub(crate) fn dated(r: &Reader, at: usize) -> Read<Every> {
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
        // "every first friday" and "every last friday" are monthly; "every 2nd friday" counts weeks.
        let of_month = days.len() > 1 || matches!(days.as_slice(), [NthWeekday { nth: 1 | ..=-1, .. }]);
        let mut found = Every::new(1, Frequency::Monthly);
        found.pattern.weekdays = days;
        return of_month.then_some((found, next));
    }
    days_of_month(r, at)
        .or_else(|| date_in_digits(r, at))
        .or_else(|| on_holiday(r, at))
        .or_else(|| months(r, at))
        .or_else(|| days_of_every_month(r, the))
}

/// Reads a date in digits: "12/24".
fn date_in_digits(r: &Reader, at: usize) -> Read<Every> {
    let (ParsedDay::Day(day), next) = numeric::numeric(r, at)? else { return None };
    let mut found = Every::new(1, Frequency::Yearly);
    (found.pattern.months, found.pattern.month_days) = (vec![day.date.month()], vec![day.date.day()]);
    (day.if_past == IfPast::Yearly).then_some((found, next))
}

/// Reads months without a day as their first day: "january", "january and july".
fn months(r: &Reader, at: usize) -> Read<Every> {
    let (months, next) = list(r, at, |at| month::month(r, at))?;
    let mut found = Every::new(1, Frequency::Yearly);
    (found.pattern.months, found.pattern.month_days) = (months, vec![1]);
    Some((found, next))
}

/// Reads days of every month: "4th and 10th of the month", "15th".
fn days_of_every_month(r: &Reader, at: usize) -> Read<Every> {
    let (days, next) = positions(r, at)?;
    let next = r.skip(next, Word::Unit(Unit::Day));
    let mut found = Every::new(1, Frequency::Monthly);
    let in_digits = matches!(r.word(at), Word::Number(..));
    found.pattern.month_days = days;
    if matches!(r.word(next), Word::Of | Word::In) {
        let month = r.skip(r.skip(next + 1, Word::The), Word::Every);
        return (r.word(month) == Word::Unit(Unit::Month)).then_some((found, month + 1));
    }
    // "every 15th" can only be a day of the month; "every 15th customer" counts customers.
    let counts = matches!(
        r.word(next),
        Word::Unit(_)
            | Word::Weekday(..)
            | Word::Quarter
            | Word::Weekend
            | Word::WorkingDay
            | Word::DayPart(_)
            | Word::Letters(_)
            | Word::Month(..)
            | Word::Half
    );
    (!counts && in_digits && r.word(next.wrapping_sub(1)) != Word::Unit(Unit::Day)).then_some((found, next))
}

/// Reads a working day or weekend by its position in a month: "last weekday of every month", "first business day of
/// each month".
fn working_day_of_month(r: &Reader, at: usize) -> Read<Every> {
    let (place, next) = nth::position(r, at).filter(|(place, _)| (-5..=23).contains(place))?;
    let weekend = r.word(next) == Word::Weekend;
    let next = if weekend { next + 1 } else { working_day(r, next)? };
    if !matches!(r.word(next), Word::Of | Word::In) {
        return None;
    }
    let the = r.skip(next + 1, Word::The);
    let (step, unit_at) = step(r, r.skip(the, Word::Every));
    let mut found = Every::new(u32::try_from(step / 1000).ok()?.max(1), Frequency::Monthly);
    if weekend {
        found.pattern.weekdays = vec![NthWeekday { nth: place as i8, weekday: Weekday::Saturday }];
    } else {
        found.pattern.weekdays = plain_weekdays(every::working());
        found.pattern.positions = vec![place as i8];
    }
    (r.word(unit_at) == Word::Unit(Unit::Month)).then_some((found, unit_at + 1))
}

fn working_day(r: &Reader, at: usize) -> Option<usize> {
    match r.word(at) {
        Word::WorkingDay => Some(at + 1),
        _ => r.says_one_of(at, &["business day", "working day", "work day", "week day"]),
    }
}

/// Reads the words after "first friday of": "the month", "every other month", "november", "the year".
pub(crate) fn nth_weekdays_of(r: &Reader, days: Vec<NthWeekday>, at: usize) -> Read<Every> {
    let start = r.skip(at, Word::The);
    let mut found = Every::new(1, Frequency::Yearly);
    found.pattern.weekdays = days;
    if let Some((month, next)) = month::month(r, r.skip(start, Word::Every)) {
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

/// Reads a rule that names its period last: "4th of every month", "first and third friday of each month", "end of each
/// month", "31st of every year". Also reads "first and third friday" without a period.
pub(crate) fn of_every(r: &Reader, at: usize) -> Read<Every> {
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
        // "first and third friday" can only be monthly.
        let mut found = Every::new(1, Frequency::Monthly);
        found.pattern.weekdays = days;
        let of_a_month = matches!(r.word(next), Word::Of | Word::In);
        return (found.pattern.weekdays.len() > 1 && !of_a_month).then_some((found, next));
    }
    let (days, next) = edge(r, the).map(|(day, next)| (vec![day], next)).or_else(|| positions(r, the))?;
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
