//! Exceptions from a rule: "except wednesday", "but not on weekends", "not in december".
//!
//! ```text
//! exception = [","] ("except"|"but not"|"excluding"|…) ["on"|"in"|"for"|"every"] (weekdays | months)
//! ```

use crate::{
    english::{
        grammar::{
            dates::month,
            recurrence::{every, lists, weekday_list},
        },
        text::{
            phrases::Phrases,
            reader::{Read, Reader},
            word::Word,
        },
    },
    rule::{Frequency, Pattern},
};
use jiff::civil::Weekday;

/// Words that begin an exception.
#[rustfmt::skip]
static EXCEPT: Phrases = Phrases::of(&[
    "except", "except for", "excepting", "excluding", "exclude", "but not", "but never", "not", "and not", "never",
    "besides", "apart from", "aside from", "other than", "save for", "without", "minus", "skip", "skipping", "no", "but",
    "barring", "bar", "leaving out", "omit", "omitting", "unless its", "unless it is", "just not", "only not",
    "not including", "outside of",
]);

/// The days or months on which a rule does not ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    Weekdays(Vec<Weekday>),
    Months(Vec<i8>),
}

/// Returns the place after words that begin an exception.
pub(crate) fn begins(r: &Reader, at: usize) -> Option<usize> {
    r.says_any(r.skip_mark(at, b','), &EXCEPT)
}

/// Reads an exception.
pub(crate) fn exception(r: &Reader, at: usize) -> Read<Exception> {
    let next = begins(r, at)?;
    let next = if matches!(r.word(next), Word::On | Word::In | Word::For) || r.spelling(next) == "during" {
        next + 1
    } else {
        next
    };
    let next = r.skip(r.skip(next, Word::The), Word::Every);
    if let Some((days, next)) = weekday_list(r, next) {
        return Some((Exception::Weekdays(days), next));
    }
    let (months, next) = lists::list(r, next, |at| month::month(r, at))?;
    Some((Exception::Months(months), next))
}

impl Exception {
    /// Removes the exception from a rule. `None` if no rule can express what is left.
    pub(crate) fn remove_from(&self, pattern: &mut Pattern) -> Option<()> {
        match self {
            Exception::Weekdays(days) => {
                if pattern.frequency > Frequency::Weekly
                    || pattern.frequency == Frequency::Daily && pattern.interval > 1
                {
                    return None;
                }
                if pattern.weekdays.is_empty() {
                    if pattern.frequency == Frequency::Weekly {
                        return None;
                    }
                    pattern.weekdays = lists::plain_weekdays(every::whole_week());
                }
                pattern.weekdays.retain(|nth| !days.contains(&nth.weekday));
                if pattern.frequency == Frequency::Daily {
                    pattern.frequency = Frequency::Weekly;
                }
                (!pattern.weekdays.is_empty()).then_some(())
            }
            Exception::Months(months) => {
                if pattern.frequency == Frequency::Yearly {
                    return None;
                }
                let all = if pattern.months.is_empty() { (1..=12).collect() } else { pattern.months.clone() };
                pattern.months = all.into_iter().filter(|month| !months.contains(month)).collect();
                (!pattern.months.is_empty()).then_some(())
            }
        }
    }
}
