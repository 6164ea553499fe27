//! The clock of the machine that the function runs on.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reminder::ports::Clock;

/// The system's clock and timer.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// Returns the time, rounded down to the millisecond: the deadline index holds milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind the `Clock` port")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter behind the `Clock` port")]
    async fn within<F: Future>(&self, limit: SignedDuration, work: F) -> Option<F::Output> {
        let limit = Duration::try_from(limit).unwrap_or(Duration::ZERO);
        tokio::time::timeout(limit, work).await.ok()
    }
}
