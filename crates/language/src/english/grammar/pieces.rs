//! The pieces of time in a text, found from left to right.
//!
//! ```text
//! piece    = bound | relative | [lead] (every | offset | day | clock [range] | part | zone)
//! lead     = ("at"|"on"|"by"|"for"|"in"|"from"|"before"|"after"|"between"|"@") ["about"|"around"|"the"|"~"]
//! range    = ("-"|"to"|"until"|"and") clock
//! ```

use crate::english::{
    grammar::{
        bare_number, bound,
        clock::{Clock, Evidence, Half, time_of_day},
        dates::{
            self,
            day::{Day, Roll, Said},
            holiday, weekday,
        },
        day_part,
        piece::{Found, Piece},
        preposition::{self, Lead},
        recurrence, relative, zone,
    },
    text::{
        reader::{Read, Reader},
        word::{Part, Unit, Word},
    },
};
use jiff::civil::Date;

/// More pieces than this are not looked at: a text with so many is not one request.
pub(crate) const MOST_PIECES: usize = 48;

/// The pieces between two places. Tokens that `taken` says belong to the request are passed over.
pub(crate) fn pieces(r: &Reader, taken: &[bool]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::with_capacity(4);
    let mut at = 0;
    while at < r.len() && found.len() < MOST_PIECES {
        if taken.get(at).copied().unwrap_or(false) {
            at += 1;
            continue;
        }
        match piece(r, at, found.last()) {
            Some(piece) => {
                at = piece.end;
                let year = year_behind_clock(r, &piece, found.last());
                found.push(piece);
                if let (Some((date, end)), [.., day, clock]) = (year, found.as_mut_slice()) {
                    day.piece = Piece::Day(Day::fixed(date));
                    clock.end = end;
                    at = end;
                }
            }
            None => at += 1,
        }
    }
    found
}

/// "Oct 26 11:00 2023": the year of the day before the clock.
fn year_behind_clock(r: &Reader, piece: &Found, before: Option<&Found>) -> Option<(Date, usize)> {
    let (Piece::Clock(..), Some(Found { piece: Piece::Day(day), end, .. })) = (&piece.piece, before) else {
        return None;
    };
    let Word::Number(year @ 1970..=2199, 4) = r.word(piece.end) else { return None };
    let goes_on = r.is_mark(piece.end + 1, b':');
    (day.roll == Roll::Yearly && *end == piece.start && !goes_on)
        .then(|| Some((Date::new(year as i16, day.date.month(), day.date.day()).ok()?, piece.end + 1)))
        .flatten()
}

fn piece(r: &Reader, at: usize, before: Option<&Found>) -> Option<Found> {
    let first = r.word(at);
    // Most words of a text are about no time at all.
    if first == Word::Other && !may_begin(r, at) {
        return None;
    }
    if is_spoilt(r, at) {
        return None;
    }
    let touches = before.filter(|found| {
        found.end <= at
            && at - found.end <= 2
            && (found.end..at).all(|at| matches!(r.word(at), Word::And | Word::Mark(b',' | b'&')))
    });
    let whole = |(piece, end): (Piece, usize)| Found { piece, lead: Lead::None, start: at, end };
    bound::bound(r, at, touches)
        .or_else(|| minutes_to(r, at))
        .or_else(|| same_time(r, at, touches))
        .or_else(|| weekday::counted(r, at).map(|(day, next)| (Piece::Day(day), next)))
        .or_else(|| relative::relative(r, at, touches))
        .map(whole)
        .or_else(|| led(r, at, touches))
}

/// "same time tomorrow": what the clocks show now.
fn same_time(r: &Reader, at: usize, touches: Option<&Found>) -> Read<Piece> {
    const PHRASES: &[&str] = &[
        "same time",
        "the same time",
        "at the same time",
        "this time",
        "at this time",
        "this same time",
        "around this time",
        "about this time",
        "at this hour",
    ];
    let next = r.says_one_of(at, PHRASES)?;
    let by_day = touches.is_some_and(|found| matches!(found.piece, Piece::Day(_)))
        || matches!(r.word(next), Word::Tomorrow | Word::Weekday(..) | Word::On | Word::Next);
    let now = r.here.clock;
    let clock =
        Clock { hour: now.hour(), minute: now.minute(), second: 0, half: Half::Known, evidence: Evidence::Clear };
    by_day.then_some((Piece::Clock(clock, None), next))
}

/// "20 minutes to 6": an amount that is a time of day.
fn minutes_to(r: &Reader, at: usize) -> Read<Piece> {
    let told =
        r.word(at + 1) == Word::Unit(Unit::Minute) && matches!(r.word(at + 2), Word::To | Word::Past | Word::Until);
    let (clock, next) = told.then(|| time_of_day::clock(r, at)).flatten()?;
    (clock.evidence == Evidence::Clear).then_some((Piece::Clock(clock, None), next))
}

/// Words without a meaning of their own that nevertheless begin a piece: holidays, zones and a few phrases.
fn may_begin(r: &Reader, at: usize) -> bool {
    let said = r.said(at);
    !said.is_empty()
        && (day_part::may_begin(said)
            || zone::may_begin(r, at)
            || holiday::may_begin(said)
            || recurrence::may_begin(said))
}

/// A number behind a currency or in a code is no time.
fn is_spoilt(r: &Reader, at: usize) -> bool {
    let number = matches!(r.word(at), Word::Number(..));
    number
        && at > 0
        && r.is_glued(at)
        && (matches!(r.word(at - 1), Word::Mark(b'$' | b'#' | b'*' | b'%' | b'_' | b'=') | Word::Symbol)
            || matches!(r.word(at - 1), Word::Mark(b'-' | b'.' | b',' | b'/'))
                && at > 1
                && r.is_glued(at - 1)
                && matches!(r.word(at - 2), Word::Number(..))
                && !matches!(r.word(at + 1), Word::Mark(b':')))
}

fn led(r: &Reader, at: usize, touches: Option<&Found>) -> Option<Found> {
    // "early april", "late next week": the whole names a day.
    if matches!(r.word(at), Word::Early | Word::Later)
        && let Some((Said::Day(day), end)) = dates::day(r, at)
    {
        return Some(Found { piece: Piece::Day(day), lead: Lead::None, start: at, end });
    }
    let (lead, next) = preposition::lead(r, at);
    let (mut piece, end) = unled(r, next, lead, touches)?;
    if let (Word::Early, Piece::Day(day)) = (r.word(at), &mut piece) {
        day.part = day.part.or(Some(Part::Breakfast));
    }
    if let (Word::Later, Piece::Day(day @ Day { part: Some(Part::Night), .. })) = (r.word(at), &mut piece) {
        day.part = Some(Part::Bedtime);
    }
    let fits = match r.word(at) {
        // "about tomorrow's meeting", "of Sunday gym": only a time of day is roughly so, only a rule is of each month.
        Word::Around => matches!(piece, Piece::Clock(..) | Piece::Every(_)) || r.said(at) == "around",
        _ if lead == Lead::Repeat => matches!(piece, Piece::Every(_)),
        Word::Of => matches!(piece, Piece::Every(_)) || touches.is_some(),
        _ => true,
    };
    fits.then_some(Found { piece, lead, start: at, end })
}

/// A piece behind its preposition.
fn unled(r: &Reader, at: usize, lead: Lead, touches: Option<&Found>) -> Read<Piece> {
    if let Some((every, next)) = recurrence::every(r, at) {
        return Some((Piece::Every(Box::new(every)), next));
    }
    // "an alarm for 45 minutes from now"
    if lead == Lead::For
        && let Some((Piece::In(amount), next)) = relative::relative(r, at, None)
    {
        return Some((Piece::In(amount), next));
    }
    if let Some((amount, next)) = relative::offset(r, at) {
        // "the night before" is at night.
        let part = match r.word(r.skip(at, Word::The)) {
            Word::Part(part) => Some(part),
            _ => None,
        };
        return Some((Piece::Offset(amount, part), next));
    }
    if lead != Lead::Between
        && let Some((said, next)) = dates::day(r, at)
        && !is_time_first(r, at, lead, next)
    {
        return Some(match said {
            Said::Day(day) => (Piece::Day(day), next),
            Said::NoSuchDay => (Piece::NoSuchDay, next),
        });
    }
    if let Some((clock, next)) = time_of_day::clock(r, at) {
        if bare_number::is_enough(r, at, lead, clock.evidence, next, touches) {
            let (clock, next) = bare_number::in_daytime(r, clock, next);
            return Some(bare_number::range(r, clock, next));
        }
        if clock.evidence == Evidence::Slight && lead == Lead::None {
            return Some((Piece::Weak(clock), next));
        }
    }
    day_part::part(r, at, lead, touches)
        .map(|((part, time), next)| (Piece::Part(part, time), next))
        .or_else(|| zone::zone(r, at, touches).map(|(zone, next)| (Piece::Zone(zone), next)))
}

/// "at 8.30": a number that could be a date is a time behind "at".
fn is_time_first(r: &Reader, at: usize, lead: Lead, next: usize) -> bool {
    matches!(lead, Lead::At | Lead::By)
        && next == at + 3
        && (r.is_mark(at + 1, b'.'))
        && time_of_day::clock(r, at).is_some_and(|(_, end)| end >= next)
}
