//! Days by their weekday.
//!
//! ```text
//! weekday = ["the"] ("this" ["next"] | "next" ["next"]) name
//!         | ["the"] name ["after next" | [","] ["on"] ("this"|"next") "week" | "week"]
//!         | ["the"] ("this"|"next") "week" [","] ["on"] name
//!         | "in" number names ["from now"] | number names "from now"
//!         | ["the"] name [part] ("before"|"after") day [part] | ["the"] name [part] "before"
//!         | ["the"] name [","] ["the"] ordinal            (the next month in which that day is that weekday)
//! ```
//! A weekday alone lies after today. With "this" it may be today. With "next" it is in the next calendar week.

use crate::english::{
    grammar::{
        dates::{
            self,
            calendar::{after, in_week, on_or_after, weekday_on_day_of_month},
            day::{Day, Grain, IfPast, Mismatch, ParsedDay},
        },
        number,
    },
    text::{
        reader::{Read, Reader},
        word::{DayPart, Form, Unit, Word},
    },
};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// How far away the day in "Tuesday 29" may be without a question, in days: at most the month after the next.
const SOON_DAYS: i64 = 62;

pub(crate) fn weekday(r: &Reader, at: usize) -> Read<Day> {
    // "Last friday" has passed.
    if r.word_before(at) == Some(Word::Last) || at > 0 && r.spelling(at - 1) == "since" {
        return None;
    }
    // For instance "ask for friday off".
    if r.spelling(at + 1) == "off" {
        return None;
    }
    nth_from_now(r, at).or_else(|| in_named_week(r, at)).or_else(|| {
        let start = r.skip(at, Word::The);
        match r.word(start) {
            Word::This => {
                let coming = r.skip(r.skip(start + 1, Word::This), Word::Next);
                let (weekday, next) = name(r, coming, Form::Doubtful)?;
                Some((Day::recurring(on_or_after(r.sender.today(), weekday)?, IfPast::Weekly), next))
            }
            Word::Next => {
                let more = r.skip(start + 1, Word::Next);
                let (weekday, next) = name(r, more, Form::Doubtful)?;
                let weeks = if more > start + 1 { 2 } else { 1 };
                Some((Day::fixed(in_week(r.sender.today(), weekday, weeks)?), next))
            }
            _ => {
                // "sun", "sat" and "wed" are other words too, and are days only where a day is likely.
                let least = if may_be_short(r, start) { Form::Doubtful } else { Form::Short };
                let (weekday, next) = name(r, start, least)?;
                Some(qualified(r, weekday, next)?)
            }
        }
    })
}

/// Reads a weekday's name with the dot of an abbreviation. A doubtful form such as "sat" counts only if `least` is
/// doubtful too.
pub(crate) fn name(r: &Reader, at: usize, least: Form) -> Read<Weekday> {
    match r.word(at) {
        Word::Weekday(_, Form::Plural) => None,
        Word::Weekday(_, Form::Doubtful) if least != Form::Doubtful => None,
        // "Monday.com" is a name.
        Word::Weekday(..)
            if r.is_mark(at + 1, b'.')
                && r.is_adjacent(at + 1)
                && r.is_adjacent(at + 2)
                && matches!(r.word(at + 2), Word::Other | Word::In) =>
        {
            None
        }
        Word::Weekday(weekday, form) => {
            let dotted = form != Form::Full && r.is_mark(at + 1, b'.') && r.is_adjacent(at + 1) && at + 2 < r.len();
            Some((weekday, if dotted { at + 2 } else { at + 1 }))
        }
        _ => None,
    }
}

/// Whether "sat" can be Saturday here, by the words around it.
fn may_be_short(r: &Reader, at: usize) -> bool {
    let before = matches!(
        r.word_before(at),
        Some(
            Word::On
                | Word::By
                | Word::For
                | Word::Every
                | Word::Until
                | Word::This
                | Word::Next
                | Word::From
                | Word::Starting
                | Word::And
                | Word::Mark(b',' | b'/' | b'-' | b'&' | b'(' | b':')
                | Word::Weekday(..)
                | Word::Around
                | Word::Of
                | Word::The
        )
    );
    let after = match r.word(at + 1) {
        Word::At => matches!(r.word(at + 2), Word::Number(..) | Word::Small(_) | Word::Noon | Word::Midnight),
        Word::Mark(b',' | b'.' | b'/' | b'-' | b'&')
        | Word::Number(..)
        | Word::DayPart(_)
        | Word::Noon
        | Word::Month(..)
        | Word::Next
        | Word::Around
        | Word::Until
        | Word::Am
        | Word::Pm
        | Word::By => true,
        Word::Mark(0) | Word::To => true,
        Word::The => matches!(r.word(at + 2), Word::Number(..)),
        Word::Other if r.spelling(at + 1) == "remind" => true,
        Word::And => matches!(r.word(at + 2), Word::Weekday(..)),
        _ => false,
    };
    let asked = at > 0 && matches!(r.spelling(at - 1), "me" | "us" | "reminder");
    before || after || asked
}

/// Reads the words that may follow a weekday, such as "after next", "next week", "week", "before easter", "the 27th".
fn qualified(r: &Reader, weekday: Weekday, next: usize) -> Read<Day> {
    let today = r.sender.today();
    let comma = r.skip_mark(next, b',');
    let on = r.skip(comma, Word::On);
    match (r.word(on), r.word(on + 1)) {
        (Word::After, Word::Next) if on == next => {
            let coming = after(today, weekday)?.checked_add(7.days()).ok()?;
            return Some((Day::fixed(coming), on + 2));
        }
        (Word::Next, Word::Unit(Unit::Week)) => {
            return Some((Day::fixed(in_week(today, weekday, 1)?), on + 2));
        }
        (Word::This, Word::Unit(Unit::Week)) => {
            return Some((Day::recurring(on_or_after(today, weekday)?, IfPast::Weekly), on + 2));
        }
        (Word::Unit(Unit::Week), _) if r.spelling(on) == "week" && on == next && may_be_week_later(r, on + 1) => {
            return Some((Day::fixed(after(today, weekday)?.checked_add(7.days()).ok()?), on + 1));
        }
        (Word::Unit(Unit::Fortnight), _) if on == next && r.spelling(on) == "fortnight" => {
            return Some((Day::fixed(after(today, weekday)?.checked_add(14.days()).ok()?), on + 1));
        }
        _ => {}
    }
    if let Some(found) = by_another_day(r, weekday, next).or_else(|| in_weeks(r, weekday, next)) {
        return Some(found);
    }
    if let Some((date, behind)) = with_day_number(r, weekday, comma) {
        return Some((Day::fixed(date), behind));
    }
    Some((Day::recurring(after(today, weekday)?, IfPast::Weekly), next))
}

/// Reads a weekday counted from another day: "the friday before easter", "monday after christmas", "friday night before
/// june 3".
fn by_another_day(r: &Reader, weekday: Weekday, at: usize) -> Read<Day> {
    let (part, at) = match r.word(at) {
        Word::DayPart(part @ (DayPart::Morning | DayPart::Evening | DayPart::Night)) => (Some(part), at + 1),
        _ => (None, at),
    };
    let is_before = match r.word(at) {
        Word::Before => true,
        Word::After => false,
        _ => return None,
    };
    if is_before && is_event_left_out(r, at + 1) {
        return Some((Day { part, ..Day::recurring(after(r.sender.today(), weekday)?, IfPast::Weekly) }, at + 1));
    }
    let (ParsedDay::Day(day), next) = dates::any_day(r, at + 1)? else { return None };
    let date = if is_before { before(day.date, weekday)? } else { after(day.date, weekday)? };
    let said = Day { part, ..Day::fixed(date) };
    // "Sunday night before monday's meeting": the event stays in the task.
    if r.is_possessive(next - 1) && r.word(next) == Word::Other {
        return Some((said, at));
    }
    // "Sunday night before monday morning".
    let is_part = part.is_some() && matches!(r.word(next), Word::DayPart(_));
    Some((said, if is_part { next + 1 } else { next }))
}

/// Whether nothing that a day could be counted from follows "before": "remind me friday night before to pack". The
/// event was named earlier in the text, or not at all.
fn is_event_left_out(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::To | Word::Mark(0 | b',' | b'.' | b'!' | b'?' | b';' | b':' | b')' | b'-' | b'\n'))
        || r.word(at) == Word::At && matches!(r.word(at + 1), Word::Number(..) | Word::Small(_))
        || matches!(r.spelling(at), "not" | "remind" | "please" | "pls" | "plz")
}

/// Returns a day such as "friday night before", counted from the day of an event that was named earlier.
pub(crate) fn before_event(r: &Reader, (day, end): (&Day, usize), event: &Day) -> Option<Day> {
    if r.word(end - 1) != Word::Before || event.grain != Grain::Day {
        return None;
    }
    let date = before(event.date, day.date.weekday()).filter(|date| *date >= r.sender.today())?;
    Some(Day { part: day.part, ..Day::fixed(date) })
}

/// Returns the last date before another date that is on a weekday.
fn before(date: Date, weekday: Weekday) -> Option<Date> {
    on_or_after(date.checked_sub(7.days()).ok()?, weekday)
}

/// Whether "friday week" means the Friday after the next one. Where people say so, a task may follow: "friday week
/// bins". Elsewhere "week" may belong to the noun after it.
fn may_be_week_later(r: &Reader, at: usize) -> bool {
    r.word(at) != Word::Other || r.sender.country.writes_day_first()
}

/// Reads a weekday of a later week: "thursday two weeks from now", "friday in 3 weeks".
fn in_weeks(r: &Reader, weekday: Weekday, at: usize) -> Read<Day> {
    let led = r.skip(r.skip_mark(at, b','), Word::In);
    let (count, unit_at) = number::whole(r, led).filter(|(count, _)| (1..=60).contains(count))?;
    if r.word(unit_at) != Word::Unit(Unit::Week) {
        return None;
    }
    let behind = r.says_one_of(unit_at + 1, &["from now", "from today", "time", "hence", "out", "away"]);
    let next = behind.or((led > at).then_some(unit_at + 1))?;
    Some((Day::fixed(in_week(r.sender.today(), weekday, i64::from(count))?), next))
}

/// Reads the number of a day behind a weekday, and returns the next date that is on this weekday: "Tuesday 29", "Tuesday
/// the 29th". A number without an ordinal is too large to be a time.
fn with_day_number(r: &Reader, weekday: Weekday, at: usize) -> Read<Date> {
    let (day, next) = match r.word(at) {
        Word::Number(day @ 13..=31, 2) if !goes_on(r, at + 1) => (day, at + 1),
        Word::The if matches!(r.word(at + 1), Word::Number(1..=31, 1..=2)) && ends_day(r, at + 2) => {
            let (day, behind) = number::whole(r, at + 1)?;
            (day, behind)
        }
        _ => {
            let the = r.skip(at, Word::The);
            let (day, behind) = number::ordinal(r, the).filter(|(day, _)| (1..=31).contains(day))?;
            let is_day = !matches!(r.word(behind), Word::Of | Word::Month(..) | Word::Weekday(..))
                && (the > at || matches!(r.word(the), Word::Number(..)));
            is_day.then_some((day, behind))?
        }
    };
    Some((weekday_on_day_of_month(r.sender.today(), weekday, day as i8)?, next))
}

fn ends_day(r: &Reader, at: usize) -> bool {
    !goes_on(r, at) && !matches!(r.word(at), Word::Am | Word::Pm | Word::OClock)
}

/// Whether a number goes on as a time, a date or an amount.
fn goes_on(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::Mark(b':' | b'.' | b'/' | b'-' | b';')) && r.is_adjacent(at)
        || matches!(r.word(at), Word::NthSuffix | Word::Unit(_) | Word::Letters(_) | Word::Month(..) | Word::Of)
}

/// Reads a weekday with the number of a day on which it falls only after some months: "Tuesday the 29th", which is in
/// June. The sender may have meant the next Tuesday.
pub(crate) fn far_from_now(r: &Reader, weekday: Weekday, at: usize) -> Read<ParsedDay> {
    let (date, next) = with_day_number(r, weekday, at)?;
    let soon = r.sender.today().checked_add(SOON_DAYS.days()).ok()?;
    (date > soon).then_some((ParsedDay::OtherWeekday(Mismatch { date, weekday }), next))
}

/// Reads a number of weekdays from now: "in three fridays", "two mondays from now".
pub(crate) fn nth_from_now(r: &Reader, at: usize) -> Read<Day> {
    let start = r.skip(at, Word::In);
    let (count, name_at) = number::whole(r, start).filter(|(count, _)| (1..=60).contains(count))?;
    let weekday = match r.word(name_at) {
        Word::Weekday(weekday, Form::Plural) => weekday,
        Word::Weekday(weekday, Form::Full) if count == 1 => weekday,
        _ => return None,
    };
    let from_now = matches!(r.word(name_at + 1), Word::From | Word::After)
        && matches!(r.word(name_at + 2), Word::Now | Word::Today);
    let next = match (start > at, from_now) {
        (_, true) => name_at + 3,
        (true, false) => name_at + 1,
        (false, false) => return None,
    };
    let first = after(r.sender.today(), weekday)?;
    Some((Day::fixed(first.checked_add((i64::from(count) * 7 - 7).days()).ok()?), next))
}

/// Reads a weekday after its week: "next week on tuesday", "next week tuesday".
fn in_named_week(r: &Reader, at: usize) -> Read<Day> {
    let start = r.skip(at, Word::The);
    let week_at = start + 1;
    if r.word(week_at) != Word::Unit(Unit::Week) {
        return None;
    }
    let on = r.skip(r.skip_mark(week_at + 1, b','), Word::On);
    let (weekday, next) = name(r, on, Form::Doubtful)?;
    let today = r.sender.today();
    match r.word(start) {
        Word::Next => Some((Day::fixed(in_week(today, weekday, 1)?), next)),
        Word::This => Some((Day::recurring(on_or_after(today, weekday)?, IfPast::Weekly), next)),
        _ => None,
    }
}
