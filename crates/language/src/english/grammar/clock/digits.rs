//! Times of day in digits, and the signs that digits are something else.

use crate::english::{
    grammar::{
        clock::{Clock, Evidence, Meridiem, am_pm::with_am_pm},
        number,
        time_words::{YEARS, is_day_word},
    },
    text::{
        reader::{Read, Reader},
        word::{Unit, Word},
    },
};

pub(crate) fn colon(r: &Reader, at: usize, hour: u32) -> Read<Clock> {
    let (minute, next) = glued_minutes(r, at, b':')
        // A slip of the finger.
        .or_else(|| glued_minutes(r, at, b';'))
        .filter(|_| hour < 25 && r.tokens[at].end - r.tokens[at].start < 3)?;
    if hour == 24 && minute != 0 {
        return None;
    }
    let mut clock = Clock::at(hour as i8 % 24, minute);
    // "06:30" and "00:15" are on a 24-hour clock; "6:30" may be AM or PM.
    if r.spelling(at).starts_with('0') {
        clock.meridiem = Meridiem::Known;
    }
    let mut next = next;
    if let Some((second, behind)) = glued_minutes(r, next - 1, b':') {
        clock.second = second;
        next = behind;
        if r.is_mark(next, b'.') && r.is_adjacent(next + 1) && matches!(r.word(next + 1), Word::Number(..)) {
            next += 2;
        }
    }
    if r.is_mark(next, b':') && r.is_adjacent(next + 1) && matches!(r.word(next + 1), Word::Number(..)) {
        return None;
    }
    Some(with_am_pm(r, next, clock).unwrap_or((clock, r.skip(next, Word::OClock))))
}

/// Reads two digits from 00 to 59 after a mark, without spaces.
fn glued_minutes(r: &Reader, at: usize, mark: u8) -> Read<i8> {
    match r.word(at + 2) {
        Word::Number(minute @ 0..=59, 2)
            if r.is_mark(at + 1, mark) && r.is_adjacent(at + 1) && r.is_adjacent(at + 2) =>
        {
            Some((minute as i8, at + 3))
        }
        _ => None,
    }
}

/// Reads "6.30", which may be a price or a version, so its evidence is slight without AM or PM.
pub(crate) fn dot(r: &Reader, at: usize, hour: u32) -> Read<Clock> {
    let (minute, next) = glued_minutes(r, at, b'.').filter(|_| hour < 24)?;
    let clock = Clock::at(hour as i8, minute);
    if let Some(found) = with_am_pm(r, next, clock) {
        return Some(found);
    }
    let goes_on = r.is_adjacent(next)
        && matches!(r.word(next), Word::Mark(b'.' | b'%' | b'-' | b'/') | Word::Other)
        && r.is_adjacent(next + 1);
    (!goes_on && !is_measured(r, next) && !r.is_mark(next, b'%')).then_some((clock.with(Evidence::Slight), next))
}

/// Reads a time without a colon or a dot: "6pm", "630pm", "1830", "0500 hrs", "7 o'clock", "6-ish", "7".
pub(crate) fn digits_only(r: &Reader, at: usize, value: u32, digits: u8) -> Read<Clock> {
    let next = at + 1;
    let whole = match digits {
        1 | 2 if value < 24 => Clock::at(value as i8, 0),
        3 | 4 if value < 2400 && value % 100 < 60 => {
            let clock = Clock::at((value / 100) as i8, (value % 100) as i8);
            if digits == 4 && value < 1000 { Clock { meridiem: Meridiem::Known, ..clock } } else { clock }
        }
        _ => return None,
    };
    if let Some(found) = with_am_pm(r, next, whole) {
        return Some(found);
    }
    // "14pm" is not a time.
    if matches!(r.word(next), Word::Am | Word::Pm) {
        return None;
    }
    if r.spelling(next) == "hundred" && digits <= 2 {
        return Some((Clock { meridiem: Meridiem::Known, ..whole }, r.skip(next + 1, Word::Unit(Unit::Hour))));
    }
    if digits <= 2 {
        if let Some((minute, behind)) = french_minutes(r, next).filter(|_| !is_hours_and_minutes(r, at)) {
            return Some((Clock { meridiem: Meridiem::Known, minute, ..whole }, behind));
        }
        // For instance "at 17h".
        if r.word(next) == Word::Letters(Unit::Hour)
            && r.is_adjacent(next)
            && (r.word_before(at) == Some(Word::At) || r.word(next + 1) == Word::On || is_beside_day(r, at, next + 1))
        {
            return Some((Clock { meridiem: Meridiem::Known, ..whole }, next + 1));
        }
        if let Some(found) = spaced_minutes(r, at, whole) {
            return Some(found);
        }
        return o_clock(r, next, whole).or_else(|| {
            let counted = is_measured(r, next) || followed_by_digits(r, next);
            (!counted).then_some((whole.with(Evidence::Number), next))
        });
    }
    let military = matches!(r.word(next), Word::Unit(Unit::Hour) | Word::Letters(Unit::Hour));
    if military {
        return Some((Clock { meridiem: Meridiem::Known, ..whole }, next + 1));
    }
    let counted = is_measured(r, next) || followed_by_digits(r, next);
    // "0730 gym" and "tomorrow 530" are times; "1500 words" and "friday 2027" are not.
    let round = value.is_multiple_of(5) && !(digits == 4 && YEARS.contains(&value));
    let behind_day = round && at > 0 && is_day_word(r.word(at - 1));
    let first = at == 0 && round && !followed_by_digits(r, next) && (value < 1000 && digits == 4 || is_task(r, next));
    let sure = match (first, digits == 4 && value < 1000 || behind_day) {
        (true, _) => Evidence::Clear,
        (false, true) => Evidence::Slight,
        (false, false) => Evidence::Number,
    };
    let likely = digits == 4 || behind_day || r.word_before(at) == Some(Word::At);
    (likely && !counted).then_some((whole.with(sure), next))
}

/// Whether a day stands directly before a time that begins at `at`, or directly after it.
pub(crate) fn is_beside_day(r: &Reader, at: usize, next: usize) -> bool {
    is_day_word(r.word(next)) || at > 0 && is_day_word(r.word(at - 1))
}

/// Whether a word with which tasks often begin stands at a place, so that the digits before it are a time of day.
fn is_task(r: &Reader, at: usize) -> bool {
    matches!(
        r.spelling(at),
        "call"
            | "text"
            | "ring"
            | "pick"
            | "pay"
            | "take"
            | "buy"
            | "meet"
            | "go"
            | "email"
            | "send"
            | "leave"
            | "feed"
            | "walk"
            | "drop"
            | "get"
            | "check"
            | "wake"
            | "gym"
            | "dentist"
            | "doctor"
            | "lunch"
            | "dinner"
            | "meeting"
            | "bus"
            | "train"
            | "flight"
            | "yoga"
            | "church"
            | "school"
            | "dr"
    )
}

/// Reads minutes after a space: "3 30 pm", "at 4 15", "6 thirty". Without AM or PM, two digits are minutes only in
/// steps of five, after "at" or a day, and if nothing follows that the number could count.
fn spaced_minutes(r: &Reader, at: usize, hour: Clock) -> Read<Clock> {
    let next = at + 1;
    let (minute, behind, in_words) = match r.word(next) {
        Word::Number(minute @ 0..=59, 2) if !r.is_adjacent(next) => (minute as i8, next + 1, false),
        Word::Small(minute @ (15 | 30 | 45)) => (minute as i8, next + 1, true),
        _ => return None,
    };
    let clock = Clock { minute, ..hour };
    if let Some(found) = with_am_pm(r, behind, clock) {
        return Some(found);
    }
    let led = r.word_before(at) == Some(Word::At) || at > 0 && is_day_word(r.word(at - 1));
    let goes_on = followed_by_digits(r, behind) || is_measured(r, behind);
    let is_clock = in_words || led && minute % 5 == 0 && number::ends(r, behind);
    (is_clock && !goes_on).then_some((clock.with(if in_words { Evidence::Clear } else { Evidence::Slight }), behind))
}

/// Up to this number of hours, "3h30" without a day is a length of time.
const MOST_HOURS: u32 = 3;

/// Maximum number of tokens from "wake" or "alarm" to its time.
const MOST_AFTER_WAKE: usize = 4;

/// Whether "1h30" is more probably a length of time: people are asleep at that time of day, and the text says neither a
/// preposition of time nor a day beside it.
pub(crate) fn is_hours_and_minutes(r: &Reader, at: usize) -> bool {
    let is_led = matches!(
        r.word_before(at),
        Some(Word::At | Word::By | Word::Before | Word::After | Word::From | Word::Until | Word::To | Word::Around)
    );
    matches!(r.word(at), Word::Number(0..=MOST_HOURS, 1))
        && !is_led
        && !wakes_before(r, at)
        && !is_listed(r, at)
        && french_minutes(r, at + 1).is_some_and(|(_, next)| r.word(next) != Word::On && !is_beside_day(r, at, next))
}

/// Whether a few words before a time ask to be woken, so that the time is a time of day: "alarm 3h30", but not "wake me
/// 1h30 from now".
fn wakes_before(r: &Reader, at: usize) -> bool {
    let counts_from_now = matches!(r.word(at + 3), Word::From | Word::After | Word::Later | Word::Hence);
    let wakes = |word: usize| matches!(r.spelling(word), "wake" | "woken" | "alarm" | "alarms");
    !counts_from_now && (at.saturating_sub(MOST_AFTER_WAKE)..at).any(wakes)
}

/// Whether another time as the French write it stands beside one: "train 1h15 and 2h15". Lengths of time have no list.
fn is_listed(r: &Reader, at: usize) -> bool {
    let is_time = |at: usize| matches!(r.word(at), Word::Number(0..=23, _)) && french_minutes(r, at + 1).is_some();
    let is_joint = |at: usize| matches!(r.word(at), Word::And | Word::Or | Word::Mark(b',' | b'&' | b'/'));
    is_joint(at + 3) && is_time(at + 4) || at >= 4 && is_joint(at - 1) && is_time(at - 4)
}

/// Reads the minutes in "18h30".
fn french_minutes(r: &Reader, at: usize) -> Read<i8> {
    match r.word(at + 1) {
        Word::Number(minute @ 0..=59, 2)
            if r.word(at) == Word::Letters(Unit::Hour)
                && r.is_adjacent(at)
                && r.is_adjacent(at + 1)
                && r.word(at + 2) != Word::Letters(Unit::Minute)
                && !matches!(r.word(at + 2), Word::Unit(_)) =>
        {
            Some((minute as i8, at + 2))
        }
        _ => None,
    }
}

pub(crate) fn o_clock(r: &Reader, at: usize, hour: Clock) -> Read<Clock> {
    let two_words = r.spelling(at) == "o" && r.spelling(r.skip_mark(at + 1, b'\'')) == "clock";
    let behind = match r.word(at) {
        Word::OClock => at + 1,
        _ if two_words => r.skip_mark(at + 1, b'\'') + 1,
        _ => {
            let ish = r.skip_mark(at, b'-');
            return (r.word(ish) == Word::Ish).then(|| with_am_pm(r, ish + 1, hour).unwrap_or((hour, ish + 1)));
        }
    };
    Some(with_am_pm(r, behind, hour).unwrap_or((hour, behind)))
}

/// Whether a unit or something countable follows a number, so that it is not a time: "7 miles", "10%".
pub(crate) fn is_measured(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Unit(_) | Word::NthSuffix | Word::Quarters | Word::Times => true,
        Word::Letters(_) => r.is_adjacent(at),
        Word::Mark(b'%' | b'$') => true,
        Word::Other => {
            let said = r.spelling(at);
            r.is_adjacent(at)
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

/// Whether more digits belong to a number: "101,194", "7/11".
fn followed_by_digits(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Mark(b',' | b'.' | b'/' | b':'))
        && r.is_adjacent(at)
        && r.is_adjacent(at + 1)
        && matches!(r.word(at + 1), Word::Number(..))
}
