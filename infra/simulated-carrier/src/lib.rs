//! A carrier on this machine. It speaks Twilio's REST API, posts Twilio's signed webhooks and runs TwiML; people answer
//! its calls by a script or from a browser; it fails as it is told to; and it keeps a log by which somebody outside can
//! judge a service.
//!
//! Only this machine is ever called: a webhook goes where a [`Route`] leads, or to loopback. Nothing here is shared with
//! our client of Twilio, its signatures or its TwiML: what is tried against this carrier must not be wrong with it.
//!
//! | request | what it does |
//! |---|---|
//! | `POST /2010-04-01/Accounts/{sid}/Calls.json`, `GET` and `POST …/Calls/{sid}.json` | Twilio's own |
//! | `POST /2010-04-01/Accounts/{sid}/Messages.json`, `GET …/Messages/{sid}.json` | Twilio's own |
//! | `POST /_phone/text {"from","body","id"?,"via"?:"webhook"\|"sns","copies"?}` | a person texts; returns `{"id","status","answer":[…],"twiml"}` |
//! | `POST /_phone/behaviour {"number","calls":[…]}` | what a person does about their next calls, each a [`CallScript`] |
//! | `GET /_phone/calls?number=` | the calls that go on |
//! | `POST /_phone/calls/{sid}/{answer\|decline\|hangup}`, `…/press {"digit"}` | a person acts |
//! | `POST /_carrier/faults` | adds a [`Fault`], or `{"kind":"unreachable","ms"}` for the whole carrier |
//! | `GET /_carrier/faults`, `DELETE /_carrier/faults?to=` | those still to come; forgets them |
//! | `GET /_carrier/log?number=&since=` | what happened, each line an [`LogEntry`] |
//! | `GET /_carrier/events?number=&since=` | the same as it happens, as server-sent events |
//! | `GET /_carrier/requests` | REST requests as they came, without credentials |

mod call;
mod call_action;
mod callbacks;
mod config;
mod connection;
mod connection_overrides;
mod control;
mod document;
mod fault;
mod live_call;
mod log;
mod message;
mod number;
mod origin_guard;
mod phone;
mod port;
mod rest;
mod routes;
mod script;
mod serve;
mod sid;
mod signature;
mod state;
mod talk;
mod texts;
mod twiml;
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

pub use self::call::CallStatus;
pub use self::config::{AccountSid, AuthTokens, CarrierConfig, NotAnAccountSid, Route, SnsPublisher, SnsText, Timing};
pub use self::fault::{Fault, FaultKind, RequestKind};
pub use self::log::{LogEntry, LogEvent};
pub use self::number::{Key, NotAKey, NotANumber, PhoneNumber};
pub use self::script::{CallReaction, CallScript, Press};
pub use self::sid::Sid;
pub use self::webhook_kind::{ResourceKind, WebhookKind};

use self::port::Port;
use self::state::{CarrierState, Reachability, SharedState};

/// A simulated carrier that runs until this is dropped.
pub struct SimulatedCarrier {
    /// Where it listens.
    pub addr: SocketAddr,
    state: SharedState,
}

impl SimulatedCarrier {
    /// Starts a carrier inside this process.
    ///
    /// # Errors
    /// The address can't be listened on: somebody else does, or it is not this machine's.
    pub async fn start(config: CarrierConfig) -> io::Result<Self> {
        let port = Port::listen(config.bind)?;
        let addr = port.addr();
        let state = Arc::new(CarrierState::new(config, port));
        let router = rest::routes().with_state(Arc::clone(&state)).merge(control_router(&state));
        let router = router.layer(middleware::from_fn(origin_guard::keep));
        tokio::spawn(serve::serve(router, Arc::clone(&state)));
        Ok(Self { addr, state })
    }

    /// Where the REST API is, and the rest.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// `/_phone` and `/_carrier`, to be served from another port too: a page's own, say, or one that is open while the
    /// carrier is unreachable.
    pub fn control_router(&self) -> Router {
        control_router(&self.state)
    }

    /// Sends webhooks under a public address somewhere else from now on.
    pub fn set_route(&self, route: Route) {
        self.state.routes.set(route);
    }

    /// Says how texts are published on the stack's topic.
    pub fn set_sns(&self, deliver: SnsPublisher) {
        self.state.set_sns(deliver);
    }

    /// What a person will do about their next calls, instead of what was said before.
    ///
    /// # Errors
    /// What speaks against a script.
    pub fn behave(&self, number: &PhoneNumber, calls: Vec<CallScript>) -> Result<(), String> {
        calls.iter().try_for_each(CallScript::check)?;
        self.state.scripts.set(number.clone(), calls);
        Ok(())
    }

    /// Makes something go wrong.
    ///
    /// # Errors
    /// What speaks against the fault.
    pub fn add_fault(&self, fault: Fault) -> Result<(), String> {
        fault.check()?;
        self.state.faults.add(fault);
        Ok(())
    }

    /// Refuses connections from now on, until [`SimulatedCarrier::be_reachable`], or until the faults are cleared from another
    /// port.
    pub fn be_unreachable(&self) {
        self.state.set_reach(Reachability::Closed);
    }

    /// Takes connections again.
    pub fn be_reachable(&self) {
        self.state.set_reach(Reachability::Open);
    }

    /// What happened so far to one person, or to all.
    #[must_use]
    pub fn log(&self, number: Option<&PhoneNumber>) -> Vec<LogEntry> {
        self.state.log.since(0, number)
    }

    /// What happened so far, and what will.
    #[must_use]
    pub fn follow(&self) -> (Vec<LogEntry>, broadcast::Receiver<LogEntry>) {
        self.state.log.follow(Some(0))
    }

    /// The first entry, past or to come, that is as wanted; nothing if the time is over before.
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

fn control_router(state: &SharedState) -> Router {
    phone::routes().merge(control::routes()).with_state(Arc::clone(state))
}
