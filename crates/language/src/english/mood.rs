//! The mood of a text: whether it asks for something at all. A text that refuses a reminder, asks about the list, tells
//! what happened or is meant for another person may name a time, but must not set a reminder.
//!
//! ```text
//! refusal = ("dont"|"stop"|"cancel"|…) [request] time                   "don't call me at 7", "cancel my 5pm"
//! list    = "what do i have" time | "any reminders" time | …
//! chat    = question | report | statement | arrangement | machine
//! report  = subject past-verb …                                         "I called you at 3"
//! machine = … code … "expires" …
//! ```

mod chat;

use crate::{
    english::{
        grammar::{request_words, time_words::is_time_word},
        resolve::reminders::{self, Reading},
        text::{phrases::Phrases, reader::Reader, word::Word},
    },
    question::Question,
    request::{Request, Unclear},
};

/// Words that refuse what follows.
#[rustfmt::skip]
static REFUSING: Phrases = Phrases::of(&[
    "dont", "do not", "dont ever", "dont you", "never", "no need to", "there is no need to", "theres no need to",
    "you dont need to", "you do not need to", "u dont need to", "you dont have to", "u dont have to", "you neednt",
    "no longer", "dont bother to", "stop", "quit", "i dont want you to", "i do not want you to", "i dont need you to",
    "i dont want u to", "i dont need u to", "i dont want to be", "i do not want to be", "i dont need to be",
    "i dont need", "i dont want", "i do not need", "i do not want", "no", "no more", "cant you stop", "you can stop",
    "please no", "not",
]);

/// What is refused: a call, or a reminder.
#[rustfmt::skip]
static REFUSED: Phrases = Phrases::of(&[
    "call me", "ring me", "remind me", "remind", "text me", "wake me", "ping me", "phone me", "message me", "alert me",
    "notify me", "bug me", "nudge me", "buzz me", "wake us", "call us", "remind us", "text us", "calling me", "calling",
    "ringing me", "ringing", "reminding me", "reminding", "texting me", "waking me", "pinging me", "phoning me",
    "messaging me", "alerting me", "notifying me", "bugging me", "nagging me", "nag me", "called", "reminded", "woken",
    "woken up", "set an alarm", "set the alarm", "set a reminder", "set any reminder", "set any reminders",
    "set my alarm", "set another reminder", "set any alarm", "create a reminder", "add a reminder", "make a reminder",
    "schedule a reminder", "a reminder", "the reminder", "my reminder", "any reminder", "any reminders", "reminders",
    "reminder", "an alarm", "the alarm", "my alarm", "alarms", "alarm", "a call", "the call", "any calls", "calls",
    "the", "my", "that", "a wake up call", "your call", "your calls", "another call",
]);

/// Verbs that end a reminder. With a time and no task of its own, such a text is about a reminder that exists.
#[rustfmt::skip]
static ENDING: Phrases = Phrases::of(&[
    "cancel", "delete", "remove", "drop", "erase", "scrap", "stop", "kill", "clear", "turn off", "switch off",
    "shut off", "forget", "forget about", "never mind", "never mind about", "nevermind", "nevermind about", "nvm",
    "nvm about", "get rid of", "call off", "skip the", "disable", "ignore", "i dont need", "i dont want", "no more",
    "del", "undo", "disregard", "scratch", "unset",
]);

/// Words that say nothing about which task is meant.
#[rustfmt::skip]
static EMPTY: Phrases = Phrases::of(&[
    "my", "the", "that", "this", "a", "an", "one", "ones", "call", "calls", "alarm", "alarms", "reminder", "reminders",
    "everything", "all", "about", "for", "at", "on", "of", "to", "from", "in", "any", "and", "or", "please", "thing",
    "things", "stuff", "again", "anymore", "any more", "appointment", "event", "notification", "notifications", "it",
    "me", "us", "up", "your", "just", "also", "tonights", "todays", "tomorrows", "wake up",
]);

/// Questions about the reminders that exist.
#[rustfmt::skip]
static LIST: Phrases = Phrases::of(&[
    "what do i have", "what did i have", "what have i got", "what do we have", "what am i doing", "whats on my",
    "what is on my", "whats on the agenda", "whats on for", "whats on the list", "what reminders", "which reminders",
    "what alarms", "which alarms", "what calls", "any reminders", "any reminder", "any alarms", "any calls",
    "any upcoming", "do i have any", "do i have anything", "do i have a reminder", "do i have an alarm",
    "do i have reminders", "do i have something", "have i got any", "have i got anything", "have i set",
    "have i a reminder", "did i set", "did i already set", "did i ask you", "did i tell you to", "did i make a reminder",
    "did i create", "did i schedule", "did i add", "did you set", "did you save", "did you add", "did you schedule",
    "have you set", "are there any reminders", "are there any alarms", "are there reminders", "is there a reminder",
    "is there an alarm", "is there any reminder", "is there anything", "how many reminders", "how many alarms",
    "show me my reminders", "show my reminders", "show reminders", "show me the reminders", "show me reminders",
    "show all reminders", "show me what", "list reminders", "list my reminders", "list the reminders",
    "list all reminders", "whats coming up", "what is coming up", "whats planned", "what is planned",
    "whats scheduled", "what is scheduled", "whats happening", "anything on", "anything for", "anything planned",
    "anything scheduled", "anything coming up", "when is my", "whens my", "when are my", "when do i have",
    "what time is my", "what times are my", "when are you calling", "when are you going to", "when will you call",
    "when will you remind", "when do you call", "what time will you", "what time are you calling", "am i free",
    "am i busy", "what did i ask", "tell me my reminders", "read me my reminders", "what are my", "do you have any",
    "are you reminding me", "are you calling me", "will you call me", "will you remind me", "are you going to call me",
    "are you going to remind me", "what are you reminding", "whats next on", "whats next for", "whats on today",
    "whats my schedule", "what is my schedule", "whats my day", "what does my day", "what does my", "give me my",
]);

/// Returns the request of a text that does not ask for a reminder, although it may name a time. `None` if it may ask
/// for one.
pub(crate) fn other_than_reminder(r: &Reader) -> Option<Request> {
    if r.says_any(0, &LIST).is_some() && is_one_sentence(r) {
        return Some(Request::List);
    }
    if refuses(r) {
        return Some(Request::Ask(Question::Delete));
    }
    (chat::may_be_chat(r) && chat::is_chat(r)).then_some(Request::Unknown(Unclear::NoRequest))
}

/// Whether nothing follows the first sentence that could be a request of its own.
fn is_one_sentence(r: &Reader) -> bool {
    let end = (0..r.len()).find(|at| r.ends_clause(*at) || r.is_mark(*at, b':'));
    let Some(end) = end.filter(|end| end + 1 < r.len()) else { return true };
    request_words::find(&r.slice(end + 1, r.len())).spans.is_empty() && !r.is_mark(end, b':')
}

/// Whether a text refuses a reminder or ends one, and names its time instead of its task.
fn refuses(r: &Reader) -> bool {
    let refused = r.says_any(0, &REFUSING).and_then(|next| r.says_any(next, &REFUSED));
    let call = refused.filter(|end| {
        let word = r.spelling(end - 1);
        matches!(word, "me" | "us" | "remind" | "reminding" | "calling" | "ringing" | "called" | "reminded" | "up")
            || word == "woken"
            || r.says_any(end - 1, &EMPTY).is_some()
    });
    // "Cancel my 3pm reminder" names a reminder, so DELETE reads it.
    let ending = || r.says_any(0, &ENDING).filter(|_| !names_reminder(r));
    let Some(object) = call.or_else(ending) else { return false };
    if object >= r.len() {
        return false;
    }
    let said = reminders::read(&r.slice(object, r.len()));
    let certain = call.is_some_and(|end| !matches!(r.spelling(end - 1), "the" | "my" | "that"));
    // "Cancel my 2 o'clock with Dr Lee" is about a reminder too.
    let my_clock = r.spelling(object) == "my" && said.consumed_at(1) && !said.time_spec.clocks.is_empty();
    !said.time_spec.is_empty() && (certain || my_clock || names_no_task(r, object, &said))
}

/// Whether a text that ends a reminder calls it so.
fn names_reminder(r: &Reader) -> bool {
    let ends = r.says_one_of(0, &["cancel", "delete", "del", "remove", "drop", "erase", "scrap", "clear", "kill"]);
    ends.is_some() && (0..r.len()).any(|at| matches!(r.spelling(at), "reminder" | "reminders" | "alarm" | "alarms"))
}

/// Whether the words from `from` on are only a time and words such as "my", "one" and "reminder".
fn names_no_task(r: &Reader, from: usize, said: &Reading) -> bool {
    let mut at = from;
    while at < r.len() {
        if said.consumed_at(at - from) || matches!(r.word(at), Word::Mark(_) | Word::Symbol) || is_time_word(r.word(at))
        {
            at += 1;
            continue;
        }
        match r.says_any(at, &EMPTY) {
            Some(next) => at = next,
            None => return false,
        }
    }
    true
}
