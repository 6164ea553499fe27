//! Decides whether a number is served, and guesses its zone. Does no I/O.
//!
//! The rules are libphonenumber's. Their first use takes some milliseconds.

mod zone;

use lambda::numbers::KnownNumber;
use language::Country;
use reminder::conversation::{NotServed, Sender};
use reminder::ids::Number;
use reminder::record::Zone;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType};

/// The countries whose numbers are served. An empty list stands for the country of the service's first own number.
#[derive(Debug, Clone)]
pub struct Countries(pub Vec<Country>);

/// Whether a number is served.
#[derive(Debug, Clone, PartialEq)]
pub enum Admission {
    /// The number is served.
    Served {
        /// The number in its normal form.
        number: Number,
        /// The country of the number.
        country: Country,
        /// The zone that the number suggests. It is a guess, so the first answer names it.
        zone: Zone,
    },
    /// The sender is not a telephone number, but for example a name or a short code, which can't be called. It gets no
    /// answer, because it is a machine.
    NotANumber,
    /// The number is the service's own. It gets no answer: otherwise the service would answer itself without end.
    Own,
    /// The number's country is not served. It may get a refusal, see [`turn_away`](reminder::conversation::turn_away).
    CountryNotServed {
        /// The number in its normal form.
        number: Number,
    },
    /// The number is not known to be an ordinary telephone. For example, it is a premium-rate, toll-free or pager
    /// number, belongs to no country, or does not exist. It may get a refusal, see
    /// [`turn_away`](reminder::conversation::turn_away).
    NotCallable {
        /// The number in its normal form, or as it was given if it belongs to no country.
        number: Number,
    },
}

impl Admission {
    /// Returns the sender and their number, or nothing if the text is ignored.
    pub(crate) fn sender(self) -> Option<(Number, Sender)> {
        match self {
            Self::Served { number, country, zone } => Some((number, Sender::Served { country, zone })),
            Self::CountryNotServed { number } => Some((number, Sender::NotServed(NotServed::Country))),
            Self::NotCallable { number } => Some((number, Sender::NotServed(NotServed::Kind))),
            Self::NotANumber | Self::Own => None,
        }
    }
}

/// Loads the rules for numbers like this one before the first text, so that no text waits for them.
pub fn warm(number: &Number) {
    drop(NumberFacts::of(number));
}

/// Returns whether the sender of a text is served.
///
/// A number is returned in its normal form if the rules know its country. If it kept the form in which it was sent, a
/// sender could escape the limits of their number by inserting a trunk prefix, which telephone networks drop.
#[must_use]
pub fn admit(from: &str, own: &[Number], served: &Countries) -> Admission {
    let Ok(given) = from.parse::<Number>() else { return Admission::NotANumber };
    if own.contains(&given) {
        return Admission::Own;
    }
    let Some(facts) = NumberFacts::of(&given) else { return Admission::NotCallable { number: given } };
    let NumberFacts { number, country, .. } = facts;
    if own.contains(&number) {
        Admission::Own
    } else if !served.include(country, own) {
        Admission::CountryNotServed { number }
    } else {
        match facts.callable.then(|| zone::guess(country, &facts.national)).flatten() {
            Some(zone) => Admission::Served { number, country, zone },
            None => Admission::NotCallable { number },
        }
    }
}

impl Countries {
    fn include(&self, country: Country, own: &[Number]) -> bool {
        if self.0.is_empty() {
            own.first().and_then(NumberFacts::of).is_some_and(|facts| facts.country == country)
        } else {
            self.0.contains(&country)
        }
    }
}

/// The facts that the rules know about a number.
struct NumberFacts {
    number: Number,
    country: Country,
    /// The digits after the country code.
    national: String,
    callable: bool,
}

impl NumberFacts {
    /// Returns nothing if the rules find no country for the number.
    fn of(number: &Number) -> Option<Self> {
        let KnownNumber { number, country, parsed } = KnownNumber::of(number)?;
        let national = parsed.get_national_significant_number();
        Some(Self { number, country, national, callable: callable(&parsed) })
    }
}

/// Whether the number can be a person's telephone that is called at an ordinary price. libphonenumber's "personal
/// numbers", which forward to any telephone, are excluded, because the caller pays for the forwarding.
fn callable(number: &PhoneNumber) -> bool {
    match PHONE_NUMBER_UTIL.get_number_type(number) {
        PhoneNumberType::FixedLine
        | PhoneNumberType::Mobile
        | PhoneNumberType::FixedLineOrMobile
        | PhoneNumberType::VoIP => true,
        PhoneNumberType::TollFree
        | PhoneNumberType::PremiumRate
        | PhoneNumberType::SharedCost
        | PhoneNumberType::PersonalNumber
        | PhoneNumberType::Pager
        | PhoneNumberType::UAN
        | PhoneNumberType::VoiceMail
        | PhoneNumberType::Unknown => false,
    }
}

#[cfg(test)]
mod tests;
