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
        Word::Number(value, digits) => {
            colon(r, at, value).or_else(|| dot(r, at, value)).or_else(|| digits_only(r, at, value, digits))
        }
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
            if !named && (minutes % 5 != 0 || (said_in_digits && r.word(next) == Word::To)) {
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

fn colon(r: &Reader, at: usize, hour: u32) -> Read<Clock> {
    let (minute, next) =
        glued_minutes(r, at, b':').filter(|_| hour < 25 && r.tokens[at].end - r.tokens[at].start < 3)?;
    if hour == 24 && minute != 0 {
        return None;
    }
    let mut clock = Clock::at(hour as i8 % 24, minute);
    // "06:30" and "00:15" are on a 24-hour clock; "6:30" may be either.
    if r.said(at).starts_with('0') {
        clock.half = Half::Known;
    }
    let mut next = next;
    if let Some((second, behind)) = glued_minutes(r, next - 1, b':') {
        clock.second = second;
        next = behind;
        if r.is_mark(next, b'.') && r.is_glued(next + 1) && matches!(r.word(next + 1), Word::Number(..)) {
            next += 2;
        }
    }
    if r.is_mark(next, b':') && r.is_glued(next + 1) && matches!(r.word(next + 1), Word::Number(..)) {
        return None;
    }
    Some(half(r, next, clock).unwrap_or((clock, r.skip(next, Word::OClock))))
}

/// Two digits from 00 to 59 behind a mark, all touching.
fn glued_minutes(r: &Reader, at: usize, mark: u8) -> Read<i8> {
    match r.word(at + 2) {
        Word::Number(minute @ 0..=59, 2) if r.is_mark(at + 1, mark) && r.is_glued(at + 1) && r.is_glued(at + 2) => {
            Some((minute as i8, at + 3))
        }
        _ => None,
    }
}

/// "6.30": a time if half, "at" or "o'clock" stands by it, since it may be a price or a version.
fn dot(r: &Reader, at: usize, hour: u32) -> Read<Clock> {
    let (minute, next) = glued_minutes(r, at, b'.').filter(|_| hour < 24)?;
    let clock = Clock::at(hour as i8, minute);
    if let Some(found) = half(r, next, clock) {
        return Some(found);
    }
    let goes_on = r.is_glued(next)
        && matches!(r.word(next), Word::Mark(b'.' | b'%' | b'-' | b'/') | Word::Other)
        && r.is_glued(next + 1);
    (!goes_on && !is_measured(r, next) && !r.is_mark(next, b'%')).then_some((clock.with(Evidence::Slight), next))
}

/// "6pm", "630pm", "1830", "0500 hrs", "7 o'clock", "6-ish", "7".
fn digits_only(r: &Reader, at: usize, value: u32, digits: u8) -> Read<Clock> {
    let next = at + 1;
    let whole = match digits {
        1 | 2 if value < 24 => Clock::at(value as i8, 0),
        3 | 4 if value < 2400 && value % 100 < 60 => {
            let clock = Clock::at((value / 100) as i8, (value % 100) as i8);
            if digits == 4 && value < 1000 { Clock { half: Half::Known, ..clock } } else { clock }
        }
        _ => return None,
    };
    if let Some(found) = half(r, next, whole) {
        return Some(found);
    }
    // "14pm" is no time.
    if matches!(r.word(next), Word::Am | Word::Pm) {
        return None;
    }
    if digits <= 2 {
        if let Some((minute, behind)) = french_minutes(r, next) {
            return Some((Clock { half: Half::Known, minute, ..whole }, behind));
        }
        // "at 17h"
        if r.word(next) == Word::Letters(Unit::Hour) && r.is_glued(next) && r.word_before(at) == Some(Word::At) {
            return Some((Clock { half: Half::Known, ..whole }, next + 1));
        }
        return o_clock(r, next, whole).or_else(|| {
            let counted = is_measured(r, next) || followed_by_digits(r, next);
            (!counted).then_some((whole.with(Evidence::Number), next))
        });
    }
    let military = matches!(r.word(next), Word::Unit(Unit::Hour) | Word::Letters(Unit::Hour));
    if military {
        return Some((Clock { half: Half::Known, ..whole }, next + 1));
    }
    let counted = is_measured(r, next) || followed_by_digits(r, next);
    let sure = if digits == 4 && value < 1000 { Evidence::Slight } else { Evidence::Number };
    let likely = digits == 4 || r.word_before(at) == Some(Word::At);
    (likely && !counted).then_some((whole.with(sure), next))
}

/// The minutes in "18h30".
fn french_minutes(r: &Reader, at: usize) -> Read<i8> {
    match r.word(at + 1) {
        Word::Number(minute @ 0..=59, 2)
            if r.word(at) == Word::Letters(Unit::Hour)
                && r.is_glued(at)
                && r.is_glued(at + 1)
                && r.word(at + 2) != Word::Letters(Unit::Minute)
                && !matches!(r.word(at + 2), Word::Unit(_)) =>
        {
            Some((minute as i8, at + 2))
        }
        _ => None,
    }
}

fn o_clock(r: &Reader, at: usize, hour: Clock) -> Read<Clock> {
    let two_words = r.said(at) == "o" && r.said(r.skip_mark(at + 1, b'\'')) == "clock";
    let behind = match r.word(at) {
        Word::OClock => at + 1,
        _ if two_words => r.skip_mark(at + 1, b'\'') + 1,
        _ => {
            let ish = r.skip_mark(at, b'-');
            return (r.word(ish) == Word::Ish).then(|| half(r, ish + 1, hour).unwrap_or((hour, ish + 1)));
        }
    };
    Some(half(r, behind, hour).unwrap_or((hour, behind)))
}

/// "six", "six thirty", "six oh five", "seven forty-five pm".
fn spoken(r: &Reader, at: usize, hour: i8) -> Read<Clock> {
    let next = at + 1;
    let clock = Clock::at(hour, 0);
    if let Some(found) = half(r, next, clock).or_else(|| o_clock(r, next, clock)) {
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
    let counted = is_measured(r, next);
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

/// Whether a unit or something countable follows, so that a number is no time: "7 miles", "10%".
fn is_measured(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Unit(_) | Word::NthSuffix | Word::Quarters | Word::Times => true,
        Word::Letters(_) => r.is_glued(at),
        Word::Mark(b'%' | b'$') => true,
        Word::Other => {
            let said = r.said(at);
            r.is_glued(at)
                || matches!(
                    said,
                    "kg" | "km"
                        | "kilograms"
                        | "kilometers"
                        | "kilos"
                        | "miles"
                        | "mi"
                        | "dollars"
                        | "bucks"
                        | "euros"
                        | "pounds"
                        | "lbs"
                        | "points"
                        | "percent"
                        | "degrees"
                        | "people"
                        | "persons"
                        | "guests"
                        | "cups"
                        | "pages"
                        | "items"
                        | "eggs"
                        | "bottles"
                        | "feet"
                        | "ft"
                        | "inches"
                        | "meters"
                        | "reps"
                        | "sets"
                        | "mph"
                        | "kmh"
                        | "gallons"
                        | "liters"
                        | "pcs"
                        | "pieces"
                        | "tablets"
                        | "pills"
                        | "bags"
                        | "boxes"
                )
        }
        _ => false,
    }
}

/// Whether more digits belong to the number: "101,194", "5-6-7", "7/11".
fn followed_by_digits(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Mark(b',' | b'.' | b'/' | b':'))
        && r.is_glued(at)
        && r.is_glued(at + 1)
        && matches!(r.word(at + 1), Word::Number(..))
}
