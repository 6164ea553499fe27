//! The operator's accounts at Twilio, and their tokens.

use std::fmt;
use std::str::FromStr;

use reminder::ids::CarrierName;

/// The carrier name of the first account. Message and call ids and the keys of stored channels contain it.
pub const NAME: &str = "twilio";

/// The carrier name of the operator's second account. It is a carrier of its own, because it has its own rate and can
/// fail independently.
pub const SECOND_NAME: &str = "twilio2";

/// The identifier of an account: `AC` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSid(String);

/// The error for a text that is not the identifier of an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected AC and 32 hexadecimal digits, found {length} characters of another form")]
pub struct NotAnAccountSid {
    length: usize,
}

impl AccountSid {
    /// Returns the identifier in the form that URLs contain.
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

/// The secret token of an account: the password of requests, and the key of Twilio's signatures. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthToken(String);

impl AuthToken {
    /// Returns the token that the operator configured, or `None` if the text is empty.
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

/// The tokens that a webhook may be signed with: each account's token and, while the operator rotates the token, also
/// its other token. The operator configures both tokens before Twilio uses the new one, so for some time Twilio still
/// signs with the old token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens(pub Vec<AuthToken>);

/// The operator's accounts. Each has a carrier name of its own, with which the ids of its calls begin.
#[derive(Debug, Clone, Default)]
pub struct Accounts(pub Vec<(AccountSid, CarrierName)>);

impl Accounts {
    /// Returns the carrier name of an account, or `None` if the account is not the operator's.
    #[must_use]
    pub fn carrier(&self, sid: &str) -> Option<&CarrierName> {
        self.0.iter().find(|(account, _)| account.as_str() == sid).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_another_form_is_not_an_account_sid() {
        assert!("ACffffffffffffffffffffffffffffffff".parse::<AccountSid>().is_ok());
        for bad in ["", "AC", "CAffffffffffffffffffffffffffffffff", "ACfffffffffffffffffffffffffffffff/", "ACä"] {
            assert!(bad.parse::<AccountSid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_is_never_shown_or_empty() {
        let token = AuthToken::new("12345").unwrap();
        assert!(!format!("{token:?}").contains("12345"));
        assert_eq!(AuthToken::new(""), None);
    }
}
