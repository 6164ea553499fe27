//! The result of a run, as a table or as JSON.

use std::fmt::Write as _;

use anyhow::{Result, bail};
use serde::Serialize;

use judge::Figures;

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Duration of the run in seconds, without starting the stack.
    pub took_s: u64,
    /// The figures of each phase.
    pub phases: Vec<Figures>,
}

impl Report {
    /// Checks that no phase has a problem.
    ///
    /// # Errors
    /// Fails if a text that had to be accepted was not, or if anything was lost, doubled or early. The message lists
    /// all problems.
    pub fn judged(&self) -> Result<()> {
        let named = |phase: &Figures| {
            let of_phase = |problem: &String| format!("{}: {problem}", phase.phase);
            phase.problems.iter().map(of_phase).collect::<Vec<_>>()
        };
        let problems: Vec<String> = self.phases.iter().flat_map(named).collect();
        if problems.is_empty() { Ok(()) } else { bail!("{}", problems.join("\n")) }
    }

    /// Formats the figures as a table.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = String::from(
            "phase                      posted texts accepted called texted lost doubled early late p50   p99 calls/s\n",
        );
        for phase in &self.phases {
            let late = |ms: Option<i64>| ms.map_or_else(|| "-".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1000.0));
            // Writing to a `String` can't fail.
            let _ = writeln!(
                table,
                "{:26} {:6} {:5} {:8} {:6} {:6} {:4} {:7} {:5} {:>8} {:>5} {:7}",
                phase.phase,
                phase.posted,
                phase.texts,
                phase.accepted,
                phase.called,
                phase.texted,
                phase.lost,
                phase.doubled,
                phase.early,
                late(phase.late_p50_ms),
                late(phase.late_p99_ms),
                phase.most_calls_in_a_second,
            );
        }
        let sum = |part: fn(&Figures) -> usize| self.phases.iter().map(part).sum::<usize>();
        let _ = writeln!(
            table,
            "{:26} {:6} {:5} {:8} {:6} {:6} {:4} {:7} {:5}   in {} s",
            "total",
            sum(|phase| phase.posted),
            sum(|phase| phase.texts),
            sum(|phase| phase.accepted),
            sum(|phase| phase.called),
            sum(|phase| phase.texted),
            sum(|phase| phase.lost),
            sum(|phase| phase.doubled),
            sum(|phase| phase.early),
            self.took_s,
        );
        for phase in &self.phases {
            let _ = writeln!(table, "{}: {}", phase.phase, phase.note);
        }
        table
    }
}
