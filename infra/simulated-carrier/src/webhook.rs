//! Sends signed webhooks to the service, with the timeouts and retries that the URL's overrides set, and with faults.

use std::sync::Arc;
use std::time::{Duration, Instant};

use thiserror::Error;

use super::connection_overrides::{BadOverride, Overrides, Retry};
use super::fault::FaultKind;
use super::log::LogEvent;
use super::number::PhoneNumber;
use super::sid::Sid;
use super::signature::sign;
use super::state::CarrierState;
use super::twiml::Method;
use super::webhook_kind::{ResourceKind, WebhookKind};

/// Maximum size of a response in bytes, larger than any TwiML document.
const MOST_BYTES: usize = 256 * 1024;

/// A webhook request to the service.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) kind: WebhookKind,
    /// The call or text that it is about.
    pub(super) sid: Sid,
    pub(super) number: PhoneNumber,
    /// Public URL with its fragment.
    pub(super) url: String,
    pub(super) method: Method,
    pub(super) form: Vec<(String, String)>,
}

/// A response of the service.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: String,
}

/// Why there is no response.
#[derive(Debug, Error)]
pub(super) enum NoReply {
    #[error("no route: expected a URL under a known public address or on this machine, found {0}")]
    NoRoute(String),
    #[error(transparent)]
    BadOverride(#[from] BadOverride),
    #[error("no connection: {0}")]
    NotConnected(String),
    #[error("no complete response: {0}")]
    Broken(String),
    #[error("lost by a fault")]
    Lost,
}

impl CarrierState {
    /// Sends a webhook and waits for the response.
    pub(super) async fn send(&self, webhook: &Webhook) -> Result<Reply, NoReply> {
        match self.faults.on_webhook(&webhook.number, webhook.kind).map(|fault| fault.kind) {
            Some(FaultKind::LoseWebhook) => {
                self.report(webhook, &webhook.url, 1, Duration::ZERO, &Err(NoReply::Lost));
                Err(NoReply::Lost)
            }
            Some(FaultKind::DoubleWebhook) => {
                let (reply, _) = tokio::join!(self.deliver(webhook), self.deliver(webhook));
                reply
            }
            _ => self.deliver(webhook).await,
        }
    }

    /// Sends a webhook in a separate task, so that it is finished even if its call no longer waits for it.
    pub(super) fn send_apart(
        self: &Arc<Self>,
        webhook: Webhook,
    ) -> tokio::sync::oneshot::Receiver<Result<Reply, NoReply>> {
        let (answered, answer) = tokio::sync::oneshot::channel();
        let state = Arc::clone(self);
        self.spawn(async move {
            // An error means that the call no longer waits for the response.
            let _ = answered.send(state.send(&webhook).await);
        });
        answer
    }

    async fn deliver(&self, webhook: &Webhook) -> Result<Reply, NoReply> {
        let (url, overrides) = match Overrides::split(&webhook.url) {
            Ok(split) => split,
            Err(bad) => {
                let refused = Err(NoReply::from(bad));
                self.report(webhook, &webhook.url, 1, Duration::ZERO, &refused);
                return refused;
            }
        };
        let delivery = Delivery::new(self, webhook, url, &overrides);
        let started = Instant::now();
        let mut attempt = 1;
        loop {
            let left = overrides.total.saturating_sub(started.elapsed());
            let tried = Instant::now();
            let outcome = match tokio::time::timeout(left, delivery.attempt()).await {
                Ok(outcome) => outcome,
                Err(_) => Err(NoReply::Broken(format!(
                    "no response within the total timeout of {} ms",
                    overrides.total.as_millis()
                ))),
            };
            self.report(webhook, url, attempt, tried.elapsed(), &outcome);
            let time_left = started.elapsed() < overrides.total;
            let again = retry(&outcome).is_some_and(|reason| overrides.policy.contains(&reason));
            if !again || !time_left || u64::from(attempt) > overrides.retries {
                return outcome;
            }
            attempt += 1;
        }
    }

    fn report(&self, webhook: &Webhook, url: &str, attempt: u32, took: Duration, outcome: &Result<Reply, NoReply>) {
        let sid = || Some(webhook.sid.clone());
        let (call, message) = match webhook.kind.resource() {
            ResourceKind::Calls => (sid(), None),
            ResourceKind::Messages => (None, sid()),
        };
        let status_parameters = ["CallStatus", "SmsStatus", "AnsweredBy"];
        let told = webhook.form.iter().find(|(name, _)| status_parameters.contains(&name.as_str()));
        self.log.write(
            Some(&webhook.number),
            LogEvent::Webhook {
                call,
                message,
                about: webhook.kind,
                url: url.to_owned(),
                told: told.map(|(_, value)| value.clone()),
                status: outcome.as_ref().ok().map(|reply| reply.status),
                error: outcome.as_ref().err().map(ToString::to_string),
                attempt,
                took_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            },
        );
    }
}

/// Returns the kind of failure that may be retried. Absent if the outcome is never retried.
fn retry(outcome: &Result<Reply, NoReply>) -> Option<Retry> {
    match outcome {
        Ok(reply) => match reply.status {
            400..=499 => Some(Retry::ClientError),
            500..=599 => Some(Retry::ServerError),
            _ => None,
        },
        Err(NoReply::NotConnected(_)) => Some(Retry::Connect),
        Err(NoReply::Broken(_)) => Some(Retry::Read),
        Err(NoReply::NoRoute(_) | NoReply::BadOverride(_) | NoReply::Lost) => None,
    }
}

/// The request of a webhook, which is the same in each attempt.
struct Delivery<'a> {
    /// The URL to request. Absent if no route matches and the URL is not on this machine.
    target: Option<String>,
    signed_url: String,
    signature: String,
    token: String,
    webhook: &'a Webhook,
    overrides: &'a Overrides,
}

impl<'a> Delivery<'a> {
    fn new(state: &CarrierState, webhook: &'a Webhook, url: &str, overrides: &'a Overrides) -> Self {
        let (signed_url, form): (String, &[(String, String)]) = match webhook.method {
            Method::Post => (url.to_owned(), &webhook.form),
            Method::Get => (with_query(url, &webhook.form), &[]),
        };
        Self {
            target: state.routes.target(&signed_url),
            signature: sign(&state.config.tokens.primary, &signed_url, form),
            token: state.sids.next_uuid().to_string(),
            signed_url,
            webhook,
            overrides,
        }
    }

    async fn attempt(&self) -> Result<Reply, NoReply> {
        let Some(target) = &self.target else { return Err(NoReply::NoRoute(self.signed_url.clone())) };
        // Each attempt uses a new connection. A pooled connection that the service had closed would look like a
        // failure.
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .connect_timeout(self.overrides.connect)
            .read_timeout(self.overrides.read)
            .user_agent("TwilioProxy/1.1")
            .build()
            .map_err(failure)?;
        let request = match self.webhook.method {
            Method::Get => client.get(target),
            Method::Post => client.post(target).form(&self.webhook.form),
        };
        let request = request
            .header("X-Twilio-Signature", &self.signature)
            .header("I-Twilio-Idempotency-Token", &self.token)
            .header("Accept", "*/*");
        let mut answer = request.send().await.map_err(failure)?;
        let content_type = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let (status, content_type) = (answer.status().as_u16(), content_type.map(str::to_owned));
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failure)? {
            body.extend_from_slice(&chunk);
            if body.len() > MOST_BYTES {
                return Err(NoReply::Broken(format!("expected at most {MOST_BYTES} bytes, found more")));
            }
        }
        Ok(Reply { status, content_type, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

fn failure(error: reqwest::Error) -> NoReply {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let reason = cause.to_string();
    if error.is_connect() { NoReply::NotConnected(reason) } else { NoReply::Broken(reason) }
}

fn with_query(url: &str, form: &[(String, String)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{query}")
}
