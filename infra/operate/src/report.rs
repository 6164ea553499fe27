//! What a command reports, for the terminal or as JSON.

use serde::Serialize;

/// A result that can be shown on the terminal.
pub trait Report: Serialize {
    /// Returns the result in plain words, in whole lines.
    fn lines(&self) -> String;
}

/// Whether the words of people are shown: the tasks of reminders and the words of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// Only their length is shown.
    Hidden,
    /// They are shown.
    Shown,
}
