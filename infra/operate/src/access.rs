//! Access to the operated stack, which is the local stack, a stack at another endpoint, or a stack on AWS.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// URL of the emulator of `cargo local`. A test of the crate `local` checks this URL, and the local stack's name and
/// region below.
pub const LOCAL_ENDPOINT: &str = "http://127.0.0.1:53306";
/// Name of the stack that `cargo local` deploys.
pub const LOCAL_STACK: &str = "sixthirty-local";
/// Region of the stack that `cargo local` deploys.
pub const LOCAL_REGION: &str = "us-east-1";
/// Default name of the stack on AWS. `samconfig.toml` contains the same name.
const STACK_IN_AWS: &str = "sixthirty";

/// Timeout of one operation, including its retries. An operation that receives messages waits at most one second for
/// them.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(10);

/// The API that serves the stack.
#[derive(Debug, Clone)]
enum Target {
    /// An emulator or proxy of the AWS API at this URL.
    Endpoint(String),
    /// The real AWS API.
    Aws,
}

/// A stack and the credentials for its resources.
#[derive(Debug, Clone)]
pub struct Access {
    target: Target,
    stack: String,
    region: String,
    credentials: Credentials,
    options: GivenOptions,
}

/// The options with which the operator chose the stack. The commands that are suggested repeat them, so that they work on
/// the same stack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct GivenOptions {
    aws: bool,
    stack: Option<String>,
    region: Option<String>,
}

/// Builds a client of one service. This is a macro because the services' builders share methods but no trait.
macro_rules! client {
    ($sdk:ident, $access:expr) => {{
        let tls = Provider::Rustls(CryptoMode::Ring);
        let mut config = $sdk::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().tls_provider(tls).build_https())
            .timeout_config(TimeoutConfig::builder().operation_timeout(OPERATION_TIMEOUT).build())
            .region(Region::new($access.region.clone()))
            .credentials_provider($access.credentials.clone());
        if let Target::Endpoint(url) = &$access.target {
            config = config.endpoint_url(url);
        }
        $sdk::Client::from_conf(config.build())
    }};
}

impl Access {
    /// Returns access to AWS if `aws` is set, else to the endpoint in `AWS_ENDPOINT_URL`, else to the stack of
    /// `cargo local`. Credentials in the environment alone never select an AWS account. `AWS_REGION` selects a region
    /// only on AWS, because `cargo local` always deploys to [`LOCAL_REGION`].
    ///
    /// # Errors
    /// Fails if `aws` is set and an access key or the region is missing.
    pub fn of_environment(aws: bool, stack: Option<String>, region: Option<String>) -> Result<Self> {
        Self::of_variables(aws, stack, region, |name| std::env::var(name).ok())
    }

    /// Returns the same access for the environment whose variables `read` returns.
    fn of_variables(
        aws: bool,
        stack: Option<String>,
        region: Option<String>,
        read: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let variable = |name: &str| read(name).filter(|value| !value.is_empty());
        let options = GivenOptions { aws, stack: stack.clone(), region: region.clone() };
        if !aws {
            let mut access = Self::at(variable("AWS_ENDPOINT_URL").unwrap_or_else(|| LOCAL_ENDPOINT.to_owned()));
            access.stack = stack.unwrap_or(access.stack);
            access.region = region.unwrap_or(access.region);
            access.options = options;
            return Ok(access);
        }
        let required = |name: &str| {
            let advice = "is not set; run `eval \"$(aws configure export-credentials --format env)\"` to set it";
            variable(name).with_context(|| format!("{name} {advice}"))
        };
        let region = region.or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
        Ok(Self {
            target: Target::Aws,
            stack: stack.unwrap_or_else(|| STACK_IN_AWS.to_owned()),
            region: region.context("no region is set; use --region or set AWS_REGION")?,
            credentials: Credentials::new(
                required("AWS_ACCESS_KEY_ID")?,
                required("AWS_SECRET_ACCESS_KEY")?,
                variable("AWS_SESSION_TOKEN"),
                None,
                "environment",
            ),
            options,
        })
    }

    /// Returns access to the local stack on an emulator at this URL. The emulator checks no signature.
    #[must_use]
    pub fn at(endpoint: String) -> Self {
        Self {
            target: Target::Endpoint(endpoint),
            stack: LOCAL_STACK.to_owned(),
            region: LOCAL_REGION.to_owned(),
            credentials: Credentials::new("000000000000", "local", None, None, "an emulator's"),
            options: GivenOptions::default(),
        }
    }

    /// Returns the name of the stack.
    pub(crate) fn stack(&self) -> &str {
        &self.stack
    }

    /// Describes where the stack is, for messages.
    pub(crate) fn location(&self) -> String {
        match &self.target {
            Target::Endpoint(url) => url.clone(),
            Target::Aws => format!("AWS, {}", self.region),
        }
    }

    /// Suggests checks for the case that the stack or its queues can't be found.
    pub(crate) fn advice(&self) -> String {
        match &self.target {
            Target::Endpoint(_) => format!("is `cargo local` running, with a stack named {}?", self.stack),
            Target::Aws => {
                format!("is a stack named {} deployed there? Choose another with --stack and --region", self.stack)
            }
        }
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns the URL of a service, without a path.
    pub(crate) fn base_url(&self, service: &str) -> String {
        match &self.target {
            Target::Endpoint(url) => url.trim_end_matches('/').to_owned(),
            Target::Aws => format!("https://{service}.{}.amazonaws.com", self.region),
        }
    }

    /// Returns the URL at which the webhooks of an API are requested. An emulator serves them itself, because its
    /// public URL is not a real one.
    pub(crate) fn webhooks(&self, public_url: &str, api: &str) -> String {
        match &self.target {
            Target::Endpoint(url) => format!("{}/_aws/execute-api/{api}/$default", url.trim_end_matches('/')),
            Target::Aws => public_url.to_owned(),
        }
    }

    /// Returns a command of this tool for the same stack, for example `cargo operate --aws doctor`.
    pub(crate) fn command(&self, arguments: &str) -> String {
        let mut command = String::from("cargo operate");
        if self.options.aws {
            command.push_str(" --aws");
        }
        for (option, value) in [("stack", &self.options.stack), ("region", &self.options.region)] {
            command.extend(value.iter().map(|value| format!(" --{option} {value}")));
        }
        command + " " + arguments
    }

    /// Returns the command that deploys the same stack with a parameter.
    pub(crate) fn deploy_command(&self, parameter: &str) -> String {
        let mut command = String::from("sam deploy");
        for (option, value) in [("stack-name", &self.options.stack), ("region", &self.options.region)] {
            command.extend(value.iter().map(|value| format!(" --{option} {value}")));
        }
        command + " --parameter-overrides " + parameter
    }

    /// Returns the options that the commands of another tool need to reach the same stack.
    pub(crate) fn options(&self) -> String {
        match &self.target {
            Target::Endpoint(url) => format!(" --endpoint-url {url} --region {}", self.region),
            Target::Aws => format!(" --region {}", self.region),
        }
    }

    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        client!(aws_sdk_sqs, self)
    }

    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        client!(aws_sdk_dynamodb, self)
    }

    pub(crate) fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        client!(aws_sdk_secretsmanager, self)
    }
}

/// Adds the root cause to the SDK's own message, which is only "service error" or "dispatch failure".
pub(crate) fn described(error: impl std::error::Error) -> anyhow::Error {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    anyhow!("{error}: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: [(&str, &str); 5] = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-2"),
        ("AWS_ENDPOINT_URL", ""),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
    ];

    fn access(aws: bool, stack: Option<&str>, region: Option<&str>) -> Access {
        let read =
            |name: &str| VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Access::of_variables(aws, stack.map(str::to_owned), region.map(str::to_owned), read).unwrap()
    }

    fn region(aws: bool, region: Option<&str>) -> String {
        access(aws, None, region).region
    }

    #[test]
    fn a_suggested_command_repeats_the_options_that_were_given() {
        for (aws, stack, region, command, deploy) in [
            (false, None, None, "cargo operate doctor", "sam deploy"),
            (true, None, None, "cargo operate --aws doctor", "sam deploy"),
            (
                true,
                Some("night"),
                Some("eu-central-1"),
                "cargo operate --aws --stack night --region eu-central-1 doctor",
                "sam deploy --stack-name night --region eu-central-1",
            ),
        ] {
            let access = access(aws, stack, region);
            assert_eq!(access.command("doctor"), command);
            assert_eq!(access.deploy_command("A=b"), format!("{deploy} --parameter-overrides A=b"));
        }
    }

    #[test]
    fn the_region_in_the_environment_selects_a_region_only_on_aws() {
        assert_eq!(region(false, None), LOCAL_REGION);
        assert_eq!(region(false, Some("eu-central-1")), "eu-central-1");
        assert_eq!(region(true, None), "eu-west-1");
        assert_eq!(region(true, Some("eu-central-1")), "eu-central-1");
    }
}
