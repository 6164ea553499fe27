//! Times that a text says of an event, and not of the reminder: "buy the 9am train ticket tomorrow", "the store closes
//! at 9". They stay in the task, and the sender is asked for the time of the reminder.

use crate::english::{
    grammar::{
        clock::{Clock, Meridiem},
        request_words::RequestWords,
        time_words::is_time_word,
    },
    resolve::time_spec::TimeSpec,
    text::{phrases::Phrases, reader::Reader, word::Word},
};
use jiff::civil::DateTime;
use std::ops::Range;

/// Verbs for which the time of an event is the time of the task: "join the 9am meeting".
#[rustfmt::skip]
static ATTEND: Phrases = Phrases::of(&[
    "join", "attend", "watch", "catch", "take", "go to", "go", "make", "start", "host", "lead", "run", "dial into",
    "dial in", "be at", "be on", "be in", "have", "do", "teach", "leave for", "leave", "board", "ride", "play", "see",
    "meet", "eat", "work", "get on", "get to", "hop on", "jump on", "log into", "log in to", "show up", "walk", "feed",
    "give", "drive to", "head to", "hit", "begin", "open", "wake up", "get up", "ring", "listen to", "tune in to",
    "remember", "its", "i have", "ive got", "we have",
]);

/// Verbs that tell when something ends or leaves. A call at that time would be too late.
#[rustfmt::skip]
static ENDS: Phrases = Phrases::of(&[
    "closes", "close", "leaves", "departs", "arrives", "lands", "expires", "ends", "boards", "shuts",
]);

/// Verbs with which the sender tells something to another person.
#[rustfmt::skip]
static TELL: Phrases = Phrases::of(&[
    "tell", "ask", "text", "txt", "message", "msg", "email", "inform", "notify", "warn", "remind", "let", "write",
    "whatsapp", "explain to", "announce", "say", "mention", "confirm",
]);

/// Verbs that say when an event is, directly before its time: "dinner is at 8".
#[rustfmt::skip]
static IS_AT: Phrases = Phrases::of(&[
    "is", "are", "was", "were", "isnt", "arent", "wont be", "will be", "starts", "start", "begins", "begin", "leaves",
    "leave", "ends", "end", "opens", "open", "closes", "close", "departs", "arrives", "lands", "boards", "expires",
    "has to be", "have to be", "needs to be", "should be", "got moved", "moved", "is moved", "was moved", "changed",
    "is due", "are due", "was due", "is on", "starts on", "begins on", "goes live", "opens up", "is coming", "comes",
    "are coming", "is back", "are back", "is happening", "is set", "is scheduled", "is not", "are not", "kicks off",
]);

/// Verbs of arriving. A time after them is when the other person must arrive, so a call at that time is too late.
#[rustfmt::skip]
static ARRIVAL_VERBS: Phrases = Phrases::of(&[
    "come", "be here", "be there", "be home", "be back", "be ready", "get here", "arrive", "show up", "meet", "join",
    "pick me up", "pick us up",
]);

/// Persons about whose plans a sender tells: "we meet at 6", "I'll be in at 10".
#[rustfmt::skip]
static PLANNER: Phrases = Phrases::of(&[
    "i", "we", "he", "she", "they", "it", "im", "were", "hes", "shes", "theyre", "its", "ill", "well", "hell", "shell",
    "theyll", "itll", "i am", "we are", "i will", "we will", "he is", "she is", "they are", "they will", "he will",
    "she will", "i cant", "we cant", "i wont", "we wont",
]);

/// Maximum number of words between a person and the time of the person's plan: "I'll be back home at 10".
const MOST_OF_PLAN: usize = 3;

/// Maximum number of words between a verb of arriving and its time: "meet us at the station at 6".
const MOST_OF_ARRIVAL: usize = 5;

/// Returns the range of tokens that say the time of an event, if the text says no other time of day.
pub(crate) fn time_of_event(
    r: &Reader,
    request_words: &RequestWords,
    time_spec: &TimeSpec,
    consumed: &[bool],
) -> Option<Range<usize>> {
    if time_spec.offset.is_some() || time_spec.every.is_some() || time_spec.is_empty() {
        return None;
    }
    let says = |at: usize| consumed[at] && !request_words.consumed[at];
    let runs = (0..r.len()).filter(|at| says(*at) && (*at == 0 || !says(at - 1)));
    let with_ends = runs.map(|start| start..(start..r.len()).find(|at| !says(*at)).unwrap_or(r.len()));
    let of_event = |run: &Range<usize>| {
        is_attribute(r, request_words, time_spec, run)
            || is_told(r, request_words, run.start)
            || is_arrival(r, request_words, time_spec, run)
    };
    with_ends.clone().find(of_event).or_else(|| {
        let told = request_words.spans.is_empty().then(|| with_ends.clone().find(|run| is_end(r, run.start)));
        told.flatten()
    })
}

/// Whether a time of day stands between an article and a noun: "buy the 9am train ticket".
fn is_attribute(r: &Reader, request_words: &RequestWords, time_spec: &TimeSpec, run: &Range<usize>) -> bool {
    let begins = matches!(r.word(run.start), Word::Number(..) | Word::Small(_));
    let Some(article) = run.start.checked_sub(1).filter(|_| begins && time_spec.clocks.len() == 1) else {
        return false;
    };
    let is_article = matches!(r.word(article), Word::The | Word::A)
        || matches!(r.spelling(article), "my" | "our" | "your" | "his" | "her" | "their");
    if !is_article
        || request_words.consumed[article]
        || r.word(run.end) != Word::Other
        || request_words.consumed[run.end]
    {
        return false;
    }
    let asked = request_words.spans.iter().map(|(_, end)| *end).filter(|end| *end <= article).max().unwrap_or(0);
    let verb = r.skip(asked, Word::To);
    // After "about" and "for", the event is the whole task.
    let is_verb = verb < article && r.word(verb) == Word::Other && r.spelling(verb) != "about";
    is_verb && r.says_any(verb, &ATTEND).is_none()
}

/// Whether a token may belong to the time between a request and its task: "remind me tonight at 7 to …".
fn says_time(r: &Reader, at: usize) -> bool {
    is_time_word(r.word(at)) || matches!(r.word(at), Word::At | Word::On | Word::In | Word::By | Word::A | Word::The)
}

/// Returns the range of tokens before a place that say what the sender tells another person.
fn told(r: &Reader, request_words: &RequestWords, at: usize) -> Option<Range<usize>> {
    let asked = request_words.spans.iter().map(|(_, end)| *end).filter(|end| *end <= at).max().unwrap_or(0);
    // "Remind me tonight to tell Sam".
    let verb = r.skip((asked..at).find(|verb| !says_time(r, *verb)).unwrap_or(asked), Word::To);
    let told = r.says_any(verb, &TELL).filter(|told| *told < at)?;
    // "Ask when the game starts" tells no time.
    let asks = matches!(r.spelling(told), "me" | "us" | "when" | "what" | "where" | "how" | "why" | "who");
    (!asks).then_some(told + 1..at)
}

/// Whether a time belongs to what the sender tells another person: "tell Sam dinner is at 8".
fn is_told(r: &Reader, request_words: &RequestWords, at: usize) -> bool {
    let Some(clause) = told(r, request_words, at) else { return false };
    clause.clone().any(|from| r.says_any(from, &IS_AT) == Some(at))
        || clause.rev().take(MOST_OF_PLAN + 2).any(|from| {
            r.says_any(from, &PLANNER).is_some_and(|end| end < at && at - end <= MOST_OF_PLAN)
                && (from..at).all(|at| matches!(r.word(at), Word::Other | Word::The | Word::In | Word::To | Word::At))
        })
}

/// Whether a time of day is that at which another person is to arrive: "tell Sam to come tomorrow at 8". A day alone is
/// when to tell him, unless he is to come early.
fn is_arrival(r: &Reader, request_words: &RequestWords, time_spec: &TimeSpec, run: &Range<usize>) -> bool {
    let is_hour = |at: usize| {
        matches!(
            r.word(at),
            Word::Number(..) | Word::Small(_) | Word::Noon | Word::Midnight | Word::Half | Word::Quarter
        )
    };
    let says_hour = !time_spec.clocks.is_empty() && run.clone().any(is_hour);
    (says_hour || run.clone().any(|at| r.word(at) == Word::Early))
        && told(r, request_words, run.start).is_some_and(|clause| arrives(r, clause))
}

/// Whether a reminder to tell another person when to arrive is due at that time or later: "remind me tonight to tell
/// Sam to come at 8". `at` is the place of that time.
pub(crate) fn is_told_too_late(
    r: &Reader,
    request_words: &RequestWords,
    (at, clock): (usize, Clock),
    due: impl FnOnce() -> Option<DateTime>,
) -> bool {
    // If the hour may be AM or PM, it may be the later one.
    let latest = if clock.meridiem == Meridiem::Open { clock.in_afternoon() } else { clock };
    told(r, request_words, at).is_some_and(|clause| arrives(r, clause))
        && due().is_some_and(|due| latest.time().is_some_and(|latest| latest <= due.time()))
}

/// Whether a clause says until its end that another person is to arrive: "to come over", "to join us".
fn arrives(r: &Reader, clause: Range<usize>) -> bool {
    let at = clause.end;
    clause.clone().filter(|to| r.word(*to) == Word::To).any(|to| {
        let verb = r.says_any(to + 1, &ARRIVAL_VERBS).filter(|end| *end <= at && at - end <= MOST_OF_ARRIVAL);
        verb.is_some_and(|end| match r.spelling(to + 1) {
            "join" | "meet" => meets_someone(r, to + 1, end..at),
            _ => true,
        })
    })
}

/// Whether "join" or "meet" is about people and not about a thing: "join us", "meet the client", but not "join the gym"
/// and "meet the deadline".
fn meets_someone(r: &Reader, verb: usize, object: Range<usize>) -> bool {
    let says = |words: &[&str]| object.clone().any(|at| words.contains(&r.spelling(at)));
    if r.spelling(verb) == "meet" {
        return !says(&["deadline", "deadlines", "goal", "goals", "target", "targets", "quota", "requirements"]);
    }
    let is_thing = matches!(r.word(object.start), Word::The | Word::A)
        || matches!(r.spelling(object.start), "my" | "our" | "your" | "his" | "her" | "their");
    object.is_empty() || !is_thing || says(&["call", "meeting", "zoom", "party", "webinar", "others", "team", "group"])
}

/// Whether the word before a time tells of an end: "the store closes at 9".
fn is_end(r: &Reader, at: usize) -> bool {
    at > 1 && r.says_any(at - 1, &ENDS) == Some(at) && r.word(at - 2) == Word::Other
}
