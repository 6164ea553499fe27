//! The transitions of `Dialing`: a call is claimed, and it is not known yet whether the carrier accepted it.

use jiff::Timestamp;

use super::plan::{PlannedCall, late_reason};
use super::ringing::Ringing;
use super::step::{Step, Transition};
use crate::event::{Event, Report, Verdict};
use crate::ids::ClaimId;
use crate::record::{AnsweredBy, Lifecycle, Reminder, State, TextReason};

impl Step<'_> {
    pub(super) fn dialing(&self, event: &Event, attempt: u8, claim: &ClaimId, answered: AnsweredBy) -> Transition {
        let ringing = |call, pickup| Ringing { attempt, claim, call, pickup, answered };
        match event {
            Event::Accepted { claim: named, call } if self.has_claim(named) => {
                self.ring(&ringing(call, AnsweredBy::Nobody), vec![])
            }
            Event::Accepted { call, .. } => Self::accepted_without_claim(call),
            Event::RefusedForNow { claim: named, retry_at } if self.has_claim(named) => {
                // The call does not count, so it was not the last one that the number gets.
                let uncounted = Reminder { code: None, ..self.reminder.clone() };
                Step { reminder: &uncounted, ..*self }.call_again_or_text(attempt, answered, *retry_at)
            }
            Event::RefusedForGood { claim: named } if self.has_claim(named) => {
                self.text(TextReason::NumberRefused, answered, None)
            }

            Event::CallReported { claim: named, call, report } if self.has_claim(named) => {
                let call = ringing(call, AnsweredBy::Nobody);
                match report {
                    Report::Initiated => self.ring(&call, vec![]),
                    Report::PickedUp => self.ring(&Ringing { pickup: AnsweredBy::Unknown, ..call }, vec![]),
                    Report::Completed | Report::NotReached => self.end_call(&call, *report),
                }
            }
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::AnswererDetected { claim: named, call, verdict } if self.has_claim(named) => {
                self.detected(&ringing(call, AnsweredBy::Nobody), *verdict)
            }
            Event::AnswererDetected { claim: named, verdict: Verdict::Person, .. }
                if self.is_last_claim_of_occurrence(attempt, named) && answered != AnsweredBy::Person =>
            {
                self.note_person()
            }
            Event::AnswererDetected { claim: named, verdict: Verdict::Person, .. } => {
                self.picked_up_cancelled_call(named)
            }
            Event::KeyPressed { claim: named } if self.has_claim(named) => self.heard(Some(claim)),
            Event::KeyPressed { claim: named } if self.is_last_claim_of_occurrence(attempt, named) => {
                self.acknowledge_by_previous_call()
            }
            Event::KeyPressed { claim: named } => self.key_of_earlier_call(named),

            Event::DeadlinePassed => self.text(TextReason::Unknown, answered, Some(claim)),

            Event::Acknowledged { received_at } => self.acknowledge(*received_at),
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
            | Event::CallLimitReached { .. }
            | Event::Postponed { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::AnswererDetected { .. }
            | Event::Resumed => Transition::Ignore,
        }
    }

    /// Writes that a person answered the previous call. The requested call goes on, because it may ring already. If the
    /// carrier refuses the request, the person is not called again.
    fn note_person(&self) -> Transition {
        let mut next = self.reminder.clone();
        if let Lifecycle::Live { state: State::Dialing { answered, .. }, .. } = &mut next.life {
            *answered = AnsweredBy::Person;
        }
        Transition::change(next, vec![])
    }

    /// Plans the refused call again. A text replaces it if it would ring past the max lateness, or if a person is known
    /// to have answered an earlier call. The refused claim placed no call. So the claim of the previous call, if there
    /// is one, stays the last claim, and a key of that call still counts.
    fn call_again_or_text(&self, attempt: u8, answered: AnsweredBy, retry_at: Timestamp) -> Transition {
        if !answered.may_ring_again() {
            self.text(TextReason::Unconfirmed, answered, None)
        } else if self.is_within_max_lateness(retry_at) {
            let again = PlannedCall { attempt, wake_at: retry_at, slot: None, answered };
            self.plan_call(again, None)
        } else {
            self.text(late_reason(attempt, answered), answered, None)
        }
    }
}
