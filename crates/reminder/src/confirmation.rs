//! The code with which the owner of a number confirms it by text. A forger of texts does not see the texts that the
//! number gets, so they do not know its code.

use std::fmt;
use std::str::FromStr;

use crate::ids::Malformed;

/// Number of digits of a code.
const DIGITS: usize = 6;

/// Number of different codes. With [`WRONG_CODES_MAX`](crate::limits::WRONG_CODES_MAX) tries a day, a forger who tries
/// codes for a year finds a given code with a probability of 0.2 %.
const CODES: u32 = 1_000_000;

/// A code of six digits. It is random, so that it can't be computed from the number. Its `Debug` form does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ConfirmationCode(u32);

impl ConfirmationCode {
    /// Returns the code for a random number. The number must have many more random bits than the 20 of a code, or some
    /// codes are more likely than others.
    pub fn of_random(random: u128) -> Self {
        Self(u32::try_from(random % u128::from(CODES)).unwrap_or(0))
    }
}

impl fmt::Display for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$}", self.0)
    }
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationCode(…)")
    }
}

impl FromStr for ConfirmationCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed::new("a code of 6 digits", text);
        let is_code = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_code).map(Self).ok_or_else(malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits_and_is_not_shown_in_a_log() {
        for (random, expected) in [(0, "000000"), (42, "000042"), (999_999, "999999"), (1_000_007, "000007")] {
            let code = ConfirmationCode::of_random(random);
            assert_eq!(code.to_string(), expected);
            assert_eq!(expected.parse(), Ok(code));
            assert!(!format!("{code:?}").contains(char::is_numeric));
        }
        assert!(ConfirmationCode::of_random(u128::MAX).to_string().len() == DIGITS);
        for text in ["", "12345", "1234567", "12345a", "+12345", " 12345", "１２３４５６"] {
            assert!(text.parse::<ConfirmationCode>().is_err(), "{text}");
        }
    }
}
