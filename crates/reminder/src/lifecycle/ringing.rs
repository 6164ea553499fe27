//! What each event means for a reminder whose call the carrier has.

use jiff::Timestamp;

use super::step::{Step, Transition};
use crate::event::{Effect, Event, Report};
use crate::ids::{CallId, ClaimId};
use crate::policy::{self, RECOVERIES_MAX};
use crate::record::{End, Pickup, TextReason};

/// The call that a reminder is in.
pub(super) struct Ringing<'a> {
    pub(super) attempt: u8,
    pub(super) claim: &'a ClaimId,
    pub(super) call: &'a CallId,
    pub(super) pickup: Pickup,
}

impl Step<'_> {
    pub(super) fn ringing(&self, event: &Event, ringing: &Ringing, deadline: Timestamp, recoveries: u32) -> Transition {
        match event {
            Event::CallReported { claim, report, .. } if self.holds(claim) => match report {
                Report::Initiated => self.dialed(ringing, deadline),
                Report::PickedUp if ringing.pickup.may_ring_again() => {
                    self.ring(ringing.attempt, ringing.claim, ringing.call, Pickup::Seen)
                }
                Report::PickedUp => Transition::Ignore,
                Report::Completed | Report::NotReached => self.over(ringing, *report),
            },
            Event::CallReported { claim, call, report } => self.stray(claim, call, *report),
            Event::KeyPressed { claim } if self.holds(claim) => self.end(End::Heard, Some(ringing.claim), vec![]),
            Event::Accepted { claim, call } if !self.holds(claim) => self.unheld(claim, call),

            Event::DeadlinePassed if recoveries < RECOVERIES_MAX => {
                let ask = Effect::AskCarrier { claim: ringing.claim.clone(), call: ringing.call.clone() };
                self.recover(self.policy.recovery_deadline(recoveries, self.now), recoveries, vec![ask])
            }
            Event::DeadlinePassed => self.text(unseen_is_unknown(ringing.pickup), Some(ringing.claim)),

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
            | Event::Accepted { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::KeyPressed { .. }
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextSlotAssigned { .. }
            | Event::TextRefusedForGood { .. } => Transition::Ignore,
        }
    }

    /// The carrier dials now: the time a call may take starts anew, written only where that moves the deadline enough.
    fn dialed(&self, ringing: &Ringing, deadline: Timestamp) -> Transition {
        let moved = self.policy.ringing_deadline(self.now).duration_since(deadline).as_secs();
        if moved <= policy::DEADLINE_SLACK_S {
            return Transition::Ignore;
        }
        self.ring(ringing.attempt, ringing.claim, ringing.call, ringing.pickup)
    }

    /// A call is certainly over, without a key.
    pub(super) fn over(&self, ringing: &Ringing, report: Report) -> Transition {
        if report == Report::Completed || !ringing.pickup.may_ring_again() {
            return self.text_later(TextReason::Unconfirmed, ringing.claim);
        }
        match self.policy.next_attempt(ringing.attempt, self.now) {
            Some(again_at) => self.wait_or_text(ringing.attempt + 1, again_at, ringing.claim, TextReason::Unanswered),
            None => self.text(TextReason::Unanswered, Some(ringing.claim)),
        }
    }
}

/// A call whose end nobody told us: picked up without a key if it was seen to be, otherwise unknown.
fn unseen_is_unknown(pickup: Pickup) -> TextReason {
    match pickup {
        Pickup::Seen => TextReason::Unconfirmed,
        Pickup::Unseen => TextReason::Unknown,
    }
}
