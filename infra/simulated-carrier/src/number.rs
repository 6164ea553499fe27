//! Telephone numbers and the keys of a telephone.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Digits of an E.164 number, without the plus: the shortest in use and the longest the standard allows.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A telephone number in E.164 form, `+12125550123`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

/// Why a text is not a telephone number.
#[derive(Debug, Error)]
#[error("expected a number like +12125550123, found {found:?}")]
pub struct NotANumber {
    found: String,
}

impl PhoneNumber {
    /// Reads a number; nothing but E.164 is taken.
    ///
    /// # Errors
    /// The text is not a plus sign, a digit other than zero, and digits.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let refused = || NotANumber { found: text.to_owned() };
        let digits = text.strip_prefix('+').ok_or_else(refused)?;
        let well_formed = NUMBER_DIGITS.contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if well_formed { Ok(Self(text.to_owned())) } else { Err(refused()) }
    }

    /// The number as text, with its plus sign.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As Twilio shows it in `to_formatted`: American numbers in American style, others as they are.
    pub(super) fn formatted(&self) -> String {
        match (self.0.strip_prefix("+1"), self.0.len()) {
            (Some(national), 12) => format!("({}) {}-{}", &national[..3], &national[3..6], &national[6..]),
            _ => self.0.clone(),
        }
    }

    /// The country Twilio names in a webhook. Only the numbering plan this carrier sells numbers of is known.
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

/// A key of a telephone: `0` to `9`, `*` or `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(char);

/// Why a text is not a key.
#[derive(Debug, Error)]
#[error("expected one key of 0-9, * or #, found {found:?}")]
pub struct NotAKey {
    found: String,
}

impl Key {
    /// The key as it is printed.
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
    fn only_what_is_on_a_telephone_is_a_key() {
        for good in ["0", "9", "*", "#"] {
            assert!(Key::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "12", "a", "+"] {
            assert!(Key::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
