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

mod gate;
mod steps;

use jiff::Timestamp;

pub use gate::{Speech, speech};

use crate::event::{Effect, Event, Report, Wake};
use crate::guard;
use crate::ids::{CallId, ClaimId};
use crate::line::Slot;
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

impl Reaction {
    /// What it is called in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Change(..) => "changed",
            Self::Act(_) => "acted",
            Self::Ignore => "ignored",
        }
    }
}

/// What `event` at `now` means for `reminder`. The version and mark of a changed record are the writer's to set.
pub fn react(reminder: &Reminder, event: &Event, now: Timestamp, policy: &Policy) -> Reaction {
    let step = Step { reminder, now, policy };
    let Life::Live { state, deadline, nudges } = &reminder.life else {
        return step.after_the_end(event);
    };
    match event {
        Event::DeadlinePassed if !guard::is_overdue(*deadline, now) => return Reaction::Ignore,
        Event::Rescheduled { due, source } => return step.reschedule(state, *due, *source),
        Event::ZoneCorrected { zone, due } => return step.correct_zone(state, zone, *due),
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
        State::Texting { why, tries, since, slot } => {
            let texting = Texting { why: *why, tries: *tries, since: *since, slot: slot.as_ref() };
            step.texting(event, texting, *deadline)
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
struct Texting<'a> {
    why: Why,
    tries: u8,
    since: Timestamp,
    slot: Option<&'a Slot>,
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
            Event::Woken { generation, .. }
            | Event::Paced { generation, .. }
            | Event::PutOff { generation, .. }
            | Event::Crowded { generation }
                if !guard::is_planned(self.reminder, *generation) || !guard::is_time(wake_at, self.now) =>
            {
                Reaction::Ignore
            }
            Event::Woken { .. } if !guard::has_patience(self.reminder, self.policy, self.now) => {
                self.text(Why::TooLate, None)
            }
            Event::Woken { claim, .. } => {
                let state = State::Dialing { attempt, claim: claim.clone() };
                self.change(state, self.policy.dialing_deadline(self.now), vec![])
            }
            Event::Paced { slot: Slot { at, .. }, .. } | Event::PutOff { until: at, .. }
                if !guard::has_patience(self.reminder, self.policy, *at) =>
            {
                self.text(Why::TooLate, None)
            }
            Event::Paced { slot, .. } => self.plan(attempt, slot.at, Some(slot.clone()), None),
            Event::PutOff { until, .. } => self.plan(attempt, *until, None, None),
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

    fn texting(&self, event: &Event, texting: Texting, deadline: Timestamp) -> Reaction {
        let Texting { why, tries, since, slot: held } = texting;
        match event {
            Event::DeadlinePassed if guard::may_text_again(tries, since, self.policy, self.now) => {
                let wait = self.policy.text_deadline(u32::from(tries + 1), self.now);
                // The slot is for this try alone.
                let tried = Texting { tries: tries + 1, slot: None, ..texting };
                self.try_text(tried, wait, vec![Effect::SendText(held.cloned())])
            }
            Event::DeadlinePassed => self.end(End::Failed, None, vec![Effect::RaiseAlarm]),
            Event::TextAccepted { generation }
            | Event::TextRefusedForNow { generation, .. }
            | Event::TextPaced { generation, .. }
            | Event::TextRefusedForGood { generation }
                if !guard::is_planned(self.reminder, *generation) =>
            {
                Reaction::Ignore
            }
            Event::TextAccepted { .. } => self.end(why.end(), None, vec![]),
            Event::TextRefusedForGood { .. } => self.fail_for_good(),
            Event::TextRefusedForNow { retry_at, .. } => {
                let taken_back = Texting { tries: tries.saturating_sub(1), slot: None, ..texting };
                self.try_text(taken_back, *retry_at, vec![])
            }
            Event::TextPaced { slot, .. } => {
                let taken_back = Texting { tries: tries.saturating_sub(1), slot: Some(slot), ..texting };
                self.try_text(taken_back, slot.at, vec![])
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
}

/// A life that waits for `wake_at`. A near wake-up is sent at once, so its deadline is about its arrival; a far one is
/// confirmed when it was sent.
pub fn waiting(attempt: u8, wake_at: Timestamp, slot: Option<Slot>, now: Timestamp, policy: &Policy) -> Life {
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

#[cfg(test)]
mod tests;
