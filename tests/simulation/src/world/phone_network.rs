//! The carrier's handling of a call, from its acceptance to its end: it queues and rings the call, fetches the speech,
//! posts pressed keys, and reports the status.

use reminder::ids::CallId;
use reminder::policy::{RING_STRETCH_S, Times};
use reminder::wire::CallStep;

use super::planned::{PlannedEvent, Says, Stage};
use super::talk::Talk;
use super::{Scale, World};
use crate::fakes::CallState;
use crate::faults::Fault;
use crate::history::{CallEnd, Observation, PickedUpBy, Speech};
use crate::people::{Machine, PickupBehavior, Reply};
use crate::twilio_forms::Twiml;

/// How long a phone that screens calls asks who is calling and why, in milliseconds.
const SCREENING_MS: i64 = 6000;

impl World {
    /// Begins a document on a call. The document before it stops.
    pub(super) fn begin_document(&mut self, call: &CallId, twiml: &Twiml) {
        self.stop_document(call);
        let now_ms = self.cloud.engine.now_ms();
        if let Some(talk) = self.talks.get_mut(call) {
            talk.begin(twiml, now_ms);
        }
    }

    /// Stops the document of a call, and records which of its words were heard, and by whom.
    pub(super) fn stop_document(&mut self, call: &CallId) {
        let now_ms = self.cloud.engine.now_ms();
        for fact in self.talks.get_mut(call).map_or_else(Vec::new, |talk| talk.stop(call, now_ms)) {
            self.cloud.record(fact);
        }
    }

    /// Plans the dialing of a call that the carrier accepted into its queue.
    pub(super) fn call_taken(&mut self, call: &CallId) {
        let engine = &self.cloud.engine;
        let wait_ms = if self.cloud.injects(Fault::CarrierQueues) {
            engine.between(5000, 1_200_000)
        } else {
            engine.between(50, 1500)
        };
        self.plan(wait_ms, PlannedEvent::CallStage(call.clone(), Stage::Dialed));
    }

    /// Reports the end of a call that was ended through the carrier's API.
    pub(super) fn call_ended(&mut self, call: &CallId) {
        self.stop_document(call);
        self.talks.remove(call);
        if let Some(CallState::Over(end)) = self.state(call) {
            self.report(call, status_of(end));
        }
    }

    /// Fetches the message to leave, after the service has redirected the call.
    pub(super) fn call_redirected(&mut self, call: &CallId) {
        if self.state(call) == Some(CallState::Talking) {
            self.stop_document(call);
            self.fetch_instructions(call, CallStep::Message);
        }
    }

    pub(super) fn state(&self, call: &CallId) -> Option<CallState> {
        self.cloud.phone.borrow().call(call).map(|call| call.state)
    }

    /// Index of the person whom a call is for.
    pub(super) fn called(&self, call: &CallId) -> Option<usize> {
        let to = self.cloud.phone.borrow().call(call).map(|call| call.to.clone());
        to.and_then(|to| self.person_of(&to))
    }

    pub(super) fn plan_stage(&mut self, delay_ms: i64, call: &CallId, stage: Stage) {
        self.plan(delay_ms, PlannedEvent::CallStage(call.clone(), stage));
    }

    pub(super) fn reach_stage(&mut self, call: &CallId, stage: Stage) {
        match (stage, self.state(call)) {
            (Stage::Dialed, Some(CallState::Queued)) => self.ring(call),
            (Stage::PickedUp(by), Some(CallState::Ringing)) => self.pick_up(call, by),
            (Stage::NotPickedUp(end), Some(CallState::Ringing)) => self.finish(call, end),
            (Stage::Joined, Some(CallState::Talking)) => self.join(call),
            (Stage::Pressed { digit, document }, Some(CallState::Talking)) => self.press(call, digit, document),
            (Stage::Pressed { .. }, Some(CallState::Over(_))) => {
                self.cloud.faults.record(Fault::LateKey, self.cloud.engine.now_ms());
            }
            (Stage::HungUp { document }, Some(CallState::Talking)) if self.is_current(call, document) => {
                self.finish(call, CallEnd::Completed);
            }
            (Stage::DocumentOver { document }, Some(CallState::Talking)) if self.is_current(call, document) => {
                self.document_over(call);
            }
            _ => {}
        }
    }

    fn is_current(&self, call: &CallId, document: u32) -> bool {
        self.talks.get(call).is_some_and(|talk| talk.document == document)
    }

    /// Rings a phone. A person has one line, which is busy while another call of the person rings or is in progress: a call
    /// of the service, or a call with another person.
    fn ring(&mut self, call: &CallId) {
        self.cloud.phone.borrow_mut().put(call, CallState::Ringing);
        self.cloud.record(Observation::Rings { call: call.clone() });
        self.report(call, "initiated");
        self.text_during_call(call);
        let Some(person) = self.called(call) else { return };
        let is_busy = self.is_line_busy(person);
        if is_busy {
            self.cloud.faults.record(Fault::LineBusy, self.cloud.engine.now_ms());
        }
        let (after_ms, stage) = if is_busy || self.cloud.faults.injects(Fault::LineBusy, &self.cloud.engine) {
            self.cloud.record(Observation::LineBusy { call: call.clone() });
            self.stage_if_declined(person)
        } else {
            self.lines.insert(person, call.clone());
            self.stage_on_free_line(person)
        };
        self.plan_stage(after_ms, call, stage);
    }

    pub(super) fn is_line_busy(&self, person: usize) -> bool {
        self.in_call_to_service.contains(&person)
            || self
                .lines
                .get(&person)
                .is_some_and(|other| matches!(self.state(other), Some(CallState::Ringing | CallState::Talking)))
    }

    /// Decides who or what picks up a call on a free line, or that nobody does, and after how many milliseconds.
    fn stage_on_free_line(&self, person: usize) -> (i64, Stage) {
        let (engine, phone) = (&self.cloud.engine, self.people[person].phone);
        let rings_ms = Times::DEFAULT.ring_s * 1000 + engine.between(0, RING_STRETCH_S * 1000);
        let not_by_person = match phone.machine {
            Machine::Screener => return (engine.between(300, 1500), Stage::PickedUp(PickedUpBy::Screener)),
            Machine::Mailbox { after_ms, .. } if after_ms < rings_ms => {
                (after_ms, Stage::PickedUp(PickedUpBy::Mailbox))
            }
            Machine::Mailbox { .. } | Machine::None => (rings_ms, Stage::NotPickedUp(CallEnd::NoAnswer)),
        };
        match phone.pickup_behavior(engine, self.people[person].presses) {
            PickupBehavior::PickUp(after_ms) if after_ms < not_by_person.0 => {
                (after_ms, Stage::PickedUp(PickedUpBy::Person))
            }
            PickupBehavior::PickUp(_) | PickupBehavior::LetRing => not_by_person,
            PickupBehavior::Decline => self.stage_if_declined(person),
        }
    }

    /// Decides how a call ends that is declined or meets a busy line, and after how many milliseconds.
    fn stage_if_declined(&self, person: usize) -> (i64, Stage) {
        let after_ms = self.cloud.engine.between(200, 8000);
        match self.people[person].phone.machine {
            Machine::Mailbox { .. } => (after_ms, Stage::PickedUp(PickedUpBy::Mailbox)),
            Machine::None | Machine::Screener => (after_ms, Stage::NotPickedUp(CallEnd::Busy)),
        }
    }

    fn pick_up(&mut self, call: &CallId, by: PickedUpBy) {
        let Some(person) = self.called(call) else { return };
        let (now_ms, phone) = (self.cloud.engine.now_ms(), self.people[person].phone);
        self.cloud.phone.borrow_mut().put(call, CallState::Talking);
        self.cloud.record(Observation::PickedUp { call: call.clone(), by });
        let greeting_ms = if let Machine::Mailbox { greeting_ms, .. } = phone.machine { greeting_ms } else { 0 };
        self.talks.insert(call.clone(), Talk::new(person, by, now_ms, greeting_ms));
        match by {
            PickedUpBy::Person => {}
            PickedUpBy::Mailbox => self.cloud.faults.record(Fault::MailboxPicksUp, now_ms),
            PickedUpBy::Screener => {
                self.cloud.faults.record(Fault::ScreenerPicksUp, now_ms);
                let presses = self.people[person].presses;
                if let PickupBehavior::PickUp(after_ms) = phone.pickup_behavior(&self.cloud.engine, presses) {
                    self.plan_stage(SCREENING_MS + after_ms, call, Stage::Joined);
                }
            }
        }
        self.plan_verdict(call);
        self.fetch_instructions(call, CallStep::Speech);
    }

    /// The person picks up a call that their phone has screened.
    fn join(&mut self, call: &CallId) {
        let now_ms = self.cloud.engine.now_ms();
        self.cloud.record(Observation::Joined { call: call.clone() });
        let Some(talk) = self.talks.get_mut(call) else { return };
        talk.person_from_ms = Some(now_ms);
        let waits_for_key = talk.keys_to.is_some() && now_ms <= talk.keys_until_ms;
        self.plan_reply(call, waits_for_key);
    }

    /// The person presses a key. The carrier takes the key only while the document waits for a key.
    fn press(&mut self, call: &CallId, digit: char, document: u32) {
        let now_ms = self.cloud.engine.now_ms();
        let Some(talk) = self.talks.get_mut(call).filter(|talk| talk.document == document) else { return };
        let Some(path) = talk.keys_to.take().filter(|_| now_ms <= talk.keys_until_ms) else {
            self.cloud.faults.record(Fault::LateKey, now_ms);
            return;
        };
        talk.document += 1;
        let (person, document) = (talk.person, talk.document);
        if digit == '1' {
            self.people[person].presses += 1;
        }
        if !['1', '2', '9'].contains(&digit) {
            self.cloud.faults.record(Fault::WrongKey, now_ms);
        }
        self.stop_document(call);
        self.cloud.record(Observation::KeyPressed { call: call.clone(), digit });
        let is_late = matches!(self.scale, Scale::Unheard(_)) && self.cloud.injects(Fault::CallbackReordered);
        let late_ms = if is_late { self.cloud.engine.between(1000, 60_000) } else { 0 };
        self.fetch(call, path, Says::Pressed(digit), late_ms);
        if self.cloud.engine.chance(3000) {
            let hung_up_ms = self.cloud.engine.between(0, 400);
            self.plan_stage(hung_up_ms, call, Stage::HungUp { document });
        }
    }

    /// Follows the instructions for a call. Without readable instructions the call ends.
    pub(super) fn follow_instructions(&mut self, call: &CallId, says: Says, twiml: Option<&Twiml>) {
        if self.state(call) != Some(CallState::Talking) {
            return;
        }
        match (says, twiml) {
            (Says::Pressed(digit), Some(twiml)) => {
                let words = twiml.words.clone();
                self.cloud.record(Observation::KeyAnswered { call: call.clone(), digit, words });
            }
            (_, twiml) => {
                let speech = twiml.map_or(Speech::Nothing, |twiml| Speech::Words(twiml.words.clone()));
                self.cloud.record(Observation::Spoke { call: call.clone(), speech });
            }
        }
        self.begin_document(call, twiml.unwrap_or(&Twiml::default()));
        let now_ms = self.cloud.engine.now_ms();
        let Some(talk) = self.talks.get(call) else { return };
        let (document, is_listening) = (talk.document, talk.person_from_ms.is_some());
        let most_ms = (talk.since_ms + Times::DEFAULT.talk_s * 1000 - now_ms).max(0);
        let lasts_ms = twiml.map_or(1000, |twiml| twiml.lasts_ms).min(most_ms);
        self.plan_stage(lasts_ms, call, Stage::DocumentOver { document });
        if is_listening {
            self.plan_reply(call, twiml.is_some_and(|twiml| twiml.keys_to.is_some()));
        }
    }

    /// Plans the person's reaction to the words that are being spoken on a call.
    fn plan_reply(&mut self, call: &CallId, waits_for_key: bool) {
        let Some((person, document)) = self.talks.get(call).map(|talk| (talk.person, talk.document)) else { return };
        let engine = &self.cloud.engine;
        let (after_ms, stage) = match self.people[person].phone.reply(engine, self.people[person].presses) {
            Reply::Press(digit, after_ms) if waits_for_key => (after_ms, Stage::Pressed { digit, document }),
            Reply::Press(..) => (engine.between(500, 3000), Stage::HungUp { document }),
            Reply::HangUp(after_ms) => {
                if waits_for_key {
                    self.cloud.faults.record(Fault::HangsUp, engine.now_ms());
                }
                (after_ms, Stage::HungUp { document })
            }
            Reply::Listen => return,
        };
        self.plan_stage(after_ms, call, stage);
    }

    /// All instructions are done: the next document follows, or the carrier ends the call.
    fn document_over(&mut self, call: &CallId) {
        match self.talks.get(call).and_then(|talk| talk.redirects_to.clone()) {
            Some(path) => self.fetch(call, path, Says::PickedUp, 0),
            None => self.finish(call, CallEnd::Completed),
        }
    }

    fn finish(&mut self, call: &CallId, end: CallEnd) {
        self.stop_document(call);
        self.talks.remove(call);
        self.cloud.phone.borrow_mut().put(call, CallState::Over(end));
        self.cloud.record(Observation::CallEnded { call: call.clone(), end });
        self.report(call, status_of(end));
        self.text_done_later(call);
        self.call_back_later(call);
    }
}

pub(super) fn status_of(end: CallEnd) -> &'static str {
    match end {
        CallEnd::Completed => "completed",
        CallEnd::NoAnswer => "no-answer",
        CallEnd::Busy => "busy",
        CallEnd::Canceled => "canceled",
    }
}
