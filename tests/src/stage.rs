//! A running stack with short times, shared by tests that stay out of each other's way by using other numbers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use local::deploy::Accounts;
use local::endpoint::Service;
use local::parameters::{Parameters, Sweeper};
use local::progress::Progress;
use local::stack::{Options, Stack};
use reminder::ids::PersonKey;
use serde_json::{Value, json};

use crate::person::Person;
use crate::quiet::Quiet;
use crate::sweeping::Sweeping;

/// How long anything may take that is bound to happen: far more than it needs, so that a slow machine fails no test.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
/// How often what has no event of its own is looked at.
pub(crate) const POLL: Duration = Duration::from_millis(200);

/// A stack to play on.
pub struct Stage {
    sweeping: Sweeping,
    /// The stack.
    pub stack: Stack,
    /// For requests of the test's own.
    pub http: reqwest::Client,
    key: PersonKey,
    people: AtomicU32,
    quiet: Mutex<Vec<Quiet>>,
}

impl Stage {
    /// Brings up a stack with short times and so many carriers. Its sweeper runs every half second instead of every
    /// minute.
    ///
    /// # Errors
    /// A step fails.
    pub async fn set(accounts: Accounts) -> Result<Self> {
        let parameters = Parameters::of_this_machine().with_short_times().with_sweeper(Sweeper::ByHand);
        let stack = Stack::start(Options { parameters, accounts, ..Options::temporary() }, &Progress::begin()).await?;
        let secret = stack.output("SecretId")?;
        let input = json!({ "SecretId": secret });
        let stored = stack.endpoint().call(Service::SecretsManager, "GetSecretValue", &input).await?;
        let text = stored["SecretString"].as_str().context("expected a SecretString")?;
        let secret: Value = serde_json::from_str(text)?;
        let key = PersonKey::new(secret["person_key"].as_str().context("expected a person_key")?.as_bytes())?;
        clear(&stack).await?;
        let sweeping = Sweeping::begin(&stack)?;
        let (people, quiet) = (AtomicU32::new(0), Mutex::default());
        Ok(Self { sweeping, stack, http: reqwest::Client::new(), key, people, quiet })
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
        self.somebody_at(&format!("+1{area}55501{:02}", 10 + index % 80))
    }

    /// Somebody with this number.
    ///
    /// # Errors
    /// It is no number.
    pub fn somebody_at(&self, number: &str) -> Result<Person<'_>> {
        Person::new(self, number, &self.key)
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

    /// Ends the processes of a function at once, as a lost machine would, and says how many there were.
    ///
    /// # Errors
    /// The processes can't be listed.
    pub fn kill(&self, output: &str) -> Result<usize> {
        let function = self.stack.output(output)?;
        let processes = self.stack.function_processes()?;
        Ok(processes.iter().filter(|process| process.function == function && process.kill()).count())
    }

    pub(crate) fn watch(&self, quiet: Quiet) {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner).push(quiet);
    }

    /// Whether tests left somebody behind to whom nothing more may happen.
    pub fn expects_quiet(&self) -> bool {
        !self.quiet.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Judges what only the end of all tests shows: nothing more happened to anybody for whom all was over, and the
    /// sweeper never failed.
    ///
    /// All the people of a stage are watched together, each from the end of their test. The last to be watched are so
    /// until a reminder has rung that was made after them: whatever was on its way before it has come by then.
    ///
    /// # Errors
    /// Something came all the same.
    pub async fn stays_quiet(&self) -> Result<()> {
        let last = self.somebody()?;
        last.will_press_1()?;
        // Later than anything the tests left behind: the longest wait between two calls, what was due after it was
        // deleted.
        last.text("remind me to close the curtain in 35 seconds").await?;
        ensure!(last.end().await? == "heard", "expected the last call to be heard, found {:#?}", last.log());
        let watched = std::mem::take(&mut *self.quiet.lock().unwrap_or_else(PoisonError::into_inner));
        let mut broken = Vec::new();
        for quiet in watched {
            broken.extend(quiet.broken(self).await?);
        }
        broken.extend(self.sweeping.failures());
        ensure!(broken.is_empty(), "{}", broken.join("\n"));
        Ok(())
    }
}

/// Empties the table: on an AWS that was there before, the people of an earlier run have the same numbers.
async fn clear(stack: &Stack) -> Result<()> {
    for item in stack.items().await? {
        let key = json!({ "pk": item["pk"], "sk": item["sk"] });
        let input = json!({ "TableName": stack.output("TableName")?, "Key": key });
        stack.endpoint().call(Service::DynamoDb, "DeleteItem", &input).await?;
    }
    Ok(())
}
