//! What is said when there is nothing left to say: thanks, praise, goodbye, and the reactions that phones send as texts.
//!
//! ```text
//! courtesy = {mark} said {said | behind | mark}                                  (no "?")
//! reaction = ("liked"|"loved"|… | symbol "to") quote … quote                     "Liked “OK, I'll call you …”"
//! ```

use crate::english::text::{phrases::Phrases, reader::Reader, word::Word};

/// Said of what was answered or done, and expecting nothing.
#[rustfmt::skip]
static SAID: Phrases = Phrases::of(&[
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

/// What may stand around that.
#[rustfmt::skip]
static BEHIND: Phrases = Phrases::of(&[
    "so much", "very much", "a lot", "a bunch", "a million", "again", "and", "then", "man", "mate", "dear", "all", "you too",
    "for that", "for this", "for it", "for the call", "for calling", "for calling me", "for the reminder",
    "for the reminders", "for reminding me", "for the heads up", "for your help", "for the help", "for letting me know",
    "oh", "yes", "yeah", "yep", "yup",
]);

/// The faces and hands that say the same.
const SYMBOLS: [&str; 20] = [
    "👍", "👌", "🙏", "👏", "🙌", "🤝", "💪", "💯", "✅", "✔", "❤", "♥", "💙", "💚", "😊", "🙂", "😀", "😃", "😄", "😁",
];

/// How a phone begins the text that it sends for a mark somebody put at ours. It quotes the whole of our answer, with the
/// time and the task in it, which are not to be set once more.
#[rustfmt::skip]
static REACTION: Phrases = Phrases::of(&[
    "liked", "loved", "disliked", "laughed at", "emphasized", "emphasised", "questioned", "removed a like from",
    "removed a heart from", "removed a dislike from", "removed a laugh from", "removed an exclamation from",
    "removed a question mark from",
]);

pub(crate) fn is_courtesy(r: &Reader) -> bool {
    let mut says = false;
    let mut at = 0;
    while at < r.len() {
        if let Some(end) = r.says_any(at, &SAID) {
            says = true;
            at = end;
        } else if SYMBOLS.contains(&r.said(at)) {
            says = true;
            at += 1;
        } else if let Some(end) = r.says_any(at, &BEHIND) {
            at = end;
        } else if is_around(r, at) {
            at += 1;
        } else {
            return false;
        }
    }
    says
}

/// A mark, or what colours and joins the symbols.
fn is_around(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Mark(mark) => matches!(mark, b'!' | b'.' | b',' | b';' | b'-' | b')' | b':' | b'\n'),
        Word::Symbol => {
            matches!(r.said(at), "\u{fe0f}" | "\u{200d}" | "🏻" | "🏼" | "🏽" | "🏾" | "🏿" | "…" | "♂" | "♀")
        }
        _ => false,
    }
}

pub(crate) fn is_reaction(r: &Reader) -> bool {
    let is_quote = |at: usize| matches!(r.said(at), "\"" | "“" | "”" | "„" | "«" | "»");
    let quoted = r.says_any(0, &REACTION).or_else(|| reacted(r));
    quoted.is_some_and(|at| at + 1 < r.len() && is_quote(at) && is_quote(r.len() - 1))
}

/// The place behind "👍 to", "reacted 👍 to" and "removed 👍 from": symbols of several parts are several tokens.
fn reacted(r: &Reader) -> Option<usize> {
    /// As many parts as a symbol has at most: a family of four.
    const PARTS: usize = 10;
    let start = r.says_one_of(0, &["reacted", "removed"]).unwrap_or(0);
    let symbols = (start..r.len()).take(PARTS).take_while(|at| r.word(*at) == Word::Symbol).count();
    r.says_one_of(start + symbols, &["to", "from"]).filter(|_| symbols > 0)
}
