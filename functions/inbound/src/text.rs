//! A text as it came in, whichever way it came.

use jiff::Timestamp;
use language::Country;
use reminder::ids::{MessageId, Number};
use reminder::record::Zone;
use reminder::wire::OptOutType;

use crate::numbers::Admission;

/// A text from somebody who can be answered.
#[derive(Clone)]
pub(crate) struct Text {
    /// Its name at the carrier.
    pub(crate) id: MessageId,
    /// Who sent it.
    pub(crate) from: Number,
    /// What their number says about them.
    pub(crate) sender: Sender,
    /// Its words.
    pub(crate) body: String,
    /// What the carrier has already made of it; nothing where its words say what is meant.
    pub(crate) opt_out_type: Option<OptOutType>,
    /// When it was received: what "in ten minutes" counts from.
    pub(crate) received_at: Timestamp,
    /// How it is answered.
    pub(crate) via: Via,
}

/// Whether who sent a text is served.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Sender {
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
pub(crate) enum Refusal {
    /// The number is of a country that is not served.
    Country,
    /// The number is no ordinary telephone's.
    Kind,
}

impl Sender {
    /// Whom a number belongs to; nobody where no answer may go.
    pub(crate) fn admitted(admission: Admission) -> Option<(Number, Self)> {
        match admission {
            Admission::Welcome { number, country, zone } => Some((number, Self::Served { country, zone })),
            Admission::CountryNotAllowed { number } => Some((number, Self::Refused(Refusal::Country))),
            Admission::NotCallable { number } => Some((number, Self::Refused(Refusal::Kind))),
            Admission::NotANumber | Admission::Own => None,
        }
    }

    /// What dates are read by. Of those who are not served only the words about leaving count, which are the same
    /// everywhere.
    pub(crate) fn country(&self) -> Country {
        match self {
            Self::Served { country, .. } => *country,
            Self::Refused(_) => Country::US,
        }
    }

    /// What times of the day are read by, as long as they have said nothing about it.
    pub(crate) fn zone(&self) -> Zone {
        match self {
            Self::Served { zone, .. } => zone.clone(),
            Self::Refused(_) => Zone::UTC,
        }
    }
}

/// How a text is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// In the reply to the carrier's request.
    Reply,
    /// By a text of its own.
    Sms,
}
