//! Kills function processes while they work.

use std::time::Duration;

use anyhow::Result;
use tokio::sync::broadcast::error::RecvError;

use local::kills::{KILL_EVERY, Killed, working_function};
use local::stack::Stack;

/// Kills working functions for `duration`, then waits for `work` to end. The dialer is killed when it requests a call,
/// the callback function when a call is answered or ends, the inbound function when a text arrives, and the sweeper
/// periodically.
pub(super) async fn kill_mid_call(
    stack: &Stack,
    killed: &mut Killed,
    duration: Duration,
    work: impl Future<Output = Result<()>>,
) -> Result<()> {
    let mut work = std::pin::pin!(work);
    let (_, mut log) = stack.carrier().follow();
    let mut sweeper = tokio::time::interval(KILL_EVERY * 3);
    let kill_until = tokio::time::Instant::now() + duration;
    loop {
        let working = tokio::select! {
            result = &mut work => return result,
            () = tokio::time::sleep_until(kill_until) => return work.await,
            _ = sweeper.tick() => Some("SweeperFunction"),
            entry = log.recv() => match entry {
                Ok(entry) => working_function(&entry.event),
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return work.await,
            },
        };
        if let Some(output) = working {
            killed.kill(stack, output)?;
        }
    }
}
