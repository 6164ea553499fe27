//! People's calls to the service's number, mostly because it has called them.

use reminder::ids::CallId;

use super::World;
use super::planned::{About, Callback, PlannedEvent, Says};
use crate::fakes::carrier_name;
use crate::faults::Fault;
use crate::history::{Observation, Speech};
use crate::twilio_forms::Twiml;

/// Path to which the carrier posts a person's call.
const PATH: &str = "/voice";

impl World {
    /// A person calls the service's number, unless they are on a call.
    pub(super) fn call_service(&mut self, person: usize) {
        if self.is_line_busy(person) {
            return;
        }
        let engine = &self.cloud.engine;
        let name = format!("CA{:016x}{:016x}", engine.bits(), engine.bits());
        let Ok(call) = CallId::new(carrier_name(0).as_str(), &name) else { return };
        self.in_call_to_service.insert(person);
        self.cloud.faults.record(Fault::CallsService, self.cloud.engine.now_ms());
        self.cloud.record(Observation::ServiceCalled { call: call.clone(), person });
        self.post(Callback::new(About::CallToService(call, person), PATH.to_owned(), Says::PickedUp));
    }

    /// Follows the instructions for a person's call. Without instructions, the carrier plays its own
    /// announcement.
    pub(super) fn follow_call_to_service(&mut self, call: &CallId, person: usize, says: Says, twiml: Option<&Twiml>) {
        let speech = twiml.map_or(Speech::Nothing, |twiml| Speech::Words(twiml.words.clone()));
        match (says, twiml) {
            (Says::Pressed(digit), Some(twiml)) => {
                let words = twiml.words.clone();
                self.cloud.record(Observation::KeyAnswered { call: call.clone(), digit, words });
            }
            _ => self.cloud.record(Observation::CallToServiceAnswered { call: call.clone(), speech }),
        }
        let engine = &self.cloud.engine;
        let keys_to = twiml.and_then(|twiml| twiml.keys_to.clone());
        match keys_to.filter(|_| engine.chance(7000)) {
            Some(path) => {
                let digit = engine.one_of(&['1', '1', '1', '2', '7']).unwrap_or('1');
                let soon_ms = engine.between(1000, 12_000);
                let callback = Callback::new(About::CallToService(call.clone(), person), path, Says::Pressed(digit));
                self.plan(soon_ms, PlannedEvent::PostCallback(callback));
            }
            None => {
                let lasts_ms = twiml.map_or(3000, |twiml| twiml.lasts_ms);
                self.plan(lasts_ms, PlannedEvent::CallToServiceOver(person));
            }
        }
    }
}
