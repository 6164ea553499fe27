//! Polite words around a command, which change nothing about it.

use crate::english::text::{phrases::Phrases, reader::Reader, word::Word};

/// How commands are softened.
#[rustfmt::skip]
static BEFORE: Phrases = Phrases::of(&[
    "please", "pls", "plz", "hey", "hi", "ok", "okay", "oh", "actually", "can you", "can u", "could you", "would you",
    "will you", "so", "um", "just", "no actually",
]);

/// The place where a command begins, behind what softens it.
pub(crate) fn start(r: &Reader) -> usize {
    let mut at = 0;
    while let Some(next) = r.says_any(at, &BEFORE) {
        at = r.skip_mark(next, b',');
    }
    if at < r.len() { at } else { 0 }
}

/// Whether nothing but marks and politeness follows.
pub(crate) fn is_over(r: &Reader, at: usize) -> bool {
    let mut next = at;
    while next < r.len() {
        next = match r.word(next) {
            Word::Mark(_) | Word::Symbol => next + 1,
            _ => match r.says_one_of(
                next,
                &[
                    "please",
                    "pls",
                    "plz",
                    "thanks",
                    "thank you",
                    "thx",
                    "ty",
                    "now",
                    "for me",
                    "ok",
                    "then",
                    "anymore",
                    "any more",
                ],
            ) {
                Some(behind) => behind,
                None => return false,
            },
        };
    }
    true
}
