//! Invokes the sweeper repeatedly while the tests run.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use aws::connect::OPERATION_MS;
use local::stack::Stack;
use serde_json::json;
use tokio::task::JoinHandle;

/// Pause between two invocations of the sweeper. On AWS it runs every minute.
const PAUSE: Duration = Duration::from_millis(500);

/// A task that invokes the sweeper of a stack. Dropping the loop stops the task.
pub(crate) struct SweeperLoop {
    task: JoinHandle<()>,
    failures: Arc<Mutex<Vec<String>>>,
}

impl SweeperLoop {
    pub(crate) fn start(stack: &Stack) -> Result<Self> {
        let (endpoint, function) = (stack.endpoint().clone(), stack.output("SweeperFunction")?.to_owned());
        let failures = Arc::new(Mutex::new(Vec::new()));
        let collected = Arc::clone(&failures);
        let task = tokio::spawn(async move {
            loop {
                let started = Instant::now();
                // An error after the timeout of an operation is no failure: AWS is slow, and the next sweep does the
                // work.
                if let Err(error) = endpoint.invoke(&function, &json!({})).await
                    && started.elapsed() < Duration::from_millis(OPERATION_MS)
                {
                    collected.lock().unwrap_or_else(PoisonError::into_inner).push(format!("the sweeper: {error:#}"));
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Ok(Self { task, failures })
    }

    /// The errors of all invocations that were not slow.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for SweeperLoop {
    fn drop(&mut self) {
        self.task.abort();
    }
}
