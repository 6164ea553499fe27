//! The versions of messages. An older message is read. A newer one, which a later release wrote before it was rolled back,
//! must be told from a message that is not ours: it is kept for the release that can read it.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{DialMessage, WAKE_UP_VERSION};

/// The versions of a wake-up message that are read. A version is taken out only when no message or schedule of it is left.
pub const WAKE_UP_VERSIONS: RangeInclusive<u8> = 1..=WAKE_UP_VERSION;

/// Why a message can't be handled by this release. The error quotes nothing, since a message may contain a person's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A later release wrote the message.
    #[error("expected at most version {newest} of a message, found version {found}")]
    Newer {
        /// The newest version that is read.
        newest: u64,
        /// The version in the message.
        found: u64,
    },
    /// The message is not ours: no release can read it.
    #[error("expected {expected}, found something else, at {line}:{column}")]
    NotOurs {
        /// What the queue's messages are.
        expected: &'static str,
        /// The line where reading failed, from 1.
        line: usize,
        /// The column where reading failed.
        column: usize,
    },
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

/// Checks that a version can be read. A version that no release has written is not ours.
pub(super) fn check(found: u64, readable: RangeInclusive<u64>, expected: &'static str) -> Result<(), MessageError> {
    let newest = *readable.end();
    if found > newest {
        Err(MessageError::Newer { newest, found })
    } else if readable.contains(&found) {
        Ok(())
    } else {
        Err(MessageError::NotOurs { expected, line: 0, column: 0 })
    }
}

/// Reads JSON. The message of serde's own error could quote a number or a text, so only its position is kept.
pub(super) fn json<T: DeserializeOwned>(text: &str, expected: &'static str) -> Result<T, MessageError> {
    let not_ours =
        |error: serde_json::Error| MessageError::NotOurs { expected, line: error.line(), column: error.column() };
    serde_json::from_str(text).map_err(not_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_newer_message_is_recognized_whatever_else_it_contains() {
        let newest = u64::from(WAKE_UP_VERSION);
        for rest in [REST, r#""text":{"id":1},"more":[]"#] {
            for found in [newest + 1, 256 + newest, u64::MAX] {
                let read = DialMessage::read(&format!(r#"{{"v":{found},{rest}}}"#));
                assert_eq!(read, Err(MessageError::Newer { newest, found }));
            }
        }
    }

    #[test]
    fn a_message_that_is_not_ours_is_refused_by_its_place_and_not_quoted() {
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
