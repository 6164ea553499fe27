//! The operator's accounts at the carrier, as the secret and the configuration describe them.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use aws::configuration::CarrierConfig;
use aws::connect::SecretReader;
use aws::secret::{ApiKey, Secret};
use reminder::ids::{CarrierName, Number};
use reminder::policy::Policy;
use reminder::ports::Carrier;
use twilio::{AccountSid, AuthToken, Authorization, Current, Tokens, Twilio, TwilioConfig};

use crate::carrier::{Accounts, PublicUrl};
use crate::credentials::{AccountCredentials, StoredCredentials};

/// The secret of the deployment, from which the credentials are read again.
pub struct StoredSecret {
    pub(super) reader: SecretReader,
    pub(super) at_start: Secret,
}

impl StoredCredentials for StoredSecret {
    type Error = anyhow::Error;

    async fn read(&self) -> anyhow::Result<AccountCredentials> {
        credentials_again(&self.reader.read_again().await?, &self.at_start)
    }
}

/// Returns the credentials of a secret that was read again.
fn credentials_again(secret: &Secret, at_start: &Secret) -> anyhow::Result<AccountCredentials> {
    ensure!(
        secret.has_accounts_and_key_of(at_start),
        "expected the accounts and the person_key with which this function has started, found others in the secret; a \
         change of them needs a restart of the functions"
    );
    credentials_of(secret)
}

/// Returns the credentials of all accounts in the secret.
///
/// # Errors
/// Fails if those of the first account are malformed.
pub(super) fn credentials_of(secret: &Secret) -> anyhow::Result<AccountCredentials> {
    let token =
        AuthToken::new(secret.auth_token()).context("expected the carrier's auth_token, found an empty string")?;
    let sid = account_sid(secret.account_sid())?;
    let first: CarrierName = twilio::NAME.parse()?;
    let mut authorizations = vec![(first, authorization(&sid, &token, secret.api_key()))];
    let mut tokens = vec![token];
    tokens.extend(secret.previous_auth_token().and_then(AuthToken::new));
    if let Some(second) = secret.second()
        && let Some(token) = AuthToken::new(second.auth_token.as_str())
    {
        // A malformed second account must not stop the first one. Without an authorization it is not used.
        let authorized =
            account_sid(&second.account_sid).map(|sid| authorization(&sid, &token, second.api_key.as_ref()));
        match authorized {
            Ok(authorization) => authorizations.push((twilio::SECOND_NAME.parse()?, authorization)),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the second account's credentials are malformed")
            }
        }
        tokens.push(token);
        tokens.extend(second.previous_auth_token.as_deref().and_then(AuthToken::new));
    }
    Ok(AccountCredentials { tokens: Tokens(tokens), authorizations })
}

/// Returns what authorizes an account's requests: its API key, or its token if it has no key, or one that can't be used.
/// A key that can't be used raises an alarm. It does not stop calls: the operator may be writing its halves one after the
/// other. If the halves belong to two keys, only the carrier notices.
fn authorization(sid: &AccountSid, token: &AuthToken, api_key: Option<&ApiKey>) -> Authorization {
    match api_key.map(|key| twilio::ApiKey::new(&key.sid, &key.secret)) {
        Some(Ok(key)) => Authorization::of_api_key(&key),
        Some(Err(error)) => {
            tracing::error!(%error, account = sid.as_str(), "the API key in the secret can't be used; the account's token authorizes requests instead");
            Authorization::of_token(sid, token)
        }
        None => Authorization::of_token(sid, token),
    }
}

fn account_sid(sid: &str) -> anyhow::Result<AccountSid> {
    sid.parse().context("the secret's account_sid or second_account_sid")
}

/// The clients of the accounts: one account, and perhaps a second account.
pub(super) struct Carriers {
    pub(super) clients: Vec<Twilio>,
    pub(super) accounts: Accounts,
}

/// What the clients of all accounts have in common.
struct Common<'a> {
    credentials: &'a AccountCredentials,
    config: &'a CarrierConfig,
    public_url: &'a PublicUrl,
    policy: &'a Policy,
}

/// One account, with its carrier name, its number, and the URL of its API in the variable of this name.
struct Account<'a> {
    name: &'static str,
    sid: &'a str,
    url_variable: &'static str,
    url: &'a str,
    service_number: &'a Number,
}

impl Carriers {
    /// Makes the client of each account. If the second account is misconfigured, this is only logged, because it must
    /// not stop the first one.
    ///
    /// # Errors
    /// Fails if the first account is misconfigured.
    pub(super) fn new(
        secret: &Secret,
        credentials: &AccountCredentials,
        config: &CarrierConfig,
        public_url: &PublicUrl,
        policy: &Policy,
    ) -> anyhow::Result<Self> {
        let common = Common { credentials, config, public_url, policy };
        let mut carriers = Self { clients: Vec::new(), accounts: Accounts::default() };
        carriers.add(
            &common,
            &Account {
                name: twilio::NAME,
                sid: secret.account_sid(),
                url_variable: "CARRIER_URL",
                url: &config.url,
                service_number: &config.service_number,
            },
        )?;
        if let Some(second) = secret.second() {
            if let Err(error) = carriers.add_second(&common, &second.account_sid) {
                tracing::error!(error = format!("{error:#}"), "the second account can't be used");
            }
        } else if config.second.is_some() {
            tracing::warn!("SECOND_SERVICE_NUMBER is set, but the secret has no complete second account");
        }
        Ok(carriers)
    }

    /// Adds the second account.
    ///
    /// If no number is configured for the account, it is not used for new calls or texts. Its callbacks are still
    /// accepted, because some of its calls may be under way.
    fn add_second(&mut self, common: &Common<'_>, sid: &str) -> anyhow::Result<()> {
        let Some(config) = &common.config.second else {
            tracing::warn!("the secret has a second account, but SECOND_SERVICE_NUMBER is empty");
            self.accounts.0.push((account_sid(sid)?, twilio::SECOND_NAME.parse()?));
            return Ok(());
        };
        self.add(
            common,
            &Account {
                name: twilio::SECOND_NAME,
                sid,
                url_variable: "SECOND_CARRIER_URL",
                url: &config.url,
                service_number: &config.service_number,
            },
        )
    }

    /// Adds an account and its client.
    fn add(&mut self, common: &Common<'_>, account: &Account<'_>) -> anyhow::Result<()> {
        let (name, sid): (CarrierName, _) = (account.name.parse()?, account_sid(account.sid)?);
        let authorization = common.credentials.authorization(&name).context("expected credentials of the account")?;
        let times = common.policy.times();
        let client = Twilio::new(TwilioConfig {
            name: name.clone(),
            base_url: account.url.to_owned(),
            account_sid: sid.clone(),
            authorization: authorization.clone(),
            service_number: account.service_number.clone(),
            public_url: common.public_url.clone(),
            ring_s: times.ring_s,
            talk_s: times.talk_s,
            machine_detection: common.config.machine_detection,
            timeout: Duration::from_secs(u64::try_from(times.carrier_s)?),
        });
        let client = client.context(account.url_variable)?;
        self.accounts.0.push((sid, name));
        self.clients.push(client);
        Ok(())
    }

    /// Returns what authorizes the requests of each client, to be replaced when it changes.
    pub(super) fn authorizations(&self) -> Vec<(CarrierName, Current<Authorization>)> {
        self.clients.iter().map(|client| (client.name().clone(), client.authorization().clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Level, Metadata, Subscriber};

    use super::*;

    /// Counts error lines, each of which raises an alarm.
    struct ErrorLines(Arc<AtomicUsize>);

    impl Subscriber for ErrorLines {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            *metadata.level() == Level::ERROR
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, _: &Event<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn enter(&self, _: &Id) {}

        fn exit(&self, _: &Id) {}
    }

    const FIRST: &str = "AC00000000000000000000000000000001";
    const SECOND: &str = "AC00000000000000000000000000000002";

    fn secret(more: &str) -> Secret {
        let json = format!(r#"{{"account_sid":"{FIRST}","auth_token":"one","person_key":"0123456789abcdef"{more}}}"#);
        Secret::parse(&json).unwrap()
    }

    fn token(text: &str) -> AuthToken {
        AuthToken::new(text).unwrap()
    }

    fn of_token(sid: &str, text: &str) -> Authorization {
        Authorization::of_token(&sid.parse().unwrap(), &token(text))
    }

    fn authorizations(all: &[(&str, Authorization)]) -> Vec<(CarrierName, Authorization)> {
        all.iter().map(|(name, authorization)| (name.parse().unwrap(), authorization.clone())).collect()
    }

    #[test]
    fn every_token_of_the_secret_verifies_and_each_accounts_own_token_authorizes() {
        let all = format!(
            r#","previous_auth_token":"old","second_account_sid":"{SECOND}","second_auth_token":"two","second_previous_auth_token":"older""#
        );
        let credentials = credentials_of(&secret(&all)).unwrap();
        assert_eq!(credentials.tokens, Tokens(["one", "old", "two", "older"].map(token).to_vec()));
        let expected = [(twilio::NAME, of_token(FIRST, "one")), (twilio::SECOND_NAME, of_token(SECOND, "two"))];
        assert_eq!(credentials.authorizations, authorizations(&expected));
    }

    #[test]
    fn an_api_key_authorizes_requests_and_the_token_still_verifies() {
        let with_key = r#","api_key":"SK00000000000000000000000000000001","api_key_secret":"hush""#;
        let credentials = credentials_of(&secret(with_key)).unwrap();
        assert_eq!(credentials.tokens, Tokens(vec![token("one")]));
        let key = twilio::ApiKey::new("SK00000000000000000000000000000001", "hush").unwrap();
        assert_eq!(credentials.authorizations, authorizations(&[(twilio::NAME, Authorization::of_api_key(&key))]));
    }

    /// The operator may write the halves of a key one after the other. A function that starts between the two writes must
    /// still place its calls.
    #[test]
    fn the_token_authorizes_requests_while_the_api_key_can_not_be_used() {
        const KEY: &str = "SK00000000000000000000000000000001";
        let second = format!(r#","second_account_sid":"{SECOND}","second_auth_token":"two""#);
        let expected = [(twilio::NAME, of_token(FIRST, "one")), (twilio::SECOND_NAME, of_token(SECOND, "two"))];
        for (sid, key_secret) in [(KEY, ""), ("", "hush"), ("SK1", "hush")] {
            let keys = ["", "second_"]
                .map(|of| format!(r#","{of}api_key":"{sid}","{of}api_key_secret":"{key_secret}""#))
                .concat();
            let lines = Arc::new(AtomicUsize::new(0));
            let read = || credentials_of(&secret(&format!("{second}{keys}"))).unwrap();
            let credentials = tracing::subscriber::with_default(ErrorLines(Arc::clone(&lines)), read);
            assert_eq!(credentials.authorizations, authorizations(&expected), "{sid:?} {key_secret:?}");
            assert_eq!(lines.load(Ordering::Relaxed), 2, "{sid:?} {key_secret:?}");
        }
    }

    /// Only the carrier knows which halves belong together, so this secret can't be told from a whole key.
    #[test]
    fn the_halves_of_two_keys_are_used_like_a_key() {
        let between_writes = r#","api_key":"SK00000000000000000000000000000002","api_key_secret":"hush of SK…1""#;
        let credentials = credentials_of(&secret(between_writes)).unwrap();
        let key = twilio::ApiKey::new("SK00000000000000000000000000000002", "hush of SK…1").unwrap();
        assert_eq!(credentials.authorizations, authorizations(&[(twilio::NAME, Authorization::of_api_key(&key))]));
    }

    #[test]
    fn other_accounts_in_the_secret_are_not_used_without_a_restart() {
        let second = |sid: &str| format!(r#","second_account_sid":"{sid}","second_auth_token":"two""#);
        let at_start = secret("");
        assert_eq!(credentials_again(&secret(&second(SECOND)), &at_start).unwrap().authorizations.len(), 2);
        let error = credentials_again(&secret(""), &secret(&second(SECOND))).unwrap_err().to_string();
        assert!(error.contains("needs a restart") && !error.contains("two"), "{error}");
    }

    #[test]
    fn a_malformed_second_account_does_not_stop_the_first() {
        let malformed = r#","second_account_sid":"AC2","second_auth_token":"two""#;
        let credentials = credentials_of(&secret(malformed)).unwrap();
        assert_eq!(credentials.authorizations, authorizations(&[(twilio::NAME, of_token(FIRST, "one"))]));
    }
}
