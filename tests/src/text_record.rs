//! The record of an outgoing text, read from its item.

use serde_json::Value;

use crate::item::string;

/// An outgoing text's item, as it was read.
#[derive(Debug, Clone)]
pub struct TextRecord(Value);

impl TextRecord {
    pub(crate) fn of(item: Value) -> Self {
        Self(item)
    }

    pub(crate) fn item(&self) -> &Value {
        &self.0
    }

    /// The state: `owed`, `accepted`, `delivered`, `sent`, `undelivered`, `withdrawn` or `given_up`.
    #[must_use]
    pub fn state(&self) -> &str {
        string(&self.0, "state")
    }

    /// The words of the text.
    #[must_use]
    pub fn words(&self) -> &str {
        string(&self.0, "words")
    }

    /// The carrier's error code of a text that was not delivered; empty for any other text.
    #[must_use]
    pub fn code(&self) -> &str {
        self.0["code"]["N"].as_str().unwrap_or_default()
    }

    pub(crate) fn is_instead_of_call(&self) -> bool {
        string(&self.0, "kind") == "instead_of_call"
    }
}
