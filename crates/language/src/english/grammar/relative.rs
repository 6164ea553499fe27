//! Times counted from now, or from another time in the text.
//!
//! ```text
//! relative = ("in"|"within") [about] (amount | hh ":" mm "hours" | minutes) ["or so"] ["time"|"from now"|"from today"]
//!          | ("in"|"within") ["the"] "next" (amount|"hour"|"minute") | "within the" unit
//!          | ["the"] "next" ("hour"|"minute")
//!          | "after" [about] amount | ("+"|"plus"|"now" ("+"|"plus")) amount | ["at the"] "top of the hour"
//!          | [about] amount ["or so"] ("from now"|"from today"|"later"|"hence"|"out")
//!          | [about] amount ["or so"]                                      (only if the text has no other time)
//! offset   = amount ("before"|"prior" ["to"]|"ahead" ["of"]|"in advance"|"early"|"after"|"from"|"past")
//!          | amount ("beforehand"|"earlier"|"afterwards") | ["the"] unit ("before"|"after"|"prior" ["to"])
//!          | ["the"] ("night"|"evening"|"morning") "before"
//! ```

use crate::english::{
    grammar::{
        amount::{self, Amount},
        clock::digits,
        number,
        piece::{FoundPiece, Piece},
    },
    text::{
        reader::{Read, Reader},
        word::{DayPart, Unit, Word},
    },
};

/// Up to this number, a number alone means minutes: "in 45".
const MOST_BARE_MINUTES: u32 = 120;

/// Reads a time counted from now. After a day or a time of day, "+ 3 days" counts from that instead.
pub(crate) fn relative(r: &Reader, at: usize, previous: Option<&FoundPiece>) -> Read<Piece> {
    let from_day = previous.is_some_and(|found| matches!(found.piece, Piece::Day(_) | Piece::Clock(..)));
    if let Some(next) = r.says_one_of(at, &["at the top of the hour", "top of the hour", "at the top of the next hour"])
    {
        let minute = i64::from(r.sender.clock.minute());
        return Some((Piece::FromNow(Amount::of((60 - minute) * 1000, Unit::Minute)), next));
    }
    match r.word(at) {
        Word::In | Word::Within => {
            let next = skip_softeners(r, at + 1);
            let (amount, next) =
                hours_and_minutes(r, next).or_else(|| spanned(r, next)).or_else(|| bare_minutes(r, next))?;
            Some((Piece::FromNow(amount), time_behind(r, next)))
        }
        Word::After => {
            let (amount, next) = amount::amount(r, skip_softeners(r, at + 1))?;
            (!is_anchored(r, next)).then_some((Piece::FromNow(amount), next))
        }
        Word::Now => {
            let plus = matches!(r.word(at + 1), Word::Mark(b'+') | Word::Plus).then_some(at + 2)?;
            let (amount, next) = amount::amount(r, plus)?;
            Some((Piece::FromNow(amount), next))
        }
        Word::Mark(b'+') | Word::Plus => {
            let (amount, next) = amount::amount(r, at + 1)?;
            Some((if from_day { Piece::Offset(amount, None) } else { Piece::FromNow(amount) }, next))
        }
        Word::Next if r.word(at + 1) != Word::Unit(Unit::Day) => {
            let (unit, next) = amount::unit(r, at + 1).filter(|(unit, _)| matches!(unit, Unit::Hour | Unit::Minute))?;
            Some((Piece::FromNow(Amount::of(1000, unit)), next))
        }
        Word::The if r.word(at + 1) == Word::Next => relative(r, at + 1, previous),
        Word::Around | Word::Mark(b'~') => counted(r, skip_softeners(r, at)),
        _ => counted(r, at),
    }
}

/// Reads an amount that counts from now or stands alone: "2 hours from now", "5 minutes later", "3 days out".
fn counted(r: &Reader, at: usize) -> Read<Piece> {
    let military = matches!(r.word(at), Word::Number(0..=2359, 4))
        && matches!(r.word(at + 1), Word::Unit(Unit::Hour) | Word::Letters(Unit::Hour));
    let is_hour = matches!(r.word(at), Word::Number(0..=23, _))
        && r.word(at + 1) == Word::Letters(Unit::Hour)
        && r.is_adjacent(at + 1)
        && amount::unit(r, at + 3).is_none();
    if military || is_french_clock(r, at) || is_hour && digits::is_beside_day(r, at, at + 2) {
        return None;
    }
    let (amount, next) = amount::amount(r, at)?;
    let next = or_so(r, next);
    let from_now = match r.word(next) {
        Word::From | Word::After => match r.word(next + 1) {
            Word::Now | Word::Today => Some(next + 2),
            Word::Other if r.spelling(next + 1) == "right" && r.word(next + 2) == Word::Now => Some(next + 3),
            Word::This if r.spelling(next + 2) == "moment" => Some(next + 3),
            _ => None,
        },
        Word::Later if r.spelling(next) != "late" => Some(next + 1),
        Word::Hence => Some(next + 1),
        Word::Other if r.spelling(next) == "out" => Some(next + 1),
        _ => None,
    };
    if let Some(end) = from_now {
        return Some((Piece::FromNow(amount), end));
    }
    // An amount before "ago" has passed; "2 hours before the game" counts from something else.
    let per = r.word(next) == Word::A && matches!(r.word(next + 1), Word::Unit(_));
    let elsewhere = per || r.word(next) == Word::Ago || is_anchored(r, next) || offset(r, at).is_some();
    // "Half an hour pizza" and "a half hour timer" are amounts; "half a day" in other places is not.
    let timed = at == 0 || matches!(r.spelling(next), "timer" | "alarm" | "reminder");
    let article = matches!(r.word(at), Word::Few | Word::Single)
        || r.word(at) == Word::Half && !timed
        || r.word(at) == Word::A && (at == 0 || !timed);
    let behind_last =
        matches!(r.word_before(at), Some(Word::Last | Word::Past | Word::Mark(b'-' | b'$' | b'.' | b'/' | b':')));
    (!elsewhere && !article && !behind_last && !amount.is_zero()).then_some((Piece::BareAmount(amount), next))
}

/// Whether digits are a time of day as the French write it: "17h30". After "in" such digits are an amount.
fn is_french_clock(r: &Reader, at: usize) -> bool {
    !digits::is_hours_and_minutes(r, at)
        && matches!(r.word(at), Word::Number(0..=23, _))
        && r.word(at + 1) == Word::Letters(Unit::Hour)
        && matches!(r.word(at + 2), Word::Number(0..=59, 2))
        && r.is_adjacent(at + 1)
        && r.is_adjacent(at + 2)
        && amount::unit(r, at + 3).is_none()
}

/// Returns the place after words that soften an amount: "about", "another", "the next".
fn skip_softeners(r: &Reader, at: usize) -> usize {
    let mut next = at;
    loop {
        next = match r.word(next) {
            Word::Around | Word::Exactly | Word::Mark(b'~') => next + 1,
            Word::Other
                if matches!(
                    r.spelling(next),
                    "another" | "exactly" | "just" | "like" | "say" | "maybe" | "under" | "over" | "only"
                ) =>
            {
                next + 1
            }
            Word::The if r.word(next + 1) == Word::Next => next + 2,
            Word::Next => next + 1,
            Word::Other => match r
                .says_one_of(next, &["less than", "no more than", "not more than", "a little over", "a little under"])
            {
                Some(behind) => behind,
                None => return next,
            },
            _ => return next,
        };
    }
}

/// Reads an amount, or a unit without a number: "in the next hour".
fn spanned(r: &Reader, at: usize) -> Read<Amount> {
    amount::amount(r, at)
        .or_else(|| {
            let (unit, next) = amount::unit(r, at).filter(|(unit, _)| matches!(unit, Unit::Hour | Unit::Minute))?;
            (r.word_before(at) == Some(Word::Next)).then_some((Amount::of(1000, unit), next))
        })
        .or_else(|| {
            let within_the = r.word_before(at) == Some(Word::Within) && r.word(at) == Word::The;
            let (unit, next) = within_the.then(|| amount::unit(r, at + 1)).flatten()?;
            Some((Amount::of(1000, unit), next))
        })
}

/// Reads hours and minutes with a colon: "in 1:30 hours".
fn hours_and_minutes(r: &Reader, at: usize) -> Read<Amount> {
    let (Word::Number(hours @ 0..=99, _), Word::Number(minutes @ 0..=59, 2)) = (r.word(at), r.word(at + 2)) else {
        return None;
    };
    let hours_said = r.is_mark(at + 1, b':') && amount::unit(r, at + 3).is_some_and(|(unit, _)| unit == Unit::Hour);
    hours_said.then(|| (Amount::of(i64::from(hours * 60 + minutes) * 1000, Unit::Minute), at + 4))
}

/// Reads a bare number as minutes if its clause ends or "to" follows: "in 20", but not "in 20 boxes".
fn bare_minutes(r: &Reader, at: usize) -> Read<Amount> {
    let (count, next) = number::whole(r, at).filter(|(count, _)| (2..=MOST_BARE_MINUTES).contains(count))?;
    let ends = matches!(r.word(next), Word::To | Word::Mark(0 | b',' | b'!' | b'?' | b';'))
        || r.ends_clause(next)
        || r.spelling(next) == "remind";
    ends.then(|| (Amount::of(i64::from(count) * 1000, Unit::Minute), next))
}

/// Returns the place after "or so" or "or two", if one of them stands at `at`.
fn or_so(r: &Reader, at: usize) -> usize {
    if r.word(at) == Word::Or && (r.spelling(at + 1) == "so" || r.word(at + 1) == Word::Small(2)) { at + 2 } else { at }
}

/// Returns the place after "time" or "from now": "in three weeks' time", "in two hours from now".
fn time_behind(r: &Reader, at: usize) -> usize {
    let at = or_so(r, at);
    let quote = if r.is_mark(at, b'\'') || r.word(at) == Word::Symbol { at + 1 } else { at };
    if r.spelling(quote) == "time" {
        return quote + 1;
    }
    match (r.word(at), r.word(at + 1)) {
        (Word::From, Word::Now | Word::Today) => at + 2,
        _ => at,
    }
}

fn is_anchored(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Before | Word::After => true,
        Word::From => !matches!(r.word(at + 1), Word::Now | Word::Today) && r.spelling(at + 1) != "right",
        _ => matches!(r.spelling(at), "prior" | "ahead" | "beforehand" | "earlier"),
    }
}

/// Reads how far before or after another time a reminder is wanted, and returns the place where that other time begins.
pub(crate) fn offset(r: &Reader, at: usize) -> Read<Amount> {
    let (amount, next) = amount::amount(r, at).or_else(|| one_unit(r, at)).or_else(|| minutes_before(r, at))?;
    match r.word(next) {
        // "On the 14th and 1 day before" names two days.
        Word::Before if is_joined_unit(r, at) && number::ends(r, next + 1) => None,
        Word::Before => Some((amount.negated(), skip_event_pronoun(r, next + 1))),
        Word::From
            if !matches!(r.word(next + 1), Word::Now | Word::Today | Word::This) && r.spelling(next + 1) != "right" =>
        {
            Some((amount, next + 1))
        }
        Word::After if r.word(next + 1) == Word::Today => None,
        // "Friday and the day after" names two days.
        Word::After if is_joined_unit(r, at) && number::ends(r, next + 1) => None,
        // "The week after next" names a week. It is not an offset of a week.
        Word::After
            if r.word(next + 1) == Word::Next
                && !matches!(r.word(next + 2), Word::Weekday(..) | Word::Unit(_) | Word::Month(..) | Word::Weekend) =>
        {
            None
        }
        Word::After | Word::Past => Some((amount, skip_event_pronoun(r, next + 1))),
        Word::In if r.spelling(next + 1) == "advance" => Some((amount.negated(), next + 2)),
        Word::Early if amount.seconds != 0 => Some((amount.negated(), next + 1)),
        _ => match r.spelling(next) {
            "prior" => Some((amount.negated(), skip_event_pronoun(r, r.skip(r.skip(next + 1, Word::To), Word::Of)))),
            "ahead" => Some((amount.negated(), skip_event_pronoun(r, r.skip(r.skip(next + 1, Word::Of), Word::Times)))),
            "beforehand" | "earlier" => Some((amount.negated(), next + 1)),
            "afterwards" | "afterward" => Some((amount, next + 1)),
            _ => None,
        },
    }
}

/// Whether "and", "or" or a comma joins a unit to the words before: "and the day", "and 2 days".
fn is_joined_unit(r: &Reader, at: usize) -> bool {
    let unit = r.skip(at, Word::The);
    let first = if r.word_before(unit) == Some(Word::The) { unit - 1 } else { unit };
    let is_joined = matches!(r.word_before(first), Some(Word::And | Word::Or | Word::Mark(b',' | b'&')));
    let counted = matches!(r.word(unit), Word::Number(..) | Word::Small(_) | Word::A);
    is_joined && matches!(r.word(if counted { unit + 1 } else { unit }), Word::Unit(_))
}

/// Reads minutes without their unit: "remind me 15 before", "meeting at 3, 10 before".
fn minutes_before(r: &Reader, at: usize) -> Read<Amount> {
    let (count, next) =
        number::whole(r, at).filter(|(count, _)| count % 5 == 0 && (5..=MOST_BARE_MINUTES).contains(count))?;
    let is_first = at == 0 || matches!(r.spelling(at - 1), "me" | "us" | "," | "reminder" | "alarm");
    let before = matches!(r.word(next), Word::Before) || matches!(r.spelling(next), "prior" | "beforehand");
    (is_first && before).then(|| (Amount::of(i64::from(count) * 1000, Unit::Minute), next))
}

/// Reads a unit without a number: "the day before", "week after", "night before".
fn one_unit(r: &Reader, at: usize) -> Read<Amount> {
    let start = r.skip(at, Word::The);
    let decisive = matches!(r.word(start + 1), Word::Before | Word::After) || r.spelling(start + 1) == "prior";
    let amount = match r.word(start) {
        Word::Unit(unit) if decisive => Amount::of(1000, unit),
        // "Friday night before the party" is on that Friday.
        Word::DayPart(DayPart::Night | DayPart::Evening | DayPart::Morning)
            if r.word(start + 1) == Word::Before
                && !matches!(r.word_before(at), Some(Word::Weekday(..) | Word::Tomorrow)) =>
        {
            Amount::of(1000, Unit::Day)
        }
        _ => return None,
    };
    Some((amount, start + 1))
}

/// Returns the place after words that stand for an event and name no time: "before it begins", "before that".
fn skip_event_pronoun(r: &Reader, at: usize) -> usize {
    if !matches!(r.spelling(at), "it" | "that" | "then" | "this") {
        return at;
    }
    let mut next = at + 1;
    while matches!(
        r.spelling(next),
        "will" | "is" | "begins" | "begin" | "starts" | "start" | "happens" | "happen" | "due" | "going" | "ends"
    ) || r.spelling(next) == "to" && next > at + 1 && matches!(r.spelling(next + 1), "begin" | "start" | "happen")
    {
        next += 1;
    }
    next
}

/// Reads a bare number as minutes, for an answer such as "45" to "when?" and for SNOOZE.
pub(crate) fn minutes(r: &Reader, at: usize) -> Read<Amount> {
    let (minutes, next) = number::whole(r, at)?;
    Some((Amount::of(i64::from(minutes) * 1000, Unit::Minute), next))
}
