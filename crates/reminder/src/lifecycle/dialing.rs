//! The transitions of `Dialing`: the carrier was asked for a call and has not answered yet.

use super::plan::late_reason;
use super::ringing::Ringing;
use super::step::{Step, Transition};
use crate::event::{Event, Report};
use crate::ids::ClaimId;
use crate::record::{End, Pickup, TextReason};

impl Step<'_> {
    pub(super) fn dialing(&self, event: &Event, attempt: u8, claim: &ClaimId) -> Transition {
        match event {
            Event::Accepted { claim: named, call } if self.has_claim(named) => {
                self.ring(attempt, claim, call, Pickup::Unseen)
            }
            Event::Accepted { claim: named, call } => self.accepted_without_claim(named, call),
            Event::RefusedForNow { claim: named, retry_at } if self.has_claim(named) => {
                self.call_again_or_text(attempt, *retry_at, claim, late_reason(attempt))
            }
            Event::RefusedForGood { claim: named } if self.has_claim(named) => {
                self.text(TextReason::NumberRefused, Some(claim))
            }

            Event::CallReported { claim: named, call, report } if self.has_claim(named) => {
                let ringing = Ringing { attempt, claim, call, pickup: Pickup::Unseen };
                match report {
                    Report::Initiated => self.ring(attempt, claim, call, Pickup::Unseen),
                    Report::PickedUp => self.ring(attempt, claim, call, Pickup::Seen),
                    Report::Completed | Report::NotReached => self.end_call(&ringing, *report),
                }
            }
            Event::CallReported { claim: named, call, report } => self.reported_without_claim(named, call, *report),
            Event::KeyPressed { claim: named } if self.has_claim(named) => self.end(End::Heard, Some(claim), vec![]),

            Event::DeadlinePassed => self.text(TextReason::Unknown, Some(claim)),

            Event::Acknowledged => self.acknowledge(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::SeriesReplanned { zone, due } => self.replan_series(zone, *due),
            Event::Skipped => self.skip(),
            Event::OptedOut { epoch } => self.opt_out(*epoch),

            Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::Postponed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::KeyPressed { .. }
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextSlotAssigned { .. }
            | Event::TextRefusedForGood { .. } => Transition::Ignore,
        }
    }
}
