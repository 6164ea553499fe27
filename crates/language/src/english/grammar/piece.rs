//! The pieces of time that a text is made of.

use crate::english::{
    grammar::{amount::Amount, clock::Clock, dates::day::Day, preposition::Lead, recurrence::every::Every},
    text::{
        reader::Reader,
        word::{Form, Part, Word},
    },
};
use jiff::{civil::Time, tz::TimeZone};

/// Something about time, and the tokens that say it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) piece: Piece,
    pub(crate) lead: Lead,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Every(Box<Every>),
    /// "starting monday".
    Start(Day),
    /// "until friday".
    Until(Day),
    /// "until 6pm", for what repeats within the day.
    UntilTime(Clock),
    /// "for 3 weeks".
    For(Amount),
    /// "5 times".
    Count(u32),
    /// "in 2 hours": from now.
    In(Amount),
    /// "2 hours": from now, if nothing else is said.
    Bare(Amount),
    /// "15 minutes before", "2 days after": from what else is said.
    Offset(Amount, Option<Part>),
    Day(Day),
    NoSuchDay,
    /// A time of day, and its end if a range was said.
    Clock(Clock, Option<Clock>),
    /// "7.30", "six thirty": a time of day, if nothing else is said.
    Weak(Clock),
    Part(Part, Time),
    /// "ET", "Paris time"; `None` for "my time".
    Zone(Option<TimeZone>),
}

/// Whether a weekday at this place can be a part of what someone does: "Sunday gym".
pub(crate) fn is_plain_weekday(r: &Reader, found: &Found) -> bool {
    found.lead == Lead::None
        && matches!(r.word(found.start), Word::Weekday(_, Form::Full))
        && found.end == found.start + 1
}
