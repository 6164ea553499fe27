//! Phone numbers and the keys of a phone.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Number of digits of an E.164 number, from the shortest in use to the longest that the standard allows.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A phone number in E.164 format: `+12125550123`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// The error for a string that is not a phone number.
#[derive(Debug, Error)]
#[error("expected a phone number like +12125550123, found {found:?}")]
pub struct NotANumber {
    found: String,
}

impl PhoneNumber {
    /// Parses a number in E.164 format.
    ///
    /// # Errors
    /// Fails if the string is not a plus sign followed by 7 to 15 digits, or if the first digit is zero.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let refused = || NotANumber { found: text.to_owned() };
        let digits = text.strip_prefix('+').ok_or_else(refused)?;
        let well_formed = NUMBER_DIGITS.contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(refused()) }
    }

    /// Returns the number with its plus sign.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Formats the number as in Twilio's `to_formatted`: +1 with ten digits in US style, other numbers unchanged.
    pub(super) fn formatted(&self) -> String {
        match (self.0.strip_prefix("+1"), self.0.len()) {
            (Some(national), 12) => format!("({}) {}-{}", &national[..3], &national[3..6], &national[6..]),
            _ => self.0.clone(),
        }
    }

    /// Returns the country for webhooks, with less detail than at Twilio: `US` for every number that begins with +1,
    /// and an empty string for all others.
    pub(super) fn country(&self) -> &'static str {
        if self.0.starts_with("+1") { "US" } else { "" }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        Self::parse(&text)
    }
}

impl std::str::FromStr for PhoneNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Self::parse(text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.0
    }
}

/// A key of a phone: `0` to `9`, `*` or `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(char);

/// The error for a string that is not a key.
#[derive(Debug, Error)]
#[error("expected one key of 0-9, * or #, found {found:?}")]
pub struct NotAKey {
    found: String,
}

impl Key {
    /// Returns the character of the key.
    #[must_use]
    pub fn as_char(self) -> char {
        self.0
    }
}

impl TryFrom<String> for Key {
    type Error = NotAKey;

    fn try_from(text: String) -> Result<Self, NotAKey> {
        let mut keys = text.chars();
        match (keys.next(), keys.next()) {
            (Some(key), None) if key.is_ascii_digit() || key == '*' || key == '#' => Ok(Self(key)),
            _ => Err(NotAKey { found: text }),
        }
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_is_a_number() {
        for good in ["+12125550123", "+442079460123", "+4930123"] {
            assert!(PhoneNumber::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "+", "12125550123", "+02125550123", "+1 212 555 0123", "+123456", "+1234567890123456", "INFO"] {
            assert!(PhoneNumber::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_keys_of_a_phone_are_parsed() {
        for good in ["0", "9", "*", "#"] {
            assert!(Key::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "12", "a", "+"] {
            assert!(Key::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
