//! How a reminder repeats: the part of RFC 5545 that people's words can express.

mod dates;
mod pattern;
mod steps;
mod text;

pub use pattern::Rule;
pub(crate) use pattern::{End, Frequency, MOST_TIMES, NthWeekday, Pattern};
pub use text::ParseRuleError;
