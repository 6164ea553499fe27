//! Understands what people text: a reminder with its task, its time and how often, a command, or an answer to what
//! they were asked.
//!
//! Pure: the text, the instant it was received, the person's zone and what was said before come in; a value goes out.
//! No clock, no I/O, nothing to set up.

mod amount;
mod asks;
mod bound;
mod choose;
mod clock;
mod command;
mod conversation;
mod country;
mod courtesy;
mod date;
mod day;
mod half;
mod holiday;
mod lex;
mod lexicon;
mod number;
mod part;
mod phrase;
mod piece;
mod place;
mod question;
mod reader;
mod recurrence;
mod relative;
mod remind;
mod repeat;
mod request;
mod resolve;
mod rule;
mod task;
mod to;
mod understand;
mod weekday;

pub use country::{Country, NotACountry};
pub use question::{NotAQuestion, Question};
pub use request::{DueBasis, Place, Request, Unclear, Wanted, Which};
pub use rule::{NotARule, Rule};
pub use task::turned_round;
pub use to::To;

use jiff::{Timestamp, tz::TimeZone};

/// What is known about the person beside the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Whose holidays are meant, and whether 3/4 is in March or in April.
    pub country: Country,
    /// What we asked them last, if they have not answered and it has not expired.
    pub question: Option<Question>,
}

/// Understands one text, received at `now` by someone living in `zone`.
///
/// Every instant in the answer lies after `now`.
#[must_use]
pub fn understand(text: &str, now: Timestamp, zone: &TimeZone, context: &Context) -> Request {
    understand::understand(text, now, zone, context)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
