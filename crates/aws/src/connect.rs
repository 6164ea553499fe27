//! The clients of AWS's services, made once for each process.
//!
//! One pool of connections serves all of them, over ring: with AWS-LC's default the first handshake alone would cost a
//! cold start 32 ms. Credentials and region come from the variables that Lambda sets, which are good for as long as its
//! process is: the SDK's default chain would link a client of STS and SSO to find the same.

use std::time::Duration;

use anyhow::Context;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use reminder::policy::Times;

use crate::channels::ChannelTable;
use crate::configuration::{ParkingConfig, StoreConfig, Variables, WakeUpConfig};
use crate::failure::describe;
use crate::parking::InboundQueue;
use crate::secret::Secret;
use crate::store::Table;
use crate::wake_ups::QueueAndSchedules;

/// Tries of one request, the first included. What is asked of AWS here may be asked twice: writes are conditional,
/// transactions carry a token, a doubled message is harmless, a schedule's name is its identity, and of a carrier's slot that is
/// reserved twice one is wasted.
pub const ATTEMPTS: u32 = 3;

/// One operation with all its tries, in milliseconds. Storing a text takes three of them one after the other, which fit
/// the time after which it is parked.
pub const OPERATION_MS: u64 = 2000;

/// One try, in milliseconds: many times what a transaction takes, so that a pooled connection which died while the
/// process was frozen leaves time for a fresh one.
pub const ATTEMPT_MS: u64 = 900;

/// Connecting and its handshake, in milliseconds.
pub const CONNECT_MS: u64 = 600;

/// The wait before the second try, at most, in milliseconds; before the third it is doubled.
pub const BACKOFF_MS: u64 = 50;

/// Reading the secret, in milliseconds: it is read before the first request, in the 10 s that Lambda gives to a start.
pub const SECRET_MS: u64 = 6000;

const _: () = assert!(3 * OPERATION_MS <= 1000 * Times::DEFAULT.store_s.unsigned_abs());
const _: () = assert!(OPERATION_MS < 1000 * Times::DEFAULT.park_s.unsigned_abs());
const _: () = assert!(2 * ATTEMPT_MS + BACKOFF_MS < OPERATION_MS);
const _: () = assert!(CONNECT_MS < ATTEMPT_MS);
const _: () = assert!(SECRET_MS < 10_000);

/// Where AWS is, and as whom we ask it.
#[derive(Debug, Clone)]
pub struct Connections {
    http: SharedHttpClient,
    region: Region,
    credentials: Credentials,
    endpoint: Option<String>,
}

/// What every client is built with. The clients' builders share their methods but no trait.
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
    /// Reads `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and `AWS_ENDPOINT_URL`, the
    /// last two of which may be missing. Nothing is connected yet.
    ///
    /// # Errors
    /// A variable is missing.
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

    /// The truth.
    pub fn store(&self, settings: StoreConfig) -> Table {
        Table::new(client!(aws_sdk_dynamodb, self, OPERATION_MS), settings)
    }

    /// The carriers' slots and breakers, which stand in the same table.
    pub fn channels(&self, settings: &StoreConfig) -> ChannelTable {
        ChannelTable::new(client!(aws_sdk_dynamodb, self, OPERATION_MS), settings.table.clone())
    }

    /// The clock and the buffer.
    pub fn wake_ups(&self, settings: WakeUpConfig) -> QueueAndSchedules {
        let queue = client!(aws_sdk_sqs, self, OPERATION_MS);
        QueueAndSchedules::new(queue, client!(aws_sdk_scheduler, self, OPERATION_MS), settings)
    }

    /// Where texts wait.
    pub fn parking(&self, settings: ParkingConfig) -> InboundQueue {
        InboundQueue::new(client!(aws_sdk_sqs, self, OPERATION_MS), settings)
    }

    /// Reads the secret called `id`.
    ///
    /// # Errors
    /// It can't be read, or is not of its form.
    pub async fn secret(&self, id: &str) -> anyhow::Result<Secret> {
        let request = client!(aws_sdk_secretsmanager, self, SECRET_MS).get_secret_value().secret_id(id);
        let answer = request.send().await.map_err(|error| anyhow::anyhow!(describe(&error)));
        let answer = answer.with_context(|| format!("the secret {id:?} (SECRET_ID) could not be read"))?;
        let json = answer.secret_string().context("SECRET_ID: expected a secret of text, found one of bytes")?;
        Secret::parse(json).with_context(|| format!("the secret {id:?} (SECRET_ID)"))
    }
}

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
