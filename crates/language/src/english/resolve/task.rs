//! The task of a reminder: the words that belong neither to the request nor to the time, without connecting words.

use crate::english::{
    grammar::request_words::RequestWords,
    text::{phrases::Phrases, reader::Reader, word::Word},
};

/// Words between the request and the task.
#[rustfmt::skip]
static CONNECTORS: Phrases = Phrases::of(&[
    "that says", "says", "saying", "called", "named", "titled", "labeled", "to", "that", "about", "bout", "abt", "of",
    "for", "on", "off", "regarding", "re", "and", "so", "then", "but", "as", "me to", "me that", "me about", "me",
    "is", "yo", "ot", "towards", "concerning", "with regards to", "with respect to", "2", "too", "uh", "um", "because", "again",
    "the following", "in a bit", "in a while", "in a moment", "soon", "shortly", "at some point", "someday", "later",
]);

/// Words with which people begin to name a task.
#[rustfmt::skip]
static OPENERS: Phrases = Phrases::of(&[
    "ive a", "ive an", "create event", "create an event", "create a new event", "add event", "add an event",
    "new event", "schedule an event", "i need to", "i have to", "i ve got to", "ive got to", "i gotta", "gotta",
    "i got to", "i must", "i should", "i want to", "i wanna", "i would like to", "id like to", "i am supposed to",
    "im supposed to", "i am going to", "im going to", "im gonna", "i am gonna", "i will", "ill", "we need to",
    "we have to", "i have a", "i have an", "i have my", "i have the", "i have", "ive got a", "ive got an", "ive got",
    "i got a", "i ve a", "i need", "there is a", "there is an", "theres a", "theres an", "there is", "theres",
    "we have a", "we have an", "we have", "i ought to", "need to", "have to", "its", "it is", "today is",
    "tomorrow is", "remember to", "dont forget to", "dont forget", "do not forget to", "not forget to",
    "not to forget to", "go and", "please", "pls", "plz", "hey", "hi", "hello", "ok", "okay", "so", "also", "um",
]);

/// Words that may remain after a task when its time is removed.
#[rustfmt::skip]
static LEFTOVERS: Phrases = Phrases::of(&[
    "to my calendar", "on my calendar", "in my calendar", "to the calendar", "please", "pls", "plz", "plse", "thanks",
    "thank you", "thank u", "thx", "ty", "tks", "tysm", "thanks so much", "thank you so much", "cheers", "ok", "okay",
    "and", "to", "it will be", "it is", "its", "it starts", "which is", "that is", "thats", "is", "will be",
    "starting", "at", "from", "the", "a", "an", "sometime", "in a bit", "in a while", "in a moment", "soon", "shortly",
    "at some point", "someday", "when you can", "if you can", "if possible", "for me", "would you", "will you",
    "can you", "could you", "i need to", "that i have", "i have", "that", "because", "scheduled", "lol", "asap", "of",
    "set", "for",
]);

/// Words that stand for a task that was named before, or for no task.
#[rustfmt::skip]
static PRONOUNS: Phrases = Phrases::of(&[
    "yes", "yeah", "sure", "no", "hey", "please", "pls", "plz", "thanks", "thank you", "ok", "again", "it", "that",
    "this", "about it", "of it", "of this", "for it", "about this", "about that", "of that", "for this",
    "this item", "my", "the", "to",
    "for this item", "something", "me", "us", "him", "her",
]);

/// Returns the task from the tokens that are not consumed; empty if there is none.
pub(crate) fn task(r: &Reader, request_words: &RequestWords, consumed: &[bool]) -> String {
    let Some((first, _)) = request_words.spans.first().copied() else {
        let whole = clean(r, consumed, 0, r.len());
        let polite = is_pronoun(r, consumed, whole) && consumed.contains(&true);
        return if polite { String::new() } else { written(r, consumed, whole) };
    };
    // The task is the words inside and after the last request that has any: "a dentist reminder for Tom". A pronoun
    // alone after a request does not count. If there is no such request, the task is before the first request.
    for (index, (start, end)) in request_words.spans.iter().copied().enumerate().rev() {
        let stop = request_words.spans.get(index + 1).map_or(r.len(), |(start, _)| *start);
        let inside = clean(r, consumed, start, end);
        let behind = without_event(r, clean(r, consumed, end, stop), consumed);
        let has_behind = says_something(r, consumed, behind);
        if says_something(r, consumed, inside) {
            let joined = if has_behind { (inside.0, behind.1) } else { inside };
            return written(r, consumed, joined);
        }
        if has_behind && !is_pronoun(r, consumed, behind) {
            return written(r, consumed, behind);
        }
    }
    let before = clean(r, consumed, 0, first);
    if is_address(r, consumed, before, first) || is_pronoun(r, consumed, before) {
        String::new()
    } else {
        written(r, consumed, before)
    }
}

fn says_something(r: &Reader, consumed: &[bool], (from, to): (usize, usize)) -> bool {
    (from..to).any(|at| !consumed[at] && !matches!(r.word(at), Word::Mark(_)))
}

/// Whether one word before the request addresses an assistant: "Olly, remind me …".
fn is_address(r: &Reader, consumed: &[bool], (from, to): (usize, usize), ask: usize) -> bool {
    let words = (from..to).filter(|at| !consumed[*at] && !matches!(r.word(*at), Word::Mark(_))).count();
    words == 1
        && (to == ask || r.is_mark(to, b','))
        && matches!(
            r.spelling(from),
            "siri" | "alexa" | "olly" | "pda" | "google" | "bot" | "assistant" | "robot" | "computer" | "sixthirty"
        )
}

fn is_pronoun(r: &Reader, consumed: &[bool], (from, to): (usize, usize)) -> bool {
    (from..to).all(|at| !consumed[at]) && r.says_any(from, &PRONOUNS) == Some(to)
}

/// Narrows a range to the task, without the consumed words, connecting words and marks at its ends.
fn clean(r: &Reader, consumed: &[bool], from: usize, to: usize) -> (usize, usize) {
    let (mut from, mut to) = (from, to);
    loop {
        let before = (from, to);
        while from < to && (consumed[from] || is_edge_mark(r, from) || is_lost_bracket(r, consumed, from)) {
            from += 1;
        }
        while from < to && (consumed[to - 1] || is_end_mark(r, to - 1) || is_lost_bracket(r, consumed, to - 1)) {
            to -= 1;
        }
        if let Some(next) = free(r, consumed, from, to, &CONNECTORS).or_else(|| free(r, consumed, from, to, &OPENERS)) {
            from = next;
        }
        if let Some(start) = leftover(r, consumed, from, to) {
            to = start;
        }
        if (from, to) == before {
            return (from, to);
        }
    }
}

/// Returns the place after a phrase at the start, if no token of it is consumed and words follow it.
fn free(r: &Reader, consumed: &[bool], from: usize, to: usize, phrases: &Phrases) -> Option<usize> {
    let next = r.says_any(from, phrases).filter(|next| *next < to)?;
    // "2 boxes" are two; only before a verb does "2" stand for "to".
    if r.spelling(from) == "2" && r.spelling(next).ends_with('s') {
        return None;
    }
    (!consumed[from..next].iter().any(|consumed| *consumed) && says_something(r, consumed, (next, to))).then_some(next)
}

/// Returns the place of a phrase at the end, if words stand before it.
fn leftover(r: &Reader, consumed: &[bool], from: usize, to: usize) -> Option<usize> {
    let free = |start: usize| !consumed[start..to].iter().any(|consumed| *consumed);
    // "ask what the price is" keeps its last word, which does not belong to a time.
    let dangles = |start: usize, phrase: &str| {
        matches!(phrase, "for" | "of" | "set" | "at" | "from" | "is" | "that" | "its")
            && to >= r.len()
            && !ends_open(r, start)
    };
    // "remind me to say thank you" is about the thanks.
    let is_said = |start: usize, phrase: &str| {
        phrase.starts_with("thank")
            && matches!(r.spelling(start - 1), "say" | "saying" | "send" | "write" | "a" | "big" | "with" | "give")
    };
    r.says_before(from, to, &LEFTOVERS)
        .filter(|(start, phrase)| free(*start) && !dangles(*start, phrase) && !is_said(*start, phrase))
        .map(|(start, _)| start)
        .min()
}

/// Whether a word at the end shows that the text is unfinished: "set a reminder for", "my meeting at".
fn ends_open(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::At | Word::From | Word::Of | Word::For)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
fn is_edge_mark(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Mark(mark) => {
            !matches!(mark, b'"' | b'\'' | b'$' | b'#' | b'(' | b'[' | b'&' | b'@' | b'+') || r.is_mark(at + 1, mark)
        }
        Word::And => true,
        _ => false,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
fn is_end_mark(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Mark(mark) => {
            !matches!(mark, b'"' | b'\'' | b'%' | b'$' | b')' | b']' | b'+')
                || r.word_before(at) == Some(Word::Mark(mark))
        }
        _ => false,
    }
}

/// Removes a short event after "before" or "after", if a task is in front of it: "… an hour before the meeting".
fn without_event(r: &Reader, (from, to): (usize, usize), consumed: &[bool]) -> (usize, usize) {
    let Some(before) = (from..to).rev().find(|at| consumed[*at] && matches!(r.word(*at), Word::Before | Word::After))
    else {
        return (from, to);
    };
    let event = before + 1;
    let short = to - event <= 3
        && matches!(r.spelling(event), "the" | "my" | "it" | "that" | "this" | "her" | "his" | "their" | "our");
    if short && says_something(r, consumed, (from, before)) { clean(r, consumed, from, before) } else { (from, to) }
}

/// Returns the words that are left, with the spaces between them.
fn written(r: &Reader, consumed: &[bool], (from, to): (usize, usize)) -> String {
    let mut text = String::with_capacity(48);
    let mut last: Option<usize> = None;
    for at in from..to {
        if consumed[at] || is_lost_bracket(r, consumed, at) || r.is_mark(at, b'\n') {
            continue;
        }
        if let Some(last) = last {
            let touching = r.is_adjacent(at) && last + 1 == at;
            let mark = last + 1 != at && matches!(r.word(at), Word::Mark(b',' | b'.' | b'!' | b'?' | b';' | b':'));
            if mark {
                continue;
            }
            if !touching {
                text.push(' ');
            }
        }
        text.push_str(r.original(at));
        last = Some(at);
    }
    unquoted(text)
}

/// Whether a bracket is left over from consumed words or a smiley.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other word is treated alike")]
fn is_lost_bracket(r: &Reader, consumed: &[bool], at: usize) -> bool {
    match r.word(at) {
        Word::Mark(b'(' | b'[') => consumed.get(at + 1).copied().unwrap_or(true),
        Word::Mark(b')' | b']') => {
            let opens = |at: &usize| matches!(r.word(*at), Word::Mark(b'(' | b'['));
            at > 0 && consumed[at - 1] || !(0..at).any(|at| opens(&at))
        }
        _ => false,
    }
}

fn unquoted(text: String) -> String {
    let inner = |quote: char| {
        text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).filter(|inner| !inner.contains(quote))
    };
    match inner('"').or_else(|| inner('\'')) {
        Some(inner) => inner.trim().to_owned(),
        None => text,
    }
}
