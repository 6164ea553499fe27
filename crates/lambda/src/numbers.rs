//! The normal form of phone numbers, by which people are identified.
//!
//! The rules are libphonenumber's. Their first use takes some milliseconds.

use language::Country;
use reminder::ids::Number;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

/// A number whose country the rules know.
#[derive(Debug)]
pub struct KnownNumber {
    /// The number in its normal form.
    pub number: Number,
    /// The country of the number.
    pub country: Country,
    /// The number as the rules read it.
    pub parsed: PhoneNumber,
}

impl KnownNumber {
    /// Returns the number as the rules know it. Returns nothing if the rules find no country for it. If a country code
    /// belongs to one country alone, the rules don't look at the rest of the number, which may be unassigned.
    #[must_use]
    pub fn of(number: &Number) -> Option<Self> {
        let parsed = PHONE_NUMBER_UTIL.parse(number.as_str(), None).ok()?;
        // Networks without a country, such as satellite networks, have a region that is not two letters.
        let region = PHONE_NUMBER_UTIL.get_region_for_number(&parsed)?;
        Some(Self {
            number: PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164).parse().ok()?,
            country: region.as_region_str().as_str().parse().ok()?,
            parsed,
        })
    }
}

/// Returns the number of a sender or caller in its normal form, which has no trunk prefix. Telephone networks drop that
/// prefix, but some carriers pass it on for calls and not for texts. A number for which the rules find no country is
/// returned unchanged. Returns nothing for a name or a withheld number.
#[must_use]
pub fn normal_form(from: &str) -> Option<Number> {
    let given = from.parse::<Number>().ok()?;
    Some(KnownNumber::of(&given).map_or(given, |known| known.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_normal_form() {
        for (from, normal) in [
            ("+12125550142", Some("+12125550142")),
            ("+112125550142", Some("+12125550142")),
            ("+4402079460142", Some("+442079460142")),
            ("+442079460142", Some("+442079460142")),
            // The rules find no country for this number.
            ("+9991234567", Some("+9991234567")),
            ("anonymous", None),
            ("", None),
        ] {
            assert_eq!(normal_form(from).as_ref().map(Number::as_str), normal, "{from}");
        }
    }
}
