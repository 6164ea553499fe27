//! Faults that a test asks for. Each is scoped by number, so that tests side by side do not meet.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::number::PhoneNumber;
use super::webhook_kind::{ResourceKind, WebhookKind};

/// How long an answer is held when the fault does not say: longer than any client waits.
const HOLD: Duration = Duration::from_secs(30);
/// How long a slow request takes when the fault does not say.
const SLOW: Duration = Duration::from_secs(2);
/// How long the phone of somebody who does not answer rings when the fault does not say.
const UNANSWERED: Duration = Duration::from_millis(200);
/// Twilio's code for a number that is not valid: what `refuse-number` answers when it does not say.
const INVALID_NUMBER: u32 = 21211;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// The phone is busy.
    Busy,
    /// Nobody answers; `ms` is how long it rings.
    NoAnswer,
    /// The call ends `failed` before it rings.
    CallFails,
    /// The request is refused for the number's sake, with `code` (21211 when absent).
    RefuseNumber,
    /// The credentials are refused.
    #[serde(rename = "http-401")]
    Http401,
    /// Too many requests; `ms` becomes a `Retry-After`.
    #[serde(rename = "http-429")]
    Http429,
    /// The carrier's own error; nothing is created.
    #[serde(rename = "http-500")]
    Http500,
    /// The request is read, nothing is created, the connection is closed.
    CloseBefore,
    /// The call or text is created, then the connection is closed without an answer.
    CloseAfterAccept,
    /// The request is worked on only after `ms`, also if the client has gone by then.
    Slow,
    /// The call or text is created at once, the answer held for `ms`.
    Hold,
    /// A request to end a call is refused.
    CancelRefused,
    /// A webhook is sent twice at once; what it is about may be named in `webhook`.
    DoubleWebhook,
    /// All status callbacks of the next call are sent when it is over, the last one first.
    Reorder,
    /// A webhook is not sent; what it is about may be named in `webhook`.
    LoseWebhook,
}

impl FaultKind {
    /// The kind as it is written in a fault.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::CallFails => "call-fails",
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
            Self::Busy | Self::NoAnswer | Self::CallFails => Stage::Ring,
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

/// Where a fault of a kind strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Request,
    Ring,
    Cancel,
    Webhook,
    Callbacks,
}

/// Which REST requests a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestKind {
    /// Creating a call or a text.
    Create,
    /// Asking about one.
    Fetch,
    /// Changing one.
    Update,
}

/// Something that goes wrong the next times it could.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Whose calls and texts.
    pub to: PhoneNumber,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How often, once when absent.
    #[serde(default = "once")]
    pub times: u32,
    /// Only calls or only texts; both when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceKind>,
    /// Which requests, for the kinds that strike requests; those that create when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestKind>,
    /// Which webhooks, for the kinds that strike webhooks; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookKind>,
    /// How long, for the kinds that take time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// Twilio's code, for `refuse-number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
}

fn once() -> u32 {
    1
}

/// Longest time a fault may ask for, five minutes: a slip of units should not pass for a hanging carrier.
const MOST_MS: u64 = 300_000;

impl Fault {
    /// A fault that strikes once.
    #[must_use]
    pub fn once(to: PhoneNumber, kind: FaultKind) -> Self {
        Self { to, kind, times: 1, resource: None, request: None, webhook: None, ms: None, code: None }
    }

    /// What speaks against the fault: a field that its kind would not heed.
    ///
    /// # Errors
    /// A sentence saying what was expected and what was found.
    pub fn check(&self) -> Result<(), String> {
        let kind = self.kind.name();
        let stage = self.kind.stage();
        if self.times == 0 {
            return Err("times: expected a number from 1, found 0".to_owned());
        }
        if self.ms.is_some_and(|ms| ms > MOST_MS) {
            return Err(format!("ms: expected at most {MOST_MS}, found {}", self.ms.unwrap_or_default()));
        }
        let timed = matches!(self.kind, FaultKind::NoAnswer | FaultKind::Slow | FaultKind::Hold | FaultKind::Http429);
        if self.ms.is_some() && !timed {
            return Err(format!("ms: only no-answer, slow, hold and http-429 take time, not {kind}"));
        }
        if self.request.is_some() && stage != Stage::Request {
            return Err(format!("request: {kind} strikes no request"));
        }
        if self.webhook.is_some() && stage != Stage::Webhook {
            return Err(format!("webhook: only double-webhook and lose-webhook strike webhooks, not {kind}"));
        }
        if self.code.is_some() && self.kind != FaultKind::RefuseNumber {
            return Err(format!("code: only refuse-number has one, not {kind}"));
        }
        let calls_only = matches!(stage, Stage::Ring | Stage::Cancel | Stage::Callbacks);
        if calls_only && self.resource == Some(ResourceKind::Messages) {
            return Err(format!("resource: {kind} strikes calls only"));
        }
        Ok(())
    }

    fn strikes(&self, to: &PhoneNumber, resource: ResourceKind, stage: Stage) -> bool {
        self.to == *to && self.resource.is_none_or(|wanted| wanted == resource) && self.kind.stage() == stage
    }

    /// How long this fault lasts.
    pub(super) fn lasts(&self) -> Duration {
        let default = match self.kind {
            FaultKind::Hold => HOLD,
            FaultKind::NoAnswer => UNANSWERED,
            _ => SLOW,
        };
        self.ms.map_or(default, Duration::from_millis)
    }

    /// The code a refused number is refused with.
    pub(super) fn refusal(&self) -> u32 {
        self.code.unwrap_or(INVALID_NUMBER)
    }
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pending: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Forgets the faults of one number, or all.
    pub(super) fn clear(&self, to: Option<&PhoneNumber>) {
        self.lock().retain(|fault| to.is_some_and(|to| fault.to != *to));
    }

    pub(super) fn pending(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// The fault that strikes this request, if one does.
    pub(super) fn on_request(&self, to: &PhoneNumber, resource: ResourceKind, request: RequestKind) -> Option<Fault> {
        self.take(|fault| {
            fault.strikes(to, resource, Stage::Request) && fault.request.unwrap_or(RequestKind::Create) == request
        })
    }

    /// How this number's next call goes wrong, if it does.
    pub(super) fn on_ring(&self, to: &PhoneNumber) -> Option<Fault> {
        self.take(|fault| fault.strikes(to, ResourceKind::Calls, Stage::Ring))
    }

    /// Whether this request to end a call is refused.
    pub(super) fn on_cancel(&self, to: &PhoneNumber) -> Option<Fault> {
        self.take(|fault| fault.strikes(to, ResourceKind::Calls, Stage::Cancel))
    }

    /// Whether the callbacks of this number's next call come in another order.
    pub(super) fn on_callbacks(&self, to: &PhoneNumber) -> Option<Fault> {
        self.take(|fault| fault.strikes(to, ResourceKind::Calls, Stage::Callbacks))
    }

    /// What happens to this webhook, if anything.
    pub(super) fn on_webhook(&self, to: &PhoneNumber, kind: WebhookKind) -> Option<Fault> {
        self.take(|fault| {
            fault.strikes(to, kind.resource(), Stage::Webhook) && fault.webhook.is_none_or(|wanted| wanted == kind)
        })
    }

    /// The oldest fault that matches, used up once.
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
    fn a_fault_strikes_its_own_number_as_often_as_it_says() {
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
    fn a_fault_for_texts_leaves_calls_alone() {
        let faults = Faults::default();
        let to = number("+12125550101");
        faults.add(Fault { resource: Some(ResourceKind::Messages), ..Fault::once(to.clone(), FaultKind::CloseBefore) });
        assert!(faults.on_request(&to, ResourceKind::Calls, RequestKind::Create).is_none());
        assert!(faults.on_request(&to, ResourceKind::Messages, RequestKind::Create).is_some());
    }

    #[test]
    fn a_field_that_the_kind_does_not_heed_is_refused() {
        let to = number("+12125550101");
        let plain = |kind| Fault::once(to.clone(), kind);
        for (fault, name) in [
            (Fault { times: 0, ..plain(FaultKind::Busy) }, "times"),
            (Fault { ms: Some(1), ..plain(FaultKind::Busy) }, "ms"),
            (Fault { ms: Some(MOST_MS + 1), ..plain(FaultKind::Slow) }, "ms"),
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
    fn every_kind_is_written_as_it_is_named() {
        for kind in [
            FaultKind::Busy,
            FaultKind::NoAnswer,
            FaultKind::CallFails,
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
