//! Starts a function: reads its configuration and secret once, and makes everything that its handler needs.

use std::cell::OnceCell;
use std::time::Duration;

use anyhow::Context as _;
use aws::configuration::{self, CarrierConfig, SecondCarrier};
use aws::secret::{SecondAccount, Secret, Unwritten};
use aws::{Live, Variables, observe};
use executor::{Context, outcomes};
use reminder::ids::{Number, PersonKey};
use reminder::metrics::Metric;
use reminder::policy::Policy;
use reminder::ports::Ports;
use reminder::words::ServiceName;
use tracing::Instrument;
use twilio::{AuthToken, Tokens, Twilio};

use crate::carrier::{Accounts, PublicUrl, Verifier};

pub use aws::configuration::Countries;

/// A function that has started, with everything that its handler needs.
pub struct Function {
    /// The ports to AWS and to the carriers.
    pub ports: Live<Twilio>,
    /// The policy: times, rates and limits.
    pub policy: Policy,
    /// Verifies that a request was sent by the carrier.
    pub verifier: Verifier,
    /// The accounts whose callbacks are accepted.
    pub accounts: Accounts,
    /// The public URL of the service, which the carrier calls.
    pub public_url: PublicUrl,
    /// The key that people's ids are derived with.
    pub person_key: PersonKey,
    /// The service's own numbers, from which people are called and texted.
    pub own_numbers: Vec<Number>,
    /// The countries whose numbers are served.
    pub countries: Countries,
    /// The name by which the service introduces itself.
    pub service_name: ServiceName,
}

/// A function that has started, or that waits for the operator to write the carrier's credentials. Without them a first
/// deploy would look like an outage: each invocation would fail.
pub struct Starting {
    variables: Variables,
    started: OnceCell<Function>,
}

impl Starting {
    /// Starts logging, and starts the function if its credentials are written.
    ///
    /// # Errors
    /// Fails if a variable or the secret is malformed, or if two times contradict each other.
    pub async fn start() -> anyhow::Result<Self> {
        let variables = Variables::of_process();
        observe::start(&variables)?;
        let starting = Self { variables, started: OnceCell::new() };
        starting.function().await?;
        Ok(starting)
    }

    /// Returns the function. If it has not started, tries again. Returns `None` if its credentials are still missing.
    ///
    /// # Errors
    /// Fails if a variable or the secret is malformed, or if two times contradict each other.
    pub async fn function(&self) -> anyhow::Result<Option<&Function>> {
        if self.started.get().is_none() {
            match Function::start(&self.variables).await {
                Ok(function) => drop(self.started.set(function)),
                Err(error) if error.is::<Unwritten>() => {
                    outcomes::count(Metric::CredentialsMissing);
                    tracing::warn!("the carrier's credentials are not written into the secret yet");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(self.started.get())
    }

    /// Returns the function if it has started.
    pub fn started(&self) -> Option<&Function> {
        self.started.get()
    }
}

impl Function {
    /// Starts a function: reads its configuration and its secret, and connects to the table.
    ///
    /// # Errors
    /// Fails if a variable or the secret is missing or malformed, or if two times contradict each other. The error
    /// names the variable, the secret or the times. If the second account can't be used, this is only logged.
    async fn start(variables: &Variables) -> anyhow::Result<Self> {
        let policy = variables.policy()?;
        let carrier = CarrierConfig::read(variables)?;
        let public_url: PublicUrl = carrier.public_url.parse().context("PUBLIC_URL")?;
        let started = aws::start(variables).await?;
        let secret = started.secret.clone();
        let carriers = Carriers::read(&secret, &carrier, &public_url, &policy)?;
        let own = [Some(&carrier.service_number), carrier.second.as_ref().map(|second| &second.service_number)];
        Ok(Self {
            ports: started.with(carriers.clients),
            policy,
            verifier: Verifier::new(public_url.clone(), carriers.tokens),
            accounts: carriers.accounts,
            public_url,
            person_key: secret.person_key().clone(),
            own_numbers: own.into_iter().flatten().cloned().collect(),
            countries: carrier.countries,
            service_name: configuration::service_name(variables)?,
        })
    }

    /// Reads the system's root certificates for the preferred carrier, so that its first request does not have to.
    ///
    /// # Errors
    /// Fails if the carrier's URL is https and no root certificates are installed.
    pub fn warm_carrier(&self) -> anyhow::Result<()> {
        self.ports.carriers().first().map_or(Ok(()), |first| first.warm().context("CARRIER_URL"))
    }

    /// Returns the ports and the policy in the form that the handlers take.
    pub fn context(&self) -> Context<'_, Live<Twilio>> {
        Context::new(&self.ports, &self.policy)
    }
}

/// The operator's accounts at the carrier: one account, and perhaps a second account.
struct Carriers {
    clients: Vec<Twilio>,
    accounts: Accounts,
    tokens: Tokens,
}

impl Carriers {
    fn read(secret: &Secret, config: &CarrierConfig, public_url: &PublicUrl, policy: &Policy) -> anyhow::Result<Self> {
        let mut carriers = Self { clients: Vec::new(), accounts: Accounts::default(), tokens: Tokens(Vec::new()) };
        let token =
            |token: &str| AuthToken::new(token).context("expected the carrier's auth_token, found an empty string");
        let client = |name: &str, sid: &str, token: AuthToken, url: &str, number: &Number| {
            Ok::<_, anyhow::Error>(twilio::TwilioConfig {
                name: name.parse()?,
                base_url: url.to_owned(),
                account_sid: sid.parse().context("the secret's account_sid or second_account_sid")?,
                token,
                service_number: number.clone(),
                public_url: public_url.clone(),
                ring_s: policy.times().ring_s,
                talk_s: policy.times().talk_s,
                machine_detection: config.machine_detection,
                timeout: Duration::from_secs(u64::try_from(policy.times().carrier_s)?),
            })
        };
        let (sid, first) = (secret.account_sid(), token(secret.auth_token())?);
        carriers.add("CARRIER_URL", client(twilio::NAME, sid, first, &config.url, &config.service_number)?)?;
        carriers.tokens.0.extend(secret.previous_auth_token().and_then(AuthToken::new));
        if let Some(account) = secret.second() {
            let second = config.second.as_ref();
            let added = carriers.add_second(account, second, |sid, token, second| {
                client(twilio::SECOND_NAME, sid, token, &second.url, &second.service_number)
            });
            if let Err(error) = added {
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
    ///
    /// # Errors
    /// Fails if the account is misconfigured. The caller logs this, because it must not stop the first account.
    fn add_second(
        &mut self,
        account: &SecondAccount,
        config: Option<&SecondCarrier>,
        client: impl FnOnce(&str, AuthToken, &SecondCarrier) -> anyhow::Result<twilio::TwilioConfig>,
    ) -> anyhow::Result<()> {
        let token =
            AuthToken::new(account.auth_token.as_str()).context("expected second_auth_token, found an empty string")?;
        self.tokens.0.extend(account.previous_auth_token.as_deref().and_then(AuthToken::new));
        if let Some(config) = config {
            return self.add("SECOND_CARRIER_URL", client(&account.account_sid, token, config)?);
        }
        tracing::warn!("the secret has a second account, but SECOND_SERVICE_NUMBER is empty");
        self.accounts.0.push((account.account_sid.parse()?, twilio::SECOND_NAME.parse()?));
        self.tokens.0.push(token);
        Ok(())
    }

    /// Adds an account. The error names the variable with the URL of the account.
    fn add(&mut self, url_variable: &'static str, settings: twilio::TwilioConfig) -> anyhow::Result<()> {
        self.accounts.0.push((settings.account_sid.clone(), settings.name.clone()));
        self.tokens.0.push(settings.token.clone());
        self.clients.push(Twilio::new(settings).context(url_variable)?);
        Ok(())
    }
}

/// Runs the handler of one invocation. Every event that it logs names the request.
///
/// # Errors
/// Never fails: the handler's result contains its failures.
pub async fn within_request<T>(
    context: &lambda_runtime::Context,
    answer: impl Future<Output = T>,
) -> Result<T, lambda_runtime::Error> {
    Ok(answer.instrument(observe::request(&context.request_id)).await)
}
