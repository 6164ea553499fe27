//! Starts a function: reads its configuration and secret, and makes everything that its handler needs.

mod accounts;

use std::cell::OnceCell;

use anyhow::Context as _;
use aws::configuration::{self, CarrierConfig};
use aws::secret::Unwritten;
use aws::{Live, Variables, observe};
use executor::{Context, outcomes};
use reminder::ids::{Number, PersonKey};
use reminder::metrics::Metric;
use reminder::policy::Policy;
use reminder::ports::Ports;
use reminder::words::ServiceName;
use tracing::Instrument;
use twilio::Twilio;

use crate::carrier::{Accounts, PublicUrl, Verifier};
use crate::credentials::CurrentCredentials;
use accounts::{Carriers, credentials_of};

pub use accounts::StoredSecret;
pub use aws::configuration::Countries;

/// The ports to AWS and to the carriers.
pub type LivePorts = Live<Twilio, CurrentCredentials<StoredSecret>>;

/// A function that has started, with everything that its handler needs.
pub struct Function {
    /// The ports to AWS and to the carriers.
    pub ports: LivePorts,
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
        let (secret, reader) = (started.secret.clone(), started.secret_reader.clone());
        let credentials = credentials_of(&secret)?;
        let carriers = Carriers::new(&secret, &credentials, &carrier, &public_url, &policy)?;
        let own = [Some(&carrier.service_number), carrier.second.as_ref().map(|second| &second.service_number)];
        let verifier = Verifier::new(public_url.clone(), credentials.tokens);
        let person_key = secret.person_key().clone();
        let clients = carriers.authorizations();
        let stored = StoredSecret { reader, at_start: secret };
        Ok(Self {
            ports: started.with(carriers.clients, CurrentCredentials::new(stored, &verifier, clients)),
            policy,
            verifier,
            accounts: carriers.accounts,
            public_url,
            person_key,
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
    pub fn context(&self) -> Context<'_, LivePorts> {
        Context::new(&self.ports, &self.policy)
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
