//! One reminder, its calls and texts so far, and the guarantees that must hold after every event.

use super::random_events::{Elapse, Kind, NamedClaim, NamedGeneration, RandomEvent};
use super::*;

/// The longest wait of any deadline, counted from now or from the instant of the planned call.
const LONGEST_WAIT_S: i64 = 900;

/// How long the sweeper alone may take to end an occurrence, counted from the instant of its planned call.
const SWEEPER_ALONE_MAX_S: i64 = 3 * 3600;

/// Maximum number of sweeps until an occurrence ends. It is enough for a recovery every quarter of an hour for weeks.
const SWEEPS_MAX: usize = 2000;

/// The known facts about the calls of this occurrence.
#[derive(Debug, Clone, Default)]
struct Occurrence {
    /// The claim that may have placed a call whose end is unknown.
    open: Option<ClaimId>,
    /// Calls that are known to be over.
    over: u8,
    /// Whether a person is known to have picked up.
    person: bool,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) reminder: Reminder,
    now: Timestamp,
    latest: Timestamp,
    claims: Vec<ClaimId>,
    texts: Vec<OutgoingTextId>,
    occurrence: Occurrence,
}

impl World {
    pub(super) fn new(reminder: Reminder, now: Timestamp) -> Self {
        Self { reminder, now, latest: now, claims: vec![], texts: vec![], occurrence: Occurrence::default() }
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
            Kind::Woken => Event::Woken { generation, claim: self.fresh(), code: None },
            Kind::SlotAssigned(wait_s) => Event::SlotAssigned {
                generation,
                slot: Slot { at: after(self.now, wait_s), carrier: "twilio".parse().unwrap() },
            },
            Kind::NoSlotInTime => Event::NoSlotInTime { generation },
            Kind::CallLimitReached => limit_reached(generation),
            Kind::Postponed(wait_s) => Event::Postponed { generation, until: after(self.now, wait_s) },
            Kind::Accepted => Event::Accepted { claim, call },
            Kind::RefusedForNow(wait_s) => Event::RefusedForNow { claim, retry_at: after(self.now, wait_s) },
            Kind::RefusedForGood => Event::RefusedForGood { claim },
            Kind::Reported(report) => Event::CallReported { claim, call, report },
            Kind::KeyPressed => Event::KeyPressed { claim },
            Kind::DeadlinePassed => Event::DeadlinePassed,
            Kind::Detected(verdict) => Event::AnswererDetected { claim, call, verdict },
            Kind::Resumed => Event::Resumed,
            Kind::Acknowledged => Event::Acknowledged { received_at: self.now },
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

    /// Applies an event, and checks the guarantees of every step. Returns the change, if there is one.
    pub(super) fn apply(&mut self, event: &Event) -> Option<Change> {
        self.latest = self.latest.max(self.now);
        let change = match transition(&self.reminder, event, self.now, &policy()) {
            Transition::Ignore => return None,
            Transition::Act(effects) => {
                let is_safe = matches!(effects[..], [Effect::CancelCall(_) | Effect::WithdrawText(_)]);
                assert!(
                    is_safe,
                    "without a write, only a call may be cancelled or a text withdrawn, found {effects:?}"
                );
                return None;
            }
            Transition::Change(change) => *change,
        };
        if self.is_release(event, &change.next) || self.is_pickup_of_cancelled_call(event, &change.next) {
            self.reminder = change.next.clone();
            return Some(change);
        }
        self.check_event(event, &change.next);
        self.check_identity(&change.next);
        self.check_end(&change);
        self.check_plan(event, &change);
        self.check_deadline(&change.next);
        self.check_calls(event, &change.next);
        if let Some(State::Dialing { claim, .. }) = change.next.state() {
            self.claims.push(claim.clone());
        }
        self.texts.extend(change.text.iter().map(|text| text.key.text.clone()));
        self.reminder = change.next.clone();
        Some(change)
    }

    /// Whether the only change is that a cancelled call is over.
    fn is_release(&self, event: &Event, next: &Reminder) -> bool {
        let released = Reminder { cancelled_claim: None, ..self.reminder.clone() };
        matches!(event, Event::CallReported { claim, report: Report::Completed | Report::NotReached, .. }
            if self.reminder.cancelled_claim.as_ref() == Some(claim) && *next == released)
    }

    /// Whether the only change is that the person picked up a cancelled call, which restarts the count of misses.
    fn is_pickup_of_cancelled_call(&self, event: &Event, next: &Reminder) -> bool {
        let restarted = Reminder { missed_in_row: 0, ..self.reminder.clone() };
        matches!(event, Event::KeyPressed { claim } | Event::AnswererDetected { claim, verdict: Verdict::Person, .. }
            if self.reminder.cancelled_claim.as_ref() == Some(claim) && *next == restarted)
    }

    /// Checks that a stale event changes nothing, and that an ended reminder stays ended. Apart from the
    /// release in `is_release`, only a key or a "done" changes an ended reminder.
    fn check_event(&self, event: &Event, next: &Reminder) {
        if self.reminder.state().is_none() {
            assert!(
                matches!(event, Event::KeyPressed { .. } | Event::Acknowledged { .. }),
                "{event:?} changed an ended reminder"
            );
            assert!(next.state().is_none(), "{event:?} revived a reminder: {:?}", next.life);
        }
        let known = |claim: &ClaimId| {
            self.reminder.state().and_then(State::claim) == Some(claim)
                || self.reminder.last_claim.as_ref() == Some(claim)
        };
        match event {
            Event::WakeUpSent { generation }
            | Event::Woken { generation, .. }
            | Event::SlotAssigned { generation, .. }
            | Event::NoSlotInTime { generation }
            | Event::CallLimitReached { generation, .. }
            | Event::Postponed { generation, .. } => {
                assert_eq!(*generation, self.reminder.generation, "a wake-up of another generation changed a reminder");
            }
            Event::KeyPressed { claim } => {
                let is_of_last_end =
                    self.reminder.last_end.as_ref().and_then(|last| last.claim.as_ref()) == Some(claim);
                assert!(known(claim) || is_of_last_end, "{event:?} of another call changed a reminder");
            }
            Event::Accepted { claim, .. }
            | Event::RefusedForNow { claim, .. }
            | Event::RefusedForGood { claim }
            | Event::AnswererDetected { claim, .. }
            | Event::CallReported { claim, .. } => {
                assert!(known(claim), "{event:?} of another call changed a reminder")
            }
            Event::OptedOut { epoch } => {
                assert!(*epoch > self.reminder.epoch, "an opt-out changed a reminder that was made after it")
            }
            Event::DeadlinePassed => assert!(
                self.reminder.deadline().unwrap() <= self.now,
                "a deadline that has not passed changed a reminder"
            ),
            Event::Resumed => assert!(self.reminder.is_paused(), "a series was resumed without a pause"),
            Event::Acknowledged { .. }
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::SeriesReplanned { .. }
            | Event::Skipped => {}
        }
    }

    /// Checks that an event changes only the progress of a reminder, and its zone if the zone was guessed.
    fn check_identity(&self, next: &Reminder) {
        let unchanged = self.reminder.clone();
        let Reminder { zone, due, due_source, generation, last_claim, last_end, missed_in_row, life, .. } =
            next.clone();
        let cancelled_claim = next.cancelled_claim.clone();
        let allowed = Reminder { zone, due, due_source, generation, last_claim, cancelled_claim, ..unchanged.clone() };
        assert_eq!(*next, Reminder { last_end, missed_in_row, life, ..allowed });
        if (&next.zone, next.due_source) != (&unchanged.zone, unchanged.due_source) {
            let sources = (unchanged.due_source, next.due_source);
            assert_eq!(sources, (DueSource::GuessedClock, DueSource::Fixed), "only a guess is corrected, and once");
        }
        assert!(next.generation >= self.reminder.generation, "a generation never goes back");
        if next.cancelled_claim != self.reminder.cancelled_claim && next.cancelled_claim.is_some() {
            assert_eq!(next.cancelled_claim.as_ref(), self.reminder.state().and_then(State::claim));
        }
        if next.last_claim != self.reminder.last_claim {
            assert_eq!(next.last_claim.as_ref(), self.reminder.state().and_then(State::claim));
        }
    }

    /// Checks that a change has a text of its own if an occurrence ends unconfirmed or missed in it, and otherwise has
    /// none. Also checks the state of that text, and that a series is paused only after enough missed occurrences.
    fn check_end(&self, change: &Change) {
        let Change { next, text, .. } = change;
        let owes_text = |last: &&LastEnd| last.end != End::Heard;
        let (end_before, end_after) = (self.reminder.last_end.as_ref(), next.last_end.as_ref());
        let changed = end_after.filter(|_| end_before != end_after);
        assert_eq!(
            text.is_some(),
            changed.filter(owes_text).is_some(),
            "{end_before:?} became {end_after:?} with {text:?}"
        );
        assert!(changed.is_none_or(|last| last.end != End::Cancelled));
        if let Some(text) = text {
            assert_eq!(changed.and_then(|last| last.text.as_ref()), Some(&text.key.text));
            assert!(!self.texts.contains(&text.key.text), "a text of another occurrence is overwritten");
            let is_owed = matches!(text.state(), Some(TextState::Owed { tries: 0 | 1, slot: None, .. }));
            assert!(is_owed && text.epoch == next.epoch && text.deadline() > Some(self.now));
            let is_over = next.state().is_none_or(|state| !state.has_begun());
            assert!(is_over && next.due >= self.reminder.due, "still {:?} after the end", next.life);
        }
        assert!(next.missed_in_row <= self.reminder.missed_in_row.saturating_add(1));
        if next.is_paused() && !self.reminder.is_paused() {
            assert!(next.rule.is_some() && next.missed_in_row >= MISSED_IN_ROW_MAX && text.is_some());
        }
    }

    /// Checks that each new plan has a generation and a wake-up of its own, and that a series goes on with a later
    /// occurrence. Only a correction of the zone or a new plan of the series may make the occurrence earlier.
    fn check_plan(&self, event: &Event, Change { next, effects, .. }: &Change) {
        for effect in effects {
            let Effect::SendWakeUp(wake) = effect else { continue };
            let Some(State::Waiting { wake_at, .. }) = next.state() else { panic!("a wake-up for {:?}", next.life) };
            assert_eq!((wake.generation, wake.wake_at), (next.generation, *wake_at));
        }
        let is_planned = effects.iter().any(|effect| matches!(effect, Effect::SendWakeUp(_)));
        let waits = |record: &Reminder| matches!(record.state(), Some(State::Waiting { .. }));
        if next.generation == self.reminder.generation {
            assert_eq!(next.due, self.reminder.due);
            assert!(waits(&self.reminder) || !waits(next), "waiting again without a new generation");
        } else {
            assert_eq!(is_planned, waits(next), "a plan has no wake-up");
        }
        if next.due != self.reminder.due && next.rule.is_some() {
            let is_later = next.due > self.reminder.due;
            let may_be_earlier = next.zone != self.reminder.zone || matches!(event, Event::SeriesReplanned { .. });
            assert!((is_later || may_be_earlier) && next.due > self.now);
        }
    }

    fn check_deadline(&self, next: &Reminder) {
        let Some(deadline) = next.deadline().filter(|_| !next.is_paused()) else { return };
        let from = match next.state() {
            Some(State::Waiting { wake_at, .. }) => self.latest.max(*wake_at),
            _ => self.latest,
        };
        assert!(deadline <= after(from, LONGEST_WAIT_S), "a deadline at {deadline} for {:?}", next.life);
    }

    /// Checks that there is one call for each attempt, and at most as many calls as the policy allows. No call may
    /// start while another one may ring, after a person picked up an earlier call, before its instant, or past the max
    /// lateness.
    fn check_calls(&mut self, event: &Event, next: &Reminder) {
        let known = self.occurrence.clone();
        if next.due != self.reminder.due || next.state().is_none() || next.is_paused() {
            self.occurrence = Occurrence::default();
        } else {
            self.occurrence.note(event);
        }
        if next.life == self.reminder.life {
            return;
        }
        let Some(State::Dialing { attempt, claim, .. }) = next.state() else { return };
        // A verdict about the previous call changes the known facts, but requests no other call.
        if matches!(self.reminder.state(), Some(State::Dialing { claim: before, .. }) if before == claim) {
            return;
        }
        let Some(State::Waiting { wake_at, .. }) = self.reminder.state() else {
            panic!("a call was requested in {:?}", self.reminder.life)
        };
        assert!(*wake_at <= self.now && self.now <= policy().last_ring(next.due), "a call at {}", self.now);
        assert!(known.open.is_none() && !known.person, "another call after {known:?}");
        assert!(*attempt == known.over + 1 && *attempt <= policy().attempts(), "call {attempt} {known:?}");
        assert!(!self.claims.contains(claim));
        self.occurrence.open = Some(claim.clone());
    }

    /// Applies only passed deadlines, until the occurrence ends or the series is paused.
    pub(super) fn sweep_to_the_end(mut self) {
        let due = self.reminder.due;
        let since = match self.reminder.state() {
            Some(State::Waiting { wake_at, .. }) => self.latest.max(*wake_at),
            _ => self.latest,
        };
        for _ in 0..SWEEPS_MAX {
            let Some(deadline) = self.reminder.deadline().filter(|_| !self.reminder.is_paused()) else { return };
            self.now = self.now.max(deadline);
            assert!(self.now <= after(since, SWEEPER_ALONE_MAX_S), "still {:?}", self.reminder.life);
            let change = self.apply(&Event::DeadlinePassed);
            if self.reminder.state().is_none() || self.reminder.due != due || self.reminder.is_paused() {
                assert!(change.is_some_and(|change| change.text.is_some()), "an occurrence ended without a text");
                return;
            }
        }
        panic!("still {:?} after {SWEEPS_MAX} sweeps", self.reminder.life);
    }
}

impl Occurrence {
    /// Notes the facts about this occurrence's calls that follow from an event which changed the record.
    fn note(&mut self, event: &Event) {
        match event {
            Event::RefusedForNow { .. } => self.open = None,
            Event::CallReported { report: Report::Completed | Report::NotReached, .. } => {
                self.open = None;
                self.over += 1;
            }
            // The record showed the call as over, but it is under way.
            Event::CallReported { claim, report: Report::PickedUp, .. } if self.open.is_none() => {
                self.open = Some(claim.clone());
                self.over -= 1;
            }
            Event::AnswererDetected { verdict: Verdict::Person, .. } => self.person = true,
            Event::CallReported { report: Report::Initiated | Report::PickedUp, .. }
            | Event::AnswererDetected { .. }
            | Event::KeyPressed { .. }
            | Event::WakeUpSent { .. }
            | Event::Woken { .. }
            | Event::SlotAssigned { .. }
            | Event::NoSlotInTime { .. }
            | Event::CallLimitReached { .. }
            | Event::Postponed { .. }
            | Event::Accepted { .. }
            | Event::RefusedForGood { .. }
            | Event::DeadlinePassed
            | Event::Acknowledged { .. }
            | Event::Deleted
            | Event::Rescheduled { .. }
            | Event::ZoneCorrected { .. }
            | Event::SeriesReplanned { .. }
            | Event::Skipped
            | Event::Resumed
            | Event::OptedOut { .. } => {}
        }
    }
}
