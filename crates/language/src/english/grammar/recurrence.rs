//! How often a reminder repeats.
//!
//! ```text
//! every    = ("every"|"each") [step] subject [detail] | (periodic | plurals | counted) [detail] | of-every
//! step     = "other" | "alternate" | "single" | ordinal | count
//! subject  = unit | weekdays | "weekday" | "weekend" | ("business"|"working"|"work") "day" | part
//!          | month-days | nth-days | holiday
//! periodic = "daily" | "weekly" | "monthly" | …
//! plurals  = weekdays in the plural | weekday ("-"|symbol|"to"|"through"|"until") weekday | "weekdays"
//!          | "weekends"
//! counted  = ("once"|"twice"|number "times") ("a"|"per"|"each"|"every") unit | number "days a week"
//! of-every = (nth-days | ordinals | edge) "of" ("every"|"each") [step] ("month"|"year")
//! detail   = except weekdays | "from" weekdays | "on this day" | "on the same date" | …
//!          | [","] ["on"|"at"|"in"|"of"] ["the"] (weekdays ["in week" numbers] | ordinals ["day"] | "day" numbers
//!          | nth-days [("of"|"in") months] | ordinals ("instance"|"instances") "of" weekdays | edge | month-days
//!          | month | "week" numbers | holiday)
//! except   = "except" ["on"|"for"] | "but" ["not" ["on"]] | "excluding" | "besides" | "apart from" | "save"
//! ```
//!
//! As a detail, `except` and "from" follow only a rule of every day. After other rules,
//! [`super::exception`] reads exceptions. A month alone means its first day.

pub(crate) mod counted;
pub(crate) mod detail;
pub(crate) mod every;
pub(crate) mod lists;
pub(crate) mod named;
pub(crate) mod step;
pub(crate) mod weekdays;
pub(crate) mod without;

use crate::{
    english::{
        grammar::{amount, day_part, recurrence::every::Every},
        text::{
            reader::{Read, Reader},
            word::{DayPart, Unit, Word},
        },
    },
    rule::Frequency,
};

/// Reads how often a reminder repeats, with all details that follow.
pub(crate) fn every(r: &Reader, at: usize) -> Read<Every> {
    let (every, next) = frequency(r, at)?;
    Some(with_part(r, every, next))
}

fn frequency(r: &Reader, at: usize) -> Read<Every> {
    match r.word(at) {
        // For instance "each and every day".
        Word::Every if r.word(at + 1) == Word::And && r.word(at + 2) == Word::Every => stepped(r, at + 3),
        Word::Every if r.word(at + 1) == Word::Of => counted::next_few(r, at + 2),
        Word::Every => stepped(r, at + 1),
        Word::DayPart(part) if weekdays::is_plural_part(r, at) && counted::may_repeat(r, at) => {
            Some((Every { part: Some(part), ..Every::new(1, Frequency::Daily) }, at + 1))
        }
        Word::Next | Word::The => counted::next_few(r, at).or_else(|| named::of_every(r, at)),
        Word::Everyday => Some((Every::new(1, Frequency::Daily), at + 1)),
        // "my weekly report" is a task.
        Word::Periodic(..)
            if at > 0
                && matches!(r.spelling(at - 1), "the" | "my" | "our" | "your" | "his" | "her" | "their" | "this")
                && r.word(at + 1) == Word::Other =>
        {
            None
        }
        Word::Periodic(count, unit) => {
            // For instance "weekly every friday".
            if r.word(at + 1) == Word::Every
                && let Some(found) = stepped(r, at + 2)
            {
                return Some(found);
            }
            let every = Every::units(i64::from(count) * 1000, unit)?;
            let part = (r.spelling(at) == "nightly").then_some(DayPart::Night);
            let (every, next) = detail::details(r, Every { part, ..every }, at + 1);
            Some((every, next))
        }
        Word::Once | Word::Twice | Word::Thrice => counted::counted(r, at),
        Word::Number(..) | Word::Small(_) => counted::counted(r, at).or_else(|| named::of_every(r, at)),
        Word::Alternate => stepped(r, at),
        Word::Other if matches!(r.spelling(at), "bi" | "semi") => counted::prefixed(r, at),
        Word::Other if matches!(r.spelling(at), "weeknights" | "weeknight") => {
            let every = every::every(every::working());
            Some((Every { part: Some(DayPart::Evening), ..every }, at + 1))
        }
        Word::Other if matches!(r.spelling(at), "ev" | "evry" | "alternately") && stepped(r, at + 1).is_some() => {
            stepped(r, at + 1)
        }
        _ => weekdays::plural(r, at)
            .map(|(days, next)| detail::details(r, every::every(days), next))
            .or_else(|| named::of_every(r, at)),
    }
}

/// Reads the words after "every": a step and a subject, such as "other" and "friday".
fn stepped(r: &Reader, at: usize) -> Read<Every> {
    if let Some(found) = named::dated(r, at) {
        return Some(found);
    }
    let (step, next) = step::step(r, at);
    if step == 0 {
        return None;
    }
    let and_a_half = r.word(next) == Word::Unit(Unit::Hour) && r.says(next + 1, "and a half").is_some();
    if step % 1000 == 0
        && !and_a_half
        && let Some((every, next)) = subject(r, next, u32::try_from(step / 1000).ok()?.max(1))
    {
        return Some(detail::details(r, every, next));
    }
    let (amount, behind) = amount::amount(r, at).filter(|(amount, _)| amount.parts == 1)?;
    let minutes = amount.seconds / 60;
    if amount.is_of_days() || minutes == 0 {
        return None;
    }
    let unit = if minutes % 60 == 0 { (minutes / 60 * 1000, Unit::Hour) } else { (minutes * 1000, Unit::Minute) };
    Some((Every::units(unit.0, unit.1)?, behind))
}

fn subject(r: &Reader, at: usize, interval: u32) -> Read<Every> {
    let thousandths = i64::from(interval) * 1000;
    match r.word(at) {
        Word::Unit(Unit::Week) if r.spelling(at) == "week" && r.spelling(at + 1) == "day" => {
            Some((every::every_nth(every::working(), interval), at + 2))
        }
        Word::Unit(Unit::Hour) if r.says(at + 1, "on the hour").is_some() => {
            let mut every = Every::units(thousandths, Unit::Hour)?;
            every.pattern.minutes = vec![0];
            Some((every, at + 4))
        }
        Word::Unit(unit) => Some((Every::units(thousandths, unit)?, at + 1)),
        Word::Other if matches!(r.spelling(at), "weeknight" | "weeknights" | "schoolnight") => {
            Some((Every { part: Some(DayPart::Evening), ..every::every_nth(every::working(), interval) }, at + 1))
        }
        Word::Quarter => Some((Every::units(thousandths, Unit::Quarter)?, at + 1)),
        // For instance "every 45 m" and "every 2h".
        Word::Letters(_) => {
            let (unit, next) = amount::unit(r, at)?;
            Some((Every::units(thousandths, unit)?, next))
        }
        Word::Half if matches!(r.word(at + 1), Word::Unit(Unit::Hour)) => {
            Some((Every::new(30, Frequency::Minutely), at + 2))
        }
        Word::WorkingDay | Word::WorkingDays => Some((every::every_nth(every::working(), interval), at + 1)),
        Word::Weekend | Word::Weekends => Some((every::every_nth(every::weekend(), interval), at + 1)),
        // For instance "every morning and evening".
        Word::DayPart(first @ (DayPart::Morning | DayPart::Afternoon | DayPart::Evening | DayPart::Night))
            if let (Word::And, Word::DayPart(second @ (DayPart::Afternoon | DayPart::Evening | DayPart::Night))) =
                (r.word(at + 1), r.word(at + 2)) =>
        {
            let mut every = Every::new(interval, Frequency::Daily);
            every.pattern.hours = vec![day_part::usual_time(first).hour(), day_part::usual_time(second).hour()];
            Some((every, at + 3))
        }
        Word::DayPart(part) if !matches!(part, DayPart::Breakfast | DayPart::Lunch | DayPart::Dinner) => {
            Some((Every { part: Some(part), ..Every::new(interval, Frequency::Daily) }, at + 1))
        }
        Word::Noon | Word::Midnight => Some((Every::new(interval, Frequency::Daily), at)),
        Word::Weekday(..) => {
            let (days, next) = weekdays::list(r, at)?;
            Some((every::every_nth(days, interval), next))
        }
        Word::Other if matches!(r.spelling(at), "business" | "working" | "work" | "week" | "school") => {
            match r.word(at + 1) {
                Word::Unit(Unit::Day) => Some((every::every_nth(every::working(), interval), at + 2)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Reads the part of the day after a rule: "every monday morning".
fn with_part(r: &Reader, every: Every, at: usize) -> (Every, usize) {
    if every.part.is_some() || every.pattern.frequency < Frequency::Daily {
        return (every, at);
    }
    match r.word(at) {
        Word::DayPart(part @ (DayPart::Morning | DayPart::Afternoon | DayPart::Evening | DayPart::Night))
            if !r.is_possessive(at) =>
        {
            (Every { part: Some(part), ..every }, at + 1)
        }
        _ => (every, at),
    }
}

/// Reads a list of weekdays in any form.
pub(crate) fn weekday_list(r: &Reader, at: usize) -> Read<Vec<jiff::civil::Weekday>> {
    weekdays::list(r, at)
}

/// Whether a word that the lexicon does not know may begin a rule.
pub(crate) fn may_begin(said: &str) -> bool {
    matches!(
        said,
        "ev" | "bi"
            | "semi"
            | "weeknights"
            | "weeknight"
            | "all"
            | "mwf"
            | "t"
            | "tu"
            | "th"
            | "f"
            | "tth"
            | "tuth"
            | "alternately"
            | "up"
            | "effective"
            | "ends"
    )
}
