//! A text as it was received, by any route.

use crate::ids::{ClaimId, MessageId, Number, ReminderId};
use crate::profile::Profile;
use crate::record::Zone;
use crate::wire::OptOutType;
use jiff::Timestamp;
use language::Country;

/// A text from a valid number, or a pressed key that makes the same request as a text.
#[derive(Clone)]
pub struct ReceivedText {
    /// The text's id at the carrier.
    pub id: MessageId,
    /// The sender's number.
    pub from: Number,
    /// Whether the sender is served, and the country and zone that their number suggests.
    pub sender: Sender,
    /// The words of the text.
    pub body: String,
    /// The opt-out, opt-in or help command that the carrier found in the text. Absent if it found none, and in every
    /// text from AWS.
    pub opt_out_type: Option<OptOutType>,
    /// When the text was received. "In ten minutes" counts from this instant.
    pub received_at: Timestamp,
    /// How the text is answered.
    pub route: AnswerRoute,
    /// The key on a call that made this request. Absent for a text from a person.
    pub pressed: Option<PressedKey>,
}

/// A key that was pressed on a call, and makes the same request as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PressedKey {
    /// Ring again about this reminder in ten minutes.
    Snooze {
        /// The reminder that the call was about.
        reminder: ReminderId,
        /// The claim of the call. Absent if the person called the service.
        claim: Option<ClaimId>,
    },
    /// Never call or text again.
    OptOut,
}

/// Whether the sender of a text is served.
#[derive(Debug, Clone, PartialEq)]
pub enum Sender {
    /// The sender is served.
    Served {
        /// The country of the number.
        country: Country,
        /// The zone that the number suggests.
        zone: Zone,
    },
    /// The sender is not served, and can only opt out or in.
    NotServed(NotServed),
}

/// Why a sender is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotServed {
    /// The number's country is not served.
    Country,
    /// The number is not that of an ordinary telephone.
    Kind,
}

impl Sender {
    /// Returns the country whose date format is used. A sender who is not served can only opt out or in, and those
    /// words are the same in each country.
    pub fn country(&self) -> Country {
        match self {
            Self::Served { country, .. } => *country,
            Self::NotServed(_) => Country::US,
        }
    }

    /// Returns the zone that is used until the person names another zone.
    pub fn zone(&self) -> Zone {
        match self {
            Self::Served { zone, .. } => zone.clone(),
            Self::NotServed(_) => Zone::UTC,
        }
    }
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerRoute {
    /// In the response to the carrier's webhook.
    Reply,
    /// By a text that is sent separately.
    Text,
}

/// Whether the number's calls must be read: the number is unconfirmed, so that the text may hold its code, or its answer
/// may promise a call that does not come. A key on a call that the service placed confirms the number.
pub fn depends_on_calls(text: &ReceivedText, profile: &Profile) -> bool {
    let is_key_of_own_call = match &text.pressed {
        Some(PressedKey::Snooze { claim, .. }) => claim.is_some(),
        Some(PressedKey::OptOut) => true,
        None => false,
    };
    profile.confirmed_at.is_none() && !is_key_of_own_call
}
