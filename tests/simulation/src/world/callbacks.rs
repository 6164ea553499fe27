//! The carrier's webhooks about calls and texts. The carrier posts them, repeats them, and follows the service's
//! replies.

use std::rc::Rc;

use reminder::ids::CallId;
use reminder::wire::CallStep;

use super::World;
use super::planned::{About, Callback, PlannedEvent, Says, Trigger};
use crate::events::InvocationOutcome;
use crate::fakes::{carrier_name, number};
use crate::faults::Fault;
use crate::functions::SERVICE_NUMBER;
use crate::history::{Observation, SentText};
use crate::twilio_forms;

/// How often a callback is posted before the carrier gives up. The callback's URL requests two retries.
const CALLBACK_TRIES: u32 = 3;

/// How long a carrier waits for the reply to a callback, in milliseconds, in all tries together. The webhook's URL
/// can't request a longer time (<https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides>).
const CALLBACK_MS: i64 = 15_000;

/// The operator's account at the carrier of this name.
fn account_at(carrier: &str) -> &'static str {
    if carrier == carrier_name(0).as_str() { twilio_forms::ACCOUNTS[0] } else { twilio_forms::ACCOUNTS[1] }
}

impl Callback {
    pub(super) fn new(about: About, path: String, says: Says) -> Self {
        Self { about, path, says, posts: 0, first_posted_ms: None, is_original: true }
    }

    /// Records that the callback is posted at this time.
    fn begin_try(&mut self, now_ms: i64) {
        self.posts += 1;
        self.first_posted_ms.get_or_insert(now_ms);
    }

    /// Whether the carrier still waits for the reply at this time.
    fn is_awaited(&self, now_ms: i64) -> bool {
        self.first_posted_ms.is_none_or(|first_ms| now_ms - first_ms <= CALLBACK_MS)
    }

    /// Whether the carrier posts the callback again if a try fails at this time.
    fn is_repeated(&self, now_ms: i64) -> bool {
        self.is_awaited(now_ms) && self.posts < CALLBACK_TRIES
    }
}

impl World {
    /// Reports the status of a call to the service: soon, late, twice, or never.
    pub(super) fn report(&mut self, call: &CallId, status: &'static str) {
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
        if let Some(path) = self.path(call, CallStep::Status) {
            let callback = Callback::new(About::Call(call.clone()), path, Says::Status(status));
            self.plan_post(delay_ms, callback);
        }
    }

    /// Path of a call's callback.
    pub(super) fn path(&self, call: &CallId, step: CallStep) -> Option<String> {
        let phone = self.cloud.phone.borrow();
        let route = &phone.call(call)?.route;
        let claim = &route.claim;
        Some(format!("/calls/{}/{}/{claim}/{}", route.key.person, route.key.reminder, step_name(step)))
    }

    /// Fetches instructions from the service. The person on the call waits for them.
    pub(super) fn fetch_instructions(&mut self, call: &CallId, step: CallStep) {
        if let Some(path) = self.path(call, step) {
            self.fetch(call, path, Says::PickedUp, 0);
        }
    }

    /// Fetches instructions from this path of the service, perhaps late.
    pub(super) fn fetch(&mut self, call: &CallId, path: String, says: Says, late_ms: i64) {
        let soon_ms = late_ms + self.cloud.engine.between(5, 120);
        self.plan_post(soon_ms, Callback::new(About::Call(call.clone()), path, says));
    }

    fn plan_post(&mut self, delay_ms: i64, callback: Callback) {
        if self.cloud.injects(Fault::CallbackTwice) {
            // Twilio signs no timestamp, so a copy may be replayed at any time.
            let apart_ms = if self.cloud.engine.chance(6000) { 200 } else { 3 * 3_600_000 };
            let again_ms = delay_ms + self.cloud.engine.between(0, apart_ms);
            self.plan(again_ms, PlannedEvent::PostCallback(Callback { is_original: false, ..callback.clone() }));
        }
        self.plan(delay_ms, PlannedEvent::PostCallback(callback));
    }

    /// Posts a callback now.
    pub(super) fn post(&mut self, mut callback: Callback) {
        callback.begin_try(self.cloud.engine.now_ms());
        let Some(form) = self.form(&callback) else { return };
        match (&callback.about, callback.says) {
            (About::Call(call), _) => self.cloud.record(Observation::CallbackPosted { call: call.clone() }),
            (About::CallToService(call, _), Says::Pressed(digit)) => {
                self.cloud.record(Observation::KeyPressed { call: call.clone(), digit });
            }
            (About::Text(text), Says::Status(status) | Says::Failed(status, _)) => {
                self.cloud.record(Observation::TextStatusPosted { text: text.clone(), status });
            }
            (About::CallToService(..) | About::Text(_), _) => {}
        }
        self.cloud.trace(|| format!("carrier posts {:?} to {}", callback.says, callback.path));
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = twilio_forms::post(&callback.path, &form);
        let invocation = self.invocation(Trigger::Callback(callback));
        if self.starts(invocation, &[]) {
            Rc::clone(&self.product).callback(&Rc::clone(&self.cloud), invocation, request);
        }
    }

    fn form(&self, callback: &Callback) -> Option<Vec<(&'static str, String)>> {
        let service = SERVICE_NUMBER.to_owned();
        let mut form = match &callback.about {
            About::Call(call) => {
                let to = self.cloud.phone.borrow().call(call)?.to.as_str().to_owned();
                vec![
                    ("AccountSid", account_at(call.carrier()).to_owned()),
                    ("CallSid", call.at_carrier().to_owned()),
                    ("From", service),
                    ("To", to),
                ]
            }
            About::CallToService(call, person) => vec![
                ("AccountSid", account_at(call.carrier()).to_owned()),
                ("CallSid", call.at_carrier().to_owned()),
                ("Direction", "inbound".to_owned()),
                ("From", number(*person).as_str().to_owned()),
                ("To", service),
            ],
            About::Text(text) => {
                let (carrier, sid) = match text {
                    SentText::Sent(id) => (id.carrier().to_owned(), id.at_carrier().to_owned()),
                    SentText::ReplyTo { text, copy } => {
                        (carrier_name(0).to_string(), format!("SM{}r{copy}", text.as_str().replace(['#', '-'], "")))
                    }
                };
                let to = self.cloud.sent_texts.borrow().get(text)?.to.as_str().to_owned();
                vec![
                    ("AccountSid", account_at(&carrier).to_owned()),
                    ("MessageSid", sid),
                    ("From", service),
                    ("To", to),
                ]
            }
        };
        let in_progress = || ("CallStatus", "in-progress".to_owned());
        match (callback.says, &callback.about) {
            (Says::Status(status), About::Text(_)) => form.push(("MessageStatus", status.to_owned())),
            (Says::Failed(status, code), _) => {
                form.push(("MessageStatus", status.to_owned()));
                form.push(("ErrorCode", code.to_string()));
            }
            (Says::Status(status), _) => form.push(("CallStatus", status.to_owned())),
            (Says::PickedUp, _) => form.push(in_progress()),
            (Says::Pressed(digit), _) => form.extend([in_progress(), ("Digits", digit.to_string())]),
            (Says::Verdict(verdict), _) => form.extend([in_progress(), ("AnsweredBy", verdict.to_owned())]),
        }
        Some(form)
    }

    /// Handles the function's reply to a callback. The carrier repeats a callback only after a failure of the server,
    /// and only while the time for all tries is not over.
    pub(super) fn callback_over(&mut self, callback: Callback, outcome: &InvocationOutcome) {
        let now_ms = self.cloud.engine.now_ms();
        let in_time = callback.is_awaited(now_ms);
        let document = match outcome {
            InvocationOutcome::Http { status: 200..=299, body } if in_time => Some(body.as_str()),
            InvocationOutcome::Http { status: 400..=499, .. } if in_time => None,
            _ if callback.is_repeated(now_ms) => {
                let again_ms = self.cloud.engine.between(100, 2000);
                self.plan(again_ms, PlannedEvent::PostCallback(callback));
                return;
            }
            _ => None,
        };
        match (&callback.about, callback.says) {
            (About::Call(call), Says::Verdict(verdict)) if document.is_some() => {
                self.cloud.record(Observation::VerdictTaken { call: call.clone(), verdict });
            }
            (About::Text(text), Says::Status(status) | Says::Failed(status, _)) if document.is_some() => {
                self.cloud.record(Observation::TextStatusTaken { text: text.clone(), status });
            }
            _ => {}
        }
        if !callback.is_original {
            return;
        }
        let twiml = document.and_then(twilio_forms::read);
        match (&callback.about, callback.says) {
            (About::Call(call), Says::PickedUp | Says::Pressed(_)) => {
                self.follow_instructions(call, callback.says, twiml.as_ref());
            }
            (About::CallToService(call, person), Says::PickedUp | Says::Pressed(_)) => {
                self.follow_call_to_service(call, *person, callback.says, twiml.as_ref());
            }
            (About::Call(_) | About::CallToService(..) | About::Text(_), _) => {}
        }
    }
}

/// Name of a step in the path of a callback.
fn step_name(step: CallStep) -> &'static str {
    match step {
        CallStep::Speech => "speech",
        CallStep::Status => "status",
        CallStep::Key => "key",
        CallStep::OptOutKey => "opt-out-key",
        CallStep::AnsweredBy => "answered-by",
        CallStep::Message => "message",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carrier_waits_15_seconds_for_all_tries_of_a_callback_together() {
        let mut callback = Callback::new(About::Call("twilio#CA1".parse().unwrap()), String::new(), Says::Pressed('1'));
        callback.begin_try(100_000);
        assert!(callback.is_awaited(115_000) && callback.is_repeated(115_000));
        assert!(!callback.is_awaited(120_000) && !callback.is_repeated(120_000));
        // A second try does not extend the time.
        callback.begin_try(110_000);
        assert!(callback.is_awaited(115_000) && callback.is_repeated(115_000));
        assert!(!callback.is_awaited(116_000) && !callback.is_repeated(116_000));
        callback.begin_try(112_000);
        assert!(callback.is_awaited(113_000) && !callback.is_repeated(113_000));
    }
}
