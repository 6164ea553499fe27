//! Times of day.
//!
//! ```text
//! clock    = digital | spoken | named
//! digital  = hour [":" minute [":" second ["." digits]]] [half] | hour "." minute [half] | hour "h" [minute]
//!          | digits4 ["hrs"|"hours"|"h"] [half] | digits3 half
//! spoken   = hour ["oh"] [minute] [half] | hour "o'clock" [half] | hour ["-"] "ish"
//!          | ("half"|"quarter"|minutes) ("past"|"after"|"to"|"till"|"before"|"of") (clock-hour | named)
//! named    = ["12"] ("noon" | "midnight")
//! half     = ("am"|"pm"|"a.m."|"p.m."|"a"|"p") | "in the" ("morning"|"afternoon"|"evening") | "at night"
//! ```
//! The part-of-day forms of `half` are read where pieces are put together, since they may stand apart.

mod digits;

use crate::{
    lexicon::{Unit, Word},
    number,
    reader::{Read, Reader},
};
use jiff::civil::Time;

/// A time of day as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// 0 to 23; 1 to 12 while the half is open.
    pub(crate) hour: i8,
    pub(crate) minute: i8,
    pub(crate) second: i8,
    pub(crate) half: Half,
    pub(crate) evidence: Evidence,
}

/// Which half of the day a clock is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Known,
    /// "at 7": the sensible one is to be chosen.
    Open,
}

/// How sure it is that a time of day is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Evidence {
    /// A number that is a time only behind "at".
    Number,
    /// "6.30", "six thirty": a time behind "at", or where a time is expected.
    Slight,
    /// A time, wherever it stands.
    Clear,
}

impl Clock {
    /// The time with its hour as said: in the morning, while the half is open.
    pub(crate) fn time(&self) -> Option<Time> {
        Time::new(self.hour, self.minute, self.second, 0).ok()
    }

    pub(crate) fn in_morning(self) -> Clock {
        match self.half {
            Half::Known => self,
            Half::Open => Clock { hour: self.hour % 12, half: Half::Known, evidence: Evidence::Clear, ..self },
        }
    }

    pub(crate) fn after_noon(self) -> Clock {
        match self.half {
            Half::Known => self,
            Half::Open => Clock { hour: self.hour % 12 + 12, half: Half::Known, evidence: Evidence::Clear, ..self },
        }
    }

    fn at(hour: i8, minute: i8) -> Clock {
        let half = if (1..=12).contains(&hour) { Half::Open } else { Half::Known };
        Clock { hour, minute, second: 0, half, evidence: Evidence::Clear }
    }

    fn known(hour: i8, minute: i8) -> Clock {
        Clock { half: Half::Known, ..Clock::at(hour, minute) }
    }

    fn with(self, evidence: Evidence) -> Clock {
        Clock { evidence, ..self }
    }
}

/// A time of day. Whether its evidence is enough is for the caller, who sees what stands before it.
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
    Some((Clock::known(hour, 0), if r.word(ish) == Word::Ish { ish + 1 } else { name + 1 }))
}

/// "half past six", "quarter to noon", "20 past 8", "ten to five".
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
        // "half six" is half past six where people say so.
        Word::Small(1..=12) | Word::Number(1..=12, _) if r.word(start) == Word::Half => {
            let (hour, behind) = number::whole(r, next)?;
            let counts = crate::amount::unit(r, behind).is_some();
            let clock = Clock::at(hour as i8, 30);
            return half(r, behind, clock).or_else(|| (!counts).then_some((clock.with(Evidence::Slight), behind)));
        }
        _ => return None,
    };
    let (hour, behind) = full_hour(r, next + 1)?;
    let minutes = if to { 60 - minutes } else { minutes } as i8;
    let clock = match (to, hour.half) {
        (false, _) => Clock { minute: minutes, ..hour },
        (true, Half::Open) => Clock { hour: (hour.hour + 10) % 12 + 1, minute: minutes, ..hour },
        (true, Half::Known) => Clock { hour: (hour.hour + 23) % 24, minute: minutes, ..hour },
    };
    Some((clock.with(Evidence::Clear), behind))
}

/// The hour in "half past six": without minutes of its own.
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
    Some(half(r, next, clock).unwrap_or((clock, next)))
}

/// "six", "six thirty", "six oh five", "seven forty-five pm".
fn spoken(r: &Reader, at: usize, hour: i8) -> Read<Clock> {
    let next = at + 1;
    let clock = Clock::at(hour, 0);
    if let Some(found) = half(r, next, clock).or_else(|| digits::o_clock(r, next, clock)) {
        return Some(found);
    }
    let minutes = if r.word(next) == Word::Oh {
        number::whole(r, next + 1).filter(|(minutes, _)| *minutes < 10)
    } else {
        number::whole(r, r.skip_mark(next, b'-')).filter(|(minutes, _)| (10..60).contains(minutes))
    };
    if let Some((minutes, behind)) = minutes
        && crate::amount::unit(r, behind).is_none()
    {
        let clock = Clock::at(hour, minutes as i8);
        return Some(half(r, behind, clock).unwrap_or((clock.with(Evidence::Slight), behind)));
    }
    // "alert me at five hours" is meant on the clock.
    if r.said(next) == "hundred" {
        return Some((clock.with(Evidence::Slight), r.skip(next + 1, Word::Unit(Unit::Hour))));
    }
    let counted = digits::is_measured(r, next);
    (!counted).then_some((clock.with(Evidence::Number), next))
}

/// "am", "p.m.", or "p" right behind the digits; turns the clock into its half.
fn half(r: &Reader, at: usize, clock: Clock) -> Read<Clock> {
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
