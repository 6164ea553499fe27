//! The messages of the inbound queue: texts that AWS delivers by SNS, and parked texts.

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::version::{MessageError, check, json};

/// The version of a parked text that is written. This version and older ones are read.
pub const PARKED_TEXT_VERSION: u64 = 1;

/// The oldest version of a parked text that is read. No older version was ever written.
const OLDEST: u64 = 1;

/// How errors describe the messages that were expected on the inbound queue.
const EXPECTED: &str = "an SNS notification of a text or a parked text";

/// The carrier's name in the ids of texts that come by SNS.
const AWS: &str = "aws";

/// The field that holds [`PARKED_TEXT_VERSION`]. Deserializing fails for a version that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParkedTextVersion;

impl Serialize for ParkedTextVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(PARKED_TEXT_VERSION)
    }
}

impl<'de> Deserialize<'de> for ParkedTextVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = u64::deserialize(deserializer)?;
        check_version(found).map_err(D::Error::custom)
    }
}

fn check_version(found: u64) -> Result<ParkedTextVersion, MessageError> {
    check(found, OLDEST..=PARKED_TEXT_VERSION, EXPECTED).map(|()| ParkedTextVersion)
}

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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParkedText {
    /// The version of this format.
    pub parked: ParkedTextVersion,
    /// The carrier that delivered the text.
    pub carrier: String,
    /// The text's id at that carrier.
    pub id: String,
    /// The sender's number.
    pub from: String,
    /// The words of the text.
    pub body: String,
    /// How the carrier itself has handled the text. `None` for a text that we have to interpret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out_type: Option<OptOutType>,
    /// When it was first received.
    pub received_at: Timestamp,
    /// How often it was parked. 0 for a text that SNS has just delivered.
    pub times: u32,
}

/// The field that distinguishes a parked text from a notification.
#[derive(Deserialize)]
struct VersionOnly {
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
    /// Fails if a later release wrote the message, or if it is neither a notification nor a parked text.
    pub fn read(message: &str) -> Result<Self, MessageError> {
        if let Some(found) = json::<VersionOnly>(message, EXPECTED)?.parked {
            check_version(found)?;
            return json(message, EXPECTED);
        }
        let notification: Notification = json(message, EXPECTED)?;
        let text: TwoWayText = json(&notification.message, EXPECTED)?;
        Ok(Self {
            parked: ParkedTextVersion,
            carrier: AWS.to_owned(),
            id: text.inbound_message_id,
            from: text.origination_number,
            body: text.message_body,
            opt_out_type: None,
            received_at: notification.timestamp,
            times: 0,
        })
    }
}

#[cfg(test)]
mod tests {
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
    fn a_newer_message_is_recognized_by_its_version_alone() {
        let newest = PARKED_TEXT_VERSION;
        for found in [newest + 1, 256, u64::MAX] {
            assert_eq!(refused(&parked(&found.to_string())), Some(MessageError::Newer { newest, found }));
            assert_eq!(
                refused(&format!(r#"{{"parked":{found},"other":[]}}"#)),
                Some(MessageError::Newer { newest, found })
            );
        }
        let error = serde_json::from_str::<ParkedText>(&parked("2")).err().unwrap().to_string();
        assert!(error.starts_with("expected at most version 1 of a message, found version 2"), "{error}");
    }

    #[test]
    fn a_version_that_no_release_wrote_is_not_ours() {
        for version in ["0", "-1", "1.5", "\"1\"", "null", "true"] {
            assert!(matches!(refused(&parked(version)), Some(MessageError::NotOurs { .. })), "{version}");
        }
    }
}
