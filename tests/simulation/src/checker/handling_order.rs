//! The texts of a person in the order in which the service handled them.

use super::person_history::{PersonHistory, PersonText, ServiceText};
use crate::people::Meaning;

/// How long a question stays open, in milliseconds.
pub(super) const OPEN_MS: i64 = 600_000;

/// Words of the question whether the repeating reminders should move to another zone.
const ASKS_TO_MOVE: &str = "YES or NO";

/// First words of the answers that say that another zone is used from now on. The first kind also names the reminders
/// that were planned again.
const USES_ZONE: [&str; 2] = ["OK, using ", "OK, I'll use "];

/// First words of the answer to a NO: the repeating reminders stay in their zone.
const STAYS: &str = "Your repeating reminders stay on ";

/// A text that the service handled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handled<'h, 'a> {
    pub(super) text: &'h PersonText<'a>,
    /// Its first delivery, in milliseconds.
    pub(super) received_ms: i64,
    pub(super) answer: &'h ServiceText<'a>,
}

impl Handled<'_, '_> {
    /// Whether its answer asks whether the repeating reminders should move to another zone.
    pub(super) fn has_question(&self) -> bool {
        self.answer.body.contains(ASKS_TO_MOVE)
    }

    /// Whether its answer, by the first words, says that the repeating reminders move to another zone.
    pub(super) fn moves(&self) -> bool {
        USES_ZONE.into_iter().any(|words| self.answer.body.starts_with(words))
    }

    /// Whether it closes an open question: it is a YES or a NO, and its answer says that it was taken as the reply to
    /// the question. A YES that the person sent before the question is no reply to it. Its answer says that it was not
    /// understood, and the question stays open for the reply that follows.
    pub(super) fn closes_question(&self) -> bool {
        match self.text.meaning {
            Meaning::Yes => self.moves(),
            Meaning::No => self.answer.body.starts_with(STAYS),
            _ => false,
        }
    }
}

/// A person's texts in the order in which the service handled them.
pub(super) fn texts<'h, 'a>(history: &'h PersonHistory<'a>) -> Vec<Handled<'h, 'a>> {
    let handled = history.answers.iter().filter_map(|answer| {
        let text = &history.texts[answer.to?];
        Some(Handled { text, received_ms: *text.handed.first()?, answer })
    });
    handled.collect()
}
