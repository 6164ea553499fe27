//! "am", "p.m." and "p" after a time of day.

use crate::english::{
    grammar::clock::{Clock, Evidence, Meridiem},
    text::{
        reader::{Read, Reader},
        word::Word,
    },
};

/// Reads "am", "p.m." or "p" after a time, and returns the time in that half of the day.
pub(crate) fn with_am_pm(r: &Reader, at: usize, clock: Clock) -> Read<Clock> {
    let (pm, next) = am_or_pm(r, at)?;
    let clock = match (clock.meridiem, pm) {
        (Meridiem::Open, true) => clock.in_afternoon(),
        (Meridiem::Open, false) => clock.in_morning(),
        // "14:30 pm" is taken as 14:30; "14pm" and "15 am" are not times.
        (Meridiem::Known, true)
            if clock.hour > 12
                && r.word_before(at).is_some_and(|word| matches!(word, Word::Number(_, 2)))
                && r.is_mark(at.wrapping_sub(2), b':') =>
        {
            clock
        }
        (Meridiem::Known, true) if (1..=12).contains(&clock.hour) => Clock { hour: clock.hour % 12 + 12, ..clock },
        (Meridiem::Known, false) if clock.hour <= 12 => Clock { hour: clock.hour % 12, ..clock },
        _ => return None,
    };
    Some((Clock { meridiem: Meridiem::Known, evidence: Evidence::Clear, ..clock }, next))
}

fn am_or_pm(r: &Reader, at: usize) -> Read<bool> {
    let next = at + 1;
    match r.word(at) {
        Word::Am => Some((false, next)),
        Word::Pm => Some((true, next)),
        _ => {
            let pm = match r.spelling(at) {
                "p" => true,
                "a" => false,
                _ => return None,
            };
            let m = r.skip_mark(next, b'.');
            if r.spelling(m) == "m" && (m > next || !r.is_adjacent(m)) {
                let dotted = m > next && r.is_mark(m + 1, b'.') && r.is_adjacent(m + 1);
                return Some((pm, if dotted { m + 2 } else { m + 1 }));
            }
            let alone =
                r.is_adjacent(at) && !r.is_adjacent(next) || r.is_adjacent(at) && matches!(r.word(next), Word::Mark(_));
            alone.then_some((pm, next))
        }
    }
}
