//! The bounds of a rule: its first day, its last day or time, how long it lasts, and how many times it rings.
//!
//! ```text
//! bound = ("starting"|"beginning"|"from"|"effective") ["on"|"in"|"from"] day [("to"|"until"|"through") day]
//!       | "between" day "and" day
//!       | ("until"|"through"|"ending"|"ends"|"up to") ["on"|"in"|"the"] day | ("until"|"through"|"up to") time
//!       | "for" ["the next"|"up to"|"another"] amount | "for the rest of the" ("week"|"month"|"year")
//!       | ["for"] ["up to"|"the next"] times
//! times = number ("times"|"x"|"occurrences") | "x" number | "twice"
//! ```

use crate::{
    english::{
        grammar::{
            amount::{self, Amount},
            clock::{Evidence, time_of_day},
            dates::{
                self,
                day::{Day, Grain, ParsedDay},
            },
            number,
            piece::{FoundPiece, Piece},
        },
        text::{
            reader::{Read, Reader},
            word::{Unit, Word},
        },
    },
    rule::MOST_TIMES,
};
use jiff::{ToSpan, civil::Weekday};

pub(crate) fn bound(r: &Reader, at: usize, previous: Option<&FoundPiece>) -> Read<Piece> {
    match r.word(at) {
        Word::Starting | Word::Beginning => start(r, skip_preposition(r, at + 1)),
        Word::From => {
            // A day is a bound only in a range of days or after "every": "from 8am" is a time, "from mom" is a person.
            let (_, next) = a_day(r, at + 1)?;
            let ranged = matches!(r.word(next), Word::To | Word::Until | Word::Through | Word::Mark(b'-'));
            (ranged || after_rule(previous)).then(|| start(r, at + 1)).flatten()
        }
        Word::Until | Word::Through | Word::Ending => until(r, at + 1),
        // For instance "between april 1 and june 30".
        Word::Between => {
            let (_, next) = a_day(r, at + 1)?;
            (r.word(next) == Word::And).then(|| start(r, at + 1)).flatten()
        }
        Word::And
            if previous.is_some_and(|found| {
                matches!(found.piece, Piece::Start(_)) && r.word(found.start) == Word::Between
            }) =>
        {
            until(r, at + 1)
        }
        Word::To if previous.is_some_and(|found| matches!(found.piece, Piece::Start(_))) => until(r, at + 1),
        Word::For => for_how_long(r, at + 1),
        Word::Twice if !is_per(r, at + 1) => Some((Piece::Count(2), at + 1)),
        Word::Other => match r.spelling(at) {
            "up" if r.word(at + 1) == Word::To => times(r, at + 2).or_else(|| until(r, at + 2)),
            "effective" => start(r, skip_preposition(r, at + 1)),
            "ends" => until(r, at + 1),
            _ => None,
        },
        // For instance "x5".
        Word::Times if r.spelling(at) == "x" && r.is_adjacent(at + 1) => {
            let (count, next) = number::whole(r, at + 1).filter(|(count, _)| (1..=MOST_TIMES).contains(count))?;
            Some((Piece::Count(count), next))
        }
        Word::Number(..) | Word::Small(_) => times(r, at),
        _ => None,
    }
}

fn after_rule(previous: Option<&FoundPiece>) -> bool {
    previous.is_some_and(|found| matches!(found.piece, Piece::Every(_)))
}

fn skip_preposition(r: &Reader, at: usize) -> usize {
    if matches!(r.word(at), Word::On | Word::In | Word::From | Word::At | Word::By) { at + 1 } else { at }
}

/// Reads a day, which may be the first of a month or a week: "until november".
fn a_day(r: &Reader, at: usize) -> Read<Day> {
    if r.word(at) == Word::Now {
        return Some((Day::fixed(r.sender.today()), at + 1));
    }
    match dates::any_day(r, at)? {
        (ParsedDay::Day(day), next) => Some((day, next)),
        (ParsedDay::NoSuchDay | ParsedDay::OtherWeekday(_), _) => None,
    }
}

fn start(r: &Reader, at: usize) -> Read<Piece> {
    let (day, next) = a_day(r, at)?;
    Some((Piece::Start(day), next))
}

fn until(r: &Reader, at: usize) -> Read<Piece> {
    if let Some((day, next)) = a_day(r, skip_preposition(r, at)).or_else(|| a_day(r, r.skip(at, Word::The))) {
        // "through june" includes the whole month.
        let last = match day.grain {
            Grain::Month if r.word_before(at) == Some(Word::Through) => day.date.last_of_month(),
            Grain::Day | Grain::Week | Grain::Month | Grain::Year | Grain::Soon | Grain::Weekend => day.date,
        };
        return Some((Piece::Until(Day { date: last, ..day }), next));
    }
    let (clock, next) = time_of_day::clock(r, at)?;
    Some((Piece::UntilTime(clock), next))
}

fn for_how_long(r: &Reader, at: usize) -> Read<Piece> {
    let mut next = at;
    if r.spelling(next) == "up" && r.word(next + 1) == Word::To {
        next += 2;
    }
    // "for next month" is a day, "for the next month" is a length of time.
    if r.word(next) == Word::Next {
        return None;
    }
    if let Some(unit_at) = r.says_one_of(next, &["the rest of the", "the remainder of the", "the rest of this"]) {
        return rest_of(r, unit_at);
    }
    let the = r.skip(next, Word::The);
    let ahead = if the > next { r.skip(the, Word::Next) } else { next };
    next = the;
    if let Some(found) = times(r, ahead) {
        return Some(found);
    }
    if ahead > next
        && let Word::Unit(unit) = r.word(ahead)
    {
        return Some((Piece::Lasting(Amount::of(1000, unit)), ahead + 1));
    }
    let another = if r.spelling(ahead) == "another" { ahead + 1 } else { ahead };
    if another > ahead
        && let Word::Unit(unit @ (Unit::Week | Unit::Month | Unit::Year)) = r.word(another)
    {
        return Some((Piece::Lasting(Amount::of(1000, unit)), another + 1));
    }
    // "for 20 minutes to 6" is a time of day.
    if time_of_day::clock(r, another).is_some_and(|(clock, _)| clock.evidence == Evidence::Clear) {
        return None;
    }
    let (amount, next) = amount::amount(r, another)?;
    // "for an hour from now" and "for 15 minutes before" are instants, not lengths of time.
    let counted_from = matches!(r.word(next), Word::From | Word::Before | Word::After | Word::Later | Word::Hence)
        || matches!(r.spelling(next), "prior" | "ahead" | "out");
    (!counted_from).then_some((Piece::Lasting(amount), next))
}

/// Reads the end of "for the rest of the year": the last day of the year.
fn rest_of(r: &Reader, at: usize) -> Read<Piece> {
    let today = r.sender.today();
    let last = match r.word(at) {
        Word::Unit(Unit::Week) => today.checked_add(i64::from(Weekday::Sunday.since(today.weekday())).days()).ok()?,
        Word::Unit(Unit::Month) => today.last_of_month(),
        Word::Unit(Unit::Year) => today.last_of_year(),
        _ => return None,
    };
    Some((Piece::Until(Day::fixed(last)), at + 1))
}

fn times(r: &Reader, at: usize) -> Read<Piece> {
    let (count, next) = number::whole(r, at).filter(|(count, _)| (1..=MOST_TIMES).contains(count))?;
    let counts = match r.word(next) {
        Word::Times => r.spelling(next) != "time" || count == 1,
        _ => false,
    };
    let adjacent = r.spelling(next) != "x" || r.is_adjacent(next) || matches!(r.word(next + 1), Word::Mark(0));
    (counts && adjacent && !is_per(r, next + 1)).then_some((Piece::Count(count), next + 1))
}

/// Whether "a week", "per day" or the like follows, which makes "3 times" a frequency.
fn is_per(r: &Reader, at: usize) -> bool {
    if matches!(r.word(at), Word::Periodic(..)) {
        return true;
    }
    let unit_at = match r.word(at) {
        Word::A | Word::Per | Word::Every | Word::Mark(b'/') => at + 1,
        Word::In if r.word(at + 1) == Word::A => at + 2,
        _ => return false,
    };
    matches!(r.word(unit_at), Word::Unit(_)) || r.word(at) == Word::Every
}
