//! A carrier behind its API: how it responds to requests about calls and texts, and the faults of these requests.

use std::rc::Rc;

use jiff::SignedDuration;
use reminder::ids::{CallId, CarrierName, Number, SentTextId};
use reminder::ports::{CallStatus, Carrier, CarrierError, Dial, RefusalScope, Remedy, TextStatus};
use reminder::wire::{CallRoute, TextRoute};

use super::calls::{Call, CallState};
use super::cloud::Cloud;
use super::invocation::CarrierClient;
use super::names::carrier_name;
use super::rotation::Rotation;
use super::sent_texts::SentMessage;
use super::travel::Trip;
use crate::events::WorldEvent;
use crate::faults::Fault;
use crate::history::{CallEnd, Observation, RequestOutcome, SentText};

/// Timeout of one request, in milliseconds: the template's default.
const TIME_OUT_MS: i64 = 8000;

/// When a late request reaches the carrier at the latest, in milliseconds after it was sent.
const LATE_MS: i64 = 1_800_000;

/// The plan for a request to a carrier: when it arrives, and how the carrier responds.
struct RequestPlan {
    trip: Trip,
    response: CarrierResponse,
}

/// The carrier's response to a request.
#[derive(Clone, Copy)]
enum CarrierResponse {
    Accepted,
    NumberRefused,
    RefusedForNow {
        retry_after_s: Option<i64>,
    },
    RequestRefused,
    /// The sender gets no readable response.
    Unreadable,
}

impl RequestPlan {
    fn lost(response: CarrierResponse, gives_up_ms: i64) -> Self {
        Self { trip: Trip::Lost { gives_up_ms }, response }
    }
}

impl Cloud {
    /// Plans the course of a request to a carrier.
    fn plan_request(&self, carrier: &CarrierName) -> RequestPlan {
        let engine = &self.engine;
        let soon = engine.between(30, 600);
        let unreachable = CarrierResponse::RefusedForNow { retry_after_s: None };
        let down = if *carrier == carrier_name(0) { Fault::CarrierDown } else { Fault::SecondCarrierDown };
        if self.injects(down) {
            let response = if engine.chance(6000) { unreachable } else { CarrierResponse::Unreadable };
            return RequestPlan::lost(response, engine.between(10, TIME_OUT_MS));
        }
        if self.injects(Fault::Unreachable) {
            return RequestPlan::lost(unreachable, engine.between(10, TIME_OUT_MS));
        }
        if self.injects(Fault::RefusedForNow) {
            let retry_after_s = engine.chance(5000).then(|| engine.between(1, 60));
            return RequestPlan::lost(CarrierResponse::RefusedForNow { retry_after_s }, soon);
        }
        if self.injects(Fault::NumberRefused) {
            return RequestPlan::lost(CarrierResponse::NumberRefused, soon);
        }
        if self.injects(Fault::RequestRefused) {
            return RequestPlan::lost(CarrierResponse::RequestRefused, soon);
        }
        if self.injects(Fault::ClosedBefore) {
            return RequestPlan::lost(CarrierResponse::Unreadable, soon);
        }
        if self.injects(Fault::ClosedAfter) {
            return RequestPlan {
                trip: Trip::NoResponse { arrives_ms: soon, gives_up_ms: soon + 1 },
                response: CarrierResponse::Unreadable,
            };
        }
        if self.injects(Fault::ServerError) {
            let done = engine.chance(5000);
            let trip = if done {
                Trip::NoResponse { arrives_ms: soon, gives_up_ms: soon }
            } else {
                Trip::Lost { gives_up_ms: soon }
            };
            return RequestPlan { trip, response: CarrierResponse::Unreadable };
        }
        if self.injects(Fault::CarrierLate) {
            let arrives_ms = engine.between(1000, if engine.chance(5000) { 60_000 } else { LATE_MS });
            return RequestPlan {
                trip: Trip::NoResponse { arrives_ms, gives_up_ms: TIME_OUT_MS },
                response: CarrierResponse::Unreadable,
            };
        }
        let (arrives_ms, response_ms) = if self.injects(Fault::Slow) {
            (engine.between(100, 4000), engine.between(100, 3900))
        } else {
            (soon, engine.between(10, 200))
        };
        RequestPlan { trip: Trip::Responded { arrives_ms, response_ms }, response: CarrierResponse::Accepted }
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

    fn take_text(
        self: &Rc<Self>,
        carrier: &CarrierName,
        route: TextRoute,
        sent: SentMessage,
    ) -> Result<SentTextId, CarrierError> {
        let SentMessage { to, body, .. } = sent.clone();
        // A carrier may notice an opt-out only after it has accepted the text. Few texts are sent by the second carrier,
        // so it often does so.
        let is_noticed_late = || {
            self.injects(Fault::TextUndeliveredOptedOut) || (*carrier != carrier_name(0) && self.engine.chance(5000))
        };
        if self.has_opted_out(carrier.as_str(), &to) && !is_noticed_late() {
            return Err(CarrierError::OptedOut { code: 21_610 });
        }
        if self.injects(Fault::OperatorRefused) {
            return Err(CarrierError::RefusedForNow {
                reason: "21606: the number is not registered".to_owned(),
                retry_after: None,
                scope: RefusalScope::Request,
                remedy: Remedy::Operator,
            });
        }
        let name = format!("SM{:032x}", (u128::from(self.engine.bits()) << 64) | u128::from(self.engine.bits()));
        let Ok(id) = SentTextId::new(carrier.as_str(), &name) else { unreachable!("{name} is a text's id") };
        let text = SentText::Sent(id.clone());
        self.record(Observation::TextAccepted { text: text.clone(), route, to, body });
        self.sent_texts.borrow_mut().insert(text.clone(), sent);
        self.engine.emit_in(0, WorldEvent::TextAccepted(text));
        Ok(id)
    }

    /// Redirects a call that was picked up. Returns whether the call is still in progress.
    fn redirect(&self, id: &CallId) -> bool {
        let lasts = self.phone.borrow().call(id).is_some_and(|call| call.state == CallState::Talking);
        if lasts {
            self.engine.emit_in(0, WorldEvent::CallRedirected(id.clone()));
        }
        lasts
    }

    /// Ends a call early. Returns false if it was already over or does not exist.
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

fn already_over() -> CarrierError {
    CarrierError::RefusedForNow {
        reason: "the call has already ended".to_owned(),
        retry_after: None,
        scope: RefusalScope::Request,
        remedy: Remedy::Wait,
    }
}

/// What a carrier's response says about the person. An opt-out at the second carrier concerns only that carrier's
/// number, so another try may be sent by the first carrier.
fn request_outcome<T>(carrier: &CarrierName, response: &Result<T, CarrierError>) -> RequestOutcome {
    match response {
        Ok(_) => RequestOutcome::Accepted,
        Err(CarrierError::OptedOut { .. }) if *carrier != carrier_name(0) => RequestOutcome::RefusedForNow,
        Err(CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. }) => RequestOutcome::NumberRefused,
        Err(CarrierError::RefusedForNow { .. }) => RequestOutcome::RefusedForNow,
        Err(CarrierError::Unknown(_)) => RequestOutcome::Unknown,
    }
}

impl CarrierClient {
    /// Opens the connection for a request. A function that freezes here sends the request when it thaws.
    async fn connect(&self) {
        let soon = Trip::Lost { gives_up_ms: self.cloud.engine.between(1, 20) };
        self.cloud.send(soon, |_| ()).await;
    }

    /// Sends a request to the carrier.
    async fn ask<T: 'static>(&self, act: impl FnOnce(&Rc<Cloud>) -> T + 'static) -> Result<T, CarrierError> {
        let RequestPlan { trip, response } = self.cloud.plan_request(&self.name);
        let is_refused = |rotation: &Rc<Rotation>| rotation.is_refused(self.function, &self.name);
        if self.cloud.rotation.borrow().as_ref().is_some_and(is_refused) {
            // The function may change its credentials while the refusal is on its way.
            self.cloud.send(Trip::Lost { gives_up_ms: self.cloud.engine.between(30, 600) }, |_| ()).await;
            return Err(CarrierError::RefusedForNow {
                reason: "HTTP 401, code 20003".to_owned(),
                retry_after: None,
                scope: RefusalScope::Account,
                remedy: Remedy::Operator,
            });
        }
        let result = self.cloud.send(trip, act).await;
        match (result, response) {
            (Some(result), _) => Ok(result),
            (None, CarrierResponse::NumberRefused) => Err(CarrierError::NumberRefused { code: 21_211 }),
            (None, CarrierResponse::RefusedForNow { retry_after_s }) => Err(CarrierError::RefusedForNow {
                reason: "HTTP 429 or 401, or no connection".to_owned(),
                retry_after: retry_after_s.map(SignedDuration::from_secs),
                scope: RefusalScope::Account,
                remedy: Remedy::Wait,
            }),
            (None, CarrierResponse::RequestRefused) => Err(CarrierError::RefusedForNow {
                reason: "an error code about this request".to_owned(),
                retry_after: None,
                scope: RefusalScope::Request,
                remedy: Remedy::Wait,
            }),
            (None, CarrierResponse::Accepted | CarrierResponse::Unreadable) => {
                Err(CarrierError::Unknown("no readable response".to_owned()))
            }
        }
    }
}

impl Carrier for CarrierClient {
    fn name(&self) -> &CarrierName {
        &self.name
    }

    async fn place(&self, dial: &Dial) -> Result<CallId, CarrierError> {
        self.connect().await;
        let (carrier, to) = (self.name.clone(), dial.to.clone());
        self.cloud.record(Observation::CallRequested { carrier, to, route: dial.route.clone() });
        let request = dial.clone();
        let name = self.name.clone();
        let response = self.ask(move |cloud| cloud.take_call(&name, request)).await;
        self.cloud.record(Observation::CallRequestOutcome {
            route: dial.route.clone(),
            heard: request_outcome(&self.name, &response),
        });
        response
    }

    async fn send_text(&self, to: &Number, body: &str, route: &TextRoute) -> Result<SentTextId, CarrierError> {
        self.connect().await;
        self.cloud.record(Observation::TextRequested { route: route.clone(), to: to.clone(), body: body.to_owned() });
        let sent = SentMessage {
            to: to.clone(),
            body: body.to_owned(),
            status_to: Some(route.path()),
            status: TextStatus::Pending,
        };
        let (name, taken) = (self.name.clone(), route.clone());
        let response = self.ask(move |cloud| cloud.take_text(&name, taken, sent)).await.and_then(|text| text);
        self.cloud.record(Observation::TextRequestOutcome {
            route: route.clone(),
            to: to.clone(),
            body: body.to_owned(),
            heard: request_outcome(&self.name, &response),
        });
        response
    }

    async fn text_status(&self, text: &SentTextId) -> Result<TextStatus, CarrierError> {
        let text = SentText::Sent(text.clone());
        let find = move |cloud: &Rc<Cloud>| cloud.sent_texts.borrow().get(&text).map(|sent| sent.status);
        let found = self.ask(find).await?;
        found.ok_or_else(|| CarrierError::Unknown("404: no such text".to_owned()))
    }

    async fn leave_message(&self, call: &CallId, _: &CallRoute) -> Result<(), CarrierError> {
        let id = call.clone();
        let redirected = self.ask(move |cloud| cloud.redirect(&id)).await?;
        if redirected { Ok(()) } else { Err(already_over()) }
    }

    async fn status(&self, call: &CallId) -> Result<CallStatus, CarrierError> {
        let id = call.clone();
        let state = self.ask(move |cloud| cloud.phone.borrow().call(&id).map(|call| call.state)).await?;
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
        let ended = self.ask(move |cloud| cloud.end_call(&id)).await?;
        if ended { Ok(()) } else { Err(already_over()) }
    }
}
