//! Commands that are a whole text: STOP, START, HELP, LIST, UNDO, RESTORE, and SKIP or RESUME without words of a task.

use crate::{
    english::{
        command::{politeness::is_end, skip},
        resolve::reminders,
        text::{phrases::Phrases, reader::Reader, word::Word},
    },
    request::Request,
};

/// Phrases that opt out. Carriers act on some of the phrases themselves, before the text reaches the service.
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
    "start again", "start", "unstop", "opt in", "optin", "resubscribe", "opt me in", "subscribe",
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
static UNDO: Phrases = Phrases::of(&[
    "undo", "undo that", "undo it", "undo this", "undo the last one", "undo my last text", "take that back",
    "take it back", "i take that back", "i take it back",
]);

#[rustfmt::skip]
static RESTORE: Phrases = Phrases::of(&[
    "restore", "restore all", "restore them", "restore everything", "restore reminders", "restore my reminders",
    "restore all my reminders", "bring them back", "bring back my reminders", "bring my reminders back",
    "get my reminders back", "get them back",
]);

/// Reads a command that is the whole text. A text that begins like a question about the service, such as "how do i", is
/// HELP.
pub(crate) fn keyword(r: &Reader) -> Option<Request> {
    let is_all = |phrases: &Phrases| r.says_any(0, phrases).is_some_and(|end| is_end(r, end));
    if is_all(&LEAVE) || is_only_stop(r) {
        return Some(Request::OptOut);
    }
    if is_all(&RETURN) {
        return Some(Request::OptIn);
    }
    if is_all(&HELP)
        || r.says_one_of(0, &["how do i", "how can i", "how to", "how do you", "what can i", "can i text"]).is_some()
    {
        return Some(Request::Help);
    }
    if is_all(&LIST) || is_list_of_day(r) {
        return Some(Request::List);
    }
    if is_all(&UNDO) {
        return Some(Request::Undo);
    }
    if is_all(&RESTORE) {
        return Some(Request::Restore);
    }
    skip::by_number(r)
}

/// Whether a text asks for the list of a day: "list friday", "list for tomorrow". The answer lists every reminder.
fn is_list_of_day(r: &Reader) -> bool {
    if r.spelling(0) != "list" {
        return false;
    }
    let said = reminders::read(&r.slice(1, r.len()));
    said.task.is_empty() && said.request_words.spans.is_empty() && !said.time_spec.is_empty()
}

/// Whether the text is only "stop", once or several times, with any marks: "STOP!!!", "stop stop".
fn is_only_stop(r: &Reader) -> bool {
    r.len() > 0
        && (0..r.len()).all(|at| r.spelling(at) == "stop" || matches!(r.word(at), Word::Mark(_) | Word::Symbol))
        && r.spelling(0) == "stop"
}
