//! The clients of AWS's services, created once per process.
//!
//! All clients share one connection pool. TLS uses ring, because with the default AWS-LC the first handshake alone
//! would add 32 ms to a cold start. Credentials and region come from the variables that Lambda sets, which stay valid
//! for the life of the process. The SDK's default credentials chain would find the same credentials, but would link the
//! STS and SSO clients.

use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use reminder::policy::{CREDENTIALS_READ_MAX_S, Times};

use crate::channels::ChannelTable;
use crate::configuration::{ParkingConfig, QueuesConfig, StoreConfig, Variables, WakeUpConfig};
use crate::failure::describe;
use crate::parking::InboundQueue;
use crate::queues::SourceQueues;
use crate::secret::Secret;
use crate::store::Table;
use crate::wake_ups::QueueAndSchedules;

/// Maximum number of tries of one request, including the first. It is safe to send any request twice: writes are
/// conditional, transactions carry a token, a duplicate message is harmless, and a schedule is identified by its name.
/// If a carrier's slot is reserved twice, one slot is wasted.
pub const ATTEMPTS: u32 = 3;

/// Timeout of one operation with all its tries, in milliseconds. Storing a text takes three operations, one after the
/// other. They must all fit into the time after which the text is parked. Reading the credentials again is one operation
/// too.
pub const OPERATION_MS: u64 = 2000;

/// Timeout of one try of an operation that may take [`OPERATION_MS`], in milliseconds. A transaction takes far less. If
/// a pooled connection died while the process was frozen, the operation still has time for a try on a fresh connection.
pub const ATTEMPT_MS: u64 = 900;

/// Timeout of connecting, including the TLS handshake, in milliseconds.
pub const CONNECT_MS: u64 = 600;

/// Longest wait before the second try, in milliseconds. It is doubled before the third try.
pub const BACKOFF_MS: u64 = 50;

/// Timeout of reading the secret, in milliseconds. Lambda gives a function 10 s to start, and the secret is read in
/// that time.
pub const SECRET_MS: u64 = 6000;

const _: () = assert!(3 * OPERATION_MS <= 1000 * Times::DEFAULT.store_s.unsigned_abs());
const _: () = assert!(OPERATION_MS < 1000 * Times::DEFAULT.park_s.unsigned_abs());
const _: () = assert!(OPERATION_MS <= 1000 * CREDENTIALS_READ_MAX_S.unsigned_abs());
const _: () = assert!(2 * ATTEMPT_MS + BACKOFF_MS < OPERATION_MS);
const _: () = assert!(CONNECT_MS < ATTEMPT_MS);
const _: () = assert!(SECRET_MS < 10_000);

/// How AWS is reached: HTTP client, region, credentials and endpoint.
#[derive(Debug, Clone)]
pub struct Connections {
    http: SharedHttpClient,
    region: Region,
    credentials: Credentials,
    endpoint: Option<String>,
}

/// Builds a client of one service. This is a macro because the services' builders share methods but no trait.
macro_rules! client {
    ($sdk:ident, $connections:expr, $operation_ms:expr) => {{
        let connections = $connections;
        let mut config = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(connections.http.clone())
            .region(connections.region.clone())
            .credentials_provider(connections.credentials.clone())
            .timeout_config(timeouts($operation_ms))
            .retry_config(retries());
        config.set_endpoint_url(connections.endpoint.clone());
        $sdk::Client::from_conf(config.build())
    }};
}

impl Connections {
    /// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, and the optional `AWS_SESSION_TOKEN` and
    /// `AWS_ENDPOINT_URL`. Makes no connection.
    ///
    /// # Errors
    /// Fails if a required variable is missing.
    pub fn new(variables: &Variables) -> anyhow::Result<Self> {
        let credentials = Credentials::new(
            variables.required("AWS_ACCESS_KEY_ID", "the id of an access key")?,
            variables.required("AWS_SECRET_ACCESS_KEY", "the secret of an access key")?,
            variables.optional("AWS_SESSION_TOKEN").map(str::to_owned),
            None,
            "environment",
        );
        let tls = Provider::Rustls(CryptoMode::Ring);
        Ok(Self {
            http: aws_smithy_http_client::Builder::new().tls_provider(tls).build_https(),
            region: Region::new(variables.required("AWS_REGION", "a region's name")?.to_owned()),
            credentials,
            endpoint: variables.optional("AWS_ENDPOINT_URL").map(str::to_owned),
        })
    }

    /// Returns the store: the DynamoDB table.
    pub fn store(&self, config: StoreConfig) -> Table {
        Table::new(client!(aws_sdk_dynamodb, self, OPERATION_MS), config)
    }

    /// Returns the carriers' channels, whose slots and breakers are stored in the same table.
    pub fn channels(&self, config: &StoreConfig) -> ChannelTable {
        ChannelTable::new(client!(aws_sdk_dynamodb, self, OPERATION_MS), config.table.clone())
    }

    /// Returns the sender of wake-ups, which uses an SQS delay or an EventBridge schedule.
    pub fn wake_ups(&self, config: WakeUpConfig) -> QueueAndSchedules {
        let queue = client!(aws_sdk_sqs, self, OPERATION_MS);
        QueueAndSchedules::new(queue, client!(aws_sdk_scheduler, self, OPERATION_MS), config)
    }

    /// Returns the inbound queue, on which parked texts wait.
    pub fn parking(&self, config: ParkingConfig) -> InboundQueue {
        InboundQueue::new(client!(aws_sdk_sqs, self, OPERATION_MS), config)
    }

    /// Returns the queues that invoke functions.
    pub fn queues(&self, config: QueuesConfig) -> SourceQueues {
        SourceQueues::new(client!(aws_sdk_sqs, self, OPERATION_MS), config)
    }

    /// Returns the reader of the secret whose name or ARN is `id`. Makes no connection.
    pub fn secret(&self, id: &str) -> SecretReader {
        SecretReader { connections: self.clone(), id: id.to_owned() }
    }
}

/// Reads the secret of a deployment. Its client is made for each read, because nearly every function reads the secret
/// only when it starts.
#[derive(Debug, Clone)]
pub struct SecretReader {
    connections: Connections,
    id: String,
}

impl SecretReader {
    /// Reads the secret when the function starts.
    ///
    /// # Errors
    /// Fails if the secret can't be read or is malformed.
    pub async fn read(&self) -> anyhow::Result<Secret> {
        self.read_within(SECRET_MS).await
    }

    /// Reads the secret again while the function handles a request, so in less time.
    ///
    /// # Errors
    /// Fails if the secret can't be read or is malformed.
    pub async fn read_again(&self) -> anyhow::Result<Secret> {
        self.read_within(OPERATION_MS).await
    }

    async fn read_within(&self, operation_ms: u64) -> anyhow::Result<Secret> {
        let (connections, id) = (&self.connections, &self.id);
        let request = client!(aws_sdk_secretsmanager, connections, operation_ms).get_secret_value().secret_id(id);
        let response = request.send().await.map_err(|error| anyhow::anyhow!(describe(&error)));
        let response = response.with_context(|| format!("the secret {id:?} (SECRET_ID) could not be read"))?;
        let json = response.secret_string().context("SECRET_ID: expected a text secret, found a binary one")?;
        Secret::parse(json).with_context(|| format!("the secret {id:?} (SECRET_ID)"))
    }
}

/// Returns the timeouts of an operation. One try gets the same share of the time in every operation.
fn timeouts(operation_ms: u64) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(CONNECT_MS))
        .operation_attempt_timeout(Duration::from_millis(operation_ms * ATTEMPT_MS / OPERATION_MS))
        .operation_timeout(Duration::from_millis(operation_ms))
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(BACKOFF_MS))
        .with_max_backoff(Duration::from_millis(2 * BACKOFF_MS))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use reminder::ports::Clock;

    use super::*;
    use crate::clock::SystemClock;

    /// The budget of an invocation counts on it. The start of a function may take longer.
    #[tokio::test]
    async fn reading_the_secret_again_gives_up_in_time_if_nobody_answers() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let variables = [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL", &endpoint),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let reader = Connections::new(&variables.into_iter().collect()).unwrap().secret("sixthirty");
        let longest = SignedDuration::from_millis(1000 * CREDENTIALS_READ_MAX_S + 500);
        let read = SystemClock.within(longest, reader.read_again()).await;
        assert!(matches!(read, Some(Err(_))), "expected an error in time, found {:?}", read.map(|read| read.is_ok()));
    }
}
