//! Reads DONE and DELETE, and the reminders that they are about.

use crate::{
    english::{
        command::{
            politeness::is_end,
            target::{self, target},
        },
        text::{phrases::Phrases, reader::Reader, word::Word},
    },
    question::Question,
    request::{Request, Target, Unclear},
};

#[rustfmt::skip]
static DONE: Phrases = Phrases::of(&[
    "done", "did it", "i did it", "i did", "all done", "finished", "completed", "complete", "im done", "i am done",
    "its done", "it is done", "done it", "done that", "did that", "already did", "already did it", "already done",
    "just did it", "just did", "taken care of", "done with it", "done with that", "i have done it", "ive done it",
    "mark it done", "mark as done", "mark it as done", "mark done", "check", "i finished", "i finished it",
    "finished it", "ok done", "done thanks", "done thank you", "yes done",
]);

#[rustfmt::skip]
static DONE_WITH: Phrases = Phrases::of(&[
    "done with", "finished with", "i did", "i finished", "mark", "done", "finished", "completed", "i already did",
]);

#[rustfmt::skip]
static NEVER_MIND: Phrases = Phrases::of(&[
    "never mind", "nevermind", "nvm", "nm", "forget it", "forget about it", "forget that", "scratch that",
    "ignore that", "never mind that", "dont bother", "no need", "not needed",
    "not needed anymore", "dont remind me", "do not remind me", "dont remind me anymore", "stop reminding me",
    "no longer needed", "oh never mind", "actually never mind", "ok never mind", "never mind thanks",
    "nvm thanks", "cancel that", "cancel it", "cancel this", "disregard", "disregard that", "i changed my mind",
]);

/// Verbs that delete a reminder. If the text has a time, it must also say "reminder" or "alarm", or give only numbers.
#[rustfmt::skip]
static DELETE: Phrases = Phrases::of(&[
    "delete", "del", "drop", "erase", "scrap", "get rid of", "please delete", "pls delete", "can you delete",
    "stop reminding me about", "stop reminding me to", "stop reminding me of", "dont remind me about",
    "dont remind me to", "dont remind me of", "do not remind me to", "do not remind me about",
    "no longer remind me to", "no longer remind me about", "never mind about", "never mind the", "nevermind the",
    "nvm the", "turn off", "forget about",
]);

/// Phrases that delete a reminder only if the text says "reminder" or "alarm".
#[rustfmt::skip]
static DELETE_REMINDER: Phrases = Phrases::of(&[
    "stop", "i dont need", "i do not need", "i no longer need", "no need for", "i dont want", "dont need",
]);

/// Verbs that delete a reminder but have other uses too. With a time the text is usually a task: "cancel the gym
/// tomorrow".
#[rustfmt::skip]
static DELETE_PERHAPS: Phrases = Phrases::of(&[
    "cancel", "remove", "forget", "clear", "kill", "call off", "please cancel", "pls cancel", "can you cancel",
    "please remove", "can you remove",
]);

pub(crate) fn is_never_mind(r: &Reader) -> bool {
    r.says_any(0, &NEVER_MIND).is_some_and(|end| is_end(r, end))
}

/// Reads DONE and DELETE. `otherwise` is the request that the text makes if it is neither of the two. If that request
/// has a time, most of these verbs are part of a task.
pub(crate) fn done_or_delete(r: &Reader, otherwise: &Request) -> Option<Request> {
    let has_time = !matches!(otherwise, Request::Unknown(Unclear::NoRequest) | Request::Ask(Question::When { .. }));
    if r.says_any(0, &DONE).is_some_and(|end| is_end(r, end)) {
        return Some(Request::Done(Target::Last));
    }
    if let Some(target) = number_done(r) {
        return Some(Request::Done(target));
    }
    if !has_time && let Some(object) = r.says_any(0, &DONE_WITH) {
        let end = if r.spelling(r.len() - 1) == "done" { r.len() - 1 } else { r.len() };
        // "mark" without "done" is a person's name.
        if r.spelling(0) != "mark" || end < r.len() {
            let end = if end < r.len() && r.spelling(end - 1) == "as" { end - 1 } else { end };
            return target(r, object, end).map(Request::Done);
        }
    }
    if let Some(target) = words_done(r).filter(|_| !has_time) {
        return Some(Request::Done(target));
    }
    if is_never_mind(r) {
        return Some(Request::Delete(Target::Last));
    }
    let names_reminder = (0..r.len()).any(|at| matches!(r.spelling(at), "reminder" | "reminders" | "alarm" | "alarms"));
    let object = r
        .says_any(0, &DELETE)
        .filter(|object| {
            !has_time || names_reminder || target::number(r, *object).is_some() && target::only_numbers(r, *object)
        })
        .or_else(|| {
            r.says_any(0, &DELETE_REMINDER)
                .filter(|_| names_reminder)
                .or_else(|| r.says_any(0, &DELETE_PERHAPS))
                .filter(|object| !has_time || names_reminder || target::only_numbers(r, *object))
        })?;
    if is_end(r, object) {
        return (r.says_any(0, &DELETE) == Some(object)).then_some(Request::Ask(Question::Delete));
    }
    // "drop off kids" and "forget to …" are not commands.
    if matches!(r.spelling(object), "off" | "by" | "to" | "out") && !names_reminder {
        return None;
    }
    target(r, object, r.len()).map(Request::Delete)
}

/// Reads a number and DONE: "2 done", "#2 done".
fn number_done(r: &Reader) -> Option<Target> {
    let (number, next) = target::number(r, 0)?;
    let verb = r.says_one_of(next, &["done", "is done", "finished", "is finished", "completed"])?;
    is_end(r, verb).then(|| Target::Numbers(vec![number]))
}

/// Reads a few words and DONE, with nothing after them: "milk done", "the milk is done".
fn words_done(r: &Reader) -> Option<Target> {
    let last = r.len().checked_sub(1)?;
    let end = if matches!(r.word(last), Word::Mark(b'!' | b'.')) { last.checked_sub(1)? } else { last };
    let object_end = if end > 0 && r.spelling(end - 1) == "is" { end - 1 } else { end };
    let is_done = r.spelling(end) == "done"
        && (1..=4).contains(&object_end)
        && !matches!(r.spelling(0), "i" | "not" | "are" | "when" | "we" | "its" | "it");
    is_done.then(|| target(r, 0, object_end)).flatten()
}
