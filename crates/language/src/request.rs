//! The requests that a text can make.

use crate::{due_basis::DueBasis, new_time::NewTime, question::Question, rule::Rule};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The request that a text makes.
///
/// Callers match every variant: a new kind of request must not compile until each caller handles it. Hence the enum is
/// not `#[non_exhaustive]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// New reminders, at least one.
    Remind(Vec<NewReminder>),
    /// A time and nothing else. It snoozes a reminder that rang just now. If there is no such reminder, the sender must
    /// be asked for the task.
    Time {
        /// The instant that the text names.
        due: Timestamp,
        /// The zone that the text names, if it names one.
        zone: Option<TimeZone>,
        /// Whether `due` depends on the sender's zone.
        basis: DueBasis,
    },
    /// A part of the request is missing. Holds the question that asks for it.
    Ask(Question),
    /// The sender wants a list of the open reminders.
    List,
    /// The sender wants to know what they can text.
    Help,
    /// The sender has done the task of a reminder.
    Done(Target),
    /// The sender does not want an occurrence of a reminder: the occurrence on `day`, or the next occurrence if no day
    /// is named. A series goes on.
    Skip {
        /// The reminder that is meant.
        target: Target,
        /// The day of the occurrence, if the text names one.
        day: Option<Date>,
    },
    /// A paused reminder should ring again.
    Resume(Target),
    /// The sender wants to get back the reminders that an opt-out ended.
    Restore,
    /// The sender takes back the last change.
    Undo,
    /// Yes, as the answer to a question that takes yes or no.
    Yes,
    /// No, as the answer to a question that takes yes or no.
    No,
    /// The sender opts out, which must be obeyed before anything else.
    OptOut,
    /// The sender opts in again.
    OptIn,
    /// The sender withdraws a request: the question that was asked last needs no answer.
    DropQuestion,
    /// A reminder is no longer wanted.
    Delete(Target),
    /// A reminder should be moved to another time.
    Move {
        /// The reminder to move.
        target: Target,
        /// The new time. It contains only the parts that change; [`NewTime::applied_to`] gives the instant.
        to: NewTime,
    },
    /// The reminder that just rang should ring again.
    Snooze {
        /// The instant at which it should ring again.
        until: Timestamp,
        /// Whether `until` depends on the sender's zone.
        basis: DueBasis,
    },
    /// The six digits of a code that the sender was told to reply with. Only [`code`](crate::code) returns it, never
    /// [`understand`](crate::understand).
    Code(String),
    /// The sender's place, given by its name or by the local time there.
    Zone(Place),
    /// A reminder for an instant that has passed, or a series that has ended.
    Past {
        /// The task of the reminder; empty if the text names no task.
        task: String,
        /// The instant that has passed.
        was: Timestamp,
    },
    /// Thanks, praise or a goodbye. It asks for nothing and needs no answer.
    Pleasantry,
    /// The text was not understood, for this reason.
    Unknown(Unclear),
}

/// A reminder that a text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReminder {
    /// The task in the sender's own words, without the request and the time. It may be as long as the text: the caller
    /// decides which length is too long, and never gets a task that was cut.
    pub task: String,
    /// The instant at which it is first due. Always after the `now` that was passed to
    /// [`understand`](crate::understand).
    pub due: Timestamp,
    /// The zone that the text names ("9am Paris time"), if it names one.
    pub zone: Option<TimeZone>,
    /// Whether `due` depends on the sender's zone.
    pub basis: DueBasis,
    /// How the reminder repeats; `None` if it is due once.
    pub rule: Option<Rule>,
}

/// The reminders that a command is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Reminders by the small numbers that answers and LIST show. Never empty.
    Numbers(Vec<u32>),
    /// Reminders by words of their task.
    Words(String),
    /// The text names no reminder, or says "it". Usually the reminder that the last answer was about is meant.
    Last,
    /// The reminder that rings next.
    Next,
    /// Every open reminder.
    All,
}

/// The place that a sender names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A place whose time zone is known.
    Known(TimeZone),
    /// A name, or a time of day, that matches no known time zone.
    Unknown(String),
}

/// The reason why a text was not understood. There will be more reasons, so a caller needs an answer that fits any
/// reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unclear {
    /// No request was found in the text.
    NoRequest,
    /// The text names a day that does not exist, such as February 30.
    NoSuchDay,
    /// The text names a time more than 100 years away.
    TooFar,
    /// The text is longer than 6400 bytes.
    TooLong,
}
