//! Pleasantries: thanks, praise, goodbyes, and the reactions that phones send as texts. They ask for nothing.
//!
//! ```text
//! pleasantry = {around | mark} phrase {phrase | around | mark}                     (no "?")
//! reaction   = ("liked"|"loved"|… | by-emoji) quote … quote                        "Liked “OK, I'll call you …”"
//! by-emoji   = ["reacted"|"removed"] symbol {symbol} ("to"|"from")
//! ```

use crate::english::text::{phrases::Phrases, reader::Reader, word::Word};

/// Phrases that thank, agree, praise or say goodbye, and expect no answer.
#[rustfmt::skip]
static PLEASANTRIES: Phrases = Phrases::of(&[
    "ok", "okay", "okey", "okie", "oki", "k", "kk", "alright", "all right", "right", "thanks", "thank you", "thank u",
    "thx", "thnx", "thanx", "tks", "tnx", "ty", "tysm", "tyvm", "many thanks", "cheers", "much appreciated",
    "appreciated", "appreciate it", "i appreciate it", "great", "good", "fine", "nice", "cool", "perfect", "awesome",
    "excellent", "amazing", "wonderful", "brilliant", "lovely", "super", "sweet", "very good", "very nice", "well done",
    "good job", "great job", "nice one", "good bot", "got it", "gotcha", "understood", "noted", "roger", "copy that",
    "sounds good", "sounds great", "looks good", "thats great", "thats good", "thats fine", "thats perfect",
    "that works", "works for me", "will do", "you rock", "you are the best", "youre the best", "youre great", "bye",
    "bye bye", "goodbye", "good night", "goodnight", "take care", "youre welcome", "you are welcome", "no problem",
    "np",
]);

/// Words that may stand before or after a pleasantry.
#[rustfmt::skip]
static AROUND: Phrases = Phrases::of(&[
    "so much", "very much", "a lot", "a bunch", "a million", "again", "and", "then", "man", "mate", "dear", "all", "you too",
    "for that", "for this", "for it", "for the call", "for calling", "for calling me", "for the reminder",
    "for the reminders", "for reminding me", "for the heads up", "for your help", "for the help", "for letting me know",
    "oh", "yes", "yeah", "yep", "yup",
]);

/// Emoji that are pleasantries too.
const SYMBOLS: [&str; 20] = [
    "👍", "👌", "🙏", "👏", "🙌", "🤝", "💪", "💯", "✅", "✔", "❤", "♥", "💙", "💚", "😊", "🙂", "😀", "😃", "😄", "😁",
];

/// The first words of the text that a phone sends when its owner reacts to an answer of the service. Such a text quotes
/// the whole answer, including the time and the task, and must not make a second reminder.
#[rustfmt::skip]
static REACTION: Phrases = Phrases::of(&[
    "liked", "loved", "disliked", "laughed at", "emphasized", "emphasised", "questioned", "removed a like from",
    "removed a heart from", "removed a dislike from", "removed a laugh from", "removed an exclamation from",
    "removed a question mark from",
]);

pub(crate) fn is_pleasantry(r: &Reader) -> bool {
    let mut has_pleasantry = false;
    let mut at = 0;
    while at < r.len() {
        if let Some(end) = r.says_any(at, &PLEASANTRIES) {
            has_pleasantry = true;
            at = end;
        } else if SYMBOLS.contains(&r.spelling(at)) {
            has_pleasantry = true;
            at += 1;
        } else if let Some(end) = r.says_any(at, &AROUND) {
            at = end;
        } else if is_around(r, at) {
            at += 1;
        } else {
            return false;
        }
    }
    has_pleasantry
}

/// Whether a token is a punctuation mark, or a symbol that modifies or joins emoji.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
fn is_around(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Mark(mark) => matches!(mark, b'!' | b'.' | b',' | b';' | b'-' | b')' | b':' | b'\n'),
        Word::Symbol => {
            matches!(r.spelling(at), "\u{fe0f}" | "\u{200d}" | "🏻" | "🏼" | "🏽" | "🏾" | "🏿" | "…" | "♂" | "♀")
        }
        _ => false,
    }
}

pub(crate) fn is_reaction(r: &Reader) -> bool {
    let is_quote = |at: usize| matches!(r.spelling(at), "\"" | "“" | "”" | "„" | "«" | "»");
    let quoted = r.says_any(0, &REACTION).or_else(|| reacted(r));
    quoted.is_some_and(|at| at + 1 < r.len() && is_quote(at) && is_quote(r.len() - 1))
}

/// Returns the position after "👍 to", "reacted 👍 to" or "removed 👍 from". An emoji may be several tokens.
fn reacted(r: &Reader) -> Option<usize> {
    /// Maximum number of tokens in one emoji, such as a family of four.
    const PARTS: usize = 10;
    let start = r.says_one_of(0, &["reacted", "removed"]).unwrap_or(0);
    let symbols = (start..r.len()).take(PARTS).take_while(|at| r.word(*at) == Word::Symbol).count();
    r.says_one_of(start + symbols, &["to", "from"]).filter(|_| symbols > 0)
}
