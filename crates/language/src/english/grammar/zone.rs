//! Time zones as people name them: by letters, by city, country or state, by offset.
//!
//! ```text
//! zone   = letters {"standard"|"daylight"|"time"} | ("utc"|"gmt"|"zulu") offset | offset
//!        | place "time" | ("my"|"your"|"local"|"our") "time"
//! offset = "z" | ("+"|"-") hours [":" minutes] | ("+"|"-") hhmm
//! ```
//! The letters, or a word such as "eastern", stand for the clocks of a place, whether or not the place has summer time
//! now: "6pm EST" in July is New York's 6pm.

use crate::{
    english::{
        grammar::{
            amount,
            piece::{FoundPiece, Piece},
        },
        text::{
            reader::{Read, Reader},
            word::Word,
        },
    },
    places::{MOST_OFFSET_HOURS, names::LETTERS, zone_named},
};
use jiff::tz::{Offset, TimeZone};

/// Maximum number of words in a place's name.
const LONGEST_PLACE: usize = 3;

/// Whether a zone may begin at a word that the lexicon does not know.
pub(crate) fn may_begin(r: &Reader, at: usize) -> bool {
    let said = r.spelling(at);
    is_word_time(r, at + 1)
        || is_word_time(r, at + 2)
        || is_letters(said)
        || matches!(said, "z" | "here" | "my" | "your" | "local")
}

fn is_word_time(r: &Reader, at: usize) -> bool {
    r.spelling(at) == "time"
}

fn is_letters(said: &str) -> bool {
    LETTERS.iter().any(|(letters, _)| *letters == said)
}

/// Reads a zone. Letters, an offset and "my time" count only after a time of day. A place with "time" counts anywhere.
/// The inner `None` is the sender's own zone.
pub(crate) fn zone(r: &Reader, at: usize, previous: Option<&FoundPiece>) -> Read<Option<TimeZone>> {
    let behind_clock = previous.is_some_and(|found| matches!(found.piece, Piece::Clock(..)));
    if is_word_time(r, at + 1) && matches!(r.spelling(at), "my" | "your" | "local" | "our") {
        return behind_clock.then_some((None, at + 2));
    }
    if behind_clock {
        let found = by_letters(r, at).or_else(|| offset(r, at).filter(|(_, next)| !may_be_range(r, at, *next)));
        if let Some((zone, next)) = found {
            return Some((Some(zone), next));
        }
    }
    (1..=LONGEST_PLACE).rev().find_map(|words| {
        if !is_word_time(r, at + words) {
            return None;
        }
        let (first, last) = (r.tokens.get(at)?, r.tokens.get(at + words - 1)?);
        let zone = zone_named(&r.lower[first.start..last.end])?;
        Some((Some(zone), at + words + 1))
    })
}

fn by_letters(r: &Reader, at: usize) -> Read<TimeZone> {
    let (_, name) = LETTERS.iter().find(|(letters, _)| *letters == r.spelling(at))?;
    if *name == "UTC"
        && let Some(found) = offset(r, at + 1)
    {
        return Some(found);
    }
    let mut next = at + 1;
    while matches!(r.spelling(next), "standard" | "daylight" | "time") {
        next += 1;
    }
    Some((TimeZone::get(name).ok()?, next))
}

/// Whether an offset without letters may be the end of a range of times: "10-11", "0900-1100". An offset behind a minus
/// has minutes after a colon, or follows a time with a colon: "10:00-0500".
fn may_be_range(r: &Reader, at: usize, end: usize) -> bool {
    let has_colon = end == at + 4 || at >= 2 && r.is_mark(at - 2, b':') && matches!(r.word(at + 1), Word::Number(_, 4));
    r.is_mark(at, b'-') && !has_colon
}

/// Reads an offset from UTC: "Z", "+02:00", "+0200", "+2".
fn offset(r: &Reader, at: usize) -> Read<TimeZone> {
    if r.spelling(at) == "z" && r.is_adjacent(at) {
        return Some((TimeZone::UTC, at + 1));
    }
    let sign = match r.word(at) {
        Word::Mark(b'+') => 1,
        Word::Mark(b'-') if r.is_adjacent(at) && r.is_adjacent(at + 1) => -1,
        _ => return None,
    };
    let Word::Number(number, digits @ (1 | 2 | 4)) = r.word(at + 1) else { return None };
    let (hours, minutes, next) = match (digits, r.word(at + 3)) {
        (4, _) => (number / 100, number % 100, at + 2),
        (_, Word::Number(minutes, 2)) if r.is_mark(at + 2, b':') => (number, minutes, at + 4),
        _ => (number, 0, at + 2),
    };
    if hours > MOST_OFFSET_HOURS || minutes > 59 || amount::unit(r, next).is_some() {
        return None;
    }
    let seconds = sign * i32::try_from(hours * 3600 + minutes * 60).ok()?;
    Some((TimeZone::fixed(Offset::from_seconds(seconds).ok()?), next))
}
