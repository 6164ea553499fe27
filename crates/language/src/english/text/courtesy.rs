//! Greetings before a request and courtesy after it. They say nothing about the task or the time.
//!
//! ```text
//! text     = [greeting [name] {mark}] core {courtesy | mark}
//! courtesy = "thanks" | "much appreciated" | "xx" | emoji | "period" | …
//! ```

use crate::english::text::{phrases::Phrases, reader::Reader, word::Word};

#[rustfmt::skip]
static GREETING: Phrases = Phrases::of(&[
    "good morning", "good mornin", "gud morning", "good afternoon", "good evening", "good night", "goodnight",
    "good day", "gday", "gm", "gn", "hi good morning", "hello good morning", "hey good morning", "hi good evening",
    "hello good evening", "hey good evening", "hi good afternoon", "hello good afternoon", "hey good afternoon",
    "happy monday", "happy friday", "top of the morning", "morning all", "morning everyone", "evening all",
    "buona sera", "buongiorno", "buenos dias", "buenas tardes", "buenas noches", "bonjour", "bonsoir", "guten morgen",
    "guten tag", "guten abend", "namaste", "hola", "bom dia", "boa tarde", "boa noite",
]);

#[rustfmt::skip]
static GREETED: Phrases = Phrases::of(&[
    "all", "everyone", "everybody", "team", "there", "sir", "madam", "maam", "mam", "buddy", "mate", "guys", "folks",
    "friend", "dear", "my friend", "siri", "alexa", "google", "bot", "love", "darling", "to you",
]);

/// Words with which a request begins. Before one of them, a greeting needs no mark.
#[rustfmt::skip]
static REQUEST: Phrases = Phrases::of(&[
    "remind", "please", "pls", "plz", "plse", "kindly", "can", "could", "would", "will", "call", "text", "wake", "set",
    "i", "i need", "dont", "do not", "ring", "ping", "just", "hope", "hey", "hi", "hello", "u", "you",
]);

/// Courtesy after a request.
#[rustfmt::skip]
static COURTESY: Phrases = Phrases::of(&[
    "please", "pls", "plz", "plse", "please and thank you", "pretty please", "thanks", "thank you", "thank u", "thankyou",
    "thx", "thnx", "thanx", "tnx", "tks", "ty", "tysm", "tyvm", "tyia", "tia", "cheers", "ta", "merci", "gracias",
    "danke", "grazie", "obrigado", "obrigada", "many thanks", "thanks so much", "thank you so much", "thank u so much",
    "thanks very much", "thank you very much", "thanks a lot", "thanks a bunch", "thanks a million", "thanks a ton",
    "thanks heaps", "thanks again", "thank you again", "thanks in advance", "thank you in advance", "and thank you",
    "and thanks", "much appreciated", "appreciated", "greatly appreciated", "appreciate it", "i appreciate it",
    "would be great", "that would be great", "cheers mate", "thanks mate", "thanks man", "thanks bro", "thanks buddy",
    "thanks dear", "thanks love", "thanks hun", "thank you dear", "thank you sir", "thanks you", "bless you",
    "god bless", "kind regards", "best regards", "regards", "best wishes", "lol", "lmao", "haha", "hehe", "hahaha", "xx",
    "xxx", "xo", "xoxo", "you rock", "youre the best", "you are the best", "love you", "luv u", "ok", "okay",
]);

/// Marks that people dictate at the end of a text.
static DICTATED: Phrases =
    Phrases::of(&["period", "full stop", "question mark", "exclamation mark", "exclamation point"]);

/// Emoji that are courtesy.
const SYMBOLS: [&str; 16] =
    ["👍", "👌", "🙏", "👏", "🙌", "🤝", "💯", "❤", "♥", "💙", "💚", "💛", "💜", "💕", "💖", "😘"];

/// Words whose object a courtesy can be: "say thanks", "send my best regards".
#[rustfmt::skip]
static TAKES_OBJECT: Phrases = Phrases::of(&[
    "say", "saying", "send", "sending", "write", "writing", "give", "text", "type", "tell", "mail", "email", "a", "an",
    "the", "my", "our", "your", "his", "her", "their", "of", "with", "to", "big", "about", "no", "many", "is", "for",
    "some", "buy", "post", "add", "react", "wish", "and", "or", "him", "them", "me", "us", "mom", "dad", "love",
    "free", "waiting", "trial", "time", "grace", "notice", "class", "1st", "late", "this", "that", "every",
]);

/// Maximum number of phrases of courtesy, so that reading stays linear.
const MOST_COURTESIES: usize = 8;

/// Returns the range of tokens without a greeting at the start and courtesy at the end. Returns the whole range if
/// nothing else is left.
pub(crate) fn core(r: &Reader) -> (usize, usize) {
    let start = greeting(r).filter(|start| *start < r.len()).unwrap_or(0);
    let end = courtesy(r, start);
    if end > start { (start, end) } else { (start, r.len()) }
}

/// Returns the place after a greeting, if a mark, an emoji or a request follows it.
fn greeting(r: &Reader) -> Option<usize> {
    let begin = r.says_one_of(0, &["hi", "hey", "hello", "oh"]).filter(|next| r.says_any(*next, &GREETING).is_some());
    let greeted = r.says_any(begin.map_or(0, |next| r.skip_mark(next, b',')), &GREETING)?;
    let named = r.says_any(greeted, &GREETED).unwrap_or(greeted);
    let mut next = named;
    while next < r.len() && matches!(r.word(next), Word::Mark(_) | Word::Symbol) {
        next += 1;
    }
    (next > named || r.says_any(next, &REQUEST).is_some()).then_some(next)
}

/// Returns the place where the courtesy at the end begins, or the end of the text if there is none.
fn courtesy(r: &Reader, from: usize) -> usize {
    let mut end = r.len();
    for _ in 0..MOST_COURTESIES {
        let last = without_marks(r, from, end);
        let Some(start) = courtesy_before(r, from, last) else { break };
        end = start;
    }
    // A comma before the courtesy belongs to it.
    while end < r.len() && end > from && matches!(r.word(end - 1), Word::Mark(b',' | b'\n' | b'-')) {
        end -= 1;
    }
    end
}

/// Returns the place after the last token before `end` that is not a mark with which a courtesy may end.
fn without_marks(r: &Reader, from: usize, end: usize) -> usize {
    let mut last = end;
    while last > from && matches!(r.word(last - 1), Word::Mark(b'!' | b'.' | b',' | b'\n' | b')' | b':' | b'(' | b';'))
    {
        last -= 1;
    }
    last
}

fn courtesy_before(r: &Reader, from: usize, end: usize) -> Option<usize> {
    let is_object = |start: usize| r.says_any(start - 1, &TAKES_OBJECT) == Some(start);
    let mut symbols = end;
    while symbols > from && is_courtesy_symbol(r, symbols - 1) {
        symbols -= 1;
    }
    let shown = (symbols..end).any(|at| SYMBOLS.contains(&r.spelling(at)));
    if shown && symbols > from && !is_object(symbols) {
        return Some(symbols);
    }
    let phrase = r.says_before(from, end, &COURTESY).map(|(start, _)| start).min();
    let dictated = || {
        let (start, _) = r.says_before(from, end, &DICTATED).next().filter(|_| end == r.len())?;
        is_behind_time(r, start).then_some(start)
    };
    phrase.or_else(dictated).filter(|start| !is_object(*start))
}

/// Whether a token is an emoji of courtesy, or a part of one.
fn is_courtesy_symbol(r: &Reader, at: usize) -> bool {
    r.word(at) == Word::Symbol
        && (SYMBOLS.contains(&r.spelling(at))
            || matches!(r.spelling(at), "\u{fe0f}" | "\u{200d}" | "🏻" | "🏼" | "🏽" | "🏾" | "🏿" | "♂" | "♀"))
}

/// Whether the word before a place may be the end of a time: a "trial period" is not dictated, but "7 PM period" is.
fn is_behind_time(r: &Reader, at: usize) -> bool {
    matches!(
        r.word(at - 1),
        Word::Number(..)
            | Word::Small(_)
            | Word::Am
            | Word::Pm
            | Word::Noon
            | Word::Midnight
            | Word::OClock
            | Word::Today
            | Word::Tonight
            | Word::Tomorrow
            | Word::Weekday(..)
            | Word::DayPart(_)
            | Word::NthSuffix
            | Word::Unit(_)
    )
}
