//! What is being done, line by line, on standard error: standard output belongs to results.

use std::time::{Duration, Instant};

/// How long nothing is said while something goes on. Compiling takes minutes, and silence looks like hanging.
const SILENCE: Duration = Duration::from_secs(30);

/// Prints what is being done, with the time since the beginning.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    started: Instant,
}

impl Progress {
    /// Time runs from now.
    #[must_use]
    pub fn begin() -> Self {
        Self { started: Instant::now() }
    }

    /// Says what begins, or what has come about.
    pub fn say(&self, what: &str) {
        eprintln!("{:7.1} s  {what}", self.started.elapsed().as_secs_f64());
    }

    /// Waits for work, and says from time to time that it goes on.
    pub async fn during<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            match tokio::time::timeout(SILENCE, &mut work).await {
                Ok(done) => return done,
                Err(_) => self.say(&format!("  still {what}")),
            }
        }
    }
}
