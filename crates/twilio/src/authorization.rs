//! What authorizes the requests to Twilio's API (<https://www.twilio.com/docs/usage/requests-to-twilio>).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::account::{AccountSid, AuthToken};

/// An API key of an account. With a key, requests need no token, and the key can be revoked alone. Webhooks are never
/// signed with a key (<https://www.twilio.com/docs/iam/api-keys>). Its secret is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    sid: String,
    secret: String,
}

/// The error for two texts that are not an API key and its secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnApiKey {
    /// The identifier is malformed.
    #[error("expected SK and 32 hexadecimal digits as the API key, found {length} characters of another form")]
    Sid {
        /// Length of the text in characters.
        length: usize,
    },
    /// The secret is empty.
    #[error("expected the secret of the API key, found an empty text")]
    EmptySecret,
}

impl ApiKey {
    /// Returns the key with this identifier and this secret.
    ///
    /// # Errors
    /// Fails if the identifier is not `SK` and 32 hexadecimal digits, or if the secret is empty.
    pub fn new(sid: &str, secret: &str) -> Result<Self, NotAnApiKey> {
        let digits = sid.strip_prefix("SK").unwrap_or_default();
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAnApiKey::Sid { length: sid.chars().count() });
        }
        if secret.is_empty() {
            return Err(NotAnApiKey::EmptySecret);
        }
        Ok(Self { sid: sid.to_owned(), secret: secret.to_owned() })
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// What authorizes a request: the value of its `Authorization` header. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(String);

impl Authorization {
    /// Returns the authorization by an account's token.
    #[must_use]
    pub fn of_token(account: &AccountSid, token: &AuthToken) -> Self {
        Self::basic(account.as_str(), token.secret())
    }

    /// Returns the authorization by an API key.
    #[must_use]
    pub fn of_api_key(key: &ApiKey) -> Self {
        Self::basic(&key.sid, &key.secret)
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

    #[test]
    fn an_api_key_authorizes_by_its_own_identifier_and_secret() {
        let key = ApiKey::new("SK0123456789abcdef0123456789abcdef", "hush").unwrap();
        let header = Authorization::of_api_key(&key).header().to_owned();
        assert_eq!(header, "Basic U0swMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpodXNo");
        assert_eq!(format!("{key:?}"), "ApiKey(…)");
    }

    #[test]
    fn a_malformed_api_key_is_refused_without_being_shown() {
        for sid in ["", "SK", "AC0123456789abcdef0123456789abcdef", "SK0123456789abcdef0123456789abcdeg"] {
            assert_eq!(ApiKey::new(sid, "hush"), Err(NotAnApiKey::Sid { length: sid.chars().count() }));
        }
        assert_eq!(ApiKey::new("SK0123456789abcdef0123456789abcdef", ""), Err(NotAnApiKey::EmptySecret));
    }
}
