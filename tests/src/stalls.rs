//! Whether the emulated AWS, or this machine, stood still.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use local::endpoint::{Endpoint, Service};
use serde_json::json;
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_millis(50);

/// Asks AWS for something small again and again, and knows the longest wait for an answer.
pub struct Stalls {
    task: JoinHandle<()>,
    known: Arc<Mutex<Known>>,
}

struct Known {
    longest: Duration,
    /// When the pause before the current question began: a machine that stands still also makes that one longer.
    asked: Instant,
}

impl Known {
    fn so_far(&self) -> Duration {
        self.longest.max(self.asked.elapsed().saturating_sub(EVERY))
    }
}

impl Stalls {
    /// Watches from now on.
    #[must_use]
    pub fn watch(endpoint: &Endpoint) -> Self {
        let known = Arc::new(Mutex::new(Known { longest: Duration::ZERO, asked: Instant::now() }));
        let (endpoint, noted) = (endpoint.clone(), Arc::clone(&known));
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                // An answer that says no is one too.
                drop(endpoint.call(Service::DynamoDb, "ListTables", &json!({})).await);
                let mut known = noted.lock().unwrap_or_else(PoisonError::into_inner);
                *known = Known { longest: known.so_far(), asked: Instant::now() };
            }
        });
        Self { task, known }
    }

    /// The longest wait for an answer so far, the one that goes on included.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).so_far()
    }
}

impl Drop for Stalls {
    fn drop(&mut self) {
        self.task.abort();
    }
}
