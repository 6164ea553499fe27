//! Times of day.
//!
//! ```text
//! clock    = digital | spoken | named
//! digital  = hour [":" minute [":" second ["." digits]]] [meridiem] | hour "." minute [meridiem] | hour "h" [minute]
//!          | digits4 ["hrs"|"hours"|"h"|meridiem] | digits3 ("hrs"|"hours"|"h"|meridiem) | "at" digits3
//! spoken   = hour ["oh"] [minute] [meridiem] | hour ("o'clock" | ["-"] "ish") [meridiem] | hour "hundred" ["hours"]
//!          | ["a"] ("quarter" | minutes ["minutes"]) ("past"|"after"|"to"|"till"|"before"|"of")
//!            (hour [meridiem] | named)
//!          | "half" ["past"] hour [meridiem] | "half past" named
//! named    = ["12"] ("noon" | "midnight") [["-"] "ish"]
//! meridiem = ("am"|"pm"|"a.m."|"p.m."|"a"|"p") | "in the" ("morning"|"afternoon"|"evening") | "at night"
//! ```
//! The forms of `meridiem` that name a part of the day are read by `bare_number` and `day_part`, because such a form
//! may stand apart from its time.

use crate::english::{
    grammar::{
        amount,
        clock::{Clock, Evidence, Meridiem, am_pm::with_am_pm, digits},
        number,
    },
    text::{
        reader::{Read, Reader},
        word::{Unit, Word},
    },
};

/// Reads a time of day. The caller knows the tokens before the time, and decides whether the evidence is enough.
pub(crate) fn clock(r: &Reader, at: usize) -> Read<Clock> {
    named(r, at).or_else(|| past_or_to(r, at)).or_else(|| match r.word(at) {
        Word::Number(value, digits) => digits::colon(r, at, value)
            .or_else(|| digits::dot(r, at, value))
            .or_else(|| digits::digits_only(r, at, value, digits)),
        Word::Small(hour @ 1..=12) => spoken(r, at, hour as i8),
        _ => None,
    })
}

fn named(r: &Reader, at: usize) -> Read<Clock> {
    let name = if matches!(r.word(at), Word::Number(12, _) | Word::Small(12)) { at + 1 } else { at };
    let hour = match r.word(name) {
        Word::Noon => 12,
        Word::Midnight => 0,
        _ => return None,
    };
    let ish = r.skip_mark(name + 1, b'-');
    // For instance "noon thirty".
    if let Word::Small(minute @ (15 | 30 | 45)) = r.word(ish)
        && !digits::is_measured(r, ish + 1)
    {
        return Some((Clock::known(hour, minute as i8), ish + 1));
    }
    Some((Clock::known(hour, 0), if r.word(ish) == Word::Ish { ish + 1 } else { name + 1 }))
}

/// Reads minutes before or after an hour: "half past six", "quarter to noon", "20 past 8", "ten to five".
fn past_or_to(r: &Reader, at: usize) -> Read<Clock> {
    let start = if r.word(at) == Word::A { at + 1 } else { at };
    let (minutes, next) = match r.word(start) {
        Word::Half => (30, start + 1),
        Word::Quarter => (15, start + 1),
        _ => {
            let (minutes, next) = number::whole(r, start).filter(|(minutes, _)| (1..30).contains(minutes))?;
            let named = matches!(r.word(next), Word::Unit(Unit::Minute));
            let said_in_digits = matches!(r.word(start), Word::Number(..));
            let next = if named { next + 1 } else { next };
            // "5 to 6" is a range; "five to six" and "20 past 8" are times.
            if !named
                && (minutes % 5 != 0
                    || (said_in_digits && r.word(next) == Word::To && r.word_before(at) != Some(Word::At)))
            {
                return None;
            }
            (minutes as i16, next)
        }
    };
    let to = match r.word(next) {
        Word::Past => false,
        Word::After if minutes != 30 => false,
        Word::To | Word::Before | Word::Of | Word::Until if minutes != 30 => true,
        // In British English, "half six" means half past six.
        Word::Small(1..=12) | Word::Number(1..=12, _) if r.word(start) == Word::Half => {
            let (hour, behind) = number::whole(r, next)?;
            let counts = amount::unit(r, behind).is_some();
            let clock = Clock::at(hour as i8, 30);
            return with_am_pm(r, behind, clock)
                .or_else(|| (!counts).then_some((clock.with(Evidence::Slight), behind)));
        }
        _ => return None,
    };
    let (hour, behind) = full_hour(r, next + 1)?;
    let minutes = if to { 60 - minutes } else { minutes } as i8;
    let clock = match (to, hour.meridiem) {
        (false, _) => Clock { minute: minutes, ..hour },
        (true, Meridiem::Open) => Clock { hour: (hour.hour + 10) % 12 + 1, minute: minutes, ..hour },
        (true, Meridiem::Known) => Clock { hour: (hour.hour + 23) % 24, minute: minutes, ..hour },
    };
    Some((clock.with(Evidence::Clear), behind))
}

/// Reads the hour in "half past six", which has no minutes of its own.
fn full_hour(r: &Reader, at: usize) -> Read<Clock> {
    let (clock, next) = clock_hour(r, at)?;
    (clock.minute == 0).then_some((clock, next))
}

fn clock_hour(r: &Reader, at: usize) -> Read<Clock> {
    if let Some(noon) = named(r, at) {
        return Some(noon);
    }
    let (hour, next) = number::whole(r, at).filter(|(hour, _)| (0..=23).contains(hour))?;
    let clock = Clock::at(hour as i8, 0);
    Some(with_am_pm(r, next, clock).unwrap_or((clock, next)))
}

/// Reads a time in words: "six", "six thirty", "six oh five", "seven forty-five pm".
fn spoken(r: &Reader, at: usize, hour: i8) -> Read<Clock> {
    let next = at + 1;
    let clock = Clock::at(hour, 0);
    if let Some(found) = with_am_pm(r, next, clock).or_else(|| digits::o_clock(r, next, clock)) {
        return Some(found);
    }
    let minutes = if r.word(next) == Word::Oh {
        number::whole(r, next + 1).filter(|(minutes, _)| *minutes < 10)
    } else {
        number::whole(r, r.skip_mark(next, b'-')).filter(|(minutes, _)| (10..60).contains(minutes))
    };
    if let Some((minutes, behind)) = minutes
        && amount::unit(r, behind).is_none()
    {
        let clock = Clock::at(hour, minutes as i8);
        // "Six-thirty" is a time wherever it stands.
        let joined = r.is_mark(next, b'-') && r.is_adjacent(next);
        let evidence = if joined { Evidence::Clear } else { Evidence::Slight };
        return Some(with_am_pm(r, behind, clock).unwrap_or((clock.with(evidence), behind)));
    }
    // For instance "six hundred hours".
    if r.spelling(next) == "hundred" {
        return Some((clock.with(Evidence::Slight), r.skip(next + 1, Word::Unit(Unit::Hour))));
    }
    let counted = digits::is_measured(r, next);
    (!counted).then_some((clock.with(Evidence::Number), next))
}
