//! Parts of the day, and the time that each stands for.
//!
//! ```text
//! part = [("in"|"for"|"by"|"on") "the" | "this" | "that" | "at" | "by"] ["early"|"late"] daytime | "the" daytime "of"
//!        (a daytime without any of these words only after a day, a time, a rule or an offset; a plural such as
//!         "mornings" also after "in"; "dawn", "sunrise" and "daybreak" only after a preposition, of any kind)
//!      | ("at"|"by"|"before"|"after"|"around"|"during"|"over") meal ["time"] | ["in"] meal "time"
//!      | "after" ("work"|"school") | "before" ("work"|"bed") | "bedtime"
//!      | "first thing" [["in the"] "morning"] | "eod" | "close of business" | ["the"] "end of" ["the"] "day"
//! ```

use crate::english::{
    grammar::{
        dates::{self, day::Day},
        piece::{FoundPiece, Piece},
        preposition::Preposition,
    },
    text::{
        reader::{Read, Reader},
        word::{DayPart, Word},
    },
};
use jiff::civil::Time;

/// Returns the time that a part of the day stands for when no time is given.
pub(crate) fn usual_time(part: DayPart) -> Time {
    let hour = match part {
        DayPart::Dawn => 6,
        DayPart::Breakfast => 8,
        DayPart::Morning => 9,
        DayPart::Lunch => 12,
        DayPart::Afternoon => 15,
        DayPart::Close => 17,
        DayPart::Evening | DayPart::Dinner => 19,
        DayPart::Night => 20,
        DayPart::Bedtime => 22,
    };
    Time::constant(hour, 0, 0, 0)
}

const EARLY_MORNING: Time = Time::constant(7, 0, 0, 0);

const MID_MORNING: Time = Time::constant(10, 0, 0, 0);

const LATE_MORNING: Time = Time::constant(11, 0, 0, 0);

const EARLY_AFTERNOON: Time = Time::constant(13, 0, 0, 0);

const LATE_AFTERNOON: Time = Time::constant(17, 0, 0, 0);

const EARLY_EVENING: Time = Time::constant(18, 0, 0, 0);

const LATE_EVENING: Time = Time::constant(21, 0, 0, 0);

const LATE_NIGHT: Time = Time::constant(23, 0, 0, 0);

const FIRST_THING: Time = Time::constant(8, 0, 0, 0);

const BEFORE_WORK: Time = Time::constant(8, 0, 0, 0);

const AFTER_SCHOOL: Time = Time::constant(15, 30, 0, 0);

const AFTER_WORK: Time = Time::constant(17, 30, 0, 0);

/// Reads a part of the day. Most parts also need tokens around them that show that a time is meant.
pub(crate) fn part(
    r: &Reader,
    at: usize,
    preposition: Preposition,
    previous: Option<&FoundPiece>,
) -> Read<(DayPart, Time)> {
    phrase(r, at, preposition, previous).or_else(|| {
        let behind = previous.is_some_and(|found| {
            matches!(
                found.piece,
                Piece::Day(_) | Piece::Clock(..) | Piece::Every(_) | Piece::Start(_) | Piece::Offset(..)
            )
        });
        // "Sat am" and "tomorrow pm" name half a day.
        if let (true, Some(part)) = (behind, half_of_day(r, at, previous)) {
            return Some(((part, usual_time(part)), at + 1));
        }
        let this = matches!(r.word(at), Word::This) || r.spelling(at) == "that";
        let the = r.word(at) == Word::The;
        let start = if this || the { at + 1 } else { at };
        let (shade, start) = match r.word(start) {
            Word::Early => (Shading::Early, start + 1),
            Word::Later => (Shading::Late, start + 1),
            _ => (Shading::Plain, start),
        };
        // The preposition may have consumed an "early" or "late" before this token.
        let shade = if r.word_before(start) == Some(Word::Early) { Shading::Early } else { shade };
        let shade = if start > 0 && r.spelling(start - 1) == "late" { Shading::Late } else { shade };
        let Word::DayPart(part) = r.word(start) else { return None };
        let next =
            if r.word(start + 1) == Word::Times && r.spelling(start + 1) == "time" { start + 2 } else { start + 1 };
        let meant = match part {
            DayPart::Close | DayPart::Bedtime => true,
            DayPart::Breakfast | DayPart::Lunch | DayPart::Dinner => is_meal_time(r, preposition, start, next),
            DayPart::Dawn => preposition != Preposition::None,
            DayPart::Morning | DayPart::Afternoon | DayPart::Evening | DayPart::Night => {
                let preceded = this
                    || behind
                    || shade != Shading::Plain
                    || (the
                        && matches!(
                            preposition,
                            Preposition::In | Preposition::For | Preposition::By | Preposition::On
                        ))
                    || preposition == Preposition::At
                    || preposition == Preposition::By
                    || preposition == Preposition::In && r.spelling(start).ends_with('s');
                preceded && !r.is_possessive(start)
            }
        };
        // "The night of june 3", "night of june 3".
        let of_day = r.word(next) == Word::Of && (the || dates::any_day(r, next + 1).is_some());
        let (meant, next) = if of_day { (true, next + 1) } else { (meant, next) };
        let time = shaded(part, shade);
        let time = if this && shade == Shading::Plain { later_this(r, part, time) } else { time };
        meant.then_some(((part, time), next))
    })
}

/// Returns the part of the day that "am" or "pm" directly after a day means.
fn half_of_day(r: &Reader, at: usize, previous: Option<&FoundPiece>) -> Option<DayPart> {
    let day = previous.filter(|found| matches!(found.piece, Piece::Day(_)) && found.end == at);
    match (day, r.word(at)) {
        (Some(_), Word::Am) => Some(DayPart::Morning),
        (Some(_), Word::Pm) => Some(DayPart::Afternoon),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shading {
    Plain,
    Early,
    Late,
}

fn shaded(part: DayPart, shade: Shading) -> Time {
    match (part, shade) {
        (DayPart::Morning, Shading::Early) => EARLY_MORNING,
        (DayPart::Morning, Shading::Late) => LATE_MORNING,
        (DayPart::Afternoon, Shading::Early) => EARLY_AFTERNOON,
        (DayPart::Afternoon, Shading::Late) => LATE_AFTERNOON,
        (DayPart::Evening, Shading::Early) => EARLY_EVENING,
        (DayPart::Evening, Shading::Late) => LATE_EVENING,
        (DayPart::Night, Shading::Late) => LATE_NIGHT,
        _ => usual_time(part),
    }
}

/// Returns a later time of the same evening, if its usual time has passed: "this evening", said at half past nine.
fn later_this(r: &Reader, part: DayPart, time: Time) -> Time {
    let now = r.sender.clock.time();
    let passed = now >= time && matches!(part, DayPart::Evening | DayPart::Night) && now.hour() < 23;
    if passed { Time::new(now.hour() + 1, now.minute(), 0, 0).unwrap_or(time) } else { time }
}

/// Whether a meal is a time: "at lunch" and "after dinner" are times, "lunch with Bob" is a task.
fn is_meal_time(r: &Reader, preposition: Preposition, at: usize, next: usize) -> bool {
    let timed = next > at + 1 || r.spelling(at).ends_with("time");
    let preceded = matches!(
        preposition,
        Preposition::At | Preposition::By | Preposition::Before | Preposition::After | Preposition::Around
    ) || preposition == Preposition::On && r.word_before(at) != Some(Word::On);
    timed
        && (preceded
            || preposition == Preposition::In
            || preposition == Preposition::None && r.word_before(at).is_none())
        // "At lunch text sara" begins with its time.
        || preposition == Preposition::At && at == 1 && r.spelling(next) != "with"
        || preceded
            && (!matches!(r.word(next), Word::Other) || r.spelling(next) == "remind")
            && r.spelling(next) != "with"
}

fn is_after_noon(part: DayPart) -> bool {
    matches!(part, DayPart::Afternoon | DayPart::Evening | DayPart::Night)
}

fn phrase(r: &Reader, at: usize, preposition: Preposition, previous: Option<&FoundPiece>) -> Read<(DayPart, Time)> {
    // "Sunday night before work" is on Sunday.
    let is_late = previous.is_some_and(|found| match &found.piece {
        Piece::DayPart(part, _) | Piece::Day(Day { part: Some(part), .. }) => is_after_noon(*part),
        Piece::Every(every) => every.part.is_some_and(is_after_noon),
        _ => false,
    });
    match (r.spelling(at), preposition) {
        ("first", _) if r.spelling(at + 1) == "thing" => {
            let morning = if r.word(at + 2) == Word::In && r.word(at + 3) == Word::The { at + 4 } else { at + 2 };
            let next = if r.word(morning) == Word::DayPart(DayPart::Morning) { morning + 1 } else { at + 2 };
            Some(((DayPart::Morning, FIRST_THING), next))
        }
        ("close" | "end" | "the", _) => {
            let next = r.says_one_of(
                at,
                &[
                    "close of business",
                    "close of play",
                    "end of play",
                    "end of day",
                    "end of the day",
                    "the end of the day",
                    "the end of day",
                    "end of business",
                ],
            )?;
            Some(((DayPart::Close, usual_time(DayPart::Close)), next))
        }
        ("mid" | "middle", _) => {
            let start = r.skip(r.skip(r.skip_mark(at + 1, b'-'), Word::Of), Word::The);
            let Word::DayPart(part @ (DayPart::Morning | DayPart::Afternoon)) = r.word(start) else { return None };
            let time = if part == DayPart::Morning { MID_MORNING } else { usual_time(part) };
            Some(((part, time), start + 1))
        }
        ("work", Preposition::After) => Some(((DayPart::Close, AFTER_WORK), at + 1)),
        ("work", Preposition::Before) if !is_late => Some(((DayPart::Breakfast, BEFORE_WORK), at + 1)),
        ("school", Preposition::After) => Some(((DayPart::Afternoon, AFTER_SCHOOL), at + 1)),
        ("bed", Preposition::Before) => Some(((DayPart::Bedtime, usual_time(DayPart::Bedtime)), at + 1)),
        _ => None,
    }
}

/// Whether a word that the lexicon does not know may begin a part of the day or another phrase about time.
pub(crate) fn may_begin(said: &str) -> bool {
    matches!(
        said,
        "when"
            | "same"
            | "top"
            | "sometime"
            | "somewhere"
            | "come"
            | "during"
            | "over"
            | "close"
            | "no"
            | "that"
            | "work"
            | "school"
            | "eom"
            | "eoy"
            | "eow"
            | "forth"
            | "repeat"
            | "repeats"
            | "repeating"
            | "repeated"
            | "recurring"
    )
}
