//! A text as it came in, whichever way it came.

use crate::ids::{MessageId, Number};
use crate::record::Zone;
use crate::wire::OptOutType;
use jiff::Timestamp;
use language::Country;

/// A text from somebody who can be answered.
#[derive(Clone)]
pub struct ReceivedText {
    /// Its name at the carrier.
    pub id: MessageId,
    /// Who sent it.
    pub from: Number,
    /// What their number says about them.
    pub sender: Sender,
    /// Its words.
    pub body: String,
    /// What the carrier has already made of it; nothing where its words say what is meant.
    pub opt_out_type: Option<OptOutType>,
    /// When it was received: what "in ten minutes" counts from.
    pub received_at: Timestamp,
    /// How it is answered.
    pub route: AnswerRoute,
}

/// Whether who sent a text is served.
#[derive(Debug, Clone, PartialEq)]
pub enum Sender {
    /// They are.
    Served {
        /// Where the number is from.
        country: Country,
        /// The zone that the number suggests.
        zone: Zone,
    },
    /// They are not, whatever they ask for.
    Refused(Refusal),
}

/// Why somebody is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The number is of a country that is not served.
    Country,
    /// The number is no ordinary telephone's.
    Kind,
}

impl Sender {
    /// What dates are read by. Of those who are not served only the words about leaving count, which are the same
    /// everywhere.
    pub fn country(&self) -> Country {
        match self {
            Self::Served { country, .. } => *country,
            Self::Refused(_) => Country::US,
        }
    }

    /// What times of the day are read by, as long as they have said nothing about it.
    pub fn zone(&self) -> Zone {
        match self {
            Self::Served { zone, .. } => zone.clone(),
            Self::Refused(_) => Zone::UTC,
        }
    }
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerRoute {
    /// In the reply to the carrier's request.
    Reply,
    /// By a text of its own.
    Sms,
}
