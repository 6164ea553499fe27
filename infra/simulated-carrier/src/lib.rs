//! A simulated carrier with Twilio's REST API, signed webhooks and TwiML. People answer its calls by a script or from a
//! browser. Tests can add faults, and judge a service by the carrier's log.
//!
//! Webhooks are sent only to the base URL of a [`Route`], or to loopback. This crate shares no code with our Twilio
//! client, its signatures or its TwiML, so that a mistake there is not repeated here.
//!
//! | request | effect |
//! |---|---|
//! | `POST /2010-04-01/Accounts/{sid}/Calls.json`, `GET` and `POST …/Calls/{sid}.json` | as in Twilio's API |
//! | `POST /2010-04-01/Accounts/{sid}/Messages.json`, `GET …/Messages/{sid}.json` | as in Twilio's API |
//! | `POST /_phone/text {"from","body","id"?,"via"?:"webhook"\|"sns","copies"?}` | a person sends a text; returns
//! `{"id","status","answer":[…],"twiml","error"?,"carrier"?,"copies"?:[…]}` |
//! | `POST /_phone/behaviour {"number","calls":[…]}` | scripts a person's next calls, each a [`CallScript`] |
//! | `POST /_phone/deliveries {"number","texts":[…]}` | scripts the delivery of the next texts to a person, each a
//! [`DeliveryScript`] |
//! | `POST /_phone/setting {"number","setting"}`, `GET ?number=` | sets or shows a mailbox or call screening, a
//! [`PhoneSetting`] |
//! | `POST /_phone/call {"from","script"?}` | a person calls the service's number; returns `{"call"}` |
//! | `GET /_phone/calls?number=` | lists the calls that have not ended |
//! | `POST /_phone/calls/{sid}/{answer\|decline\|hangup}`, `…/press {"digit"}` | an action of a person on a call |
//! | `POST /_carrier/faults` | adds a [`Fault`], or `{"kind":"unreachable","ms"}` for the whole carrier |
//! | `GET /_carrier/faults`, `DELETE /_carrier/faults?to=` | lists or removes pending faults |
//! | `GET /_carrier/log?number=&since=` | the log, each line a [`LogEntry`] |
//! | `GET /_carrier/events?number=&since=` | the log as a stream of server-sent events |
//! | `GET /_carrier/requests` | received REST requests, without credentials |

mod answerer;
mod call;
mod call_action;
mod callbacks;
mod config;
mod connection;
mod connection_overrides;
mod control;
mod delivery;
mod delivery_script;
mod detection;
mod document;
mod fault;
mod listener;
mod listening;
mod live_call;
mod log;
mod message;
mod number;
mod origin_guard;
mod phone;
mod phone_setting;
mod port;
mod rest;
mod ringing;
mod routes;
mod script;
mod script_time;
mod serve;
mod sid;
mod signature;
mod state;
mod talk;
mod texts;
mod twiml;
mod verdict;
mod webhook;
mod webhook_kind;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Router, middleware};
use tokio::sync::broadcast;

pub use self::answerer::Answerer;
pub use self::call::CallStatus;
pub use self::config::{
    AccountSid, ApiKey, AuthTokens, CarrierConfig, NotAnAccountSid, Route, SnsPublisher, SnsText, Timing,
};
pub use self::delivery_script::{DeliveryEnd, DeliveryScript, Reports};
pub use self::detection::{AnsweredBy, DetectionScript};
pub use self::fault::{Fault, FaultKind, RequestKind};
pub use self::log::{LogEntry, LogEvent};
pub use self::message::MessageStatus;
pub use self::number::{Key, NotAKey, NotANumber, PhoneNumber};
pub use self::phone_setting::{Answering, PhoneSetting};
pub use self::script::{CallReaction, CallScript, Press};
pub use self::sid::Sid;
pub use self::webhook_kind::{ResourceKind, WebhookKind};

use self::port::Port;
use self::state::{CarrierState, Reachability, SharedState};

/// A running simulated carrier. Dropping it stops the carrier.
pub struct SimulatedCarrier {
    /// Address on which the carrier listens.
    pub addr: SocketAddr,
    state: SharedState,
}

impl SimulatedCarrier {
    /// Starts a carrier inside this process.
    ///
    /// # Errors
    /// Fails if the address is in use or does not belong to this machine.
    pub async fn start(config: CarrierConfig) -> io::Result<Self> {
        let port = Port::listen(config.bind)?;
        let addr = port.addr();
        let state = Arc::new(CarrierState::new(config, port));
        let router = for_programs(rest::routes().with_state(Arc::clone(&state)).merge(control_router(&state)));
        tokio::spawn(serve::serve(router, Arc::clone(&state)));
        Ok(Self { addr, state })
    }

    /// Returns the base URL of the REST API and of the control routes.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Returns the routes `/_phone` and `/_carrier`, to serve them from another port too: for example a page's own
    /// port, or a port that stays open while the carrier is unreachable.
    pub fn control_router(&self) -> Router {
        control_router(&self.state)
    }

    /// Returns the same routes for a port that only programs use. The requests of web pages are refused.
    pub fn control_router_for_programs(&self) -> Router {
        for_programs(self.control_router())
    }

    /// Adds or replaces the route of a public URL.
    pub fn set_route(&self, route: Route) {
        self.state.routes.set(route);
    }

    /// Sets how texts are published to the stack's SNS topic.
    pub fn set_sns(&self, deliver: SnsPublisher) {
        self.state.set_sns(deliver);
    }

    /// Sets how a person reacts to their next calls. Replaces earlier scripts.
    ///
    /// # Errors
    /// Fails if a script is invalid. The error describes why.
    pub fn behave(&self, number: &PhoneNumber, calls: Vec<CallScript>) -> Result<(), String> {
        calls.iter().try_for_each(CallScript::check)?;
        self.state.scripts.set(number.clone(), calls);
        Ok(())
    }

    /// Scripts the delivery of the next texts to a person. Replaces earlier scripts.
    ///
    /// # Errors
    /// Fails if a script is invalid. The error describes why.
    pub fn deliver(&self, number: &PhoneNumber, texts: Vec<DeliveryScript>) -> Result<(), String> {
        texts.iter().try_for_each(DeliveryScript::check)?;
        self.state.deliveries.set(number.clone(), texts);
        Ok(())
    }

    /// Sets the mailbox or the call screening of a person's phone.
    ///
    /// # Errors
    /// Fails if the setting is invalid. The error describes why.
    pub fn set_phone(&self, number: &PhoneNumber, setting: PhoneSetting) -> Result<(), String> {
        setting.check()?;
        self.state.phone_settings.set(number.clone(), setting);
        Ok(())
    }

    /// Makes a person call the service's number, and returns the id of the call. Without a script, the person acts
    /// through the control routes.
    ///
    /// # Errors
    /// Fails if the script is invalid, or if the person's phone is in another call.
    pub fn call_in(&self, from: &PhoneNumber, script: Option<CallScript>) -> Result<Sid, String> {
        phone::call_in(&self.state, from.clone(), script)
    }

    /// Adds a fault.
    ///
    /// # Errors
    /// Fails if the fault is invalid. The error describes why.
    pub fn add_fault(&self, fault: Fault) -> Result<(), String> {
        fault.check()?;
        self.state.faults.add(fault);
        Ok(())
    }

    /// Removes the pending faults of a person.
    pub fn remove_faults(&self, number: &PhoneNumber) {
        self.state.faults.clear(Some(number));
    }

    /// Refuses connections until [`SimulatedCarrier::be_reachable`], or until all faults are removed through another
    /// port.
    pub fn be_unreachable(&self) {
        self.state.set_reach(Reachability::Closed);
    }

    /// Accepts connections again.
    pub fn be_reachable(&self) {
        self.state.set_reach(Reachability::Open);
    }

    /// Returns the log so far, of one person or of all.
    #[must_use]
    pub fn log(&self, number: Option<&PhoneNumber>) -> Vec<LogEntry> {
        self.state.log.since(0, number)
    }

    /// Returns the log so far, and a receiver of later entries.
    #[must_use]
    pub fn follow(&self) -> (Vec<LogEntry>, broadcast::Receiver<LogEntry>) {
        self.state.log.follow(Some(0))
    }

    /// Returns the first entry that matches, and waits for it if necessary. Absent if no entry matches within the time.
    pub async fn wait_for(&self, within: Duration, wanted: impl Fn(&LogEntry) -> bool) -> Option<LogEntry> {
        let (before, mut after) = self.follow();
        if let Some(found) = before.into_iter().find(&wanted) {
            return Some(found);
        }
        let next = async {
            loop {
                match after.recv().await {
                    Ok(entry) if wanted(&entry) => return Some(entry),
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        let (before, from_here) = self.follow();
                        after = from_here;
                        if let Some(found) = before.into_iter().find(&wanted) {
                            return Some(found);
                        }
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        };
        tokio::time::timeout(within, next).await.ok().flatten()
    }
}

impl Drop for SimulatedCarrier {
    fn drop(&mut self) {
        self.state.set_reach(Reachability::Stopped);
    }
}

impl std::fmt::Debug for SimulatedCarrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedCarrier").field("addr", &self.addr).finish_non_exhaustive()
    }
}

/// Refuses the requests of web pages.
fn for_programs(router: Router) -> Router {
    router.layer(middleware::from_fn(origin_guard::keep))
}

fn control_router(state: &SharedState) -> Router {
    phone::routes().merge(control::routes()).with_state(Arc::clone(state))
}
