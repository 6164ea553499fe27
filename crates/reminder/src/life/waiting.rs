//! What each event means for a reminder that waits for its wake-up.

use jiff::Timestamp;

use super::plan::wake;
use super::step::{Reaction, Step};
use crate::event::{Effect, Event, Report};
use crate::ids::ClaimId;
use crate::line::Slot;
use crate::policy::NUDGES;
use crate::record::{End, Life, State, Why};

/// How far a reminder that waits has come.
pub(super) struct Waiting {
    pub(super) attempt: u8,
    pub(super) wake_at: Timestamp,
    pub(super) deadline: Timestamp,
    pub(super) nudges: u32,
}

impl Step<'_> {
    pub(super) fn waiting(&self, event: &Event, waiting: &Waiting) -> Reaction {
        let Waiting { attempt, wake_at, .. } = *waiting;
        match event {
            Event::WakeSent { generation } => self.confirm(*generation, waiting),
            Event::Woken { generation, .. }
            | Event::Paced { generation, .. }
            | Event::Crowded { generation }
            | Event::PutOff { generation, .. }
                if !self.reminder.is_planned(*generation) || !is_time(wake_at, self.now) =>
            {
                Reaction::Ignore
            }
            Event::Woken { .. } if !self.has_patience(self.now) => self.text(Why::TooLate, None),
            Event::Woken { claim, .. } => {
                let state = State::Dialing { attempt, claim: claim.clone() };
                self.change(state, self.policy.dialing_deadline(self.now), vec![])
            }
            Event::Paced { slot: Slot { at, .. }, .. } | Event::PutOff { until: at, .. } if !self.has_patience(*at) => {
                self.text(Why::TooLate, None)
            }
            Event::Paced { slot, .. } => self.plan(attempt, slot.at, Some(slot.clone()), None),
            Event::PutOff { until, .. } => self.plan(attempt, *until, None, None),
            Event::Crowded { .. } => self.text(Why::TooLate, None),

            Event::CallReported { claim, report: Report::PickedUp, .. } if self.held_just_now(claim) => {
                self.talk(self.now, self.now)
            }
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            Event::KeyPressed { claim } if self.held_just_now(claim) => self.end(End::Heard, None, vec![]),
            Event::Accepted { call, .. } => Reaction::Act(vec![Effect::CancelCall(call.clone())]),

            Event::DeadlinePassed => self.nudge_waiting(waiting),

            Event::Settled => self.settle(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::PassedOver => self.pass_over(),
            Event::Left { epoch } => self.leave(*epoch),

            Event::KeyPressed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextPaced { .. }
            | Event::TextRefusedForGood { .. } => Reaction::Ignore,
        }
    }

    /// Whether it is the claim of a call of this occurrence that is over: before the second one, the last call was the
    /// previous occurrence's.
    fn held_just_now(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(State::has_begun) && self.reminder.held_last(claim)
    }

    /// A far wake-up is on its way: from now on the deadline is about it.
    fn confirm(&self, generation: u32, &Waiting { wake_at, deadline, .. }: &Waiting) -> Reaction {
        let woken = self.policy.woken_deadline(wake_at);
        if !self.reminder.is_planned(generation) || deadline == woken || is_time(wake_at, self.now) {
            return Reaction::Ignore;
        }
        let mut next = self.reminder.clone();
        if let Life::Live { deadline, .. } = &mut next.life {
            *deadline = woken;
        }
        Reaction::Change(Box::new(next), vec![])
    }

    fn nudge_waiting(&self, &Waiting { wake_at, deadline, nudges, .. }: &Waiting) -> Reaction {
        let wake = vec![Effect::SendWake(wake(self.reminder, wake_at))];
        if !is_time(wake_at, self.now) {
            return self.nudge(self.policy.early_nudge_deadline(nudges, wake_at, self.now), nudges, wake);
        }
        // What was nudged before `wake_at` does not count: the deadline was still about the wake-up's own arrival.
        let counted = if deadline <= self.policy.woken_deadline(wake_at) { 0 } else { nudges };
        if self.has_patience(self.now) && counted < NUDGES {
            self.nudge(self.policy.nudge_deadline(counted, self.now), counted, wake)
        } else {
            self.text(Why::TooLate, None)
        }
    }
}

/// Nothing rings before its moment.
// guard: is_time
pub fn is_time(wake_at: Timestamp, now: Timestamp) -> bool {
    wake_at <= now
}
