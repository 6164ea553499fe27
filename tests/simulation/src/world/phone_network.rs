//! A call from its acceptance to its end: it waits, rings, is answered or not, asks what to say, hears keys, and tells
//! how it stands.

use std::rc::Rc;

use reminder::ids::CallId;
use reminder::wire::CallStep;

use super::{Moment, Purpose, World, step_name};
use crate::fakes::{CallState, Outcome, carrier_name};
use crate::faults::Fault;
use crate::functions::SERVICE_NUMBER;
use crate::history::{CallEnd, Observation, Speech};
use crate::people::{Meaning, Person, PickupBehavior, Reply};
use crate::twilio_forms;

/// How long a phone rings, in milliseconds: what the service asks for.
const RING_MS: i64 = 30_000;

/// How often a callback is posted before the carrier gives up, as its URL asks.
const TRIES: u32 = 3;

/// How long a carrier waits for an answer to its webhook, in milliseconds.
const WEBHOOK_MS: i64 = 15_000;

/// The operator's account at the carrier that placed a call.
fn account_of(call: &CallId) -> &'static str {
    if call.carrier() == carrier_name(0).as_str() { twilio_forms::ACCOUNTS[0] } else { twilio_forms::ACCOUNTS[1] }
}

/// Something that happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The carrier dials.
    Dialed,
    /// Somebody picks up.
    PickedUp,
    /// Nobody does.
    NotPickedUp(CallEnd),
    /// A key is pressed.
    Pressed(char),
    /// They hang up.
    HungUp,
}

/// A webhook of a call.
#[derive(Debug, Clone)]
pub(super) struct Callback {
    call: CallId,
    step: CallStep,
    /// `CallStatus`.
    status: &'static str,
    /// `Digits`.
    digit: Option<char>,
    tries: u32,
    since_ms: i64,
    /// Whether the carrier acts on what it is answered: not on that of a copy.
    counts: bool,
}

impl World {
    /// The carrier took a call: it stands in its queue.
    pub(super) fn call_taken(&mut self, call: &CallId) {
        let engine = &self.cloud.engine;
        let wait_ms = if self.cloud.strikes(Fault::CarrierQueues) {
            engine.between(5000, 1_200_000)
        } else {
            engine.between(50, 1500)
        };
        self.plan(wait_ms, Moment::Call(call.clone(), Stage::Dialed));
    }

    /// A call was ended by its API.
    pub(super) fn call_ended(&mut self, call: &CallId) {
        if let Some(CallState::Over(end)) = self.state(call) {
            self.tell(call, status_of(end));
        }
    }

    fn state(&self, call: &CallId) -> Option<CallState> {
        self.cloud.phone.borrow().call(call).map(|call| call.state)
    }

    pub(super) fn go_through(&mut self, call: &CallId, stage: Stage) {
        match (stage, self.state(call)) {
            (Stage::Dialed, Some(CallState::Queued)) => self.ring(call),
            (Stage::PickedUp, Some(CallState::Ringing)) => {
                self.cloud.phone.borrow_mut().put(call, CallState::Talking);
                self.cloud.saw(Observation::PickedUp { call: call.clone() });
                self.ask(call, CallStep::Speech, None);
            }
            (Stage::NotPickedUp(end), Some(CallState::Ringing)) => self.finish(call, end),
            (Stage::Pressed(digit), Some(CallState::Talking)) => {
                self.cloud.saw(Observation::Pressed { call: call.clone(), digit });
                self.ask(call, CallStep::Key, Some(digit));
                if self.cloud.engine.chance(3000) {
                    let hung_up_ms = self.cloud.engine.between(0, 400);
                    self.plan(hung_up_ms, Moment::Call(call.clone(), Stage::HungUp));
                }
            }
            (Stage::HungUp, Some(CallState::Talking)) => self.finish(call, CallEnd::Completed),
            _ => {}
        }
    }

    fn ring(&mut self, call: &CallId) {
        self.cloud.phone.borrow_mut().put(call, CallState::Ringing);
        self.cloud.saw(Observation::Rings { call: call.clone() });
        self.tell(call, "initiated");
        self.text_about(call);
        let (after_ms, stage) = match Person::pickup_behavior(&self.cloud.engine) {
            PickupBehavior::PickUp(after_ms) => (after_ms, Stage::PickedUp),
            PickupBehavior::LetRing => (RING_MS, Stage::NotPickedUp(CallEnd::NoAnswer)),
            PickupBehavior::Busy => (self.cloud.engine.between(200, 8000), Stage::NotPickedUp(CallEnd::Busy)),
        };
        self.plan(after_ms, Moment::Call(call.clone(), stage));
    }

    /// Now and then somebody texts while their phone rings or they talk: that is when it matters most.
    fn text_about(&mut self, call: &CallId) {
        if !self.cloud.engine.chance(1500) {
            return;
        }
        let to = self.cloud.phone.borrow().call(call).map(|call| call.to.clone());
        if let Some(who) = to.and_then(|to| self.who(&to)) {
            let soon_ms = self.cloud.engine.between(0, 40_000);
            self.plan(soon_ms, Moment::Blurt(who));
        }
    }

    fn finish(&mut self, call: &CallId, end: CallEnd) {
        self.cloud.phone.borrow_mut().put(call, CallState::Over(end));
        self.cloud.saw(Observation::CallOver { call: call.clone(), end });
        self.tell(call, status_of(end));
        self.text_done(call);
    }

    /// Now and then somebody texts "done" after a call, whether it was heard or not, and perhaps so late that it is not
    /// about that call any more. Some ask for another reminder first.
    fn text_done(&mut self, call: &CallId) {
        if !self.cloud.engine.chance(800) {
            return;
        }
        let to = self.cloud.phone.borrow().call(call).map(|call| call.to.clone());
        let Some(who) = to.and_then(|to| self.who(&to)) else { return };
        let within_ms = if self.cloud.engine.chance(8000) { 600_000 } else { 5_400_000 };
        let done_ms = self.cloud.engine.between(500, within_ms);
        if self.cloud.engine.chance(4000) {
            let asked_ms = self.cloud.engine.between(0, done_ms);
            self.plan(asked_ms, Moment::Ask(who));
        }
        self.plan(done_ms, Moment::Say(who, Meaning::Done));
    }

    /// Tells the service how a call stands: soon, or late, or twice, or never.
    fn tell(&mut self, call: &CallId, status: &'static str) {
        let engine = &self.cloud.engine;
        if self.cloud.strikes(Fault::CallbackLost) {
            return;
        }
        let mut delay_ms = engine.between(5, 120);
        if self.cloud.strikes(Fault::CallbackReordered) {
            delay_ms += engine.between(1000, 240_000);
        }
        if self.cloud.strikes(Fault::CallbackLate) {
            delay_ms += engine.between(3_600_000, 5 * 3_600_000);
        }
        let callback = self.webhook(call, CallStep::Status, status, None);
        self.plan_post(delay_ms, callback);
    }

    /// Asks the service what to do; the caller waits for it.
    fn ask(&mut self, call: &CallId, step: CallStep, digit: Option<char>) {
        let callback = self.webhook(call, step, "in-progress", digit);
        let soon_ms = self.cloud.engine.between(5, 120);
        self.plan_post(soon_ms, callback);
    }

    fn webhook(&self, call: &CallId, step: CallStep, status: &'static str, digit: Option<char>) -> Callback {
        Callback { call: call.clone(), step, status, digit, tries: 0, since_ms: 0, counts: true }
    }

    fn plan_post(&mut self, delay_ms: i64, callback: Callback) {
        if self.cloud.strikes(Fault::CallbackTwice) {
            // No time is signed: a copy may be played at any time.
            let apart_ms = if self.cloud.engine.chance(6000) { 200 } else { 3 * 3_600_000 };
            let again_ms = delay_ms + self.cloud.engine.between(0, apart_ms);
            self.plan(again_ms, Moment::Post(Callback { counts: false, ..callback.clone() }));
        }
        self.plan(delay_ms, Moment::Post(callback));
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
        self.cloud.saw(Observation::CallbackPosted { call: callback.call.clone() });
        self.cloud.inside(|| format!("carrier posts {} {:?} {:?}", callback.status, callback.step, callback.digit));
        let request = twilio_forms::post(&path, &form);
        let invocation = self.invocation(Purpose::Callback(callback));
        self.functions.callback(&Rc::clone(&self.cloud), invocation, request);
    }

    pub(super) fn callback_over(&mut self, callback: Callback, outcome: &Outcome) {
        let in_time = self.cloud.engine.now_ms() - callback.since_ms <= WEBHOOK_MS;
        if let Outcome::Http { status: 200..=299, body } = outcome
            && in_time
        {
            if callback.counts {
                self.obey(&callback, Some(body));
            }
        } else if callback.tries < TRIES {
            let again_ms = self.cloud.engine.between(100, 2000);
            self.plan(again_ms, Moment::Post(callback));
        } else if callback.counts {
            self.obey(&callback, None);
        }
    }

    /// The carrier does what it is told, or, told nothing, ends the call.
    fn obey(&mut self, callback: &Callback, document: Option<&str>) {
        let call = &callback.call;
        if callback.step == CallStep::Status || self.state(call) != Some(CallState::Talking) {
            return;
        }
        let told = document.and_then(twilio_forms::read);
        match (callback.step, callback.digit, &told) {
            (CallStep::Key, Some(digit), Some(told)) => {
                let words = told.words.clone();
                self.cloud.saw(Observation::KeyTaken { call: call.clone(), digit, words });
            }
            (_, _, told) => {
                let speech = told.as_ref().map_or(Speech::Nothing, |told| Speech::Words(told.words.clone()));
                self.cloud.saw(Observation::Said { call: call.clone(), speech });
            }
        }
        let waits_for_key = told.is_some_and(|told| told.keys_to.is_some());
        let stage = match Person::reply(&self.cloud.engine) {
            Reply::Press(digit, after_ms) if waits_for_key => (after_ms, Stage::Pressed(digit)),
            Reply::Press(..) => (self.cloud.engine.between(500, 3000), Stage::HungUp),
            Reply::HangUp(after_ms) => (after_ms, Stage::HungUp),
        };
        self.plan(stage.0, Moment::Call(call.clone(), stage.1));
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
