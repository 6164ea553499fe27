//! Answers to texts.

mod changes;
mod list;
mod naming;
mod render;
mod zone;

use jiff::tz::TimeZone;
use language::{Candidate, Rule};

use super::ServiceName;
use crate::record::Reminder;

/// An answer to a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer<'a> {
    /// Reminders were made.
    Created(&'a [&'a Reminder], ZoneNote<'a>),
    /// Lists the open reminders.
    List(&'a [&'a Reminder]),
    /// The reminders were deleted.
    Deleted(&'a [&'a Reminder], CallInFlight),
    /// The reminder was moved to another time.
    Moved(&'a Reminder, CallInFlight),
    /// One occurrence of a series was moved. The first reminder was made for it. The second reminder is the series,
    /// which goes on.
    MovedOnce(&'a Reminder, &'a Reminder, CallInFlight),
    /// The reminder rings again later.
    Snoozed(&'a Reminder),
    /// The reminders that rang were acknowledged.
    Acknowledged {
        /// The acknowledged reminders.
        done: &'a [&'a Reminder],
        /// A snoozed call for the same task, which still comes.
        snoozed: Option<&'a Reminder>,
    },
    /// The reminders were named by their numbers and acknowledged or skipped. The answer says when a series rings next.
    DoneUntilNext(&'a [&'a Reminder]),
    /// The reminder was named by its words and has not rung in the last hour, so "done" does not change it.
    NotRung(&'a Reminder),
    /// No open reminder fits the text.
    NoSuch,
    /// No reminder that the text can be about is ringing or has rung in the last hour, so nothing is acknowledged or
    /// snoozed.
    NothingToAcknowledge,
    /// The person's zone is now this one.
    Zone {
        /// The IANA name of the zone.
        zone: &'a str,
        /// The reminders that were planned again in the zone.
        moved: &'a [&'a Reminder],
        /// The reminders that keep their old time.
        kept: &'a [&'a Reminder],
        /// Why these reminders keep their time.
        why_kept: WhyKept,
        /// The words at the end, which ask a question. They may be empty.
        tail: &'a str,
    },
    /// Asks whether repeating reminders should move to the person's new zone.
    AskMoveSeries {
        /// The IANA name of the zone.
        zone: &'a str,
        /// The number of reminders that repeat.
        series: usize,
    },
    /// Repeating reminders stay in the zone of this IANA name.
    SeriesStay(&'a str),
    /// No zone fits these words.
    NoSuchZone(&'a str),
    /// The person opted out in words that carriers do not know.
    Left,
    /// The person opted out in words that carriers do not know, but opted in or texted YES before this was handled.
    StopOutdated,
    /// The person opted in again in words that carriers do not know.
    Returned,
    /// The person does not want to answer the open question.
    Forgotten,
    /// Asks when to call about this task, and names the times that the text may mean. The task and the times may be
    /// empty. A time is told in the zone that the text names, or else in this one.
    AskWhen(&'a str, &'a [Candidate], &'a TimeZone),
    /// Asks for the task of a reminder that is due at this time. If there is a rule, the reminder repeats by it in this
    /// zone.
    AskTask(&'a str, Option<(&'a Rule, &'a TimeZone)>),
    /// Asks again for the task of a reminder that is due at this time in the person's new zone.
    AskTaskAgain(&'a str, Option<(&'a Rule, &'a TimeZone)>),
    /// Asks for the days of a series.
    AskDays,
    /// Asks which reminder is meant.
    AskWhich,
    /// Asks for the time to which a reminder is moved.
    AskWhere,
    /// Asks for the time to which the reminder of this number is moved.
    AskWhereOf(u32),
    /// Asks for the person's city.
    AskZone,
    /// The time that was asked for has passed.
    Past(&'a str),
    /// The request is refused, so nothing is saved.
    Refused(Refused),
    /// The result of SKIP, RESUME, UNDO, START or RESTORE.
    Change(ChangeAnswer<'a>),
    /// The number is confirmed, and these paused reminders were resumed. This is their state after that.
    Confirmed(&'a [&'a Reminder]),
    /// The text is not the code of the number.
    WrongCode,
    /// The number has texted too many wrong codes, so no code is accepted now.
    TooManyCodes,
    /// Says who the service is and which texts it understands.
    Help(&'a ServiceName),
    /// The text was not understood.
    Unclear,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The date does not exist in the calendar.
    NoSuchDay,
    /// The date is too far in the future.
    TooFar,
    /// The text or its task is too long.
    TooLong,
    /// The person has this many open reminders, so there is no room for those that were asked for.
    TooMany(usize),
    /// An unconfirmed number would have more open reminders than it may have.
    TooManyUnconfirmed,
    /// An unconfirmed number would have more calls planned within a short time than it may have.
    TooManyAtOnce,
    /// The series would ring more often than once in this many minutes, which is the limit.
    TooOften(i64),
    /// The series would ring more often than once in this many minutes, which is the limit for an unconfirmed number.
    TooOftenUnconfirmed(i64),
    /// The number's country is not served.
    CountryNotServed,
    /// The number is of a kind that can't be called.
    NotCallable,
}

/// The result of SKIP, RESUME, UNDO, START or RESTORE.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ChangeAnswer<'a> {
    /// The next occurrences of these reminders were skipped. This is their state after the skip: a one-off has ended.
    Skipped(&'a [&'a Reminder], CallInFlight),
    /// The next occurrence of the reminder is not on the day that was named.
    NotThatDay(&'a Reminder),
    /// No reminder is paused.
    NothingPaused,
    /// The reminder is not paused, so it can't be resumed.
    NotPaused(&'a Reminder),
    /// The reminder is paused, so it has no occurrence to skip.
    IsPaused(&'a Reminder),
    /// These reminders were resumed. This is their state after that: a series without another occurrence has ended.
    Resumed(&'a [&'a Reminder]),
    /// The last deletion, move or skip was taken back.
    Undone {
        /// The reminders that were made anew or are planned at their old times again.
        back: &'a [&'a Reminder],
        /// The reminders that do not come back, because their time has passed.
        passed: &'a [&'a Reminder],
    },
    /// The last deletion, move or skip can't be taken back, because the times of all its reminders have passed.
    TooLateToUndo(&'a [&'a Reminder]),
    /// There is no deletion, move or skip of the last ten minutes that can be taken back.
    NothingToUndo,
    /// The person opted in again. This many reminders that the opt-out ended can come back.
    ReturnedAfter(usize),
    /// The reminders that an opt-out had ended were made anew.
    Restored {
        /// The new reminders.
        made: &'a [&'a Reminder],
        /// How many reminders could not be made, because their time has passed or a limit has no room.
        lost: usize,
    },
    /// There is nothing to restore: no opt-out of the last month ended a reminder, or RESTORE was used already.
    NothingToRestore,
}

/// Whether the answer says who is speaking and which zone was guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneNote<'a> {
    /// The person knows the zone: they set it, or an earlier answer named it.
    Known,
    /// The zone was guessed from the number, and no answer has named it yet. The answer also introduces the service.
    Guessed(&'a ServiceName),
}

/// Why a reminder is not planned again in its person's new zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyKept {
    /// Its new time has passed.
    Passed,
    /// An unconfirmed number would get too many calls within a short time.
    TooManyAtOnce,
}

/// Whether the phone may still ring for a reminder that was deleted, moved or skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallInFlight {
    /// No call was under way.
    No,
    /// A call was under way, and may still ring.
    MayRing,
}

impl CallInFlight {
    fn warning(self) -> &'static str {
        match self {
            Self::No => "",
            Self::MayRing => " Your phone may still ring once.",
        }
    }
}
