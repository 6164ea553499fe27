//! Rules without "every": "twice a week", "the next 4 fridays", "bi-weekly", "mornings".

use crate::{
    english::{
        grammar::{
            number,
            recurrence::{
                detail,
                every::{self, Every},
                step::step,
                weekdays,
            },
        },
        text::{
            reader::{Read, Reader},
            word::{Unit, Word},
        },
    },
    rule::{End, Frequency, MOST_TIMES},
};

/// Whether a plural part of the day, such as "mornings", may be a rule: if "at" follows, or if it is the last word and
/// no unknown word is before it.
pub(crate) fn may_repeat(r: &Reader, at: usize) -> bool {
    r.word(at + 1) == Word::At || r.word(at + 1) == Word::Mark(0) && r.word_before(at) != Some(Word::Other)
}

/// Reads a number of days to come: "the next 4 fridays", "the next 5 days".
pub(crate) fn next_few(r: &Reader, at: usize) -> Read<Every> {
    let next = r.skip(at, Word::The);
    if r.word(next) != Word::Next {
        return None;
    }
    let (count, subject_at) = number::whole(r, next + 1).filter(|(count, _)| (2..=MOST_TIMES).contains(count))?;
    let mut every = match r.word(subject_at) {
        Word::Weekday(..) | Word::Weekends => every::every(weekdays::list(r, subject_at)?.0),
        Word::WorkingDays => every::every(every::working()),
        Word::Unit(Unit::Day) => Every::new(1, Frequency::Daily),
        _ => return None,
    };
    every.pattern.end = End::Count(count);
    Some((every, subject_at + 1))
}

/// Reads "bi" or "semi" with a unit of time: "bi-weekly", "semi-monthly".
pub(crate) fn prefixed(r: &Reader, at: usize) -> Read<Every> {
    let Word::Periodic(count, unit) = r.word(r.skip_mark(at + 1, b'-')) else { return None };
    let next = r.skip_mark(at + 1, b'-') + 1;
    let every = match (r.spelling(at), unit) {
        ("bi", _) => Every::units(i64::from(count) * 2000, unit)?,
        (_, Unit::Month) => {
            let mut every = Every::new(1, Frequency::Monthly);
            every.pattern.month_days = vec![1, 15];
            every
        }
        (_, Unit::Year) => Every::new(6, Frequency::Monthly),
        _ => return None,
    };
    Some(detail::details(r, every, next))
}

/// Reads a number of times in each period: "twice a week", "3 times per day", "once a month", "5 days a week".
pub(crate) fn counted(r: &Reader, at: usize) -> Read<Every> {
    let (times, next) = match r.word(at) {
        Word::Once => (1, at + 1),
        Word::Twice => (2, at + 1),
        Word::Thrice => (3, at + 1),
        _ => {
            let (times, next) = number::whole(r, at).filter(|(times, _)| (1..=24).contains(times))?;
            match r.word(next) {
                Word::Times => (times as u8, next + 1),
                Word::Unit(Unit::Day) if r.word(next + 1) == Word::A && r.word(next + 2) == Word::Unit(Unit::Week) => {
                    return Some((days_a_week(times as u8), next + 3));
                }
                _ => return None,
            }
        }
    };
    if let Word::Periodic(1, unit) = r.word(next) {
        let every = Every::units(1000, unit)?;
        return Some((Every { times: (times > 1).then_some(times), ..every }, next + 1));
    }
    let next = r.skip(next, Word::In);
    if !matches!(r.word(next), Word::A | Word::Per | Word::Every | Word::Mark(b'/')) {
        return None;
    }
    let (step, unit_at) = step(r, next + 1);
    let Word::Unit(unit) = r.word(unit_at) else { return None };
    let every = Every::units(step, unit)?;
    let (every, next) = detail::details(r, every, unit_at + 1);
    let open = times > 1 && every.pattern.weekdays.is_empty() && every.pattern.month_days.is_empty();
    Some((Every { times: open.then_some(times), ..every }, next))
}

fn days_a_week(times: u8) -> Every {
    match times {
        7.. => Every::new(1, Frequency::Daily),
        5 => every::every(every::working()),
        1 => Every::new(1, Frequency::Weekly),
        _ => Every { times: Some(times), ..Every::new(1, Frequency::Weekly) },
    }
}
