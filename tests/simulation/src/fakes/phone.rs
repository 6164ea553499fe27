//! The carrier's side of its API: which calls it has taken, and what can go wrong on the way to it and back.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::SignedDuration;
use reminder::ids::{CallId, CarrierName, Number};
use reminder::ports::{CallStatus, Carrier, CarrierError, Dial, RefusalScope};
use reminder::wire::CallRoute;

use super::travel::Trip;
use super::{Cloud, Happening, carrier_name};
use crate::faults::Fault;
use crate::history::{CallEnd, Heard, Observation};

/// One request's time-out, in milliseconds: the template's default.
const TIME_OUT_MS: i64 = 8000;

/// How long a request may be on its way after whoever sent it has given up, in milliseconds.
const LATE_MS: i64 = 1_800_000;

/// How a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// In the carrier's own queue.
    Queued,
    /// The phone rings.
    Ringing,
    /// Somebody picked up.
    Talking,
    /// Over.
    Over(CallEnd),
}

/// A call that the carrier took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who is called.
    pub to: Number,
    /// Where its callbacks go.
    pub route: CallRoute,
    /// How it stands.
    pub state: CallState,
}

/// The carrier's books.
#[derive(Debug, Default)]
pub struct Phone {
    calls: BTreeMap<CallId, Call>,
}

impl Phone {
    /// A call by its name.
    pub fn call(&self, id: &CallId) -> Option<&Call> {
        self.calls.get(id)
    }

    /// Changes how a call stands.
    pub fn put(&mut self, id: &CallId, state: CallState) {
        if let Some(call) = self.calls.get_mut(id) {
            call.state = state;
        }
    }
}

/// What a request comes to: its trip, and what is said if an answer comes.
struct Fate {
    trip: Trip,
    says: Says,
}

/// What the carrier says in its answer.
#[derive(Clone, Copy)]
enum Says {
    Yes,
    NotThisNumber,
    NotNow {
        retry_after_s: Option<i64>,
    },
    NotThisOne,
    /// A readable answer that tells nothing, or none.
    Nothing,
}

impl Fate {
    fn lost(says: Says, given_up: i64) -> Self {
        Self { trip: Trip::Lost { given_up }, says }
    }
}

impl Cloud {
    /// How a request that asks the carrier to do something fares.
    fn carrier_fate(&self, carrier: &CarrierName) -> Fate {
        let engine = &self.engine;
        let soon = engine.between(30, 600);
        let unreached = Says::NotNow { retry_after_s: None };
        let down = if *carrier == carrier_name(0) { Fault::CarrierDown } else { Fault::SecondCarrierDown };
        if self.strikes(down) {
            let says = if engine.chance(6000) { unreached } else { Says::Nothing };
            return Fate::lost(says, engine.between(10, TIME_OUT_MS));
        }
        if self.strikes(Fault::Unreached) {
            return Fate::lost(unreached, engine.between(10, TIME_OUT_MS));
        }
        if self.strikes(Fault::RefusedForNow) {
            let retry_after_s = engine.chance(5000).then(|| engine.between(1, 60));
            return Fate::lost(Says::NotNow { retry_after_s }, soon);
        }
        if self.strikes(Fault::NumberRefused) {
            return Fate::lost(Says::NotThisNumber, soon);
        }
        if self.strikes(Fault::RequestRefused) {
            return Fate::lost(Says::NotThisOne, soon);
        }
        if self.strikes(Fault::ClosedBefore) {
            return Fate::lost(Says::Nothing, soon);
        }
        if self.strikes(Fault::ClosedAfter) {
            return Fate { trip: Trip::Unanswered { lands: soon, given_up: soon + 1 }, says: Says::Nothing };
        }
        if self.strikes(Fault::ServerError) {
            let done = engine.chance(5000);
            let trip =
                if done { Trip::Unanswered { lands: soon, given_up: soon } } else { Trip::Lost { given_up: soon } };
            return Fate { trip, says: Says::Nothing };
        }
        if self.strikes(Fault::CarrierLate) {
            let lands = engine.between(1000, if engine.chance(5000) { 60_000 } else { LATE_MS });
            return Fate { trip: Trip::Unanswered { lands, given_up: TIME_OUT_MS }, says: Says::Nothing };
        }
        let (lands, back) = if self.strikes(Fault::Slow) {
            (engine.between(100, 4000), engine.between(100, 3900))
        } else {
            (soon, engine.between(10, 200))
        };
        Fate { trip: Trip::Answered { lands, back }, says: Says::Yes }
    }

    /// Asks a carrier to do something.
    async fn ask<T: 'static>(
        self: &Rc<Self>,
        carrier: &CarrierName,
        act: impl FnOnce(&Rc<Self>) -> T + 'static,
    ) -> Result<T, CarrierError> {
        let Fate { trip, says } = self.carrier_fate(carrier);
        let answer = self.send(trip, act).await;
        match (answer, says) {
            (Some(answer), _) => Ok(answer),
            (None, Says::NotThisNumber) => Err(CarrierError::NumberRefused { code: 21_211 }),
            (None, Says::NotNow { retry_after_s }) => Err(CarrierError::RefusedForNow {
                reason: "429 or 401, or not reached".to_owned(),
                retry_after: retry_after_s.map(SignedDuration::from_secs),
                scope: RefusalScope::Account,
            }),
            (None, Says::NotThisOne) => Err(CarrierError::RefusedForNow {
                reason: "a code about this request".to_owned(),
                retry_after: None,
                scope: RefusalScope::Request,
            }),
            (None, Says::Yes | Says::Nothing) => Err(CarrierError::Unknown("no readable answer".to_owned())),
        }
    }

    fn take_call(self: &Rc<Self>, carrier: &CarrierName, dial: Dial) -> CallId {
        let name = format!("CA{:032x}", (u128::from(self.engine.bits()) << 64) | u128::from(self.engine.bits()));
        let Ok(id) = CallId::new(carrier.as_str(), &name) else { unreachable!("{name} is a call's id") };
        let Dial { to, route } = dial;
        self.saw(Observation::CallTaken { call: id.clone(), to: to.clone(), route: route.clone() });
        self.phone.borrow_mut().calls.insert(id.clone(), Call { to, route, state: CallState::Queued });
        self.engine.tell_in(0, Happening::CallTaken(id.clone()));
        id
    }

    /// Ends a call before its time. It tells whether there was anything to end.
    fn end_call(&self, id: &CallId) -> bool {
        let state = self.phone.borrow().call(id).map(|call| call.state);
        let end = match state {
            Some(CallState::Queued) => CallEnd::Canceled,
            // What a carrier calls a ringing call that is ended differs.
            Some(CallState::Ringing) => {
                if self.engine.chance(5000) {
                    CallEnd::Canceled
                } else {
                    CallEnd::NoAnswer
                }
            }
            Some(CallState::Talking) => CallEnd::Completed,
            Some(CallState::Over(_)) | None => return false,
        };
        self.phone.borrow_mut().put(id, CallState::Over(end));
        self.saw(Observation::CallOver { call: id.clone(), end });
        self.engine.tell_in(0, Happening::CallEnded(id.clone()));
        true
    }
}

fn heard<T>(answer: &Result<T, CarrierError>) -> Heard {
    match answer {
        Ok(_) => Heard::Accepted,
        Err(CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. }) => Heard::NumberRefused,
        Err(CarrierError::RefusedForNow { .. }) => Heard::RefusedForNow,
        Err(CarrierError::Unknown(_)) => Heard::Nothing,
    }
}

/// A carrier as a function reaches it.
#[derive(Debug)]
pub struct Exchange {
    cloud: Rc<Cloud>,
    name: CarrierName,
}

impl Exchange {
    /// The carrier of this name.
    pub fn new(cloud: &Rc<Cloud>, name: CarrierName) -> Self {
        Self { cloud: Rc::clone(cloud), name }
    }

    /// A connection of its own: whoever is frozen here sends the one request it may when it thaws.
    async fn connect(&self) {
        let soon = Trip::Lost { given_up: self.cloud.engine.between(1, 20) };
        self.cloud.send(soon, |_| ()).await;
    }
}

impl Carrier for Exchange {
    fn name(&self) -> &CarrierName {
        &self.name
    }

    async fn place(&self, dial: &Dial) -> Result<CallId, CarrierError> {
        self.connect().await;
        let (carrier, to) = (self.name.clone(), dial.to.clone());
        self.cloud.saw(Observation::CallAsked { carrier, to, route: dial.route.clone() });
        let asked = dial.clone();
        let name = self.name.clone();
        let answer = self.cloud.ask(&self.name, move |cloud| cloud.take_call(&name, asked)).await;
        self.cloud.saw(Observation::CallHeard { route: dial.route.clone(), heard: heard(&answer) });
        answer
    }

    async fn send_text(&self, to: &Number, body: &str) -> Result<(), CarrierError> {
        self.connect().await;
        let (number, words) = (to.clone(), body.to_owned());
        self.cloud.saw(Observation::TextAsked { to: number.clone(), body: words.clone() });
        let is_theirs = self.name == carrier_name(0);
        let take = move |cloud: &Rc<Cloud>| {
            if is_theirs && cloud.opted_out.borrow().contains(&number) {
                return Err(CarrierError::OptedOut { code: 21_610 });
            }
            cloud.engine.tell_in(0, Happening::Texted(number.clone(), words.clone()));
            cloud.saw(Observation::TextOut { to: number, body: words });
            Ok(())
        };
        let answer = self.cloud.ask(&self.name, take).await.and_then(|taken| taken);
        self.cloud.saw(Observation::TextHeard { to: to.clone(), body: body.to_owned(), heard: heard(&answer) });
        answer
    }

    async fn status(&self, call: &CallId) -> Result<CallStatus, CarrierError> {
        let id = call.clone();
        let state =
            self.cloud.ask(&self.name, move |cloud| cloud.phone.borrow().call(&id).map(|call| call.state)).await?;
        match state {
            Some(CallState::Queued) => Ok(CallStatus::Queued),
            Some(CallState::Ringing | CallState::Talking) => Ok(CallStatus::UnderWay),
            Some(CallState::Over(CallEnd::Completed)) => Ok(CallStatus::Completed),
            Some(CallState::Over(CallEnd::NoAnswer | CallEnd::Busy | CallEnd::Canceled)) => Ok(CallStatus::NotReached),
            None => Err(CarrierError::Unknown("404: no such call".to_owned())),
        }
    }

    async fn end(&self, call: &CallId, _: CallStatus) -> Result<(), CarrierError> {
        let id = call.clone();
        let ended = self.cloud.ask(&self.name, move |cloud| cloud.end_call(&id)).await?;
        if ended {
            Ok(())
        } else {
            Err(CarrierError::RefusedForNow {
                reason: "the call is over".to_owned(),
                retry_after: None,
                scope: RefusalScope::Request,
            })
        }
    }
}
