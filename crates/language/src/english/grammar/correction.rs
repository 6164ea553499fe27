//! A change of mind within a text: "at 5 no 6", "tomorrow, actually friday", "tuesday, not wednesday", "moved from 3 to
//! 4".
//!
//! ```text
//! correction = piece [","] ("no"|"i mean"|"actually"|"make that"|…) [","] piece    (the second piece counts)
//!            | piece [","] ["and"] ("not"|"instead of"|"rather than") piece         (the first piece counts)
//! ```

use crate::english::{
    grammar::{
        clock::Meridiem,
        piece::{FoundPiece, Piece},
    },
    text::{phrases::Phrases, reader::Reader, word::Word},
};

/// Words that take back the time before them.
#[rustfmt::skip]
static TAKES_BACK: Phrases = Phrases::of(&[
    "no", "nope", "no no", "no wait", "wait no", "wait", "i mean", "i meant", "no i mean", "no i meant", "sorry",
    "sorry i mean", "sorry i meant", "oops", "oops i mean", "oops i meant", "actually", "no actually", "actually no",
    "or rather", "rather", "make that", "make it", "no make it", "no make that", "actually make it", "correction",
    "scratch that", "well actually", "er", "erm", "uh", "hmm", "lets say", "no lets say", "or actually", "better",
    "or better", "on second thought", "on second thoughts", "change that to", "strike that",
]);

/// Words that exclude the time after them.
#[rustfmt::skip]
static EXCLUDES: Phrases = Phrases::of(&[
    "not", "and not", "instead of", "rather than", "as opposed to", "no longer", "and no longer", "nicht",
]);

/// Maximum number of phrases in a row that take back a time.
const MOST_PHRASES: usize = 3;

/// The time that counts after a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Correction {
    /// The time after the words counts.
    Later,
    /// The time before the words counts.
    Earlier,
}

/// Reads the words of a correction after a piece that ends at `at`, and returns the place after them.
pub(crate) fn correction(r: &Reader, at: usize) -> Option<(Correction, usize)> {
    let start = skip_marks(r, at);
    // People say several: "no wait, make it 6".
    let mut later = None;
    for _ in 0..MOST_PHRASES {
        let Some(next) = r.says_any(later.unwrap_or(start), &TAKES_BACK) else { break };
        later = Some(skip_marks(r, next));
    }
    if let Some(next) = later {
        return Some((Correction::Later, next));
    }
    let next = r.says_any(start, &EXCLUDES)?;
    Some((Correction::Earlier, next))
}

/// Whether two pieces answer the same question, so that one can replace the other.
pub(crate) fn is_same_kind(a: &Piece, b: &Piece) -> bool {
    let is_day = |piece: &Piece| {
        matches!(
            piece,
            Piece::Day(_) | Piece::FromNow(_) | Piece::BareAmount(_) | Piece::NoSuchDay | Piece::OtherWeekday(_)
        )
    };
    let is_clock = |piece: &Piece| {
        matches!(
            piece,
            Piece::Clock(..) | Piece::WeakClock(_) | Piece::DayPart(..) | Piece::FromNow(_) | Piece::BareAmount(_)
        )
    };
    is_day(a) && is_day(b)
        || is_clock(a) && is_clock(b)
        || matches!((a, b), (Piece::Every(_), Piece::Every(_)) | (Piece::Offset(..), Piece::Offset(..)))
}

/// Returns the piece that counts of two with a correction between them. It covers the words of both.
pub(crate) fn corrected(first: &FoundPiece, second: FoundPiece, correction: Correction) -> FoundPiece {
    match correction {
        Correction::Later => {
            let piece = in_same_half(&first.piece, second.piece);
            FoundPiece { piece, start: first.start, preposition: first.preposition, end: second.end }
        }
        Correction::Earlier => FoundPiece { end: second.end, ..first.clone() },
    }
}

/// Settles the half of the day of a time that replaces another: "8am, actually 8:30" is in the morning.
fn in_same_half(first: &Piece, second: Piece) -> Piece {
    match (first, second) {
        (Piece::Clock(before, _), Piece::Clock(after, end)) if before.meridiem == Meridiem::Known => {
            Piece::Clock(if before.hour < 12 { after.in_morning() } else { after.in_afternoon() }, end)
        }
        (_, second) => second,
    }
}

/// Whether a word before a place says that something was moved: "moved from 3 to 4".
pub(crate) fn was_moved(r: &Reader, at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| r.spelling(before));
    matches!(before, "moved" | "changed" | "rescheduled" | "pushed" | "shifted" | "switched" | "delayed")
}

fn skip_marks(r: &Reader, at: usize) -> usize {
    let mut next = at;
    while matches!(r.word(next), Word::Mark(b',' | b'.' | b'-' | b'*' | b'(' | b'!') | Word::Symbol) {
        next += 1;
    }
    next
}
