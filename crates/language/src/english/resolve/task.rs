//! What a reminder is about: the words that are neither the request nor the time, cleaned of what held them together.

use crate::english::{
    grammar::asking::Asks,
    text::{phrases::Phrases, reader::Reader, word::Word},
};

/// What may lead from the request to the task.
#[rustfmt::skip]
static CONNECTORS: Phrases = Phrases::of(&[
    "that says", "says", "saying", "called", "named", "titled", "labeled", "to", "that", "about", "bout", "abt", "of",
    "for", "on", "off", "regarding", "re", "and", "so", "then", "but", "as", "me to", "me that", "me about", "me",
    "is", "towards", "concerning", "with regards to", "with respect to", "2", "too", "uh", "um", "because", "again",
    "the following", "in a bit", "in a while", "in a moment", "soon", "shortly", "at some point", "someday", "later",
]);

/// How people begin to say what they have to do.
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

/// What is left behind a task when its time is taken away.
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

/// What stands for a task that was said before.
#[rustfmt::skip]
static PRONOUNS: Phrases = Phrases::of(&[
    "yes", "yeah", "sure", "no", "hey", "please", "pls", "plz", "thanks", "thank you", "ok", "again", "it", "that",
    "this", "about it", "of it", "of this", "for it", "about this", "about that", "of that", "for this", "this item",
    "for this item", "something", "me", "us", "him", "her",
]);

/// A task has at most so many characters; more does not fit what is spoken.
const LONGEST: usize = 300;

/// The task, from the tokens that are not taken. Empty if there is none.
pub(crate) fn task(r: &Reader, asks: &Asks, taken: &[bool]) -> String {
    let Some((first, _)) = asks.spans.first().copied() else {
        let whole = clean(r, taken, 0, r.len());
        let polite = is_pronoun(r, taken, whole) && taken.contains(&true);
        return if polite { String::new() } else { written(r, taken, whole) };
    };
    // What stands behind the last request that has something behind it, with what stands inside that request
    // ("a dentist reminder for Tom"); else what stands before.
    for (index, (start, end)) in asks.spans.iter().copied().enumerate().rev() {
        let stop = asks.spans.get(index + 1).map_or(r.len(), |(start, _)| *start);
        let inside = clean(r, taken, start, end);
        let behind = without_event(r, clean(r, taken, end, stop), taken);
        let has_behind = says_something(r, taken, behind);
        if says_something(r, taken, inside) {
            let joined = if has_behind { (inside.0, behind.1) } else { inside };
            return written(r, taken, joined);
        }
        if has_behind && !is_pronoun(r, taken, behind) {
            return written(r, taken, behind);
        }
    }
    let before = clean(r, taken, 0, first);
    if is_address(r, taken, before, first) || is_pronoun(r, taken, before) {
        String::new()
    } else {
        written(r, taken, before)
    }
}

fn says_something(r: &Reader, taken: &[bool], (from, to): (usize, usize)) -> bool {
    (from..to).any(|at| !taken[at] && !matches!(r.word(at), Word::Mark(_)))
}

/// "Olly, remind me …": one unknown word before the request, which is whom they speak to, unless it is all there is.
fn is_address(r: &Reader, taken: &[bool], (from, to): (usize, usize), ask: usize) -> bool {
    let words = (from..to).filter(|at| !taken[*at] && !matches!(r.word(*at), Word::Mark(_))).count();
    words == 1
        && (to == ask || r.is_mark(to, b','))
        && matches!(
            r.said(from),
            "siri" | "alexa" | "olly" | "pda" | "google" | "bot" | "assistant" | "robot" | "computer" | "sixthirty"
        )
}

fn is_pronoun(r: &Reader, taken: &[bool], (from, to): (usize, usize)) -> bool {
    (from..to).all(|at| !taken[at]) && r.says_any(from, &PRONOUNS) == Some(to)
}

/// Moves the ends inward over what is not the task.
fn clean(r: &Reader, taken: &[bool], from: usize, to: usize) -> (usize, usize) {
    let (mut from, mut to) = (from, to);
    loop {
        let before = (from, to);
        while from < to && (taken[from] || is_edge_mark(r, from) || is_lost_bracket(r, taken, from)) {
            from += 1;
        }
        while from < to && (taken[to - 1] || is_end_mark(r, to - 1) || is_lost_bracket(r, taken, to - 1)) {
            to -= 1;
        }
        if let Some(next) = free(r, taken, from, to, &CONNECTORS).or_else(|| free(r, taken, from, to, &OPENERS)) {
            from = next;
        }
        if let Some(start) = leftover(r, taken, from, to) {
            to = start;
        }
        if (from, to) == before {
            return (from, to);
        }
    }
}

/// The place behind a phrase at the start, none of it taken, if something is left behind it.
fn free(r: &Reader, taken: &[bool], from: usize, to: usize, phrases: &Phrases) -> Option<usize> {
    let next = r.says_any(from, phrases).filter(|next| *next < to)?;
    (!taken[from..next].iter().any(|taken| *taken) && says_something(r, taken, (next, to))).then_some(next)
}

/// The place of a phrase at the end, if something is left before it.
fn leftover(r: &Reader, taken: &[bool], from: usize, to: usize) -> Option<usize> {
    let free = |start: usize| !taken[start..to].iter().any(|taken| *taken);
    // "what is this for" keeps its end; what loses its time does not.
    let dangles = |start: usize, phrase: &str| {
        matches!(phrase, "for" | "of" | "set" | "at" | "from" | "is" | "that" | "its")
            && to >= r.len()
            && !ends_open(r, start)
    };
    r.says_before(from, to, &LEFTOVERS)
        .filter(|(start, phrase)| free(*start) && !dangles(*start, phrase))
        .map(|(start, _)| start)
        .min()
}

/// Whether nothing but an unfinished text explains a word at the end: "set a reminder for", "my meeting on".
fn ends_open(r: &Reader, at: usize) -> bool {
    matches!(r.word(at), Word::At | Word::From | Word::Of | Word::For)
}

fn is_edge_mark(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Mark(mark) => {
            !matches!(mark, b'"' | b'\'' | b'$' | b'#' | b'(' | b'[' | b'&' | b'@' | b'+') || r.is_mark(at + 1, mark)
        }
        Word::And => true,
        _ => false,
    }
}

fn is_end_mark(r: &Reader, at: usize) -> bool {
    match r.word(at) {
        Word::Mark(mark) => {
            !matches!(mark, b'"' | b'\'' | b'%' | b'$' | b')' | b']' | b'+')
                || r.word_before(at) == Some(Word::Mark(mark))
        }
        _ => false,
    }
}

/// "… an hour before the meeting": the event repeats what the task has said.
fn without_event(r: &Reader, (from, to): (usize, usize), taken: &[bool]) -> (usize, usize) {
    let Some(before) = (from..to).rev().find(|at| taken[*at] && matches!(r.word(*at), Word::Before | Word::After))
    else {
        return (from, to);
    };
    let event = before + 1;
    let short = to - event <= 3
        && matches!(r.said(event), "the" | "my" | "it" | "that" | "this" | "her" | "his" | "their" | "our");
    if short && says_something(r, taken, (from, before)) { clean(r, taken, from, before) } else { (from, to) }
}

/// The words that are left, with the spaces between them as they were.
fn written(r: &Reader, taken: &[bool], (from, to): (usize, usize)) -> String {
    let mut text = String::with_capacity(48);
    let mut last: Option<usize> = None;
    for at in from..to {
        if taken[at] || is_lost_bracket(r, taken, at) || r.is_mark(at, b'\n') {
            continue;
        }
        if let Some(last) = last {
            let touching = r.is_glued(at) && last + 1 == at;
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
        if text.len() >= LONGEST {
            break;
        }
    }
    unquoted(text)
}

/// A bracket whose inside was taken, or the mouth of a smiley.
fn is_lost_bracket(r: &Reader, taken: &[bool], at: usize) -> bool {
    match r.word(at) {
        Word::Mark(b'(' | b'[') => taken.get(at + 1).copied().unwrap_or(true),
        Word::Mark(b')' | b']') => {
            let opens = |at: &usize| matches!(r.word(*at), Word::Mark(b'(' | b'['));
            at > 0 && taken[at - 1] || !(0..at).any(|at| opens(&at))
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
