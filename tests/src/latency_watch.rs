//! Measures how long the emulated AWS takes to answer, to tell a stalled machine from a failing test.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use local::endpoint::{Endpoint, Service};
use serde_json::json;
use tokio::task::JoinHandle;

const PAUSE: Duration = Duration::from_millis(50);

/// A task that sends small requests to AWS and keeps the longest wait for an answer. Dropping the watch stops the task.
pub struct LatencyWatch {
    task: JoinHandle<()>,
    waits: Arc<Mutex<Waits>>,
}

struct Waits {
    longest: Duration,
    /// Start of the pause before the current request. The pause is measured too: it takes longer if the machine stalls.
    paused_at: Instant,
}

impl Waits {
    fn longest_so_far(&self) -> Duration {
        self.longest.max(self.paused_at.elapsed().saturating_sub(PAUSE))
    }
}

impl LatencyWatch {
    /// Starts to send requests to this endpoint.
    #[must_use]
    pub fn start(endpoint: &Endpoint) -> Self {
        let waits = Arc::new(Mutex::new(Waits { longest: Duration::ZERO, paused_at: Instant::now() }));
        let (endpoint, measured) = (endpoint.clone(), Arc::clone(&waits));
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                // An answer that reports an error counts as an answer.
                drop(endpoint.call(Service::DynamoDb, "ListTables", &json!({})).await);
                let mut waits = measured.lock().unwrap_or_else(PoisonError::into_inner);
                *waits = Waits { longest: waits.longest_so_far(), paused_at: Instant::now() };
            }
        });
        Self { task, waits }
    }

    /// The longest wait for an answer so far, including the wait that is not over.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).longest_so_far()
    }
}

impl Drop for LatencyWatch {
    fn drop(&mut self) {
        self.task.abort();
    }
}
