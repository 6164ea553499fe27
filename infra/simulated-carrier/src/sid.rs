//! Ids in Twilio's format: two letters for the kind, and 32 hexadecimal digits. Texts through AWS End User Messaging
//! have UUIDs.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Number of hexadecimal digits in an id.
const HEX_DIGITS: usize = 32;

/// The id of a call or a text. A client may choose any id for a person's text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sid(String);

impl Sid {
    /// Wraps an id that a client sent.
    pub(super) fn given(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the id as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Generates ids that are unique on this machine, also across restarts: a text with a repeated id would be taken for a
/// duplicate.
#[derive(Debug)]
pub(super) struct Sids {
    started: String,
    made: AtomicU64,
}

impl Sids {
    pub(super) fn new() -> Self {
        Self {
            started: format!("{}/{}", jiff::Timestamp::now().as_nanosecond(), std::process::id()),
            made: AtomicU64::new(0),
        }
    }

    /// Generates an id of a kind: `CA` for a call, `SM` for a text.
    pub(super) fn next(&self, kind: &str) -> Sid {
        Sid(format!("{kind}{}", self.hex()))
    }

    /// Generates a UUID, the format of AWS End User Messaging.
    pub(super) fn next_uuid(&self) -> Sid {
        let hex = self.hex();
        Sid(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
    }

    fn hex(&self) -> String {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let digest = Sha256::digest(format!("{}/{made}", self.started));
        digest.iter().take(HEX_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_twilios_format_and_are_unique() {
        let sids = Sids::new();
        let (one, other) = (sids.next("CA"), sids.next("CA"));
        assert_ne!(one, other);
        assert_eq!(one.as_str().len(), 34);
        assert!(one.as_str().starts_with("CA") && one.as_str()[2..].bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
