//! The findings of an examination.

use std::fmt::Write as _;

use serde::Serialize;

use crate::report::Report;

/// What one check has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// How the check went.
    #[serde(flatten)]
    pub result: CheckResult,
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum CheckResult {
    /// Nothing is wrong.
    Fine {
        /// What was found. May be empty.
        note: String,
    },
    /// Something is wrong.
    Problem {
        /// What is wrong.
        what: String,
        /// What people notice.
        effect: String,
        /// What to do.
        remedy: String,
    },
    /// It could not be checked.
    Unchecked {
        /// Why the check could not be made.
        reason: String,
    },
}

/// The findings of an examination.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// One finding for each check or problem.
    pub findings: Vec<Finding>,
}

impl Findings {
    pub(super) fn fine(&mut self, check: &'static str, note: impl Into<String>) {
        self.findings.push(Finding { check, result: CheckResult::Fine { note: note.into() } });
    }

    pub(super) fn problem(&mut self, check: &'static str, what: impl Into<String>, effect: &str, remedy: &str) {
        let result = CheckResult::Problem { what: what.into(), effect: effect.to_owned(), remedy: remedy.to_owned() };
        self.findings.push(Finding { check, result });
    }

    pub(super) fn unchecked(&mut self, check: &'static str, error: &anyhow::Error) {
        self.findings.push(Finding { check, result: CheckResult::Unchecked { reason: format!("{error:#}") } });
    }

    /// Adds a finding that a check passed, unless the check has found a problem since there were `before` findings.
    pub(super) fn fine_unless_found(&mut self, before: usize, check: &'static str, note: impl Into<String>) {
        if self.findings.len() == before {
            self.fine(check, note);
        }
    }

    /// Returns the number of problems.
    #[must_use]
    pub fn problems(&self) -> usize {
        self.findings.iter().filter(|finding| matches!(finding.result, CheckResult::Problem { .. })).count()
    }

    /// Returns the number of checks that could not be made.
    #[must_use]
    pub fn unchecked_count(&self) -> usize {
        self.findings.iter().filter(|finding| matches!(finding.result, CheckResult::Unchecked { .. })).count()
    }
}

impl Report for Findings {
    fn lines(&self) -> String {
        let mut lines = String::new();
        // Writing to a `String` can't fail.
        for Finding { check, result } in &self.findings {
            let _ = match result {
                CheckResult::Fine { note } if note.is_empty() => writeln!(lines, "ok       {check}"),
                CheckResult::Fine { note } => writeln!(lines, "ok       {check}: {note}"),
                CheckResult::Problem { what, effect, remedy } => {
                    writeln!(lines, "PROBLEM  {check}: {what}\n         people notice: {effect}\n         do: {remedy}")
                }
                CheckResult::Unchecked { reason } => writeln!(lines, "unknown  {check}: {reason}"),
            };
        }
        let _ = match (self.problems(), self.unchecked_count()) {
            (0, 0) => writeln!(lines, "\nNo problems found."),
            (problems, 0) => writeln!(lines, "\nProblems: {problems}."),
            (problems, unchecked) => writeln!(lines, "\nProblems: {problems}. Not checked: {unchecked}."),
        };
        lines
    }

    fn is_complete(&self) -> bool {
        self.unchecked_count() == 0
    }
}
