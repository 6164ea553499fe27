//! What is being done, line by line, on standard error: standard output belongs to results.

use std::time::Instant;

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
}
