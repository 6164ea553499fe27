//! The client of Twilio's REST API: places, reads, redirects and ends calls, and sends and reads texts.

mod exchange;
mod response;
#[cfg(test)]
mod tests;
mod watched;

use std::sync::Arc;
use std::time::Duration;

use form_urlencoded::Serializer;
use reminder::ids::{CallId, CarrierName, Number, SentTextId};
use reminder::ports::{CallStatus, Carrier, CarrierError, Dial, MachineDetection, TextStatus};
use reminder::wire::{CallRoute, CallStep, TextRoute};
use tokio_rustls::rustls::RootCertStore;

use crate::account::AccountSid;
use crate::authorization::Authorization;
use crate::current::Current;
use crate::limits::fitting;
use crate::public_url::PublicUrl;
use exchange::{Endpoint, Request, Roots};
use response::{CallResource, MessageResource};

pub use exchange::TwilioConfigError;

/// The current version of the API.
const VERSION: &str = "2010-04-01";

/// The configuration of the client.
#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// The base URL of the API: `https://api.twilio.com`, or that of a simulated carrier.
    pub base_url: String,
    /// The carrier name of the account. An operator may have two accounts, each with its own name.
    pub name: CarrierName,
    /// The identifier of the account.
    pub account_sid: AccountSid,
    /// What authorizes the first requests. The client's own can be replaced later.
    pub authorization: Authorization,
    /// The number that calls and texts come from.
    pub service_number: Number,
    /// The public URL of the service, which Twilio calls.
    pub public_url: PublicUrl,
    /// How long the phone rings, in seconds. Twilio adds up to 5 s of its own
    /// (<https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource>, `Timeout`).
    pub ring_s: i64,
    /// How long a call may last after it is picked up, in seconds (Twilio's `TimeLimit`).
    pub talk_s: i64,
    /// Whether Twilio is asked to tell people from answering machines, at an extra price for each call.
    pub machine_detection: MachineDetection,
    /// How long one request may take, from the lookup of the host to the last byte of the response.
    pub timeout: Duration,
}

/// Twilio as a carrier.
///
/// Each request has a connection of its own. It is never repeated, because Twilio has no idempotency keys. A connection
/// that is kept could be closed by Twilio while the function is frozen, and the next request would have an unknown
/// outcome.
pub struct Twilio {
    name: CarrierName,
    endpoint: Endpoint,
    authorization: Current<Authorization>,
    account_path: String,
    service_number: Number,
    public_url: PublicUrl,
    ring_s: i64,
    talk_s: i64,
    machine_detection: MachineDetection,
}

impl Twilio {
    /// Returns a client that trusts the system's root certificates.
    ///
    /// # Errors
    /// Fails if the base URL is not http or https with a host, or has a user or a query.
    pub fn new(config: TwilioConfig) -> Result<Self, TwilioConfigError> {
        let endpoint = Endpoint::new(&config.base_url, config.timeout, Roots::Found(exchange::system_roots))?;
        Ok(Self::with_endpoint(config, endpoint))
    }

    /// Returns a client that trusts only these root certificates.
    ///
    /// # Errors
    /// Fails if the base URL is not http or https with a host, or has a user or a query.
    pub fn trusting(config: TwilioConfig, roots: RootCertStore) -> Result<Self, TwilioConfigError> {
        let endpoint = Endpoint::new(&config.base_url, config.timeout, Roots::Given(Arc::new(roots)))?;
        Ok(Self::with_endpoint(config, endpoint))
    }

    /// If the base URL is https, reads the system's root certificates now instead of with the first request. This is
    /// for a function that nearly always makes a request, because Lambda gives a function more CPU while it starts.
    /// Makes no connection.
    ///
    /// # Errors Fails if the base URL is https and the system's root certificates are needed but not found, or if TLS
    /// refuses its configuration. If this method is not used, each request fails instead, with
    /// [`CarrierError::RefusedForNow`].
    pub fn warm(&self) -> Result<(), TwilioConfigError> {
        self.endpoint.warm()
    }

    /// Returns what authorizes this client's requests. It can be replaced.
    #[must_use]
    pub fn authorization(&self) -> &Current<Authorization> {
        &self.authorization
    }

    fn with_endpoint(config: TwilioConfig, endpoint: Endpoint) -> Self {
        let sid = config.account_sid.as_str();
        Self {
            name: config.name,
            endpoint,
            authorization: Current::new(config.authorization),
            account_path: format!("/{VERSION}/Accounts/{sid}"),
            service_number: config.service_number,
            public_url: config.public_url,
            ring_s: config.ring_s,
            talk_s: config.talk_s,
            machine_detection: config.machine_detection,
        }
    }

    fn call_path(&self, call: &CallId) -> String {
        format!("{}/Calls/{}.json", self.account_path, call.at_carrier())
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<response::Response, CarrierError> {
        let form = Serializer::new(String::new()).extend_pairs(form).finish();
        self.endpoint.exchange(self.authorization.get().header(), Request::Post { path, form }).await
    }

    async fn get(&self, path: &str) -> Result<response::Response, CarrierError> {
        self.endpoint.exchange(self.authorization.get().header(), Request::Get { path }).await
    }
}

impl Carrier for Twilio {
    fn name(&self) -> &CarrierName {
        &self.name
    }

    /// Machine detection is asynchronous: the speech starts at once, and the verdict comes to a callback of its own.
    /// Without that callback the verdict would be lost
    /// (<https://www.twilio.com/docs/voice/answering-machine-detection#asynchronous-amd>).
    async fn place(&self, dial: &Dial) -> Result<CallId, CarrierError> {
        let callback = |step| self.public_url.callback(&dial.route, step);
        let (speech, status) = (callback(CallStep::Speech), callback(CallStep::Status));
        let answered_by = callback(CallStep::AnsweredBy);
        let (ring_s, talk_s) = (self.ring_s.to_string(), self.talk_s.to_string());
        let mut form = vec![
            ("To", dial.to.as_str()),
            ("From", self.service_number.as_str()),
            ("Url", &speech),
            ("Method", "POST"),
            ("StatusCallback", &status),
            ("StatusCallbackMethod", "POST"),
            ("StatusCallbackEvent", "initiated"),
            ("StatusCallbackEvent", "completed"),
            ("Timeout", &ring_s),
            ("TimeLimit", &talk_s),
        ];
        match self.machine_detection {
            MachineDetection::Enabled => form.extend([
                ("MachineDetection", "DetectMessageEnd"),
                ("AsyncAmd", "true"),
                ("AsyncAmdStatusCallback", &*answered_by),
                ("AsyncAmdStatusCallbackMethod", "POST"),
            ]),
            MachineDetection::Disabled => {}
        }
        let response = self.post(&format!("{}/Calls.json", self.account_path), &form).await?;
        let call = response.read::<CallResource>()?;
        CallId::new(self.name.as_str(), &call.sid).map_err(|_| {
            CarrierError::Unknown(format!("expected a call's sid, found a text of {} bytes", call.sid.len()))
        })
    }

    async fn send_text(&self, to: &Number, body: &str, route: &TextRoute) -> Result<SentTextId, CarrierError> {
        let status = self.public_url.text_callback(route);
        let form = [
            ("To", to.as_str()),
            ("From", self.service_number.as_str()),
            ("Body", fitting(body)),
            ("StatusCallback", &status),
        ];
        let response = self.post(&format!("{}/Messages.json", self.account_path), &form).await?;
        let text = response.read::<MessageResource>()?;
        SentTextId::new(self.name.as_str(), &text.sid).map_err(|_| {
            CarrierError::Unknown(format!("expected a text's sid, found a text of {} bytes", text.sid.len()))
        })
    }

    async fn text_status(&self, text: &SentTextId) -> Result<TextStatus, CarrierError> {
        let path = format!("{}/Messages/{}.json", self.account_path, text.at_carrier());
        let response = self.get(&path).await?;
        let text = response.read::<MessageResource>()?;
        Ok(text.status.status(text.error_code))
    }

    /// Updates the call with a new URL. Twilio stops the document that it is playing and requests the next one from
    /// that URL (<https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource>).
    async fn leave_message(&self, call: &CallId, route: &CallRoute) -> Result<(), CarrierError> {
        let message = self.public_url.callback(route, CallStep::Message);
        let form = [("Url", message.as_str()), ("Method", "POST")];
        self.post(&self.call_path(call), &form).await?.read::<CallResource>().map(drop)
    }

    async fn status(&self, call: &CallId) -> Result<CallStatus, CarrierError> {
        let response = self.get(&self.call_path(call)).await?;
        Ok(response.read::<CallResource>()?.status.into())
    }

    /// Ends a queued call with `canceled`, which has no effect on an answered call. If the person has answered since
    /// `status` was read, the call goes on. Ends a call under way with `completed`, which works on answered calls too.
    /// Does nothing if the call is over.
    async fn end(&self, call: &CallId, status: CallStatus) -> Result<(), CarrierError> {
        let status = match status {
            CallStatus::Queued => "canceled",
            CallStatus::UnderWay => "completed",
            CallStatus::Completed | CallStatus::NotReached => return Ok(()),
        };
        self.post(&self.call_path(call), &[("Status", status)]).await?.read::<CallResource>().map(drop)
    }
}
