//! The transitions of an ended reminder: none, but a call that is accepted late is cancelled.

use super::step::{Step, Transition};
use crate::event::Event;

impl Step<'_> {
    pub(super) fn ended(&self, event: &Event) -> Transition {
        match event {
            Event::Accepted { claim, call } => self.accepted_without_claim(claim, call),
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),

            Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::Postponed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::KeyPressed { .. }
            | Event::DeadlinePassed
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextSlotAssigned { .. }
            | Event::TextRefusedForGood { .. }
            | Event::Acknowledged
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::SeriesReplanned { .. }
            | Event::Skipped
            | Event::OptedOut { .. } => Transition::Ignore,
        }
    }
}
