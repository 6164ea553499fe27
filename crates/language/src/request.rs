//! What a text can turn out to be.

use crate::{due_basis::DueBasis, new_time::To, question::Question, rule::Rule};
use jiff::{Timestamp, tz::TimeZone};

/// One text, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// One reminder or several. Never empty.
    Remind(Vec<Wanted>),
    /// A time and nothing else, not even that they want to be reminded. It is about what was last spoken of, if
    /// something was; otherwise of what is to be asked back.
    Time {
        /// When.
        due: Timestamp,
        /// The zone they named.
        zone: Option<TimeZone>,
        /// Whether it depends on their zone.
        basis: DueBasis,
    },
    /// Something is missing; this is what to ask back.
    Ask(Question),
    /// They want to hear what is open.
    List,
    /// They want to know what they can text.
    Help,
    /// They have done it.
    Done(Which),
    /// An opt-out word. To be obeyed before anything else.
    Leave,
    /// Opting in again.
    Return,
    /// What was asked last need not be answered: they have changed their mind.
    Forget,
    /// A reminder is not wanted any more.
    Delete(Which),
    /// A reminder is wanted at another time.
    Move {
        /// The one meant.
        which: Which,
        /// Where to. Says only what is to change, so it needs the reminder's own time to become an instant.
        to: To,
    },
    /// The one that just rang is to ring again then.
    Snooze {
        /// When it is to ring again.
        until: Timestamp,
        /// Whether that depends on their zone.
        basis: DueBasis,
    },
    /// Where they are, or what time it is there.
    Zone(Place),
    /// A reminder for an instant that was said in full and has gone by.
    Past {
        /// What it was about; empty if it was not said.
        task: String,
        /// The instant they named.
        was: Timestamp,
    },
    /// Thanks, praise, goodbye: nothing is asked for, and nothing need be answered.
    Courtesy,
    /// Not understood.
    Unknown(Unclear),
}

/// A reminder somebody wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What about, in their own words, without the request and the time.
    pub task: String,
    /// When it first rings. Always after the `now` it was understood at.
    pub due: Timestamp,
    /// The zone they named in the text ("9am Paris time"), if they did.
    pub zone: Option<TimeZone>,
    /// Whether `due` depends on the sender's zone.
    pub basis: DueBasis,
    /// How it repeats.
    pub rule: Option<Rule>,
}

/// Which of their reminders is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// By the small numbers that answers and LIST show. Never empty.
    Numbers(Vec<u32>),
    /// By words of the task.
    Words(String),
    /// The one the last answer was about.
    Last,
    /// Every open one.
    All,
}

/// Where somebody says they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A zone we know.
    Known(TimeZone),
    /// A name, or a time of day, that fits no zone we know.
    Unknown(String),
}

/// Why a text was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// Neither a request nor a time nor a command was found in it.
    Words,
    /// It names a day that is in no calendar, such as February 30.
    NoSuchDay,
    /// It names a time further away than anyone should count on us.
    TooFar,
    /// It is longer than we read.
    TooLong,
}
