//! Decides by the tokens around a bare number whether it is a time of day.

use crate::english::{
    grammar::{
        amount,
        clock::{Clock, Evidence, Meridiem, time_of_day},
        dates, number,
        piece::{FoundPiece, Piece},
        preposition::Preposition,
    },
    text::{
        reader::{Read, Reader},
        word::{DayPart, Word},
    },
};

/// Whether the tokens around a number make it a time of day.
pub(crate) fn is_time_of_day(
    r: &Reader,
    at: usize,
    preposition: Preposition,
    evidence: Evidence,
    next: usize,
    previous: Option<&FoundPiece>,
) -> bool {
    let behind_day = previous.is_some_and(|found| {
        matches!(found.piece, Piece::Day(_) | Piece::DayPart(..) | Piece::Every(_) | Piece::Start(_))
    });
    // For instance "ten minutes before 6".
    let behind_offset = previous.is_some_and(|found| matches!(found.piece, Piece::Offset(..)) && found.end == at);
    match (evidence, preposition) {
        (Evidence::Clear, _) => true,
        _ if is_alternative(r, at, next) => true,
        // "5-6 eggs".
        (Evidence::Number, _) if is_hyphenated(r, next) && may_count(r, next + 2) => false,
        _ if behind_offset && number::ends(r, next) => true,
        (_, Preposition::At | Preposition::By | Preposition::Around | Preposition::Before | Preposition::Between) => {
            true
        }
        (_, Preposition::From | Preposition::After) => {
            range_end(r, next).is_some()
                || evidence == Evidence::Slight
                || preposition == Preposition::After && number::ends(r, next)
        }
        (Evidence::Slight, Preposition::For) => true,
        (Evidence::Slight, _) => behind_day || before_day(r, next) && !is_labeled(r, at),
        // For instance the 12 in "at 8, 12 and 6pm".
        (_, Preposition::None)
            if number::ends(r, next)
                && previous.is_some_and(|found| matches!(found.piece, Piece::Clock(..)) && found.end < at) =>
        {
            true
        }
        (Evidence::Number, _) if range_end(r, next).is_some_and(|(end, _)| end.evidence == Evidence::Clear) => true,
        (Evidence::Number, Preposition::For) => {
            number::ends(r, next) && !matches!(r.word(at), Word::Number(13.., _)) && !is_party(r, at)
        }
        (Evidence::Number, _) => {
            (behind_day && number::ends(r, next) && matches!(r.word(at), Word::Number(1..=12, _) | Word::Small(_)))
                || before_day(r, next) && !is_labeled(r, at)
                || previous.is_some_and(|found| begins_with_day(r, found, at, next))
                || number::ends(r, next) && at > 0 && matches!(r.spelling(at - 1), "alarm" | "alarms")
        }
    }
}

/// Whether an hour is one of two after "either": "either 2 or 3pm", "either 12 or 1", but not "either 2 or 3 eggs".
fn is_alternative(r: &Reader, at: usize, next: usize) -> bool {
    let is_hour = |at: usize| matches!(r.word(at), Word::Number(1..=12, _) | Word::Small(1..=12));
    let is_first = |at: usize| at > 0 && r.spelling(at - 1) == "either" && is_hour(at);
    if is_first(at) && r.word(next) == Word::Or {
        let second = time_of_day::clock(r, next + 1);
        return second.is_some_and(|(clock, end)| clock.evidence == Evidence::Clear || number::ends(r, end));
    }
    at >= 2 && is_hour(at) && r.word(at - 1) == Word::Or && is_first(at - 2) && number::ends(r, next)
}

/// Whether a day and a number begin the text or follow the request, and the word after them is not something that the
/// number counts: "tomorrow 8 dentist", but not "tomorrow 8 eggs".
fn begins_with_day(r: &Reader, day: &FoundPiece, at: usize, next: usize) -> bool {
    let is_first = day.start == 0 || matches!(r.spelling(day.start - 1), "me" | "reminder" | "alarm");
    day.end == at
        && is_first
        && matches!(day.piece, Piece::Day(_) | Piece::DayPart(..))
        && matches!(r.word(at), Word::Number(1..=12, 1..=2))
        && r.word(next) == Word::Other
        && !r.is_adjacent(next)
        && !may_count(r, next)
}

/// Whether a number may count the people at a table: "book a table for 8".
pub(crate) fn is_party(r: &Reader, at: usize) -> bool {
    at >= 2 && matches!(r.spelling(at - 2), "table" | "tables" | "seats" | "places")
}

/// Whether a number before this word may count something rather than be a time. Here, beside words that a number counts,
/// a unit or "and" is enough: "5-6 days", "tomorrow 8 and 9 eggs". They can also follow a time, so
/// [`number::is_counted`] does not include them.
fn may_count(r: &Reader, at: usize) -> bool {
    number::may_be_counted(r, at) || matches!(r.word(at), Word::Unit(_) | Word::And | Word::Or)
}

/// Whether the word before a number names what the number belongs to: "chapter 5 tonight". A flight may name its time.
fn is_labeled(r: &Reader, at: usize) -> bool {
    let said = at.checked_sub(1).map_or("", |before| r.spelling(before));
    let four = matches!(r.word(at), Word::Number(_, 3..));
    number::is_label(said) && !(four && matches!(said, "flight" | "bus"))
}

/// Whether a day or a part of the day after a number makes the number a time: "11 tonight", "7 tomorrow", "9 in the
/// morning".
fn before_day(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Today | Word::Tonight | Word::Tomorrow => !r.is_possessive(at),
        Word::In => {
            r.word(at + 1) == Word::The
                && matches!(r.word(at + 2), Word::DayPart(DayPart::Morning | DayPart::Afternoon | DayPart::Evening))
        }
        Word::At => matches!(r.word(at + 1), Word::DayPart(DayPart::Night)),
        // A day after "on" counts only if the number is the first word: in "buy 5 on friday" the number counts things.
        Word::On => at == 1 && dates::any_day(r, at + 1).is_some(),
        Word::This => matches!(r.word(at + 1), Word::DayPart(_)),
        _ => false,
    }
}

pub(crate) fn range(r: &Reader, clock: Clock, at: usize) -> (Piece, usize) {
    let Some((end, next)) = range_end(r, at) else {
        // In "2 or 3pm" the PM also counts for the 2.
        let other = (r.word(at) == Word::Or).then(|| time_of_day::clock(r, at + 1)).flatten();
        let clock = other.map_or(clock, |(other, _)| in_half_of(clock, other));
        return (Piece::Clock(clock, None), at);
    };
    (Piece::Clock(in_half_of(clock, end), Some(end)), next)
}

/// Settles the half of the day of a time by a later time. In "10 - 11am" the AM of the end also counts for the start.
/// In "10 - 2pm" the PM does not count for the start, because the range would end before it begins.
fn in_half_of(clock: Clock, end: Clock) -> Clock {
    match (clock.meridiem, end.meridiem) {
        (Meridiem::Open, Meridiem::Known) => {
            let late = clock.in_afternoon();
            if end.hour >= 12 && (late.hour, late.minute) <= (end.hour, end.minute) { late } else { clock.in_morning() }
        }
        _ => clock,
    }
}

fn range_end(r: &Reader, at: usize) -> Read<Clock> {
    let joined = match r.word(at) {
        Word::Mark(b'-') | Word::Symbol | Word::To | Word::Until | Word::Through => at + 1,
        Word::And if is_between(r, at) => at + 1,
        _ => return None,
    };
    let (clock, next) = time_of_day::clock(r, joined)?;
    let between = r.word(at) == Word::And || follows_steps(r, at) || is_hyphenated(r, at);
    let measured = amount::unit(r, next).is_some()
        || !between
            && clock.evidence == Evidence::Number
            && !number::ends(r, next)
            && !matches!(r.word(next), Word::Unit(_));
    (!measured && dates::any_day(r, joined).is_none_or(|(_, end)| end <= next)).then_some((clock, next))
}

/// Whether a minus joins two numbers without spaces: "10-11".
fn is_hyphenated(r: &Reader, at: usize) -> bool {
    r.is_mark(at, b'-') && r.is_adjacent(at) && r.is_adjacent(at + 1)
}

/// Whether "between" is one of the six tokens before this "and".
fn is_between(r: &Reader, at: usize) -> bool {
    (at.saturating_sub(6)..at).any(|before| r.word(before) == Word::Between)
}

/// Whether the range that ends behind `at` follows a rule of hours or minutes: "every 30 minutes from 9 to 5".
fn follows_steps(r: &Reader, at: usize) -> bool {
    let is_rule = |from: usize| (from.saturating_sub(4)..from).any(|before| r.word(before) == Word::Every);
    (at.saturating_sub(6)..at).filter(|from| *from > 0 && r.word(*from) == Word::From).any(|from| {
        amount::unit(r, from - 1).is_some() && is_rule(from) || matches!(r.word(from - 1), Word::Periodic(..))
    })
}

/// Applies the part of the day that follows a time: "9 in the morning and 9 at night".
pub(crate) fn in_daytime(r: &Reader, clock: Clock, at: usize) -> (Clock, usize) {
    if clock.meridiem == Meridiem::Known {
        return (clock, at);
    }
    match (r.word(at), r.word(at + 1), r.word(at + 2)) {
        (Word::In, Word::The, Word::DayPart(DayPart::Morning)) => (clock.in_morning(), at + 3),
        (Word::In, Word::The, Word::DayPart(DayPart::Afternoon | DayPart::Evening)) => (clock.in_afternoon(), at + 3),
        // "12 at night" and "1 at night" are on the next day, and are resolved later.
        (Word::At, Word::DayPart(DayPart::Night), _) if (5..12).contains(&clock.hour) => (clock.in_afternoon(), at + 2),
        _ => (clock, at),
    }
}
