//! The secret of a deployment: the carriers' credentials, and the key that people's ids are derived with.

use std::fmt;

use anyhow::{Context, ensure};
use reminder::ids::PersonKey;
use serde::Deserialize;

/// The secret of one deployment. A function reads it when it starts, and again after a refusal. While an operator
/// rotates the carrier's token, webhooks signed with either `auth_token` or `previous_auth_token` are accepted.
#[derive(Clone)]
pub struct Secret {
    account_sid: String,
    auth_token: String,
    previous_auth_token: Option<String>,
    api_key: Option<ApiKey>,
    second: Option<SecondAccount>,
    person_key: PersonKey,
}

/// An API key of an account. It replaces the token as the password of requests, but webhooks stay signed with the
/// token. One half is empty if the operator has written only the other half so far.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The key's identifier, which is the user name of requests. May be empty.
    pub sid: String,
    /// The key's secret, which is the password of requests. May be empty.
    pub secret: String,
}

/// The credentials of the account that is used while the first one fails.
#[derive(Clone)]
pub struct SecondAccount {
    /// The account's identifier at the carrier.
    pub account_sid: String,
    /// The account's token: the password of requests, and the key of webhooks' signatures.
    pub auth_token: String,
    /// The other token that webhooks may be signed with while the token is rotated. `None` outside a rotation.
    pub previous_auth_token: Option<String>,
    /// The API key of requests. `None` if the token is their password.
    pub api_key: Option<ApiKey>,
}

/// The operator has not written the carrier's credentials yet: the secret is as the first deploy has created it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unwritten;

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected the carrier's account_sid and auth_token, found both empty")
    }
}

impl std::error::Error for Unwritten {}

/// The secret in its stored form.
#[derive(Deserialize)]
struct Stored {
    account_sid: String,
    auth_token: String,
    #[serde(default)]
    previous_auth_token: String,
    #[serde(default)]
    api_key: String,
    #[serde(default)]
    api_key_secret: String,
    #[serde(default)]
    second_account_sid: String,
    #[serde(default)]
    second_auth_token: String,
    #[serde(default)]
    second_previous_auth_token: String,
    #[serde(default)]
    second_api_key: String,
    #[serde(default)]
    second_api_key_secret: String,
    person_key: String,
}

impl Secret {
    /// Parses the stored JSON.
    ///
    /// # Errors
    /// Fails if the JSON is malformed, if the first account's identifier or token is empty, or if `person_key` is
    /// malformed. With an empty token anyone could forge a webhook's signature. Fails with [`Unwritten`] if both the
    /// identifier and the token are empty.
    pub fn parse(json: &str) -> anyhow::Result<Self> {
        // The error of serde is dropped, because it could quote the secret.
        let stored: Stored = serde_json::from_str(json).ok().with_context(|| {
            format!(
                "expected JSON with the strings account_sid, auth_token and person_key, and optional strings such as \
                 previous_auth_token, found {} characters of another form",
                json.chars().count()
            )
        })?;
        ensure!(!stored.account_sid.is_empty() || !stored.auth_token.is_empty(), Unwritten);
        ensure!(!stored.account_sid.is_empty(), "expected the carrier's account_sid, found an empty string");
        ensure!(!stored.auth_token.is_empty(), "expected the carrier's auth_token, found an empty string");
        Ok(Self {
            second: second(&stored),
            api_key: api_key(&stored.api_key, &stored.api_key_secret),
            account_sid: stored.account_sid,
            auth_token: stored.auth_token,
            previous_auth_token: Some(stored.previous_auth_token).filter(|token| !token.is_empty()),
            person_key: PersonKey::new(stored.person_key.as_bytes()).context("person_key")?,
        })
    }

    /// Returns the account's identifier at the carrier.
    pub fn account_sid(&self) -> &str {
        &self.account_sid
    }

    /// Returns the account's token: the password of requests, and the key of webhooks' signatures.
    pub fn auth_token(&self) -> &str {
        &self.auth_token
    }

    /// Returns the other token that webhooks may be signed with while the token is rotated, if there is one.
    pub fn previous_auth_token(&self) -> Option<&str> {
        self.previous_auth_token.as_deref()
    }

    /// Returns the API key of requests. `None` if the token is their password.
    pub fn api_key(&self) -> Option<&ApiKey> {
        self.api_key.as_ref()
    }

    /// Returns the credentials of the second account, if there is one.
    pub fn second(&self) -> Option<&SecondAccount> {
        self.second.as_ref()
    }

    /// Returns the key that people's ids are derived with.
    pub fn person_key(&self) -> &PersonKey {
        &self.person_key
    }

    /// Whether another secret has the same accounts and the same key of people, so that only the accounts' credentials
    /// may differ. A second account that is only in this secret does not count: running functions do not use it. A second
    /// account that is only in the other one was removed, or is being written.
    pub fn has_accounts_and_key_of(&self, other: &Self) -> bool {
        let same_second = match (&self.second, &other.second) {
            (Some(own), Some(other)) => own.account_sid == other.account_sid,
            (Some(_) | None, None) => true,
            (None, Some(_)) => false,
        };
        let people = |secret: &Self| secret.person_key.digest("");
        self.account_sid == other.account_sid && same_second && people(self) == people(other)
    }
}

/// Returns the second account if both its identifier and its token are set. An incomplete second account is ignored, so
/// that it does not stop the first one.
fn second(stored: &Stored) -> Option<SecondAccount> {
    let is_complete = !stored.second_account_sid.is_empty() && !stored.second_auth_token.is_empty();
    is_complete.then(|| SecondAccount {
        account_sid: stored.second_account_sid.clone(),
        auth_token: stored.second_auth_token.clone(),
        previous_auth_token: Some(stored.second_previous_auth_token.clone()).filter(|token| !token.is_empty()),
        api_key: api_key(&stored.second_api_key, &stored.second_api_key_secret),
    })
}

/// Returns the API key, or the half of it that is set.
fn api_key(sid: &str, secret: &str) -> Option<ApiKey> {
    let is_absent = sid.is_empty() && secret.is_empty();
    (!is_absent).then(|| ApiKey { sid: sid.to_owned(), secret: secret.to_owned() })
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl fmt::Debug for SecondAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecondAccount(…)")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(sid: &str, token: &str, previous: &str, key: &str) -> String {
        format!(
            r#"{{"account_sid":"{sid}","auth_token":"{token}","previous_auth_token":"{previous}","person_key":"{key}"}}"#
        )
    }

    #[test]
    fn a_secret_with_one_account_is_read() {
        let secret = Secret::parse(&json("AC1", "new", "old", "0123456789abcdef")).unwrap();
        assert_eq!((secret.account_sid(), secret.auth_token()), ("AC1", "new"));
        assert_eq!(secret.previous_auth_token(), Some("old"));
        assert_eq!(secret.person_key().digest("x"), PersonKey::new(b"0123456789abcdef").unwrap().digest("x"));
    }

    #[test]
    fn an_empty_previous_token_is_absent() {
        let secret = Secret::parse(&json("AC1", "new", "", "0123456789abcdef")).unwrap();
        assert_eq!(secret.previous_auth_token(), None);
    }

    #[test]
    fn an_incomplete_secret_is_refused_without_being_quoted() {
        for bad in [
            String::new(),
            "hush-hush".to_owned(),
            r#"{"auth_token":"hush-hush"}"#.to_owned(),
            r#"{"account_sid":"AC1","auth_token":5,"person_key":"hush-hush-hush-hush"}"#.to_owned(),
            json("", "hush-hush", "", "0123456789abcdef"),
            json("AC1", "", "hush-hush", "0123456789abcdef"),
            json("AC1", "hush-hush", "", "short"),
        ] {
            let error = format!("{:#}", Secret::parse(&bad).unwrap_err());
            assert!(error.contains("expected"), "{error}");
            assert!(!error.contains("hush") && !error.contains("short"), "{error}");
        }
    }

    #[test]
    fn a_secret_that_nobody_has_written_is_told_from_an_incomplete_one() {
        let error =
            |sid, token| Secret::parse(&json(sid, token, "", "0123456789abcdef")).unwrap_err().context("SECRET_ID");
        assert_eq!(error("", "").downcast_ref(), Some(&Unwritten));
        for incomplete in [error("AC1", ""), error("", "hush-hush")] {
            assert_eq!(incomplete.downcast_ref::<Unwritten>(), None);
        }
    }

    #[test]
    fn a_second_account_is_read_only_if_it_is_complete() {
        let with = |sid: &str, token: &str, previous: &str| {
            let second = format!(
                r#"{{"second_account_sid":"{sid}","second_auth_token":"{token}","second_previous_auth_token":"{previous}","#
            );
            Secret::parse(&json("AC1", "hush-hush", "", "0123456789abcdef").replacen('{', &second, 1)).unwrap()
        };
        for (sid, token) in [("", ""), ("AC2", ""), ("", "hush")] {
            assert!(with(sid, token, "").second().is_none());
        }
        let secret = with("AC2", "hush", "old");
        let second = secret.second().unwrap();
        assert_eq!((second.account_sid.as_str(), second.auth_token.as_str()), ("AC2", "hush"));
        assert_eq!(second.previous_auth_token.as_deref(), Some("old"));
        assert_eq!(with("AC2", "hush", "").second().unwrap().previous_auth_token, None);
        assert_eq!(format!("{second:?}"), "SecondAccount(…)");
    }

    #[test]
    fn an_api_key_is_read_even_if_only_half_of_it_is_written() {
        let with = |sid: &str, secret: &str| {
            let key = format!(r#"{{"api_key":"{sid}","api_key_secret":"{secret}","#);
            Secret::parse(&json("AC1", "token", "", "0123456789abcdef").replacen('{', &key, 1))
        };
        assert_eq!(with("", "").unwrap().api_key(), None);
        let key = ApiKey { sid: "SK1".to_owned(), secret: "hush-hush".to_owned() };
        assert_eq!(with("SK1", "hush-hush").unwrap().api_key(), Some(&key));
        assert_eq!(format!("{key:?}"), "ApiKey(…)");
        for (sid, secret) in [("SK1", ""), ("", "hush-hush")] {
            let half = ApiKey { sid: sid.to_owned(), secret: secret.to_owned() };
            assert_eq!(with(sid, secret).unwrap().api_key(), Some(&half));
        }
    }

    #[test]
    fn a_second_account_has_an_api_key_of_its_own() {
        let with = |sid: &str, secret: &str| {
            let second = format!(
                r#"{{"second_account_sid":"AC2","second_auth_token":"x","second_api_key":"{sid}","second_api_key_secret":"{secret}","#
            );
            Secret::parse(&json("AC1", "token", "", "0123456789abcdef").replacen('{', &second, 1)).unwrap()
        };
        assert_eq!(with("", "").second().unwrap().api_key, None);
        assert_eq!(with("SK2", "hush").second().unwrap().api_key.as_ref().unwrap().sid, "SK2");
        assert_eq!(with("SK2", "").second().unwrap().api_key.as_ref().unwrap().secret, "");
    }

    #[test]
    fn a_new_token_is_told_from_another_account_or_key_of_people() {
        let secret = |json: &str| Secret::parse(json).unwrap();
        let one = secret(&json("AC1", "old", "", "0123456789abcdef"));
        assert!(one.has_accounts_and_key_of(&secret(&json("AC1", "new", "old", "0123456789abcdef"))));
        for other in [json("AC2", "old", "", "0123456789abcdef"), json("AC1", "old", "", "0123456789abcdeX")] {
            assert!(!one.has_accounts_and_key_of(&secret(&other)), "{other}");
        }
        let with_second = |sid: &str, token: &str| {
            let second = format!(r#"{{"second_account_sid":"{sid}","second_auth_token":"{token}","#);
            secret(&json("AC1", "old", "", "0123456789abcdef").replacen('{', &second, 1))
        };
        let two = with_second("AC2", "old");
        // A second account with which the function has started must not vanish while the secret is edited.
        assert!(!one.has_accounts_and_key_of(&two) && two.has_accounts_and_key_of(&one));
        assert!(two.has_accounts_and_key_of(&with_second("AC2", "new")));
        assert!(!two.has_accounts_and_key_of(&with_second("AC3", "old")));
    }

    #[test]
    fn a_secret_is_not_shown_by_debug() {
        let secret = Secret::parse(&json("AC1", "new", "old", "0123456789abcdef")).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
