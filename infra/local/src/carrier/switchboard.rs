//! What a carrier knows: its calls and texts, who wants what of the next call, what is to go wrong, what happened.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::call::{Call, CallStatus};
use super::fault::Faults;
use super::line::Act;
use super::log::{Log, What};
use super::message::{Message, MessageStatus};
use super::number::PhoneNumber;
use super::script::Scripts;
use super::settings::{DeliverBySns, Route, Settings};
use super::sid::{Sid, Sids};

/// Whether the carrier's port takes connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It does.
    Open,
    /// Connections are refused.
    Closed,
    /// The carrier has stopped.
    Stopped,
}

/// A REST request as it came in, without its credentials, so that another description of the API can judge it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Recorded {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) content_type: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) form: Vec<(String, String)>,
}

/// Requests that are kept for judging; a load test sends more than anybody reads.
const MOST_RECORDED: usize = 1000;

/// What a carrier knows.
pub(super) struct Switchboard {
    pub(super) settings: Settings,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) scripts: Scripts,
    pub(super) sids: Sids,
    pub(super) reach: watch::Sender<Reach>,
    records: Mutex<Records>,
}

struct Records {
    calls: BTreeMap<Sid, Call>,
    /// The calls that go on, and how to reach each.
    lines: BTreeMap<Sid, mpsc::UnboundedSender<Act>>,
    messages: BTreeMap<Sid, Message>,
    opted_out: BTreeSet<PhoneNumber>,
    routes: Vec<Route>,
    sns: Option<DeliverBySns>,
    requests: Vec<Recorded>,
}

impl Switchboard {
    pub(super) fn new(settings: Settings) -> Self {
        let records = Records {
            calls: BTreeMap::new(),
            lines: BTreeMap::new(),
            messages: BTreeMap::new(),
            opted_out: BTreeSet::new(),
            routes: settings.routes.clone(),
            sns: None,
            requests: Vec::new(),
        };
        Self {
            settings,
            log: Log::new(),
            faults: Faults::default(),
            scripts: Scripts::default(),
            sids: Sids::new(),
            reach: watch::Sender::new(Reach::Open),
            records: Mutex::new(records),
        }
    }

    /// Starts work that ends with the carrier.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut reach = self.reach.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                _ = reach.wait_for(|reach| *reach == Reach::Stopped) => {}
            }
        });
    }

    /// Opens or closes the port; a carrier that has stopped stays so.
    pub(super) fn set_reach(&self, to: Reach) {
        let changed = self.reach.send_if_modified(|reach| {
            let changes = *reach != Reach::Stopped && *reach != to;
            if changes {
                *reach = to;
            }
            changes
        });
        match (changed, to) {
            (true, Reach::Open) => self.log.write(None, What::Reachable),
            (true, Reach::Closed) => self.log.write(None, What::Unreachable),
            (true, Reach::Stopped) | (false, _) => {}
        }
    }

    pub(super) fn set_route(&self, route: Route) {
        let mut records = self.lock();
        records.routes.retain(|known| known.public != route.public);
        records.routes.push(route);
    }

    pub(super) fn set_sns(&self, deliver: DeliverBySns) {
        self.lock().sns = Some(deliver);
    }

    pub(super) fn sns(&self) -> Option<DeliverBySns> {
        self.lock().sns.clone()
    }

    /// Where a public URL is really requested: by the longest route that it begins with, or as it is when it is on
    /// this machine. Nothing else is ever requested.
    pub(super) fn target(&self, url: &str) -> Option<String> {
        let records = self.lock();
        let rest = |route: &Route| {
            let rest = url.strip_prefix(route.public.trim_end_matches('/'))?;
            let whole = rest.is_empty() || rest.starts_with('/') || rest.starts_with('?');
            whole.then(|| format!("{}{rest}", route.base.trim_end_matches('/')))
        };
        let routed = records.routes.iter().filter_map(|route| Some((route.public.len(), rest(route)?)));
        match routed.max_by_key(|(length, _)| *length) {
            Some((_, target)) => Some(target),
            None => is_loopback(url).then(|| url.to_owned()),
        }
    }

    pub(super) fn record(&self, request: Recorded) {
        let mut records = self.lock();
        if records.requests.len() < MOST_RECORDED {
            records.requests.push(request);
        }
    }

    pub(super) fn requests(&self) -> Vec<Recorded> {
        self.lock().requests.clone()
    }

    pub(super) fn add_call(&self, call: Call, line: mpsc::UnboundedSender<Act>) {
        let mut records = self.lock();
        records.lines.insert(call.sid.clone(), line);
        records.calls.insert(call.sid.clone(), call);
    }

    pub(super) fn call(&self, sid: &Sid) -> Option<Call> {
        self.lock().calls.get(sid).cloned()
    }

    /// The calls that go on.
    pub(super) fn open_calls(&self) -> Vec<Call> {
        let records = self.lock();
        records.lines.keys().filter_map(|sid| records.calls.get(sid)).cloned().collect()
    }

    /// Moves a call on and returns it as it is then. Nothing, if it was over already.
    pub(super) fn advance(&self, sid: &Sid, to: CallStatus) -> Option<Call> {
        let mut records = self.lock();
        let call = records.calls.get_mut(sid)?;
        let moved = call.advance(to, Timestamp::now()).then(|| call.clone())?;
        if to.is_final() {
            records.lines.remove(sid);
        }
        Some(moved)
    }

    /// Tells a call that goes on what somebody does; false when it is over.
    pub(super) fn tell(&self, sid: &Sid, act: Act) -> bool {
        let line = self.lock().lines.get(sid).cloned();
        line.is_some_and(|line| line.send(act).is_ok())
    }

    /// Ends a call as the service asks, if what it asks fits the state the call is in at this moment. The line that
    /// goes on is to be told.
    pub(super) fn end_call(
        &self,
        sid: &Sid,
        ending: impl Fn(CallStatus) -> Option<CallStatus>,
    ) -> Option<mpsc::UnboundedSender<Act>> {
        let mut records = self.lock();
        let call = records.calls.get_mut(sid)?;
        let to = ending(call.status)?;
        if !call.advance(to, Timestamp::now()) {
            return None;
        }
        records.lines.remove(sid)
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
pub(super) type Board = Arc<Switchboard>;

fn is_loopback(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<std::net::IpAddr>();
    url.scheme() == "http" && (host == "localhost" || address.is_ok_and(|address| address.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::tests::settings;

    #[test]
    fn the_longest_route_takes_a_url_and_only_at_a_boundary() {
        let board = Switchboard::new(settings());
        let route = |public: &str, base: &str| Route { public: public.to_owned(), base: base.to_owned() };
        board.set_route(route("https://sixthirty.example", "http://127.0.0.1:1/_aws/execute-api/x/$default"));
        board.set_route(route("https://sixthirty.example/calls", "http://127.0.0.1:2"));
        let target = |url: &str| board.target(url);
        let sms = "http://127.0.0.1:1/_aws/execute-api/x/$default/sms?a=1".to_owned();
        assert_eq!(target("https://sixthirty.example/sms?a=1"), Some(sms));
        assert_eq!(target("https://sixthirty.example/calls/a"), Some("http://127.0.0.1:2/a".to_owned()));
        assert_eq!(target("https://sixthirty.example.evil.example/"), None);
        board.set_route(route("https://sixthirty.example/calls", "http://127.0.0.1:3"));
        assert_eq!(target("https://sixthirty.example/calls?a"), Some("http://127.0.0.1:3?a".to_owned()));
    }

    #[test]
    fn nothing_beyond_this_machine_is_requested() {
        let board = Switchboard::new(settings());
        for url in ["http://127.0.0.1:9/a", "http://localhost:9/a", "http://[::1]:9/a"] {
            assert_eq!(board.target(url).as_deref(), Some(url));
        }
        for url in ["https://sixthirty.example/", "http://10.0.0.1/", "http://localhost.example/", "no url"] {
            assert_eq!(board.target(url), None, "{url}");
        }
    }
}
