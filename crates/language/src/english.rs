//! English: turns a text into a request. Commands that can't be an answer come first, then answers to the open
//! question, then the other commands and new reminders.
//!
//! ```text
//! text     → tokens and known words, read through a `Reader`
//! grammar  → productions for amounts, times of day, days and rules: the parts of a time
//! resolve  → turns the parts that a text contains into instants, rules and tasks
//! command  → reads every request other than a new reminder
//! mood     → recognizes a text that names a time but asks for no reminder
//! ```
//! Each folder imports only the folders above it. A second language gets its own folder beside this one.

pub(crate) mod command;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a production names the words that it reads; any other word ends it. Matches on other enums are exhaustive."
)]
pub(crate) mod grammar;
pub(crate) mod mood;
pub(crate) mod resolve;
pub(crate) mod rule_words;
pub(crate) mod second_person;
pub(crate) mod text;

use crate::{
    english::{
        command::{answer, done_or_delete, keyword, location, pleasantry, politeness, reschedule, skip, snooze},
        resolve::reminders,
        text::{
            courtesy,
            normalize::normalized,
            reader::{Reader, Sender},
            tokens,
        },
    },
    hints::Hints,
    request::{Request, Unclear},
};
use jiff::{Timestamp, tz::TimeZone};

/// Longest text that is read, in bytes. Carriers join the parts of a message into at most 1600 characters, each of at
/// most four bytes.
pub(crate) const LONGEST_TEXT: usize = 6400;

/// See [`crate::understand`].
pub(crate) fn understand(text: &str, now: Timestamp, zone: &TimeZone, hints: &Hints) -> Request {
    if text.len() > LONGEST_TEXT {
        return Request::Unknown(Unclear::TooLong);
    }
    let text = normalized(text);
    let lower = text.to_ascii_lowercase();
    let tokens = tokens::tokens(&lower);
    let sender = Sender::new(rounded_up_to_second(now), zone, hints.country);
    let r = Reader { text: &text, lower: &lower, tokens: &tokens, sender: &sender };
    if r.len() == 0 {
        return Request::Unknown(Unclear::NoRequest);
    }
    if pleasantry::is_reaction(&r) {
        return Request::Pleasantry;
    }
    let without_politeness = r.slice(politeness::skip(&r), r.len());
    if let Some(request) = keyword::keyword(&r).or_else(|| keyword::keyword(&without_politeness)) {
        return request;
    }
    // A greeting before the request and courtesy after it change nothing.
    let whole = r;
    let (start, end) = courtesy::core(&whole);
    let r = whole.slice(start, end);
    let without_politeness = r.slice(politeness::skip(&r), r.len());
    if let Some(request) = keyword::keyword(&without_politeness).filter(|_| r.len() < whole.len()) {
        return request;
    }
    if let Some(request) = location::by_name(&r) {
        return request;
    }
    if let Some(request) = hints.question.as_ref().and_then(|question| answer::answer(&r, question)) {
        return request;
    }
    if let Some(request) =
        location::location(&r).or_else(|| snooze::snooze(&r)).or_else(|| reschedule::move_reminder(&r))
    {
        return request;
    }
    if pleasantry::is_pleasantry(&whole) {
        return Request::Pleasantry;
    }
    if let Some(request) = skip::skip(&without_politeness) {
        return request;
    }
    if let Some(request) = mood::other_than_reminder(&without_politeness) {
        return request;
    }
    let request = reminders::reminders(&r);
    done_or_delete::done_or_delete(&without_politeness, &request)
        .or_else(|| reschedule::correction(&r))
        .unwrap_or(request)
}

/// Rounds an instant up to a whole second. A rule such as "every hour" starts at that second, because RFC 5545 has no
/// fractions.
fn rounded_up_to_second(now: Timestamp) -> Timestamp {
    let carry = i64::from(now.subsec_nanosecond() > 0);
    Timestamp::from_second(now.as_second() + carry).unwrap_or(now)
}
