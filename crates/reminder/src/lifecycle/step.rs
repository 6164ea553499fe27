//! The steps that the states share: the changed record, and what follows from the change.

use jiff::Timestamp;

use super::plan::{waiting, wake};
use crate::channel::Slot;
use crate::event::{Effect, Report};
use crate::ids::{CallId, ClaimId};
use crate::policy::{self, Policy};
use crate::record::{DueSource, End, Lifecycle, Pickup, Reminder, State, TextReason, Zone};

/// What an event means for a reminder.
#[derive(Debug, Clone, PartialEq)]
pub enum Transition {
    /// The record changes; the effects follow once the change is written.
    Change(Box<Reminder>, Vec<Effect>),
    /// The record stays; something is to be done all the same.
    Act(Vec<Effect>),
    /// Nothing: the event is stale, or has been seen before.
    Ignore,
}

impl Transition {
    /// What it is called in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Change(..) => "changed",
            Self::Act(_) => "acted",
            Self::Ignore => "ignored",
        }
    }
}

/// One event that is applied to a reminder: what each row of a state's table needs.
pub(super) struct Step<'a> {
    pub(super) reminder: &'a Reminder,
    pub(super) now: Timestamp,
    pub(super) policy: &'a Policy,
}

impl Step<'_> {
    /// Whether the record holds this claim.
    pub(super) fn holds(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(|state| state.holds(claim))
    }

    /// Whether the reminder may still be rung at `at`.
    pub(super) fn is_within_max_lateness(&self, at: Timestamp) -> bool {
        self.reminder.is_within_max_lateness(self.policy, at)
    }

    fn live_claim(&self) -> Option<&ClaimId> {
        self.reminder.state().and_then(State::claim)
    }

    /// The call under way, if the carrier has named it, is not to go on.
    fn hang_up(&self) -> Vec<Effect> {
        self.reminder.state().and_then(State::call).cloned().map(Effect::CancelCall).into_iter().collect()
    }

    /// The carrier accepted a call whose claim the record does not hold (any more). One that moved on by its own
    /// callbacks is known and needs nothing; any other has no right to ring. `Heard` is no such sign: its person may have
    /// said "done" while the carrier was still being asked, and would be rung for a goodbye.
    pub(super) fn unheld(&self, claim: &ClaimId, call: &CallId) -> Transition {
        let over = matches!(
            &self.reminder.life,
            Lifecycle::Ended { end: End::Unconfirmed, .. }
                | Lifecycle::Live {
                    state: State::Texting { why: TextReason::Unconfirmed | TextReason::Unanswered, .. },
                    ..
                }
        );
        if over && self.reminder.held_last(claim) {
            return Transition::Ignore;
        }
        Transition::Act(vec![Effect::CancelCall(call.clone())])
    }

    /// A callback of a call whose claim the record does not hold: a call that has no right to go on.
    pub(super) fn stray(&self, claim: &ClaimId, call: &CallId, report: Report) -> Transition {
        match report {
            Report::Initiated => self.unheld(claim, call),
            // What is said to whoever picked up is goodbye; a call that is over can't be cancelled.
            Report::PickedUp | Report::Completed | Report::NotReached => Transition::Ignore,
        }
    }

    pub(super) fn ring(&self, attempt: u8, claim: &ClaimId, call: &CallId, pickup: Pickup) -> Transition {
        let state = State::Ringing { attempt, claim: claim.clone(), call: call.clone(), pickup };
        self.change(state, self.policy.ringing_deadline(self.now), vec![])
    }

    /// Plans another call, unless it would come too late.
    pub(super) fn wait_or_text(&self, attempt: u8, wake_at: Timestamp, claim: &ClaimId, why: TextReason) -> Transition {
        if self.is_within_max_lateness(wake_at) {
            self.plan(attempt, wake_at, None, Some(claim))
        } else {
            self.text(why, Some(claim))
        }
    }

    /// An intended delay: a new generation, and its wake-up.
    pub(super) fn plan(
        &self,
        attempt: u8,
        wake_at: Timestamp,
        slot: Option<Slot>,
        over: Option<&ClaimId>,
    ) -> Transition {
        let mut next = self.without(over);
        next.generation += 1;
        next.life = waiting(attempt, wake_at, slot, self.now, self.policy);
        let wake = wake(&next, wake_at);
        Transition::Change(Box::new(next), vec![Effect::SendWakeUp(wake)])
    }

    /// A text in the place of a call: the first try stands in the same write.
    pub(super) fn text(&self, why: TextReason, over: Option<&ClaimId>) -> Transition {
        let mut next = self.without(over);
        let state = State::Texting { why, tries: 1, since: self.now, slot: None };
        next.life = Lifecycle::Live { state, deadline: self.policy.text_deadline(1, self.now), recoveries: 0 };
        Transition::Change(Box::new(next), vec![Effect::SendText(None)])
    }

    /// A text after a pause, for the key that the end of the call may have overtaken.
    pub(super) fn text_later(&self, why: TextReason, over: &ClaimId) -> Transition {
        let mut next = self.without(Some(over));
        let state = State::Texting { why, tries: 0, since: self.now, slot: None };
        next.life = Lifecycle::Live { state, deadline: self.policy.unconfirmed_deadline(self.now), recoveries: 0 };
        Transition::Change(Box::new(next), vec![])
    }

    /// Somebody picked up a call that was taken for over. Nothing rings after that; what is heard is the reminder, and
    /// the text waits until the call can be over.
    pub(super) fn talk(&self, since: Timestamp, deadline: Timestamp) -> Transition {
        let state = State::Texting { why: TextReason::Unconfirmed, tries: 0, since, slot: None };
        let talked = policy::after(self.now, self.policy.times().talk_s);
        self.change(state, talked.max(deadline), vec![])
    }

    pub(super) fn recover(&self, deadline: Timestamp, recoveries: u32, effects: Vec<Effect>) -> Transition {
        let mut next = self.reminder.clone();
        if let Lifecycle::Live { deadline: old, recoveries: count, .. } = &mut next.life {
            (*old, *count) = (deadline, recoveries + 1);
        }
        Transition::Change(Box::new(next), effects)
    }

    /// The occurrence is over. A series goes on with its first occurrence that still lies ahead.
    pub(super) fn end(&self, end: End, over: Option<&ClaimId>, mut effects: Vec<Effect>) -> Transition {
        let mut next = self.without(over);
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

    /// Its person is done with this occurrence, whose phone has rung or may ring.
    pub(super) fn settle(&self) -> Transition {
        if self.reminder.state().is_some_and(State::has_begun) {
            self.end(End::Heard, self.live_claim(), self.hang_up())
        } else {
            Transition::Ignore
        }
    }

    /// The whole reminder is over, a series too.
    pub(super) fn cancel(&self) -> Transition {
        let mut next = self.without(self.live_claim());
        next.life = Lifecycle::Ended { end: End::Cancelled, at: self.now };
        Transition::Change(Box::new(next), self.hang_up())
    }

    /// Its person left: what was made before is over.
    pub(super) fn leave(&self, epoch: u32) -> Transition {
        if self.reminder.is_wanted(epoch) { Transition::Ignore } else { self.cancel() }
    }

    /// Another due for a one-off whose phone has not rung; anything else is passed over and a new one made.
    pub(super) fn reschedule(&self, due: Timestamp, source: DueSource) -> Transition {
        if !self.reminder.state().is_some_and(|state| self.reminder.moves_in_place(state)) {
            return Transition::Ignore;
        }
        let mut next = self.reminder.clone();
        next.due_source = source;
        self.plan_first_call(next, due)
    }

    /// The zone off whose clock its due was read was guessed wrongly. An occurrence whose phone has rung stays as it is;
    /// after it a series goes on in the new zone, and so does one that is due at the same instant there.
    pub(super) fn correct_zone(&self, zone: &Zone, due: Timestamp) -> Transition {
        let has_begun = self.reminder.state().is_some_and(State::has_begun);
        if !self.reminder.is_off_guessed_clock() || has_begun && self.reminder.rule.is_none() {
            return Transition::Ignore;
        }
        let next = Reminder { zone: zone.clone(), due_source: DueSource::Fixed, ..self.reminder.clone() };
        if has_begun || due == self.reminder.due {
            return Transition::Change(Box::new(next), vec![]);
        }
        self.plan_first_call(next, due)
    }

    /// Plans the first call of an occurrence anew.
    fn plan_first_call(&self, mut next: Reminder, due: Timestamp) -> Transition {
        next.due = due;
        next.generation += 1;
        next.life = waiting(1, due, None, self.now, self.policy);
        let wake = wake(&next, due);
        Transition::Change(Box::new(next), vec![Effect::SendWakeUp(wake)])
    }

    /// This occurrence is cancelled; a series goes on.
    pub(super) fn skip(&self) -> Transition {
        self.end(End::Cancelled, self.live_claim(), self.hang_up())
    }

    fn next_due(&self) -> Option<Timestamp> {
        let refused = matches!(self.reminder.state(), Some(State::Texting { why: TextReason::NumberRefused, .. }));
        let rule = self.reminder.rule.as_ref().filter(|_| !refused)?;
        rule.next_after(self.reminder.due.max(self.now), self.reminder.zone.rules())
    }

    pub(super) fn change(&self, state: State, deadline: Timestamp, effects: Vec<Effect>) -> Transition {
        let mut next = self.reminder.clone();
        next.life = Lifecycle::Live { state, deadline, recoveries: 0 };
        Transition::Change(Box::new(next), effects)
    }

    /// The record with `over` as the claim of its last call.
    fn without(&self, over: Option<&ClaimId>) -> Reminder {
        let mut next = self.reminder.clone();
        if let Some(claim) = over {
            next.last_claim = Some(claim.clone());
        }
        next
    }
}
