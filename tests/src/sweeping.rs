//! The sweeper, run again and again beside the tests.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use aws::connect::OPERATION_MS;
use local::stack::Stack;
use serde_json::json;
use tokio::task::JoinHandle;

/// How often the sweeper runs. On AWS it is every minute.
const EVERY: Duration = Duration::from_millis(500);

/// The sweeper of a stack, running. Dropping it ends that.
pub(crate) struct Sweeping {
    task: JoinHandle<()>,
    failures: Arc<Mutex<Vec<String>>>,
}

impl Sweeping {
    pub(crate) fn begin(stack: &Stack) -> Result<Self> {
        let (endpoint, function) = (stack.endpoint().clone(), stack.output("SweeperFunction")?.to_owned());
        let failures = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&failures);
        let task = tokio::spawn(async move {
            loop {
                let started = Instant::now();
                // The next sweep does what one could not do in time.
                if let Err(error) = endpoint.invoke(&function, &json!({})).await
                    && started.elapsed() < Duration::from_millis(OPERATION_MS)
                {
                    noted.lock().unwrap_or_else(PoisonError::into_inner).push(format!("the sweeper: {error:#}"));
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        Ok(Self { task, failures })
    }

    /// How it failed, but for the times when the machine stood still.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Sweeping {
    fn drop(&mut self) {
        self.task.abort();
    }
}
