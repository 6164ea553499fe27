//! Understands what people text: a reminder with its task, its time and how often, a command, or an answer to what
//! they were asked.
//!
//! Pure: the text, the instant it was received, the person's zone and what was said before come in; a value goes out.
//! No clock, no I/O, nothing to set up.

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

pub use country::{Country, NotACountry};
pub use due_basis::DueBasis;
pub use english::{rule_words::rule_in_words, second_person::turned_round};
pub use hints::Context;
pub use new_time::To;
pub use question::{NotAQuestion, Question};
pub use request::{Place, Request, Unclear, Wanted, Which};
pub use rule::{NotARule, Rule};

use jiff::{Timestamp, tz::TimeZone};

/// Understands one text, received at `now` by someone living in `zone`.
///
/// Every instant in the answer lies after `now`.
#[must_use]
pub fn understand(text: &str, now: Timestamp, zone: &TimeZone, context: &Context) -> Request {
    english::understand(text, now, zone, context)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
