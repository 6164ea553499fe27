//! Commands, by word and in plain language.
//!
//! ```text
//! leave   = "stop" | "unsubscribe" | … alone, or "stop calling me"       return = "start" | "unstop"
//! list    = "list" | "what's next" | …                                   help   = "help" | "?" | …
//! done    = ("done"|"finished") [which]
//! delete  = ("delete"|"drop"|"forget"|"cancel"|…) which | "never mind" | …
//! move    = ("move"|"change"|"push"|"make"|…) which ["back"|"by"] ["to"|"until"|"for"] when | correction
//! snooze  = "snooze" [("for"|"until"|"till")] [when] | "later" | "again" when | number "more minutes"
//! zone    = ("zone"|"timezone") name | "i'm in" place | "it's" clock "here"
//! which   = ["#"] number {[","|"and"] number} | "all" | "the last one" | "it" | words
//! ```
//! No verb of ours alone is a word that a carrier takes for opting out.

use crate::{Question, Request, Unclear, Which, lexicon::Word, phrase::Phrases, reader::Reader};

mod meant;
mod shift;
mod whereabouts;

pub(crate) use meant::which;
pub(crate) use shift::{change, correction, target};
pub(crate) use whereabouts::{place, whereabouts};

/// Words that a carrier acts on before us when they stand alone.
#[rustfmt::skip]
static LEAVE: Phrases = Phrases::of(&[
    "stop", "stopall", "stop all", "unsubscribe", "end", "quit", "revoke", "optout", "opt out", "cancel", "remove",
    "td", "arret", "arrêt", "stop it", "stop this", "please stop", "stop please", "opt me out", "unsubscribe me",
    "remove me", "leave me alone", "stop now", "stop calling", "stop calling me", "stop texting", "stop texting me",
    "stop messaging me", "dont text me", "dont call me", "do not call me", "do not text me",
    "stop sending me messages", "stop all messages", "never call me again", "dont call me again",
    "stop calling this number", "stop texting this number", "take me off your list", "take me off the list",
    "remove me from your list", "no more calls", "no more texts", "no more messages", "stop contacting me",
    "stop all calls", "i want to opt out", "i want to unsubscribe",
]);
#[rustfmt::skip]
static RETURN: Phrases = Phrases::of(&[
    "resume", "start again", "start", "unstop", "opt in", "optin", "resubscribe", "opt me in", "subscribe",
    "opt me back in",
]);
#[rustfmt::skip]
static HELP: Phrases = Phrases::of(&[
    "help", "info", "?", "??", "commands", "help me", "menu", "options", "what can you do", "what can u do",
    "what can i text", "what can i say", "how does this work", "how do i use this", "how do you work", "who is this",
    "who are you", "what is this", "whats this", "what are you", "instructions", "support", "how to use",
    "help please", "please help", "what can i do",
]);
#[rustfmt::skip]
static LIST: Phrases = Phrases::of(&[
    "show all", "show everything", "list", "ls", "reminders", "my reminders", "list all", "list reminders",
    "list my reminders", "list all reminders", "list all my reminders", "show reminders", "show my reminders",
    "show all reminders", "show all my reminders", "show me my reminders", "show list", "show me the list",
    "show my list", "show", "whats next", "what is next", "what next", "next", "whats up next", "what comes next",
    "whats coming up", "what is coming up", "coming up", "upcoming", "upcoming reminders", "what are my reminders",
    "what reminders do i have", "do i have any reminders", "what do i have", "what do i have coming up",
    "what do i have today", "what do i have tomorrow", "what do i have planned", "what have i got",
    "what have i got today", "whats on my list", "what is on my list", "whats on today", "agenda", "my agenda",
    "my list", "all reminders", "which reminders do i have", "whats planned", "what is planned", "read my reminders",
    "read me my reminders", "whats left", "what is left", "what did i ask you to remind me of", "tell me my reminders",
    "give me my reminders", "whats pending", "pending", "schedule", "my schedule", "see my reminders",
    "can i see my reminders", "can you list my reminders", "what else", "status", "when is my next reminder",
    "whats my next reminder", "what is my next reminder",
]);
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
    "ignore that", "undo", "undo that", "never mind that", "dont bother", "no need", "not needed",
    "not needed anymore", "dont remind me", "do not remind me", "dont remind me anymore", "stop reminding me",
    "no longer needed", "skip it", "oh never mind", "actually never mind", "ok never mind", "never mind thanks",
    "nvm thanks", "cancel that", "cancel it", "cancel this", "disregard", "disregard that", "i changed my mind",
]);
/// Verbs that mean one of their reminders, whatever follows.
#[rustfmt::skip]
static DELETE: Phrases = Phrases::of(&[
    "delete", "del", "drop", "erase", "scrap", "get rid of", "please delete", "pls delete", "can you delete",
    "stop reminding me about", "stop reminding me to", "stop reminding me of", "dont remind me about",
    "dont remind me to", "dont remind me of", "do not remind me to", "do not remind me about",
    "no longer remind me to", "no longer remind me about", "never mind about", "never mind the", "nevermind the",
    "nvm the", "turn off", "forget about",
]);
/// What is said of a reminder only if it is called one.
#[rustfmt::skip]
static DELETE_REMINDER: Phrases = Phrases::of(&[
    "stop", "i dont need", "i do not need", "i no longer need", "no need for", "i dont want", "dont need",
]);
/// Verbs that people also do to other things, so that a time beside them is a task's.
#[rustfmt::skip]
static DELETE_PERHAPS: Phrases = Phrases::of(&[
    "cancel", "remove", "forget", "clear", "kill", "call off", "please cancel", "pls cancel", "can you cancel",
    "please remove", "can you remove", "skip",
]);

/// A command that is the whole text and needs nothing else.
pub(crate) fn plain(r: &Reader) -> Option<Request> {
    let is_all = |phrases: &Phrases| r.says_any(0, phrases).is_some_and(|end| is_over(r, end));
    if is_all(&LEAVE) || starts_with_stop(r) {
        return Some(Request::Leave);
    }
    if is_all(&RETURN) {
        return Some(Request::Return);
    }
    if is_all(&HELP)
        || r.says_one_of(0, &["how do i", "how can i", "how to", "how do you", "what can i", "can i text"]).is_some()
    {
        return Some(Request::Help);
    }
    if is_all(&LIST) {
        return Some(Request::List);
    }
    None
}

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

/// "STOP!!!" and "stop stop": said with feeling, opting out all the same.
fn starts_with_stop(r: &Reader) -> bool {
    r.len() > 0
        && (0..r.len()).all(|at| r.said(at) == "stop" || matches!(r.word(at), Word::Mark(_) | Word::Symbol))
        && r.said(0) == "stop"
}

pub(crate) fn is_never_mind(r: &Reader) -> bool {
    r.says_any(0, &NEVER_MIND).is_some_and(|end| is_over(r, end))
}

/// Done and delete. `otherwise` is what the text is if it is neither: beside a time, most verbs are a task's.
pub(crate) fn about_one(r: &Reader, otherwise: &Request) -> Option<Request> {
    let has_time = !matches!(otherwise, Request::Unknown(Unclear::Words) | Request::Ask(Question::When { .. }));
    if r.says_any(0, &DONE).is_some_and(|end| is_over(r, end)) {
        return Some(Request::Done(Which::Last));
    }
    if let Some(which) = number_done(r) {
        return Some(Request::Done(which));
    }
    if !has_time && let Some(object) = r.says_any(0, &DONE_WITH) {
        let end = if r.said(r.len() - 1) == "done" { r.len() - 1 } else { r.len() };
        // "mark" needs its "done", or it is somebody's name.
        if r.said(0) != "mark" || end < r.len() {
            let end = if end < r.len() && r.said(end - 1) == "as" { end - 1 } else { end };
            return which(r, object, end).map(Request::Done);
        }
    }
    if let Some(which) = words_done(r).filter(|_| !has_time) {
        return Some(Request::Done(which));
    }
    if is_never_mind(r) {
        return Some(Request::Delete(Which::Last));
    }
    let names_reminder = (0..r.len()).any(|at| matches!(r.said(at), "reminder" | "reminders" | "alarm" | "alarms"));
    let object = r
        .says_any(0, &DELETE)
        .filter(|object| {
            !has_time || names_reminder || meant::number(r, *object).is_some() && meant::only_numbers(r, *object)
        })
        .or_else(|| {
            r.says_any(0, &DELETE_REMINDER)
                .filter(|_| names_reminder)
                .or_else(|| r.says_any(0, &DELETE_PERHAPS))
                .filter(|object| !has_time || names_reminder || meant::only_numbers(r, *object))
        })?;
    if is_over(r, object) {
        return (r.says_any(0, &DELETE) == Some(object)).then_some(Request::Ask(Question::Delete));
    }
    // "drop off kids" and "forget to" are no commands.
    if matches!(r.said(object), "off" | "by" | "to" | "out") && !names_reminder {
        return None;
    }
    which(r, object, r.len()).map(Request::Delete)
}

/// "2 done", "#2 done".
fn number_done(r: &Reader) -> Option<Which> {
    let (number, next) = meant::number(r, 0)?;
    let verb = r.says_one_of(next, &["done", "is done", "finished", "is finished", "completed"])?;
    is_over(r, verb).then(|| Which::Numbers(vec![number]))
}

/// "milk done", "the milk is done": a few words, and nothing behind.
fn words_done(r: &Reader) -> Option<Which> {
    let last = r.len().checked_sub(1)?;
    let end = if matches!(r.word(last), Word::Mark(b'!' | b'.')) { last.checked_sub(1)? } else { last };
    let object = if end > 0 && r.said(end - 1) == "is" { end - 1 } else { end };
    let named = r.said(end) == "done"
        && (1..=4).contains(&object)
        && !matches!(r.said(0), "i" | "not" | "are" | "when" | "we" | "its" | "it");
    named.then(|| which(r, 0, object)).flatten()
}
