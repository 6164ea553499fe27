//! English: turns a text into a request. Commands come first, then answers to an open question, then new reminders.
//!
//! ```text
//! text     → tokens and known words, read through a `Reader`
//! grammar  → productions: amounts, times of day, days, rules, and the pieces of time that they make up
//! resolve  → from the pieces of a text to instants, rules and tasks
//! command  → everything that is not a new reminder
//! ```
//! Each folder imports only the ones above it. A second language gets a folder of its own beside this one.

pub(crate) mod command;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a production names the words that it reads; any other word ends it. Matches on other enums are exhaustive."
)]
pub(crate) mod grammar;
pub(crate) mod resolve;
pub(crate) mod rule_words;
pub(crate) mod second_person;
pub(crate) mod text;

use crate::{
    english::{
        command::{answer, done_or_delete, keyword, location, pleasantry, politeness, reschedule, snooze},
        resolve::reminders,
        text::{
            reader::{Reader, Sender},
            tokens,
        },
    },
    hints::Hints,
    request::{Request, Unclear},
};
use jiff::{Timestamp, tz::TimeZone};

/// Longest text that is read, in bytes. The longest message that carriers join from parts has 1600 characters of at
/// most four bytes each.
pub(crate) const LONGEST_TEXT: usize = 6400;

/// See [`crate::understand`].
pub(crate) fn understand(text: &str, now: Timestamp, zone: &TimeZone, hints: &Hints) -> Request {
    if text.len() > LONGEST_TEXT {
        return Request::Unknown(Unclear::TooLong);
    }
    let lower = text.to_ascii_lowercase();
    let tokens = tokens::tokens(&lower);
    let sender = Sender::new(begun_second_over(now), zone, hints.country);
    let r = Reader { text, lower: &lower, tokens: &tokens, sender: &sender };
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
    if let Some(request) = hints.question.as_ref().and_then(|question| answer::answer(&r, question)) {
        return request;
    }
    if let Some(request) =
        location::location(&r).or_else(|| snooze::snooze(&r)).or_else(|| reschedule::move_reminder(&r))
    {
        return request;
    }
    if pleasantry::is_pleasantry(&r) {
        return Request::Pleasantry;
    }
    let request = reminders::reminders(&r);
    done_or_delete::done_or_delete(&without_politeness, &request)
        .or_else(|| reschedule::correction(&r))
        .unwrap_or(request)
}

/// Rounds an instant up to a whole second, since RFC 5545 has no fractions of a second: "every hour" starts then.
fn begun_second_over(now: Timestamp) -> Timestamp {
    let begun = i64::from(now.subsec_nanosecond() > 0);
    Timestamp::from_second(now.as_second() + begun).unwrap_or(now)
}
