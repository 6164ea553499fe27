//! The name by which the service introduces itself.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The name by which the service introduces itself in texts and calls: letters and digits of ASCII, with spaces, dots,
/// dashes and apostrophes between them. So it can be spoken and fits a GSM-7 text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceName(String);

/// The text can't be the name of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {}", ServiceName::EXPECTED)]
pub struct NotAServiceName;

impl ServiceName {
    /// Maximum length of a name, in characters: the answers have no room for a longer name.
    pub const MAX: usize = 20;

    /// The name if the operator has not chosen another.
    pub const DEFAULT: &str = "sixthirty";

    /// The form that a name must have, for error messages.
    pub const EXPECTED: &str =
        "1 to 20 letters, digits, spaces, dots, dashes or apostrophes, with a letter or digit at both ends";

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ServiceName {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl FromStr for ServiceName {
    type Err = NotAServiceName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" .'-".contains(&byte);
        let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = name.as_bytes();
        let is_well_formed = bytes.len() <= Self::MAX
            && bytes.iter().copied().all(is_allowed)
            && is_end(bytes.first())
            && is_end(bytes.last());
        if is_well_formed { Ok(Self(name.to_owned())) } else { Err(NotAServiceName) }
    }
}

impl Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_can_be_spoken_and_texted() {
        let is_name = |name: &str| name.parse::<ServiceName>().is_ok();
        for name in ["sixthirty", "6", "Ann's Bakery", "St. Mary-le-Bow 2", &"a".repeat(20), ServiceName::DEFAULT] {
            assert!(is_name(name), "{name:?}");
        }
        for name in ["", " ", "Ann.", "-Ann", "a<b", "caf\u{e9}", "Ann\n", &"a".repeat(21)] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
