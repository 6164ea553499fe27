//! Kills function processes while they work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::broadcast::error::RecvError;

use local::stack::Stack;
use simulated_carrier::LogEvent;

/// Minimum time between two kills of one function, so that it makes progress in between.
const KILL_EVERY: Duration = Duration::from_millis(700);

/// Counts the killed processes of each function.
#[derive(Debug, Default)]
pub(super) struct Killed(BTreeMap<&'static str, (usize, Option<Instant>)>);

impl Killed {
    /// Kills the processes of a function, unless they were killed within [`KILL_EVERY`].
    fn kill(&mut self, stack: &Stack, output: &'static str) -> Result<()> {
        let (count, last) = self.0.entry(output).or_default();
        if last.is_some_and(|last| last.elapsed() < KILL_EVERY) {
            return Ok(());
        }
        let function = stack.output(output)?;
        let processes = stack.function_processes()?;
        let killed = processes.iter().filter(|process| process.function == function && process.kill()).count();
        if killed > 0 {
            *count += killed;
            *last = Some(Instant::now());
        }
        Ok(())
    }

    /// Returns when the last process was killed.
    pub(super) fn last(&self) -> Option<Instant> {
        self.0.values().filter_map(|(_, last)| *last).max()
    }

    /// Formats the counts as a note for the report.
    pub(super) fn note(&self) -> String {
        let counts: Vec<String> = self.0.iter().map(|(output, (count, _))| format!("{count} of {output}")).collect();
        format!("killed {}", counts.join(", "))
    }
}

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

/// Returns the template output that names the function which is working when the carrier logs this event.
fn working_function(event: &LogEvent) -> Option<&'static str> {
    match event {
        LogEvent::TextIn { .. } => Some("InboundFunction"),
        LogEvent::CallRequested { .. } => Some("DialerFunction"),
        LogEvent::CallAnswered { .. } | LogEvent::CallEnded { .. } => Some("CallbackFunction"),
        _ => None,
    }
}
