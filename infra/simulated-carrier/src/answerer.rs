//! The person, machine or service that answers a call.

use serde::{Deserialize, Serialize};

/// The person, machine or service that answered a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answerer {
    /// The person picked up.
    #[default]
    Person,
    /// The mailbox of the phone.
    Mailbox,
    /// The phone itself, which asks for the reason of the call and then rings the person.
    Screener,
    /// The service, which the person calls.
    Service,
}
