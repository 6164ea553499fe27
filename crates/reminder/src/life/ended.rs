//! What each event means for a reminder that has ended: nothing, but that a call has no right to ring any more.

use super::step::{Reaction, Step};
use crate::event::Event;

impl Step<'_> {
    pub(super) fn ended(&self, event: &Event) -> Reaction {
        match event {
            Event::Accepted { claim, call } => self.unheld(claim, call),
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),

            Event::WakeSent { .. }
            | Event::Woken { .. }
            | Event::Paced { .. }
            | Event::Crowded { .. }
            | Event::PutOff { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::KeyPressed { .. }
            | Event::DeadlinePassed
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextPaced { .. }
            | Event::TextRefusedForGood { .. }
            | Event::Settled
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::PassedOver
            | Event::Left { .. } => Reaction::Ignore,
        }
    }
}
