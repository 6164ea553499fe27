//! A carrier behind its API: the calls it has accepted, and the faults of requests to it.

use std::rc::Rc;

use jiff::SignedDuration;
use reminder::ids::{CallId, CarrierName, Number};
use reminder::ports::{CallStatus, Carrier, CarrierError, Dial, RefusalScope};

use super::calls::{Call, CallState};
use super::cloud::Cloud;
use super::invocation::Exchange;
use super::names::carrier_name;
use super::travel::Trip;
use crate::events::WorldEvent;
use crate::faults::Fault;
use crate::history::{CallEnd, Observation, RequestOutcome, SentText};

/// Timeout of one request, in milliseconds: the template's default.
const TIME_OUT_MS: i64 = 8000;

/// How late a request may reach the carrier after its sender has timed out, in milliseconds.
const LATE_MS: i64 = 1_800_000;

/// The plan for a request to a carrier: when it arrives, and how the carrier answers.
struct RequestPlan {
    trip: Trip,
    answer: CarrierAnswer,
}

/// The carrier's answer to a request.
#[derive(Clone, Copy)]
enum CarrierAnswer {
    Accepted,
    NumberRefused,
    RefusedForNow {
        retry_after_s: Option<i64>,
    },
    RequestRefused,
    /// No readable answer.
    Unreadable,
}

impl RequestPlan {
    fn lost(answer: CarrierAnswer, gives_up_ms: i64) -> Self {
        Self { trip: Trip::Lost { gives_up_ms }, answer }
    }
}

impl Cloud {
    /// Plans the course of a request to a carrier.
    fn plan_request(&self, carrier: &CarrierName) -> RequestPlan {
        let engine = &self.engine;
        let soon = engine.between(30, 600);
        let unreachable = CarrierAnswer::RefusedForNow { retry_after_s: None };
        let down = if *carrier == carrier_name(0) { Fault::CarrierDown } else { Fault::SecondCarrierDown };
        if self.injects(down) {
            let answer = if engine.chance(6000) { unreachable } else { CarrierAnswer::Unreadable };
            return RequestPlan::lost(answer, engine.between(10, TIME_OUT_MS));
        }
        if self.injects(Fault::Unreachable) {
            return RequestPlan::lost(unreachable, engine.between(10, TIME_OUT_MS));
        }
        if self.injects(Fault::RefusedForNow) {
            let retry_after_s = engine.chance(5000).then(|| engine.between(1, 60));
            return RequestPlan::lost(CarrierAnswer::RefusedForNow { retry_after_s }, soon);
        }
        if self.injects(Fault::NumberRefused) {
            return RequestPlan::lost(CarrierAnswer::NumberRefused, soon);
        }
        if self.injects(Fault::RequestRefused) {
            return RequestPlan::lost(CarrierAnswer::RequestRefused, soon);
        }
        if self.injects(Fault::ClosedBefore) {
            return RequestPlan::lost(CarrierAnswer::Unreadable, soon);
        }
        if self.injects(Fault::ClosedAfter) {
            return RequestPlan {
                trip: Trip::Unanswered { arrives_ms: soon, gives_up_ms: soon + 1 },
                answer: CarrierAnswer::Unreadable,
            };
        }
        if self.injects(Fault::ServerError) {
            let done = engine.chance(5000);
            let trip = if done {
                Trip::Unanswered { arrives_ms: soon, gives_up_ms: soon }
            } else {
                Trip::Lost { gives_up_ms: soon }
            };
            return RequestPlan { trip, answer: CarrierAnswer::Unreadable };
        }
        if self.injects(Fault::CarrierLate) {
            let arrives_ms = engine.between(1000, if engine.chance(5000) { 60_000 } else { LATE_MS });
            return RequestPlan {
                trip: Trip::Unanswered { arrives_ms, gives_up_ms: TIME_OUT_MS },
                answer: CarrierAnswer::Unreadable,
            };
        }
        let (arrives_ms, answer_ms) = if self.injects(Fault::Slow) {
            (engine.between(100, 4000), engine.between(100, 3900))
        } else {
            (soon, engine.between(10, 200))
        };
        RequestPlan { trip: Trip::Answered { arrives_ms, answer_ms }, answer: CarrierAnswer::Accepted }
    }

    /// Sends a request to a carrier.
    async fn ask<T: 'static>(
        self: &Rc<Self>,
        carrier: &CarrierName,
        act: impl FnOnce(&Rc<Self>) -> T + 'static,
    ) -> Result<T, CarrierError> {
        let RequestPlan { trip, answer } = self.plan_request(carrier);
        let result = self.send(trip, act).await;
        match (result, answer) {
            (Some(result), _) => Ok(result),
            (None, CarrierAnswer::NumberRefused) => Err(CarrierError::NumberRefused { code: 21_211 }),
            (None, CarrierAnswer::RefusedForNow { retry_after_s }) => Err(CarrierError::RefusedForNow {
                reason: "HTTP 429 or 401, or no connection".to_owned(),
                retry_after: retry_after_s.map(SignedDuration::from_secs),
                scope: RefusalScope::Account,
            }),
            (None, CarrierAnswer::RequestRefused) => Err(CarrierError::RefusedForNow {
                reason: "an error code about this request".to_owned(),
                retry_after: None,
                scope: RefusalScope::Request,
            }),
            (None, CarrierAnswer::Accepted | CarrierAnswer::Unreadable) => {
                Err(CarrierError::Unknown("no readable answer".to_owned()))
            }
        }
    }

    fn take_call(self: &Rc<Self>, carrier: &CarrierName, dial: Dial) -> CallId {
        let name = format!("CA{:032x}", (u128::from(self.engine.bits()) << 64) | u128::from(self.engine.bits()));
        let Ok(id) = CallId::new(carrier.as_str(), &name) else { unreachable!("{name} is a call's id") };
        let Dial { to, route } = dial;
        self.record(Observation::CallAccepted { call: id.clone(), to: to.clone(), route: route.clone() });
        self.phone.borrow_mut().calls.insert(id.clone(), Call { to, route, state: CallState::Queued });
        self.engine.emit_in(0, WorldEvent::CallAccepted(id.clone()));
        id
    }

    /// Ends a call early. Returns whether the call was still in progress.
    fn end_call(&self, id: &CallId) -> bool {
        let state = self.phone.borrow().call(id).map(|call| call.state);
        let end = match state {
            Some(CallState::Queued) => CallEnd::Canceled,
            // Carriers differ in the status that they report for a ringing call that is ended.
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
        self.record(Observation::CallEnded { call: id.clone(), end });
        self.engine.emit_in(0, WorldEvent::CallEnded(id.clone()));
        true
    }
}

fn heard<T>(answer: &Result<T, CarrierError>) -> RequestOutcome {
    match answer {
        Ok(_) => RequestOutcome::Accepted,
        Err(CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. }) => RequestOutcome::NumberRefused,
        Err(CarrierError::RefusedForNow { .. }) => RequestOutcome::RefusedForNow,
        Err(CarrierError::Unknown(_)) => RequestOutcome::Unknown,
    }
}

impl Exchange {
    /// Opens a connection. A function that freezes here sends its one allowed request when it thaws.
    async fn connect(&self) {
        let soon = Trip::Lost { gives_up_ms: self.cloud.engine.between(1, 20) };
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
        self.cloud.record(Observation::CallRequested { carrier, to, route: dial.route.clone() });
        let asked = dial.clone();
        let name = self.name.clone();
        let answer = self.cloud.ask(&self.name, move |cloud| cloud.take_call(&name, asked)).await;
        self.cloud.record(Observation::CallRequestOutcome { route: dial.route.clone(), heard: heard(&answer) });
        answer
    }

    async fn send_text(&self, to: &Number, body: &str) -> Result<(), CarrierError> {
        self.connect().await;
        let (number, words) = (to.clone(), body.to_owned());
        self.cloud.record(Observation::TextRequested { to: number.clone(), body: words.clone() });
        let is_first_carrier = self.name == carrier_name(0);
        let take = move |cloud: &Rc<Cloud>| {
            if is_first_carrier && cloud.opted_out.borrow().contains(&number) {
                return Err(CarrierError::OptedOut { code: 21_610 });
            }
            cloud.engine.emit_in(0, WorldEvent::TextDelivered(number.clone(), words.clone()));
            let text = SentText::Sent(format!("SM{:032x}", cloud.engine.bits()));
            cloud.record(Observation::TextAccepted { text, to: number, body: words });
            Ok(())
        };
        let answer = self.cloud.ask(&self.name, take).await.and_then(|taken| taken);
        self.cloud.record(Observation::TextRequestOutcome {
            to: to.clone(),
            body: body.to_owned(),
            heard: heard(&answer),
        });
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
                reason: "the call has already ended".to_owned(),
                retry_after: None,
                scope: RefusalScope::Request,
            })
        }
    }
}
