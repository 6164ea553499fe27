//! The prepositions before a piece of time.

use crate::english::text::{reader::Reader, word::Word};

/// The preposition before a piece of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preposition {
    None,
    At,
    On,
    By,
    For,
    In,
    From,
    Around,
    Before,
    After,
    Between,
    /// A word such as "repeating", before a rule.
    Repeat,
}

/// Reads a preposition with the words that soften it, such as "about". Returns the place after them.
pub(crate) fn preposition(r: &Reader, at: usize) -> (Preposition, usize) {
    if let Some(next) = r.says_one_of(at, &["the week of", "week of", "the weekend of", "weekend of"]) {
        return (Preposition::On, next);
    }
    if let Some(next) = r.says_one_of(at, &["repeat", "repeats", "repeating", "repeated", "recurring", "on repeat"]) {
        let (_, behind) = self::preposition(r, next);
        return (Preposition::Repeat, behind);
    }
    let preposition = match r.word(at) {
        Word::At | Word::Mark(b'@') => Preposition::At,
        Word::On => Preposition::On,
        Word::By => Preposition::By,
        Word::For => Preposition::For,
        Word::In => Preposition::In,
        Word::From => Preposition::From,
        Word::Around | Word::Exactly | Word::Mark(b'~') => Preposition::Around,
        Word::Before => Preposition::Before,
        Word::After | Word::Past => Preposition::After,
        Word::Between => Preposition::Between,
        Word::Starting | Word::Of => Preposition::On,
        Word::Later | Word::Early if at + 1 < r.len() => Preposition::None,
        _ => match r.spelling(at) {
            // "Come friday" and "over christmas" name a day. "Ask Ann to come over at 8" is a task.
            "come" | "over"
                if r.word_before(at) == Some(Word::To)
                    || at > 0 && r.spelling(at - 1) == "come"
                    || is_before_preposition(r, at) =>
            {
                return (Preposition::None, at);
            }
            "sometime" | "somewhere" | "come" | "during" | "over" | "@" => Preposition::On,
            "when" => match r.says_one_of(at, &["when its", "when it is", "when the clock says"]) {
                Some(next) => return (Preposition::At, next),
                None => return (Preposition::None, at),
            },
            "no" if matches!(r.word(at + 1), Word::Later) => return after_no_later(r, at),
            _ => return (Preposition::None, at),
        },
    };
    let next = skip_softeners(r, at + 1);
    // After "around", "later" or a word such as "sometime", a second preposition counts instead: "around at 5", "later
    // at 5". In "on or before friday" the first counts, because "or before" only softens it.
    if preposition == Preposition::Around
        || preposition == Preposition::None
        || (preposition == Preposition::On && !matches!(r.word(at), Word::On))
    {
        let follows = matches!(
            r.word(next),
            Word::At | Word::By | Word::On | Word::In | Word::After | Word::Before | Word::Around
        );
        return if follows { self::preposition(r, next) } else { (preposition, next) };
    }
    (preposition, next)
}

/// Whether "come" or "over" belongs to the words before it, because a preposition or another "over" follows: "have mom
/// over on Sunday".
fn is_before_preposition(r: &Reader, at: usize) -> bool {
    matches!(r.word(at + 1), Word::At | Word::By | Word::On | Word::In | Word::After | Word::Before | Word::Around)
        || r.spelling(at + 1) == "over"
}

/// Returns the place after words that soften a preposition: "about", "like", "or before".
fn skip_softeners(r: &Reader, at: usize) -> usize {
    let mut next = at;
    while matches!(r.word(next), Word::Around | Word::Exactly | Word::Mark(b'~'))
        || matches!(r.spelling(next), "like" | "maybe" | "say")
        || matches!(r.spelling(next), "or" if r.word(next + 1) == Word::Before)
    {
        next += if r.word(next) == Word::Or { 2 } else { 1 };
    }
    next
}

/// Reads "no later than 5", where "no" stands at `at`.
fn after_no_later(r: &Reader, at: usize) -> (Preposition, usize) {
    if r.spelling(at + 2) == "than" { (Preposition::By, at + 3) } else { (Preposition::None, at) }
}
