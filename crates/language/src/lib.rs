//! Understands what people text: a new reminder with its task, its time and how often it repeats, a command, or an
//! answer to a question.
//!
//! The crate is pure. [`understand`] takes the text, the instant at which it was received, the sender's zone and hints,
//! and returns a [`Request`]. It has no clock and no I/O, and needs no set-up.
//!
//! The types at the top are independent of any language; everything that knows English words is in `english`.

#![warn(clippy::wildcard_enum_match_arm)]

mod country;
mod due_basis;
mod english;
mod hints;
mod new_time;
mod places;
mod question;
mod request;
mod rule;
mod zone;

pub use country::{Country, ParseCountryError};
pub use due_basis::DueBasis;
pub use english::{rule_words::rule_in_words, second_person::in_second_person};
pub use hints::Hints;
pub use new_time::NewTime;
pub use question::{Candidate, ParseQuestionError, Question};
pub use request::{NewReminder, Place, Request, Target, Unclear};
pub use rule::{ParseRuleError, Rule};

use jiff::{Timestamp, tz::TimeZone};

/// Understands one text, which was received at `now` from a person who lives in `zone`.
///
/// Every instant in the result lies after `now`, except the instant in [`Request::Past`]. A text that can't be
/// understood gives [`Request::Unknown`]; there is no error.
///
/// ```
/// use language::{Country, Hints, Request, understand};
///
/// let zone = jiff::tz::TimeZone::get("America/New_York")?;
/// let now = "2027-03-10T15:15:00Z".parse()?;
/// let hints = Hints { country: Country::US, question: None };
/// let request = understand("Remind me to buy milk at 6:30 PM", now, &zone, &hints);
/// let Request::Remind(reminders) = request else { panic!("expected a reminder, found {request:?}") };
/// assert_eq!(reminders[0].task, "buy milk");
/// assert_eq!(reminders[0].due, "2027-03-10T23:30:00Z".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn understand(text: &str, now: Timestamp, zone: &TimeZone, hints: &Hints) -> Request {
    english::understand(text, now, zone, hints)
}

/// Reads a text that is only a code of six digits, as [`Request::Code`]. Returns nothing for any other text. Call it only
/// for a sender who may have been told to reply with a code: from any other sender, such a text has the meaning that
/// [`understand`] returns.
///
/// ```
/// use language::{Request, code};
///
/// assert_eq!(code("Code 123 456"), Some(Request::Code("123456".to_owned())));
/// assert_eq!(code("0730 gym"), None);
/// ```
#[must_use]
pub fn code(text: &str) -> Option<Request> {
    english::command::code::code(text)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
