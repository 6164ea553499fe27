//! What a command reports, for the terminal or as JSON.

use serde::Serialize;

/// A result that can be shown on the terminal.
pub trait Report: Serialize {
    /// Returns the result in plain words, in whole lines.
    fn lines(&self) -> String;
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
