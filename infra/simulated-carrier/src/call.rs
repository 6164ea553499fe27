//! A call, as a resource of the REST API.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::config::AccountSid;
use super::detection::{AnsweredBy, Detection, DetectionReport};
use super::number::PhoneNumber;
use super::sid::Sid;
use super::twiml::Method;

/// Version of the API, which is in every resource of Twilio and in most of its webhooks.
pub(super) const API_VERSION: &str = "2010-04-01";

/// The status of a call, as at Twilio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallStatus {
    /// Accepted, not yet dialed.
    Queued,
    /// Dialed. Only a callback reports `initiated`; the REST API still shows `queued`.
    Initiated,
    /// The phone is ringing.
    Ringing,
    /// The call was answered and has not ended.
    InProgress,
    /// The call was answered and has ended, or its caller hung up before the service answered.
    Completed,
    /// The line was busy, or the person declined.
    Busy,
    /// The call was not answered in time.
    NoAnswer,
    /// The call could not be put through.
    Failed,
    /// The service ended the call before it was answered.
    Canceled,
}

impl CallStatus {
    /// Returns Twilio's name of the status.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Returns whether the call has ended.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Busy | Self::NoAnswer | Self::Failed | Self::Canceled)
    }
}

/// Events for which the service may request a status callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    Initiated,
    Ringing,
    Answered,
    Completed,
}

impl Event {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "initiated" => Some(Self::Initiated),
            "ringing" => Some(Self::Ringing),
            "answered" => Some(Self::Answered),
            "completed" => Some(Self::Completed),
            _ => None,
        }
    }
}

/// The source of a call's document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Fetched from a URL, at the earliest when a call of the service is answered, or when a person calls the service.
    Url { url: String, method: Method },
    /// In the request that places or redirects the call.
    Inline(String),
}

/// The URL and the events of the requested status callbacks.
#[derive(Clone, Debug)]
pub(super) struct StatusCallback {
    pub(super) url: String,
    pub(super) method: Method,
    pub(super) events: BTreeSet<Event>,
}

/// A call that the service requests, or that a person places to the service.
#[derive(Clone, Debug)]
pub(super) struct CallOrder {
    pub(super) to: PhoneNumber,
    pub(super) from: PhoneNumber,
    pub(super) source: Source,
    pub(super) callback: Option<StatusCallback>,
    /// Ring timeout in seconds.
    pub(super) ring_s: u64,
    /// Time limit of the answered call in seconds.
    pub(super) limit_s: u64,
    /// The requested answering machine detection.
    pub(super) detection: Option<Detection>,
    pub(super) direction: CallDirection,
}

/// Who calls whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallDirection {
    /// The service calls a person.
    Outbound,
    /// A person calls the service's number.
    Inbound,
}

impl CallDirection {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Outbound => "outbound-api",
            Self::Inbound => "inbound",
        }
    }
}

impl CallOrder {
    /// Returns the number of the person.
    pub(super) fn person(&self) -> &PhoneNumber {
        match self.direction {
            CallDirection::Outbound => &self.to,
            CallDirection::Inbound => &self.from,
        }
    }
}

/// A call between the service and a person.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) sid: Sid,
    pub(super) order: CallOrder,
    pub(super) status: CallStatus,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) dialed: Option<Timestamp>,
    pub(super) answered: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    /// The verdict of answering machine detection.
    pub(super) answered_by: Option<AnsweredBy>,
    /// Whether the phone screens the call and now rings its person.
    pub(super) screener_rings: bool,
}

impl Call {
    pub(super) fn new(sid: Sid, order: CallOrder, now: Timestamp) -> Self {
        let status = CallStatus::Queued;
        Self {
            sid,
            order,
            status,
            created: now,
            updated: now,
            dialed: None,
            answered: None,
            ended: None,
            answered_by: None,
            screener_rings: false,
        }
    }

    /// Changes the status. Returns false and changes nothing if the call has ended.
    pub(super) fn advance(&mut self, to: CallStatus, now: Timestamp) -> bool {
        if self.status.is_final() {
            return false;
        }
        match to {
            CallStatus::Initiated => self.dialed = Some(now),
            CallStatus::InProgress => self.answered = Some(now),
            _ if to.is_final() => self.ended = Some(now),
            _ => {}
        }
        self.status = to;
        self.updated = now;
        true
    }

    /// Returns the time from the pickup to the end in seconds, rounded up. Returns 0 if the call was not answered or
    /// has not ended.
    pub(super) fn duration_s(&self) -> u64 {
        match (self.answered, self.ended) {
            (Some(answered), Some(ended)) => {
                let talked = Duration::try_from(ended.duration_since(answered)).unwrap_or_default();
                talked.as_secs() + u64::from(talked.subsec_nanos() > 0)
            }
            _ => 0,
        }
    }

    /// Returns the resource with all its fields.
    pub(super) fn resource(&self, account: &AccountSid) -> Value {
        let uri = format!("/{API_VERSION}/Accounts/{}/Calls/{}", account.as_str(), self.sid);
        let part = |name: &str| format!("{uri}/{name}.json");
        let shown = match self.status {
            CallStatus::Initiated => CallStatus::Queued,
            status => status,
        };
        let queued_ms = self.dialed.map_or(0, |dialed| dialed.duration_since(self.created).as_millis());
        json!({
            "sid": self.sid.as_str(),
            "date_created": rfc_2822(self.created),
            "date_updated": rfc_2822(self.updated),
            "parent_call_sid": null,
            "account_sid": account.as_str(),
            "to": self.order.to.as_str(),
            "to_formatted": self.order.to.formatted(),
            "from": self.order.from.as_str(),
            "from_formatted": self.order.from.formatted(),
            "phone_number_sid": null,
            "status": shown.as_str(),
            "start_time": self.dialed.map(rfc_2822),
            "end_time": self.ended.map(rfc_2822),
            "duration": self.ended.map(|_| self.duration_s().to_string()),
            "price": null,
            "price_unit": "USD",
            "direction": self.order.direction.as_str(),
            "answered_by": self.answered_by.map(AnsweredBy::as_str),
            "api_version": API_VERSION,
            "forwarded_from": null,
            "group_sid": null,
            "caller_name": null,
            "queue_time": queued_ms.to_string(),
            "trunk_sid": null,
            "uri": format!("{uri}.json"),
            "subresource_uris": {
                "notifications": part("Notifications"),
                "recordings": part("Recordings"),
                "payments": part("Payments"),
                "events": part("Events"),
                "siprec": part("Siprec"),
                "streams": part("Streams"),
                "transcriptions": part("Transcriptions"),
                "user_defined_message_subscriptions": part("UserDefinedMessageSubscriptions"),
                "user_defined_messages": part("UserDefinedMessages"),
            },
        })
    }

    /// Returns the parameters of every webhook about this call.
    pub(super) fn form(&self, account: &AccountSid, status: CallStatus) -> Vec<(String, String)> {
        let mut form = Vec::new();
        let mut add = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
        add("AccountSid", account.as_str());
        add("ApiVersion", API_VERSION);
        add("CallSid", self.sid.as_str());
        add("CallStatus", status.as_str());
        add("Direction", self.order.direction.as_str());
        for (name, number) in [
            ("To", &self.order.to),
            ("Called", &self.order.to),
            ("From", &self.order.from),
            ("Caller", &self.order.from),
        ] {
            add(name, number.as_str());
            add(&format!("{name}City"), "");
            add(&format!("{name}State"), "");
            add(&format!("{name}Zip"), "");
            add(&format!("{name}Country"), number.country());
        }
        let webhooks_have_verdict =
            self.order.detection.as_ref().is_some_and(|wanted| matches!(wanted.report, DetectionReport::WithWebhooks));
        if let Some(answered_by) = self.answered_by.filter(|_| webhooks_have_verdict) {
            add("AnsweredBy", answered_by.as_str());
        }
        form
    }
}

/// Formats a date as Twilio does: RFC 2822 in UTC, without fractions of a second.
pub(super) fn rfc_2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order() -> CallOrder {
        CallOrder {
            to: PhoneNumber::parse("+12125550123").unwrap(),
            from: PhoneNumber::parse("+12125550100").unwrap(),
            source: Source::Inline("<Response/>".to_owned()),
            callback: None,
            ring_s: 60,
            limit_s: 120,
            detection: None,
            direction: CallDirection::Outbound,
        }
    }

    #[test]
    fn a_call_starts_when_it_is_dialed_and_its_end_is_final() {
        let account = AccountSid::parse(&format!("AC{}", "0".repeat(32))).unwrap();
        let at = |second: i64| Timestamp::from_second(1_700_000_000 + second).unwrap();
        let mut call = Call::new(Sid::given("CA1"), order(), at(0));
        assert_eq!(call.resource(&account)["start_time"], Value::Null);
        assert!(call.advance(CallStatus::Initiated, at(1)));
        assert_eq!(call.resource(&account)["status"], "queued");
        assert_eq!(call.resource(&account)["start_time"], "Tue, 14 Nov 2023 22:13:21 +0000");
        assert!(call.advance(CallStatus::InProgress, at(5)));
        assert!(call.advance(CallStatus::Completed, at(12)));
        assert_eq!(call.resource(&account)["duration"], "7");
        assert!(!call.advance(CallStatus::Ringing, at(13)));
        assert_eq!(call.resource(&account)["status"], "completed");
    }

    #[test]
    fn an_unanswered_call_has_no_duration() {
        let at = |second: i64| Timestamp::from_second(1_700_000_000 + second).unwrap();
        let mut call = Call::new(Sid::given("CA1"), order(), at(0));
        assert!(call.advance(CallStatus::Canceled, at(9)));
        assert_eq!(call.duration_s(), 0);
    }
}
