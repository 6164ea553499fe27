//! The totals in the header of the page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use judge::Totals;
use simulated_carrier::LogEntry;

/// How long the totals are kept. The log of a long session takes a moment to read.
const FRESH: Duration = Duration::from_millis(800);

/// Reads the carrier's log.
pub type ReadLog = Arc<dyn Fn() -> Vec<LogEntry> + Send + Sync>;

/// Reads the totals of the log for the page.
pub(super) struct ReadTotals {
    log: ReadLog,
    newest: Mutex<Option<(Instant, Totals)>>,
}

impl ReadTotals {
    pub(super) fn of(log: ReadLog) -> Self {
        Self { log, newest: Mutex::new(None) }
    }

    /// Returns the totals, which are at most a second old.
    pub(super) fn read(&self) -> Totals {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, totals)) = newest.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return totals.clone();
        }
        let totals = judge::totals(&(self.log)());
        *newest = Some((Instant::now(), totals.clone()));
        totals
    }
}
