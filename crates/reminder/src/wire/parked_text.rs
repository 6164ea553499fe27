//! The messages of the inbound queue: texts that AWS delivers by SNS, and parked texts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::version::{MessageError, check, json, present};
use crate::ids::{Address, CarrierName, MessageId};

/// The version of a parked text that is written. This version and older ones are read.
pub const PARKED_TEXT_VERSION: u64 = 1;

/// The oldest version of a parked text that is read. No older version was ever written.
const OLDEST: u64 = 1;

/// How errors describe the messages that were expected on the inbound queue.
const EXPECTED: &str = "an SNS notification of a text or a parked text";

/// The carrier's name in the ids of texts that come by SNS.
pub(crate) const AWS: &str = "aws";

/// The longest text that a carrier delivers, in UTF-16 units. Neither Twilio's webhooks nor the messages of AWS End
/// User Messaging contain a longer text.
pub const RECEIVED_TEXT_MAX: usize = 1600;

/// The largest count of parkings. A text is parked once, and earlier releases counted each of the at most 1000 receives
/// of the inbound queue.
const TIMES_MAX: u32 = 1000;

/// A carrier's own handling of a text that opts out, opts in or asks for help. The carrier has answered that text
/// itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOutType {
    /// The carrier has opted the sender out.
    OptedOut,
    /// The carrier has opted the sender in again.
    OptedIn,
    /// The carrier has sent the sender its help text.
    Helped,
}

/// A text on the inbound queue: a parked text, or a text that SNS has just delivered. It contains the number, because
/// the number may not be stored anywhere else yet. The queue is encrypted, and its messages are never logged.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Fields")]
pub struct ParkedText {
    /// The text's id, with the carrier that delivered the text.
    pub id: MessageId,
    /// The sender's address, usually a number.
    pub from: Address,
    /// The words of the text, at most [`RECEIVED_TEXT_MAX`] UTF-16 units.
    pub body: String,
    /// How the carrier itself has handled the text. `None` for a text that we have to interpret.
    pub opt_out_type: Option<OptOutType>,
    /// When it was first received.
    pub received_at: Timestamp,
    /// How often it was parked. 0 for a text that SNS has just delivered.
    pub times: u32,
}

/// The JSON format of a parked text, version [`PARKED_TEXT_VERSION`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    parked: u64,
    carrier: String,
    id: String,
    from: String,
    body: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opt_out_type: Option<OptOutType>,
    received_at: Timestamp,
    times: u32,
}

impl From<ParkedText> for Fields {
    fn from(text: ParkedText) -> Self {
        Self {
            parked: PARKED_TEXT_VERSION,
            carrier: text.id.carrier().to_owned(),
            id: text.id.at_carrier().to_owned(),
            from: text.from.into(),
            body: text.body,
            opt_out_type: text.opt_out_type,
            received_at: text.received_at,
            times: text.times,
        }
    }
}

/// The field that distinguishes a parked text from a notification.
#[derive(Deserialize)]
struct VersionOnly {
    #[serde(default, deserialize_with = "present")]
    parked: Option<u64>,
}

/// The envelope of SNS around a message
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    message: String,
    timestamp: Timestamp,
}

/// A text of AWS End User Messaging
/// (<https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html>).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TwoWayText {
    origination_number: String,
    message_body: String,
    inbound_message_id: String,
}

impl ParkedText {
    /// Reads a message of the inbound queue. A text that SNS delivers is returned as a text that was parked 0 times.
    ///
    /// # Errors
    /// Fails if a later release wrote the message, if it is neither a notification nor a parked text, or if a field is
    /// longer than any that a carrier gives or has another form.
    pub fn read(message: &str) -> Result<Self, MessageError> {
        if let Some(found) = json::<VersionOnly>(message, EXPECTED)?.parked {
            check(found, OLDEST..=PARKED_TEXT_VERSION, EXPECTED)?;
            return json::<Fields>(message, EXPECTED)?.checked();
        }
        let notification: Notification = json(message, EXPECTED)?;
        let text: TwoWayText = json(&notification.message, EXPECTED)?;
        let fields = Fields {
            parked: PARKED_TEXT_VERSION,
            carrier: AWS.to_owned(),
            id: text.inbound_message_id,
            from: text.origination_number,
            body: text.message_body,
            opt_out_type: None,
            received_at: notification.timestamp,
            times: 0,
        };
        fields.checked()
    }
}

impl Fields {
    /// Checks each field. A message with a field out of bounds must not be parked again: no later delivery mends it.
    fn checked(self) -> Result<ParkedText, MessageError> {
        let bounded =
            |field, expected, found: &str| MessageError::OutOfBounds { field, expected, length: found.chars().count() };
        if self.carrier.parse::<CarrierName>().is_err() {
            return Err(bounded("carrier", "a carrier's name of up to 16 characters", &self.carrier));
        }
        let id = MessageId::new(&self.carrier, &self.id)
            .map_err(|_| bounded("id", "a text's id of up to 100 letters, digits, - and _", &self.id))?;
        let from = self.from.parse().map_err(|_| bounded("from", "an address of up to 256 bytes", &self.from))?;
        if !is_deliverable(&self.body) {
            return Err(bounded("body", "a text of up to 1600 UTF-16 units", &self.body));
        }
        if self.times > TIMES_MAX {
            return Err(bounded("times", "a number up to 1000", &self.times.to_string()));
        }
        let Self { body, opt_out_type, received_at, times, .. } = self;
        Ok(ParkedText { id, from, body, opt_out_type, received_at, times })
    }
}

/// Returns whether a carrier can have delivered a text of this length.
pub fn is_deliverable(body: &str) -> bool {
    body.encode_utf16().count() <= RECEIVED_TEXT_MAX
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parked(version: &str) -> String {
        format!(
            r#"{{"parked":{version},"carrier":"twilio","id":"SM1","from":"+12125550142","body":"hi","received_at":"2026-03-01T12:00:00Z","times":1}}"#
        )
    }

    fn refused(message: &str) -> Option<MessageError> {
        ParkedText::read(message).err()
    }

    #[test]
    fn a_parked_text_reads_back_as_it_was_written() {
        let read = ParkedText::read(&parked("1")).ok().unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), parked("1"));
    }

    #[test]
    fn a_notification_of_a_text_is_read() {
        let text = ParkedText::read(&notified("destinationNumber", "+12125550100")).ok().unwrap();
        let read = (text.id.as_str(), text.from.as_str(), &*text.body, text.times);
        assert_eq!(read, ("aws#m-1", "+12125550142", "hi", 0));
        assert_eq!(text.received_at, "2026-03-01T12:00:00Z".parse().unwrap());
    }

    #[test]
    fn an_opt_out_type_is_one_of_three_words_or_absent() {
        let read = |word: &str| ParkedText::read(&edited("opt_out_type", &json!(word))).map(|text| text.opt_out_type);
        assert_eq!(ParkedText::read(&parked("1")).map(|text| text.opt_out_type), Ok(None));
        assert_eq!(read("opted_out"), Ok(Some(OptOutType::OptedOut)));
        assert_eq!(read("opted_in"), Ok(Some(OptOutType::OptedIn)));
        assert_eq!(read("helped"), Ok(Some(OptOutType::Helped)));
        assert!(read("stays").is_err());
    }

    #[test]
    fn a_message_that_is_neither_a_notification_nor_a_parked_text_is_not_ours() {
        for message in
            ["", "{}", "[]", "hello", r#"{"Message":"{}","Timestamp":"2026-03-01T12:00:00Z"}"#, r#"{"parked":1}"#]
        {
            assert!(matches!(refused(message), Some(MessageError::NotOurs { .. })), "{message}");
        }
    }

    /// The values that a version may have, and whether a message with it is of a later release.
    const VERSIONS: [(&str, bool); 17] = [
        ("0", false),
        ("2", true),
        ("255", true),
        ("256", true),
        ("257", true),
        ("9999", true),
        ("10000", false),
        ("12125550142", false),
        ("18446744073709551615", false),
        ("18446744073709551616", false),
        ("-1", false),
        ("1.5", false),
        ("1.0", false),
        ("\"1\"", false),
        ("null", false),
        ("true", false),
        ("[1]", false),
    ];

    #[test]
    fn an_unknown_version_is_newer_or_not_ours_whatever_else_the_message_contains() {
        let newest = PARKED_TEXT_VERSION;
        let notification = r#""Message":"{\"originationNumber\":\"+1\",\"messageBody\":\"hi\",\"inboundMessageId\":\"m\"}","Timestamp":"2026-03-01T12:00:00Z""#;
        assert!(ParkedText::read(&format!("{{{notification}}}")).is_ok());
        for (version, is_newer) in VERSIONS {
            for message in [
                parked(version),
                format!(r#"{{"parked":{version},"other":[]}}"#),
                format!(r#"{{"parked":{version},{notification}}}"#),
            ] {
                let error = refused(&message).unwrap();
                assert_eq!(matches!(error, MessageError::Newer { .. }), is_newer, "{message}");
                if is_newer {
                    assert_eq!(error, MessageError::Newer { newest, found: version.parse().unwrap() });
                }
                assert!(!error.to_string().contains("2125550142"), "{error}");
            }
        }
        // A doubled key could mean either version.
        for doubled in [r#""parked":1,"parked":1"#, r#""parked":1,"parked":2"#, r#""parked":2,"parked":1"#] {
            assert!(matches!(refused(&format!("{{{doubled}}}")), Some(MessageError::NotOurs { .. })), "{doubled}");
        }
        assert!(matches!(refused(&parked("1").replace(r#""parked":1,"#, "")), Some(MessageError::NotOurs { .. })));
    }

    fn edited(field: &str, value: &serde_json::Value) -> String {
        let mut fields: serde_json::Value = serde_json::from_str(&parked("1")).unwrap();
        fields[field] = value.clone();
        fields.to_string()
    }

    fn notified(field: &str, value: &str) -> String {
        let mut text = json!({ "originationNumber": "+12125550142", "messageBody": "hi", "inboundMessageId": "m-1" });
        text[field] = json!(value);
        json!({ "Message": text.to_string(), "Timestamp": "2026-03-01T12:00:00Z" }).to_string()
    }

    #[test]
    fn each_field_of_a_parked_text_is_bounded() {
        for (field, longest, too_long) in [
            ("carrier", json!("c".repeat(16)), json!("c".repeat(17))),
            ("carrier", json!("twilio"), json!("c".repeat(5_000))),
            ("carrier", json!("twilio"), json!("")),
            ("carrier", json!("twilio"), json!("twilio#2")),
            ("id", json!("1".repeat(100)), json!("1".repeat(101))),
            ("id", json!("SM1"), json!("")),
            ("id", json!("SM1"), json!("SM 1")),
            ("from", json!("1".repeat(256)), json!("1".repeat(257))),
            ("body", json!("a".repeat(1600)), json!("a".repeat(1601))),
            ("body", json!("🥛".repeat(800)), json!("🥛".repeat(801))),
            ("times", json!(1000), json!(1001)),
            ("times", json!(1000), json!(u32::MAX)),
        ] {
            assert!(ParkedText::read(&edited(field, &longest)).is_ok(), "{field} {longest}");
            let found = refused(&edited(field, &too_long));
            assert!(
                matches!(found, Some(MessageError::OutOfBounds { field: named, .. }) if named == field),
                "{found:?}"
            );
        }
        for (field, value) in [
            ("times", json!(-1)),
            ("times", json!(1.5)),
            ("times", json!(u64::MAX)),
            ("received_at", json!("yesterday")),
            ("received_at", json!("+12025-03-01T12:00:00Z")),
            ("opt_out_type", json!("stays")),
            ("body", json!(1)),
            ("more", json!(1)),
        ] {
            let found = refused(&edited(field, &value));
            assert!(matches!(found, Some(MessageError::NotOurs { .. })), "{field} {value}: {found:?}");
        }
    }

    #[test]
    fn each_field_of_a_notification_is_bounded_like_that_of_a_webhook() {
        for (field, named, max) in
            [("originationNumber", "from", 256), ("messageBody", "body", 1600), ("inboundMessageId", "id", 100)]
        {
            assert!(ParkedText::read(&notified(field, &"1".repeat(max))).is_ok(), "{field}");
            let found = refused(&notified(field, &"1".repeat(max + 1)));
            assert!(
                matches!(found, Some(MessageError::OutOfBounds { field, length, .. }) if field == named && length == max + 1),
                "{found:?}"
            );
        }
    }

    /// A log contains the error of a poison message. So it must not quote the message.
    #[test]
    fn the_error_of_a_poison_message_quotes_no_number_and_no_words() {
        const SECRETS: [&str; 3] = ["2125550142", "buy milk", "milk"];
        let poison =
            [json!("buy milk +12125550142"), json!(12_125_550_142_u64), json!(["buy milk"]), json!({ "milk": 1 })];
        let mut messages: Vec<String> = Vec::new();
        for value in &poison {
            for field in ["parked", "carrier", "id", "from", "body", "opt_out_type", "received_at", "times", "buy milk"]
            {
                messages.push(edited(field, value));
            }
            messages.push(value.to_string());
            messages.push(json!({ "Message": value, "Timestamp": "2026-03-01T12:00:00Z" }).to_string());
            messages.push(json!({ "Message": value.to_string(), "Timestamp": "2026-03-01T12:00:00Z" }).to_string());
            messages.push(json!({ "Message": "{}", "Timestamp": value }).to_string());
            for field in ["originationNumber", "messageBody", "inboundMessageId"] {
                messages.push(notified(field, &value.to_string().repeat(100)));
            }
        }
        messages.push("buy milk +12125550142".to_owned());
        messages.push(parked("1").replace(r#""times":1"#, r#""buy milk":12125550142,"buy milk":2"#));
        let mut refusals = 0;
        for error in messages.iter().filter_map(|message| refused(message)) {
            refusals += 1;
            let shown = format!("{error} {error:?}");
            assert!(SECRETS.iter().all(|secret| !shown.contains(secret)), "{shown}");
        }
        assert!(refusals > messages.len() * 3 / 4, "{refusals} of {}", messages.len());
    }
}
