//! The transitions of `Ringing`: the carrier has accepted the call.

use jiff::Timestamp;

use super::plan::{PlannedCall, unanswered_reason};
use super::step::{Step, Transition};
use crate::event::{Effect, Event, Report, Verdict};
use crate::ids::{CallId, ClaimId};
use crate::policy::{self, RECOVERIES_MAX};
use crate::record::{AnsweredBy, State, TextReason};

/// The call that is under way.
pub(super) struct Ringing<'a> {
    pub(super) attempt: u8,
    pub(super) claim: &'a ClaimId,
    pub(super) call: &'a CallId,
    pub(super) pickup: AnsweredBy,
    pub(super) answered: AnsweredBy,
}

impl Step<'_> {
    pub(super) fn ringing(&self, event: &Event, ringing: &Ringing, deadline: Timestamp, recoveries: u32) -> Transition {
        match event {
            Event::CallReported { claim, report, .. } if self.has_claim(claim) => match report {
                Report::Initiated => self.extend_deadline(ringing, deadline),
                // A pickup needs no write of its own, because the verdict or the report of the call's end tells of it
                // too.
                Report::PickedUp => {
                    let is_first = ringing.pickup == AnsweredBy::Nobody;
                    let pickup = if is_first { AnsweredBy::Unknown } else { ringing.pickup };
                    self.extend_deadline(&Ringing { pickup, ..*ringing }, deadline)
                }
                Report::Completed | Report::NotReached => self.end_call(ringing, *report),
            },
            Event::CallReported { claim, call, report } => self.reported_without_claim(claim, call, *report),
            Event::AnswererDetected { claim, verdict, .. } if self.has_claim(claim) => self.detected(ringing, *verdict),
            Event::AnswererDetected { claim, verdict: Verdict::Person, .. } => self.picked_up_cancelled_call(claim),
            Event::KeyPressed { claim } if self.has_claim(claim) => self.heard(Some(ringing.claim)),
            Event::KeyPressed { claim } if self.is_last_claim_of_occurrence(ringing.attempt, claim) => {
                self.acknowledge_by_previous_call()
            }
            Event::KeyPressed { claim } => self.key_of_earlier_call(claim),
            Event::Accepted { claim, call } if !self.has_claim(claim) => Self::accepted_without_claim(call),

            Event::DeadlinePassed if recoveries < RECOVERIES_MAX => {
                let ask = Effect::AskCarrier { claim: ringing.claim.clone(), call: ringing.call.clone() };
                self.recover(self.policy.recovery_deadline(recoveries, self.now), recoveries, vec![ask])
            }
            Event::DeadlinePassed => {
                let answered = ringing.answered.max(ringing.pickup);
                self.text(reason_without_report(answered), answered, Some(ringing.claim))
            }

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
            | Event::Accepted { .. }
            | Event::RefusedForNow { .. }
            | Event::RefusedForGood { .. }
            | Event::AnswererDetected { .. }
            | Event::Resumed => Transition::Ignore,
        }
    }

    /// The carrier dials the number now, or the call was picked up, so the time for the whole call is counted
    /// from now. The new deadline is written only if it is much later than the old deadline.
    fn extend_deadline(&self, ringing: &Ringing, deadline: Timestamp) -> Transition {
        let extension_s = self.policy.ringing_deadline(self.now).duration_since(deadline).as_secs();
        if extension_s <= policy::DEADLINE_SLACK_S {
            return Transition::Ignore;
        }
        self.ring(ringing, vec![])
    }

    /// Enters or stays in `Ringing`, with the deadline of a call that starts to ring now.
    pub(super) fn ring(&self, ringing: &Ringing, effects: Vec<Effect>) -> Transition {
        let Ringing { attempt, claim, call, pickup, answered } = *ringing;
        let state = State::Ringing { attempt, claim: claim.clone(), call: call.clone(), pickup, answered };
        self.change(state, self.policy.ringing_deadline(self.now), effects)
    }

    /// The carrier says who answered the call. The verdict is written before its effects follow. Once a verdict has
    /// named a person or a machine, later verdicts are ignored, so that at most one message is left.
    pub(super) fn detected(&self, ringing: &Ringing, verdict: Verdict) -> Transition {
        let pickup = match verdict {
            Verdict::Person => AnsweredBy::Person,
            Verdict::MachineStarted | Verdict::MachineEnded | Verdict::Fax => AnsweredBy::Machine,
            Verdict::Unknown => AnsweredBy::Unknown,
        };
        if !is_first_verdict(ringing.pickup) || pickup == ringing.pickup {
            return Transition::Ignore;
        }
        let (claim, call) = (ringing.claim.clone(), ringing.call.clone());
        let effects = match verdict {
            Verdict::Person | Verdict::Unknown | Verdict::MachineStarted => vec![],
            Verdict::MachineEnded
                if !ringing.answered.may_ring_again() || self.next_call(ringing.attempt).is_none() =>
            {
                vec![Effect::LeaveMessage { claim, call }]
            }
            // A machine can't press a key, so its call is cancelled. If another call follows, it may reach the person.
            Verdict::MachineEnded | Verdict::Fax => vec![Effect::CancelCall(call)],
        };
        self.ring(&Ringing { pickup, ..*ringing }, effects)
    }

    /// The call is over, and no key was pressed. If a person certainly picked up this call or an earlier one, only a
    /// text follows. Otherwise the person may not have heard the reminder, so the phone rings again. If no other call
    /// may follow, a text follows.
    pub(super) fn end_call(&self, ringing: &Ringing, report: Report) -> Transition {
        // A completed call was picked up, even if no pickup was reported.
        let pickup = match (report, ringing.pickup) {
            (Report::Completed, AnsweredBy::Nobody) => AnsweredBy::Unknown,
            (_, pickup) => pickup,
        };
        let answered = ringing.answered.max(pickup);
        if !answered.may_ring_again() {
            return self.text_later(TextReason::Unconfirmed, answered, ringing.claim);
        }
        match self.next_call(ringing.attempt) {
            Some(again_at) => {
                let again = PlannedCall { attempt: ringing.attempt + 1, wake_at: again_at, slot: None, answered };
                self.plan_call(again, Some(ringing.claim))
            }
            None if pickup == AnsweredBy::Nobody => {
                self.text(unanswered_reason(answered), answered, Some(ringing.claim))
            }
            None => self.text_later(unanswered_reason(answered), answered, ringing.claim),
        }
    }

    /// Returns when the call after this attempt may start. `None` if no attempt is left, if the call would ring past
    /// the max lateness, or if the next occurrence of the series is due by then. The next occurrence may be due already
    /// if this call was late.
    fn next_call(&self, attempt: u8) -> Option<Timestamp> {
        let following_due = self.due_after(self.reminder.due);
        let is_in_time = |again_at: &Timestamp| {
            self.is_within_max_lateness(*again_at) && following_due.is_none_or(|due| *again_at < due)
        };
        self.policy.next_attempt(attempt, self.now).filter(is_in_time)
    }
}

/// Whether a verdict about the call still counts: no verdict has named a person or a machine yet. Machine detection
/// gives one verdict for each call, so a second verdict is a repeat, or wrong.
// guard: is_first_verdict
fn is_first_verdict(pickup: AnsweredBy) -> bool {
    matches!(pickup, AnsweredBy::Nobody | AnsweredBy::Unknown)
}

/// Returns why a text follows a call whose end was never reported. If no call of the occurrence was reported as picked
/// up, the reason is `Unknown`.
fn reason_without_report(answered: AnsweredBy) -> TextReason {
    if answered == AnsweredBy::Nobody { TextReason::Unknown } else { unanswered_reason(answered) }
}
