//! The versions of messages. An older message is read. A later release may have written a newer message before it was
//! rolled back. Such a message must be distinguished from one that is not ours, because it is kept for the release that
//! can read it.

use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// The largest number that can be a version. A release adds at most one, so none ever gets there. A larger number is
/// not a version, and is not shown in an error, because it could be a phone number, which has at least seven digits.
const VERSION_MAX: u64 = 9_999;

/// Why a message can't be handled by this release. The error does not quote the message, because it may contain a
/// person's text.
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
        /// A description of the queue's messages.
        expected: &'static str,
        /// The line where reading failed, from 1. It is 0 if the JSON was read, but does not have a known version and
        /// its fields.
        line: usize,
        /// The column where reading failed.
        column: usize,
    },
    /// A field of the message is longer than any that a carrier gives, or has another form.
    #[error("expected {expected} as {field}, found another value of length {length}")]
    OutOfBounds {
        /// The name of the field.
        field: &'static str,
        /// A description of the field's values.
        expected: &'static str,
        /// The length of the value in characters.
        length: usize,
    },
}

/// Checks that a version can be read. A version that no release has written or will write is not ours.
pub(super) fn check(found: u64, readable: RangeInclusive<u64>, expected: &'static str) -> Result<(), MessageError> {
    let newest = *readable.end();
    if (newest + 1..=VERSION_MAX).contains(&found) {
        Err(MessageError::Newer { newest, found })
    } else if readable.contains(&found) {
        Ok(())
    } else {
        Err(MessageError::NotOurs { expected, line: 0, column: 0 })
    }
}

/// Reads the version of a message. Unlike in an `Option`, `null` is not a version.
pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(deserializer).map(Some)
}

/// Reads JSON. The message of serde's own error could quote a number or a text, so only its position is kept.
pub(super) fn json<T: DeserializeOwned>(text: &str, expected: &'static str) -> Result<T, MessageError> {
    let not_ours =
        |error: serde_json::Error| MessageError::NotOurs { expected, line: error.line(), column: error.column() };
    serde_json::from_str(text).map_err(not_ours)
}
