//! What each event means for a reminder whose call the carrier has been asked for.

use super::ringing::Ringing;
use super::step::{Reaction, Step};
use crate::event::{Event, Report};
use crate::ids::ClaimId;
use crate::record::{End, Pickup, Why};

impl Step<'_> {
    pub(super) fn dialing(&self, event: &Event, attempt: u8, claim: &ClaimId) -> Reaction {
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

            Event::Settled => self.settle(),
            Event::Deleted => self.cancel(),
            Event::Rescheduled { due, source } => self.reschedule(*due, *source),
            Event::ZoneCorrected { zone, due } => self.correct_zone(zone, *due),
            Event::PassedOver => self.pass_over(),
            Event::Left { epoch } => self.leave(*epoch),

            Event::WakeSent { .. }
            | Event::Woken { .. }
            | Event::Paced { .. }
            | Event::Crowded { .. }
            | Event::PutOff { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::KeyPressed { .. }
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextPaced { .. }
            | Event::TextRefusedForGood { .. } => Reaction::Ignore,
        }
    }
}
