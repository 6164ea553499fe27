//! What each event means for a reminder whose call the carrier has been asked for.

use super::ringing::Ringing;
use super::step::{Step, Transition};
use crate::event::{Event, Report};
use crate::ids::ClaimId;
use crate::record::{End, Pickup, TextReason};

impl Step<'_> {
    pub(super) fn dialing(&self, event: &Event, attempt: u8, claim: &ClaimId) -> Transition {
        match event {
            Event::Accepted { claim: theirs, call } if self.holds(theirs) => {
                self.ring(attempt, claim, call, Pickup::Unseen)
            }
            Event::Accepted { claim: theirs, call } => self.unheld(theirs, call),
            Event::RefusedForNow { claim: theirs, retry_at } if self.holds(theirs) => {
                self.wait_or_text(attempt, *retry_at, claim, TextReason::TooLate)
            }
            Event::RefusedForGood { claim: theirs } if self.holds(theirs) => {
                self.text(TextReason::NumberRefused, Some(claim))
            }

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

            Event::DeadlinePassed => self.text(TextReason::Unknown, Some(claim)),

            Event::Acknowledged => self.settle(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::Skipped => self.skip(),
            Event::OptedOut { epoch } => self.leave(*epoch),

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
