//! Parts of the day, and the hour each stands for.
//!
//! ```text
//! part = ["early"|"late"] (("in the"|"this"|"that"|"the") daytime | "at night" | daytime)      (the last one behind a day)
//!      | ("at"|"by"|"before"|"after"|"around"|"during"|"over") meal ["time"] | ("before"|"after") ("work"|"school"|"bed")
//!      | "first thing" ["in the morning"] | "eod" | "close of business" | "bedtime"
//! ```

use crate::english::{
    grammar::{
        piece::{Found, Piece},
        preposition::Lead,
    },
    text::{
        reader::{Read, Reader},
        word::{Part, Word},
    },
};
use jiff::civil::Time;

/// When a part of the day is meant without a clock.
pub(crate) fn hour_of(part: Part) -> Time {
    let hour = match part {
        Part::Dawn => 6,
        Part::Breakfast => 8,
        Part::Morning => 9,
        Part::Lunch => 12,
        Part::Afternoon => 15,
        Part::Close => 17,
        Part::Evening | Part::Dinner => 19,
        Part::Night => 20,
        Part::Bedtime => 22,
    };
    Time::constant(hour, 0, 0, 0)
}

const EARLY_MORNING: Time = Time::constant(7, 0, 0, 0);

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

/// A part of the day, if what stands before it shows that one is meant.
pub(crate) fn part(r: &Reader, at: usize, lead: Lead, touches: Option<&Found>) -> Read<(Part, Time)> {
    phrase(r, at, lead).or_else(|| {
        let behind = touches.is_some_and(|found| {
            matches!(
                found.piece,
                Piece::Day(_) | Piece::Clock(..) | Piece::Every(_) | Piece::Start(_) | Piece::Offset(..)
            )
        });
        let this = matches!(r.word(at), Word::This) || r.said(at) == "that";
        let the = r.word(at) == Word::The;
        let start = if this || the { at + 1 } else { at };
        let (shade, start) = match r.word(start) {
            Word::Early => (Shade::Early, start + 1),
            Word::Later => (Shade::Late, start + 1),
            _ => (Shade::Plain, start),
        };
        // The lead has passed over an "early" that stood before.
        let shade = if r.word_before(start) == Some(Word::Early) { Shade::Early } else { shade };
        let shade = if start > 0 && r.said(start - 1) == "late" { Shade::Late } else { shade };
        let Word::Part(part) = r.word(start) else { return None };
        let next = if r.word(start + 1) == Word::Times && r.said(start + 1) == "time" { start + 2 } else { start + 1 };
        let meant = match part {
            Part::Close | Part::Bedtime => true,
            Part::Breakfast | Part::Lunch | Part::Dinner => is_meal_time(r, lead, start, next),
            Part::Dawn => lead != Lead::None,
            Part::Morning | Part::Afternoon | Part::Evening | Part::Night => {
                let preceded = this
                    || behind
                    || shade != Shade::Plain
                    || (the && matches!(lead, Lead::In | Lead::For | Lead::By | Lead::On))
                    || lead == Lead::At
                    || lead == Lead::By
                    || lead == Lead::In && r.said(start).ends_with('s');
                preceded && !r.is_possessive(start)
            }
        };
        let of_day = the && r.word(next) == Word::Of;
        let (meant, next) = if of_day { (true, next + 1) } else { (meant, next) };
        meant.then(|| ((part, shaded(part, shade)), next))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shade {
    Plain,
    Early,
    Late,
}

fn shaded(part: Part, shade: Shade) -> Time {
    match (part, shade) {
        (Part::Morning, Shade::Early) => EARLY_MORNING,
        (Part::Morning, Shade::Late) => LATE_MORNING,
        (Part::Afternoon, Shade::Early) => EARLY_AFTERNOON,
        (Part::Afternoon, Shade::Late) => LATE_AFTERNOON,
        (Part::Evening, Shade::Early) => EARLY_EVENING,
        (Part::Evening, Shade::Late) => LATE_EVENING,
        (Part::Night, Shade::Late) => LATE_NIGHT,
        _ => hour_of(part),
    }
}

/// "at lunch", "after dinner" at the end of something; "lunch with Bob" is what someone does.
fn is_meal_time(r: &Reader, lead: Lead, at: usize, next: usize) -> bool {
    let timed = next > at + 1 || r.said(at).ends_with("time");
    let preceded = matches!(lead, Lead::At | Lead::By | Lead::Before | Lead::After | Lead::Around)
        || lead == Lead::On && r.word_before(at) != Some(Word::On);
    timed && (preceded || lead == Lead::In || lead == Lead::None && r.word_before(at).is_none())
        || preceded && (!matches!(r.word(next), Word::Other) || r.said(next) == "remind") && r.said(next) != "with"
}

fn phrase(r: &Reader, at: usize, lead: Lead) -> Read<(Part, Time)> {
    match (r.said(at), lead) {
        ("first", _) if r.said(at + 1) == "thing" => {
            let morning = if r.word(at + 2) == Word::In && r.word(at + 3) == Word::The { at + 4 } else { at + 2 };
            let next = if r.word(morning) == Word::Part(Part::Morning) { morning + 1 } else { at + 2 };
            Some(((Part::Morning, FIRST_THING), next))
        }
        ("close" | "end" | "the", _) => {
            let next = r.says_one_of(
                at,
                &["close of business", "end of day", "end of the day", "the end of the day", "the end of day"],
            )?;
            Some(((Part::Close, hour_of(Part::Close)), next))
        }
        ("work", Lead::After) => Some(((Part::Close, AFTER_WORK), at + 1)),
        ("work", Lead::Before) => Some(((Part::Breakfast, BEFORE_WORK), at + 1)),
        ("school", Lead::After) => Some(((Part::Afternoon, AFTER_SCHOOL), at + 1)),
        ("bed", Lead::Before) => Some(((Part::Bedtime, hour_of(Part::Bedtime)), at + 1)),
        _ => None,
    }
}

/// Words without a meaning of their own that begin a part.
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
            | "repeat"
            | "repeats"
            | "repeating"
            | "repeated"
            | "recurring"
    )
}
