//! Searches the logs of the functions for numbers and words that were sent, and for panics.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use local::stack::Stack;
use serde_json::Value;

use super::findings::Findings;
use super::{aws_requests, numbers};

/// Outputs of the template that name the functions.
pub(crate) const FUNCTIONS: [&str; 4] = ["InboundFunction", "DialerFunction", "CallbackFunction", "SweeperFunction"];
/// Length of a national number in North America.
const NATIONAL: usize = 10;
/// The most characters of a log line in a finding.
const SHOWN: usize = 400;

/// Looks for secrets in log lines.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    canary: String,
    /// The last ten digits of each number with at least ten, and all digits of each shorter one.
    numbers: BTreeSet<String>,
}

/// Summary of the searched logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogFigures {
    pub(crate) lines: usize,
    /// Number of lines of level ERROR, by their message.
    pub(crate) errors: BTreeMap<String, usize>,
}

impl Search {
    pub(crate) fn new(canary: String) -> Self {
        let own = [local::parameters::SERVICE_NUMBER, local::parameters::SECOND_SERVICE_NUMBER];
        let sent = numbers::everybody().chain(numbers::UNUSUAL.iter().map(|unusual| (*unusual).to_owned()));
        let foreign = sent.filter(|number| !own.contains(&number.as_str()) && !number.ends_with("2125550100"));
        Self { canary, numbers: foreign.filter_map(|number| significant(&number)).collect() }
    }

    /// Returns the secret that a log line leaks, or that it reports a panic.
    fn finding(&self, line: &str) -> Option<&'static str> {
        if line.contains(&self.canary) {
            return Some("a log has words that were sent");
        }
        if digit_runs(line).iter().any(|run| self.has_number(run)) {
            return Some("a log has a number that was sent");
        }
        line.contains("panicked").then_some("a function panicked")
    }

    /// Returns whether a run of digits contains a number that was sent.
    pub(crate) fn has_number(&self, run: &str) -> bool {
        self.numbers.contains(run)
            || (0..=run.len().saturating_sub(NATIONAL))
                .any(|at| run.get(at..at + NATIONAL).is_some_and(|part| self.numbers.contains(part)))
    }

    /// Searches the logs of all functions from an instant on, in milliseconds since 1970.
    pub(crate) async fn run(&self, stack: &Stack, from_ms: i64, findings: &mut Findings) -> Result<LogFigures> {
        let mut figures = LogFigures::default();
        for function in FUNCTIONS {
            let before = figures.lines;
            let look = |line: &str| {
                figures.lines += 1;
                if let Some(kind) = self.finding(line) {
                    let shown: String = line.chars().take(SHOWN).collect();
                    findings.add(kind, format!("{function}: {}", shown.escape_debug()));
                }
                if let Some(message) = error_message(line) {
                    *figures.errors.entry(message).or_default() += 1;
                }
            };
            aws_requests::log_lines(stack, stack.output(function)?, from_ms, look).await?;
            if figures.lines == before {
                findings.add("a function without log lines", function.to_owned());
            }
        }
        Ok(figures)
    }
}

/// Returns the message of a line of level ERROR.
fn error_message(line: &str) -> Option<String> {
    let parsed: Value = serde_json::from_str(line.trim()).ok()?;
    (parsed["level"] == "ERROR").then(|| parsed["message"].as_str().unwrap_or_default().to_owned())
}

/// Returns the digits by which a number is recognized. Absent for a name, and for a number that is too short to differ
/// from other digits in a log.
fn significant(number: &str) -> Option<String> {
    const SHORTEST: usize = 7;
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_one_repeated = digits.bytes().all(|digit| digits.starts_with(char::from(digit)));
    (digits.len() >= SHORTEST && !is_one_repeated).then(|| digits[digits.len().saturating_sub(NATIONAL)..].to_owned())
}

/// Returns the runs of at least seven digits in a text. The separators inside a written number are left out.
pub(crate) fn digit_runs(text: &str) -> Vec<String> {
    const SHORTEST: usize = 7;
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, ' ' | '-' | '.' | '(' | ')');
    let runs = text.split(|character| !is_part(character));
    runs.map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>())
        .filter(|run| run.len() >= SHORTEST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leak_and_a_panic_are_found() {
        let search = Search::new("qcanary".to_owned());
        let sender = numbers::Role::Sender.number(3);
        for (line, expected) in [
            ("task: qcanary", Some("a log has words that were sent")),
            (&*format!("from {sender}"), Some("a log has a number that was sent")),
            (&*format!("from {}", &sender[2..]), Some("a log has a number that was sent")),
            ("from (213) 555-0103", Some("a log has a number that was sent")),
            (r#"{"level":"ERROR","message":"panicked"}"#, Some("a function panicked")),
            (
                r#"{"timestamp":"2026-11-27T13:56:07.123456Z","level":"INFO","id":"0123456789abcdef0123456789abcdef"}"#,
                None,
            ),
            ("REPORT RequestId: 12 Duration: 1795787767123.12 ms", None),
            ("+…42", None),
        ] {
            assert_eq!(search.finding(line), expected, "{line}");
        }
    }

    #[test]
    fn errors_are_counted_by_their_message() {
        assert_eq!(error_message(r#"{"level":"ERROR","message":"m","x":1}"#).as_deref(), Some("m"));
        assert_eq!(error_message(r#"{"level":"WARN","message":"m"}"#), None);
        assert_eq!(error_message("START"), None);
    }
}
