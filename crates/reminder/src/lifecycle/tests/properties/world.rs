//! One reminder, what has happened to it, and what must hold whatever happens.

use super::throws::{Elapse, Kind, Plan, Throw, Whose};
use super::*;

/// The longest wait that any deadline may ask for, counted from now or from the moment that is waited for.
const LONGEST_WAIT_S: i64 = 900;

/// How long the sweeper alone may take with an occurrence, counted from its moment.
const ALONE_S: i64 = 3 * 3600;

/// How often the sweeper may meet it meanwhile: a nudge every quarter of an hour for weeks.
const SWEEPS: usize = 2000;

/// What is known of this occurrence's calls.
#[derive(Debug, Clone, Default)]
struct Occurrence {
    /// The claim that may have placed a call whose end nobody knows.
    open: Option<ClaimId>,
    /// Calls that certainly ended without an answer.
    unanswered: u8,
    /// Somebody picked up, or pressed a key.
    answered: bool,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) reminder: Reminder,
    now: Timestamp,
    latest: Timestamp,
    claims: Vec<ClaimId>,
    occurrence: Occurrence,
}

impl World {
    pub(super) fn new(reminder: Reminder, now: Timestamp) -> Self {
        Self { reminder, now, latest: now, claims: vec![], occurrence: Occurrence::default() }
    }

    pub(super) fn step(&mut self, throw: &Throw) {
        self.now = match (throw.elapse, self.reminder.state()) {
            (Elapse::Seconds(seconds), _) => after(self.now, seconds),
            (Elapse::ToWake, Some(State::Waiting { wake_at, .. })) => self.now.max(*wake_at),
            (Elapse::ToWake, _) => self.now,
            (Elapse::ToDeadline, _) => self.reminder.deadline().map_or(self.now, |deadline| self.now.max(deadline)),
        };
        let event = self.event(throw);
        self.learn(&event);
    }

    fn event(&self, throw: &Throw) -> Event {
        let claim = self.whose(throw.whose);
        let call = format!("twilio#CA{claim}").parse().unwrap();
        let generation = match throw.plan {
            Plan::Current => self.reminder.generation,
            Plan::Older => self.reminder.generation - 1,
            Plan::Newer => self.reminder.generation + 1,
        };
        match throw.kind {
            Kind::WakeUpSent => Event::WakeUpSent { generation },
            Kind::Woken => Event::Woken { generation, claim: self.fresh() },
            Kind::SlotAssigned(wait_s) => Event::SlotAssigned {
                generation,
                slot: Slot { at: after(self.now, wait_s), carrier: "twilio".parse().unwrap() },
            },
            Kind::NoSlotInTime => Event::NoSlotInTime { generation },
            Kind::Postponed(wait_s) => Event::Postponed { generation, until: after(self.now, wait_s) },
            Kind::Accepted => Event::Accepted { claim, call },
            Kind::RefusedForNow(wait_s) => Event::RefusedForNow { claim, retry_at: after(self.now, wait_s) },
            Kind::RefusedForGood => Event::RefusedForGood { claim },
            Kind::Reported(report) => Event::CallReported { claim, call, report },
            Kind::KeyPressed => Event::KeyPressed { claim },
            Kind::DeadlinePassed => Event::DeadlinePassed,
            Kind::TextAccepted => Event::TextAccepted { generation },
            Kind::TextRefusedForNow(wait_s) => {
                Event::TextRefusedForNow { generation, retry_at: after(self.now, wait_s) }
            }
            Kind::TextSlotAssigned(wait_s) => Event::TextSlotAssigned {
                generation,
                slot: Slot { at: after(self.now, wait_s), carrier: "twilio".parse().unwrap() },
            },
            Kind::TextRefusedForGood => Event::TextRefusedForGood { generation },
            Kind::Acknowledged => Event::Acknowledged,
            Kind::Deleted => Event::Deleted,
            Kind::Rescheduled(ahead_s) => {
                Event::Rescheduled { due: after(self.now, ahead_s), source: self.reminder.due_source }
            }
            Kind::ZoneCorrected(ahead_s) => {
                let zone = Zone::named("America/Los_Angeles").unwrap();
                Event::ZoneCorrected { zone, due: after(self.now, ahead_s) }
            }
            Kind::Skipped => Event::Skipped,
            Kind::OptedOut(epoch) => Event::OptedOut { epoch },
        }
    }

    fn fresh(&self) -> ClaimId {
        claim(100 + u32::try_from(self.claims.len()).unwrap())
    }

    fn whose(&self, whose: Whose) -> ClaimId {
        let (live, last) = (self.reminder.state().and_then(State::claim), self.reminder.last_claim.as_ref());
        match whose {
            Whose::Current => live.or(last),
            Whose::Last => last,
            Whose::Older(index) => self.claims.iter().rev().nth(index),
            Whose::Alien => None,
        }
        .cloned()
        .unwrap_or_else(|| claim(9))
    }

    /// Applies an event, and checks what must hold of any step.
    pub(super) fn learn(&mut self, event: &Event) -> Vec<Effect> {
        self.latest = self.latest.max(self.now);
        self.hear_of_the_last_call(event);
        let (next, effects) = match transition(&self.reminder, event, self.now, &policy()) {
            Transition::Ignore => return vec![],
            Transition::Act(effects) => {
                assert!(matches!(effects[..], [Effect::CancelCall(_)]), "without a write only a call is cancelled");
                return effects;
            }
            Transition::Change(next, effects) => (*next, effects),
        };
        self.check_event(event, &next);
        self.check_identity(&next);
        self.check_plan(&next, &effects);
        self.check_texts(&next, &effects);
        self.check_deadline(&next);
        self.check_calls(event, &next);
        if let Some(State::Dialing { claim, .. }) = next.state() {
            self.claims.push(claim.clone());
        }
        self.reminder = next;
        effects
    }

    /// A pick-up or a key of the call before, while another is planned, counts whatever the record makes of it.
    fn hear_of_the_last_call(&mut self, event: &Event) {
        let waits = matches!(self.reminder.state(), Some(State::Waiting { .. })) && self.occurrence.unanswered > 0;
        if let Event::CallReported { claim, report: Report::PickedUp, .. } | Event::KeyPressed { claim } = event
            && self.reminder.last_claim.as_ref() == Some(claim)
            && waits
        {
            self.occurrence.answered = true;
        }
    }

    /// What is stale changes nothing, and an end is final.
    fn check_event(&self, event: &Event, next: &Reminder) {
        assert!(self.reminder.state().is_some(), "{event:?} changed an end to {:?}", next.life);
        let known = |claim: &ClaimId| {
            self.reminder.state().and_then(State::claim) == Some(claim)
                || self.reminder.last_claim.as_ref() == Some(claim)
        };
        match event {
            Event::WakeUpSent { generation }
            | Event::Woken { generation, .. }
            | Event::SlotAssigned { generation, .. }
            | Event::NoSlotInTime { generation }
            | Event::Postponed { generation, .. }
            | Event::TextAccepted { generation }
            | Event::TextRefusedForNow { generation, .. }
            | Event::TextSlotAssigned { generation, .. }
            | Event::TextRefusedForGood { generation } => {
                assert_eq!(*generation, self.reminder.generation, "a wake-up or a text of another plan");
            }
            Event::Accepted { claim, .. }
            | Event::RefusedForNow { claim, .. }
            | Event::RefusedForGood { claim }
            | Event::CallReported { claim, .. }
            | Event::KeyPressed { claim } => assert!(known(claim), "{event:?} of another call"),
            Event::OptedOut { epoch } => assert!(*epoch > self.reminder.epoch, "made since its person came back"),
            Event::DeadlinePassed => assert!(self.reminder.deadline().unwrap() <= self.now, "not overdue"),
            Event::Acknowledged
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::Skipped => {}
        }
    }

    /// An event changes how far a reminder has come, never what it is.
    fn check_identity(&self, next: &Reminder) {
        let Reminder { zone, due, due_source, generation, last_claim, last_end_at, life, .. } = next.clone();
        let unchanged = self.reminder.clone();
        assert_eq!(
            *next,
            Reminder { zone, due, due_source, generation, last_claim, last_end_at, life, ..unchanged.clone() }
        );
        if (&next.zone, next.due_source) != (&unchanged.zone, unchanged.due_source) {
            let moved = (unchanged.due_source, next.due_source);
            assert_eq!(moved, (DueSource::GuessedClock, DueSource::Fixed), "only a guess is corrected, and once");
        }
        assert!(last_end_at == self.reminder.last_end_at || next.due != self.reminder.due, "no occurrence has ended");
        assert!(next.generation >= self.reminder.generation, "a generation never goes back");
        if next.last_claim != self.reminder.last_claim {
            assert_eq!(next.last_claim.as_ref(), self.reminder.state().and_then(State::claim));
        }
    }

    /// Each new plan has its own generation and its wake-up, and a series goes on with a later occurrence.
    fn check_plan(&self, next: &Reminder, effects: &[Effect]) {
        for effect in effects {
            let Effect::SendWakeUp(wake) = effect else { continue };
            let Some(State::Waiting { wake_at, .. }) = next.state() else { panic!("a wake-up for {:?}", next.life) };
            assert_eq!((wake.generation, wake.wake_at), (next.generation, *wake_at));
        }
        let planned = effects.iter().any(|effect| matches!(effect, Effect::SendWakeUp(_)));
        if next.generation == self.reminder.generation {
            assert_eq!(next.due, self.reminder.due);
            let waits = |one: &Reminder| matches!(one.state(), Some(State::Waiting { .. }));
            assert!(waits(&self.reminder) || !waits(next), "waiting again without a new plan");
        } else {
            assert!(planned, "a plan without a wake-up");
        }
        if next.due != self.reminder.due && next.rule.is_some() {
            let is_later = next.due > self.reminder.due || next.zone != self.reminder.zone;
            assert!(is_later && next.due > self.now);
        }
    }

    /// A text is sent only after its try was written, and three times at most.
    fn check_texts(&self, next: &Reminder, effects: &[Effect]) {
        let tries = |one: &Reminder| match one.state() {
            Some(State::Texting { tries, .. }) => *tries,
            _ => 0,
        };
        assert!(tries(next) <= crate::policy::TEXT_TRIES);
        if effects.iter().any(|effect| matches!(effect, Effect::SendText(_))) {
            assert_eq!(tries(next), tries(&self.reminder) + 1, "a text whose try is not written");
        } else {
            assert!(tries(next) <= tries(&self.reminder));
        }
    }

    fn check_deadline(&self, next: &Reminder) {
        let Some(deadline) = next.deadline() else { return };
        let from = match next.state() {
            Some(State::Waiting { wake_at, .. }) => self.latest.max(*wake_at),
            _ => self.latest,
        };
        assert!(deadline <= after(from, LONGEST_WAIT_S), "a deadline at {deadline} for {:?}", next.life);
    }

    /// One call for each attempt, at most three, none while another may ring, none after one that was answered, none
    /// before its moment or past its patience.
    fn check_calls(&mut self, event: &Event, next: &Reminder) {
        let known = self.occurrence.clone();
        if next.due != self.reminder.due || next.state().is_none() {
            self.occurrence = Occurrence::default();
        } else {
            self.occurrence.hear(event);
        }
        if next.life == self.reminder.life {
            return;
        }
        let Some(State::Dialing { attempt, claim }) = next.state() else { return };
        let Some(State::Waiting { wake_at, .. }) = self.reminder.state() else {
            panic!("a call out of {:?}", self.reminder.life)
        };
        assert!(*wake_at <= self.now && self.now <= policy().last_ring(next.due), "a call at {}", self.now);
        assert!(known.open.is_none() && !known.answered, "another call after {known:?}");
        assert!(*attempt == known.unanswered + 1 && *attempt <= crate::policy::ATTEMPTS, "call {attempt} {known:?}");
        assert!(!self.claims.contains(claim));
        self.occurrence.open = Some(claim.clone());
    }

    /// Only the sweeper is left: each deadline passes, and nobody says anything.
    pub(super) fn sweep_to_the_end(mut self) {
        let due = self.reminder.due;
        let moment = match self.reminder.state() {
            Some(State::Waiting { wake_at, .. }) => self.latest.max(*wake_at),
            _ => self.latest,
        };
        for _ in 0..SWEEPS {
            let Some(deadline) = self.reminder.deadline() else { return };
            self.now = self.now.max(deadline);
            assert!(self.now <= after(moment, ALONE_S), "still {:?}", self.reminder.life);
            let effects = self.learn(&Event::DeadlinePassed);
            if self.reminder.state().is_none() || self.reminder.due != due {
                assert!(effects.contains(&Effect::RaiseAlarm), "an end that nobody heard of");
                return;
            }
        }
        panic!("still {:?} after {SWEEPS} sweeps", self.reminder.life);
    }
}

impl Occurrence {
    /// What an event that changed the record says about the calls of this occurrence.
    fn hear(&mut self, event: &Event) {
        match event {
            Event::RefusedForNow { .. } => self.open = None,
            Event::CallReported { report: Report::NotReached, .. } if !self.answered => {
                self.open = None;
                self.unanswered += 1;
            }
            Event::CallReported { report: Report::PickedUp | Report::Completed, .. } | Event::KeyPressed { .. } => {
                self.answered = true;
            }
            Event::CallReported { report: Report::Initiated | Report::NotReached, .. }
            | Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::Postponed { .. }
            | Event::Accepted { .. }
            | Event::RefusedForGood { .. }
            | Event::DeadlinePassed
            | Event::TextAccepted { .. }
            | Event::TextRefusedForNow { .. }
            | Event::TextSlotAssigned { .. }
            | Event::TextRefusedForGood { .. }
            | Event::Acknowledged
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::Skipped
            | Event::OptedOut { .. } => {}
        }
    }
}
