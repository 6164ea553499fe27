//! A sentence of a timeline, and the line of a function that it is about.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// What an event means for the reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// A step on the usual way.
    Step,
    /// The person was reached.
    Good,
    /// Something failed, or the occurrence ends with a text.
    Bad,
    /// A repeat, or a late event, that changes nothing.
    Ignored,
}

/// A sentence about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) sign: Sign,
    pub(super) words: String,
    /// What happens next, without its time: "Checking". Its time is that of the plan, or else the deadline.
    pub(super) next: Option<&'static str>,
}

impl Said {
    pub(super) fn step(words: impl Into<String>) -> Self {
        Self { sign: Sign::Step, words: words.into(), next: None }
    }

    pub(super) fn good(words: impl Into<String>) -> Self {
        Self { sign: Sign::Good, ..Self::step(words) }
    }

    pub(super) fn bad(words: impl Into<String>) -> Self {
        Self { sign: Sign::Bad, ..Self::step(words) }
    }

    pub(super) fn ignored(words: impl Into<String>) -> Self {
        Self { sign: Sign::Ignored, ..Self::step(words) }
    }

    pub(super) fn then(self, next: &'static str) -> Self {
        Self { next: Some(next), ..self }
    }
}

/// The fields of a line about an event, with the names that the functions log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a>(pub(super) &'a Value);

impl<'a> Line<'a> {
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.0[name].as_str()
    }

    pub(super) fn instant(self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn owned(self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// Names the call that the event is about: "call 2".
    pub(super) fn call(self) -> String {
        self.0["attempt"].as_u64().map_or_else(|| "the call".to_owned(), |attempt| format!("call {attempt}"))
    }

    /// Returns the carrier's own code as words: " (code 30003)".
    pub(super) fn code(self) -> String {
        self.0["code"].as_u64().filter(|code| *code > 0).map_or_else(String::new, |code| format!(" (code {code})"))
    }
}
