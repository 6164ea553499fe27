//! Days named from today, and weeks, months and years.
//!
//! ```text
//! named  = "today" | "tonight" | "tomorrow" | "later today" | ["the"] ("day after" ("tomorrow"|"next") | "next day")
//! span   = ("this"|"next") (unit|"weekend") | "the weekend" | ["the"] ("week"|"month"|"year"|"weekend") "after next"
//!        | ["the"] edge "of" [("the"|"this"|"next")] unit | [["the"] edge "of"] month
//! unit   = "week" | "month" | "quarter" | "year"
//! edge   = "beginning" | "start" | "middle" | "mid" | "end" | "first day" | "last day" | "early" | "late" | "later"
//! ```
//!
//! "of" may be missing after "early", "late", "later", "middle" and "mid".

use crate::english::{
    grammar::dates::{
        day::{Day, Grain},
        month::{self, Expected},
    },
    text::{
        reader::{Read, Reader},
        word::{DayPart, Unit, Word},
    },
};
use jiff::{
    Span, ToSpan,
    civil::{Date, Weekday},
};

pub(crate) fn named_day(r: &Reader, at: usize) -> Read<Day> {
    let today = r.sender.today();
    let in_days = |days: i64| today.checked_add(days.days()).ok().map(Day::fixed);
    match r.word(at) {
        Word::Today => Some((in_days(0)?, at + 1)),
        Word::Tonight => Some((Day { part: Some(DayPart::Night), ..in_days(0)? }, at + 1)),
        Word::Tomorrow => Some((in_days(1)?, at + 1)),
        Word::The => {
            let (day, next) = named_day(r, at + 1)?;
            (!matches!(r.word(at + 1), Word::Today | Word::Tonight | Word::Tomorrow)).then_some((day, next))
        }
        Word::Unit(Unit::Day) if r.word(at + 1) == Word::After && r.word(at + 2) == Word::Tomorrow => {
            Some((in_days(2)?, at + 3))
        }
        Word::Unit(Unit::Day)
            if r.word(at + 1) == Word::After
                && r.word(at + 2) == Word::Next
                && !matches!(r.word(at + 3), Word::Weekday(..) | Word::Unit(_) | Word::Month(..)) =>
        {
            Some((in_days(2)?, at + 3))
        }
        Word::Next if r.word(at + 1) == Word::Unit(Unit::Day) => Some((in_days(1)?, at + 2)),
        Word::Later if r.word(at + 1) == Word::Today => Some((in_days(0)?, at + 2)),
        Word::Other if r.spelling(at) == "overmorrow" => Some((in_days(2)?, at + 1)),
        Word::Other if r.spelling(at) == "eom" => Some((Day::fixed(today.last_of_month()), at + 1)),
        Word::Other if r.spelling(at) == "eoy" => Some((Day::fixed(today.last_of_year()), at + 1)),
        Word::Other if r.spelling(at) == "eow" => Some((in_week(today, Determiner::The, Edge::End)?, at + 1)),
        _ => None,
    }
}

/// Reads a week, weekend, month, quarter or year, or an edge of one: "next week", "this weekend", "end of the month".
pub(crate) fn span(r: &Reader, at: usize) -> Read<Day> {
    let (edge, next) = edge(r, at);
    let of = match (edge, r.word(next)) {
        (Edge::None, _) => next,
        (_, Word::Of) => next + 1,
        (
            Edge::Early | Edge::Late | Edge::Middle,
            Word::This | Word::Next | Word::The | Word::Month(..) | Word::Mark(b'-'),
        ) => r.skip_mark(next, b'-'),
        _ => return None,
    };
    let (determiner, unit_at) = match r.word(of) {
        Word::This => (Determiner::This, of + 1),
        Word::Next => (Determiner::Next, of + 1),
        Word::The => match r.word(of + 1) {
            Word::This => (Determiner::This, of + 2),
            Word::Next => (Determiner::Next, of + 2),
            _ => (Determiner::The, of + 1),
        },
        _ => (Determiner::The, of),
    };
    let expected = if edge == Edge::None { Expected::Anything } else { Expected::Month };
    if let Some((year, month, behind)) = month::named_month(r, of, expected) {
        return Some((in_month(Date::new(year, month, 1).ok()?, edge)?, behind));
    }
    // For instance "the week after next".
    let after_next = r.word(unit_at + 1) == Word::After && r.word(unit_at + 2) == Word::Next;
    if after_next && edge == Edge::None {
        return Some((after_next_one(r.sender.today(), r.word(unit_at))?, unit_at + 3));
    }
    let unit = match r.word(unit_at) {
        Word::Unit(unit) => unit,
        Word::Quarter => Unit::Quarter,
        Word::Weekend if edge == Edge::None && (determiner != Determiner::The || may_be_weekend(r, at)) => {
            return Some((weekend(r.sender.today(), determiner)?, unit_at + 1));
        }
        _ => return None,
    };
    // "the week" and "month" alone name no time.
    if determiner == Determiner::The && edge == Edge::None {
        return None;
    }
    let day = in_unit(r.sender.today(), determiner, unit, edge)?;
    Some((day, unit_at + 1))
}

/// Returns the day for the week, weekend, month or year after next.
fn after_next_one(today: Date, word: Word) -> Option<Day> {
    let moved = |day: Day, by: Span| Some(Day { date: day.date.checked_add(by).ok()?, ..day });
    match word {
        Word::Weekend => moved(weekend(today, Determiner::Next)?, 7.days()),
        Word::Unit(Unit::Week) => moved(in_week(today, Determiner::Next, Edge::None)?, 7.days()),
        Word::Unit(Unit::Month) => in_month(today.first_of_month().checked_add(2.months()).ok()?, Edge::None),
        Word::Unit(Unit::Year) => Some(Day::fixed(Date::new(today.year() + 2, 1, 1).ok()?)),
        _ => None,
    }
}

fn may_be_weekend(r: &Reader, at: usize) -> bool {
    r.word(at) == Word::The
        || at == 0 && matches!(r.spelling(at), "wknd" | "wkend")
        || matches!(r.word_before(at), Some(Word::On | Word::For | Word::At | Word::By | Word::In))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Determiner {
    This,
    Next,
    The,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    None,
    Beginning,
    Early,
    Middle,
    Late,
    End,
}

fn edge(r: &Reader, at: usize) -> (Edge, usize) {
    let start = if r.word(at) == Word::The { at + 1 } else { at };
    let edge = match r.word(start) {
        Word::Beginning => Edge::Beginning,
        Word::Middle => Edge::Middle,
        Word::End => Edge::End,
        Word::Early => Edge::Early,
        Word::Later => Edge::Late,
        Word::Last if r.word(start + 1) == Word::Unit(Unit::Day) => return (Edge::End, start + 2),
        Word::Nth(1) if r.word(start + 1) == Word::Unit(Unit::Day) => return (Edge::Beginning, start + 2),
        Word::Number(1, 1) if r.word(start + 1) == Word::NthSuffix && r.word(start + 2) == Word::Unit(Unit::Day) => {
            return (Edge::Beginning, start + 3);
        }
        _ => return (Edge::None, at),
    };
    (edge, start + 1)
}

fn in_unit(today: Date, determiner: Determiner, unit: Unit, edge: Edge) -> Option<Day> {
    match unit {
        Unit::Week => in_week(today, determiner, edge),
        Unit::Month => {
            let first = today.first_of_month();
            match (determiner, edge) {
                (Determiner::Next, _) => in_month(first.checked_add(1.month()).ok()?, edge),
                (_, Edge::None) => Some(Day { last: Some(today.last_of_month()), ..Day::coarse(today, Grain::Soon) }),
                (_, Edge::Beginning | Edge::Early) => in_month(first.checked_add(1.month()).ok()?, edge),
                _ => in_month(first, edge)
                    .map(|day| if day.date < today { Day::fixed(first.last_of_month()) } else { day }),
            }
        }
        Unit::Year => {
            let year =
                if determiner == Determiner::Next || edge == Edge::Beginning { today.year() + 1 } else { today.year() };
            Some(match edge {
                Edge::None if determiner == Determiner::This => {
                    Day { last: Some(today.last_of_year()), ..Day::coarse(today, Grain::Soon) }
                }
                Edge::None => Day::coarse(Date::new(year, 1, 1).ok()?, Grain::Year),
                Edge::End | Edge::Late => Day::fixed(Date::new(year, 12, 31).ok()?),
                Edge::Middle => Day::fixed(Date::new(year, 7, 1).ok()?),
                Edge::Beginning | Edge::Early => Day::fixed(Date::new(year, 1, 1).ok()?),
            })
        }
        Unit::Quarter => {
            let first = Date::new(today.year(), (today.month() - 1) / 3 * 3 + 1, 1).ok()?;
            let next = first.checked_add(3.months()).ok()?;
            Some(Day::fixed(if edge == Edge::End { next.yesterday().ok()? } else { next }))
        }
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day | Unit::Fortnight | Unit::Decade => None,
    }
}

fn in_week(today: Date, determiner: Determiner, edge: Edge) -> Option<Day> {
    let monday = today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    let monday = if determiner == Determiner::Next { monday.checked_add(7.days()).ok()? } else { monday };
    let by = match edge {
        Edge::None if determiner == Determiner::Next => return Some(Day::coarse(monday, Grain::Week)),
        Edge::None => {
            return Some(Day { last: monday.checked_add(6.days()).ok(), ..Day::coarse(today, Grain::Soon) });
        }
        Edge::Beginning | Edge::Early => 0,
        Edge::Middle => 2,
        Edge::Late => 3,
        Edge::End => 4,
    };
    let day = monday.checked_add(i64::from(by).days()).ok()?;
    // The named day if it is after today, else today.
    Some(if day > today { Day::fixed(day) } else { Day::coarse(today, Grain::Soon) })
}

fn in_month(first: Date, edge: Edge) -> Option<Day> {
    Some(match edge {
        Edge::None => Day::coarse(first, Grain::Month),
        Edge::Beginning | Edge::Early => Day::fixed(first),
        Edge::Middle => Day::fixed(first.checked_add(14.days()).ok()?),
        Edge::Late => Day::fixed(first.checked_add(24.days()).ok()?),
        Edge::End => Day::fixed(first.last_of_month()),
    })
}

fn weekend(today: Date, determiner: Determiner) -> Option<Day> {
    let to_saturday = i64::from(Weekday::Saturday.since(today.weekday()));
    let days = match (today.weekday(), determiner) {
        (Weekday::Sunday, Determiner::Next) => 6,
        (Weekday::Sunday, _) => 0,
        (Weekday::Saturday, Determiner::Next) => 7,
        (_, Determiner::Next) => to_saturday + 7,
        _ => to_saturday,
    };
    Some(Day::coarse(today.checked_add(days.days()).ok()?, Grain::Weekend))
}
