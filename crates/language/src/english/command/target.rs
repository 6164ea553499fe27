//! Which of their reminders a command means.

use crate::{
    english::{
        command::politeness::is_over,
        grammar::number,
        text::{reader::Reader, word::Word},
    },
    request::Which,
};

pub(crate) fn number(r: &Reader, at: usize) -> Option<(u32, usize)> {
    let hash = r.skip_mark(at, b'#');
    let named = r
        .says_one_of(hash, &["number", "no", "reminder number", "reminder", "nr"])
        .map_or(hash, |next| r.skip_mark(r.skip_mark(next, b'.'), b'#'));
    number::whole(r, named)
}

pub(crate) fn only_numbers(r: &Reader, at: usize) -> bool {
    which(r, at, r.len()).is_some_and(|which| matches!(which, Which::Numbers(_)))
}

/// Which of their reminders the words between two places mean.
pub(crate) fn which(r: &Reader, from: usize, to: usize) -> Option<Which> {
    let part = r.part(from, to.max(from));
    let r = &part;
    if let Some(numbers) = numbers(r) {
        return Some(Which::Numbers(numbers));
    }
    let is = |phrases: &[&str]| r.says_one_of(0, phrases).is_some_and(|end| is_over(r, end));
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
        return Some(Which::All);
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
        return Some(Which::Last);
    }
    let words = words(r);
    (!words.is_empty()).then_some(Which::Words(words))
}

fn numbers(r: &Reader) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    let mut at = 0;
    loop {
        let (value, next) = number(r, at)?;
        numbers.push(value);
        if is_over(r, next) {
            return Some(numbers);
        }
        at = r.skip(r.skip_mark(r.skip_mark(next, b','), b'&'), Word::And);
    }
}

/// The words of a task, without what names it a reminder.
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
        if first && matches!(r.said(at), "the" | "my" | "a" | "about" | "with" | "that" | "to") || is_over(r, at) {
            at += 1;
            continue;
        }
        if !first && !r.is_glued(at) {
            words.push(' ');
        }
        words.push_str(r.original(at));
        at += 1;
    }
    words
}
