//! Limits on what a person may ask for, and on how many answers they get.

use std::mem::discriminant;

use crate::limits::Calls;
use crate::policy::{HOUR_S, OPEN_MAX, OPEN_MAX_UNCONFIRMED, REPEAT_MIN_S, REPEAT_UNCONFIRMED_MIN_S, after};
use crate::profile::Profile;
use crate::record::Reminder;
use crate::words::Answer;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use language::{NewReminder, Request, Rule};

use super::make::FIRST_GENERATION;
use super::{Decision, Situation, open_question};

/// The most occurrences of a series that are checked: as many as a day can have at the shortest allowed interval.
const CHECKED_MAX: i64 = 24 * HOUR_S / REPEAT_MIN_S;

/// How far ahead occurrences are checked, in seconds. Within a week, a series rings at each of its times of day, and on
/// consecutive days if it ever does.
const CHECKED_AHEAD_S: i64 = 7 * 24 * HOUR_S;

/// Limits the answers to texts that change nothing. After a few of them within an hour, the sender may be a machine that
/// would never stop: further ones are ignored. HELP is answered once more.
pub(super) fn limit_answers(
    before: Profile,
    received_at: Timestamp,
    request: &Request,
    mut decision: Decision,
) -> Decision {
    if decision.answer.is_empty() || changes_something(&before, received_at, request, &decision) {
        return decision;
    }
    let limits = &mut decision.profile.limits;
    if let Some(unclear) = limits.unclear.with(received_at) {
        limits.unclear = unclear;
        return decision;
    }
    match limits.refusals.with(received_at).filter(|_| matches!(request, Request::Help)) {
        Some(refusals) => {
            limits.refusals = refusals;
            decision
        }
        None => Decision::silent(before),
    }
}

/// Whether a text changes something: a reminder, the zone, the open question, or the count of refusals. LIST, DELETE and
/// opting out or in always count as a change.
fn changes_something(before: &Profile, received_at: Timestamp, request: &Request, decision: &Decision) -> bool {
    let after = &decision.profile;
    let is_always_answered = matches!(request, Request::List | Request::Delete(_) | Request::OptOut | Request::OptIn);
    let is_refused = after.limits.refusals != before.limits.refusals;
    let moves = (&after.zone, after.zone_source) != (&before.zone, before.zone_source);
    let open = open_question(before, received_at).map(discriminant);
    let asked = after.question.as_ref().map(|asked| discriminant(&asked.question));
    let turns = after.question != before.question && asked != open;
    is_always_answered || is_refused || moves || turns || !decision.writes.is_empty()
}

impl Situation<'_> {
    /// Refuses a request that exceeds a limit. An unconfirmed number gets one refusal an hour, because the owner of a forged
    /// number must be left in peace. A confirmed number gets as many as other answers that change nothing.
    pub(super) fn refuse(self, refusal: &Answer<'_>) -> Decision {
        match self.profile.confirmed_at {
            Some(_) => self.say(refusal),
            None => self.refuse_seldom(refusal),
        }
    }

    /// Refuses a request, at most once an hour.
    pub(super) fn refuse_seldom(mut self, refusal: &Answer<'_>) -> Decision {
        let Some(refusals) = self.profile.limits.refusals.with(self.received_at) else { return self.silence() };
        self.profile.limits.refusals = refusals;
        self.say(refusal)
    }

    /// Returns the refusal if there is no room for `more` reminders.
    pub(super) fn no_room_for(&self, more: usize) -> Option<Answer<'static>> {
        let total = self.reminders.open() + more;
        match self.profile.confirmed_at {
            _ if total > OPEN_MAX => Some(Answer::TooMany(self.reminders.open())),
            None if total > OPEN_MAX_UNCONFIRMED => Some(Answer::TooManyUnconfirmed),
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
                Some(Answer::TooOftenUnconfirmed(REPEAT_UNCONFIRMED_MIN_S / 60))
            }
            Some(_) if rings_within(REPEAT_MIN_S) => Some(Answer::TooOften(REPEAT_MIN_S / 60)),
            _ => None,
        }
    }

    /// Counts the planned calls of an unconfirmed number, which replace those of `in_place_of`. A confirmed number is called
    /// because its owner wants it, so its calls are not counted.
    ///
    /// # Errors
    /// Fails with the refusal if too many calls are planned within a short time.
    pub(super) fn plan(&mut self, dues: &[Timestamp], in_place_of: &[&Reminder]) -> Result<(), Answer<'static>> {
        let calls = match self.profile.confirmed_at {
            Some(_) => Some(Calls::default()),
            None => self.calls_without(in_place_of).with(dues, self.now),
        };
        self.profile.limits.calls = calls.ok_or(Answer::TooManyAtOnce)?;
        Ok(())
    }

    /// Uncounts the planned calls of reminders that are deleted or skipped.
    pub(super) fn take_back(&mut self, reminders: &[&Reminder]) {
        self.profile.limits.calls = self.calls_without(reminders);
    }

    /// Returns the planned calls without those of these reminders. A call that has begun stays counted.
    fn calls_without(&self, reminders: &[&Reminder]) -> Calls {
        let mut calls = self.profile.limits.calls.clone();
        let waits = |one: &&&Reminder| one.state().is_some_and(|state| !state.has_begun());
        for one in reminders.iter().filter(waits).filter(|one| is_counted(one)) {
            calls.take_back(one.due);
        }
        calls
    }
}

/// Whether the due of a reminder is counted. Only the first due of a series is.
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
