//! The transitions of `Ringing`: the carrier has accepted the call.

use jiff::Timestamp;

use super::step::{Step, Transition};
use crate::event::{Effect, Event, Report};
use crate::ids::{CallId, ClaimId};
use crate::policy::{self, RECOVERIES_MAX};
use crate::record::{End, Pickup, TextReason};

/// The call that is under way.
pub(super) struct Ringing<'a> {
    pub(super) attempt: u8,
    pub(super) claim: &'a ClaimId,
    pub(super) call: &'a CallId,
    pub(super) pickup: Pickup,
}

impl Step<'_> {
    pub(super) fn ringing(&self, event: &Event, ringing: &Ringing, deadline: Timestamp, recoveries: u32) -> Transition {
        match event {
            Event::CallReported { claim, report, .. } if self.has_claim(claim) => match report {
                Report::Initiated => self.extend_deadline(ringing, deadline),
                Report::PickedUp if ringing.pickup.may_ring_again() => {
                    self.ring(ringing.attempt, ringing.claim, ringing.call, Pickup::Seen)
                }
                Report::PickedUp => Transition::Ignore,
                Report::Completed | Report::NotReached => self.end_call(ringing, *report),
            },
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::KeyPressed { claim } if self.has_claim(claim) => self.end(End::Heard, Some(ringing.claim), vec![]),
            Event::Accepted { claim, call } if !self.has_claim(claim) => self.accepted_without_claim(claim, call),

            Event::DeadlinePassed if recoveries < RECOVERIES_MAX => {
                let ask = Effect::AskCarrier { claim: ringing.claim.clone(), call: ringing.call.clone() };
                self.recover(self.policy.recovery_deadline(recoveries, self.now), recoveries, vec![ask])
            }
            Event::DeadlinePassed => self.text(reason_without_report(ringing.pickup), Some(ringing.claim)),

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

    /// The carrier dials the number now, so the call gets its whole time from here. That is written only if it moves
    /// the deadline enough.
    fn extend_deadline(&self, ringing: &Ringing, deadline: Timestamp) -> Transition {
        let moved = self.policy.ringing_deadline(self.now).duration_since(deadline).as_secs();
        if moved <= policy::DEADLINE_SLACK_S {
            return Transition::Ignore;
        }
        self.ring(ringing.attempt, ringing.claim, ringing.call, ringing.pickup)
    }

    /// The call is certainly over, and no key was pressed.
    pub(super) fn end_call(&self, ringing: &Ringing, report: Report) -> Transition {
        if report == Report::Completed || !ringing.pickup.may_ring_again() {
            return self.text_later(TextReason::Unconfirmed, ringing.claim);
        }
        match self.policy.next_attempt(ringing.attempt, self.now) {
            Some(again_at) => {
                self.call_again_or_text(ringing.attempt + 1, again_at, ringing.claim, TextReason::Unanswered)
            }
            None => self.text(TextReason::Unanswered, Some(ringing.claim)),
        }
    }
}

/// Why a call whose end was never reported is followed by a text. If no pick-up was seen, the outcome is unknown.
fn reason_without_report(pickup: Pickup) -> TextReason {
    match pickup {
        Pickup::Seen => TextReason::Unconfirmed,
        Pickup::Unseen => TextReason::Unknown,
    }
}
