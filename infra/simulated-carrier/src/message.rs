//! A text, as a resource of the REST API.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::call::{API_VERSION, rfc_2822};
use super::config::AccountSid;
use super::number::PhoneNumber;
use super::sid::Sid;

/// Maximum number of characters in a text of one SMS segment.
const SEGMENT: usize = 160;
/// Maximum number of characters in each segment of a longer text.
const JOINED_SEGMENT: usize = 153;

/// The direction of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From a person to the service.
    Inbound,
    /// From the service, through the REST API.
    Outbound,
    /// From the service, in the response to a webhook.
    Reply,
}

impl Direction {
    fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound-api",
            Self::Reply => "outbound-reply",
        }
    }
}

/// The status of a text, as at Twilio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageStatus {
    /// Accepted, and not sent yet.
    Queued,
    /// Sent to the person's carrier.
    Sent,
    /// Received by the phone.
    Delivered,
    /// Not delivered by the person's carrier.
    Undelivered,
    /// Not sent by the service's carrier.
    Failed,
    /// Received from a person.
    Received,
}

impl MessageStatus {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Failed => "failed",
            Self::Received => "received",
        }
    }
}

/// A text from or to the service.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) sid: Sid,
    pub(super) direction: Direction,
    pub(super) from: PhoneNumber,
    pub(super) to: PhoneNumber,
    pub(super) body: String,
    pub(super) status: MessageStatus,
    /// Why the text was not delivered. Absent otherwise.
    pub(super) error_code: Option<u32>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) sent: Option<Timestamp>,
}

impl Message {
    /// Returns the resource with all its fields.
    pub(super) fn resource(&self, account: &AccountSid) -> Value {
        let uri = format!("/{API_VERSION}/Accounts/{}/Messages/{}", account.as_str(), self.sid);
        json!({
            "sid": self.sid.as_str(),
            "account_sid": account.as_str(),
            "messaging_service_sid": null,
            "api_version": API_VERSION,
            "body": self.body,
            "num_segments": segments(&self.body).to_string(),
            "num_media": "0",
            "direction": self.direction.as_str(),
            "from": self.from.as_str(),
            "to": self.to.as_str(),
            "status": self.status.as_str(),
            "error_code": self.error_code,
            "error_message": self.error_code.map(|code| format!("Error {code}")),
            "price": null,
            "price_unit": "USD",
            "date_created": rfc_2822(self.created),
            "date_updated": rfc_2822(self.updated),
            "date_sent": self.sent.map(rfc_2822),
            "uri": format!("{uri}.json"),
            "subresource_uris": { "media": format!("{uri}/Media.json") },
        })
    }

    /// Returns the parameters of the webhook for an incoming text.
    pub(super) fn incoming_form(&self, account: &AccountSid) -> Vec<(String, String)> {
        let mut form = self.identity(account);
        let mut add = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
        add("SmsStatus", self.status.as_str());
        add("Body", &self.body);
        add("NumMedia", "0");
        add("NumSegments", &segments(&self.body).to_string());
        for (name, number) in [("From", &self.from), ("To", &self.to)] {
            add(&format!("{name}City"), "");
            add(&format!("{name}State"), "");
            add(&format!("{name}Zip"), "");
            add(&format!("{name}Country"), number.country());
        }
        form
    }

    /// Returns the parameters of the status callback about this text.
    pub(super) fn delivery_form(
        &self,
        account: &AccountSid,
        status: MessageStatus,
        code: Option<u32>,
    ) -> Vec<(String, String)> {
        let mut form = self.identity(account);
        form.push(("MessageStatus".to_owned(), status.as_str().to_owned()));
        form.push(("SmsStatus".to_owned(), status.as_str().to_owned()));
        form.extend(code.map(|code| ("ErrorCode".to_owned(), code.to_string())));
        form
    }

    fn identity(&self, account: &AccountSid) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![
            pair("MessageSid", self.sid.as_str()),
            pair("SmsSid", self.sid.as_str()),
            pair("SmsMessageSid", self.sid.as_str()),
            pair("AccountSid", account.as_str()),
            pair("ApiVersion", API_VERSION),
            pair("From", self.from.as_str()),
            pair("To", self.to.as_str()),
        ]
    }
}

/// Returns the number of SMS segments, assuming that all characters are in the GSM alphabet.
fn segments(body: &str) -> usize {
    match body.chars().count() {
        0 => 1,
        count if count <= SEGMENT => 1,
        count => count.div_ceil(JOINED_SEGMENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_has_several_segments() {
        for (length, expected) in [(0, 1), (160, 1), (161, 2), (306, 2), (307, 3)] {
            assert_eq!(segments(&"a".repeat(length)), expected, "{length}");
        }
    }
}
