//! The words of each answer.

use jiff::Timestamp;

use super::changes::{
    confirmed, done_but_snoozed, done_until_next, moved, moved_once, restored, resumed, skipped, snoozed,
    too_late_to_undo, undone,
};
use super::list::list;
use super::naming::{
    EXAMPLE, Series, TASK_SHORT, ask_task, ask_when, city, created, due_words, named, series_words, shortest_needed,
    with_calls_left,
};
use super::{Answer, ChangeAnswer, Refused, zone};
use crate::policy::{OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S};
use crate::words::CallsLeft;
use crate::words::task::shortened;

impl Answer<'_> {
    /// Returns the words of the answer, for a person who reads them at `now` and gets the calls that the answer
    /// promises.
    pub fn render(&self, now: Timestamp) -> String {
        self.render_for(CallsLeft::Yes, now)
    }

    /// Returns the words of the answer, for a person who reads them at `now`.
    pub fn render_for(&self, left: CallsLeft, now: Timestamp) -> String {
        match self {
            Self::Created(made, note) => created(made, *note, left, now),
            Self::List(open) => list(open, left, now),
            Self::Deleted(deleted, call) => format!("Deleted {}.{}", named(deleted), call.warning()),
            Self::Moved(reminder, call) => moved(reminder, *call, left, now),
            Self::MovedOnce(reminder, series, call) => moved_once(reminder, series, *call, left, now),
            Self::Snoozed(reminder) => snoozed(reminder, left, now),
            Self::Acknowledged { done, snoozed: None } => format!("Done: {}.", named(done)),
            Self::Acknowledged { done, snoozed: Some(one) } => done_but_snoozed(done, one, left, now),
            Self::DoneUntilNext(done) => done_until_next(done, left, now),
            Self::NotRung(one) => format!("{} hasn't rung yet. To skip it, text SKIP {}.", named(&[one]), one.number),
            Self::NoSuch => "I can't find that reminder. Text LIST to see yours.".to_owned(),
            Self::NothingToAcknowledge => "No reminder rang in the last hour. Text LIST to see yours.".to_owned(),
            Self::Zone { zone, moved: [], kept: [], tail: "", .. } => {
                format!("OK, I'll use {} time from now on.", city(zone))
            }
            Self::Zone { zone, moved: [], kept: [], tail, .. } => format!("OK, {} time. {tail}", city(zone)),
            Self::Zone { zone, moved, kept, why_kept, tail } => {
                let kept = zone::kept(kept, *why_kept, left, now);
                zone::changed(zone, moved, &kept, tail, left, now)
            }
            Self::AskMoveSeries { zone, series } => zone::ask_move_series(zone, *series),
            Self::SeriesStay(zone) => format!("Your repeating reminders stay on {} time.", city(zone)),
            Self::NoSuchZone(words) => format!(
                "I don't know where \"{}\" is. Text ZONE and a big city nearby, like ZONE Chicago.",
                shortened(words, TASK_SHORT)
            ),
            Self::Left => {
                "You won't hear from me again, and your reminders are stopped. Text START to come back.".to_owned()
            }
            Self::StopOutdated => {
                "You texted again after you asked me to stop, so I still answer you. To stop all calls and texts, text STOP."
                    .to_owned()
            }
            Self::Returned => format!("Welcome back! {EXAMPLE}."),
            Self::Confirmed(resumed) => confirmed(resumed, now),
            Self::WrongCode => "That code isn't right. Please reply with the 6 digits from my last text with a code.".to_owned(),
            Self::TooManyCodes => "Too many wrong codes. Please try again in 24 hours.".to_owned(),
            Self::Forgotten => "OK, never mind.".to_owned(),
            Self::AskWhen(task, candidates, home) => ask_when(task, candidates, home, now),
            Self::AskTask(when, rule) => ask_task(when, *rule),
            Self::AskTaskAgain(when, rule) => {
                let question = |series| {
                    let when = series_words(when, *rule, series);
                    format!("Your reminder is for {when}. What should I remind you about?")
                };
                shortest_needed([Series::ByRule, Series::InShort].map(question))
            }
            Self::AskDays => "On which days should I call you?".to_owned(),
            Self::AskWhich => "Which one? Text LIST to see your reminders and their numbers.".to_owned(),
            Self::AskWhere => "What time should I move it to?".to_owned(),
            Self::AskWhereOf(number) => format!("What time should I move #{number} to?"),
            Self::AskZone => "Which city are you in? For example, text ZONE Chicago.".to_owned(),
            Self::Past(when) => format!("That time has passed ({when}). When should I call you?"),
            Self::Help(service) => format!(
                "{service}: I call you with reminders. {EXAMPLE}, or in 1 hour. LIST shows yours. SKIP 2, DELETE 2, UNDO, STOP."
            ),
            Self::Unclear => format!("Sorry, I didn't get that. {EXAMPLE}, or in 20 minutes. Text HELP for more."),
            Self::Refused(refused) => refused.render(left),
            Self::Change(change) => change.render(left, now),
        }
    }
}

impl Refused {
    fn render(self, left: CallsLeft) -> String {
        let confirm = left.confirming();
        match self {
            Self::NoSuchDay => "That date doesn't exist. Please text it again with another date.".to_owned(),
            Self::TooFar => "Not saved: that's too far ahead. Please pick an earlier date.".to_owned(),
            Self::TooLong => "Not saved: that's too long to read out. Please make it shorter.".to_owned(),
            Self::TooMany(open) => {
                format!("Not saved: you have {open} reminders, the most I can keep. DELETE one first.")
            }
            Self::TooManyUnconfirmed => {
                format!("Not saved: new numbers can have {OPEN_MAX_UNCONFIRMED} reminders. {confirm}, or DELETE one.")
            }
            Self::TooManyAtOnce => format!(
                "Not saved: new numbers can get {SOON_MAX} calls in {} minutes. {confirm}, or pick a later time.",
                SOON_S / 60
            ),
            Self::TooOften(minutes) => {
                format!("Not saved: that's too often. I can call you every {minutes} minutes at most.")
            }
            Self::TooOftenUnconfirmed(minutes) => format!(
                "Not saved: new numbers can get a call every {minutes} minutes at most. {confirm}, or pick a longer time between calls."
            ),
            Self::CountryNotServed => "Sorry, I can't call numbers in your country.".to_owned(),
            Self::NotCallable => "Sorry, I can't call this kind of number.".to_owned(),
        }
    }
}

impl ChangeAnswer<'_> {
    fn render(&self, left: CallsLeft, now: Timestamp) -> String {
        match self {
            Self::Skipped(next, call) => skipped(next, *call, left, now),
            Self::NotThatDay(one) => {
                let (next, number, when) = (left.verb(), one.number, due_words(one, now));
                let text =
                    format!("Not skipped: the next {next} of #{number} is {when}. To skip that, text SKIP {number}.");
                with_calls_left([text], left)
            }
            Self::NothingPaused => "You have no paused reminders. Text LIST to see yours.".to_owned(),
            Self::NotPaused(one) => {
                let text = format!("#{} isn't paused. Next {}: {}.", one.number, left.verb(), due_words(one, now));
                with_calls_left([text], left)
            }
            Self::IsPaused(one) => format!("#{} is paused. To get it back, text RESUME {}.", one.number, one.number),
            Self::Resumed(next) => resumed(next, left, now),
            Self::Undone { back, passed } => undone(back, passed, left, now),
            Self::TooLateToUndo(passed) => too_late_to_undo(passed, now),
            Self::NothingToUndo => {
                "Nothing to undo: I can take back what you deleted, moved or skipped in the last 10 minutes.".to_owned()
            }
            Self::ReturnedAfter(1) => "Welcome back! 1 reminder was stopped: text RESTORE to get it back.".to_owned(),
            Self::ReturnedAfter(stopped) => {
                format!("Welcome back! {stopped} reminders were stopped: text RESTORE to get them back.")
            }
            Self::Restored { made, lost } => restored(made, *lost, left, now),
            Self::NothingToRestore => "There is nothing to restore. Text LIST to see your reminders.".to_owned(),
        }
    }
}
