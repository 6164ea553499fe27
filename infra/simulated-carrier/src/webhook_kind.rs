//! The kinds of webhooks and of resources.

use serde::{Deserialize, Serialize};

/// A kind of resource of the REST API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResourceKind {
    /// Calls, and the webhooks about them.
    Calls,
    /// Texts, and the webhooks about them.
    Messages,
}

/// The purpose of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WebhookKind {
    /// Requests the document of an answered call.
    Twiml,
    /// Reports the pressed keys, or that no key was pressed, and requests the next document.
    Key,
    /// Reports the status of a call.
    Status,
    /// Reports the verdict of answering machine detection.
    AnsweredBy,
    /// Requests the document of a call to the service's number.
    Voice,
    /// Delivers an incoming text, and requests the answer.
    Sms,
    /// Reports the status of a sent text.
    Delivery,
}

impl WebhookKind {
    /// Returns the kind of resource that the webhook is about.
    pub(super) fn resource(self) -> ResourceKind {
        match self {
            Self::Twiml | Self::Key | Self::Status | Self::AnsweredBy | Self::Voice => ResourceKind::Calls,
            Self::Sms | Self::Delivery => ResourceKind::Messages,
        }
    }
}
