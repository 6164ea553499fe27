//! Tests of the carrier over real HTTP on loopback, with a scripted service.

mod answerers;
mod calls;
mod control;
mod deliveries;
mod faults;
mod incoming_calls;
mod rest;
mod service;
mod texts;

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::Value;

use self::service::{PUBLIC, Service, TOKEN};
use super::{
    AccountSid, ApiKey, AuthTokens, CallScript, CarrierConfig, Fault, FaultKind, LogEntry, LogEvent, MessageStatus,
    PhoneNumber, Route, Sid, SimulatedCarrier, Timing,
};

pub(super) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(super) const SECONDARY: &str = "secondary";
pub(super) const API_KEY: &str = "SK0123456789abcdef0123456789abcdef";
pub(super) const API_KEY_SECRET: &str = "secret of the key";
pub(super) const SERVICE: &str = "+12125550100";
/// Time limit of a wait, longer than any step takes.
const WAIT_LIMIT: Duration = Duration::from_secs(5);

pub(super) fn config() -> CarrierConfig {
    CarrierConfig {
        bind: "127.0.0.1:0".parse().unwrap(),
        account: AccountSid::parse(ACCOUNT).unwrap(),
        tokens: AuthTokens { primary: TOKEN.to_owned(), secondary: Some(SECONDARY.to_owned()) },
        api_key: Some(ApiKey { sid: API_KEY.to_owned(), secret: API_KEY_SECRET.to_owned() }),
        service_number: PhoneNumber::parse(SERVICE).unwrap(),
        sms_url: format!("{PUBLIC}/sms#rc=2&rp=5xx,ct,rt&rt=400"),
        voice_url: format!("{PUBLIC}/voice#rc=2&rp=5xx,ct,rt"),
        routes: Vec::new(),
        timing: Timing {
            second: Duration::from_millis(40),
            speech_per_character: Duration::from_micros(100),
            dial_after: Duration::from_millis(5),
        },
    }
}

/// Returns a phone number that ends in these two digits.
pub(super) fn number(last: u8) -> PhoneNumber {
    PhoneNumber::parse(&format!("+121255501{last:02}")).unwrap()
}

/// Returns the script of a person who answers soon.
fn picks_up() -> CallScript {
    CallScript { answer_after_ms: Some(5), ..CallScript::answer() }
}

fn presses_1() -> CallScript {
    CallScript { answer_after_ms: Some(5), ..CallScript::press("1").unwrap() }
}

/// A carrier, a service with an account at this carrier, and a client of the carrier's API.
struct World {
    carrier: SimulatedCarrier,
    service: Service,
    client: Client,
}

impl World {
    async fn start() -> Self {
        let service = Service::start().await;
        let carrier = SimulatedCarrier::start(config()).await.unwrap();
        carrier.set_route(Route { public: PUBLIC.to_owned(), base: format!("http://{}/base", service.addr) });
        // Connections are not pooled, as in the dialer.
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(WAIT_LIMIT).build().unwrap();
        Self { carrier, service, client }
    }

    fn api(&self, rest: &str) -> String {
        format!("{}/2010-04-01/Accounts/{ACCOUNT}/{rest}", self.carrier.url())
    }

    async fn post(&self, rest: &str, form: &[(&str, &str)]) -> reqwest::Result<Response> {
        self.client.post(self.api(rest)).basic_auth(ACCOUNT, Some(TOKEN)).form(form).send().await
    }

    async fn get(&self, rest: &str) -> Response {
        self.client.get(self.api(rest)).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap()
    }

    /// Requests a call as the dialer does.
    async fn request_call(&self, to: &PhoneNumber, more: &[(&str, &str)]) -> reqwest::Result<Response> {
        let (url, status) = (format!("{PUBLIC}/twiml"), format!("{PUBLIC}/status"));
        let mut form = vec![("To", to.as_str()), ("From", SERVICE), ("Url", &url), ("StatusCallback", &status)];
        form.extend_from_slice(more);
        self.post("Calls.json", &form).await
    }

    /// Requests a call, and returns its id.
    async fn call(&self, to: &PhoneNumber, more: &[(&str, &str)]) -> Sid {
        let response = self.request_call(to, more).await.unwrap();
        assert_eq!(response.status(), 201);
        let resource: Value = response.json().await.unwrap();
        Sid::given(resource["sid"].as_str().unwrap())
    }

    async fn request_text(&self, to: &PhoneNumber, more: &[(&str, &str)]) -> reqwest::Result<Response> {
        let mut form = vec![("To", to.as_str()), ("From", SERVICE), ("Body", "buy milk")];
        form.extend_from_slice(more);
        self.post("Messages.json", &form).await
    }

    /// Returns the resource of a call.
    async fn shown(&self, call: &Sid) -> Value {
        self.get(&format!("Calls/{call}.json")).await.json().await.unwrap()
    }

    async fn control(&self, path: &str, body: Value) -> Response {
        self.client.post(format!("{}{path}", self.carrier.url())).json(&body).send().await.unwrap()
    }

    fn fault(&self, fault: Fault) {
        self.carrier.add_fault(fault).unwrap();
    }

    fn faulty(&self, to: &PhoneNumber, kind: FaultKind) {
        self.fault(Fault::once(to.clone(), kind));
    }

    async fn until(&self, wanted: impl Fn(&LogEntry) -> bool) -> LogEntry {
        let found = self.carrier.wait_for(WAIT_LIMIT, wanted).await;
        found.unwrap_or_else(|| {
            panic!("expected a matching entry within {WAIT_LIMIT:?}, found {:#?}", self.carrier.log(None))
        })
    }

    /// Waits until a call has ended, and returns its status.
    async fn over(&self, call: &Sid) -> super::CallStatus {
        let ended =
            self.until(|entry| matches!(&entry.event, LogEvent::CallEnded { call: ended, .. } if ended == call)).await;
        let LogEvent::CallEnded { status, .. } = ended.event else { panic!("{ended:?}") };
        status
    }

    /// Waits until a webhook to a path of the service was answered or has failed.
    async fn told(&self, path: &str) -> LogEntry {
        let wanted = format!("{PUBLIC}{path}");
        self.until(|entry| matches!(&entry.event, LogEvent::Webhook { url, .. } if *url == wanted)).await
    }

    /// Waits until this many texts to a number were delivered.
    async fn delivered(&self, number: &PhoneNumber, texts: usize) {
        let is_delivery =
            |entry: &LogEntry| matches!(entry.event, LogEvent::TextStatus { status: MessageStatus::Delivered, .. });
        let count = || self.carrier.log(Some(number)).iter().filter(|entry| is_delivery(entry)).count();
        self.until(|entry| is_delivery(entry) && count() >= texts).await;
    }

    /// Returns the kinds of the events of a number, without webhooks and statuses of texts.
    fn kinds(&self, number: &PhoneNumber) -> Vec<String> {
        let entries = self.carrier.log(Some(number));
        let kinds =
            entries.iter().map(|entry| serde_json::to_value(entry).unwrap()["kind"].as_str().unwrap().to_owned());
        kinds.filter(|kind| kind != "webhook" && kind != "text-status").collect()
    }
}
