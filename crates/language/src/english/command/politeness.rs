//! Polite words around a command. They do not change its meaning.

use crate::english::text::{phrases::Phrases, reader::Reader, word::Word};

/// Polite words before a command.
#[rustfmt::skip]
static BEFORE: Phrases = Phrases::of(&[
    "please", "pls", "plz", "hey", "hi", "ok", "okay", "oh", "actually", "can you", "can u", "could you", "would you",
    "will you", "so", "um", "just", "no actually",
]);

/// Returns the place after the polite words at the start, or 0 if the whole text is polite words.
pub(crate) fn skip(r: &Reader) -> usize {
    let mut at = 0;
    while let Some(next) = r.says_any(at, &BEFORE) {
        at = r.skip_mark(next, b',');
    }
    if at < r.len() { at } else { 0 }
}

/// Whether only marks, symbols and polite words follow from `at` on.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
pub(crate) fn is_end(r: &Reader, at: usize) -> bool {
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
