//! The step of a rule: "other", "third", "3".

use crate::english::{
    grammar::number::{self, Thousandths},
    text::{reader::Reader, word::Word},
};

/// Reads a step: "other", "third", "3", "couple of", "single". Returns it in thousandths, or 1000 if there is no step.
pub(crate) fn step(r: &Reader, at: usize) -> (Thousandths, usize) {
    match r.word(at) {
        Word::EveryOther | Word::Alternate => (2000, at + 1),
        Word::Single => (1000, at + 1),
        Word::Few | Word::Couple | Word::Several | Word::Half => number::count(r, at).unwrap_or((1000, at)),
        _ => {
            if let Some((nth, next)) = number::ordinal(r, at) {
                return (i64::from(nth) * 1000, next);
            }
            match number::whole(r, at) {
                Some(_) => number::count(r, at).unwrap_or((1000, at)),
                None => (1000, at),
            }
        }
    }
}
