//! Records the requests for calls, and the course of each call.

use reminder::ids::CallId;
use reminder::wire::CallRoute;

use super::{CallToService, Evidence};
use crate::checker::person_history::{Call, CallRequest, THANKS};
use crate::history::{Observation, Speech};

/// The carrier's verdict that a person picked up.
const PERSON: &str = "human";

/// Whether the carrier's verdict is that a machine picked up.
fn is_machine(verdict: &str) -> bool {
    verdict.starts_with("machine_") || verdict == "fax"
}

impl<'a> Evidence<'a> {
    pub(super) fn record_call_request(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::CallRequested { to, route: CallRoute { key, claim }, .. } => {
                self.requested_ms.push(at_ms);
                let Some(person) = self.person(to.as_str()) else { return };
                let place = (person.who, person.call_requests.len());
                person.call_requests.push(CallRequest { at_ms, key, claim, heard: None });
                self.by_claim.insert(claim, place);
            }
            Observation::CallRequestOutcome { route, heard } => {
                if let Some((who, request)) = self.by_claim.get(&route.claim) {
                    self.people[*who].call_requests[*request].heard = Some((at_ms, *heard));
                }
            }
            Observation::CallAccepted { call, to, route: CallRoute { key, claim } } => {
                let Some(person) = self.person(to.as_str()) else { return };
                let place = (person.who, person.calls.len());
                person.calls.push(Call {
                    key,
                    claim,
                    taken_ms: at_ms,
                    picked_up_ms: None,
                    picked_up_by: None,
                    person_known_ms: None,
                    machine_ms: None,
                    answered_keys: Vec::new(),
                    key_text: None,
                    said: Vec::new(),
                    pressed: Vec::new(),
                    thanked_ms: None,
                    reported_ms: None,
                    over_ms: None,
                });
                self.by_call.insert(call, place);
            }
            _ => {}
        }
    }

    pub(super) fn record_call_event(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::PickedUp { call, by } => self.change_call(call, |call| {
                (call.picked_up_ms, call.picked_up_by) = (Some(at_ms), Some(*by));
            }),
            Observation::VerdictTaken { call, verdict } if *verdict == PERSON => self.change_call(call, |call| {
                call.person_known_ms.get_or_insert(at_ms);
            }),
            Observation::VerdictPosted { call, verdict } if is_machine(verdict) => self.change_call(call, |call| {
                call.machine_ms.get_or_insert(at_ms);
            }),
            Observation::Spoke { call, speech: Speech::Words(words) } => {
                self.change_call(call, |call| call.said.push(words))
            }
            Observation::KeyPressed { call, digit } => self.record_key(at_ms, call, *digit),
            Observation::KeyAnswered { call, digit, words } => {
                self.change_call(call, |call| {
                    call.said.push(words);
                    call.answered_keys.push((at_ms, *digit, words));
                    if *words == THANKS {
                        call.thanked_ms.get_or_insert(at_ms);
                    }
                });
                self.record_key_answer(at_ms, call, words);
            }
            Observation::CallbackPosted { call } => {
                self.change_call(call, |call| {
                    call.reported_ms.get_or_insert(at_ms);
                });
                if let Some(text) = self.key_text(call) {
                    text.handed.push(at_ms);
                }
            }
            Observation::ServiceCalled { call, person } => {
                self.calls_to_service.insert(call, CallToService { who: *person, said: Vec::new(), key_text: None });
            }
            Observation::CallToServiceAnswered { call, speech: Speech::Words(words) } => {
                if let Some(call_to_service) = self.calls_to_service.get_mut(call) {
                    call_to_service.said.push(words);
                }
            }
            Observation::CallEnded { call, .. } => self.change_call(call, |call| call.over_ms = Some(at_ms)),
            _ => {}
        }
    }

    fn change_call(&mut self, call: &CallId, change: impl FnOnce(&mut Call<'a>)) {
        if let Some((who, call)) = self.by_call.get(call).copied() {
            change(&mut self.people[who].calls[call]);
        }
    }
}
