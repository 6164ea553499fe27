//! "am", "p.m." and "p" behind a time of day.

use crate::english::{
    grammar::clock::{Clock, Evidence, Half},
    text::{
        reader::{Read, Reader},
        word::Word,
    },
};

/// "am", "p.m.", or "p" right behind the digits; turns the clock into its half.
pub(crate) fn half(r: &Reader, at: usize, clock: Clock) -> Read<Clock> {
    let (pm, next) = meridian(r, at)?;
    let clock = match (clock.half, pm) {
        (Half::Open, true) => clock.after_noon(),
        (Half::Open, false) => clock.in_morning(),
        // "14:30 pm" is a slip of the pen; "14pm" and "15 am" are no times at all.
        (Half::Known, true)
            if clock.hour > 12
                && r.word_before(at).is_some_and(|word| matches!(word, Word::Number(_, 2)))
                && r.is_mark(at.wrapping_sub(2), b':') =>
        {
            clock
        }
        (Half::Known, true) if (1..=12).contains(&clock.hour) => Clock { hour: clock.hour % 12 + 12, ..clock },
        (Half::Known, false) if clock.hour <= 12 => Clock { hour: clock.hour % 12, ..clock },
        _ => return None,
    };
    Some((Clock { half: Half::Known, evidence: Evidence::Clear, ..clock }, next))
}

fn meridian(r: &Reader, at: usize) -> Read<bool> {
    let next = at + 1;
    match r.word(at) {
        Word::Am => Some((false, next)),
        Word::Pm => Some((true, next)),
        _ => {
            let pm = match r.said(at) {
                "p" => true,
                "a" => false,
                _ => return None,
            };
            let m = r.skip_mark(next, b'.');
            if r.said(m) == "m" && (m > next || !r.is_glued(m)) {
                let dotted = m > next && r.is_mark(m + 1, b'.') && r.is_glued(m + 1);
                return Some((pm, if dotted { m + 2 } else { m + 1 }));
            }
            let alone = r.is_glued(at) && !r.is_glued(next) || r.is_glued(at) && matches!(r.word(next), Word::Mark(_));
            alone.then_some((pm, next))
        }
    }
}
