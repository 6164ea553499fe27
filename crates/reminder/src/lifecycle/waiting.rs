//! The transitions of `Waiting`: the next call is planned, and its wake-up has not come.

use jiff::Timestamp;

use super::plan::{PlannedCall, late_reason, wake};
use super::ringing::Ringing;
use super::step::{Step, Transition};
use crate::channel::Slot;
use crate::event::{Effect, Event, Report, Verdict};
use crate::ids::{CallId, ClaimId};
use crate::policy::RECOVERIES_MAX;
use crate::record::{AnsweredBy, Lifecycle, State, TextReason};

/// The plan of a reminder that waits.
pub(super) struct Waiting {
    pub(super) attempt: u8,
    pub(super) wake_at: Timestamp,
    pub(super) answered: AnsweredBy,
    pub(super) deadline: Timestamp,
    pub(super) recoveries: u32,
}

impl Step<'_> {
    pub(super) fn waiting(&self, event: &Event, waiting: &Waiting) -> Transition {
        let Waiting { attempt, wake_at, answered, .. } = *waiting;
        let too_late = || self.text(late_reason(attempt, answered), answered, None);
        match event {
            Event::WakeUpSent { generation } => self.confirm_wake_up(*generation, waiting),
            Event::Woken { generation, .. }
            | Event::SlotAssigned { generation, .. }
            | Event::NoSlotInTime { generation }
            | Event::CallLimitReached { generation, .. }
            | Event::Postponed { generation, .. }
                if !self.reminder.is_planned(*generation) || !is_time(wake_at, self.now) =>
            {
                Transition::Ignore
            }
            Event::Woken { .. } if !self.is_within_max_lateness(self.now) => too_late(),
            Event::Woken { claim, code, .. } => {
                let state = State::Dialing { attempt, claim: claim.clone(), answered };
                self.change_with_code(state, self.policy.dialing_deadline(self.now), *code)
            }
            Event::SlotAssigned { slot: Slot { at, .. }, .. } | Event::Postponed { until: at, .. }
                if !self.is_within_max_lateness(*at) =>
            {
                too_late()
            }
            Event::SlotAssigned { slot, .. } => {
                let slotted = PlannedCall { attempt, wake_at: slot.at, slot: Some(slot.clone()), answered };
                self.plan_call(slotted, None)
            }
            Event::Postponed { until, .. } => {
                self.plan_call(PlannedCall { attempt, wake_at: *until, slot: None, answered }, None)
            }
            Event::NoSlotInTime { .. } => too_late(),
            Event::CallLimitReached { limit, .. } => {
                self.text_at_limit(late_reason(attempt, answered), answered, *limit)
            }

            Event::CallReported { claim, call, report: Report::PickedUp }
                if self.is_last_claim_of_occurrence(attempt, claim) =>
            {
                self.ring_on(attempt, claim, call, answered)
            }
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            // A person who has picked up is not called again.
            Event::AnswererDetected { claim, verdict: Verdict::Person, .. }
                if self.is_last_claim_of_occurrence(attempt, claim) =>
            {
                self.text_later(TextReason::Unconfirmed, AnsweredBy::Person, claim)
            }
            Event::AnswererDetected { claim, verdict: Verdict::Person, .. } => self.picked_up_cancelled_call(claim),
            Event::KeyPressed { claim } if self.is_last_claim_of_occurrence(attempt, claim) => self.heard(None),
            Event::KeyPressed { claim } => self.key_of_earlier_call(claim),
            Event::Accepted { call, .. } => Self::accepted_without_claim(call),

            Event::DeadlinePassed => self.recover_waiting(waiting),

            Event::Acknowledged { received_at } => self.acknowledge(*received_at),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::SeriesReplanned { zone, due } => self.replan_series(zone, *due),
            Event::Skipped => self.skip(),
            Event::OptedOut { epoch } => self.opt_out(*epoch),

            Event::AnswererDetected { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::Resumed => Transition::Ignore,
        }
    }

    /// A call was picked up although the record shows it as over. It may still be under way, so no other call may ring
    /// in the meantime, and the carrier is asked for its status.
    fn ring_on(&self, attempt: u8, claim: &ClaimId, call: &CallId, answered: AnsweredBy) -> Transition {
        // `attempt` is the number of the next call. The call picked up is the one before it, which exists because the
        // caller checked `is_last_claim_of_occurrence`.
        let ringing = Ringing { attempt: attempt - 1, claim, call, pickup: AnsweredBy::Unknown, answered };
        let ask = Effect::AskCarrier { claim: claim.clone(), call: call.clone() };
        // The wake-up that was planned is stale from now on.
        self.ring(&ringing, vec![ask]).with_new_generation()
    }

    /// A wake-up was sent. If the deadline is not yet the one for its arrival, because the wake-up is far or was sent
    /// again early, it is now.
    fn confirm_wake_up(&self, generation: u32, &Waiting { wake_at, deadline, .. }: &Waiting) -> Transition {
        let woken = self.policy.woken_deadline(wake_at);
        if !self.reminder.is_planned(generation) || deadline == woken || is_time(wake_at, self.now) {
            return Transition::Ignore;
        }
        let mut next = self.reminder.clone();
        if let Lifecycle::Live { deadline, .. } = &mut next.life {
            *deadline = woken;
        }
        Transition::change(next, vec![])
    }

    /// The wake-up may be lost, so it is sent again. If it is too late for a call, or the wake-up was sent too often,
    /// the occurrence ends with a text.
    fn recover_waiting(&self, &Waiting { attempt, wake_at, answered, deadline, recoveries }: &Waiting) -> Transition {
        let wake = vec![Effect::SendWakeUp(wake(self.reminder, wake_at))];
        if !is_time(wake_at, self.now) {
            return self.recover(self.policy.early_recovery_deadline(recoveries, wake_at, self.now), recoveries, wake);
        }
        // Recoveries before `wake_at` do not count. If the passed deadline is not later than the one for the wake-up's
        // arrival, every recovery was before `wake_at`.
        let counted = if deadline <= self.policy.woken_deadline(wake_at) { 0 } else { recoveries };
        if self.is_within_max_lateness(self.now) && counted < RECOVERIES_MAX {
            self.recover(self.policy.recovery_deadline(counted, self.now), counted, wake)
        } else {
            self.text(late_reason(attempt, answered), answered, None)
        }
    }
}

/// Whether the instant of a planned call has come. The phone must not ring before it.
// guard: is_time
pub fn is_time(wake_at: Timestamp, now: Timestamp) -> bool {
    wake_at <= now
}
