//! The texts that the carriers have accepted.

use reminder::ids::Number;
use reminder::ports::TextStatus;

/// A text that a carrier accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// Number of the recipient.
    pub to: Number,
    /// Body of the text.
    pub body: String,
    /// Path to which the carrier posts the text's status. It is absent if the request did not ask for the status.
    pub status_to: Option<String>,
    /// Status of the text now, as the carrier knows it.
    pub status: TextStatus,
}
