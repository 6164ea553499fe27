//! What comes next: the changed record, and what follows from the change.

use jiff::Timestamp;

use super::{Reaction, Ringing, Step, Texting, hang_up, waiting, wake};
use crate::event::{Effect, Report};
use crate::guard;
use crate::ids::{CallId, ClaimId};
use crate::line::Slot;
use crate::policy::{self, NUDGES};
use crate::record::{DueSource, End, Life, Pickup, Reminder, State, Why, Zone};

impl Step<'_> {
    /// A far wake-up is on its way: from now on the deadline is about it.
    pub(super) fn confirm(&self, generation: u32, wake_at: Timestamp, deadline: Timestamp) -> Reaction {
        let woken = self.policy.woken_deadline(wake_at);
        if !guard::is_planned(self.reminder, generation) || deadline == woken || guard::is_time(wake_at, self.now) {
            return Reaction::Ignore;
        }
        let mut next = self.reminder.clone();
        if let Life::Live { deadline, .. } = &mut next.life {
            *deadline = woken;
        }
        Reaction::Change(Box::new(next), vec![])
    }

    /// The carrier dials now: the time a call may take starts anew, written only where that moves the deadline enough.
    pub(super) fn dialed(&self, ringing: &Ringing, deadline: Timestamp) -> Reaction {
        let moved = self.policy.ringing_deadline(self.now).duration_since(deadline).as_secs();
        if moved <= policy::DEADLINE_SLACK_S {
            return Reaction::Ignore;
        }
        self.ring(ringing.attempt, ringing.claim, ringing.call, ringing.pickup)
    }

    pub(super) fn ring(&self, attempt: u8, claim: &ClaimId, call: &CallId, pickup: Pickup) -> Reaction {
        let state = State::Ringing { attempt, claim: claim.clone(), call: call.clone(), pickup };
        self.change(state, self.policy.ringing_deadline(self.now), vec![])
    }

    /// A call is certainly over, without a key.
    pub(super) fn over(&self, ringing: &Ringing, report: Report) -> Reaction {
        if report == Report::Completed || !guard::may_ring_again(ringing.pickup) {
            return self.text_later(Why::Unconfirmed, ringing.claim);
        }
        match self.policy.next_attempt(ringing.attempt, self.now) {
            Some(again_at) => self.wait_or_text(ringing.attempt + 1, again_at, ringing.claim, Why::Unanswered),
            None => self.text(Why::Unanswered, Some(ringing.claim)),
        }
    }

    /// Plans another call, unless it would come too late.
    pub(super) fn wait_or_text(&self, attempt: u8, wake_at: Timestamp, claim: &ClaimId, why: Why) -> Reaction {
        if guard::has_patience(self.reminder, self.policy, wake_at) {
            self.plan(attempt, wake_at, None, Some(claim))
        } else {
            self.text(why, Some(claim))
        }
    }

    /// An intended delay: a new generation, and its wake-up.
    pub(super) fn plan(&self, attempt: u8, wake_at: Timestamp, slot: Option<Slot>, over: Option<&ClaimId>) -> Reaction {
        let mut next = self.without(over);
        next.generation += 1;
        next.life = waiting(attempt, wake_at, slot, self.now, self.policy);
        let wake = wake(&next, wake_at);
        Reaction::Change(Box::new(next), vec![Effect::SendWake(wake)])
    }

    /// A text in the place of a call: the first try stands in the same write.
    pub(super) fn text(&self, why: Why, over: Option<&ClaimId>) -> Reaction {
        let mut next = self.without(over);
        let state = State::Texting { why, tries: 1, since: self.now, slot: None };
        next.life = Life::Live { state, deadline: self.policy.text_deadline(1, self.now), nudges: 0 };
        Reaction::Change(Box::new(next), vec![Effect::SendText(None)])
    }

    /// Counts a text's try before it is sent, or takes it back when it certainly was not.
    pub(super) fn try_text(&self, texting: Texting, deadline: Timestamp, effects: Vec<Effect>) -> Reaction {
        let Texting { why, tries, since, slot } = texting;
        self.change(State::Texting { why, tries, since, slot: slot.cloned() }, deadline, effects)
    }

    /// A text after a pause, for the key that the end of the call may have overtaken.
    pub(super) fn text_later(&self, why: Why, over: &ClaimId) -> Reaction {
        let mut next = self.without(Some(over));
        let state = State::Texting { why, tries: 0, since: self.now, slot: None };
        next.life = Life::Live { state, deadline: self.policy.unconfirmed_deadline(self.now), nudges: 0 };
        Reaction::Change(Box::new(next), vec![])
    }

    /// Somebody picked up a call that was taken for over. Nothing rings after that; what is heard is the reminder, and
    /// the text waits until the call can be over.
    pub(super) fn talk(&self, since: Timestamp, deadline: Timestamp) -> Reaction {
        let state = State::Texting { why: Why::Unconfirmed, tries: 0, since, slot: None };
        let talked = policy::after(self.now, self.policy.times().talk_s);
        self.change(state, talked.max(deadline), vec![])
    }

    pub(super) fn nudge_waiting(&self, wake_at: Timestamp, deadline: Timestamp, nudges: u32) -> Reaction {
        let wake = vec![Effect::SendWake(wake(self.reminder, wake_at))];
        if !guard::is_time(wake_at, self.now) {
            return self.nudge(self.policy.early_nudge_deadline(nudges, wake_at, self.now), nudges, wake);
        }
        // What was nudged before `wake_at` does not count: the deadline was still about the wake-up's own arrival.
        let counted = if deadline <= self.policy.woken_deadline(wake_at) { 0 } else { nudges };
        if guard::has_patience(self.reminder, self.policy, self.now) && counted < NUDGES {
            self.nudge(self.policy.nudge_deadline(counted, self.now), counted, wake)
        } else {
            self.text(Why::TooLate, None)
        }
    }

    pub(super) fn nudge(&self, deadline: Timestamp, nudges: u32, effects: Vec<Effect>) -> Reaction {
        let mut next = self.reminder.clone();
        if let Life::Live { deadline: old, nudges: count, .. } = &mut next.life {
            (*old, *count) = (deadline, nudges + 1);
        }
        Reaction::Change(Box::new(next), effects)
    }

    /// The occurrence is over. A series goes on with its first occurrence that still lies ahead.
    pub(super) fn end(&self, end: End, over: Option<&ClaimId>, mut effects: Vec<Effect>) -> Reaction {
        let mut next = self.without(over);
        match self.next_due() {
            Some(due) => {
                next.generation += 1;
                next.due = due;
                next.last_end_at = if end == End::Cancelled { next.last_end_at } else { Some(self.now) };
                next.life = waiting(1, due, None, self.now, self.policy);
                effects.push(Effect::SendWake(wake(&next, due)));
            }
            None => next.life = Life::Ended { end, at: self.now },
        }
        Reaction::Change(Box::new(next), effects)
    }

    /// The number itself is refused: a series would only fail again.
    pub(super) fn fail_for_good(&self) -> Reaction {
        let mut next = self.reminder.clone();
        next.life = Life::Ended { end: End::Failed, at: self.now };
        Reaction::Change(Box::new(next), vec![Effect::RaiseAlarm])
    }

    /// The whole reminder is over, a series too.
    pub(super) fn cancel(&self, state: &State) -> Reaction {
        let mut next = self.without(state.claim());
        next.life = Life::Ended { end: End::Cancelled, at: self.now };
        Reaction::Change(Box::new(next), hang_up(state))
    }

    /// Another due for a one-off whose phone has not rung; anything else is passed over and a new one made.
    pub(super) fn reschedule(&self, state: &State, due: Timestamp, source: DueSource) -> Reaction {
        if !guard::moves_in_place(self.reminder, state) {
            return Reaction::Ignore;
        }
        let mut next = self.reminder.clone();
        next.due_source = source;
        self.plan_first_call(next, due)
    }

    /// The zone off whose clock its due was read was guessed wrongly. An occurrence whose phone has rung stays as it is;
    /// after it a series goes on in the new zone, and so does one that is due at the same instant there.
    pub(super) fn correct_zone(&self, state: &State, zone: &Zone, due: Timestamp) -> Reaction {
        let has_begun = guard::has_begun(state);
        if !guard::is_off_guessed_clock(self.reminder) || has_begun && self.reminder.rule.is_none() {
            return Reaction::Ignore;
        }
        let next = Reminder { zone: zone.clone(), due_source: DueSource::Fixed, ..self.reminder.clone() };
        if has_begun || due == self.reminder.due {
            return Reaction::Change(Box::new(next), vec![]);
        }
        self.plan_first_call(next, due)
    }

    /// Plans the first call of an occurrence anew.
    fn plan_first_call(&self, mut next: Reminder, due: Timestamp) -> Reaction {
        next.due = due;
        next.generation += 1;
        next.life = waiting(1, due, None, self.now, self.policy);
        let wake = wake(&next, due);
        Reaction::Change(Box::new(next), vec![Effect::SendWake(wake)])
    }

    /// This occurrence is cancelled; a series goes on.
    pub(super) fn pass_over(&self, state: &State) -> Reaction {
        self.end(End::Cancelled, state.claim(), hang_up(state))
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let refused = matches!(self.reminder.state(), Some(State::Texting { why: Why::NumberRefused, .. }));
        let rule = self.reminder.rule.as_ref().filter(|_| !refused)?;
        rule.next_after(self.reminder.due.max(self.now), self.reminder.zone.rules())
    }

    pub(super) fn change(&self, state: State, deadline: Timestamp, effects: Vec<Effect>) -> Reaction {
        let mut next = self.reminder.clone();
        next.life = Life::Live { state, deadline, nudges: 0 };
        Reaction::Change(Box::new(next), effects)
    }

    /// The record with `over` as the claim of its last call.
    pub(super) fn without(&self, over: Option<&ClaimId>) -> Reminder {
        let mut next = self.reminder.clone();
        if let Some(claim) = over {
            next.last_claim = Some(claim.clone());
        }
        next
    }
}
