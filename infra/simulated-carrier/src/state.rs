//! The state of the carrier: calls, texts, call scripts, faults and the log.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::call::{Call, CallStatus};
use super::call_action::CallAction;
use super::config::{CarrierConfig, SnsPublisher};
use super::delivery_script::DeliveryScripts;
use super::detection::AnsweredBy;
use super::fault::Faults;
use super::log::{Log, LogEvent};
use super::message::{Message, MessageStatus};
use super::number::PhoneNumber;
use super::phone_setting::PhoneSettings;
use super::port::Port;
use super::routes::Routes;
use super::script::Scripts;
use super::sid::{Sid, Sids};

/// Whether the carrier's port accepts connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reachability {
    /// Connections are accepted.
    Open,
    /// Connections are refused.
    Closed,
    /// The carrier has stopped.
    Stopped,
}

/// A received REST request without its credentials. The contract test checks it against Twilio's own client library.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RecordedRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) content_type: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) form: Vec<(String, String)>,
}

/// Maximum number of recorded requests. Later requests are not recorded: a load test sends more than the contract test
/// checks.
const MOST_RECORDED: usize = 1000;

/// The state of the carrier.
pub(super) struct CarrierState {
    pub(super) config: CarrierConfig,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) scripts: Scripts,
    pub(super) deliveries: DeliveryScripts,
    pub(super) phone_settings: PhoneSettings,
    pub(super) sids: Sids,
    pub(super) routes: Routes,
    pub(super) port: Port,
    pub(super) reach: watch::Sender<Reachability>,
    records: Mutex<Records>,
}

struct Records {
    calls: BTreeMap<Sid, Call>,
    /// For each call that has not ended, the channel for actions on it.
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
            deliveries: DeliveryScripts::default(),
            phone_settings: PhoneSettings::default(),
            sids: Sids::new(),
            reach: watch::Sender::new(Reachability::Open),
            records: Mutex::new(records),
        }
    }

    /// Spawns a task that ends when the carrier stops.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut reach = self.reach.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                _ = reach.wait_for(|reach| *reach == Reachability::Stopped) => {}
            }
        });
    }

    /// Opens, closes or releases the port immediately. A stopped carrier stays stopped.
    pub(super) fn set_reach(&self, to: Reachability) {
        let mut done = Ok(());
        let changed = self.reach.send_if_modified(|reach| {
            if *reach == Reachability::Stopped || *reach == to {
                return false;
            }
            *reach = to;
            // Change the port before the accept loop is notified, because the loop looks at the port only then.
            done = match to {
                Reachability::Open => self.port.open(),
                Reachability::Closed => self.port.close(),
                Reachability::Stopped => {
                    self.port.release();
                    Ok(())
                }
            };
            true
        });
        match (done, to) {
            (Err(error), _) => {
                eprintln!("error: the simulated carrier could not open or close {}: {error}", self.port.addr())
            }
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

    /// Returns the calls that have not ended.
    pub(super) fn open_calls(&self) -> Vec<Call> {
        let records = self.lock();
        records.live_calls.keys().filter_map(|sid| records.calls.get(sid)).cloned().collect()
    }

    /// Returns whether a call other than `except` rings or is in progress on a person's phone.
    pub(super) fn is_engaged(&self, person: &PhoneNumber, except: &Sid) -> bool {
        let occupies = |call: &Call| {
            let is_there = matches!(call.status, CallStatus::Ringing | CallStatus::InProgress);
            is_there && call.sid != *except && call.order.person() == person
        };
        self.open_calls().iter().any(occupies)
    }

    /// Sets the verdict of answering machine detection.
    pub(super) fn set_answered_by(&self, sid: &Sid, verdict: AnsweredBy) {
        if let Some(call) = self.lock().calls.get_mut(sid) {
            call.answered_by = Some(verdict);
        }
    }

    /// Sets whether a phone that screens a call now rings its person.
    pub(super) fn set_screener_rings(&self, sid: &Sid, rings: bool) {
        if let Some(call) = self.lock().calls.get_mut(sid) {
            call.screener_rings = rings;
        }
    }

    /// Changes the status of a call and returns the call. Absent if the call has already ended.
    pub(super) fn advance(&self, sid: &Sid, to: CallStatus) -> Option<Call> {
        let mut records = self.lock();
        let call = records.calls.get_mut(sid)?;
        let advanced = call.advance(to, Timestamp::now()).then(|| call.clone())?;
        if to.is_final() {
            records.live_calls.remove(sid);
        }
        Some(advanced)
    }

    /// Sends an action to the task of a call. Returns false if the call has ended.
    pub(super) fn send_action(&self, sid: &Sid, action: CallAction) -> bool {
        let actions = self.lock().live_calls.get(sid).cloned();
        actions.is_some_and(|actions| actions.send(action).is_ok())
    }

    /// Ends a call by a request of the service, if its current state allows it. Returns the channel through which the
    /// live call must be notified. Absent if the call was not ended.
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

    /// Stores a text. If its id is known, the stored text is kept.
    pub(super) fn add_message(&self, message: Message) {
        self.lock().messages.entry(message.sid.clone()).or_insert(message);
    }

    pub(super) fn message(&self, sid: &Sid) -> Option<Message> {
        self.lock().messages.get(sid).cloned()
    }

    pub(super) fn advance_message(&self, sid: &Sid, to: MessageStatus, code: Option<u32>) {
        if let Some(message) = self.lock().messages.get_mut(sid) {
            let now = Timestamp::now();
            message.status = to;
            message.error_code = code;
            message.updated = now;
            if to != MessageStatus::Failed {
                message.sent.get_or_insert(now);
            }
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

/// The state, shared by all tasks of the carrier.
pub(super) type SharedState = Arc<CarrierState>;
