//! What authorizes the requests to Twilio's API (<https://www.twilio.com/docs/usage/requests-to-twilio>).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::account::{AccountSid, AuthToken};

/// What authorizes a request: the value of its `Authorization` header. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(String);

impl Authorization {
    /// Returns the authorization by an account's token.
    #[must_use]
    pub fn of_token(account: &AccountSid, token: &AuthToken) -> Self {
        Self::basic(account.as_str(), token.secret())
    }

    fn basic(user: &str, password: &str) -> Self {
        Self(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
    }

    pub(super) fn header(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authorization_is_never_shown() {
        let account = "ACffffffffffffffffffffffffffffffff".parse().unwrap();
        let authorization = Authorization::of_token(&account, &AuthToken::new("12345").unwrap());
        assert_eq!(format!("{authorization:?}"), "Authorization(…)");
    }
}
