//! The life of a reminder: one function from what is (the record) and what was learnt (the event) to what is next.
//!
//! ```text
//!            woken, claim                accepted                  key
//! Waiting ─────────────────▶ Dialing ────────────────▶ Ringing ──────────▶ Heard
//!   ▲  ▲  refused for now       │ refused for good        │ not reached, attempts left: Waiting
//!   │  └────────────────────────┤ deadline: unknown       │ no key, none left, too late
//!   │                           ▼                         ▼
//!   └── next occurrence ◀──── Texting ◀───────────────────┘ ──▶ Unconfirmed · Missed · Failed
//! ```

use jiff::Timestamp;

use crate::event::{Effect, Event, Report, Wake};
use crate::guard;
use crate::ids::{CallId, ClaimId};
use crate::policy::{self, NUDGES, Policy, Route};
use crate::record::{End, Life, Pickup, Reminder, State, Why};

/// What an event means for a reminder.
#[derive(Debug, Clone, PartialEq)]
pub enum Reaction {
    /// The record changes; the effects follow once the change is written.
    Change(Box<Reminder>, Vec<Effect>),
    /// The record stays; something is to be done all the same.
    Act(Vec<Effect>),
    /// Nothing: the event is stale, or has been seen before.
    Ignore,
}

/// What `event` at `now` means for `reminder`. The version and mark of a changed record are the writer's to set.
pub fn react(reminder: &Reminder, event: &Event, now: Timestamp, policy: &Policy) -> Reaction {
    let step = Step { reminder, now, policy };
    let Life::Live { state, deadline, nudges } = &reminder.life else {
        return step.after_the_end(event);
    };
    match event {
        Event::DeadlinePassed if !guard::is_overdue(*deadline, now) => return Reaction::Ignore,
        Event::Rescheduled { due } => return step.reschedule(state, *due),
        Event::Deleted => return step.cancel(state),
        Event::PassedOver => return step.pass_over(state),
        Event::Left { epoch } if guard::is_wanted(reminder, *epoch) => return Reaction::Ignore,
        Event::Left { .. } => return step.cancel(state),
        Event::Settled if !guard::has_begun(state) => return Reaction::Ignore,
        Event::Settled => return step.end(End::Heard, state.claim(), hang_up(state)),
        _ => {}
    }
    match state {
        State::Waiting { attempt, wake_at, .. } => step.waiting(event, *attempt, *wake_at, *deadline, *nudges),
        State::Dialing { attempt, claim } => step.dialing(event, *attempt, claim),
        State::Ringing { attempt, claim, call, pickup } => {
            step.ringing(event, &Ringing { attempt: *attempt, claim, call, pickup: *pickup }, *deadline, *nudges)
        }
        State::Texting { why, tries, since } => {
            step.texting(event, Texting { why: *why, tries: *tries, since: *since }, *deadline, *nudges)
        }
    }
}

/// The call under way, if the carrier has named it, is not to go on.
fn hang_up(state: &State) -> Vec<Effect> {
    state.call().cloned().map(Effect::CancelCall).into_iter().collect()
}

struct Ringing<'a> {
    attempt: u8,
    claim: &'a ClaimId,
    call: &'a CallId,
    pickup: Pickup,
}

#[derive(Clone, Copy)]
struct Texting {
    why: Why,
    tries: u8,
    since: Timestamp,
}

/// What every arm needs.
struct Step<'a> {
    reminder: &'a Reminder,
    now: Timestamp,
    policy: &'a Policy,
}

impl Step<'_> {
    fn holds(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(|state| guard::holds(state, claim))
    }

    /// Whether it is the claim of a call of this occurrence that is over: before the second one, the last call was the
    /// previous occurrence's.
    fn held_just_now(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(guard::has_begun) && guard::held_last(self.reminder, claim)
    }

    fn waiting(&self, event: &Event, attempt: u8, wake_at: Timestamp, deadline: Timestamp, nudges: u32) -> Reaction {
        match event {
            Event::WakeSent { generation } => self.confirm(*generation, wake_at, deadline),
            Event::Woken { generation, .. } | Event::Paced { generation, .. } | Event::Crowded { generation }
                if !guard::is_planned(self.reminder, *generation) || !guard::is_time(wake_at, self.now) =>
            {
                Reaction::Ignore
            }
            Event::Woken { .. } | Event::Paced { .. } if !guard::has_patience(self.reminder, self.policy, self.now) => {
                self.text(Why::TooLate, None)
            }
            Event::Woken { claim, .. } => {
                let state = State::Dialing { attempt, claim: claim.clone() };
                self.change(state, self.policy.dialing_deadline(self.now), vec![])
            }
            Event::Paced { slot, .. } => self.plan(attempt, *slot, Some(*slot), None),
            Event::Crowded { .. } => self.text(Why::TooLate, None),
            Event::DeadlinePassed => self.nudge_waiting(wake_at, deadline, nudges),
            Event::Accepted { call, .. } => Reaction::Act(vec![Effect::CancelCall(call.clone())]),
            Event::KeyPressed { claim } if self.held_just_now(claim) => self.end(End::Heard, None, vec![]),
            Event::CallReported { claim, report: Report::PickedUp, .. } if self.held_just_now(claim) => {
                self.talk(self.now, self.now)
            }
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            _ => Reaction::Ignore,
        }
    }

    fn dialing(&self, event: &Event, attempt: u8, claim: &ClaimId) -> Reaction {
        match event {
            Event::Accepted { claim: theirs, call } if self.holds(theirs) => {
                self.ring(attempt, claim, call, Pickup::Unseen)
            }
            Event::Accepted { claim: theirs, call } => self.unheld(theirs, call),
            Event::RefusedForNow { claim: theirs, retry_at } if self.holds(theirs) => {
                self.wait_or_text(attempt, *retry_at, claim, Why::TooLate)
            }
            Event::RefusedForGood { claim: theirs } if self.holds(theirs) => self.text(Why::NumberRefused, Some(claim)),
            Event::CallReported { claim: theirs, call, report } if self.holds(theirs) => {
                let ringing = Ringing { attempt, claim, call, pickup: Pickup::Unseen };
                match report {
                    Report::Initiated => self.ring(attempt, claim, call, Pickup::Unseen),
                    Report::PickedUp => self.ring(attempt, claim, call, Pickup::Seen),
                    Report::Completed | Report::NotReached => self.over(&ringing, *report),
                }
            }
            Event::CallReported { claim: theirs, call, report } => self.stray(theirs, call, *report),
            Event::KeyPressed { claim: theirs } if self.holds(theirs) => self.end(End::Heard, Some(claim), vec![]),
            Event::DeadlinePassed => self.text(Why::Unknown, Some(claim)),
            _ => Reaction::Ignore,
        }
    }

    fn ringing(&self, event: &Event, ringing: &Ringing, deadline: Timestamp, nudges: u32) -> Reaction {
        match event {
            Event::CallReported { claim, report, .. } if self.holds(claim) => match report {
                Report::Initiated => self.dialed(ringing, deadline),
                Report::PickedUp if guard::may_ring_again(ringing.pickup) => {
                    self.ring(ringing.attempt, ringing.claim, ringing.call, Pickup::Seen)
                }
                Report::PickedUp => Reaction::Ignore,
                Report::Completed | Report::NotReached => self.over(ringing, *report),
            },
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            Event::Accepted { claim, call } if !self.holds(claim) => self.unheld(claim, call),
            Event::KeyPressed { claim } if self.holds(claim) => self.end(End::Heard, Some(ringing.claim), vec![]),
            Event::DeadlinePassed if nudges < NUDGES => {
                let ask = Effect::AskCarrier { claim: ringing.claim.clone(), call: ringing.call.clone() };
                self.nudge(self.policy.nudge_deadline(nudges, self.now), nudges, vec![ask])
            }
            Event::DeadlinePassed => self.text(unseen_is_unknown(ringing.pickup), Some(ringing.claim)),
            _ => Reaction::Ignore,
        }
    }

    fn texting(&self, event: &Event, texting: Texting, deadline: Timestamp, nudges: u32) -> Reaction {
        let Texting { why, tries, since } = texting;
        match event {
            Event::DeadlinePassed if guard::may_text_again(tries, since, self.policy, self.now) => {
                let wait = self.policy.text_deadline(nudges.max(u32::from(tries + 1)), self.now);
                self.try_text(Texting { tries: tries + 1, ..texting }, wait, nudges, vec![Effect::SendText])
            }
            Event::DeadlinePassed => self.end(End::Failed, None, vec![Effect::RaiseAlarm]),
            Event::TextAccepted { generation }
            | Event::TextRefusedForNow { generation }
            | Event::TextRefusedForGood { generation }
                if !guard::is_planned(self.reminder, *generation) =>
            {
                Reaction::Ignore
            }
            Event::TextAccepted { .. } => self.end(why.end(), None, vec![]),
            Event::TextRefusedForGood { .. } => self.fail_for_good(),
            Event::TextRefusedForNow { .. } => {
                let taken_back = Texting { tries: tries.saturating_sub(1), ..texting };
                self.try_text(taken_back, self.policy.text_deadline(nudges + 1, self.now), nudges + 1, vec![])
            }
            Event::KeyPressed { claim } if guard::held_last(self.reminder, claim) => self.end(End::Heard, None, vec![]),
            Event::CallReported { claim, report: Report::PickedUp, .. }
                if guard::held_last(self.reminder, claim) && guard::is_untexted(tries) =>
            {
                self.talk(since, deadline)
            }
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            Event::Accepted { claim, call } => self.unheld(claim, call),
            _ => Reaction::Ignore,
        }
    }

    fn after_the_end(&self, event: &Event) -> Reaction {
        match event {
            Event::Accepted { claim, call } => self.unheld(claim, call),
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            _ => Reaction::Ignore,
        }
    }

    /// The carrier accepted a call whose claim the record does not hold (any more). One that moved on by its own
    /// callbacks is known and needs nothing; any other has no right to ring. `Heard` is no such sign: its person may have
    /// said "done" while the carrier was still being asked, and would be rung for a goodbye.
    fn unheld(&self, claim: &ClaimId, call: &CallId) -> Reaction {
        let over = matches!(
            &self.reminder.life,
            Life::Ended { end: End::Unconfirmed, .. }
                | Life::Live { state: State::Texting { why: Why::Unconfirmed | Why::Unanswered, .. }, .. }
        );
        if over && guard::held_last(self.reminder, claim) {
            return Reaction::Ignore;
        }
        Reaction::Act(vec![Effect::CancelCall(call.clone())])
    }

    /// A callback of a call whose claim the record does not hold: a call that has no right to go on.
    fn stray(&self, claim: &ClaimId, call: &CallId, report: Report) -> Reaction {
        match report {
            Report::Initiated => self.unheld(claim, call),
            // What is said to whoever picked up is goodbye; a call that is over can't be cancelled.
            Report::PickedUp | Report::Completed | Report::NotReached => Reaction::Ignore,
        }
    }

    /// A far wake-up is on its way: from now on the deadline is about it.
    fn confirm(&self, generation: u32, wake_at: Timestamp, deadline: Timestamp) -> Reaction {
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
    fn dialed(&self, ringing: &Ringing, deadline: Timestamp) -> Reaction {
        let moved = self.policy.ringing_deadline(self.now).duration_since(deadline).as_secs();
        if moved <= policy::DEADLINE_SLACK_S {
            return Reaction::Ignore;
        }
        self.ring(ringing.attempt, ringing.claim, ringing.call, ringing.pickup)
    }

    fn ring(&self, attempt: u8, claim: &ClaimId, call: &CallId, pickup: Pickup) -> Reaction {
        let state = State::Ringing { attempt, claim: claim.clone(), call: call.clone(), pickup };
        self.change(state, self.policy.ringing_deadline(self.now), vec![])
    }

    /// A call is certainly over, without a key.
    fn over(&self, ringing: &Ringing, report: Report) -> Reaction {
        if report == Report::Completed || !guard::may_ring_again(ringing.pickup) {
            return self.text_later(Why::Unconfirmed, ringing.claim);
        }
        match self.policy.next_attempt(ringing.attempt, self.now) {
            Some(again_at) => self.wait_or_text(ringing.attempt + 1, again_at, ringing.claim, Why::Unanswered),
            None => self.text(Why::Unanswered, Some(ringing.claim)),
        }
    }

    /// Plans another call, unless it would come too late.
    fn wait_or_text(&self, attempt: u8, wake_at: Timestamp, claim: &ClaimId, why: Why) -> Reaction {
        if guard::has_patience(self.reminder, self.policy, wake_at) {
            self.plan(attempt, wake_at, None, Some(claim))
        } else {
            self.text(why, Some(claim))
        }
    }

    /// An intended delay: a new generation, and its wake-up.
    fn plan(&self, attempt: u8, wake_at: Timestamp, slot: Option<Timestamp>, over: Option<&ClaimId>) -> Reaction {
        let mut next = self.without(over);
        next.generation += 1;
        next.life = waiting(attempt, wake_at, slot, self.now, self.policy);
        let wake = wake(&next, wake_at);
        Reaction::Change(Box::new(next), vec![Effect::SendWake(wake)])
    }

    /// A text in the place of a call: the first try stands in the same write.
    fn text(&self, why: Why, over: Option<&ClaimId>) -> Reaction {
        let mut next = self.without(over);
        let state = State::Texting { why, tries: 1, since: self.now };
        next.life = Life::Live { state, deadline: self.policy.text_deadline(1, self.now), nudges: 0 };
        Reaction::Change(Box::new(next), vec![Effect::SendText])
    }

    /// Counts a text's try, before it is sent or when it certainly was not; the longer the carrier refuses, the longer
    /// the wait.
    fn try_text(&self, texting: Texting, deadline: Timestamp, nudges: u32, effects: Vec<Effect>) -> Reaction {
        let mut next = self.reminder.clone();
        let state = State::Texting { why: texting.why, tries: texting.tries, since: texting.since };
        next.life = Life::Live { state, deadline, nudges };
        Reaction::Change(Box::new(next), effects)
    }

    /// A text after a pause, for the key that the end of the call may have overtaken.
    fn text_later(&self, why: Why, over: &ClaimId) -> Reaction {
        let mut next = self.without(Some(over));
        let state = State::Texting { why, tries: 0, since: self.now };
        next.life = Life::Live { state, deadline: self.policy.unconfirmed_deadline(self.now), nudges: 0 };
        Reaction::Change(Box::new(next), vec![])
    }

    /// Somebody picked up a call that was taken for over. Nothing rings after that; what is heard is the reminder, and
    /// the text waits until the call can be over.
    fn talk(&self, since: Timestamp, deadline: Timestamp) -> Reaction {
        let state = State::Texting { why: Why::Unconfirmed, tries: 0, since };
        let talked = policy::after(self.now, self.policy.times().talk_s);
        self.change(state, talked.max(deadline), vec![])
    }

    fn nudge_waiting(&self, wake_at: Timestamp, deadline: Timestamp, nudges: u32) -> Reaction {
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

    fn nudge(&self, deadline: Timestamp, nudges: u32, effects: Vec<Effect>) -> Reaction {
        let mut next = self.reminder.clone();
        if let Life::Live { deadline: old, nudges: count, .. } = &mut next.life {
            (*old, *count) = (deadline, nudges + 1);
        }
        Reaction::Change(Box::new(next), effects)
    }

    /// The occurrence is over. A series goes on with its first occurrence that still lies ahead.
    fn end(&self, end: End, over: Option<&ClaimId>, mut effects: Vec<Effect>) -> Reaction {
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
    fn fail_for_good(&self) -> Reaction {
        let mut next = self.reminder.clone();
        next.life = Life::Ended { end: End::Failed, at: self.now };
        Reaction::Change(Box::new(next), vec![Effect::RaiseAlarm])
    }

    /// The whole reminder is over, a series too.
    fn cancel(&self, state: &State) -> Reaction {
        let mut next = self.without(state.claim());
        next.life = Life::Ended { end: End::Cancelled, at: self.now };
        Reaction::Change(Box::new(next), hang_up(state))
    }

    /// Another due for a one-off whose phone has not rung; anything else is passed over and a new one made.
    fn reschedule(&self, state: &State, due: Timestamp) -> Reaction {
        if !guard::moves_in_place(self.reminder, state) {
            return Reaction::Ignore;
        }
        let mut next = self.reminder.clone();
        next.due = due;
        next.generation += 1;
        next.life = waiting(1, due, None, self.now, self.policy);
        let wake = wake(&next, due);
        Reaction::Change(Box::new(next), vec![Effect::SendWake(wake)])
    }

    /// This occurrence is cancelled; a series goes on.
    fn pass_over(&self, state: &State) -> Reaction {
        self.end(End::Cancelled, state.claim(), hang_up(state))
    }

    fn next_due(&self) -> Option<Timestamp> {
        let refused = matches!(self.reminder.state(), Some(State::Texting { why: Why::NumberRefused, .. }));
        let rule = self.reminder.rule.as_ref().filter(|_| !refused)?;
        rule.next_after(self.reminder.due.max(self.now), self.reminder.zone.rules())
    }

    fn change(&self, state: State, deadline: Timestamp, effects: Vec<Effect>) -> Reaction {
        let mut next = self.reminder.clone();
        next.life = Life::Live { state, deadline, nudges: 0 };
        Reaction::Change(Box::new(next), effects)
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

/// A life that waits for `wake_at`. A near wake-up is sent at once, so its deadline is about its arrival; a far one is
/// confirmed when it was sent.
pub fn waiting(attempt: u8, wake_at: Timestamp, slot: Option<Timestamp>, now: Timestamp, policy: &Policy) -> Life {
    let deadline = match policy::route(now, wake_at) {
        Route::Queue { .. } => policy.woken_deadline(wake_at),
        Route::Schedule { .. } => policy.unsent_deadline(now),
    };
    Life::Live { state: State::Waiting { attempt, wake_at, slot }, deadline, nudges: 0 }
}

/// The wake-up of a reminder's generation.
pub fn wake(reminder: &Reminder, wake_at: Timestamp) -> Wake {
    Wake { key: reminder.key.clone(), generation: reminder.generation, wake_at }
}

/// A call whose end nobody told us: picked up without a key if it was seen to be, otherwise unknown.
fn unseen_is_unknown(pickup: Pickup) -> Why {
    match pickup {
        Pickup::Seen => Why::Unconfirmed,
        Pickup::Unseen => Why::Unknown,
    }
}

/// What is said to whoever picks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// The reminder.
    Task,
    /// Goodbye, nothing more: the reminder is settled, deleted, planned anew, or has been texted.
    Goodbye,
}

/// What the call of `claim` says if it is answered now: the last gate.
pub fn speech(reminder: &Reminder, claim: &ClaimId) -> Speech {
    let speaks = match reminder.state() {
        Some(State::Texting { tries, .. }) => guard::held_last(reminder, claim) && guard::is_untexted(*tries),
        Some(state) => guard::holds(state, claim),
        None => false,
    };
    if speaks { Speech::Task } else { Speech::Goodbye }
}

#[cfg(test)]
mod tests;
