//! Answers to a question that takes yes or no.

use crate::{
    english::{
        command::politeness,
        text::{phrases::Phrases, reader::Reader},
    },
    request::Request,
};

#[rustfmt::skip]
static YES: Phrases = Phrases::of(&[
    "yes", "y", "yeah", "yea", "yep", "yup", "ya", "sure", "yes please", "yes they should", "yes move them", "please do",
    "of course", "definitely", "absolutely", "ok yes", "oh yes", "move them", "yes move it", "move it", "yes it should",
    "yes i did", "i did", "yes thats right", "thats right", "yes thats it", "thats it", "correct", "yes correct", "exactly",
    "right", "affirmative", "indeed",
]);

#[rustfmt::skip]
static NO: Phrases = Phrases::of(&[
    "no", "n", "nope", "nah", "no thanks", "no thank you", "no dont", "dont", "please dont", "no they should not",
    "no they shouldnt", "dont move them", "no dont move them", "keep them", "no keep them", "leave them",
    "no leave them", "keep it", "no keep it",
    "no i didnt", "i didnt", "no thats wrong", "thats wrong", "wrong", "neither", "none", "no neither", "not that", "incorrect",
]);

/// Reads the answer to a question that takes yes or no.
pub(crate) fn yes_or_no(r: &Reader) -> Option<Request> {
    let is_all = |phrases: &Phrases| r.says_any(0, phrases).is_some_and(|end| politeness::is_end(r, end));
    if is_all(&YES) {
        Some(Request::Yes)
    } else if is_all(&NO) {
        Some(Request::No)
    } else {
        None
    }
}
