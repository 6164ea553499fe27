//! The transitions of an ended reminder: a call that is accepted late is cancelled, the end of a cancelled call is
//! written, and a late key or "done" counts.

use super::step::{Step, Transition};
use crate::event::Event;

impl Step<'_> {
    pub(super) fn ended(&self, event: &Event) -> Transition {
        match event {
            Event::Accepted { call, .. } => Self::accepted_without_claim(call),
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::KeyPressed { claim } => self.acknowledge_last_end(Some(claim)),
            Event::Acknowledged { .. } => self.acknowledge_last_end(None),

            Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::CallLimitReached { .. }
            | Event::Postponed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::AnswererDetected { .. }
            | Event::DeadlinePassed
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::SeriesReplanned { .. }
            | Event::Skipped
            | Event::Resumed
            | Event::OptedOut { .. } => Transition::Ignore,
        }
    }
}
