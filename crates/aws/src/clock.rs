//! The time of this machine.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reminder::ports::Clock;

/// The system's clock and timer.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// Down to the millisecond, which is what the deadline index holds.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that others are handed")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the time-out that others are handed")]
    async fn within<F: Future>(&self, limit: SignedDuration, work: F) -> Option<F::Output> {
        let limit = Duration::try_from(limit).unwrap_or(Duration::ZERO);
        tokio::time::timeout(limit, work).await.ok()
    }
}
