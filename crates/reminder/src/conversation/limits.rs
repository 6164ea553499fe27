//! Limits on what a person may ask for, and on how many answers they get.

use crate::limits::{ANSWERS_MAX, Calls, Limits, UNCHANGING_ANSWERS_MAX};
use crate::policy::{HOUR_S, OPEN_MAX, OPEN_MAX_UNCONFIRMED, REPEAT_MIN_S, REPEAT_UNCONFIRMED_MIN_S, after};
use crate::profile::{Profile, ZoneSource};
use crate::record::Reminder;
use crate::words::{Answer, Refused};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::{NewReminder, Request, Rule, Unclear};

use super::make::FIRST_GENERATION;
use super::{Decision, Situation};

/// Maximum number of occurrences of a series that are checked: as many as a day can have at the shortest allowed
/// interval.
const CHECKED_MAX: i64 = 24 * HOUR_S / REPEAT_MIN_S;

/// How far ahead occurrences are checked, in seconds. A series of every day or of every week rings at each of its times
/// of day within a week. If it ever rings on two consecutive days, it also does so within a week. The later occurrences
/// of a rarer series are not checked.
const CHECKED_AHEAD_S: i64 = 7 * 24 * HOUR_S;

/// Limits the answers to texts that can't be read as a request. After a few of them within an hour, the sender looks
/// like a machine that would never stop, so its further texts of this kind are not answered. Other texts are not
/// limited here.
pub(super) fn limit_unreadable(
    before: Profile,
    received_at: Timestamp,
    request: &Request,
    mut decision: Decision,
) -> Decision {
    if decision.answer.is_empty() || !is_unreadable(request) {
        return decision;
    }
    match decision.profile.limits.unclear.with(received_at) {
        Some(unclear) => {
            decision.profile.limits.unclear = unclear;
            decision
        }
        None => Decision::silent(before),
    }
}

/// Limits the answers of any kind. A text that changes nothing, such as LIST or a refused request, is not answered after
/// [`UNCHANGING_ANSWERS_MAX`] answers within an hour. Any other text is neither answered nor carried out after
/// [`ANSWERS_MAX`] answers, because a change that is not answered would surprise its person. An opt-out or an opt-in is
/// always carried out.
pub(super) fn limit_answers(
    before: Profile,
    received_at: Timestamp,
    request: &Request,
    mut decision: Decision,
) -> Decision {
    if decision.answer.is_empty() {
        return decision;
    }
    let max = if changes_something(&before, &decision) { ANSWERS_MAX } else { UNCHANGING_ANSWERS_MAX };
    match decision.profile.limits.answers.with(received_at, max) {
        Some(answers) => {
            decision.profile.limits.answers = answers;
            decision
        }
        None if matches!(request, Request::OptOut | Request::OptIn) => decision.unanswered(),
        None => {
            // A forger must not get more tries of a code by using up the answers first.
            let wrong_codes = decision.profile.limits.wrong_codes;
            let limits = Limits { wrong_codes, ..before.limits };
            Decision::silent(Profile { limits, ..before })
        }
    }
}

/// Whether a decision makes or changes a reminder, changes the person's zone or consent, or confirms the number.
fn changes_something(before: &Profile, decision: &Decision) -> bool {
    let after = &decision.profile;
    let says_zone = after.zone_source == ZoneSource::Said && before.zone_source != ZoneSource::Said;
    !decision.writes.is_empty()
        || says_zone
        || before.zone != after.zone
        || before.consent != after.consent
        || before.confirmed_at != after.confirmed_at
}

/// Whether the text can't be read as a request. A text with a date that doesn't exist or is too far ahead is a request,
/// which is refused. A pleasantry is not a request. It is answered only while a question is open: the question is asked
/// again.
fn is_unreadable(request: &Request) -> bool {
    match request {
        Request::Unknown(Unclear::NoSuchDay | Unclear::TooFar) => false,
        Request::Unknown(_) | Request::Pleasantry => true,
        Request::Remind(_)
        | Request::Time { .. }
        | Request::Ask(_)
        | Request::List
        | Request::Help
        | Request::Done(_)
        | Request::Skip { .. }
        | Request::Resume(_)
        | Request::Restore
        | Request::Undo
        | Request::Code(_)
        | Request::Yes
        | Request::No
        | Request::OptOut
        | Request::OptIn
        | Request::DropQuestion
        | Request::Delete(_)
        | Request::Move { .. }
        | Request::Snooze { .. }
        | Request::Zone(_)
        | Request::Past { .. } => false,
    }
}

impl Situation<'_> {
    /// Tells a person that they are not served, at most once an hour.
    pub(super) fn refuse_seldom(mut self, refusal: &Answer<'_>) -> Decision {
        let Some(refusals) = self.profile.limits.refusals.with(self.received_at) else { return self.silence() };
        self.profile.limits.refusals = refusals;
        self.say(refusal)
    }

    /// Returns the refusal if there is no room for `more` reminders.
    pub(super) fn no_room_for(&self, more: usize) -> Option<Answer<'static>> {
        let total = self.reminders.open() + more;
        match self.profile.confirmed_at {
            _ if total > OPEN_MAX => Some(Answer::Refused(Refused::TooMany(self.reminders.open()))),
            None if total > OPEN_MAX_UNCONFIRMED => Some(Answer::Refused(Refused::TooManyUnconfirmed)),
            _ => None,
        }
    }

    /// Returns the refusal if one of these series would ring too often.
    pub(super) fn rings_too_often(&self, wanted: &[NewReminder]) -> Option<Answer<'static>> {
        let home = self.profile.zone.rules();
        let rings_within = |limit_s| {
            let repeats = |one: &NewReminder| {
                let zone = one.zone.as_ref().unwrap_or(home);
                one.rule.as_ref().is_some_and(|rule| repeats_within(rule, one.due, zone, limit_s))
            };
            wanted.iter().any(repeats)
        };
        match self.profile.confirmed_at {
            None if rings_within(REPEAT_UNCONFIRMED_MIN_S) => {
                Some(Answer::Refused(Refused::TooOftenUnconfirmed(REPEAT_UNCONFIRMED_MIN_S / 60)))
            }
            Some(_) if rings_within(REPEAT_MIN_S) => Some(Answer::Refused(Refused::TooOften(REPEAT_MIN_S / 60))),
            _ => None,
        }
    }

    /// Counts the calls that are planned for an unconfirmed number. They replace the calls of `in_place_of`. The owner
    /// of a confirmed number wants its calls, so they are not counted.
    ///
    /// # Errors
    /// Fails with the refusal if too many calls are planned within a short time.
    pub(super) fn plan(&mut self, dues: &[Timestamp], in_place_of: &[&Reminder]) -> Result<(), Answer<'static>> {
        let calls = match self.profile.confirmed_at {
            Some(_) => Some(Calls::default()),
            None => self.calls_without(in_place_of).with(dues, self.now),
        };
        self.profile.limits.calls = calls.ok_or(Answer::Refused(Refused::TooManyAtOnce))?;
        Ok(())
    }

    /// Stops counting the planned calls of reminders that are deleted or skipped.
    pub(super) fn take_back(&mut self, reminders: &[&Reminder]) {
        self.profile.limits.calls = self.calls_without(reminders);
    }

    /// Returns the counted calls without the calls of these reminders. A call that has begun stays counted.
    fn calls_without(&self, reminders: &[&Reminder]) -> Calls {
        let mut calls = self.profile.limits.calls.clone();
        let waits = |one: &&&Reminder| one.state().is_some_and(|state| !state.has_begun());
        for one in reminders.iter().filter(waits).filter(|one| is_counted(one)) {
            calls.take_back(one.due);
        }
        calls
    }
}

/// Whether the due of a reminder is counted. Of a series, only the first due is counted.
pub(super) fn is_counted(reminder: &Reminder) -> bool {
    reminder.rule.is_none() || reminder.generation == FIRST_GENERATION
}

/// Whether two calls of a series are less than `limit_s` seconds apart.
fn repeats_within(rule: &Rule, first: Timestamp, zone: &TimeZone, limit_s: i64) -> bool {
    let mut previous = first;
    for _ in 0..CHECKED_MAX {
        let next = rule.next_after(previous, zone).filter(|next| *next <= after(first, CHECKED_AHEAD_S));
        let Some(next) = next else { return false };
        if next.duration_since(previous).as_secs() < limit_s {
            return true;
        }
        previous = next;
    }
    false
}
