//! Names of transitions, for logs and tables.

use super::Transition;
use crate::event::Event;
use crate::outgoing_text::{OutgoingText, TextEvent, TextTransition};
use crate::record::Reminder;

/// Names one transition: the state before it, the event, and its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TransitionLabel {
    /// State of the reminder or of the outgoing text before the event.
    pub state: &'static str,
    /// Name of the event.
    pub event: &'static str,
    /// `changed`, `acted` or `ignored`.
    pub outcome: &'static str,
}

impl TransitionLabel {
    /// Names the transition that `event` causes in `reminder`.
    pub fn of(reminder: &Reminder, event: &Event, transition: &Transition) -> Self {
        Self { state: reminder.state_name(), event: event.name(), outcome: transition.name() }
    }

    /// Names the transition that `event` causes in an outgoing text.
    pub fn of_text(text: &OutgoingText, event: &TextEvent, transition: &TextTransition) -> Self {
        let outcome = match transition {
            TextTransition::Change(..) => "changed",
            TextTransition::Ignore => "ignored",
        };
        Self { state: text.state_name(), event: event.name(), outcome }
    }
}
