//! The transitions of `Paused`: a series that was missed too often in a row waits until its person resumes it, or
//! acknowledges the occurrence that was missed last.

use super::step::{Step, Transition};
use crate::event::Event;
use crate::policy::{PAUSED_CHECK_S, after};

impl Step<'_> {
    pub(super) fn paused(&self, event: &Event) -> Transition {
        match event {
            Event::Resumed => self.resume(),
            // No call is due. A new deadline only keeps the record among the live records.
            Event::DeadlinePassed => self.recover(after(self.now, PAUSED_CHECK_S), 0, vec![]),

            Event::KeyPressed { claim } => self.acknowledge_and_resume(Some(claim)),
            Event::Acknowledged { .. } => self.acknowledge_and_resume(None),
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::Accepted { call, .. } => Self::accepted_without_claim(call),

            Event::Deleted => self.cancel(),
            Event::ZoneCorrected { zone, .. } => self.correct_zone_of_paused(zone),
            Event::SeriesReplanned { zone, .. } => self.replan_paused(zone),
            Event::OptedOut { epoch } => self.opt_out(*epoch),

            Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::CallLimitReached { .. }
            | Event::Postponed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::AnswererDetected { .. }
            | Event::Rescheduled { .. }
            | Event::Skipped => Transition::Ignore,
        }
    }
}
