//! Whether a number is a time of day: what stands around it decides.

use crate::english::{
    grammar::{
        amount,
        clock::{Clock, Evidence, Half, time_of_day},
        dates,
        piece::{Found, Piece},
        preposition::Lead,
    },
    text::{
        reader::{Read, Reader},
        word::{Part, Word},
    },
};

/// Whether what stands around a number makes it a time of day.
pub(crate) fn is_enough(
    r: &Reader,
    at: usize,
    lead: Lead,
    evidence: Evidence,
    next: usize,
    touches: Option<&Found>,
) -> bool {
    let behind_day = touches.is_some_and(|found| {
        matches!(found.piece, Piece::Day(_) | Piece::Part(..) | Piece::Every(_) | Piece::Start(_))
    });
    // "ten minutes before 6"
    let behind_offset = touches.is_some_and(|found| matches!(found.piece, Piece::Offset(..)) && found.end == at);
    match (evidence, lead) {
        (Evidence::Clear, _) => true,
        _ if behind_offset && closes(r, next) => true,
        (_, Lead::At | Lead::By | Lead::Around | Lead::Before | Lead::Between) => true,
        (_, Lead::From | Lead::After) => {
            range_end(r, next).is_some() || evidence == Evidence::Slight || lead == Lead::After && closes(r, next)
        }
        (Evidence::Slight, Lead::For) => true,
        (Evidence::Slight, _) => behind_day || before_day(r, next),
        // "at 8, 12 and 6pm"
        (_, Lead::None)
            if closes(r, next)
                && touches.is_some_and(|found| matches!(found.piece, Piece::Clock(..)) && found.end < at) =>
        {
            true
        }
        (Evidence::Number, _) if range_end(r, next).is_some_and(|(end, _)| end.evidence == Evidence::Clear) => true,
        (Evidence::Number, Lead::For) => closes(r, next) && !matches!(r.word(at), Word::Number(13.., _)),
        (Evidence::Number, _) => {
            (behind_day && closes(r, next) && matches!(r.word(at), Word::Number(1..=12, _) | Word::Small(_)))
                || before_day(r, next)
        }
    }
}

/// Whether a day right behind a number makes it a time: "11 tonight", "7 tomorrow", "9 in the morning".
fn before_day(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Today | Word::Tonight | Word::Tomorrow => !r.is_possessive(at),
        Word::In => {
            r.word(at + 1) == Word::The
                && matches!(r.word(at + 2), Word::Part(Part::Morning | Part::Afternoon | Part::Evening))
        }
        Word::At => matches!(r.word(at + 1), Word::Part(Part::Night)),
        // Only as the first word: in "buy 5 on friday" it counts.
        Word::On => at == 1 && dates::day(r, at + 1).is_some(),
        Word::This => matches!(r.word(at + 1), Word::Part(_)),
        _ => false,
    }
}

/// Whether a number ends here, so that it counts nothing.
fn closes(r: &Reader, at: usize) -> bool {
    matches!(
        r.word(at),
        Word::Mark(0 | b',' | b'.' | b'!' | b'?' | b';' | b':' | b')' | b'-' | b'/')
            | Word::To
            | Word::On
            | Word::At
            | Word::For
            | Word::In
            | Word::And
            | Word::Or
            | Word::Every
            | Word::Today
            | Word::Tonight
            | Word::Tomorrow
            | Word::Until
            | Word::Exactly
            | Word::Starting
            | Word::Weekday(..)
            | Word::Around
            | Word::From
    ) || matches!(r.said(at), "remind" | "please" | "pls" | "plz" | "that" | "thanks" | "i" | "call" | "text" | "my")
}

pub(crate) fn range(r: &Reader, clock: Clock, at: usize) -> (Piece, usize) {
    let Some((end, next)) = range_end(r, at) else { return (Piece::Clock(clock, None), at) };
    // "10 - 11am": the end says in which half both are, unless that would turn them round.
    let start = match (clock.half, end.half) {
        (Half::Open, Half::Known) => {
            let late = clock.after_noon();
            if end.hour >= 12 && (late.hour, late.minute) <= (end.hour, end.minute) { late } else { clock.in_morning() }
        }
        _ => clock,
    };
    (Piece::Clock(start, Some(end)), next)
}

fn range_end(r: &Reader, at: usize) -> Read<Clock> {
    let joined = match r.word(at) {
        Word::Mark(b'-') | Word::Symbol | Word::To | Word::Until | Word::Through => at + 1,
        Word::And if is_between(r, at) => at + 1,
        _ => return None,
    };
    let (clock, next) = time_of_day::clock(r, joined)?;
    let between = r.word(at) == Word::And;
    let measured = amount::unit(r, next).is_some()
        || !between && clock.evidence == Evidence::Number && !closes(r, next) && !matches!(r.word(next), Word::Unit(_));
    (!measured && dates::day(r, joined).is_none_or(|(_, end)| end <= next)).then_some((clock, next))
}

/// Whether the clock before "and" stands behind "between".
fn is_between(r: &Reader, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|before| r.word(before) == Word::Between)
}

/// "9 in the morning and 9 at night": each clock has the part of the day that follows it.
pub(crate) fn in_daytime(r: &Reader, clock: Clock, at: usize) -> (Clock, usize) {
    if clock.half == Half::Known {
        return (clock, at);
    }
    match (r.word(at), r.word(at + 1), r.word(at + 2)) {
        (Word::In, Word::The, Word::Part(Part::Morning)) => (clock.in_morning(), at + 3),
        (Word::In, Word::The, Word::Part(Part::Afternoon | Part::Evening)) => (clock.after_noon(), at + 3),
        // "12 at night" and "1 at night" are the next day's.
        (Word::At, Word::Part(Part::Night), _) if (5..12).contains(&clock.hour) => (clock.after_noon(), at + 2),
        _ => (clock, at),
    }
}
