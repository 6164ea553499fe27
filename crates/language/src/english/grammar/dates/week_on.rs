//! Days that are counted in weeks from a named day, as the British say them: "a week on friday", "two weeks today".
//!
//! ```text
//! week-on = ("a"|number) ("week"|"weeks"|"fortnight") ["on"|"this"] (weekday | "today" | "tomorrow")
//! ```

use crate::english::{
    grammar::{
        dates::{calendar::after, day::Day, weekday},
        number,
    },
    text::{
        reader::{Read, Reader},
        word::{Form, Unit, Word},
    },
};
use jiff::ToSpan;

/// Maximum number of weeks. A larger number counts something else.
const MOST_WEEKS: u32 = 60;

/// Reads a day that is a number of weeks after a named day.
pub(crate) fn week_on(r: &Reader, at: usize) -> Read<Day> {
    let (count, unit_at) = match r.word(at) {
        Word::A => (1, at + 1),
        Word::Unit(Unit::Fortnight) => (1, at),
        _ => number::whole(r, at).filter(|(count, _)| (1..=MOST_WEEKS).contains(count))?,
    };
    let weeks = match r.word(unit_at) {
        Word::Unit(Unit::Week) => i64::from(count),
        Word::Unit(Unit::Fortnight) => i64::from(count) * 2,
        _ => return None,
    };
    let led = matches!(r.word(unit_at + 1), Word::On | Word::This);
    let day_at = if led { unit_at + 2 } else { unit_at + 1 };
    let today = r.sender.today();
    let (first, next) = match r.word(day_at) {
        Word::Today => (today, day_at + 1),
        Word::Tomorrow => (today.tomorrow().ok()?, day_at + 1),
        _ if led => {
            let (weekday, next) = weekday::name(r, day_at, Form::Doubtful)?;
            (after(today, weekday)?, next)
        }
        _ => return None,
    };
    (!r.is_possessive(next - 1)).then_some((Day::fixed(first.checked_add((weeks * 7).days()).ok()?), next))
}
