//! Whose account it is, and the secrets that prove it.

use std::fmt;
use std::str::FromStr;

use reminder::ids::CarrierName;

/// An account's identifier: `AC` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSid(String);

/// A text that is not an account's identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected AC and 32 hexadecimal digits, found {length} characters that are not that")]
pub struct NotAnAccountSid {
    length: usize,
}

impl AccountSid {
    /// The identifier as it stands in URLs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountSid {
    type Err = NotAnAccountSid;

    fn from_str(text: &str) -> Result<Self, NotAnAccountSid> {
        let well_formed = text
            .strip_prefix("AC")
            .is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if well_formed { Ok(Self(text.to_owned())) } else { Err(NotAnAccountSid { length: text.chars().count() }) }
    }
}

/// A secret of the account: the password of our requests, and the key of Twilio's signatures. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthToken(String);

impl AuthToken {
    /// The token as the operator wrote it down; none if nothing was written.
    #[must_use]
    pub fn new(token: impl Into<String>) -> Option<Self> {
        let token = token.into();
        (!token.is_empty()).then_some(Self(token))
    }

    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthToken(…)")
    }
}

/// The tokens a webhook may be signed with: each account's and, while one is replaced, the other. Twilio signs with the
/// old one until the new one is made primary, and functions that started before still know only the old one.
#[derive(Debug, Clone)]
pub struct Tokens(pub Vec<AuthToken>);

/// The operator's accounts, each with the carrier name under which its calls are known.
#[derive(Debug, Clone, Default)]
pub struct Accounts(pub Vec<(AccountSid, CarrierName)>);

impl Accounts {
    /// The carrier that an account is.
    #[must_use]
    pub fn carrier(&self, sid: &str) -> Option<&CarrierName> {
        self.0.iter().find(|(account, _)| account.as_str() == sid).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_account_sid_is_one() {
        assert!("ACffffffffffffffffffffffffffffffff".parse::<AccountSid>().is_ok());
        for bad in ["", "AC", "CAffffffffffffffffffffffffffffffff", "ACfffffffffffffffffffffffffffffff/", "ACä"] {
            assert!(bad.parse::<AccountSid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_is_not_shown_and_not_empty() {
        let token = AuthToken::new("12345").unwrap();
        assert!(!format!("{token:?}").contains("12345"));
        assert_eq!(AuthToken::new(""), None);
    }
}
