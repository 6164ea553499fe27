//! The carrier's handling of a call, from its acceptance to its end: it queues and rings the call, fetches the speech,
//! posts pressed keys, and reports the status.

use std::rc::Rc;

use reminder::ids::CallId;
use reminder::wire::CallStep;

use super::planned::{Callback, PlannedEvent, Purpose, Stage};
use super::{World, step_name};
use crate::events::InvocationOutcome;
use crate::fakes::{CallState, carrier_name};
use crate::faults::Fault;
use crate::functions::SERVICE_NUMBER;
use crate::history::{CallEnd, Observation, PickedUpBy, Speech};
use crate::people::{Meaning, Phone, PickupBehavior, Reply};
use crate::twilio_forms;

/// How long a phone rings, in milliseconds: the ring time that the service requests.
const RING_MS: i64 = 30_000;

/// How often a callback is posted before the carrier gives up. The callback's URL requests this number.
const TRIES: u32 = 3;

/// How long a carrier waits for the reply to a webhook, in milliseconds.
const WEBHOOK_MS: i64 = 15_000;

/// The operator's account at the carrier of a call.
fn account_of(call: &CallId) -> &'static str {
    if call.carrier() == carrier_name(0).as_str() { twilio_forms::ACCOUNTS[0] } else { twilio_forms::ACCOUNTS[1] }
}

impl World {
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
        if let Some(CallState::Over(end)) = self.state(call) {
            self.report(call, status_of(end));
        }
    }

    fn state(&self, call: &CallId) -> Option<CallState> {
        self.cloud.phone.borrow().call(call).map(|call| call.state)
    }

    pub(super) fn reach_stage(&mut self, call: &CallId, stage: Stage) {
        match (stage, self.state(call)) {
            (Stage::Dialed, Some(CallState::Queued)) => self.ring(call),
            (Stage::PickedUp, Some(CallState::Ringing)) => {
                self.cloud.phone.borrow_mut().put(call, CallState::Talking);
                self.cloud.record(Observation::PickedUp { call: call.clone(), by: PickedUpBy::Person });
                self.fetch_instructions(call, CallStep::Speech, None);
            }
            (Stage::NotPickedUp(end), Some(CallState::Ringing)) => self.finish(call, end),
            (Stage::Pressed(digit), Some(CallState::Talking)) => {
                self.cloud.record(Observation::KeyPressed { call: call.clone(), digit });
                self.fetch_instructions(call, CallStep::Key, Some(digit));
                if self.cloud.engine.chance(3000) {
                    let hung_up_ms = self.cloud.engine.between(0, 400);
                    self.plan(hung_up_ms, PlannedEvent::CallStage(call.clone(), Stage::HungUp));
                }
            }
            (Stage::HungUp, Some(CallState::Talking)) => self.finish(call, CallEnd::Completed),
            _ => {}
        }
    }

    fn ring(&mut self, call: &CallId) {
        self.cloud.phone.borrow_mut().put(call, CallState::Ringing);
        self.cloud.record(Observation::Rings { call: call.clone() });
        self.report(call, "initiated");
        self.text_during_call(call);
        let (after_ms, stage) = match Phone::default().pickup_behavior(&self.cloud.engine) {
            PickupBehavior::PickUp(after_ms) => (after_ms, Stage::PickedUp),
            PickupBehavior::LetRing => (RING_MS, Stage::NotPickedUp(CallEnd::NoAnswer)),
            PickupBehavior::Decline => (self.cloud.engine.between(200, 8000), Stage::NotPickedUp(CallEnd::Busy)),
        };
        self.plan(after_ms, PlannedEvent::CallStage(call.clone(), stage));
    }

    /// Sometimes a person texts while their phone rings or they talk. Races between texts and calls happen there.
    fn text_during_call(&mut self, call: &CallId) {
        if !self.cloud.engine.chance(1500) {
            return;
        }
        let to = self.cloud.phone.borrow().call(call).map(|call| call.to.clone());
        if let Some(who) = to.and_then(|to| self.person_of(&to)) {
            let soon_ms = self.cloud.engine.between(0, 40_000);
            self.plan(soon_ms, PlannedEvent::ExtraText(who));
        }
    }

    fn finish(&mut self, call: &CallId, end: CallEnd) {
        self.cloud.phone.borrow_mut().put(call, CallState::Over(end));
        self.cloud.record(Observation::CallEnded { call: call.clone(), end });
        self.report(call, status_of(end));
        self.text_done_later(call);
    }

    /// Sometimes a person texts "done" after a call, whether it was heard or not. It may come so late that it is not
    /// about that call any more. Some ask for another reminder first.
    fn text_done_later(&mut self, call: &CallId) {
        if !self.cloud.engine.chance(800) {
            return;
        }
        let to = self.cloud.phone.borrow().call(call).map(|call| call.to.clone());
        let Some(who) = to.and_then(|to| self.person_of(&to)) else { return };
        let within_ms = if self.cloud.engine.chance(8000) { 600_000 } else { 5_400_000 };
        let done_ms = self.cloud.engine.between(500, within_ms);
        if self.cloud.engine.chance(4000) {
            let asked_ms = self.cloud.engine.between(0, done_ms);
            self.plan(asked_ms, PlannedEvent::AskForReminder(who));
        }
        self.plan(done_ms, PlannedEvent::SendText(who, Meaning::Done));
    }

    /// Reports the status of a call to the service: soon, late, twice, or never.
    fn report(&mut self, call: &CallId, status: &'static str) {
        let engine = &self.cloud.engine;
        if self.cloud.injects(Fault::CallbackLost) {
            return;
        }
        let mut delay_ms = engine.between(5, 120);
        if self.cloud.injects(Fault::CallbackReordered) {
            delay_ms += engine.between(1000, 240_000);
        }
        if self.cloud.injects(Fault::CallbackLate) {
            delay_ms += engine.between(3_600_000, 5 * 3_600_000);
        }
        let callback = self.webhook(call, CallStep::Status, status, None);
        self.plan_post(delay_ms, callback);
    }

    /// Fetches instructions from the service. The person on the call waits for them.
    fn fetch_instructions(&mut self, call: &CallId, step: CallStep, digit: Option<char>) {
        let callback = self.webhook(call, step, "in-progress", digit);
        let soon_ms = self.cloud.engine.between(5, 120);
        self.plan_post(soon_ms, callback);
    }

    fn webhook(&self, call: &CallId, step: CallStep, status: &'static str, digit: Option<char>) -> Callback {
        Callback { call: call.clone(), step, status, digit, tries: 0, since_ms: 0, counts: true }
    }

    fn plan_post(&mut self, delay_ms: i64, callback: Callback) {
        if self.cloud.injects(Fault::CallbackTwice) {
            // Twilio signs no timestamp, so a copy may be replayed at any time.
            let apart_ms = if self.cloud.engine.chance(6000) { 200 } else { 3 * 3_600_000 };
            let again_ms = delay_ms + self.cloud.engine.between(0, apart_ms);
            self.plan(again_ms, PlannedEvent::PostCallback(Callback { counts: false, ..callback.clone() }));
        }
        self.plan(delay_ms, PlannedEvent::PostCallback(callback));
    }

    pub(super) fn post(&mut self, mut callback: Callback) {
        callback.tries += 1;
        callback.since_ms = self.cloud.engine.now_ms();
        let Some((path, to)) = self.cloud.phone.borrow().call(&callback.call).map(|call| {
            let route = &call.route;
            let step = step_name(callback.step);
            let path = format!("/calls/{}/{}/{}/{step}", route.key.person, route.key.reminder, route.claim);
            (path, call.to.clone())
        }) else {
            return;
        };
        let digits = callback.digit.map(String::from);
        let mut form = vec![
            ("AccountSid", account_of(&callback.call)),
            ("CallSid", callback.call.at_carrier()),
            ("CallStatus", callback.status),
            ("From", SERVICE_NUMBER),
            ("To", to.as_str()),
        ];
        form.extend(digits.as_deref().map(|digits| ("Digits", digits)));
        self.cloud.record(Observation::CallbackPosted { call: callback.call.clone() });
        self.cloud.trace(|| format!("carrier posts {} {:?} {:?}", callback.status, callback.step, callback.digit));
        let request = twilio_forms::post(&path, &form);
        let invocation = self.invocation(Purpose::Callback(callback));
        self.functions.callback(&Rc::clone(&self.cloud), invocation, request);
    }

    pub(super) fn callback_over(&mut self, callback: Callback, outcome: &InvocationOutcome) {
        let in_time = self.cloud.engine.now_ms() - callback.since_ms <= WEBHOOK_MS;
        if let InvocationOutcome::Http { status: 200..=299, body } = outcome
            && in_time
        {
            if callback.counts {
                self.follow_instructions(&callback, Some(body));
            }
        } else if callback.tries < TRIES {
            let again_ms = self.cloud.engine.between(100, 2000);
            self.plan(again_ms, PlannedEvent::PostCallback(callback));
        } else if callback.counts {
            self.follow_instructions(&callback, None);
        }
    }

    /// Follows the instructions for a call. Without readable instructions the call ends.
    fn follow_instructions(&mut self, callback: &Callback, document: Option<&str>) {
        let call = &callback.call;
        if callback.step == CallStep::Status || self.state(call) != Some(CallState::Talking) {
            return;
        }
        let twiml = document.and_then(twilio_forms::read);
        match (callback.step, callback.digit, &twiml) {
            (CallStep::Key, Some(digit), Some(twiml)) => {
                let words = twiml.words.clone();
                self.cloud.record(Observation::KeyAnswered { call: call.clone(), digit, words });
            }
            (_, _, twiml) => {
                let speech = twiml.as_ref().map_or(Speech::Nothing, |twiml| Speech::Words(twiml.words.clone()));
                self.cloud.record(Observation::Spoke { call: call.clone(), speech });
            }
        }
        let waits_for_key = twiml.is_some_and(|twiml| twiml.keys_to.is_some());
        let stage = match Phone::default().reply(&self.cloud.engine) {
            Reply::Press(digit, after_ms) if waits_for_key => (after_ms, Stage::Pressed(digit)),
            Reply::Press(..) => (self.cloud.engine.between(500, 3000), Stage::HungUp),
            Reply::HangUp(after_ms) => (after_ms, Stage::HungUp),
            Reply::Listen => (20_000, Stage::HungUp),
        };
        self.plan(stage.0, PlannedEvent::CallStage(call.clone(), stage.1));
    }
}

fn status_of(end: CallEnd) -> &'static str {
    match end {
        CallEnd::Completed => "completed",
        CallEnd::NoAnswer => "no-answer",
        CallEnd::Busy => "busy",
        CallEnd::Canceled => "canceled",
    }
}
