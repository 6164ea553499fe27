//! A running stack: an emulated AWS with the real template and binaries, and a simulated carrier.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use futures_util::future::join;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::build::{self, Binaries, Build};
use crate::deploy::{self, Accounts};
use crate::emulator::Emulator;
use crate::endpoint::{Deployed, Endpoint, Service};
use crate::instance_lock::InstanceLock;
use crate::local_paths::LocalPaths;
use crate::parameters::{PUBLIC_URL, Parameters, SECOND_SERVICE_NUMBER, SERVICE_NUMBER};
use crate::processes::{self, FunctionProcess};
use crate::progress::Progress;
use crate::tools::Tools;
use simulated_carrier::{AccountSid, AuthTokens, CarrierConfig, PhoneNumber, Route, SimulatedCarrier, Timing};

/// Port of the simulated carrier of `cargo local`.
pub const CARRIER_PORT: u16 = 53307;
/// Port of the emulator of `cargo local`.
pub const EMULATOR_PORT: u16 = 53306;
/// Fragment of the webhook URL of texts, as in docs/deploying.md: the carrier retries a failed webhook up to three times.
pub const TEXT_RETRIES: &str = "#rc=3&rp=all";
/// Fragment of the webhook URL of calls, as in docs/deploying.md: the carrier retries a failed webhook up to twice.
pub const VOICE_RETRIES: &str = "#rc=2&rp=all";

/// Where a stack is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aws {
    /// A new emulator.
    Emulated {
        /// Port to listen on. With 0, a free port is chosen.
        port: u16,
    },
    /// A running emulator or proxy of the AWS API at this URL.
    At(String),
}

impl Aws {
    /// Returns the endpoint in `AWS_ENDPOINT_URL`, else a new emulator on this port.
    #[must_use]
    pub fn of_environment(port: u16) -> Self {
        match std::env::var("AWS_ENDPOINT_URL") {
            Ok(url) if !url.is_empty() => Self::At(url),
            _ => Self::Emulated { port },
        }
    }
}

/// Where the emulator keeps its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmulatorState {
    /// In this folder, for the next start.
    Kept(PathBuf),
    /// In a temporary folder, which is removed at the end.
    Discarded,
}

/// Options of a stack.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the stack is deployed.
    pub aws: Aws,
    /// Port of the simulated carrier. With 0, a free port is chosen.
    pub carrier_port: u16,
    /// Where the emulator keeps its state.
    pub state: EmulatorState,
    /// The template's parameters. The stack adds the carrier's URL, and the URL and the number of a second carrier.
    pub parameters: Parameters,
    /// Durations at the simulated carrier.
    pub timing: Timing,
    /// Number of carrier accounts. A second carrier uses a free port.
    pub accounts: Accounts,
    /// How the functions are compiled.
    pub build: Build,
}

impl Options {
    /// Returns the options for a demo or tests: free ports, no stored state, the template's default times.
    #[must_use]
    pub fn temporary() -> Self {
        Self {
            aws: Aws::of_environment(0),
            carrier_port: 0,
            state: EmulatorState::Discarded,
            parameters: Parameters::of_this_machine(),
            timing: Timing::real_time(),
            accounts: Accounts::One,
            build: Build::of_environment(),
        }
    }

    /// Returns the options for `cargo local`: fixed ports and a stored state.
    #[must_use]
    pub fn persistent(paths: &LocalPaths) -> Self {
        let aws = Aws::of_environment(EMULATOR_PORT);
        Self { aws, carrier_port: CARRIER_PORT, state: EmulatorState::Kept(paths.state()), ..Self::temporary() }
    }
}

/// A running stack. Dropping it stops everything that was started for it, in the order of the fields: the carrier stops
/// before the AWS that it calls.
pub struct Stack {
    carrier: SimulatedCarrier,
    second_carrier: Option<SimulatedCarrier>,
    endpoint: Endpoint,
    parameters: Parameters,
    build: Build,
    deployed: Deployed,
    emulator: Option<Emulator>,
    _discarded: Option<TempDir>,
}

impl Stack {
    /// Installs the tools, starts the emulator (unless an endpoint is given) and the carriers, then builds and deploys.
    /// Tools that are installed are kept, and a build that is already deployed is not deployed again.
    ///
    /// # Errors
    /// Fails if a step fails. Everything that was started before has then stopped.
    pub async fn start(options: Options, progress: &Progress) -> Result<Self> {
        let paths = LocalPaths::here();
        let (tools, binaries) = match options.build {
            Build::Development => {
                let both = join(Tools::install(&paths, progress), build::compile(&paths, progress)).await;
                (both.0?, Some(both.1?))
            }
            Build::Release => (Tools::install(&paths, progress).await?, None),
        };
        let (folder, discarded) = folder_of(&options.state)?;
        let (emulator, endpoint) = match &options.aws {
            Aws::At(url) => (None, Endpoint::new(url.clone())),
            Aws::Emulated { port } => {
                progress.say("Starting the emulated AWS");
                let emulator = Emulator::start(&tools, &folder, *port).await?;
                let endpoint = emulator.endpoint();
                (Some(emulator), endpoint)
            }
        };
        let carrier = start_carrier(&options).await?;
        let mut parameters = options.parameters.clone().with("CarrierUrl", &carrier.url());
        let second_carrier = match options.accounts {
            Accounts::One => None,
            Accounts::Two => Some(start_second_carrier(&options).await?),
        };
        if let Some(second) = &second_carrier {
            parameters = parameters.with("SecondServiceNumber", SECOND_SERVICE_NUMBER);
            parameters = parameters.with("SecondCarrierUrl", &second.url());
        }
        let deployment = build_and_deploy(&tools, &paths, binaries, &endpoint, &parameters, options.accounts, progress);
        let deployed = deployment.await?;
        let build = options.build;
        let stack =
            Self { carrier, second_carrier, endpoint, parameters, build, deployed, emulator, _discarded: discarded };
        stack.connect_carrier()?;
        Ok(stack)
    }

    /// Returns the simulated carrier.
    #[must_use]
    pub fn carrier(&self) -> &SimulatedCarrier {
        &self.carrier
    }

    /// Returns the second simulated carrier. Absent if the stack has a single carrier account.
    #[must_use]
    pub fn second_carrier(&self) -> Option<&SimulatedCarrier> {
        self.second_carrier.as_ref()
    }

    /// Returns the endpoint of the emulated AWS.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Returns the emulator. Absent if the stack runs on an existing endpoint.
    #[must_use]
    pub fn emulator(&self) -> Option<&Emulator> {
        self.emulator.as_ref()
    }

    /// Lists the running processes of the functions.
    ///
    /// # Errors
    /// Fails if processes can't be listed.
    pub fn function_processes(&self) -> Result<Vec<FunctionProcess>> {
        processes::of_functions(self.endpoint.url(), self.emulator.as_ref().map(Emulator::process_id))
    }

    /// Returns the URL of the deployed API on this machine. The carrier signs `PUBLIC_URL` instead.
    ///
    /// # Errors
    /// Fails if the template has no output `ApiId`.
    pub fn api_url(&self) -> Result<String> {
        Ok(format!("{}/_aws/execute-api/{}/$default", self.endpoint.url(), self.output("ApiId")?))
    }

    /// Returns the output `name` of the template.
    ///
    /// # Errors
    /// Fails if the template has no output of this name.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.deployed.output(name)
    }

    /// Deploys the same build again with another value of a parameter, as an operator does. Returns the new outputs;
    /// [`Stack::output`] keeps those of the first deployment.
    ///
    /// # Errors
    /// Fails if SAM or the emulator reports an error.
    pub async fn deploy_with(&self, parameter: &str, value: &str, progress: &Progress) -> Result<Deployed> {
        let paths = LocalPaths::here();
        let tools = Tools::install(&paths, progress).await?;
        let parameters = self.parameters.clone().with(parameter, value);
        let _lock = InstanceLock::take(&paths.local().join("lock"), "building", progress).await?;
        deploy::deploy(&tools, &paths, &self.build.folder(&paths), &self.endpoint, &parameters, progress).await
    }

    /// Runs the sweeper once.
    ///
    /// # Errors
    /// Fails if the sweeper fails or can't be invoked.
    pub async fn sweep(&self) -> Result<Value> {
        self.endpoint.invoke(self.output("SweeperFunction")?, &json!({})).await
    }

    /// Returns every item of the table in DynamoDB's JSON, read consistently.
    ///
    /// # Errors
    /// Fails if the table can't be read.
    pub async fn items(&self) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        let mut input = json!({ "TableName": self.output("TableName")?, "ConsistentRead": true });
        loop {
            let mut page = self.endpoint.call(Service::DynamoDb, "Scan", &input).await?;
            if let Value::Array(found) = page["Items"].take() {
                items.extend(found);
            }
            match page["LastEvaluatedKey"].take() {
                Value::Null => return Ok(items),
                last => input["ExclusiveStartKey"] = last,
            }
        }
    }

    /// Makes each carrier sign public URLs but send the webhooks to this machine. The first carrier can also publish
    /// texts to the stack's topic.
    fn connect_carrier(&self) -> Result<()> {
        for carrier in std::iter::once(&self.carrier).chain(&self.second_carrier) {
            carrier.set_route(Route { public: PUBLIC_URL.to_owned(), base: self.api_url()? });
        }
        let (endpoint, topic) = (self.endpoint.clone(), self.output("TextsTopicArn")?.to_owned());
        self.carrier.set_sns(Arc::new(move |text| {
            let (endpoint, topic) = (endpoint.clone(), topic.clone());
            Box::pin(async move {
                let message = serde_json::to_string(&text).map_err(|error| error.to_string())?;
                endpoint.publish(&topic, &message).await.map_err(|error| format!("{error:#}"))
            })
        }));
        Ok(())
    }
}

async fn start_carrier(options: &Options) -> Result<SimulatedCarrier> {
    let config = CarrierConfig {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, options.carrier_port)),
        account: AccountSid::parse(deploy::ACCOUNT_SID)?,
        tokens: AuthTokens { primary: deploy::AUTH_TOKEN.to_owned(), secondary: None },
        api_key: None,
        service_number: PhoneNumber::parse(SERVICE_NUMBER)?,
        sms_url: format!("{PUBLIC_URL}/sms{TEXT_RETRIES}"),
        voice_url: format!("{PUBLIC_URL}/voice{VOICE_RETRIES}"),
        routes: Vec::new(),
        timing: options.timing,
    };
    let started = SimulatedCarrier::start(config).await;
    started.with_context(|| crate::port_in_use(options.carrier_port))
}

/// Starts a simulated carrier for the second account, with its own number, so that one carrier can fail without the
/// other.
async fn start_second_carrier(options: &Options) -> Result<SimulatedCarrier> {
    let config = CarrierConfig {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        account: AccountSid::parse(deploy::SECOND_ACCOUNT_SID)?,
        tokens: AuthTokens { primary: deploy::SECOND_AUTH_TOKEN.to_owned(), secondary: None },
        api_key: None,
        service_number: PhoneNumber::parse(SECOND_SERVICE_NUMBER)?,
        sms_url: format!("{PUBLIC_URL}/sms{TEXT_RETRIES}"),
        voice_url: format!("{PUBLIC_URL}/voice{VOICE_RETRIES}"),
        routes: Vec::new(),
        timing: options.timing,
    };
    SimulatedCarrier::start(config).await.context("could not start the second simulated carrier: no free port")
}

/// Writes and deploys the build under a lock, because all stacks of this workspace share its folder. `binaries` are those
/// of a development build. Without them, SAM makes a release build.
async fn build_and_deploy(
    tools: &Tools,
    paths: &LocalPaths,
    binaries: Option<Binaries>,
    endpoint: &Endpoint,
    parameters: &Parameters,
    accounts: Accounts,
    progress: &Progress,
) -> Result<Deployed> {
    let _lock = InstanceLock::take(&paths.local().join("lock"), "building", progress).await?;
    let built = match binaries {
        Some(binaries) => {
            binaries.write(paths).await?;
            Build::Development
        }
        None => {
            build::release(tools, paths, parameters, progress).await?;
            Build::Release
        }
    };
    let deployed = deploy::deploy(tools, paths, &built.folder(paths), endpoint, parameters, progress).await?;
    deploy::finish(endpoint, &deployed, accounts).await?;
    Ok(deployed)
}

fn folder_of(state: &EmulatorState) -> Result<(PathBuf, Option<TempDir>)> {
    match state {
        EmulatorState::Kept(folder) => {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("could not create the folder {}", folder.display()))?;
            Ok((folder.clone(), None))
        }
        EmulatorState::Discarded => {
            let folder = tempfile::Builder::new().prefix("sixthirty-").tempdir();
            let folder = folder.context("could not create a temporary folder for the emulator")?;
            Ok((folder.path().to_owned(), Some(folder)))
        }
    }
}

#[cfg(test)]
mod tests {
    use operate::access::{LOCAL_ENDPOINT, LOCAL_REGION, LOCAL_STACK};

    use super::EMULATOR_PORT;
    use crate::deploy::STACK;
    use crate::endpoint::REGION;

    #[test]
    fn the_operators_tool_has_the_endpoint_the_name_and_the_region_of_the_local_stack() {
        assert_eq!(LOCAL_ENDPOINT, format!("http://127.0.0.1:{EMULATOR_PORT}"));
        assert_eq!((LOCAL_STACK, LOCAL_REGION), (STACK, REGION));
    }
}
