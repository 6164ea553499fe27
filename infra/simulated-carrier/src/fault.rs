//! Faults for tests. Each applies to one phone number, so that concurrent tests do not affect each other.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::number::PhoneNumber;
use super::webhook_kind::{ResourceKind, WebhookKind};

/// Default delay of a held response: longer than any client waits.
const HOLD: Duration = Duration::from_secs(30);
/// Default delay of a slow request, and of a call in the carrier's queue.
const SLOW: Duration = Duration::from_secs(2);
/// Default ring time of a call that is not answered.
const UNANSWERED: Duration = Duration::from_millis(200);
/// Default error code of `refuse-number`: Twilio's code for an invalid number.
const INVALID_NUMBER: u32 = 21211;

/// The kind of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The phone is busy.
    Busy,
    /// The call is not answered and rings for `ms`.
    NoAnswer,
    /// The call ends as `failed` before it rings.
    CallFails,
    /// The call waits in the carrier's queue for `ms` before it is dialed.
    Queue,
    /// The carrier refuses the number with `code`, by default 21211.
    RefuseNumber,
    /// The carrier refuses the credentials.
    #[serde(rename = "http-401")]
    Http401,
    /// The carrier refuses the request because of too many requests. `ms`, rounded up to seconds, becomes the
    /// `Retry-After` header.
    #[serde(rename = "http-429")]
    Http429,
    /// The carrier has an internal error and does not process the request.
    #[serde(rename = "http-500")]
    Http500,
    /// The carrier reads the request and closes the connection without processing it.
    CloseBefore,
    /// The carrier processes the request, then closes the connection without a response.
    CloseAfterAccept,
    /// The carrier processes the request only after `ms`, even if the client has disconnected by then.
    Slow,
    /// The carrier processes the request immediately, but responds only after `ms`.
    Hold,
    /// The carrier refuses a request to end a call.
    CancelRefused,
    /// A webhook, optionally only of the kind in `webhook`, is sent twice at the same time.
    DoubleWebhook,
    /// All status callbacks of the next call are sent after its end, the last one first.
    Reorder,
    /// A webhook, optionally only of the kind in `webhook`, is not sent.
    LoseWebhook,
}

impl FaultKind {
    /// Returns the name of the kind in JSON.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::CallFails => "call-fails",
            Self::Queue => "queue",
            Self::RefuseNumber => "refuse-number",
            Self::Http401 => "http-401",
            Self::Http429 => "http-429",
            Self::Http500 => "http-500",
            Self::CloseBefore => "close-before",
            Self::CloseAfterAccept => "close-after-accept",
            Self::Slow => "slow",
            Self::Hold => "hold",
            Self::CancelRefused => "cancel-refused",
            Self::DoubleWebhook => "double-webhook",
            Self::Reorder => "reorder",
            Self::LoseWebhook => "lose-webhook",
        }
    }

    fn stage(self) -> Stage {
        match self {
            Self::Busy | Self::NoAnswer | Self::CallFails | Self::Queue => Stage::Ring,
            Self::RefuseNumber
            | Self::Http401
            | Self::Http429
            | Self::Http500
            | Self::CloseBefore
            | Self::CloseAfterAccept
            | Self::Slow
            | Self::Hold => Stage::Request,
            Self::CancelRefused => Stage::Cancel,
            Self::DoubleWebhook | Self::LoseWebhook => Stage::Webhook,
            Self::Reorder => Stage::Callbacks,
        }
    }
}

/// The point at which a fault applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Request,
    Ring,
    Cancel,
    Webhook,
    Callbacks,
}

/// The kind of REST request to which a fault applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestKind {
    /// Creates a call or a text.
    Create,
    /// Reads a call or a text.
    Fetch,
    /// Changes a call.
    Update,
}

/// A fault that applies to the next matching requests, calls or webhooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Phone number whose calls and texts are affected.
    pub to: PhoneNumber,
    /// The kind of the fault.
    pub kind: FaultKind,
    /// How often the fault applies. Defaults to once.
    #[serde(default = "once")]
    pub times: u32,
    /// Limits the fault to calls or to texts. If absent, the fault applies to both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceKind>,
    /// For faults of requests: the kind of request. If absent, the fault applies to requests that create a call or
    /// text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestKind>,
    /// For faults of webhooks: the kind of webhook. If absent, the fault applies to any kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookKind>,
    /// For faults with a delay: the delay in milliseconds. If absent, it is the default of the kind. For `http-429`:
    /// the time of the `Retry-After` header in milliseconds. If absent, the response has no such header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// For `refuse-number`: Twilio's error code, by default 21211.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
}

fn once() -> u32 {
    1
}

/// Maximum delay of a fault, in milliseconds: five minutes. A longer delay probably has a wrong unit.
const FAULT_DELAY_MAX_MS: u64 = 300_000;

impl Fault {
    /// Returns a fault that applies once.
    #[must_use]
    pub fn once(to: PhoneNumber, kind: FaultKind) -> Self {
        Self { to, kind, times: 1, resource: None, request: None, webhook: None, ms: None, code: None }
    }

    /// Checks that the fault is valid.
    ///
    /// # Errors
    /// Fails if a value is out of bounds, or if a field has no effect for the kind. The error names the field.
    pub fn check(&self) -> Result<(), String> {
        let kind = self.kind.name();
        let stage = self.kind.stage();
        if self.times == 0 {
            return Err("times: expected a number from 1, found 0".to_owned());
        }
        if self.ms.is_some_and(|ms| ms > FAULT_DELAY_MAX_MS) {
            return Err(format!("ms: expected at most {FAULT_DELAY_MAX_MS}, found {}", self.ms.unwrap_or_default()));
        }
        let has_time = matches!(
            self.kind,
            FaultKind::NoAnswer | FaultKind::Queue | FaultKind::Slow | FaultKind::Hold | FaultKind::Http429
        );
        if self.ms.is_some() && !has_time {
            return Err(format!(
                "ms: expected it only for no-answer, queue, slow, hold and http-429, found it for {kind}"
            ));
        }
        if self.request.is_some() && stage != Stage::Request {
            return Err(format!("request: expected it only for faults of requests, found it for {kind}"));
        }
        if self.webhook.is_some() && stage != Stage::Webhook {
            return Err(format!("webhook: expected it only for double-webhook and lose-webhook, found it for {kind}"));
        }
        if self.code.is_some() && self.kind != FaultKind::RefuseNumber {
            return Err(format!("code: expected it only for refuse-number, found it for {kind}"));
        }
        let calls_only = matches!(stage, Stage::Ring | Stage::Cancel | Stage::Callbacks);
        if calls_only && self.resource == Some(ResourceKind::Messages) {
            return Err(format!("resource: expected calls for {kind}, found messages"));
        }
        Ok(())
    }

    fn applies(&self, to: &PhoneNumber, resource: ResourceKind, stage: Stage) -> bool {
        self.to == *to && self.resource.is_none_or(|wanted| wanted == resource) && self.kind.stage() == stage
    }

    /// Returns the delay of the fault.
    pub(super) fn delay(&self) -> Duration {
        let default = match self.kind {
            FaultKind::Hold => HOLD,
            FaultKind::NoAnswer => UNANSWERED,
            _ => SLOW,
        };
        self.ms.map_or(default, Duration::from_millis)
    }

    /// Returns the error code for a refused number.
    pub(super) fn refusal_code(&self) -> u32 {
        self.code.unwrap_or(INVALID_NUMBER)
    }
}

/// The pending faults.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pending: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Removes the faults of one number, or the faults of all numbers.
    pub(super) fn clear(&self, to: Option<&PhoneNumber>) {
        self.lock().retain(|fault| to.is_some_and(|to| fault.to != *to));
    }

    pub(super) fn pending(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Takes the fault that applies to a request, if there is one.
    pub(super) fn on_request(&self, to: &PhoneNumber, resource: ResourceKind, request: RequestKind) -> Option<Fault> {
        self.take(|fault| {
            fault.applies(to, resource, Stage::Request) && fault.request.unwrap_or(RequestKind::Create) == request
        })
    }

    /// Takes the fault that applies to ringing this number, if there is one.
    pub(super) fn on_ring(&self, to: &PhoneNumber) -> Option<Fault> {
        self.take(|fault| fault.applies(to, ResourceKind::Calls, Stage::Ring))
    }

    /// Takes the fault that applies to a request to end a call, if there is one.
    pub(super) fn on_cancel(&self, to: &PhoneNumber) -> Option<Fault> {
        self.take(|fault| fault.applies(to, ResourceKind::Calls, Stage::Cancel))
    }

    /// Takes the fault that applies to the callbacks of a new call, if there is one.
    pub(super) fn on_callbacks(&self, to: &PhoneNumber) -> Option<Fault> {
        self.take(|fault| fault.applies(to, ResourceKind::Calls, Stage::Callbacks))
    }

    /// Takes the fault that applies to a webhook, if there is one.
    pub(super) fn on_webhook(&self, to: &PhoneNumber, kind: WebhookKind) -> Option<Fault> {
        self.take(|fault| {
            fault.applies(to, kind.resource(), Stage::Webhook) && fault.webhook.is_none_or(|wanted| wanted == kind)
        })
    }

    /// Takes the oldest fault that matches, and counts down how often it still applies.
    fn take(&self, matches: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut pending = self.lock();
        let found = pending.iter().position(matches)?;
        let fault = pending.get_mut(found)?;
        fault.times -= 1;
        let taken = fault.clone();
        if taken.times == 0 {
            pending.remove(found);
        }
        Some(taken)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).unwrap()
    }

    #[test]
    fn a_fault_applies_only_to_its_own_phone_number_and_as_often_as_it_says() {
        let faults = Faults::default();
        let (one, other) = (number("+12125550101"), number("+12125550102"));
        faults.add(Fault { times: 2, ..Fault::once(one.clone(), FaultKind::Http500) });
        assert!(faults.on_request(&other, ResourceKind::Calls, RequestKind::Create).is_none());
        assert!(faults.on_ring(&one).is_none());
        assert!(faults.on_request(&one, ResourceKind::Calls, RequestKind::Fetch).is_none());
        assert!(faults.on_request(&one, ResourceKind::Calls, RequestKind::Create).is_some());
        assert!(faults.on_request(&one, ResourceKind::Messages, RequestKind::Create).is_some());
        assert!(faults.on_request(&one, ResourceKind::Calls, RequestKind::Create).is_none());
    }

    #[test]
    fn a_fault_of_texts_does_not_affect_calls() {
        let faults = Faults::default();
        let to = number("+12125550101");
        faults.add(Fault { resource: Some(ResourceKind::Messages), ..Fault::once(to.clone(), FaultKind::CloseBefore) });
        assert!(faults.on_request(&to, ResourceKind::Calls, RequestKind::Create).is_none());
        assert!(faults.on_request(&to, ResourceKind::Messages, RequestKind::Create).is_some());
    }

    #[test]
    fn a_fault_with_an_invalid_field_is_refused() {
        let to = number("+12125550101");
        let plain = |kind| Fault::once(to.clone(), kind);
        for (fault, name) in [
            (Fault { times: 0, ..plain(FaultKind::Busy) }, "times"),
            (Fault { ms: Some(1), ..plain(FaultKind::Busy) }, "ms"),
            (Fault { ms: Some(FAULT_DELAY_MAX_MS + 1), ..plain(FaultKind::Slow) }, "ms"),
            (Fault { request: Some(RequestKind::Fetch), ..plain(FaultKind::Busy) }, "request"),
            (Fault { webhook: Some(WebhookKind::Status), ..plain(FaultKind::Slow) }, "webhook"),
            (Fault { code: Some(21217), ..plain(FaultKind::Http401) }, "code"),
            (Fault { resource: Some(ResourceKind::Messages), ..plain(FaultKind::NoAnswer) }, "resource"),
        ] {
            let refused = fault.check().unwrap_err();
            assert!(refused.starts_with(&format!("{name}: ")), "{refused}");
        }
        assert_eq!(plain(FaultKind::Busy).check(), Ok(()));
    }

    #[test]
    fn the_name_of_every_kind_is_its_json() {
        for kind in [
            FaultKind::Busy,
            FaultKind::NoAnswer,
            FaultKind::CallFails,
            FaultKind::Queue,
            FaultKind::RefuseNumber,
            FaultKind::Http401,
            FaultKind::Http429,
            FaultKind::Http500,
            FaultKind::CloseBefore,
            FaultKind::CloseAfterAccept,
            FaultKind::Slow,
            FaultKind::Hold,
            FaultKind::CancelRefused,
            FaultKind::DoubleWebhook,
            FaultKind::Reorder,
            FaultKind::LoseWebhook,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
