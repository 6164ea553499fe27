//! A running stack with short times. Tests share it: each test has people with phone numbers of their own.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use local::deploy::Accounts;
use local::endpoint::Service;
use local::parameters::{Parameters, Sweeper};
use local::progress::Progress;
use local::stack::{Options, Stack};
use reminder::ids::PersonKey;
use serde_json::{Value, json};

use crate::finished_people::FinishedPeople;
use crate::sweeper_loop::SweeperLoop;

/// Longest wait for a state that a test expects. It is far longer than needed, so that a slow machine fails no test.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
/// Wait between two reads of a state whose change sends no event.
const POLL: Duration = Duration::from_millis(200);

/// A stack, its sweeper and the people of the tests.
pub struct Stage {
    pub(crate) sweeper: SweeperLoop,
    /// The stack that the tests use.
    pub stack: Stack,
    /// Client for the tests' own requests.
    pub http: reqwest::Client,
    /// Key by which a person's id is derived from their number.
    pub(crate) person_key: PersonKey,
    /// Number of people made so far.
    pub(crate) people: AtomicU32,
    pub(crate) finished: FinishedPeople,
}

impl Stage {
    /// Starts a stack with short times and this many carriers. Its sweeper runs every half second instead of every
    /// minute.
    ///
    /// # Errors
    /// Fails if the stack does not start, if its secret can't be read, or if its table can't be emptied.
    pub async fn start(accounts: Accounts) -> Result<Self> {
        let parameters = Parameters::of_this_machine().with_short_times().with_sweeper(Sweeper::ByHand);
        let stack = Stack::start(Options { parameters, accounts, ..Options::temporary() }, &Progress::begin()).await?;
        let secret = stack.output("SecretId")?;
        let input = json!({ "SecretId": secret });
        let stored = stack.endpoint().call(Service::SecretsManager, "GetSecretValue", &input).await?;
        let text = stored["SecretString"].as_str().context("expected a SecretString")?;
        let secret: Value = serde_json::from_str(text)?;
        let person_key = PersonKey::new(secret["person_key"].as_str().context("expected a person_key")?.as_bytes())?;
        delete_all_items(&stack).await?;
        let sweeper = SweeperLoop::start(&stack)?;
        let (people, finished) = (AtomicU32::new(0), FinishedPeople::default());
        Ok(Self { sweeper, stack, http: reqwest::Client::new(), person_key, people, finished })
    }

    /// Calls `look` until it returns a value, and returns that value. `expected` describes the expected state in an
    /// error.
    ///
    /// # Errors
    /// Fails if `look` fails, or returns no value for five minutes.
    pub async fn until<T>(&self, expected: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        let started = tokio::time::Instant::now();
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if started.elapsed() > LIMIT {
                bail!("expected within {LIMIT:?}: {expected}");
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Kills all processes of the function that this output of the template names, as the loss of a machine would, and
    /// returns how many were killed.
    ///
    /// # Errors
    /// Fails if the template has no such output, or if the processes can't be listed.
    pub fn kill(&self, function_output: &str) -> Result<usize> {
        let function = self.stack.output(function_output)?;
        let processes = self.stack.function_processes()?;
        Ok(processes.iter().filter(|process| process.function == function && process.kill()).count())
    }
}

/// Deletes every item, because a stack on an existing endpoint may have people of an earlier run with the same numbers.
async fn delete_all_items(stack: &Stack) -> Result<()> {
    for item in stack.items().await? {
        let key = json!({ "pk": item["pk"], "sk": item["sk"] });
        let input = json!({ "TableName": stack.output("TableName")?, "Key": key });
        stack.endpoint().call(Service::DynamoDb, "DeleteItem", &input).await?;
    }
    Ok(())
}
