//! Exceptions from a rule: "except wednesday", "but not on weekends", "not in december".
//!
//! ```text
//! exception = [","] ("except"|"but not"|"excluding"|…) ["on"|"in"|"for"|"every"] (weekdays | months)
//! ```

use crate::english::{
    grammar::{
        dates::month,
        number,
        recurrence::{lists, weekday_list, without::Exception},
    },
    text::{
        phrases::Phrases,
        reader::{Read, Reader},
        word::Word,
    },
};

/// Words that begin an exception.
#[rustfmt::skip]
static EXCEPT: Phrases = Phrases::of(&[
    "except", "except for", "excepting", "excluding", "exclude", "but not", "but never", "not", "and not", "never",
    "besides", "apart from", "aside from", "other than", "save for", "without", "minus", "skip", "skipping", "no", "but",
    "barring", "bar", "leaving out", "omit", "omitting", "unless its", "unless it is", "just not", "only not",
    "not including", "outside of",
]);

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
    // "Not on Dec 25" and "except in December 2027" leave out no month of every year.
    let is_date = number::ordinal(r, r.skip(next, Word::The)).or_else(|| number::whole(r, next)).is_some();
    (!is_date).then_some((Exception::Months(months), next))
}
