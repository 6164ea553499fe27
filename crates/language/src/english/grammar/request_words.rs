//! The words with which people ask to be reminded.
//!
//! ```text
//! request = {polite} (verb | noun | forget)
//! verb    = "remind" ["me"] | ("alert"|"ping"|…) "me" | "wake me" ["up"] | ("call"|"text"|…) "me"
//!                                                                          (the last form only at a clause's start)
//! noun    = ("set"|"make"|…) {filler | word} ("reminder"|"alarm"|…) {suffix}
//!         | {filler | word} "reminder" {suffix}            (near the text's start, or at a clause's end; begins with a
//!                                                           word only at the text's start)
//!         | ("alarm"|"timer") {suffix}                     (only as the text's first word)
//! forget  = "don't let me forget" | "note to self" | …
//!         | "remember" | "never forget" | …                (only at a clause's start)
//! ```

use crate::english::{
    grammar::{
        amount,
        clock::{Clock, Evidence, time_of_day},
    },
    text::{
        lexicon,
        phrases::Phrases,
        reader::Reader,
        word::{DayPart, Unit, Word},
    },
};

/// The words of a text that ask for a reminder.
pub(crate) struct RequestWords {
    /// Marks the tokens that belong to a request.
    pub(crate) consumed: Vec<bool>,
    /// The range of tokens of each request. A token of the range that `consumed` does not mark belongs to the task.
    pub(crate) spans: Vec<(usize, usize)>,
    /// The task if the text names no task, but asks for an alarm, a timer, or to be woken.
    pub(crate) default_task: Option<&'static str>,
    /// Whether the text asks to be reminded again.
    pub(crate) again: bool,
}

#[rustfmt::skip]
static POLITE: Phrases = Phrases::of(&[
    "please", "pls", "plz", "plse", "kindly", "hey", "hi", "hello", "yo", "ok", "okay", "so", "just", "also", "and",
    "then", "sorry", "um", "uh", "can you", "can u", "can ya", "could you", "could u", "cud u", "would you", "would u",
    "will you", "will u", "do you mind", "would you mind", "i need you to", "i need u to", "i want you to",
    "i want u to", "id like you to", "i would like you to", "i need to", "i want to", "id like to", "i would like to",
    "i wanna", "make sure to", "make sure you", "be sure to", "dont forget to", "do not forget to", "remember to",
    "you should", "you need to", "u need to", "can i ask you to", "let me", "is it possible to", "go ahead and", "to",
]);

#[rustfmt::skip]
static REMIND: Phrases = Phrases::of(&[
    "remind", "reminde", "remindme", "rmd", "rmnd", "rmind", "remnd", "remid", "remined", "reminding", "remine",
]);

#[rustfmt::skip]
static VERBS: Phrases = Phrases::of(&[
    "alert", "notify", "ping", "nudge", "buzz", "poke", "warn", "prompt", "bug", "beep", "jog", "remember", "hit",
]);

static CALLING: Phrases = Phrases::of(&["text", "txt", "call", "ring", "phone", "message", "msg", "tell", "page"]);

#[rustfmt::skip]
static MAKING: Phrases = Phrases::of(&[
    "put down", "set", "set up", "setup", "create", "make", "add", "schedule", "put", "put in", "give", "send", "need",
    "want", "get", "open", "new", "start", "have", "leave", "place", "book", "arrange", "program", "request", "i need",
    "i want", "id like", "i would like", "i wanna", "can i get", "can i have", "could i get", "could i have",
    "may i have", "lets have", "lets set", "want to set",
]);

#[rustfmt::skip]
static FILLERS: Phrases = Phrases::of(&[
    "a", "an", "the", "my", "me", "us", "new", "another", "quick", "gentle", "friendly", "repeating", "recurring",
    "repeat", "regular", "event", "calendar", "phone", "little", "small", "one", "time", "this", "up", "some", "kind",
    "todo", "for me", "latest", "for us", "two", "multiple", "several",
]);

#[rustfmt::skip]
static NOUNS: Phrases = Phrases::of(&[
    "reminder", "reminders", "remainder", "remider", "reminer", "alarm", "alarms", "alert", "alerts", "timer",
    "notification", "notifications", "wake up call", "heads up", "rem",
]);

#[rustfmt::skip]
static SUFFIXES: Phrases = Phrases::of(&[
    "set", "to self", "alarm", "alert", "notification", "notifications", "up", "me", "for me", "to me", "for us",
    "for myself", "to myself", "in my calendar", "to my calendar", "on my calendar", "in my phone", "on my phone",
    "please", "pls", "plz", "reminder", "repeating",
]);

#[rustfmt::skip]
static FORGET: Phrases = Phrases::of(&[
    "dont let me forget", "do not let me forget", "never let me forget", "dont lemme forget", "dont let us forget",
    "dont let me 4 get", "help me remember", "help me to remember", "help me not forget", "help me not to forget",
    "make sure i dont forget", "make sure i do not forget", "make sure i remember", "make sure that i", "make sure i",
    "i must not forget", "i mustnt forget", "i cant forget", "i cannot forget", "i shouldnt forget",
    "i dont want to forget", "i need to remember", "i have to remember", "i must remember", "i should remember",
    "i need to be reminded", "i want to be reminded", "i wanna be reminded", "id like to be reminded",
    "i would like to be reminded", "i have to be reminded", "be reminded", "get reminded", "note to self",
    "make a note", "take a note", "let me know", "keep me posted", "give me a nudge", "give me a ping",
    "give me a buzz", "give me a call", "give me a ring", "give me a shout", "give me a heads up", "shoot me a text",
    "drop me a line", "send me a text", "send me a message", "send me a ping", "send me an alert",
]);

/// Requests that count only at the start of a clause. Inside a clause they are part of a task.
#[rustfmt::skip]
static FORGET_FIRST: Phrases = Phrases::of(&[
    "note :", "todo :", "to do :", "task :", "memo :", "fyi :", "rember to", "remeber to", "rember", "remeber",
    "dont forget", "do not forget", "dont 4 get", "remember", "remember to", "remember that", "never forget",
]);

/// Maximum number of polite phrases before a request, so that reading stays linear.
const MOST_POLITE: usize = 8;

/// Maximum number of fillers and words of a request by a noun, including the noun but not "set". A longer phrase is
/// some other sentence.
const MOST_BETWEEN: usize = 7;

/// Number of words from the start of the text within which the noun alone is a request: "meeting reminder for Sunday".
const NEAR_START: usize = 4;

impl RequestWords {
    fn set_default_task(&mut self, noun: &str) {
        self.default_task = match noun {
            "alarm" | "alarms" => Some("alarm"),
            "timer" => Some("timer"),
            "wake" => Some("wake up"),
            _ => self.default_task,
        };
    }
}

pub(crate) fn find(r: &Reader) -> RequestWords {
    let mut request_words =
        RequestWords { consumed: vec![false; r.len()], spans: Vec::new(), default_task: None, again: false };
    let mut at = 0;
    while at < r.len() {
        at = request_at(r, at, &mut request_words).unwrap_or(at + 1);
    }
    request_words
}

/// Reads a request that begins at `at`: marks the tokens that belong to it, and returns the place after it.
fn request_at(r: &Reader, at: usize, request_words: &mut RequestWords) -> Option<usize> {
    if !matches!(
        r.word(at),
        Word::Other
            | Word::And
            | Word::A
            | Word::The
            | Word::To
            | Word::Next
            | Word::This
            | Word::Small(_)
            | Word::Beginning
    ) {
        return None;
    }
    let verb = skip_polite(r, at);
    let starts_clause = at == 0
        || verb > at
        || r.ends_clause(at - 1)
        || matches!(r.word(at - 1), Word::Mark(b',' | b':' | b'-' | b')'))
        || request_words.consumed[at - 1];
    // "Remind me to set an alarm" asks for one thing, whose task is to set an alarm.
    let in_task = !request_words.spans.is_empty() && (r.word(at) == Word::To || r.word_before(at) == Some(Word::To));
    if passes_on(r, verb, in_task) {
        return None;
    }
    let end = verb_request(r, verb, starts_clause, request_words)
        .or_else(|| r.says_any(verb, &FORGET))
        .or_else(|| r.says_any(verb, &FORGET_FIRST).filter(|_| starts_clause))
        .or_else(|| r.says_any(at, &FORGET))
        .or_else(|| (!in_task).then(|| noun_request(r, verb, request_words)).flatten())
        .or_else(|| (!in_task).then(|| noun_request(r, at, request_words)).flatten());
    let end = end?;
    // `noun_request` has already marked its tokens, because some words before the noun stay free for the task.
    let is_marked = request_words.spans.last().is_some_and(|(start, stop)| *stop == end && *start >= at);
    if !is_marked {
        request_words.spans.push((at, end));
        request_words.consumed[at..end].fill(true);
    } else {
        request_words.consumed[at..verb].fill(true);
        if let Some(span) = request_words.spans.last_mut() {
            span.0 = at;
        }
    }
    Some(end)
}

/// Returns the place after polite words such as "hey" and "can you".
pub(crate) fn skip_polite(r: &Reader, at: usize) -> usize {
    let mut next = at;
    for _ in 0..MOST_POLITE {
        let Some(behind) = r.says_any(next, &POLITE) else { break };
        next = r.skip_mark(behind, b',');
    }
    next
}

/// Whether "remind" is part of the task, because another person is to be reminded or is to remind the sender: "remind me
/// to remind Ann about 6", "tell Ann to remind me".
fn passes_on(r: &Reader, verb: usize, in_task: bool) -> bool {
    let Some(next) = r.says_any(verb, &REMIND) else { return false };
    let said = r.spelling(next);
    if matches!(said, "me" | "us" | "myself") {
        let to = verb.checked_sub(1).filter(|to| r.word(*to) == Word::To).unwrap_or(0);
        return (to.saturating_sub(4)..to).any(|told| {
            matches!(r.spelling(told), "tell" | "ask") && !matches!(r.spelling(told + 1), "me" | "us" | "you" | "u")
        });
    }
    let is_person = r.word(next) == Word::The
        || r.word(next) == Word::Other && !matches!(said, "about" | "of" | "that" | "if" | "when" | "again" | "please");
    in_task && is_person && next < r.len()
}

fn verb_request(r: &Reader, at: usize, starts_clause: bool, request_words: &mut RequestWords) -> Option<usize> {
    let me = |at: usize| matches!(r.spelling(at), "me" | "us" | "myself").then_some(at + 1);
    let next = if let Some(next) = r.says_any(at, &REMIND) {
        me(next).unwrap_or(next)
    } else if let Some(next) = me(at + 1).filter(|_| lexicon::resembles(r.spelling(at), "remind")) {
        next
    } else if let Some(next) = r.says_any(at, &VERBS).and_then(me) {
        next
    } else if let Some(next) = r.says(at, "wake").and_then(me) {
        request_words.default_task = Some("wake up");
        if r.spelling(next) == "up" { next + 1 } else { next }
    } else if starts_clause
        && (r.spelling(at) == "tell" || r.word_before(at) != Some(Word::To))
        && let Some(next) = r.says_any(at, &CALLING).and_then(me)
    {
        next
    } else {
        return None;
    };
    let mut next = next;
    while let Some(behind) =
        r.says_one_of(next, &["again", "also", "please", "pls", "plz", "back", "once again", "once more", "up"])
    {
        request_words.again |= matches!(r.spelling(behind - 1), "again" | "more" | "back");
        next = behind;
    }
    Some(next)
}

/// Reads a request by a noun. Words before the noun that are not fillers stay free for the task: "set a (weekly
/// appointment) reminder".
fn noun_request(r: &Reader, at: usize, request_words: &mut RequestWords) -> Option<usize> {
    let making = r.says_any(at, &MAKING);
    let start = making.unwrap_or(at);
    let mut consumed = Vec::new();
    let mut next = start;
    for _ in 0..MOST_BETWEEN {
        if let Some(noun_end) = r.says_any(next, &NOUNS) {
            if making.is_none() && !stands_alone(r, at, next, noun_end, &consumed) {
                return None;
            }
            request_words.set_default_task(r.spelling(next));
            let mut end = noun_end;
            while let Some(behind) = r.says_any(end, &SUFFIXES) {
                end = behind;
            }
            request_words.consumed[at..start].fill(true);
            request_words.consumed[next..end].fill(true);
            consumed.into_iter().for_each(|at: usize| request_words.consumed[at] = true);
            request_words.spans.push((at, end));
            return Some(end);
        }
        if let Some((from, behind)) = said_time(r, next) {
            consumed.extend(next..from);
            next = behind;
            continue;
        }
        let filler =
            r.says_any(next, &FILLERS).or_else(|| matches!(r.word(next), Word::Number(..)).then_some(next + 1));
        match filler {
            Some(behind) => {
                consumed.extend(next..behind);
                next = behind;
            }
            None if matches!(r.word(next), Word::Mark(_) | Word::To | Word::At | Word::For) || next >= r.len() => {
                return None;
            }
            None => next += 1,
        }
    }
    None
}

/// Returns the range of an amount or a time of day before the noun, which stays free for the time: "set a 10 minute
/// timer", "set an 8 AM reminder".
fn said_time(r: &Reader, at: usize) -> Option<(usize, usize)> {
    let start = if r.word(at) == Word::A && matches!(r.word(at + 1), Word::Half | Word::Quarter) { at + 1 } else { at };
    // For instance "set an hour timer".
    let hour = r.word(start) == Word::A && matches!(r.word(at + 1), Word::Unit(Unit::Hour | Unit::Minute));
    if !hour && !matches!(r.word(start), Word::Number(..) | Word::Small(_) | Word::Half) {
        return None;
    }
    let amount = amount::amount(r, start).map(|(_, end)| end);
    let clock =
        || time_of_day::clock(r, start).filter(|(clock, _)| clock.evidence == Evidence::Clear).map(|(_, end)| end);
    amount.or_else(clock).map(|end| (start, end))
}

/// Whether a noun without a verb is a request: "dentist reminder friday", "alarm 6am".
fn stands_alone(r: &Reader, at: usize, noun: usize, end: usize, filler: &[usize]) -> bool {
    if matches!(r.spelling(noun), "alarm" | "timer") {
        return noun == 0 && r.word(end) != Word::Other;
    }
    let near = noun <= NEAR_START || end >= r.len() || r.ends_clause(end);
    let begins = at == 0 || noun == at || filler.contains(&at);
    r.spelling(noun).starts_with("rem") && near && begins
}

/// The half of the day that words of the text suggest, apart from its times: "breakfast", "concert".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PreferredHalf {
    None,
    Morning,
    Evening,
}

/// Returns the half of the day that an alarm without a task suggests. An alarm at 2 or at noon is for the day.
pub(crate) fn half_of_alarm(clocks: &[Clock]) -> PreferredHalf {
    let by_day = clocks.iter().any(|clock| matches!(clock.hour, 1..=4 | 12));
    if by_day { PreferredHalf::None } else { PreferredHalf::Morning }
}

/// Words for getting out of bed.
#[rustfmt::skip]
static RISE: Phrases = Phrases::of(&[
    "get up at", "getting up at", "be up at", "be up by", "get up by", "get me up", "sleep past", "sleep in past",
    "oversleep past", "up by",
]);

pub(crate) fn preferred_half(r: &Reader, request_words: &RequestWords) -> PreferredHalf {
    if request_words.default_task == Some("wake up") {
        return PreferredHalf::Morning;
    }
    (0..r.len())
        .filter(|at| !request_words.consumed[*at])
        .find_map(|at| match r.word(at) {
            // "The sunday morning class" and "say good morning to the team" say nothing about the time.
            Word::DayPart(DayPart::Morning)
                if at > 0
                    && (matches!(r.spelling(at - 1), "good" | "gud")
                        || matches!(r.word(at - 1), Word::Weekday(..))) =>
            {
                None
            }
            Word::DayPart(DayPart::Breakfast | DayPart::Morning) => Some(PreferredHalf::Morning),
            Word::DayPart(DayPart::Dinner | DayPart::Bedtime) => Some(PreferredHalf::Evening),
            Word::Other if r.says_any(at, &RISE).is_some() => Some(PreferredHalf::Morning),
            Word::Other => match r.spelling(at) {
                "wake" | "woken" | "breakfast" | "alarm" | "waking" | "sunrise" | "commute" => {
                    Some(PreferredHalf::Morning)
                }
                "drinks" | "recital" | "game" | "match" | "gig" | "potluck" | "debate" | "party" | "movie"
                | "movies" | "concert" | "show" | "theater" | "theatre" | "bed" | "cinema" | "opera" | "dinner"
                | "supper" | "netflix" | "pub" => Some(PreferredHalf::Evening),
                _ => None,
            },
            _ => None,
        })
        .unwrap_or(PreferredHalf::None)
}
