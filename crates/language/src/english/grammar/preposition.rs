//! The prepositions before a piece of time.

use crate::english::text::{reader::Reader, word::Word};

/// The preposition before a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
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
    /// "repeating every friday".
    Repeat,
}

/// A preposition, and what softens it.
pub(crate) fn lead(r: &Reader, at: usize) -> (Lead, usize) {
    if let Some(next) = r.says_one_of(at, &["the week of", "week of", "the weekend of", "weekend of"]) {
        return (Lead::On, next);
    }
    if let Some(next) = r.says_one_of(at, &["repeat", "repeats", "repeating", "repeated", "recurring", "on repeat"]) {
        let (_, behind) = self::lead(r, next);
        return (Lead::Repeat, behind);
    }
    let lead = match r.word(at) {
        Word::At | Word::Mark(b'@') => Lead::At,
        Word::On => Lead::On,
        Word::By => Lead::By,
        Word::For => Lead::For,
        Word::In => Lead::In,
        Word::From => Lead::From,
        Word::Around | Word::Exactly | Word::Mark(b'~') => Lead::Around,
        Word::Before => Lead::Before,
        Word::After | Word::Past => Lead::After,
        Word::Between => Lead::Between,
        Word::Starting | Word::Of => Lead::On,
        Word::Later | Word::Early if at + 1 < r.len() => Lead::None,
        _ => match r.said(at) {
            "sometime" | "somewhere" | "come" | "during" | "over" | "@" => Lead::On,
            "when" => match r.says_one_of(at, &["when its", "when it is", "when the clock says"]) {
                Some(next) => return (Lead::At, next),
                None => return (Lead::None, at),
            },
            "no" if matches!(r.word(at + 1), Word::Later) => return lead_after_no_later(r, at),
            _ => return (Lead::None, at),
        },
    };
    let mut next = at + 1;
    while matches!(r.word(next), Word::Around | Word::Exactly | Word::Mark(b'~'))
        || matches!(r.said(next), "like" | "maybe" | "say")
        || matches!(r.said(next), "or" if r.word(next + 1) == Word::Before)
    {
        next += if r.word(next) == Word::Or { 2 } else { 1 };
    }
    // "on or before friday", "around at 5", "later at 5", "on at" is the end of the task and a time.
    if lead == Lead::Around || lead == Lead::None || (lead == Lead::On && !matches!(r.word(at), Word::On)) {
        let (inner, behind) = if matches!(
            r.word(next),
            Word::At | Word::By | Word::On | Word::In | Word::After | Word::Before | Word::Around
        ) {
            self::lead(r, next)
        } else {
            (lead, next)
        };
        return (inner, behind);
    }
    (lead, next)
}

/// "no later than 5".
fn lead_after_no_later(r: &Reader, at: usize) -> (Lead, usize) {
    if r.said(at + 2) == "than" { (Lead::By, at + 3) } else { (Lead::None, at) }
}
