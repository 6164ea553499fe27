//! The figures in the header of the page.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use judge::Standing;
use simulated_carrier::LogEntry;

/// How long after its due a reminder without a call or a text counts as lost: the default of `MaxLatenessSeconds`, and
/// a minute for the text that replaces the call.
const BOUND: SignedDuration = SignedDuration::from_mins(16);
/// How long the figures are kept. The log of a long session takes a moment to judge.
const FRESH: Duration = Duration::from_millis(800);

/// Reads the carrier's log.
pub type ReadLog = Arc<dyn Fn() -> Vec<LogEntry> + Send + Sync>;

/// Judges the log for the page.
pub(super) struct Judging {
    read: ReadLog,
    newest: Mutex<Option<(Instant, Standing)>>,
}

impl Judging {
    pub(super) fn of(read: ReadLog) -> Self {
        Self { read, newest: Mutex::new(None) }
    }

    /// Returns the figures, which are at most a second old.
    pub(super) fn standing(&self) -> Standing {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, standing)) = newest.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return standing.clone();
        }
        let standing = judge::standing(&(self.read)(), Timestamp::now(), BOUND);
        *newest = Some((Instant::now(), standing.clone()));
        standing
    }
}
