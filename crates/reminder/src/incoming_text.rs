//! A text that was received, and its answer: the record that makes a repeated delivery harmless.

use jiff::Timestamp;

use crate::ids::{MessageId, PersonId, ReminderId};

/// A text that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingText {
    /// Its name at the carrier.
    pub id: MessageId,
    /// Who sent it.
    pub person: PersonId,
    /// A keyed hash of its words, to see whether a repeat says the same.
    pub digest: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// What was answered; empty where silence is the answer.
    pub answer: String,
    /// How far the answer has come.
    pub delivery: AnswerDelivery,
    /// The reminders that it made or moved, whose wake-ups a repeat sends again.
    pub made: Vec<PlannedWakeUp>,
}

/// A reminder that a text made, at the generation it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedWakeUp {
    /// Which.
    pub reminder: ReminderId,
    /// The generation.
    pub generation: u32,
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerDelivery {
    /// It went out in the reply to the webhook, or there is nothing to say.
    Replied,
    /// It is to be sent as a text.
    Owed {
        /// Texts tried so far, each counted before it is sent.
        tries: u8,
        /// When the sweeper tries again.
        deadline: Timestamp,
    },
    /// The carrier accepted it as a text.
    Sent,
    /// It could not be sent.
    GivenUp,
}

/// A command is about what its sender could know: reminders made, and questions asked, before it was received.
// guard: is_known_by
pub fn is_known_by(made_at: Timestamp, received_at: Timestamp) -> bool {
    made_at < received_at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_text_is_about_what_was_there_before_it_was_received() {
        for (made_s, expected) in [(4, true), (5, false), (6, false)] {
            assert_eq!(is_known_by(t(made_s), t(5)), expected, "{made_s}");
        }
    }
}
