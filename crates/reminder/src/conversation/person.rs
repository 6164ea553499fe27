//! A person in conversation tests, whose reminders ring between the texts.

use std::cell::Cell;

use crate::confirmation::ConfirmationCode;
use crate::event::Event;
use crate::lifecycle::{Transition, transition};
use crate::limits::Answers;
use crate::policy::{Times, UNCONFIRMED_CALLS_MAX, after};
use crate::record::{AnsweredBy, End, LastEnd, Lifecycle, State, Zone};

use super::corpus_tests::{Counted, PERSON};
use super::*;
use crate::conversation::{AnswerRoute, NotServed, Sender};

/// The beginning of an answer that introduces the service.
pub(super) const INTRODUCTION: &str = "sixthirty: ";

/// Time from the start of an occurrence's first call until the end of its last call, in seconds. No call is answered.
pub(super) const TRIED_S: i64 = 120;

/// A person who never answers the phone, and their reminders. The methods take instants in seconds after noon.
pub(super) struct Person {
    pub(super) profile: Profile,
    pub(super) reminders: Vec<Reminder>,
    ids: Counted,
    policy: Policy,
    service_name: ServiceName,
    /// The calls that the number has had.
    calls: UnconfirmedCalls,
    /// Why the person is not served. Absent if the person is served.
    pub(super) not_served: Option<NotServed>,
    /// Whether a later release wrote reminders of the person, which this release can't read.
    pub(super) has_newer: bool,
    /// The instants of the first call of each occurrence.
    pub(super) first_calls: Vec<Timestamp>,
    /// How many of those calls are for a later occurrence of a series.
    pub(super) later_calls: usize,
}

pub(super) fn noon() -> Timestamp {
    "2026-03-02T17:00:00Z".parse().unwrap()
}

impl Person {
    pub(super) fn new() -> Self {
        let zone = Zone::named("America/New_York").unwrap();
        let number = "+12125550142".parse().unwrap();
        Self {
            profile: Profile::new_profile(PERSON.parse().unwrap(), number, zone, after(noon(), -60)),
            reminders: Vec::new(),
            ids: Counted(Cell::new(0)),
            policy: Policy::new(Times::DEFAULT).unwrap(),
            service_name: ServiceName::default(),
            not_served: None,
            calls: UnconfirmedCalls::default(),
            has_newer: false,
            first_calls: Vec::new(),
            later_calls: 0,
        }
    }

    /// A person whose number has had all calls that an unconfirmed number gets, and has this code.
    pub(super) fn told(mut self, code: ConfirmationCode) -> Self {
        self.calls = UnconfirmedCalls { ever: UNCONFIRMED_CALLS_MAX, code: Some(code) };
        self
    }

    pub(super) fn confirmed() -> Self {
        let mut person = Self::new();
        person.profile.confirmed_at = Some(after(noon(), -30));
        person
    }

    /// Records an opt-out that the carrier reported. The person's reminders stay as they are.
    pub(super) fn opt_out_at_the_carrier(&mut self, second: i64) {
        let at = after(noon(), second);
        self.profile.opt_out(at, at);
    }

    /// Handles a text at the second at which it was received. Returns the answer.
    pub(super) fn text(&mut self, second: i64, body: &str) -> String {
        self.text_late(second, second, body)
    }

    /// Forgets that texts were answered, as if the person had sent them hours before.
    pub(super) fn forget_answers(&mut self) {
        self.profile.limits.answers = Answers::default();
    }

    /// Handles a text at `second` that was received earlier. Returns the answer.
    pub(super) fn text_late(&mut self, received_s: i64, second: i64, body: &str) -> String {
        self.text_by(AnswerRoute::Reply, received_s, second, body)
    }

    /// Handles a text that is answered by this route. Returns the answer without an introduction.
    pub(super) fn text_by(&mut self, route: AnswerRoute, received_s: i64, second: i64, body: &str) -> String {
        let decision = self.decision(route, received_s, second, body);
        self.profile = decision.profile;
        for write in decision.writes {
            self.write(write);
        }
        if self.profile.ends_reminders(after(noon(), received_s)) {
            self.end_all(second);
        }
        decision.answer.strip_prefix(INTRODUCTION).unwrap_or(&decision.answer).to_owned()
    }

    /// Ends every reminder, as the caller of a decision does after an opt-out.
    fn end_all(&mut self, second: i64) {
        let opted_out = Event::OptedOut { epoch: self.profile.consent.epoch };
        for one in &mut self.reminders {
            if let Transition::Change(change) = transition(one, &opted_out, after(noon(), second), &self.policy) {
                *one = change.next;
            }
        }
    }

    /// Returns the decision on a text, without storing it.
    pub(super) fn decision(&mut self, route: AnswerRoute, received_s: i64, second: i64, body: &str) -> Decision {
        let now = after(noon(), second);
        self.ring_until(now);
        let text = self.received_text(route, received_s, body);
        self.decision_on(&text, now)
    }

    /// Returns a text of this person.
    pub(super) fn received_text(&self, route: AnswerRoute, received_s: i64, body: &str) -> ReceivedText {
        ReceivedText {
            id: "test#text".parse().unwrap(),
            from: self.profile.number.clone(),
            sender: self.sender(),
            body: body.to_owned(),
            opt_out_type: None,
            received_at: after(noon(), received_s),
            route,
            pressed: None,
        }
    }

    /// Returns the decision on a received text, without storing it.
    pub(super) fn decision_on(&mut self, text: &ReceivedText, now: Timestamp) -> Decision {
        let (received_at, route) = (text.received_at, text.route);
        let calls = if depends_on_calls(text, &self.profile) { self.calls } else { UnconfirmedCalls::default() };
        let request = read(text, &self.profile, calls);
        let scope = scope(request.as_ref(), &self.profile);
        let is_read = |one: &&Reminder| is_in_scope(one, scope);
        let kept = self.reminders.iter().filter(is_read).cloned().collect();
        let reminders = Reminders::of(&self.profile, kept, received_at).with_newer(self.has_newer);
        let situation = Situation {
            body: &text.body,
            carrier: text.id.carrier(),
            opt_out_type: text.opt_out_type,
            pressed: text.pressed.as_ref(),
            calls,
            profile: self.profile.clone(),
            reminders: &reminders,
            received_at,
            now,
            policy: &self.policy,
            service_name: &self.service_name,
            ids: &self.ids,
        };
        match text.sender {
            Sender::Served { .. } => decide(situation, request.as_ref()),
            Sender::NotServed(reason) => turn_away(situation, request.as_ref(), reason, route),
        }
    }

    fn sender(&self) -> Sender {
        let served = Sender::Served { country: Country::US, zone: self.profile.zone.clone() };
        self.not_served.map_or(served, Sender::NotServed)
    }

    pub(super) fn open(&self) -> usize {
        self.reminders.iter().filter(|one| one.state().is_some()).count()
    }

    fn write(&mut self, write: ReminderWrite) {
        match write {
            ReminderWrite::Create(made) => self.reminders.push(made),
            ReminderWrite::Replace(next) => {
                let old = self.reminders.iter_mut().find(|one| one.key == next.key).unwrap();
                *old = next;
            }
        }
    }

    /// Lets every due reminder ring, unanswered.
    pub(super) fn ring_until(&mut self, now: Timestamp) {
        for one in &mut self.reminders {
            while let Lifecycle::Live { state: State::Waiting { attempt, .. }, .. } = one.life {
                if attempt == 1 && one.due <= now {
                    self.first_calls.push(one.due);
                    self.later_calls += usize::from(one.last_end.is_some());
                    one.life = life_of(2, after(one.due, TRIED_S));
                } else if attempt == 2 && after(one.due, TRIED_S) <= now {
                    let over = after(one.due, TRIED_S);
                    let next = one.rule.as_ref().and_then(|rule| rule.next_after(over, one.zone.rules()));
                    one.last_end = Some(LastEnd { end: End::Missed, due: one.due, at: over, claim: None, text: None });
                    one.due = next.unwrap_or(one.due);
                    one.generation += 2;
                    one.life = next.map_or(Lifecycle::Ended { end: End::Missed, at: over }, |due| life_of(1, due));
                } else {
                    break;
                }
            }
        }
    }
}

/// Whether a store returns this reminder for this scope. A store also limits the number of ended reminders.
pub(super) fn is_in_scope(one: &Reminder, scope: Scope) -> bool {
    match (&one.life, scope) {
        (Lifecycle::Live { .. }, _) => true,
        (Lifecycle::Ended { end: End::OptedOut { epoch }, .. }, Scope::Stopped { epoch: wanted }) => *epoch == wanted,
        (Lifecycle::Ended { end: End::OptedOut { .. }, .. }, Scope::Kept) => false,
        (Lifecycle::Ended { .. }, Scope::Kept) => true,
        (Lifecycle::Ended { .. }, Scope::Stopped { .. } | Scope::Open) => false,
    }
}

fn life_of(attempt: u8, wake_at: Timestamp) -> Lifecycle {
    Lifecycle::Live {
        state: State::Waiting { attempt, wake_at, slot: None, answered: AnsweredBy::Nobody },
        deadline: wake_at,
        recoveries: 0,
    }
}

/// Checks the beginning of the answer to each text. The number of each text is its second after noon. An empty
/// expectation means that there is no answer.
pub(super) fn check(mut person: Person, texts: &[(i64, &str, &str)]) {
    for (second, body, expected) in texts {
        let answer = person.text(*second, body);
        let fits = if expected.is_empty() { answer.is_empty() } else { answer.starts_with(expected) };
        assert!(fits, "{second} s, {body:?}: expected {expected:?}, found {answer:?}");
    }
}

/// The beginning of an answer that promises a call.
pub(super) const MADE: &str = "OK, I'll call you";
