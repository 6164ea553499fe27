//! Function processes killed while they are at work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::broadcast::error::RecvError;

use local::stack::Stack;
use simulated_carrier::LogEvent;

/// Between two kills of one function: in between it gets something done.
const KILL_EVERY: Duration = Duration::from_millis(700);

/// How many processes of each function were killed.
#[derive(Debug, Default)]
pub(super) struct Killed(BTreeMap<&'static str, (usize, Option<Instant>)>);

impl Killed {
    /// Kills the processes of a function, unless that was done just now.
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

    /// When the last one was killed.
    pub(super) fn last(&self) -> Option<Instant> {
        self.0.values().filter_map(|(_, last)| *last).max()
    }

    /// As a note.
    pub(super) fn note(&self) -> String {
        let each: Vec<String> = self.0.iter().map(|(output, (count, _))| format!("{count} of {output}")).collect();
        format!("killed {}", each.join(", "))
    }
}

/// Kills whatever function is at work for a while, and goes on until the end: the dialer when it asks for a call, the
/// callback function when it is asked what to say, the inbound function when a text comes, the sweeper all the while.
pub(super) async fn kill_mid_call(
    stack: &Stack,
    killed: &mut Killed,
    a_while: Duration,
    end: impl Future<Output = Result<()>>,
) -> Result<()> {
    let mut end = std::pin::pin!(end);
    let (_, mut log) = stack.carrier().follow();
    let mut sweeper = tokio::time::interval(KILL_EVERY * 3);
    let calm_at = tokio::time::Instant::now() + a_while;
    loop {
        let at_work = tokio::select! {
            ended = &mut end => return ended,
            () = tokio::time::sleep_until(calm_at) => return end.await,
            _ = sweeper.tick() => Some("SweeperFunction"),
            entry = log.recv() => match entry {
                Ok(entry) => at_work(&entry.event),
                Err(RecvError::Lagged(_)) => None,
                Err(RecvError::Closed) => return end.await,
            },
        };
        if let Some(output) = at_work {
            killed.kill(stack, output)?;
        }
    }
}

fn at_work(what: &LogEvent) -> Option<&'static str> {
    match what {
        LogEvent::TextIn { .. } => Some("InboundFunction"),
        LogEvent::CallRequested { .. } => Some("DialerFunction"),
        LogEvent::CallAnswered { .. } | LogEvent::CallEnded { .. } => Some("CallbackFunction"),
        _ => None,
    }
}
