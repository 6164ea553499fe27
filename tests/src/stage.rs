//! A running stack with short times, shared by tests that stay out of each other's way by using other numbers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use local::deploy::Accounts;
use local::endpoint::Service;
use local::parameters::{Parameters, Sweeper};
use local::progress::Progress;
use local::stack::{Options, Stack};
use reminder::ids::PersonKey;
use serde_json::{Value, json};

use crate::person::Person;

/// How long anything may take that is bound to happen: far more than it needs, so that a slow machine fails no test. The
/// slowest is poison, which is received five times, half a minute apart, before it is among the dead letters.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
/// How often what has no event of its own is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(200);

/// A stack to play on.
pub struct Stage {
    /// The stack.
    pub stack: Stack,
    /// For requests of the test's own.
    pub http: reqwest::Client,
    key: PersonKey,
    people: AtomicU32,
}

impl Stage {
    /// Brings up a stack with short times, whose sweeper runs only when it is asked to.
    ///
    /// # Errors
    /// A step fails.
    pub async fn set() -> Result<Self> {
        Self::set_with(Accounts::One).await
    }

    /// The same, with so many carriers.
    ///
    /// # Errors
    /// A step fails.
    pub async fn set_with(accounts: Accounts) -> Result<Self> {
        let parameters = Parameters::of_this_machine().with_short_times().with_sweeper(Sweeper::ByHand);
        let stack = Stack::start(Options { parameters, accounts, ..Options::temporary() }, &Progress::begin()).await?;
        let secret = stack.output("SecretId")?;
        let input = json!({ "SecretId": secret });
        let stored = stack.endpoint().call(Service::SecretsManager, "GetSecretValue", &input).await?;
        let text = stored["SecretString"].as_str().context("expected a SecretString")?;
        let secret: Value = serde_json::from_str(text)?;
        let key = PersonKey::new(secret["person_key"].as_str().context("expected a person_key")?.as_bytes())?;
        let stage = Self { stack, http: reqwest::Client::new(), key, people: AtomicU32::new(0) };
        stage.clear().await?;
        Ok(stage)
    }

    /// Empties the table: on an AWS that was there before, the people of an earlier run have the same numbers.
    async fn clear(&self) -> Result<()> {
        for item in self.stack.items().await? {
            let key = json!({ "pk": item["pk"], "sk": item["sk"] });
            let input = json!({ "TableName": self.stack.output("TableName")?, "Key": key });
            self.stack.endpoint().call(Service::DynamoDb, "DeleteItem", &input).await?;
        }
        Ok(())
    }

    /// Somebody nobody else is: a fictional number of their own.
    ///
    /// # Errors
    /// None in practice.
    pub fn somebody(&self) -> Result<Person<'_>> {
        // 555-0100 to 555-0199 are kept for fiction in each area code.
        const AREA_CODES: [u32; 6] = [212, 415, 312, 713, 206, 305];
        let index = self.people.fetch_add(1, Ordering::Relaxed);
        let area = AREA_CODES[(index / 80) as usize % AREA_CODES.len()];
        Person::new(self, &format!("+1{area}55501{:02}", 10 + index % 80), &self.key)
    }

    /// Waits until something holds.
    ///
    /// # Errors
    /// It does not within [`LIMIT`], or can't be looked at.
    pub async fn until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        let started = tokio::time::Instant::now();
        loop {
            if let Some(found) = look().await? {
                return Ok(found);
            }
            if started.elapsed() > LIMIT {
                bail!("expected within {LIMIT:?}: {what}");
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Runs the sweeper until something holds.
    ///
    /// # Errors
    /// It does not within [`LIMIT`], or can't be looked at.
    pub async fn sweep_until<T>(&self, what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        self.until(what, async || {
            self.stack.sweep().await?;
            look().await
        })
        .await
    }

    /// Ends the processes of a function at once, as a lost machine would, and says how many there were.
    ///
    /// # Errors
    /// The processes can't be listed.
    pub fn kill(&self, output: &str) -> Result<usize> {
        let function = self.stack.output(output)?;
        let processes = self.stack.function_processes()?;
        Ok(processes.iter().filter(|process| process.function == function && process.kill()).count())
    }
}
