//! The result of resolving the time in a text.

use crate::rule::Rule;
use jiff::{Timestamp, civil::Time};

/// When nothing is said about the time of day.
pub(crate) const DEFAULT_TIME: Time = Time::constant(9, 0, 0, 0);

/// More times than this in one text are not set: nobody means them.
pub(crate) const MOST_TIMES: usize = 8;

/// What the time in a text comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    /// One instant or several, each with how it repeats. Never empty.
    Times(Vec<(Timestamp, Option<Rule>)>),
    /// It has gone by.
    Past(Timestamp),
    /// So many times in a period, without saying when.
    HowOften {
        times: u8,
        at: Option<Time>,
    },
    NoSuchDay,
    TooFar,
    /// Not enough to go by: "15 minutes before" nothing.
    Nothing,
}
