//! Configuration of the function.

use executor::incoming::Intake;
use lambda::carrier::{PublicUrl, Verifier};
use reminder::ids::{Number, PersonKey};
use reminder::words::ServiceName;

use crate::numbers::Countries;

/// The function's configuration, read once when it starts.
#[derive(Debug)]
pub struct InboundConfig {
    /// Verifies that a webhook was sent by the carrier.
    pub verifier: Verifier,
    /// The public URL of the service, to which the carrier reports the status of answers.
    pub public_url: PublicUrl,
    /// The key that people's ids are derived with.
    pub person_key: PersonKey,
    /// The service's own numbers. A text from one of them is not answered.
    pub own: Vec<Number>,
    /// The countries whose numbers are served.
    pub countries: Countries,
    /// The name by which the service introduces itself.
    pub service_name: ServiceName,
}

impl InboundConfig {
    /// Returns the part of the configuration that is needed to take in a text.
    pub(crate) fn intake(&self) -> Intake<'_> {
        Intake { person_key: &self.person_key, service_name: &self.service_name }
    }
}
