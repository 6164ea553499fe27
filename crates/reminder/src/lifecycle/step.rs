//! The changes of the record that the tables of several states share, with the effects that follow.

use jiff::Timestamp;

use super::plan::{PlannedCall, waiting, waiting_for, wake};
use crate::confirmation::ConfirmationCode;
use crate::event::{Effect, Report};
use crate::ids::{CallId, ClaimId};
use crate::outgoing_text::OutgoingText;
use crate::policy::Policy;
use crate::record::{DueSource, End, LastEnd, Lifecycle, Reminder, State, Zone};

/// The result of applying an event to a reminder.
#[derive(Debug, Clone, PartialEq)]
pub enum Transition {
    /// The record changes.
    Change(Box<Change>),
    /// The record stays the same, but the effects follow.
    Act(Vec<Effect>),
    /// Nothing changes: the event is stale, was applied before, or has no meaning in this state.
    Ignore,
}

/// A change of a reminder, with the text and the effects that follow from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The changed record.
    pub next: Reminder,
    /// The text that replaces a call. It MUST be created in the same transaction as the changed record.
    pub text: Option<OutgoingText>,
    /// The effects that follow once the change is written.
    pub effects: Vec<Effect>,
}

impl Transition {
    /// Returns a change without a text.
    pub(super) fn change(next: Reminder, effects: Vec<Effect>) -> Self {
        Self::Change(Box::new(Change { next, text: None, effects }))
    }

    /// Returns the same change under a new generation, so that wake-ups of the old generation are stale.
    pub(super) fn with_new_generation(mut self) -> Self {
        if let Self::Change(change) = &mut self {
            change.next.generation += 1;
        }
        self
    }

    /// The name of the result in logs and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Change(_) => "changed",
            Self::Act(_) => "acted",
            Self::Ignore => "ignored",
        }
    }
}

/// The reminder to which an event is applied, with everything else that a state's table needs.
pub(super) struct Step<'a> {
    pub(super) reminder: &'a Reminder,
    pub(super) now: Timestamp,
    pub(super) policy: &'a Policy,
}

impl Step<'_> {
    /// Whether this is the claim of the call that is under way.
    pub(super) fn has_claim(&self, claim: &ClaimId) -> bool {
        self.reminder.state().is_some_and(|state| state.has_claim(claim))
    }

    /// Whether the reminder may still ring at `at`.
    pub(super) fn is_within_max_lateness(&self, at: Timestamp) -> bool {
        self.reminder.is_within_max_lateness(self.policy, at)
    }

    fn live_claim(&self) -> Option<&ClaimId> {
        self.reminder.state().and_then(State::claim)
    }

    /// Returns the effect that cancels the call that is under way, if the carrier has given its id.
    fn cancel_live_call(&self) -> Vec<Effect> {
        self.reminder.state().and_then(State::call).cloned().map(Effect::CancelCall).into_iter().collect()
    }

    /// The carrier accepted a call whose claim the record does not hold, or no longer holds. Such a call must not ring,
    /// so it is cancelled, however the occurrence ended. Even after an occurrence that ended `Unconfirmed`, its last
    /// call may still ring: that end can come from an earlier call that was picked up, while the outcome of the last
    /// call is unknown. Cancelling a call that is over has no effect.
    pub(super) fn accepted_without_claim(call: &CallId) -> Transition {
        Transition::Act(vec![Effect::CancelCall(call.clone())])
    }

    /// The carrier reported on a call whose claim the record does not hold. The end of a cancelled call is written, so
    /// that its turn can be taken over.
    pub(super) fn reported_without_claim(&self, claim: &ClaimId, call: &CallId, report: Report) -> Transition {
        match report {
            Report::Initiated => Self::accepted_without_claim(call),
            Report::Completed | Report::NotReached if self.reminder.is_cancelled_claim(claim) => {
                Transition::change(Reminder { cancelled_claim: None, ..self.reminder.clone() }, vec![])
            }
            // The speech of a call that was picked up is only a goodbye, and a call that is over can't be cancelled.
            Report::PickedUp | Report::Completed | Report::NotReached => Transition::Ignore,
        }
    }

    /// Plans a call under a new generation, and sends its wake-up.
    pub(super) fn plan_call(&self, call: PlannedCall, ended_claim: Option<&ClaimId>) -> Transition {
        let mut next = self.with_last_claim(ended_claim);
        next.generation += 1;
        let wake_at = call.wake_at;
        next.life = waiting_for(call, self.now, self.policy);
        let wake = wake(&next, wake_at);
        Transition::change(next, vec![Effect::SendWakeUp(wake)])
    }

    /// Counts a recovery, and sets the next deadline.
    pub(super) fn recover(&self, deadline: Timestamp, recoveries: u32, effects: Vec<Effect>) -> Transition {
        let mut next = self.reminder.clone();
        if let Lifecycle::Live { deadline: old, recoveries: count, .. } = &mut next.life {
            (*old, *count) = (deadline, recoveries + 1);
        }
        Transition::change(next, effects)
    }

    /// The person acknowledged the occurrence. That ends the occurrence.
    pub(super) fn heard(&self, ended_claim: Option<&ClaimId>) -> Transition {
        self.heard_after(self.with_last_claim(ended_claim), ended_claim, vec![])
    }

    fn heard_after(&self, mut next: Reminder, ended_claim: Option<&ClaimId>, mut effects: Vec<Effect>) -> Transition {
        next.missed_in_row = 0;
        let claim = self.claim_of_occurrence(ended_claim);
        next.last_end = Some(LastEnd { end: End::Heard, due: self.reminder.due, at: self.now, claim, text: None });
        self.go_on(&mut next, self.next_due(), End::Heard, &mut effects);
        Transition::change(next, effects)
    }

    /// A series goes on with its next occurrence. A reminder without a next occurrence ends.
    pub(super) fn go_on(&self, next: &mut Reminder, due: Option<Timestamp>, end: End, effects: &mut Vec<Effect>) {
        next.code = None;
        match due {
            Some(due) => {
                next.generation += 1;
                next.due = due;
                next.life = waiting(due, self.now, self.policy);
                effects.push(Effect::SendWakeUp(wake(next, due)));
            }
            None => next.life = Lifecycle::Ended { end, at: self.now },
        }
    }

    /// The person acknowledged the occurrence that ended last. If a claim is given, it must be that of the occurrence's
    /// last call. The text of the occurrence is withdrawn, and the plan of a series stays. A repeated acknowledgment
    /// withdraws the text again, because the first withdrawal may have failed. The text of an occurrence that never
    /// rang is not withdrawn, because nothing else tells the person about that occurrence.
    pub(super) fn acknowledge_last_end(&self, claim: Option<&ClaimId>) -> Transition {
        let Some(last) = &self.reminder.last_end else { return Transition::Ignore };
        if claim.is_some_and(|claim| !self.reminder.is_claim_of_last_end(claim)) {
            return Transition::Ignore;
        }
        let withdraw: Vec<Effect> =
            last.text.iter().filter(|_| last.has_rung()).cloned().map(Effect::WithdrawText).collect();
        if last.end == End::Heard {
            return if withdraw.is_empty() { Transition::Ignore } else { Transition::Act(withdraw) };
        }
        let mut next = self.reminder.clone();
        next.last_end = Some(LastEnd { end: End::Heard, ..last.clone() });
        next.missed_in_row = 0;
        // A reminder that was cancelled or ended by an opt-out keeps that end.
        if let Lifecycle::Ended { end: end @ (End::Missed | End::Unconfirmed), .. } = &mut next.life {
            *end = End::Heard;
        }
        Transition::change(next, withdraw)
    }

    /// The person acknowledged the occurrence after which the series was paused. This shows that the reminder reached
    /// the person, by a call or by the text, so the series goes on, or ends if it has no next occurrence. It must not
    /// stay paused: if the occurrence rang, the text about the pause is withdrawn, so the person would not learn about
    /// the pause.
    pub(super) fn acknowledge_and_resume(&self, claim: Option<&ClaimId>) -> Transition {
        match self.acknowledge_last_end(claim) {
            Transition::Change(mut change) => {
                let Change { next, effects, .. } = &mut *change;
                self.go_on(next, self.next_due(), End::Heard, effects);
                Transition::Change(change)
            }
            other @ (Transition::Act(_) | Transition::Ignore) => other,
        }
    }

    /// The person acknowledged an occurrence: this occurrence if it has begun and was due by `received_at`, or else the
    /// occurrence that ended last. An occurrence that was due later is not meant.
    pub(super) fn acknowledge(&self, received_at: Timestamp) -> Transition {
        if self.has_begun() && self.reminder.due <= received_at {
            self.heard_after(self.with_cancelled_call(), self.live_claim(), self.cancel_live_call())
        } else if self.reminder.last_end.as_ref().is_some_and(|last| last.due <= received_at) {
            self.acknowledge_last_end(None)
        } else {
            Transition::Ignore
        }
    }

    /// The person acknowledged the occurrence by a key of its previous call, while the next call was under way. The
    /// record keeps the claim of that key as its last claim: if the key also opts the person out and has to be delivered
    /// again, its claim must still be known.
    pub(super) fn acknowledge_by_previous_call(&self) -> Transition {
        let last_claim = self.reminder.last_claim.clone();
        let next = Reminder { last_claim, ..self.with_cancelled_call() };
        self.heard_after(next, self.live_claim(), self.cancel_live_call())
    }

    /// Whether this is the claim of the previous call, and that call was about the same occurrence. A key of that call
    /// still counts.
    pub(super) fn is_last_claim_of_occurrence(&self, attempt: u8, claim: &ClaimId) -> bool {
        attempt > 1 && self.reminder.is_last_claim(claim)
    }

    fn has_begun(&self) -> bool {
        self.reminder.state().is_some_and(State::has_begun)
    }

    /// Returns the claim of this occurrence's last call. The occurrence ends now. `None` if certainly no call was
    /// placed.
    pub(super) fn claim_of_occurrence(&self, ended_claim: Option<&ClaimId>) -> Option<ClaimId> {
        let has_call_before = self.reminder.state().is_some_and(State::has_call_before);
        let earlier = || self.reminder.last_claim.clone().filter(|_| has_call_before);
        ended_claim.cloned().or_else(earlier)
    }

    /// The person resumed the paused series. It goes on with its next occurrence, or ends if there is none.
    pub(super) fn resume(&self) -> Transition {
        let mut next = self.reminder.clone();
        next.missed_in_row = 0;
        let mut effects = vec![];
        self.go_on(&mut next, self.next_due(), End::Missed, &mut effects);
        Transition::change(next, effects)
    }

    /// Ends the whole reminder, even if it is a series.
    pub(super) fn cancel(&self) -> Transition {
        self.end_for_good(End::Cancelled)
    }

    fn end_for_good(&self, end: End) -> Transition {
        let mut next = self.with_cancelled_call();
        next.life = Lifecycle::Ended { end, at: self.now };
        Transition::change(next, self.cancel_live_call())
    }

    /// The person opted out. That ends each reminder that was made before the opt-out.
    pub(super) fn opt_out(&self, epoch: u32) -> Transition {
        if self.reminder.is_wanted(epoch) {
            return Transition::Ignore;
        }
        // The first opt-out after the reminder was made counts. `epoch` may be that of a later opt-out: a release that
        // could not read the reminder may have left it open.
        self.end_for_good(End::OptedOut { epoch: self.reminder.epoch + 1 })
    }

    /// Moves a one-off that has not rung. Ignores the event for any other reminder: the conversation makes a new
    /// reminder for the new time instead.
    pub(super) fn reschedule(&self, due: Timestamp, source: DueSource) -> Transition {
        if !self.reminder.state().is_some_and(|state| self.reminder.moves_in_place(state)) {
            return Transition::Ignore;
        }
        let mut next = self.reminder.clone();
        next.due_source = source;
        self.plan_first_call(next, due)
    }

    /// Corrects the guessed zone, if a time of the reminder was read in the guessed zone. A one-off that has begun
    /// stays as it is. The occurrence of a series keeps its due if it has begun. After that occurrence, the series goes
    /// on in the new zone.
    pub(super) fn correct_zone(&self, zone: &Zone, due: Timestamp) -> Transition {
        let has_begun = self.reminder.state().is_some_and(State::has_begun);
        if !self.reminder.is_off_guessed_clock() || has_begun && self.reminder.rule.is_none() {
            return Transition::Ignore;
        }
        let rule = self.reminder.corrected_rule(zone);
        let next = Reminder { zone: zone.clone(), due_source: DueSource::Fixed, rule, ..self.reminder.clone() };
        if has_begun || due == self.reminder.due {
            return Transition::change(next, vec![]);
        }
        self.plan_first_call(next, due)
    }

    /// Moves a series to `zone`, and its coming occurrence to `due`. An occurrence that has begun keeps its due.
    /// Ignores the event for a one-off.
    pub(super) fn replan_series(&self, zone: &Zone, due: Timestamp) -> Transition {
        if self.reminder.rule.is_none() {
            return Transition::Ignore;
        }
        let has_begun = self.reminder.state().is_some_and(State::has_begun);
        let next = Reminder { zone: zone.clone(), ..self.reminder.clone() };
        match (has_begun || due == self.reminder.due, *zone == self.reminder.zone) {
            (true, true) => Transition::Ignore,
            (true, false) => Transition::change(next, vec![]),
            (false, _) => self.plan_first_call(next, due),
        }
    }

    /// Moves a paused series to another zone. No call is planned, so only the occurrences after a resumption change.
    pub(super) fn replan_paused(&self, zone: &Zone) -> Transition {
        if *zone == self.reminder.zone {
            return Transition::Ignore;
        }
        Transition::change(Reminder { zone: zone.clone(), ..self.reminder.clone() }, vec![])
    }

    /// Corrects the guessed zone of a paused series. No call is planned, so only the occurrences after a resumption
    /// change.
    pub(super) fn correct_zone_of_paused(&self, zone: &Zone) -> Transition {
        if !self.reminder.is_off_guessed_clock() {
            return Transition::Ignore;
        }
        let rule = self.reminder.corrected_rule(zone);
        let next = Reminder { zone: zone.clone(), due_source: DueSource::Fixed, rule, ..self.reminder.clone() };
        Transition::change(next, vec![])
    }

    /// Plans the first call of an occurrence again, for another due.
    fn plan_first_call(&self, mut next: Reminder, due: Timestamp) -> Transition {
        next.due = due;
        next.generation += 1;
        next.life = waiting(due, self.now, self.policy);
        let wake = wake(&next, due);
        Transition::change(next, vec![Effect::SendWakeUp(wake)])
    }

    /// Cancels this occurrence. A series goes on. If a person may have picked up, the missed occurrences before this one
    /// no longer count: the next miss is not in a row with them.
    pub(super) fn skip(&self) -> Transition {
        let mut next = self.with_cancelled_call();
        if self.reminder.state().is_some_and(|state| state.answered().may_be_a_person()) {
            next.missed_in_row = 0;
        }
        let mut effects = self.cancel_live_call();
        self.go_on(&mut next, self.next_due(), End::Cancelled, &mut effects);
        Transition::change(next, effects)
    }

    /// Returns the next due of a series that is after now and after this occurrence. `None` for a one-off, or if the
    /// series is over. Occurrences that became due after the current occurrence merge into it.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.due_after(self.reminder.due.max(self.now))
    }

    /// Returns the first due of a series after `at`. `None` for a one-off, or if the series has no such due.
    pub(super) fn due_after(&self, at: Timestamp) -> Option<Timestamp> {
        self.reminder.rule.as_ref()?.next_after(at, self.reminder.zone.rules())
    }

    /// Changes the state and its deadline, and the code that the text about this occurrence tells.
    pub(super) fn change_with_code(
        &self,
        state: State,
        deadline: Timestamp,
        code: Option<ConfirmationCode>,
    ) -> Transition {
        let mut next = Reminder { code, ..self.reminder.clone() };
        next.life = Lifecycle::Live { state, deadline, recoveries: 0 };
        Transition::change(next, vec![])
    }

    /// Changes only the state and its deadline, and counts recoveries from 0 again.
    pub(super) fn change(&self, state: State, deadline: Timestamp, effects: Vec<Effect>) -> Transition {
        let mut next = self.reminder.clone();
        next.life = Lifecycle::Live { state, deadline, recoveries: 0 };
        Transition::change(next, effects)
    }

    /// Returns the record with the claim of its live call, if there is one, as its last and its cancelled claim. The
    /// caller replaces the state. The call may still ring until the carrier reports its end.
    fn with_cancelled_call(&self) -> Reminder {
        let claim = self.live_claim();
        let mut next = self.with_last_claim(claim);
        next.cancelled_claim = claim.cloned().or(next.cancelled_claim);
        next
    }

    /// Returns the record with the claim of the call that is over or cancelled now as its last claim. Without such a
    /// call, the last claim stays.
    pub(super) fn with_last_claim(&self, ended_claim: Option<&ClaimId>) -> Reminder {
        let mut next = self.reminder.clone();
        if let Some(claim) = ended_claim {
            next.last_claim = Some(claim.clone());
        }
        next
    }
}
