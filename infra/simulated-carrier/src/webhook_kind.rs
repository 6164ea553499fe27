//! The kinds of webhooks, and the kinds of resources they are about.

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
    /// Asks what to say in a call.
    Twiml,
    /// Tells which keys were pressed, and asks what to say next.
    Key,
    /// Tells how a call goes.
    Status,
    /// Brings an incoming text, and asks what to answer.
    Sms,
    /// Tells how a text that was sent goes.
    Delivery,
}

impl WebhookKind {
    /// The kind of resource that the webhook is about.
    pub(super) fn resource(self) -> ResourceKind {
        match self {
            Self::Twiml | Self::Key | Self::Status => ResourceKind::Calls,
            Self::Sms | Self::Delivery => ResourceKind::Messages,
        }
    }
}
