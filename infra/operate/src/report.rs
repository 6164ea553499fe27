//! What a command reports, for the terminal or as JSON.

use serde::Serialize;

/// A result that can be shown on the terminal.
pub trait Report: Serialize {
    /// Returns the result in plain words, in whole lines.
    fn lines(&self) -> String;

    /// Whether the command did and found all that it was asked for. If not, the tool fails after it has shown the result.
    fn is_complete(&self) -> bool {
        true
    }
}

/// Returns what was done, a line each, and what the operator does next, as a numbered list if there is any.
pub(crate) fn done_and_next(done: &[String], next: &[String]) -> String {
    let mut lines: String = done.iter().map(|done| format!("{done}\n")).collect();
    if !next.is_empty() {
        lines.push_str("Next:\n");
    }
    lines.extend((1..).zip(next).map(|(number, next)| format!("{number}. {next}\n")));
    lines
}

/// Whether a command that changes things changes them now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It only says what it would do.
    Dry,
    /// It does it.
    Real,
}

impl Run {
    /// Returns the choice of the option `--yes`.
    #[must_use]
    pub fn of_yes(yes: bool) -> Self {
        if yes { Self::Real } else { Self::Dry }
    }

    /// Returns the line that ends the report of a dry run. Empty for a real run.
    pub(crate) fn note(self) -> &'static str {
        match self {
            Self::Dry => "Dry run: nothing was changed. Add --yes to do it.\n",
            Self::Real => "",
        }
    }
}

/// Whether the words of people are shown: the tasks of reminders and the words of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Only their length is shown.
    Hidden,
    /// They are shown.
    Shown,
}
