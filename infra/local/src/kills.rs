//! Kills function processes while they work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::stack::Stack;
use simulated_carrier::LogEvent;

/// Minimum time between two kills of one function, so that it makes progress in between.
pub const KILL_EVERY: Duration = Duration::from_millis(700);

/// Counts the killed processes of each function.
#[derive(Debug, Default)]
pub struct Killed(BTreeMap<&'static str, (usize, Option<Instant>)>);

impl Killed {
    /// Kills the processes of a function, unless they were killed within [`KILL_EVERY`]. The function is named by an
    /// output of the template. Returns how many processes were killed.
    ///
    /// # Errors
    /// Fails if processes can't be listed.
    pub fn kill(&mut self, stack: &Stack, output: &'static str) -> Result<usize> {
        let (count, last) = self.0.entry(output).or_default();
        if last.is_some_and(|last| last.elapsed() < KILL_EVERY) {
            return Ok(0);
        }
        let function = stack.output(output)?;
        let processes = stack.function_processes()?;
        let killed = processes.iter().filter(|process| process.function == function && process.kill()).count();
        if killed > 0 {
            *count += killed;
            *last = Some(Instant::now());
        }
        Ok(killed)
    }

    /// Returns the number of all killed processes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.values().map(|(count, _)| count).sum()
    }

    /// Returns when the last process was killed.
    #[must_use]
    pub fn last(&self) -> Option<Instant> {
        self.0.values().filter_map(|(_, last)| *last).max()
    }

    /// Formats the counts as a note for the report.
    #[must_use]
    pub fn note(&self) -> String {
        let counts: Vec<String> = self.0.iter().map(|(output, (count, _))| format!("{count} of {output}")).collect();
        format!("killed {}", counts.join(", "))
    }
}

/// Returns the template output that names the function which is working when the carrier logs this event.
#[must_use]
pub fn working_function(event: &LogEvent) -> Option<&'static str> {
    match event {
        LogEvent::TextIn { .. } => Some("InboundFunction"),
        LogEvent::CallRequested { .. } => Some("DialerFunction"),
        LogEvent::CallAnswered { .. } | LogEvent::CallEnded { .. } => Some("CallbackFunction"),
        _ => None,
    }
}
