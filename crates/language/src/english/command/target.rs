//! The reminders that a command is about.

use crate::{
    english::{
        command::politeness::is_end,
        grammar::number,
        text::{
            reader::{Reader, Sender},
            tokens,
            word::Word,
        },
    },
    request::Target,
};

pub(crate) fn number(r: &Reader, at: usize) -> Option<(u32, usize)> {
    let hash = r.skip_mark(at, b'#');
    let named = r
        .says_one_of(hash, &["number", "no", "reminder number", "reminder", "nr"])
        .map_or(hash, |next| r.skip_mark(r.skip_mark(next, b'.'), b'#'));
    number::whole(r, named)
}

pub(crate) fn only_numbers(r: &Reader, at: usize) -> bool {
    target(r, at, r.len()).is_some_and(|target| matches!(target, Target::Numbers(_)))
}

/// Reads the words between two places as the reminders that they mean.
pub(crate) fn target(r: &Reader, from: usize, to: usize) -> Option<Target> {
    let part = r.slice(from, to.max(from));
    let r = &part;
    if let Some(numbers) = numbers(r) {
        return Some(Target::Numbers(numbers));
    }
    let is = |phrases: &[&str]| r.says_one_of(0, phrases).is_some_and(|end| is_end(r, end));
    if is(&[
        "all",
        "everything",
        "all of them",
        "all reminders",
        "all my reminders",
        "all of my reminders",
        "them all",
        "every reminder",
        "all the reminders",
        "my reminders",
        "the list",
        "my list",
        "list",
        "every one",
        "everyone",
    ]) {
        return Some(Target::All);
    }
    if is(&[
        "last",
        "the last",
        "the last one",
        "last one",
        "it",
        "that",
        "this",
        "that one",
        "this one",
        "the last reminder",
        "last reminder",
        "my last reminder",
        "that reminder",
        "this reminder",
        "the reminder",
        "my reminder",
        "the latest",
        "the latest one",
        "reminder",
        "the previous one",
        "the alarm",
        "my alarm",
    ]) {
        return Some(Target::Last);
    }
    let words = words(r);
    (!words.is_empty()).then_some(Target::Words(words))
}

/// Reads which reminders these words of a text name.
pub(crate) fn named(words: &str, sender: &Sender) -> Option<Target> {
    let lower = words.to_ascii_lowercase();
    let tokens = tokens::tokens(&lower);
    let r = Reader { text: words, lower: &lower, tokens: &tokens, sender };
    target(&r, 0, r.len())
}

fn numbers(r: &Reader) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut at = 0;
    loop {
        let (value, next) = number_of_place(r, at).or_else(|| number(r, at))?;
        numbers.push(value);
        if is_end(r, next) {
            return Some(numbers);
        }
        at = r.skip(r.skip_mark(r.skip_mark(next, b','), b'&'), Word::And);
    }
}

/// Reads a place in the list: "the second one", "3rd", "first and second".
fn number_of_place(r: &Reader, at: usize) -> Option<(u32, usize)> {
    let (place, next) = number::ordinal(r, r.skip(at, Word::The))?;
    let named = r.says_one_of(next, &["one", "ones", "reminder", "alarm", "on the list", "one on the list"]);
    Some((place, named.unwrap_or(next)))
}

/// Returns the words that describe a task, without words such as "reminder".
fn words(r: &Reader) -> String {
    let mut words = String::new();
    let mut at = 0;
    while at < r.len() {
        if let Some(next) = r.says_one_of(at, &["reminder", "reminders", "alarm", "the reminder", "my reminder", "one"])
        {
            at = r.says_one_of(next, &["to", "about", "for", "of", "that says", "called", "regarding"]).unwrap_or(next);
            continue;
        }
        let first = words.is_empty();
        if first && matches!(r.spelling(at), "the" | "my" | "a" | "about" | "with" | "that" | "to") || is_end(r, at) {
            at += 1;
            continue;
        }
        if !first && !r.is_adjacent(at) {
            words.push(' ');
        }
        words.push_str(r.original(at));
        at += 1;
    }
    words
}
