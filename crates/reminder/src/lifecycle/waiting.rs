//! The transitions of `Waiting`: the next call is planned, and its wake-up has not come.

use jiff::Timestamp;

use super::plan::{late_reason, wake};
use super::step::{Step, Transition};
use crate::channel::Slot;
use crate::event::{Effect, Event, Report};
use crate::ids::ClaimId;
use crate::policy::RECOVERIES_MAX;
use crate::record::{End, Lifecycle, State};

/// The plan of a reminder that waits.
pub(super) struct Waiting {
    pub(super) attempt: u8,
    pub(super) wake_at: Timestamp,
    pub(super) deadline: Timestamp,
    pub(super) recoveries: u32,
}

impl Step<'_> {
    pub(super) fn waiting(&self, event: &Event, waiting: &Waiting) -> Transition {
        let Waiting { attempt, wake_at, .. } = *waiting;
        match event {
            Event::WakeUpSent { generation } => self.confirm_wake_up(*generation, waiting),
            Event::Woken { generation, .. }
            | Event::SlotAssigned { generation, .. }
            | Event::NoSlotInTime { generation }
            | Event::Postponed { generation, .. }
                if !self.reminder.is_planned(*generation) || !is_time(wake_at, self.now) =>
            {
                Transition::Ignore
            }
            Event::Woken { .. } if !self.is_within_max_lateness(self.now) => self.text(late_reason(attempt), None),
            Event::Woken { claim, .. } => {
                let state = State::Dialing { attempt, claim: claim.clone() };
                self.change(state, self.policy.dialing_deadline(self.now), vec![])
            }
            Event::SlotAssigned { slot: Slot { at, .. }, .. } | Event::Postponed { until: at, .. }
                if !self.is_within_max_lateness(*at) =>
            {
                self.text(late_reason(attempt), None)
            }
            Event::SlotAssigned { slot, .. } => self.plan_call(attempt, slot.at, Some(slot.clone()), None),
            Event::Postponed { until, .. } => self.plan_call(attempt, *until, None, None),
            Event::NoSlotInTime { .. } => self.text(late_reason(attempt), None),

            Event::CallReported { claim, report: Report::PickedUp, .. } if self.is_last_claim_of_occurrence(claim) => {
                self.text_after_late_pickup(self.now, self.now)
            }
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::KeyPressed { claim } if self.is_last_claim_of_occurrence(claim) => {
                self.end(End::Heard, None, vec![])
            }
            Event::Accepted { call, .. } => Transition::Act(vec![Effect::CancelCall(call.clone())]),

            Event::DeadlinePassed => self.recover_waiting(waiting),

            Event::Acknowledged => self.acknowledge(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::SeriesReplanned { zone, due } => self.replan_series(zone, *due),
            Event::Skipped => self.skip(),
            Event::OptedOut { epoch } => self.opt_out(*epoch),

            Event::KeyPressed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextSlotAssigned { .. }
            | Event::TextRefusedForGood { .. } => Transition::Ignore,
        }
    }

    /// Whether it is the claim of this occurrence's last call. Before the occurrence has begun, the last call was one
    /// of the occurrence before.
    fn is_last_claim_of_occurrence(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(State::has_begun) && self.reminder.is_last_claim(claim)
    }

    /// A far wake-up was sent, so that the deadline is about its arrival from now on.
    fn confirm_wake_up(&self, generation: u32, &Waiting { wake_at, deadline, .. }: &Waiting) -> Transition {
        let woken = self.policy.woken_deadline(wake_at);
        if !self.reminder.is_planned(generation) || deadline == woken || is_time(wake_at, self.now) {
            return Transition::Ignore;
        }
        let mut next = self.reminder.clone();
        if let Lifecycle::Live { deadline, .. } = &mut next.life {
            *deadline = woken;
        }
        Transition::Change(Box::new(next), vec![])
    }

    /// The wake-up may be lost: sends it again, or a text once it is too late or was sent too often.
    fn recover_waiting(&self, &Waiting { attempt, wake_at, deadline, recoveries }: &Waiting) -> Transition {
        let wake = vec![Effect::SendWakeUp(wake(self.reminder, wake_at))];
        if !is_time(wake_at, self.now) {
            return self.recover(self.policy.early_recovery_deadline(recoveries, wake_at, self.now), recoveries, wake);
        }
        // Recoveries before `wake_at` do not count: the deadline was still about the wake-up's own arrival.
        let counted = if deadline <= self.policy.woken_deadline(wake_at) { 0 } else { recoveries };
        if self.is_within_max_lateness(self.now) && counted < RECOVERIES_MAX {
            self.recover(self.policy.recovery_deadline(counted, self.now), counted, wake)
        } else {
            self.text(late_reason(attempt), None)
        }
    }
}

/// Whether the moment of a planned call has come. It must not ring before.
// guard: is_time
pub fn is_time(wake_at: Timestamp, now: Timestamp) -> bool {
    wake_at <= now
}
