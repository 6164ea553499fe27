//! Progress messages on standard error. Standard output is for results.

use std::time::{Duration, Instant};

/// Time between two messages about the same work. Compiling takes minutes, and without messages it looks stuck.
const REPEAT_AFTER: Duration = Duration::from_secs(30);

/// Prints progress messages with the time since the start.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    started: Instant,
}

impl Progress {
    /// Starts counting the time now.
    #[must_use]
    pub fn begin() -> Self {
        Self { started: Instant::now() }
    }

    /// Prints a message.
    pub fn say(&self, message: &str) {
        eprintln!("{:7.1} s  {message}", self.started.elapsed().as_secs_f64());
    }

    /// Waits for work, and periodically prints that `step` is still in progress.
    pub async fn during<T>(&self, step: &str, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            match tokio::time::timeout(REPEAT_AFTER, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.say(&format!("  Still {step}")),
            }
        }
    }
}
