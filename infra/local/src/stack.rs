//! The whole of it, running: an emulated AWS with the real template and binaries, and a simulated carrier.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tempfile::TempDir;

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

/// Where the carrier of `cargo local` listens.
pub const CARRIER_PORT: u16 = 53307;
/// Where the emulator of `cargo local` listens.
pub const EMULATOR_PORT: u16 = 53306;
/// What the carrier does when the webhook fails, as operators are told to configure it: 5xx and time-outs are retried.
const RETRIES: &str = "#rc=3&rp=all";

/// The AWS that a stack is deployed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aws {
    /// An emulator of our own, on this port; 0 takes a free one.
    Emulated {
        /// The port.
        port: u16,
    },
    /// Something that runs already and speaks the AWS API.
    At(String),
}

impl Aws {
    /// What `AWS_ENDPOINT_URL` names, else an emulator on this port.
    #[must_use]
    pub fn of_environment(port: u16) -> Self {
        match std::env::var("AWS_ENDPOINT_URL") {
            Ok(url) if !url.is_empty() => Self::At(url),
            _ => Self::Emulated { port },
        }
    }
}

/// What becomes of the emulator's state when it stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EmulatorState {
    /// Kept in this folder for the next start.
    Kept(PathBuf),
    /// Discarded.
    Discarded,
}

/// How a stack is brought up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The AWS it is deployed to.
    pub aws: Aws,
    /// Where the carrier listens; 0 takes a free port.
    pub carrier_port: u16,
    /// What becomes of the emulator's state.
    pub state: EmulatorState,
    /// The template's parameters, but for the carrier's address.
    pub parameters: Parameters,
    /// How long things take at the carrier.
    pub timing: Timing,
    /// How many carriers there are; a second one takes a free port.
    pub accounts: Accounts,
}

impl Options {
    /// A stack for one demonstration or one set of tests: free ports, nothing kept, the template's own times.
    #[must_use]
    pub fn temporary() -> Self {
        Self {
            aws: Aws::of_environment(0),
            carrier_port: 0,
            state: EmulatorState::Discarded,
            parameters: Parameters::of_this_machine(),
            timing: Timing::real_time(),
            accounts: Accounts::One,
        }
    }

    /// The stack of `cargo local`: fixed ports, and a state that is kept.
    #[must_use]
    pub fn persistent(paths: &LocalPaths) -> Self {
        let aws = Aws::of_environment(EMULATOR_PORT);
        Self { aws, carrier_port: CARRIER_PORT, state: EmulatorState::Kept(paths.state()), ..Self::temporary() }
    }
}

/// A running stack. Dropping it ends everything that was started for it, in the order of the fields: nobody calls
/// an AWS that is gone.
pub struct Stack {
    carrier: SimulatedCarrier,
    second_carrier: Option<SimulatedCarrier>,
    endpoint: Endpoint,
    deployed: Deployed,
    emulator: Option<Emulator>,
    _discarded: Option<TempDir>,
}

impl Stack {
    /// Installs, builds, starts and deploys, each as far as it was not done before.
    ///
    /// # Errors
    /// A step fails; whatever the steps before it started has ended when this returns.
    pub async fn start(options: Options, progress: &Progress) -> Result<Self> {
        let paths = LocalPaths::here();
        let tools = Tools::install(&paths, progress).await?;
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
        let building = build_and_deploy(&tools, &paths, &endpoint, &parameters, options.accounts, progress);
        let deployed = building.await?;
        let stack = Self { carrier, second_carrier, endpoint, deployed, emulator, _discarded: discarded };
        stack.connect_carrier()?;
        Ok(stack)
    }

    /// The simulated carrier.
    #[must_use]
    pub fn carrier(&self) -> &SimulatedCarrier {
        &self.carrier
    }

    /// The second one, where there is one.
    #[must_use]
    pub fn second_carrier(&self) -> Option<&SimulatedCarrier> {
        self.second_carrier.as_ref()
    }

    /// The emulated AWS.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The emulator's process; nothing when the stack runs on an AWS that was there before.
    pub fn emulator(&mut self) -> Option<&mut Emulator> {
        self.emulator.as_mut()
    }

    /// The processes of the functions that run now.
    ///
    /// # Errors
    /// Processes can't be listed.
    pub fn function_processes(&self) -> Result<Vec<FunctionProcess>> {
        processes::of_functions(self.endpoint.url(), self.emulator.as_ref().map(Emulator::process_id))
    }

    /// Where the deployed API answers on this machine; `PUBLIC_URL` is what it is called outside.
    ///
    /// # Errors
    /// The template has no such output.
    pub fn api_url(&self) -> Result<String> {
        Ok(format!("{}/_aws/execute-api/{}/$default", self.endpoint.url(), self.output("ApiId")?))
    }

    /// An output of the template.
    ///
    /// # Errors
    /// The template has no such output.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.deployed.output(name)
    }

    /// Runs the sweeper once.
    ///
    /// # Errors
    /// It fails, or can't be called.
    pub async fn sweep(&self) -> Result<Value> {
        self.endpoint.invoke(self.output("SweeperFunction")?, &json!({})).await
    }

    /// Every item of the table as DynamoDB gives it, read consistently.
    ///
    /// # Errors
    /// The table can't be read.
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

    /// The carrier signs public addresses and reaches them here; texts by SNS go to the stack's topic.
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
        service_number: PhoneNumber::parse(SERVICE_NUMBER)?,
        sms_url: format!("{PUBLIC_URL}/sms{RETRIES}"),
        routes: Vec::new(),
        timing: options.timing,
    };
    let started = SimulatedCarrier::start(config).await;
    started.with_context(|| format!("port {} is in use; is `cargo local` running already?", options.carrier_port))
}

/// Another account is another carrier: it has its own number, and may fail alone.
async fn start_second_carrier(options: &Options) -> Result<SimulatedCarrier> {
    let config = CarrierConfig {
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        account: AccountSid::parse(deploy::SECOND_ACCOUNT_SID)?,
        tokens: AuthTokens { primary: deploy::SECOND_AUTH_TOKEN.to_owned(), secondary: None },
        service_number: PhoneNumber::parse(SECOND_SERVICE_NUMBER)?,
        sms_url: format!("{PUBLIC_URL}/sms{RETRIES}"),
        routes: Vec::new(),
        timing: options.timing,
    };
    SimulatedCarrier::start(config).await.context("no free port for a second carrier")
}

/// Two that start at the same time build in the same folder, so one waits until the other has deployed.
async fn build_and_deploy(
    tools: &Tools,
    paths: &LocalPaths,
    endpoint: &Endpoint,
    parameters: &Parameters,
    accounts: Accounts,
    progress: &Progress,
) -> Result<Deployed> {
    let _lock = InstanceLock::take(&paths.local().join("lock"), "building", progress).await?;
    deploy::build(tools, paths, parameters, progress).await?;
    let deployed = deploy::deploy(tools, paths, endpoint, parameters, progress).await?;
    deploy::finish(endpoint, &deployed, accounts).await?;
    Ok(deployed)
}

fn folder_of(state: &EmulatorState) -> Result<(PathBuf, Option<TempDir>)> {
    match state {
        EmulatorState::Kept(folder) => {
            std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
            Ok((folder.clone(), None))
        }
        EmulatorState::Discarded => {
            let folder = tempfile::Builder::new().prefix("sixthirty-").tempdir();
            let folder = folder.context("can't make a folder for the emulator")?;
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
    fn the_operators_tool_looks_for_the_local_stack_where_it_is() {
        assert_eq!(LOCAL_ENDPOINT, format!("http://127.0.0.1:{EMULATOR_PORT}"));
        assert_eq!((LOCAL_STACK, LOCAL_REGION), (STACK, REGION));
    }
}
