//! Countries, as far as language goes: which holidays are meant, and whether the month or the day is written first.

use std::{fmt, str::FromStr};

/// An ISO 3166-1 alpha-2 code, such as `US`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A text that was expected to be a country's two letters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected two letters of ISO 3166-1, found {found:?}")]
pub struct NotACountry {
    /// What was found instead.
    pub found: String,
}

impl Country {
    /// The United States.
    pub const US: Country = Country(*b"US");

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Both bytes are ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or("US")
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        match *text.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Country([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => Err(NotACountry { found: text.to_owned() }),
        }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
