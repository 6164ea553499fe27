//! The pieces of time in a text, found from left to right.
//!
//! ```text
//! piece = bound | relative | [preposition] (every | offset | day | clock [range] | part | zone)
//!       | "for" relative
//! range = ("-"|symbol|"to"|"until"|"through"|"and") clock
//! ```
//!
//! The prepositions are in `preposition.rs`. "And" joins a range only after "between".

use crate::english::{
    grammar::{
        amount::Amount,
        bare_number, bound,
        clock::{Clock, Evidence, Meridiem, time_of_day},
        correction::{self, Correction},
        dates::{
            self,
            day::{Day, ParsedDay},
            holiday, week_on, weekday,
        },
        day_part, exception, number,
        piece::{FoundPiece, Piece},
        preposition::{self, Preposition},
        recurrence, relative, title, zone,
    },
    text::{
        reader::{Read, Reader},
        word::{DayPart, Unit, Word},
    },
};
use jiff::civil::Date;

/// Maximum number of pieces that are read. A text with more pieces is not one request.
pub(crate) const MOST_PIECES: usize = 48;

/// Maximum number of changes of mind about one piece, so that reading stays linear.
const MOST_CHANGES: usize = 4;

/// Returns the pieces of a text. Tokens that `consumed` marks, because they are request words, are passed over.
pub(crate) fn pieces(r: &Reader, consumed: &[bool]) -> Vec<FoundPiece> {
    let mut found: Vec<FoundPiece> = Vec::with_capacity(4);
    let mut at = 0;
    while at < r.len() && found.len() < MOST_PIECES {
        if consumed.get(at).copied().unwrap_or(false) {
            at += 1;
            continue;
        }
        if let Some(end) = title::title(r, at) {
            at = end;
            continue;
        }
        let read = excepted(r, at, &found).or_else(|| piece(r, at, found.last()));
        match read.map(|piece| changed(r, piece)) {
            Some(mut piece) => {
                at = behind_event(r, &piece);
                count_from_event(r, &mut piece, &found);
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

/// Returns the place after a piece, and after the day of an event from which the piece counts but which stays in the
/// task: "sunday night before monday's meeting".
fn behind_event(r: &Reader, piece: &FoundPiece) -> usize {
    let names_event = matches!(r.word(piece.start), Word::Weekday(..) | Word::The | Word::On)
        && matches!(piece.piece, Piece::Day(_))
        && r.word(piece.end) == Word::Before;
    let day = names_event.then(|| dates::any_day(r, piece.end + 1)).flatten();
    day.map(|(_, end)| end).filter(|end| r.is_possessive(end - 1)).unwrap_or(piece.end)
}

/// Counts a day such as "friday night before" from the day of an event that was named earlier.
fn count_from_event(r: &Reader, piece: &mut FoundPiece, found: &[FoundPiece]) {
    let Piece::Day(said) = &piece.piece else { return };
    let event = found.iter().rev().find_map(|found| match &found.piece {
        Piece::Day(day) => Some(day),
        _ => None,
    });
    if let Some(day) = event.and_then(|event| weekday::before_event(r, (said, piece.end), event)) {
        piece.piece = Piece::Day(day);
    }
}

/// Reads an exception, if the text has named a rule before.
fn excepted(r: &Reader, at: usize, found: &[FoundPiece]) -> Option<FoundPiece> {
    found.iter().rev().find(|found| matches!(found.piece, Piece::Every(_)))?;
    let (exception, end) = exception::exception(r, at)?;
    Some(FoundPiece { piece: Piece::Except(exception), preposition: Preposition::None, start: at, end })
}

/// Applies the changes of mind that follow a piece: "at 5 no 6", "tuesday, not wednesday".
fn changed(r: &Reader, mut piece: FoundPiece) -> FoundPiece {
    for _ in 0..MOST_CHANGES {
        let Some((correction, next)) = correction::correction(r, piece.end) else { break };
        let Some(second) = second_thought(r, next, &piece) else { break };
        if matches!(second.piece, Piece::Every(_)) && correction == Correction::Earlier {
            break;
        }
        piece = correction::corrected(&piece, second, correction);
    }
    moved(r, piece)
}

/// Reads the piece after the words of a correction. A bare number after a time of day is one too.
fn second_thought(r: &Reader, at: usize, first: &FoundPiece) -> Option<FoundPiece> {
    let again = self::piece(r, at, None).filter(|second| correction::is_same_kind(&first.piece, &second.piece));
    again.or_else(|| {
        let (clock, end) = time_of_day::clock(r, at).filter(|_| matches!(first.piece, Piece::Clock(..)))?;
        let ends = clock.evidence != Evidence::Number || number::ends(r, end);
        ends.then_some(FoundPiece { piece: Piece::Clock(clock, None), preposition: Preposition::At, start: at, end })
    })
}

/// Of a time that was moved, takes the new time: "the meeting was moved from 3 to 4".
fn moved(r: &Reader, piece: FoundPiece) -> FoundPiece {
    let was_moved = correction::was_moved(r, piece.start);
    match piece.piece {
        Piece::Clock(_, Some(end)) if was_moved => FoundPiece { piece: Piece::Clock(end, None), ..piece },
        _ => piece,
    }
}

/// Reads a year after a time of day. It belongs to the day that stands in front of the time: "Oct 26 11:00 2023".
fn year_behind_clock(r: &Reader, piece: &FoundPiece, before: Option<&FoundPiece>) -> Option<(Date, usize)> {
    let (Piece::Clock(..), Some(FoundPiece { piece: day, end, .. })) = (&piece.piece, before) else { return None };
    let Word::Number(year @ 1970..=2199, 4) = r.word(piece.end) else { return None };
    let goes_on = r.is_mark(piece.end + 1, b':');
    let date = match day {
        Piece::Day(day) => day.in_year(year as i16),
        Piece::OtherWeekday(mismatch) => mismatch.in_year(year as i16),
        _ => None,
    };
    let date = date.filter(|_| *end == piece.start && !goes_on)?;
    Some((date, piece.end + 1))
}

fn piece(r: &Reader, at: usize, before: Option<&FoundPiece>) -> Option<FoundPiece> {
    let first = r.word(at);
    // Most words of a text have nothing to do with time.
    if first == Word::Other && !may_begin(r, at) {
        return None;
    }
    if is_part_of_code(r, at) {
        return None;
    }
    let previous = before.filter(|found| {
        found.end <= at
            && at - found.end <= 2
            && (found.end..at).all(|at| matches!(r.word(at), Word::And | Word::Mark(b',' | b'&')))
    });
    let whole = |(piece, end): (Piece, usize)| FoundPiece { piece, preposition: Preposition::None, start: at, end };
    bound::bound(r, at, previous)
        .or_else(|| minutes_to(r, at))
        .or_else(|| same_time(r, at, previous))
        .or_else(|| week_on::week_on(r, at).map(|(day, next)| (Piece::Day(day), next)))
        .or_else(|| weekday::nth_from_now(r, at).map(|(day, next)| (Piece::Day(day), next)))
        .or_else(|| relative::relative(r, at, previous))
        .map(whole)
        .or_else(|| with_preposition(r, at, previous))
}

/// Reads "same time tomorrow": the time that the sender's clock shows now.
fn same_time(r: &Reader, at: usize, previous: Option<&FoundPiece>) -> Read<Piece> {
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
    if let (Word::Next, Word::Unit(unit @ (Unit::Week | Unit::Month | Unit::Year))) = (r.word(next), r.word(next + 1)) {
        return Some((Piece::FromNow(Amount::of(1000, unit)), next + 2));
    }
    let by_day = previous.is_some_and(|found| matches!(found.piece, Piece::Day(_)))
        || matches!(r.word(next), Word::Tomorrow | Word::Weekday(..) | Word::On | Word::Next);
    let now = r.sender.clock;
    let clock = Clock {
        hour: now.hour(),
        minute: now.minute(),
        second: 0,
        meridiem: Meridiem::Known,
        evidence: Evidence::Clear,
    };
    by_day.then_some((Piece::Clock(clock, None), next))
}

/// Reads a time of day that begins like an amount: "20 minutes to 6".
fn minutes_to(r: &Reader, at: usize) -> Read<Piece> {
    let told =
        r.word(at + 1) == Word::Unit(Unit::Minute) && matches!(r.word(at + 2), Word::To | Word::Past | Word::Until);
    let (clock, next) = told.then(|| time_of_day::clock(r, at)).flatten()?;
    (clock.evidence == Evidence::Clear).then_some((Piece::Clock(clock, None), next))
}

/// Whether a word that the lexicon does not know may begin a piece: a holiday, a zone, or a phrase.
fn may_begin(r: &Reader, at: usize) -> bool {
    let said = r.spelling(at);
    !said.is_empty()
        && (day_part::may_begin(said)
            || zone::may_begin(r, at)
            || holiday::may_begin(said)
            || recurrence::may_begin(said))
}

/// Whether a number is a price or a part of a code, and so is not a time.
fn is_part_of_code(r: &Reader, at: usize) -> bool {
    let number = matches!(r.word(at), Word::Number(..));
    number
        && at > 0
        && r.is_adjacent(at)
        && (matches!(r.word(at - 1), Word::Mark(b'$' | b'#' | b'*' | b'%' | b'_' | b'=') | Word::Symbol)
            || matches!(r.word(at - 1), Word::Mark(b'-' | b'.' | b',' | b'/'))
                && at > 1
                && r.is_adjacent(at - 1)
                && matches!(r.word(at - 2), Word::Number(..))
                && !matches!(r.word(at + 1), Word::Mark(b':')))
}

fn with_preposition(r: &Reader, at: usize, previous: Option<&FoundPiece>) -> Option<FoundPiece> {
    // In "early april" and "late next week" the whole phrase names a day.
    if matches!(r.word(at), Word::Early | Word::Later)
        && let Some((ParsedDay::Day(day), end)) = dates::any_day(r, at)
    {
        return Some(FoundPiece { piece: Piece::Day(day), preposition: Preposition::None, start: at, end });
    }
    let (preposition, next) = preposition::preposition(r, at);
    let (mut piece, end) = without_preposition(r, next, preposition, previous)?;
    if let (Word::Early, Piece::Day(day)) = (r.word(at), &mut piece) {
        day.part = day.part.or(Some(DayPart::Breakfast));
    }
    if let (Word::Later, Piece::Day(day @ Day { part: Some(DayPart::Night), .. })) = (r.word(at), &mut piece) {
        day.part = Some(DayPart::Bedtime);
    }
    let fits = match r.word(at) {
        // "about" fits only a time of day or a rule, because "about tomorrow's meeting" is a task. "of" fits only a
        // rule, or a piece directly after another piece.
        Word::Around => matches!(piece, Piece::Clock(..) | Piece::Every(_)) || r.spelling(at) == "around",
        _ if preposition == Preposition::Repeat => matches!(piece, Piece::Every(_)),
        Word::Of => matches!(piece, Piece::Every(_)) || previous.is_some(),
        _ => true,
    };
    fits.then_some(FoundPiece { piece, preposition, start: at, end })
}

/// Reads a piece after its preposition.
fn without_preposition(r: &Reader, at: usize, preposition: Preposition, previous: Option<&FoundPiece>) -> Read<Piece> {
    if let Some((every, next)) = recurrence::every(r, at) {
        return Some((Piece::Every(Box::new(every)), next));
    }
    // For instance "an alarm for 45 minutes from now".
    if preposition == Preposition::For
        && let Some((Piece::FromNow(amount), next)) = relative::relative(r, at, None)
    {
        return Some((Piece::FromNow(amount), next));
    }
    if let Some((amount, next)) = relative::offset(r, at) {
        // "the night before" is at night.
        let part = match r.word(r.skip(at, Word::The)) {
            Word::DayPart(part) => Some(part),
            _ => None,
        };
        return Some((Piece::Offset(amount, part), next));
    }
    if preposition != Preposition::Between
        && let Some((said, next)) = dates::any_day(r, at)
        && !is_time_first(r, at, preposition, next)
    {
        return Some(match said {
            ParsedDay::Day(day) => (Piece::Day(day), next),
            ParsedDay::NoSuchDay => (Piece::NoSuchDay, next),
            ParsedDay::OtherWeekday(mismatch) => (Piece::OtherWeekday(mismatch), next),
        });
    }
    if let Some((clock, next)) = time_of_day::clock(r, at) {
        if bare_number::is_time_of_day(r, at, preposition, clock.evidence, next, previous) {
            let (clock, next) = bare_number::in_daytime(r, clock, next);
            return Some(bare_number::range(r, clock, next));
        }
        if clock.evidence == Evidence::Slight && preposition == Preposition::None {
            return Some((Piece::WeakClock(clock), next));
        }
    }
    day_part::part(r, at, preposition, previous)
        .map(|((part, time), next)| (Piece::DayPart(part, time), next))
        .or_else(|| zone::zone(r, at, previous).map(|(zone, next)| (Piece::Zone(zone), next)))
}

/// Whether a number that could be a date is a time of day, because it stands after "at" or "by": "at 8.30".
fn is_time_first(r: &Reader, at: usize, preposition: Preposition, next: usize) -> bool {
    matches!(preposition, Preposition::At | Preposition::By)
        && next == at + 3
        && (r.is_mark(at + 1, b'.'))
        && time_of_day::clock(r, at).is_some_and(|(_, end)| end >= next)
}
