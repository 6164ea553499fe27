//! The result of a run, as a table and as JSON.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Result, bail};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::answers::Tally;
use super::findings::Findings;
use super::logs::LogFigures;
use super::memory::MemoryFigures;

const MEGABYTE: f64 = 1024.0 * 1024.0;

/// The result of a run.
#[derive(Debug, Clone)]
pub struct Report {
    pub(crate) seed: u64,
    pub(crate) took: Duration,
    /// The answers of each phase, by its name.
    pub(crate) phases: Vec<(&'static str, Tally)>,
    /// How much later than its due each honest reminder rang.
    pub(crate) late: Vec<SignedDuration>,
    /// How much later than its due the phone of a confirmed number rang while a crowd of forged numbers was called.
    pub(crate) late_in_crowd: Option<SignedDuration>,
    /// Number of messages that were put on the queues, and of wrong events that functions were invoked with.
    pub(crate) poison: usize,
    pub(crate) memory: Vec<MemoryFigures>,
    pub(crate) logs: LogFigures,
    pub(crate) rows: usize,
    pub(crate) findings: Findings,
}

impl Report {
    /// Checks that the run has no findings.
    ///
    /// # Errors
    /// Fails if something failed, leaked or changed. The message lists all kinds of findings with examples.
    pub fn judged(&self) -> Result<()> {
        let lines = self.findings.lines();
        if lines.is_empty() {
            Ok(())
        } else {
            bail!("{} findings (seed {})\n{}", self.findings.count(), self.seed, lines.join("\n"))
        }
    }

    /// Returns the number of requests that were sent to the API.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.phases.iter().map(|(_, tally)| tally.requests).sum()
    }

    /// Returns the number of honest reminders that rang.
    #[must_use]
    pub fn honest_reminders(&self) -> usize {
        self.late.len()
    }

    /// Returns the figures and all kinds of findings as one JSON object. Times end in their unit, sizes are in bytes.
    #[must_use]
    pub fn json(&self) -> Value {
        let phases: Vec<_> = self.phases.iter().map(|(name, tally)| phase(name, tally)).collect();
        json!({
            "seed": self.seed,
            "took_ms": self.took.as_millis(),
            "phases": phases,
            "honest_late_ms": self.late.iter().map(SignedDuration::as_millis).collect::<Vec<_>>(),
            "late_in_crowd_ms": self.late_in_crowd.map(|late| late.as_millis()),
            "poison_messages": self.poison,
            "table_rows": self.rows,
            "memory": self.memory,
            "log_lines": self.logs.lines,
            "errors": self.logs.errors,
            "findings": self.findings.json(),
        })
    }

    /// Formats the figures as a table.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = String::from("phase                 requests    2xx    4xx    5xx   none p50 ms p99 ms\n");
        let mut total = Tally::default();
        for (name, tally) in &self.phases {
            total.extend(tally);
            row(&mut table, name, tally);
        }
        row(&mut table, "total", &total);
        // Writing to a `String` can't fail.
        let _ = writeln!(
            table,
            "{} messages and events of poison, {} rows, {} s",
            self.poison,
            self.rows,
            self.took.as_secs()
        );
        if total.stalled > 0 {
            let _ = writeln!(table, "{} answers of 503 because the emulated AWS stalled", total.stalled);
        }
        let latest = self.late.iter().max().copied().unwrap_or_default();
        let _ = writeln!(
            table,
            "{} honest reminders, the latest rang {:.1} s after its due",
            self.late.len(),
            latest.as_secs_f64()
        );
        if let Some(late) = self.late_in_crowd {
            let _ = writeln!(table, "in a crowd, a confirmed number rang {:.1} s after its due", late.as_secs_f64());
        }
        for figures in &self.memory {
            let (peak, growth) = (figures.peak as f64 / MEGABYTE, figures.growth as f64 / MEGABYTE);
            let (function, processes) = (&figures.function, figures.processes);
            let _ = writeln!(
                table,
                "{function}: {processes} processes, peak {peak:.1} MB, {growth:.1} MB more in the second half"
            );
        }
        let _ = writeln!(table, "{} log lines", self.logs.lines);
        for (message, count) in &self.logs.errors {
            let _ = writeln!(table, "  {count} errors: {message}");
        }
        let _ = writeln!(table, "{} findings", self.findings.count());
        table
    }
}

fn row(table: &mut String, name: &str, tally: &Tally) {
    let [success, refused, failed, silent] = tally.by_status;
    let (median, slow) = (tally.percentile_ms(0.5), tally.percentile_ms(0.99));
    let requests = tally.requests;
    // Writing to a `String` can't fail.
    let _ = writeln!(table, "{name:20} {requests:9} {success:6} {refused:6} {failed:6} {silent:6} {median:6} {slow:6}");
}

fn phase(name: &str, tally: &Tally) -> Value {
    let [success, refused, failed, silent] = tally.by_status;
    json!({
        "phase": name,
        "requests": tally.requests,
        "2xx": success,
        "4xx": refused,
        "5xx": failed,
        "no_answer": silent,
        "stalled": tally.stalled,
        "p50_ms": tally.percentile_ms(0.5),
        "p99_ms": tally.percentile_ms(0.99),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_figures_of_each_phase_and_each_kind_of_finding() {
        let mut findings = Findings::default();
        findings.add("a text was stored", "POST /sms");
        let mut forged = Tally::default();
        (forged.requests, forged.by_status) = (3, [0, 2, 1, 0]);
        let report = Report {
            seed: 7,
            took: Duration::from_secs(2),
            phases: vec![("forged", forged)],
            late: vec![SignedDuration::from_millis(450)],
            late_in_crowd: None,
            poison: 337,
            memory: vec![MemoryFigures { function: "dialer".to_owned(), processes: 2, peak: 9, growth: 1 }],
            logs: LogFigures::default(),
            rows: 12,
            findings,
        };
        let json = report.json();
        let phase = &json["phases"][0];
        assert_eq!((&phase["phase"], &phase["requests"]), (&json!("forged"), &json!(3)));
        assert_eq!((&phase["4xx"], &phase["5xx"]), (&json!(2), &json!(1)));
        assert_eq!((&json["took_ms"], &json["honest_late_ms"]), (&json!(2000), &json!([450])));
        assert_eq!((&json["late_in_crowd_ms"], &json["memory"][0]["peak_bytes"]), (&Value::Null, &json!(9)));
        let expected = json!([{ "kind": "a text was stored", "count": 1, "examples": ["POST /sms"] }]);
        assert_eq!(json["findings"], expected);
    }
}
