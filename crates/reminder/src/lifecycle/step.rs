//! What the states' tables share: changes of the record, with the effects that follow.

use jiff::Timestamp;

use super::plan::{waiting, wake};
use crate::channel::Slot;
use crate::event::{Effect, Report};
use crate::ids::{CallId, ClaimId};
use crate::policy::{self, Policy};
use crate::record::{DueSource, End, Lifecycle, Pickup, Reminder, State, TextReason, Zone};

/// The result of applying an event to a reminder.
#[derive(Debug, Clone, PartialEq)]
pub enum Transition {
    /// The record changes. The effects follow once the change is written.
    Change(Box<Reminder>, Vec<Effect>),
    /// The record stays the same, but the effects follow.
    Act(Vec<Effect>),
    /// Nothing changes: the event is stale, or was applied before.
    Ignore,
}

impl Transition {
    /// The name of the result in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Change(..) => "changed",
            Self::Act(_) => "acted",
            Self::Ignore => "ignored",
        }
    }
}

/// One event that is applied to a reminder, with everything that a state's table needs.
pub(super) struct Step<'a> {
    pub(super) reminder: &'a Reminder,
    pub(super) now: Timestamp,
    pub(super) policy: &'a Policy,
}

impl Step<'_> {
    /// Whether this is the claim of the call that is under way.
    pub(super) fn has_claim(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(|state| state.has_claim(claim))
    }

    /// Whether the reminder may still ring at `at`.
    pub(super) fn is_within_max_lateness(&self, at: Timestamp) -> bool {
        self.reminder.is_within_max_lateness(self.policy, at)
    }

    fn live_claim(&self) -> Option<&ClaimId> {
        self.reminder.state().and_then(State::claim)
    }

    /// Cancels the call that is under way, if the carrier has given its id.
    fn cancel_live_call(&self) -> Vec<Effect> {
        self.reminder.state().and_then(State::call).cloned().map(Effect::CancelCall).into_iter().collect()
    }

    /// The carrier accepted a call whose claim the record does not hold, or no longer holds. Such a call must not
    /// ring, so it is cancelled. Only a call whose own callbacks have ended it is known to be over and needs nothing.
    /// `Heard` does not prove that: the person may have said "done" before the carrier answered, and would be called
    /// for a goodbye.
    pub(super) fn accepted_without_claim(&self, claim: &ClaimId, call: &CallId) -> Transition {
        let is_over = matches!(
            &self.reminder.life,
            Lifecycle::Ended { end: End::Unconfirmed, .. }
                | Lifecycle::Live {
                    state: State::Texting { why: TextReason::Unconfirmed | TextReason::Unanswered, .. },
                    ..
                }
        );
        if is_over && self.reminder.is_last_claim(claim) {
            return Transition::Ignore;
        }
        Transition::Act(vec![Effect::CancelCall(call.clone())])
    }

    /// The carrier reported a call whose claim the record does not hold.
    pub(super) fn reported_without_claim(&self, claim: &ClaimId, call: &CallId, report: Report) -> Transition {
        match report {
            Report::Initiated => self.accepted_without_claim(claim, call),
            // The speech of a call that was picked up is only a goodbye, and a call that is over can't be cancelled.
            Report::PickedUp | Report::Completed | Report::NotReached => Transition::Ignore,
        }
    }

    /// Enters `Ringing`, with the deadline of a call that starts to ring now.
    pub(super) fn ring(&self, attempt: u8, claim: &ClaimId, call: &CallId, pickup: Pickup) -> Transition {
        let state = State::Ringing { attempt, claim: claim.clone(), call: call.clone(), pickup };
        self.change(state, self.policy.ringing_deadline(self.now), vec![])
    }

    /// Plans another call, or a text if that call would ring past the max lateness.
    pub(super) fn call_again_or_text(
        &self,
        attempt: u8,
        wake_at: Timestamp,
        claim: &ClaimId,
        why: TextReason,
    ) -> Transition {
        if self.is_within_max_lateness(wake_at) {
            self.plan_call(attempt, wake_at, None, Some(claim))
        } else {
            self.text(why, Some(claim))
        }
    }
    /// Plans a call for `wake_at`, under a new generation, and sends its wake-up.
    pub(super) fn plan_call(
        &self,
        attempt: u8,
        wake_at: Timestamp,
        slot: Option<Slot>,
        ended_claim: Option<&ClaimId>,
    ) -> Transition {
        let mut next = self.with_last_claim(ended_claim);
        next.generation += 1;
        next.life = waiting(attempt, wake_at, slot, self.now, self.policy);
        let wake = wake(&next, wake_at);
        Transition::Change(Box::new(next), vec![Effect::SendWakeUp(wake)])
    }

    /// Sends a text instead of a call. Its first try is counted in the same write.
    pub(super) fn text(&self, why: TextReason, ended_claim: Option<&ClaimId>) -> Transition {
        let mut next = self.with_last_claim(ended_claim);
        let state = State::Texting { why, tries: 1, since: self.now, slot: None };
        next.life = Lifecycle::Live { state, deadline: self.policy.text_deadline(1, self.now), recoveries: 0 };
        Transition::Change(Box::new(next), vec![Effect::SendText(None)])
    }

    /// Plans a text after a pause, since the end of the call may have overtaken its key.
    pub(super) fn text_later(&self, why: TextReason, ended_claim: &ClaimId) -> Transition {
        let mut next = self.with_last_claim(Some(ended_claim));
        let state = State::Texting { why, tries: 0, since: self.now, slot: None };
        next.life = Lifecycle::Live { state, deadline: self.policy.unconfirmed_deadline(self.now), recoveries: 0 };
        Transition::Change(Box::new(next), vec![])
    }

    /// A call was picked up that the record has as over. The call speaks the reminder, so no other call may ring, and
    /// the text waits until the call can be over.
    pub(super) fn text_after_late_pickup(&self, since: Timestamp, deadline: Timestamp) -> Transition {
        let state = State::Texting { why: TextReason::Unconfirmed, tries: 0, since, slot: None };
        let call_over_by = policy::after(self.now, self.policy.times().talk_s);
        self.change(state, call_over_by.max(deadline), vec![])
    }

    /// Counts a recovery, and sets the next deadline.
    pub(super) fn recover(&self, deadline: Timestamp, recoveries: u32, effects: Vec<Effect>) -> Transition {
        let mut next = self.reminder.clone();
        if let Lifecycle::Live { deadline: old, recoveries: count, .. } = &mut next.life {
            (*old, *count) = (deadline, recoveries + 1);
        }
        Transition::Change(Box::new(next), effects)
    }

    /// Ends the occurrence. A series goes on with its first occurrence after now.
    pub(super) fn end(&self, end: End, ended_claim: Option<&ClaimId>, mut effects: Vec<Effect>) -> Transition {
        let mut next = self.with_last_claim(ended_claim);
        match self.next_due() {
            Some(due) => {
                next.generation += 1;
                next.due = due;
                next.last_end_at = if end == End::Cancelled { next.last_end_at } else { Some(self.now) };
                next.life = waiting(1, due, None, self.now, self.policy);
                effects.push(Effect::SendWakeUp(wake(&next, due)));
            }
            None => next.life = Lifecycle::Ended { end, at: self.now },
        }
        Transition::Change(Box::new(next), effects)
    }

    /// Its person acknowledged this occurrence. Only an occurrence that has begun can be acknowledged.
    pub(super) fn acknowledge(&self) -> Transition {
        if self.reminder.state().is_some_and(State::has_begun) {
            self.end(End::Heard, self.live_claim(), self.cancel_live_call())
        } else {
            Transition::Ignore
        }
    }

    /// Ends the whole reminder, also a series.
    pub(super) fn cancel(&self) -> Transition {
        self.end_for_good(End::Cancelled)
    }

    fn end_for_good(&self, end: End) -> Transition {
        let mut next = self.with_last_claim(self.live_claim());
        next.life = Lifecycle::Ended { end, at: self.now };
        Transition::Change(Box::new(next), self.cancel_live_call())
    }

    /// Its person opted out, which ends a reminder that was made before.
    pub(super) fn opt_out(&self, epoch: u32) -> Transition {
        if self.reminder.is_wanted(epoch) { Transition::Ignore } else { self.end_for_good(End::OptedOut { epoch }) }
    }

    /// Moves a one-off whose phone has not rung. Any other occurrence is skipped, and a new reminder made instead.
    pub(super) fn reschedule(&self, due: Timestamp, source: DueSource) -> Transition {
        if !self.reminder.state().is_some_and(|state| self.reminder.moves_in_place(state)) {
            return Transition::Ignore;
        }
        let mut next = self.reminder.clone();
        next.due_source = source;
        self.plan_first_call(next, due)
    }

    /// Corrects the guessed zone off whose clock its due was read. An occurrence that has begun keeps its due, and so
    /// does one that is due at the same instant in the new zone. A series goes on in the new zone after it.
    pub(super) fn correct_zone(&self, zone: &Zone, due: Timestamp) -> Transition {
        let has_begun = self.reminder.state().is_some_and(State::has_begun);
        if !self.reminder.is_off_guessed_clock() || has_begun && self.reminder.rule.is_none() {
            return Transition::Ignore;
        }
        let rule = self.reminder.corrected_rule(zone);
        let next = Reminder { zone: zone.clone(), due_source: DueSource::Fixed, rule, ..self.reminder.clone() };
        if has_begun || due == self.reminder.due {
            return Transition::Change(Box::new(next), vec![]);
        }
        self.plan_first_call(next, due)
    }

    /// Plans the coming occurrence of a series for another due, in `zone`. An occurrence that has begun keeps its due.
    pub(super) fn replan_series(&self, zone: &Zone, due: Timestamp) -> Transition {
        if self.reminder.rule.is_none() {
            return Transition::Ignore;
        }
        let has_begun = self.reminder.state().is_some_and(State::has_begun);
        let next = Reminder { zone: zone.clone(), ..self.reminder.clone() };
        match (has_begun || due == self.reminder.due, *zone == self.reminder.zone) {
            (true, true) => Transition::Ignore,
            (true, false) => Transition::Change(Box::new(next), vec![]),
            (false, _) => self.plan_first_call(next, due),
        }
    }

    /// Plans the first call of an occurrence again, for another due.
    fn plan_first_call(&self, mut next: Reminder, due: Timestamp) -> Transition {
        next.due = due;
        next.generation += 1;
        next.life = waiting(1, due, None, self.now, self.policy);
        let wake = wake(&next, due);
        Transition::Change(Box::new(next), vec![Effect::SendWakeUp(wake)])
    }

    /// Cancels this occurrence. A series goes on.
    pub(super) fn skip(&self) -> Transition {
        self.end(End::Cancelled, self.live_claim(), self.cancel_live_call())
    }

    /// The next due of a series. `None` for a one-off, and for a series whose number the carrier refuses to call.
    fn next_due(&self) -> Option<Timestamp> {
        let refused = matches!(self.reminder.state(), Some(State::Texting { why: TextReason::NumberRefused, .. }));
        let rule = self.reminder.rule.as_ref().filter(|_| !refused)?;
        rule.next_after(self.reminder.due.max(self.now), self.reminder.zone.rules())
    }

    /// Changes the state alone, with the deadline of the new state.
    pub(super) fn change(&self, state: State, deadline: Timestamp, effects: Vec<Effect>) -> Transition {
        let mut next = self.reminder.clone();
        next.life = Lifecycle::Live { state, deadline, recoveries: 0 };
        Transition::Change(Box::new(next), effects)
    }

    /// Returns the record with the claim of a call that is over now, if there is one.
    fn with_last_claim(&self, ended_claim: Option<&ClaimId>) -> Reminder {
        let mut next = self.reminder.clone();
        if let Some(claim) = ended_claim {
            next.last_claim = Some(claim.clone());
        }
        next
    }
}
