//! What a person may ask for, and when silence is the better answer.

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

/// Calls of a series that are looked at, at most: a day has no more, as near to each other as they may be.
const CALLS_LOOKED_AT: i64 = 24 * HOUR_S / REPEAT_MIN_S;

/// How far ahead they are looked at, in seconds: in a week a series rings at each of its times of the day, and on days
/// that follow each other if it ever does.
const LOOKED_AHEAD_S: i64 = 7 * 24 * HOUR_S;

/// Counts a text that leads nowhere. After a few of them something seems to answer by itself, and would never stop:
/// from then on it is as if it had not come. Who asks for help gets it once more.
pub(super) fn limit_answers(
    before: Profile,
    received_at: Timestamp,
    request: &Request,
    mut decision: Decision,
) -> Decision {
    if decision.answer.is_empty() || leads_somewhere(&before, received_at, request, &decision) {
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

/// Whether something is other than before: what is stored, what is asked, or how much more may be refused. Who wants to
/// know what is open, to have none of it, or to leave, is always answered.
fn leads_somewhere(before: &Profile, received_at: Timestamp, request: &Request, decision: &Decision) -> bool {
    let after = &decision.profile;
    let is_free = matches!(request, Request::List | Request::Delete(_) | Request::OptOut | Request::OptIn);
    let is_refused = after.limits.refusals != before.limits.refusals;
    let moves = (&after.zone, after.zone_source) != (&before.zone, before.zone_source);
    let open = open_question(before, received_at).map(discriminant);
    let asked = after.question.as_ref().map(|asked| discriminant(&asked.question));
    let turns = after.question != before.question && asked != open;
    is_free || is_refused || moves || turns || !decision.writes.is_empty()
}

impl Situation<'_> {
    /// What can't be done for want of room is refused: to a number that may be forged once in a while, so that its owner
    /// is then left in peace, and to whoever has pressed a key as often as any text is answered that leads nowhere.
    pub(super) fn refuse(self, refusal: &Answer<'_>) -> Decision {
        match self.profile.confirmed_at {
            Some(_) => self.say(refusal),
            None => self.refuse_seldom(refusal),
        }
    }

    /// A refusal that is not said again for a while.
    pub(super) fn refuse_seldom(mut self, refusal: &Answer<'_>) -> Decision {
        let Some(refusals) = self.profile.limits.refusals.with(self.received_at) else { return self.silence() };
        self.profile.limits.refusals = refusals;
        self.say(refusal)
    }

    /// Why `more` reminders can't be made, if they can't.
    pub(super) fn no_room_for(&self, more: usize) -> Option<Answer<'static>> {
        let total = self.reminders.open() + more;
        match self.profile.confirmed_at {
            _ if total > OPEN_MAX => Some(Answer::TooMany(self.reminders.open())),
            None if total > OPEN_MAX_UNCONFIRMED => Some(Answer::TooManyUnconfirmed),
            _ => None,
        }
    }

    /// Why one of these can't be made, if one can't: it would ring too often by itself.
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

    /// Counts calls that are asked for, in the place of those that were: of a number that may be forged, since one that
    /// has pressed a key rings for its owner.
    pub(super) fn plan(&mut self, dues: &[Timestamp], in_place_of: &[&Reminder]) -> Result<(), Answer<'static>> {
        let calls = match self.profile.confirmed_at {
            Some(_) => Some(Calls::default()),
            None => self.calls_without(in_place_of).with(dues, self.now),
        };
        self.profile.limits.calls = calls.ok_or(Answer::TooManyAtOnce)?;
        Ok(())
    }

    /// These are taken back.
    pub(super) fn take_back(&mut self, reminders: &[&Reminder]) {
        self.profile.limits.calls = self.calls_without(reminders);
    }

    /// What has not begun and is taken back never rings, and does not count.
    fn calls_without(&self, reminders: &[&Reminder]) -> Calls {
        let mut calls = self.profile.limits.calls.clone();
        let waits = |one: &&&Reminder| one.state().is_some_and(|state| !state.has_begun());
        for one in reminders.iter().filter(waits).filter(|one| is_counted(one)) {
            calls.take_back(one.due);
        }
        calls
    }
}

/// Whether its due was counted: of a series only the first is, and every later one is planned anew.
pub(super) fn is_counted(reminder: &Reminder) -> bool {
    reminder.rule.is_none() || reminder.generation == FIRST_GENERATION
}

/// Whether two calls of a series are nearer to each other than so many seconds.
fn repeats_within(rule: &Rule, first: Timestamp, zone: &TimeZone, limit_s: i64) -> bool {
    let mut before = first;
    for _ in 0..CALLS_LOOKED_AT {
        let next = rule.next_after(before, zone).filter(|next| *next <= after(first, LOOKED_AHEAD_S));
        let Some(next) = next else { return false };
        if next.duration_since(before).as_secs() < limit_s {
            return true;
        }
        before = next;
    }
    false
}
