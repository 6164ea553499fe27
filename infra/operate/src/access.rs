//! Which stack is operated: the local one, one at another endpoint, or one in AWS.

use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// Address of the emulator of `cargo local`, whose own test keeps it equal to where it listens.
pub const LOCAL_ENDPOINT: &str = "http://127.0.0.1:53306";
/// Name of the stack of `cargo local`.
pub const LOCAL_STACK: &str = "sixthirty-local";
/// Region of the stack of `cargo local`.
pub const LOCAL_REGION: &str = "us-east-1";
/// The stack's name in AWS when nobody says another; `samconfig.toml` has it too.
const STACK_IN_AWS: &str = "sixthirty";

/// How long SQS has for an answer, tries included. The longest wait that is asked of it is a second.
const OPERATION: Duration = Duration::from_secs(10);

/// Where the queues are.
#[derive(Debug, Clone)]
enum Target {
    /// Something that speaks the AWS API at this address.
    Endpoint(String),
    /// AWS itself.
    Aws,
}

/// A stack, and as whom its queues are asked.
#[derive(Debug, Clone)]
pub struct Access {
    target: Target,
    stack: String,
    region: String,
    credentials: Credentials,
}

impl Access {
    /// AWS by the environment's credentials if that is asked for, else what `AWS_ENDPOINT_URL` names, else the stack of
    /// `cargo local`. An account is never touched because its credentials happen to be there.
    ///
    /// # Errors
    /// AWS is asked for, and a credential or the region is not in the environment.
    pub fn of_environment(aws: bool, stack: Option<String>, region: Option<String>) -> Result<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let region = region.or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
        if !aws {
            let mut access = Self::at(variable("AWS_ENDPOINT_URL").unwrap_or_else(|| LOCAL_ENDPOINT.to_owned()));
            access.stack = stack.unwrap_or(access.stack);
            access.region = region.unwrap_or(access.region);
            return Ok(access);
        }
        let required = |name: &str| {
            let what =
                "is not set; `eval \"$(aws configure export-credentials --format env)\"` sets what a profile has";
            variable(name).with_context(|| format!("{name} {what}"))
        };
        Ok(Self {
            target: Target::Aws,
            stack: stack.unwrap_or_else(|| STACK_IN_AWS.to_owned()),
            region: region.context("no region: name one with --region or AWS_REGION")?,
            credentials: Credentials::new(
                required("AWS_ACCESS_KEY_ID")?,
                required("AWS_SECRET_ACCESS_KEY")?,
                variable("AWS_SESSION_TOKEN"),
                None,
                "environment",
            ),
        })
    }

    /// The local stack on an emulator at this address, which asks for no signature.
    #[must_use]
    pub fn at(endpoint: String) -> Self {
        Self {
            target: Target::Endpoint(endpoint),
            stack: LOCAL_STACK.to_owned(),
            region: LOCAL_REGION.to_owned(),
            credentials: Credentials::new("000000000000", "local", None, None, "an emulator's"),
        }
    }

    /// The stack's name.
    pub(crate) fn stack(&self) -> &str {
        &self.stack
    }

    /// Where that is, in words.
    pub(crate) fn location(&self) -> String {
        match &self.target {
            Target::Endpoint(url) => url.clone(),
            Target::Aws => format!("AWS, {}", self.region),
        }
    }

    /// What to look at when the queues are not there.
    pub(crate) fn advice(&self) -> String {
        match &self.target {
            Target::Endpoint(_) => format!("is `cargo local` running, and its stack called {}?", self.stack),
            Target::Aws => format!("is a stack {} deployed there? --stack and --region name another", self.stack),
        }
    }

    pub(crate) fn client(&self) -> Client {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .timeout_config(TimeoutConfig::builder().operation_timeout(OPERATION).build())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials.clone());
        if let Target::Endpoint(url) = &self.target {
            config = config.endpoint_url(url);
        }
        Client::from_conf(config.build())
    }
}
