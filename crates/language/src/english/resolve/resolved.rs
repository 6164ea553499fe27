//! The result of resolving the time in a text.

use crate::rule::Rule;
use jiff::{Timestamp, civil::Time};

/// Time of day of a reminder if the text names a day but no time.
pub(crate) const DEFAULT_TIME: Time = Time::constant(9, 0, 0, 0);

/// Maximum number of reminders from one text.
pub(crate) const MOST_TIMES: usize = 8;

/// The result of resolving the time in a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    /// One instant or several, each with its rule. Never empty.
    Times(Vec<(Timestamp, Option<Rule>)>),
    /// The instant has passed.
    Past(Timestamp),
    /// The text gives a number of times in each period, but does not say when.
    HowOften { times: u8, at: Option<Time> },
    /// The text names a date that does not exist.
    NoSuchDay,
    /// The time is too far in the future.
    TooFar,
    /// The text does not say enough, such as "15 minutes before" without an event, or no rule can express its times.
    Nothing,
}
