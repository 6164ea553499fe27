//! One reminder, what has happened to it, and the guarantees that must hold after every event.

use super::random_events::{Elapse, Kind, NamedClaim, NamedGeneration, RandomEvent};
use super::*;

/// The longest wait of any deadline, counted from now or from the moment of the planned call.
const LONGEST_WAIT_S: i64 = 900;

/// How long the sweeper alone may take to end an occurrence, counted from its moment.
const SWEEPER_ALONE_MAX_S: i64 = 3 * 3600;

/// How many sweeps that may take: a recovery every quarter of an hour for weeks.
const SWEEPS_MAX: usize = 2000;

/// What is known of this occurrence's calls.
#[derive(Debug, Clone, Default)]
struct Occurrence {
    /// The claim that may have placed a call whose end is unknown.
    open: Option<ClaimId>,
    /// Calls that are known to have ended without an answer.
    unanswered: u8,
    /// Whether the person picked up or pressed a key.
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

    pub(super) fn step(&mut self, random: &RandomEvent) {
        self.now = match (random.elapse, self.reminder.state()) {
            (Elapse::Seconds(seconds), _) => after(self.now, seconds),
            (Elapse::ToWake, Some(State::Waiting { wake_at, .. })) => self.now.max(*wake_at),
            (Elapse::ToWake, _) => self.now,
            (Elapse::ToDeadline, _) => self.reminder.deadline().map_or(self.now, |deadline| self.now.max(deadline)),
        };
        let event = self.event(random);
        self.apply(&event);
    }

    fn event(&self, random: &RandomEvent) -> Event {
        let claim = self.named_claim(random.claim);
        let call = format!("twilio#CA{claim}").parse().unwrap();
        let generation = match random.generation {
            NamedGeneration::Current => self.reminder.generation,
            NamedGeneration::Older => self.reminder.generation - 1,
            NamedGeneration::Newer => self.reminder.generation + 1,
        };
        match random.kind {
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
            Kind::SeriesReplanned(ahead_s) => {
                Event::SeriesReplanned { zone: self.reminder.zone.clone(), due: after(self.now, ahead_s) }
            }
            Kind::Skipped => Event::Skipped,
            Kind::OptedOut(epoch) => Event::OptedOut { epoch },
        }
    }

    fn fresh(&self) -> ClaimId {
        claim(100 + u32::try_from(self.claims.len()).unwrap())
    }

    fn named_claim(&self, named: NamedClaim) -> ClaimId {
        let (live, last) = (self.reminder.state().and_then(State::claim), self.reminder.last_claim.as_ref());
        match named {
            NamedClaim::Current => live.or(last),
            NamedClaim::Last => last,
            NamedClaim::Older(index) => self.claims.iter().rev().nth(index),
            NamedClaim::Unknown => None,
        }
        .cloned()
        .unwrap_or_else(|| claim(9))
    }

    /// Applies an event, and checks the guarantees of every step.
    pub(super) fn apply(&mut self, event: &Event) -> Vec<Effect> {
        self.latest = self.latest.max(self.now);
        self.note_last_call(event);
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
        self.check_plan(event, &next, &effects);
        self.check_texts(&next, &effects);
        self.check_deadline(&next);
        self.check_calls(event, &next);
        if let Some(State::Dialing { claim, .. }) = next.state() {
            self.claims.push(claim.clone());
        }
        self.reminder = next;
        effects
    }

    /// A pick-up or key of the last call counts as an answer while another call is planned, even if the record ignores
    /// it.
    fn note_last_call(&mut self, event: &Event) {
        let waits = matches!(self.reminder.state(), Some(State::Waiting { .. })) && self.occurrence.unanswered > 0;
        if let Event::CallReported { claim, report: Report::PickedUp, .. } | Event::KeyPressed { claim } = event
            && self.reminder.last_claim.as_ref() == Some(claim)
            && waits
        {
            self.occurrence.answered = true;
        }
    }

    /// A stale event changes nothing, and an ended reminder stays ended.
    fn check_event(&self, event: &Event, next: &Reminder) {
        assert!(self.reminder.state().is_some(), "{event:?} changed an ended reminder to {:?}", next.life);
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
                assert_eq!(*generation, self.reminder.generation, "a wake-up or a text of another generation");
            }
            Event::Accepted { claim, .. }
            | Event::RefusedForNow { claim, .. }
            | Event::RefusedForGood { claim }
            | Event::CallReported { claim, .. }
            | Event::KeyPressed { claim } => assert!(known(claim), "{event:?} of another call"),
            Event::OptedOut { epoch } => assert!(*epoch > self.reminder.epoch, "made after the opt-out"),
            Event::DeadlinePassed => assert!(self.reminder.deadline().unwrap() <= self.now, "not overdue"),
            Event::Acknowledged
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::SeriesReplanned { .. }
            | Event::Skipped => {}
        }
    }

    /// An event changes how far a reminder has come, and nothing else of it but a guessed zone.
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

    /// Each new plan has its own generation and its wake-up. A series goes on with a later occurrence, unless
    /// its person wants another one.
    fn check_plan(&self, event: &Event, next: &Reminder, effects: &[Effect]) {
        for effect in effects {
            let Effect::SendWakeUp(wake) = effect else { continue };
            let Some(State::Waiting { wake_at, .. }) = next.state() else { panic!("a wake-up for {:?}", next.life) };
            assert_eq!((wake.generation, wake.wake_at), (next.generation, *wake_at));
        }
        let planned = effects.iter().any(|effect| matches!(effect, Effect::SendWakeUp(_)));
        if next.generation == self.reminder.generation {
            assert_eq!(next.due, self.reminder.due);
            let waits = |one: &Reminder| matches!(one.state(), Some(State::Waiting { .. }));
            assert!(waits(&self.reminder) || !waits(next), "waiting again without a new generation");
        } else {
            assert!(planned, "a plan without a wake-up");
        }
        if next.due != self.reminder.due && next.rule.is_some() {
            let is_later = next.due > self.reminder.due || next.zone != self.reminder.zone;
            let is_wanted = matches!(event, Event::SeriesReplanned { .. });
            assert!((is_later || is_wanted) && next.due > self.now);
        }
    }

    /// A text is sent only after its try was counted, and at most three times.
    fn check_texts(&self, next: &Reminder, effects: &[Effect]) {
        let tries = |one: &Reminder| match one.state() {
            Some(State::Texting { tries, .. }) => *tries,
            _ => 0,
        };
        assert!(tries(next) <= crate::policy::TEXT_TRIES);
        if effects.iter().any(|effect| matches!(effect, Effect::SendText(_))) {
            assert_eq!(tries(next), tries(&self.reminder) + 1, "a text whose try is not counted");
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

    /// There is one call for each attempt, and at most as many as the policy allows. No call starts while another may ring, after one was
    /// answered, before its moment, or past the max lateness.
    fn check_calls(&mut self, event: &Event, next: &Reminder) {
        let known = self.occurrence.clone();
        if next.due != self.reminder.due || next.state().is_none() {
            self.occurrence = Occurrence::default();
        } else {
            self.occurrence.note(event);
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
        assert!(*attempt == known.unanswered + 1 && *attempt <= policy().attempts(), "call {attempt} {known:?}");
        assert!(!self.claims.contains(claim));
        self.occurrence.open = Some(claim.clone());
    }

    /// Applies nothing but passed deadlines until the occurrence ends.
    pub(super) fn sweep_to_the_end(mut self) {
        let due = self.reminder.due;
        let moment = match self.reminder.state() {
            Some(State::Waiting { wake_at, .. }) => self.latest.max(*wake_at),
            _ => self.latest,
        };
        for _ in 0..SWEEPS_MAX {
            let Some(deadline) = self.reminder.deadline() else { return };
            self.now = self.now.max(deadline);
            assert!(self.now <= after(moment, SWEEPER_ALONE_MAX_S), "still {:?}", self.reminder.life);
            let effects = self.apply(&Event::DeadlinePassed);
            if self.reminder.state().is_none() || self.reminder.due != due {
                assert!(effects.contains(&Effect::RaiseAlarm), "an end without an alert");
                return;
            }
        }
        panic!("still {:?} after {SWEEPS_MAX} sweeps", self.reminder.life);
    }
}

impl Occurrence {
    /// Notes what an event that changed the record says about the calls of this occurrence.
    fn note(&mut self, event: &Event) {
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
            | Event::SeriesReplanned { .. }
            | Event::Skipped
            | Event::OptedOut { .. } => {}
        }
    }
}
