//! A function's configuration, read once from its environment variables.
//!
//! A function does not start if a required variable is missing, or if a variable is malformed or contradicts another
//! variable. The error names the variable.

mod times;

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use language::Country;
use reminder::ids::Number;
use reminder::ports::MachineDetection;
use reminder::words::ServiceName;

/// The longest prefix of a schedule's name, in characters. Scheduler takes 64: a reminder's id needs 26 of them, a
/// generation up to 10, and there are two dashes.
pub const SCHEDULE_PREFIX_MAX: usize = 64 - 26 - 10 - 2;

/// How long an ended reminder is kept by default, in days, unless an opt-out ended it.
const RETENTION_DAYS: u32 = 30;

/// How long an ended reminder may be kept at most, in days: ten years.
const RETENTION_DAYS_MAX: u32 = 3650;

const NUMBER: &str = "a number such as +12125550142";

/// The origin of Twilio's API.
const TWILIO_URL: &str = "https://api.twilio.com";

/// A function's environment variables.
pub struct Variables(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

impl Variables {
    /// Returns the variables of this process. Variables that are not Unicode are ignored: the service has none.
    pub fn of_process() -> Self {
        let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(unicode).collect()
    }

    /// Returns the name or ARN of the secret: `SECRET_ID`.
    ///
    /// # Errors
    /// Fails if the variable is missing.
    pub fn secret_id(&self) -> anyhow::Result<&str> {
        self.required("SECRET_ID", "a secret's name or ARN")
    }

    /// Returns the value of an optional variable. An empty variable counts as missing.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the value of a required variable.
    pub(crate) fn required(&self, name: &str, expected: &str) -> anyhow::Result<&str> {
        self.optional(name).with_context(|| format!("{name}: expected {expected}, found nothing"))
    }

    fn parsed<T: FromStr>(&self, name: &str, expected: &str, default: Option<T>) -> anyhow::Result<T> {
        match (self.optional(name), default) {
            (Some(value), _) => value.parse().ok().with_context(|| malformed(name, expected, value)),
            (None, Some(default)) => Ok(default),
            (None, None) => bail!("{name}: expected {expected}, found nothing"),
        }
    }

    /// Reads a number and rounds it, because a CloudFormation parameter of the type Number may be a fraction.
    fn whole<T: FromStr + TryFrom<i64>>(&self, name: &str, expected: &str, default: T) -> anyhow::Result<T> {
        let Some(value) = self.optional(name) else { return Ok(default) };
        let rounded = || value.parse().ok().and_then(rounded).and_then(|whole| T::try_from(whole).ok());
        value.parse().ok().or_else(rounded).with_context(|| malformed(name, expected, value))
    }

    /// Returns the scheme and host of a URL, without a slash at the end.
    fn origin(&self, name: &str, default: Option<&str>) -> anyhow::Result<String> {
        const EXPECTED: &str = "http:// or https:// and a host, without a path";
        let value =
            self.optional(name).or(default).with_context(|| format!("{name}: expected {EXPECTED}, found nothing"))?;
        let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")).unwrap_or("");
        let host = host.strip_suffix('/').unwrap_or(host);
        let well_formed = !host.is_empty() && host.bytes().all(|b| b.is_ascii_graphic() && !b"/?#@".contains(&b));
        ensure!(well_formed, malformed(name, EXPECTED, value));
        Ok(value.strip_suffix('/').unwrap_or(value).to_owned())
    }
}

/// Returns the nearest whole number. Returns `None` if the number is negative or too large for any setting.
fn rounded(number: f64) -> Option<i64> {
    const LARGEST: f64 = 1e9;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and at most a billion")]
    (0.0..=LARGEST).contains(&number).then(|| number.round() as i64)
}

fn malformed(name: &str, expected: &str, found: &str) -> String {
    format!("{name}: expected {expected}, found {found:?}")
}

/// The configuration of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The name of the table: `TABLE`.
    pub table: String,
    /// How long ended reminders and outgoing texts are kept, in days: `RETENTION_DAYS`. Incoming texts, and reminders
    /// that an opt-out ended, are kept for at least a month.
    pub retention_days: u32,
}

impl StoreConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Fails if a variable is missing or malformed.
    pub fn read(variables: &Variables) -> anyhow::Result<Self> {
        const DAYS: &str = "a whole number of days from 1 to 3650";
        let retention_days = variables.whole("RETENTION_DAYS", DAYS, RETENTION_DAYS)?;
        let in_range = (1..=RETENTION_DAYS_MAX).contains(&retention_days);
        ensure!(in_range, malformed("RETENTION_DAYS", DAYS, &retention_days.to_string()));
        Ok(Self { table: variables.required("TABLE", "a table's name")?.to_owned(), retention_days })
    }
}

/// The configuration of wake-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WakeUpConfig {
    /// The URL of the queue that near wake-ups are sent to: `DIAL_QUEUE_URL`.
    pub queue_url: String,
    /// The ARN of the same queue, which schedules send far wake-ups to: `DIAL_QUEUE_ARN`.
    pub queue_arn: String,
    /// The ARN of the role that a schedule assumes: `SCHEDULE_ROLE_ARN`.
    pub role_arn: String,
    /// The ARN of the dead-letter queue for messages that a schedule could not send: `SCHEDULE_DLQ_ARN`.
    pub dead_letters_arn: String,
    /// The schedule group of this deployment: `SCHEDULE_GROUP`. `sam delete` removes the group with its schedules. In
    /// the emulator, all schedules are in the group `default`.
    pub group: String,
    /// The prefix of the names of this deployment's schedules: `SCHEDULE_PREFIX`.
    pub prefix: String,
}

impl WakeUpConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Fails if a variable is missing or malformed.
    pub fn read(variables: &Variables) -> anyhow::Result<Self> {
        const PREFIX: &str = "1 to 26 letters, digits, dashes, underscores or dots";
        let required = |name, expected| variables.required(name, expected).map(str::to_owned);
        let prefix = required("SCHEDULE_PREFIX", PREFIX)?;
        let alphabet = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let well_formed = prefix.len() <= SCHEDULE_PREFIX_MAX && prefix.bytes().all(alphabet);
        ensure!(well_formed, malformed("SCHEDULE_PREFIX", PREFIX, &prefix));
        Ok(Self {
            queue_url: required("DIAL_QUEUE_URL", "a queue's URL")?,
            queue_arn: required("DIAL_QUEUE_ARN", "a queue's ARN")?,
            role_arn: required("SCHEDULE_ROLE_ARN", "a role's ARN")?,
            dead_letters_arn: required("SCHEDULE_DLQ_ARN", "a queue's ARN")?,
            // While a release is deployed, its code may run for a moment with the variables of a release without groups.
            group: variables.optional("SCHEDULE_GROUP").unwrap_or("default").to_owned(),
            prefix,
        })
    }
}

/// The configuration of parking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkingConfig {
    /// The URL of the queue on which texts wait: `INBOUND_QUEUE_URL`.
    pub queue_url: String,
}

impl ParkingConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Fails if the variable is missing.
    pub fn read(variables: &Variables) -> anyhow::Result<Self> {
        Ok(Self { queue_url: variables.required("INBOUND_QUEUE_URL", "a queue's URL")?.to_owned() })
    }
}

/// The configuration of the queues that invoke functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuesConfig {
    /// The URL of the inbound queue: `INBOUND_QUEUE_URL`.
    pub inbound_url: String,
    /// The URL of the inbound queue's dead-letter queue: `INBOUND_DLQ_URL`.
    pub inbound_dead_letters_url: String,
    /// The URL of the dial queue: `DIAL_QUEUE_URL`.
    pub dial_url: String,
    /// The URL of the dial queue's dead-letter queue: `DIAL_DLQ_URL`.
    pub dial_dead_letters_url: String,
}

impl QueuesConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Fails if a variable is missing.
    pub fn read(variables: &Variables) -> anyhow::Result<Self> {
        let url = |name| variables.required(name, "a queue's URL").map(str::to_owned);
        Ok(Self {
            inbound_url: url("INBOUND_QUEUE_URL")?,
            inbound_dead_letters_url: url("INBOUND_DLQ_URL")?,
            dial_url: url("DIAL_QUEUE_URL")?,
            dial_dead_letters_url: url("DIAL_DLQ_URL")?,
        })
    }
}

/// The configuration of the carrier, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarrierConfig {
    /// The origin of the carrier's API: `CARRIER_URL`.
    pub url: String,
    /// The origin of the service's URLs, which the carrier calls and signs: `PUBLIC_URL`.
    pub public_url: String,
    /// The service's number: people text it, and are called from it: `SERVICE_NUMBER`.
    pub service_number: Number,
    /// The countries whose numbers are served: `COUNTRIES`.
    pub countries: Countries,
    /// Whether the carrier is asked to tell people from answering machines: `MACHINE_DETECTION`.
    pub machine_detection: MachineDetection,
    /// The account that is used while the first one fails. `None` if the operator has only one account.
    pub second: Option<SecondCarrier>,
}

/// Reads the name by which the service introduces itself: `SERVICE_NAME`.
///
/// # Errors
/// Fails if the name is malformed.
pub fn service_name(variables: &Variables) -> anyhow::Result<ServiceName> {
    variables.parsed("SERVICE_NAME", ServiceName::EXPECTED, Some(ServiceName::default()))
}

/// The configuration of the second account, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondCarrier {
    /// The origin of the account's API: `SECOND_CARRIER_URL`, or the first account's if that is not set.
    pub url: String,
    /// The number that people are called from while the first account fails: `SECOND_SERVICE_NUMBER`.
    pub service_number: Number,
}

/// The countries whose numbers are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Countries {
    /// The country of the service's own number.
    OfServiceNumber,
    /// The countries that the operator listed.
    These(Vec<Country>),
}

impl CarrierConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// Fails if a variable is missing or malformed.
    pub fn read(variables: &Variables) -> anyhow::Result<Self> {
        let number = variables.required("SERVICE_NUMBER", NUMBER)?;
        let url = variables.origin("CARRIER_URL", Some(TWILIO_URL))?;
        Ok(Self {
            second: second(variables, &url)?,
            url,
            public_url: variables.origin("PUBLIC_URL", None)?,
            service_number: number.parse().with_context(|| format!("SERVICE_NUMBER: expected {NUMBER}"))?,
            countries: countries(variables)?,
            machine_detection: machine_detection(variables)?,
        })
    }
}

/// Reads the second account's configuration. Returns `None` if no number is configured for a second account.
fn second(variables: &Variables, first_url: &str) -> anyhow::Result<Option<SecondCarrier>> {
    let Some(number) = variables.optional("SECOND_SERVICE_NUMBER") else { return Ok(None) };
    Ok(Some(SecondCarrier {
        url: variables.origin("SECOND_CARRIER_URL", Some(first_url))?,
        service_number: number.parse().with_context(|| format!("SECOND_SERVICE_NUMBER: expected {NUMBER}"))?,
    }))
}

fn machine_detection(variables: &Variables) -> anyhow::Result<MachineDetection> {
    match variables.optional("MACHINE_DETECTION") {
        None | Some("ENABLED") => Ok(MachineDetection::Enabled),
        Some("DISABLED") => Ok(MachineDetection::Disabled),
        Some(value) => bail!(malformed("MACHINE_DETECTION", "ENABLED or DISABLED", value)),
    }
}

fn countries(variables: &Variables) -> anyhow::Result<Countries> {
    let Some(value) = variables.optional("COUNTRIES") else { return Ok(Countries::OfServiceNumber) };
    let countries: Result<Vec<Country>, _> = value.split(',').map(|code| code.trim().parse()).collect();
    countries.map(Countries::These).ok().with_context(|| malformed("COUNTRIES", "codes such as US,CA", value))
}

#[cfg(test)]
mod tests;
