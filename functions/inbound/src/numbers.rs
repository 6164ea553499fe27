//! Whose number it is, whether it is served, and what time it probably is there. Pure.
//!
//! The rules are libphonenumber's. They cost some milliseconds when they are first asked.

mod zone;

use language::Country;
use reminder::conversation::{Refusal, Sender};
use reminder::ids::Number;
use reminder::record::Zone;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};

/// Countries whose numbers are called; none stands for that of the number that people text, the first of our own.
#[derive(Debug, Clone)]
pub struct Countries(pub Vec<Country>);

/// Whether a sender is served.
#[derive(Debug, Clone, PartialEq)]
pub enum Admission {
    /// It is.
    Welcome {
        /// Its number, written the one way it is written.
        number: Number,
        /// Where it belongs.
        country: Country,
        /// The time that is probably kept there: a guess, which is why the answer says it.
        zone: Zone,
    },
    /// Letters or a short code: nobody to call, and an answer would talk to a machine. No answer.
    NotANumber,
    /// The service itself: an answer would go round in circles. No answer.
    Own,
    /// It is of a country that the operator does not serve. A polite no.
    CountryNotAllowed {
        /// Its number.
        number: Number,
    },
    /// No person's ordinary telephone: calling it would cost too much, or nobody has it. A polite no.
    NotCallable {
        /// Its number.
        number: Number,
    },
}

impl Admission {
    /// Returns the sender and their number, or nothing if no answer may be sent.
    pub(crate) fn sender(self) -> Option<(Number, Sender)> {
        match self {
            Self::Welcome { number, country, zone } => Some((number, Sender::Served { country, zone })),
            Self::CountryNotAllowed { number } => Some((number, Sender::Refused(Refusal::Country))),
            Self::NotCallable { number } => Some((number, Sender::Refused(Refusal::Kind))),
            Self::NotANumber | Self::Own => None,
        }
    }
}

/// Reads the rules, which are kept, so that no text waits for it: those for numbers such as this one.
pub fn warm(number: &Number) {
    drop(PhoneLine::of(number));
}

/// Says whether the sender of a text is served.
///
/// The number it gives is the one way to write it: rules such as a budget for each number would otherwise be escaped by
/// writing a trunk prefix into it, which telephone networks drop.
#[must_use]
pub fn admit(from: &str, own: &[Number], allowed: &Countries) -> Admission {
    let Ok(given) = from.parse::<Number>() else { return Admission::NotANumber };
    if own.contains(&given) {
        return Admission::Own;
    }
    let Some(line) = PhoneLine::of(&given) else { return Admission::NotCallable { number: given } };
    let PhoneLine { number, country, .. } = line;
    if own.contains(&number) {
        Admission::Own
    } else if !allowed.include(country, own) {
        Admission::CountryNotAllowed { number }
    } else {
        match line.callable.then(|| zone::guess(country, &line.national)).flatten() {
            Some(zone) => Admission::Welcome { number, country, zone },
            None => Admission::NotCallable { number },
        }
    }
}

impl Countries {
    fn include(&self, country: Country, own: &[Number]) -> bool {
        if self.0.is_empty() {
            own.first().and_then(PhoneLine::of).is_some_and(|line| line.country == country)
        } else {
            self.0.contains(&country)
        }
    }
}

/// What the rules know of a number that may exist.
struct PhoneLine {
    number: Number,
    country: Country,
    /// The digits after the country's code.
    national: String,
    callable: bool,
}

impl PhoneLine {
    /// None if no country has such a number: an unassigned range is a known way to be paid for calls.
    fn of(number: &Number) -> Option<Self> {
        let parsed = PHONE_NUMBER_UTIL.parse(number.as_str(), None).ok()?;
        // A network that is no country's, such as a satellite's, has a region without two letters.
        let region = PHONE_NUMBER_UTIL.get_region_for_number(&parsed)?;
        Some(Self {
            number: PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164).parse().ok()?,
            country: region.as_region_str().as_str().parse().ok()?,
            national: parsed.get_national_significant_number(),
            callable: callable(&parsed),
        })
    }
}

/// Whether a person may have it as their telephone, at the price of an ordinary call. Personal numbers follow their owner
/// at the caller's cost.
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
