//! Texts that are no request: questions and messages to another person, reports, and what machines send.

use crate::english::{
    grammar::request_words,
    resolve::reminders,
    text::{phrases::Phrases, reader::Reader, word::Word},
};

/// Words before a sentence that do not change its mood.
#[rustfmt::skip]
static INTERJECTION: Phrases = Phrases::of(&[
    "haha", "hahaha", "hehe", "lol", "lmao", "omg", "wow", "oh", "ah", "aw", "aww", "yay", "ugh", "hmm", "yeah", "yes",
    "yep", "yup", "ok", "okay", "k", "cool", "great", "nice", "sure", "perfect", "awesome", "sounds good", "btw", "well",
    "so", "hey", "hi", "hello", "sorry", "alright", "all right", "fine", "anyway", "but", "and", "no worries", "congrats",
    "thanks", "thank you", "good", "also", "dude", "bro", "man", "babe", "honey", "mate", "no problem", "np", "sweet",
]);

/// Words that begin a question. Such a text asks for no reminder, with or without a question mark.
#[rustfmt::skip]
static QUESTION: Phrases = Phrases::of(&[
    "what", "whats", "wht", "why", "whys", "how", "hows", "who", "whos", "whose", "where", "wheres", "which", "are you",
    "are we", "are they", "are u", "r u", "r we", "is it", "is he", "is she", "is there", "is the", "is that", "is this",
    "do you", "do u", "do we", "do they", "does", "did you", "did u", "did he", "did she", "did they", "did we", "did it",
    "did the", "did my", "will it", "will he", "will she", "will they", "will u be", "will you be", "am i", "when is",
    "when are", "when do", "when does", "when did", "when will", "when was", "whens", "have you", "have u", "has",
    "was it", "was that", "was i", "were you", "were we", "isnt", "arent", "wasnt", "havent you", "didnt you",
    "can we", "could we", "shall we", "should we", "would you like", "wanna", "u coming", "you coming", "u free",
    "you free", "are there",
    "do i", "have i", "should i", "is my", "are my", "was my", "is today", "is tomorrow", "is monday", "is tuesday",
    "is wednesday", "is thursday", "is friday", "is saturday", "is sunday", "is christmas",
]);

/// Words that begin a message to another person, or an arrangement with one.
#[rustfmt::skip]
static ARRANGEMENT: Phrases = Phrases::of(&[
    "brb", "back in", "be back", "be right back", "omw", "on my way", "see you", "see ya", "see u", "c u", "cu", "cya",
    "ttyl", "talk to you", "talk to u", "talk tomorrow", "talk later", "speak to you", "speak tomorrow", "speak soon",
    "catch you", "catch u", "catch up", "happy", "merry", "welcome", "have a nice", "have a good", "have a great",
    "have a safe", "have fun", "enjoy", "bye", "goodbye", "until tomorrow", "till tomorrow", "good luck", "get well",
    "miss you", "love you", "ily", "i love you", "i miss you", "cant wait", "looking forward", "lets meet", "lets talk",
    "lets catch up", "lets do lunch", "lets do dinner", "lets go", "lets hang", "meet you", "ill see you", "ill see u",
    "ill be there", "ill be back", "ill be home", "ill be late", "ill call you", "ill call u", "ill text you",
    "ill let you know", "ill get back to you", "ill pick you up", "i will be there", "i will be back", "i will see you",
    "i will call you", "i will be late", "ill be in", "ill be out", "ill be free", "im running", "i am running",
    "running late", "im omw", "im on my way", "im late", "im almost there", "im back at", "im back in", "be there in",
    "be there at", "be home", "there in", "almost there", "home in", "home at", "home by", "are we still", "we still on",
    "still on for", "u there", "you there", "you up", "how about we", "what about we", "i can do", "i can meet",
    "i can make it", "i cant make it", "cant make it", "cant do", "i cant do", "works for me", "that works",
]);

/// Persons and things about which people report.
#[rustfmt::skip]
static SUBJECT: Phrases = Phrases::of(&[
    "i", "you", "u", "he", "she", "we", "they", "it", "that", "this", "there", "someone", "somebody", "everyone",
    "everybody", "nobody", "you guys", "you all", "mom", "dad", "my boss", "the boss", "the bus", "the train",
    "the plane", "the phone", "the alarm", "my phone", "my alarm", "the reminder", "the call", "your call",
    "your reminder", "the meeting", "the game", "the movie", "the party", "the store", "the doctor",
]);

/// Words between a subject and its verb.
#[rustfmt::skip]
static ADVERB: Phrases = Phrases::of(&[
    "just", "already", "only", "also", "never", "really", "actually", "finally", "almost", "nearly", "even", "then",
    "still", "always", "usually", "both", "all", "once", "last", "accidentally", "sadly", "first", "have", "has",
]);

/// Verbs in the past tense that do not end in "ed". "Got" and "had" are missing: "I got a meeting at 5" is a task.
#[rustfmt::skip]
static PAST: Phrases = Phrases::of(&[
    "was", "were", "wasnt", "werent", "did", "didnt", "did not", "went", "woke", "met", "saw", "came", "left", "told",
    "said", "took", "made", "bought", "paid", "forgot", "slept", "ate", "drank", "ran", "drove", "flew", "heard",
    "thought", "knew", "gave", "sent", "spoke", "lost", "found", "felt", "kept", "began", "broke", "wrote", "won",
    "sold", "fell", "sat", "stood", "rang", "spent", "taught", "threw", "wore", "understood", "caught", "built",
    "chose", "grew", "held", "led", "rode", "rose", "sang", "shook", "stole", "swam", "tore", "fed", "been", "gone",
    "done", "seen", "taken", "eaten", "woken", "had been", "had to", "hadnt", "couldnt", "used to", "dreamt",
    "went to bed", "fell asleep",
]);

/// Verbs with which people say what is or will be, after a subject other than the sender.
#[rustfmt::skip]
static STATEMENT: Phrases = Phrases::of(&[
    "may", "might", "will", "wont", "would", "wouldnt", "could", "cant", "looks", "looked", "rains", "snows", "seems",
    "feels", "expires", "says", "never", "doesnt", "dont", "sucks", "works", "happens", "sounds", "makes", "gets",
    "isnt", "arent", "closes", "opens", "arrives", "leaves", "starts", "ends", "comes", "goes",
]);

/// Words that only machines and business texts contain.
#[rustfmt::skip]
static MACHINE: Phrases = Phrases::of(&[
    "reply stop", "reply yes", "reply no", "reply help", "reply y", "text stop", "txt stop", "msg and data",
    "data rates", "do not reply", "dont reply", "do not share", "dont share", "never share", "verification code",
    "security code", "one time password", "one time code", "one time passcode", "your code", "your otp", "otp",
    "passcode", "login code", "log in code", "access code", "confirmation code", "tap to", "click here", "click to",
    "t&cs", "to opt out", "to unsubscribe", "promo code", "use code", "has been delivered", "is out for delivery",
    "out for delivery", "has shipped", "track your", "your package", "your parcel", "your order", "your delivery",
    "your balance", "your statement", "your account", "your payment", "your subscription", "your prescription",
    "your driver", "your ride", "your table", "your booking", "your reservation", "your flight", "your appointment",
    "missed call from", "voicemail from", "dear customer", "dear valued", "dear member", "% off", "sale ends",
]);

/// Whether the first words of a text, or a word of machines, may make it chat. Most texts end here.
pub(crate) fn may_be_chat(r: &Reader) -> bool {
    let at = skip_interjections(r);
    [&QUESTION, &ARRANGEMENT, &SUBJECT].iter().any(|phrases| r.says_any(at, phrases).is_some())
        || has_question_inside(r)
        || is_from_machine(r)
}

/// Whether a text is no request although it may name a time. Chat without a time is left to other readings.
pub(crate) fn is_chat(r: &Reader) -> bool {
    let at = skip_interjections(r);
    let asked = !request_words::find(r).spans.is_empty();
    let told = is_report(r, at);
    let is_question = r.is_mark(r.len() - 1, b'?') && r.says_any(at, &QUESTION).is_some();
    let is_sure = told && is_about_service(r, at) || asks_why(r, at) || is_question;
    if asked && !is_sure {
        return false;
    }
    let machine = is_from_machine(r);
    let chat = told
        || machine
        || r.says_any(at, &QUESTION).is_some()
        || r.says_any(at, &ARRANGEMENT).is_some()
        || is_statement(r, at)
        || has_question_inside(r);
    chat && (machine || !reminders::read(r).time_spec.is_empty())
}

fn skip_interjections(r: &Reader) -> usize {
    let mut at = 0;
    while let Some(next) = r.says_any(at, &INTERJECTION) {
        at = next;
        while at < r.len() && matches!(r.word(at), Word::Mark(b',' | b'!' | b'.') | Word::Symbol) {
            at += 1;
        }
    }
    at
}

/// Whether a text tells what happened: a subject and a verb in the past tense.
fn is_report(r: &Reader, at: usize) -> bool {
    let Some(mut verb) = r.says_any(at, &SUBJECT) else { return false };
    while let Some(next) = r.says_any(verb, &ADVERB) {
        verb = next;
    }
    let word = r.spelling(verb);
    let regular = word.len() > 4 && word.ends_with("ed") && !matches!(word, "need" | "speed" | "proceed" | "exceed");
    regular && r.word(verb) == Word::Other || r.says_any(verb, &PAST).is_some()
}

/// Whether a report is about what the service did: "you called me at 3".
fn is_about_service(r: &Reader, at: usize) -> bool {
    matches!(r.spelling(at), "you" | "u" | "your")
        || r.says_one_of(at, &["the reminder", "the call", "the alarm"]).is_some()
}

/// Whether a text complains about what the service did: "why did you remind me at 7".
fn asks_why(r: &Reader, at: usize) -> bool {
    r.says_one_of(at, &["why", "how come", "did you", "did u", "have you", "why did"]).is_some()
}

/// Whether a text says what is or will be: "it may rain later".
fn is_statement(r: &Reader, at: usize) -> bool {
    let Some(verb) = r.says_any(at, &SUBJECT) else { return false };
    match r.spelling(at) {
        "i" | "we" => matches!(r.spelling(verb), "may" | "might" | "would" | "could"),
        "it" | "that" | "there" | "he" | "she" | "they" | "someone" | "everyone" => {
            r.says_any(verb, &STATEMENT).is_some()
        }
        _ => false,
    }
}

/// Whether a question to another person stands inside the text, which ends in a question mark: "Hi it's Karen, are we
/// still on for tomorrow at 3?".
fn has_question_inside(r: &Reader) -> bool {
    r.len() > 1
        && r.is_mark(r.len() - 1, b'?')
        && (1..r.len() - 1).any(|at| {
            matches!(r.word(at - 1), Word::Mark(b',' | b'.' | b'!' | b'\n' | b'-'))
                && r.says_any(at, &QUESTION).is_some()
        })
}

/// Whether a text comes from a machine: a code that expires, a delivery, an advertisement.
fn is_from_machine(r: &Reader) -> bool {
    // Machines write at least a few words.
    if r.len() < FEWEST_OF_MACHINE {
        return false;
    }
    let long_number = |at: usize| matches!(r.word(at), Word::Number(_, 4..=8));
    let says = |words: &[&str]| (0..r.len()).any(|at| r.word(at) == Word::Other && words.contains(&r.spelling(at)));
    (0..r.len()).any(long_number)
        && says(&["expires", "expire", "valid", "log", "login", "verify"])
        && says(&["code", "account", "password", "pin", "otp", "log", "login", "sign"])
        || (0..r.len()).any(|at| r.says_any(at, &MACHINE).is_some())
}

/// Minimum number of tokens of a text from a machine.
const FEWEST_OF_MACHINE: usize = 4;
