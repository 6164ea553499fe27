//! The messages of the dial queue: wake-ups of reminders and of outgoing texts.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::version::{MessageError, check, json};
use crate::event::WakeUp;
use crate::ids::{OutgoingTextId, OutgoingTextKey, PersonId, ReminderId, ReminderKey};

/// The version of the wake-up message that is written. [`WAKE_UP_VERSIONS`] are read.
pub const WAKE_UP_VERSION: u8 = 1;

/// The versions of a wake-up message that are read. A version is removed only when no message or schedule of that
/// version is left.
pub const WAKE_UP_VERSIONS: RangeInclusive<u8> = 1..=WAKE_UP_VERSION;

/// A wake-up as a message, the same from the queue and from Scheduler. It contains no phone number and no task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WakeUpMessage {
    /// The version of this format, one of [`WAKE_UP_VERSIONS`].
    pub v: u8,
    /// The person that the reminder belongs to.
    pub person: PersonId,
    /// The reminder's id.
    pub reminder: ReminderId,
    /// The generation that the wake-up was planned for.
    pub generation: u32,
}

/// A wake-up of an outgoing text as a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextWakeUpMessage {
    /// The version of this format, [`WAKE_UP_VERSION`].
    pub v: u8,
    /// The person that the text is sent to.
    pub person: PersonId,
    /// The text's id.
    pub text: OutgoingTextId,
}

impl From<&OutgoingTextKey> for TextWakeUpMessage {
    fn from(key: &OutgoingTextKey) -> Self {
        Self { v: WAKE_UP_VERSION, person: key.person.clone(), text: key.text.clone() }
    }
}

impl TextWakeUpMessage {
    /// The key of the text's record.
    pub fn key(&self) -> OutgoingTextKey {
        OutgoingTextKey { person: self.person.clone(), text: self.text.clone() }
    }
}

/// A message of the dial queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DialMessage {
    /// The wake-up of a reminder.
    Reminder(WakeUpMessage),
    /// The wake-up of an outgoing text.
    Text(TextWakeUpMessage),
}

/// The field that holds the version of a wake-up message.
#[derive(Deserialize)]
struct VersionOnly {
    v: u64,
}

impl DialMessage {
    /// Reads a message of the dial queue.
    ///
    /// # Errors
    /// Fails if a later release wrote the message, or if it is not a wake-up.
    pub fn read(message: &str) -> Result<Self, MessageError> {
        const EXPECTED: &str = "a wake-up message";
        let VersionOnly { v: found } = json(message, EXPECTED)?;
        check(found, u64::from(*WAKE_UP_VERSIONS.start())..=u64::from(*WAKE_UP_VERSIONS.end()), EXPECTED)?;
        json(message, EXPECTED)
    }
}

impl From<&WakeUp> for WakeUpMessage {
    fn from(wake: &WakeUp) -> Self {
        let ReminderKey { person, reminder } = wake.key.clone();
        Self { v: WAKE_UP_VERSION, person, reminder, generation: wake.generation }
    }
}

impl WakeUpMessage {
    /// The key of the reminder's record.
    pub fn key(&self) -> ReminderKey {
        ReminderKey { person: self.person.clone(), reminder: self.reminder.clone() }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    const PERSON: &str = "0123456789abcdef0123456789abcdef";
    const ULID: &str = "01JZ0000000000000000000000";

    #[test]
    fn a_wake_up_message_has_the_json_format_of_version_1() {
        let key = ReminderKey { person: PERSON.parse().unwrap(), reminder: ULID.parse().unwrap() };
        let wake = WakeUp { key, generation: 3, wake_at: Timestamp::UNIX_EPOCH };
        let json = serde_json::to_string(&WakeUpMessage::from(&wake)).unwrap();
        assert_eq!(json, format!(r#"{{"v":1,"person":"{PERSON}","reminder":"{ULID}","generation":3}}"#));
    }

    #[test]
    fn other_json_is_not_a_wake_up_message() {
        for text in ["", "{}", "null", r#"{"v":1}"#, r#"{"v":1,"person":"x","reminder":"y","generation":1}"#] {
            assert!(serde_json::from_str::<WakeUpMessage>(text).is_err(), "{text}");
        }
    }

    const REST: &str =
        r#""person":"0123456789abcdef0123456789abcdef","reminder":"01JZ0000000000000000000000","generation":3"#;

    #[test]
    fn each_version_up_to_our_own_is_read() {
        for v in WAKE_UP_VERSIONS {
            let read = DialMessage::read(&format!(r#"{{"v":{v},{REST}}}"#));
            assert!(matches!(read, Ok(DialMessage::Reminder(message)) if message.v == v), "version {v}");
        }
    }

    #[test]
    fn an_unknown_version_is_newer_or_not_ours_whatever_else_the_message_contains() {
        let newest = u64::from(WAKE_UP_VERSION);
        for rest in [REST, r#""text":{"id":1},"more":[]"#] {
            for found in [2, 255, 256, 257, 9_999] {
                let read = DialMessage::read(&format!(r#"{{"v":{found},{rest}}}"#));
                assert_eq!(read, Err(MessageError::Newer { newest, found }));
            }
            for version in ["0", "-1", "1.5", "1.0", "\"1\"", "null", "10000", "12125550142", "18446744073709551615"] {
                let error = DialMessage::read(&format!(r#"{{"v":{version},{rest}}}"#)).unwrap_err();
                assert!(matches!(error, MessageError::NotOurs { .. }), "{version}: {error}");
                assert!(!error.to_string().contains("2125550142"), "{error}");
            }
        }
        for message in [
            format!(r#"{{"v":1,"v":1,{REST}}}"#),
            format!(r#"{{"v":1,"v":2,{REST}}}"#),
            format!(r#"{{"v":2,"v":1,{REST}}}"#),
            format!(r#"{{"v":1,{REST},"generation":4}}"#),
            format!("{{{REST}}}"),
        ] {
            assert!(matches!(DialMessage::read(&message), Err(MessageError::NotOurs { .. })), "{message}");
        }
    }

    #[test]
    fn each_field_of_a_wake_up_is_bounded_and_not_quoted() {
        let rest = |person: &str, reminder: &str, generation: &str| {
            format!(r#"{{"v":1,"person":{person},"reminder":{reminder},"generation":{generation}}}"#)
        };
        let text = |person: &str, text: &str| format!(r#"{{"v":1,"person":{person},"text":{text}}}"#);
        let (person, id) = (format!("\"{PERSON}\""), format!("\"{ULID}\""));
        assert!(DialMessage::read(&rest(&person, &id, "4294967295")).is_ok());
        assert!(DialMessage::read(&text(&person, &id)).is_ok());
        let long = format!("\"{}\"", "milk".repeat(5_000));
        for bad in ["\"+12125550142\"", "\"buy milk\"", &long, "12125550142", "null", "[\"milk\"]"] {
            for message in [
                rest(bad, &id, "3"),
                rest(&person, bad, "3"),
                rest(&person, &id, bad),
                text(bad, &id),
                text(&person, bad),
                format!(r#"{{"v":1,"person":{person},"reminder":{id},"generation":1,"milk":{bad}}}"#),
                format!(r#"{{"v":{bad}}}"#),
            ] {
                let error = DialMessage::read(&message).unwrap_err();
                assert!(matches!(error, MessageError::NotOurs { .. }), "{error}");
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains("2125550142") && !shown.contains("milk"), "{shown}");
            }
        }
        for generation in ["-1", "1.5", "4294967296"] {
            assert!(DialMessage::read(&rest(&person, &id, generation)).is_err(), "{generation}");
        }
    }

    #[test]
    fn a_message_that_is_not_ours_is_refused_and_not_quoted() {
        for message in [
            "",
            "call +12125550142",
            "{}",
            "null",
            r#"{"v":1}"#,
            r#"{"v":"2"}"#,
            r#"{"v":-1}"#,
            r#"{"v":0,"person":"+12125550142"}"#,
            r#"{"v":1,"person":"+12125550142","reminder":"milk","generation":1}"#,
        ] {
            let error = DialMessage::read(message).unwrap_err();
            assert!(matches!(error, MessageError::NotOurs { .. }), "{message}");
            let shown = error.to_string();
            assert!(!shown.contains("0142") && !shown.contains("milk"), "{shown}");
        }
    }
}
