//! What the four functions' `main`s share: everything a request needs, made once.

use std::time::Duration;

use anyhow::Context;
use aws::configuration::CarrierSettings;
use aws::secret::Secret;
use aws::{Live, Variables, observe};
use carriers::twilio::signature::Verifier;
use carriers::twilio::{self, AuthToken, PublicUrl, Tokens, Twilio};
use perform::Service;
use reminder::ids::{Number, PersonKey};
use reminder::policy::Policy;
use tracing::Instrument;

pub use aws::configuration::Countries;

/// A function that has started.
pub struct Function {
    /// The outside.
    pub ports: Live<Twilio>,
    /// The limits.
    pub policy: Policy,
    /// Checks that a request is the carrier's.
    pub verifier: Verifier,
    /// Where the carrier finds the service.
    pub public_url: PublicUrl,
    /// Names people.
    pub person_key: PersonKey,
    /// The number that calls.
    pub service_number: Number,
    /// Whose numbers are called.
    pub countries: Countries,
}

impl Function {
    /// Starts a function: reads its configuration and its secret, and connects to the table.
    ///
    /// # Errors
    /// A variable or the secret is missing or malformed, or times do not go together. The message names it.
    pub async fn start() -> anyhow::Result<Self> {
        let variables = Variables::of_process();
        observe::start(&variables)?;
        let policy = variables.policy()?;
        let carrier = CarrierSettings::read(&variables)?;
        let public_url: PublicUrl = carrier.public_url.parse().context("PUBLIC_URL")?;
        let started = aws::start(&variables).await?;
        let secret = started.secret.clone();
        let tokens = tokens(&secret)?;
        let twilio = Twilio::new(twilio::Settings {
            base_url: carrier.url.clone(),
            account_sid: secret.account_sid().parse().context("the secret's account_sid")?,
            token: tokens.current.clone(),
            service_number: carrier.service_number.clone(),
            public_url: public_url.clone(),
            ring_s: policy.times().ring_s,
            talk_s: policy.times().talk_s,
            timeout: Duration::from_secs(u64::try_from(policy.times().carrier_s)?),
        })
        .context("CARRIER_URL")?;
        Ok(Self {
            ports: started.with(twilio),
            policy,
            verifier: Verifier::new(public_url.clone(), tokens),
            public_url,
            person_key: secret.person_key().clone(),
            service_number: carrier.service_number,
            countries: carrier.countries,
        })
    }

    /// The ports under the policy, as the handlers take them.
    pub fn service(&self) -> Service<'_, Live<Twilio>> {
        Service::new(&self.ports, &self.policy)
    }
}

fn tokens(secret: &Secret) -> anyhow::Result<Tokens> {
    let current =
        AuthToken::new(secret.auth_token()).context("expected the carrier's auth_token, found an empty text")?;
    Ok(Tokens { current, other: secret.previous_auth_token().and_then(AuthToken::new) })
}

/// Answers one invocation; every line it logs names the request.
///
/// # Errors
/// None of its own: what fails is in the answer.
pub async fn within_request<T>(
    context: &lambda_runtime::Context,
    answer: impl Future<Output = T>,
) -> Result<T, lambda_runtime::Error> {
    Ok(answer.instrument(observe::request(&context.request_id)).await)
}
