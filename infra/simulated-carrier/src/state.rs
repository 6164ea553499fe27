//! What a carrier knows: its calls and texts, who wants what of the next call, what is to go wrong, what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::call::{Call, CallStatus};
use super::call_action::CallAction;
use super::config::{CarrierConfig, SnsPublisher};
use super::fault::Faults;
use super::log::{Log, LogEvent};
use super::message::{Message, MessageStatus};
use super::number::PhoneNumber;
use super::port::Port;
use super::routes::Routes;
use super::script::Scripts;
use super::sid::{Sid, Sids};

/// Whether the carrier's port takes connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reachability {
    /// It does.
    Open,
    /// Connections are refused.
    Closed,
    /// The carrier has stopped.
    Stopped,
}

/// A REST request as it came in, without its credentials, so that another description of the API can judge it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RecordedRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) content_type: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) form: Vec<(String, String)>,
}

/// Requests that are kept for judging; a load test sends more than anybody reads.
const MOST_RECORDED: usize = 1000;

/// What a carrier knows.
pub(super) struct CarrierState {
    pub(super) config: CarrierConfig,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) scripts: Scripts,
    pub(super) sids: Sids,
    pub(super) routes: Routes,
    pub(super) port: Port,
    pub(super) reach: watch::Sender<Reachability>,
    records: Mutex<Records>,
}

struct Records {
    calls: BTreeMap<Sid, Call>,
    /// The calls that go on, and how to reach each.
    live_calls: BTreeMap<Sid, mpsc::UnboundedSender<CallAction>>,
    messages: BTreeMap<Sid, Message>,
    opted_out: BTreeSet<PhoneNumber>,
    sns: Option<SnsPublisher>,
    requests: Vec<RecordedRequest>,
}

impl CarrierState {
    pub(super) fn new(config: CarrierConfig, port: Port) -> Self {
        let records = Records {
            calls: BTreeMap::new(),
            live_calls: BTreeMap::new(),
            messages: BTreeMap::new(),
            opted_out: BTreeSet::new(),
            sns: None,
            requests: Vec::new(),
        };
        Self {
            routes: Routes::new(config.routes.clone()),
            config,
            port,
            log: Log::new(),
            faults: Faults::default(),
            scripts: Scripts::default(),
            sids: Sids::new(),
            reach: watch::Sender::new(Reachability::Open),
            records: Mutex::new(records),
        }
    }

    /// Starts work that ends with the carrier.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut reach = self.reach.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                _ = reach.wait_for(|reach| *reach == Reachability::Stopped) => {}
            }
        });
    }

    /// Opens or closes the port, at once; a carrier that has stopped stays so.
    pub(super) fn set_reach(&self, to: Reachability) {
        let mut done = Ok(());
        let changed = self.reach.send_if_modified(|reach| {
            if *reach == Reachability::Stopped || *reach == to {
                return false;
            }
            *reach = to;
            // Before anybody hears of it: who waits for connections looks at the port only once.
            done = match to {
                Reachability::Open => self.port.open(),
                Reachability::Closed => self.port.close(),
                Reachability::Stopped => {
                    self.port.give_up();
                    Ok(())
                }
            };
            true
        });
        match (done, to) {
            (Err(error), _) => eprintln!("the simulated carrier lost its port {}: {error}", self.port.addr()),
            (Ok(()), Reachability::Open) if changed => self.log.write(None, LogEvent::Reachable),
            (Ok(()), Reachability::Closed) if changed => self.log.write(None, LogEvent::Unreachable),
            (Ok(()), _) => {}
        }
    }

    pub(super) fn set_sns(&self, deliver: SnsPublisher) {
        self.lock().sns = Some(deliver);
    }

    pub(super) fn sns(&self) -> Option<SnsPublisher> {
        self.lock().sns.clone()
    }

    pub(super) fn record(&self, request: RecordedRequest) {
        let mut records = self.lock();
        if records.requests.len() < MOST_RECORDED {
            records.requests.push(request);
        }
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().requests.clone()
    }

    pub(super) fn add_call(&self, call: Call, actions: mpsc::UnboundedSender<CallAction>) {
        let mut records = self.lock();
        records.live_calls.insert(call.sid.clone(), actions);
        records.calls.insert(call.sid.clone(), call);
    }

    pub(super) fn call(&self, sid: &Sid) -> Option<Call> {
        self.lock().calls.get(sid).cloned()
    }

    /// The calls that go on.
    pub(super) fn open_calls(&self) -> Vec<Call> {
        let records = self.lock();
        records.live_calls.keys().filter_map(|sid| records.calls.get(sid)).cloned().collect()
    }

    /// Moves a call on and returns it as it is then. Nothing, if it was over already.
    pub(super) fn advance(&self, sid: &Sid, to: CallStatus) -> Option<Call> {
        let mut records = self.lock();
        let call = records.calls.get_mut(sid)?;
        let moved = call.advance(to, Timestamp::now()).then(|| call.clone())?;
        if to.is_final() {
            records.live_calls.remove(sid);
        }
        Some(moved)
    }

    /// Tells a call that goes on what somebody does; false when it is over.
    pub(super) fn tell(&self, sid: &Sid, action: CallAction) -> bool {
        let actions = self.lock().live_calls.get(sid).cloned();
        actions.is_some_and(|actions| actions.send(action).is_ok())
    }

    /// Ends a call as the service asks, if that fits the call's state at this moment. Returns the channel by which
    /// the live call must be told.
    pub(super) fn end_call(
        &self,
        sid: &Sid,
        ending: impl Fn(CallStatus) -> Option<CallStatus>,
    ) -> Option<mpsc::UnboundedSender<CallAction>> {
        let mut records = self.lock();
        let call = records.calls.get_mut(sid)?;
        let to = ending(call.status)?;
        if !call.advance(to, Timestamp::now()) {
            return None;
        }
        records.live_calls.remove(sid)
    }

    /// Keeps a text; the first one of an id stays.
    pub(super) fn add_message(&self, message: Message) {
        self.lock().messages.entry(message.sid.clone()).or_insert(message);
    }

    pub(super) fn message(&self, sid: &Sid) -> Option<Message> {
        self.lock().messages.get(sid).cloned()
    }

    pub(super) fn advance_message(&self, sid: &Sid, to: MessageStatus) {
        if let Some(message) = self.lock().messages.get_mut(sid) {
            let now = Timestamp::now();
            message.status = to;
            message.updated = now;
            message.sent.get_or_insert(now);
        }
    }

    pub(super) fn opt_out(&self, number: &PhoneNumber) {
        self.lock().opted_out.insert(number.clone());
    }

    pub(super) fn opt_in(&self, number: &PhoneNumber) {
        self.lock().opted_out.remove(number);
    }

    pub(super) fn has_opted_out(&self, number: &PhoneNumber) -> bool {
        self.lock().opted_out.contains(number)
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shared by everything that goes on at the carrier.
pub(super) type SharedState = Arc<CarrierState>;
