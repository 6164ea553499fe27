//! An incoming text and its answer: the record that makes a repeated delivery harmless.

use jiff::Timestamp;

use crate::ids::{MessageId, PersonId, ReminderId};

/// The record of an incoming text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingText {
    /// The text's id at its carrier.
    pub id: MessageId,
    /// The person who sent it.
    pub person: PersonId,
    /// A keyed hash of its words, which shows whether a repeated delivery has the same words.
    pub digest: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// The answer. Empty if the text gets no answer.
    pub answer: String,
    /// The wake-ups that the text planned. A repeated delivery sends them again.
    pub planned: Vec<PlannedWakeUp>,
}

/// A wake-up that an incoming text planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedWakeUp {
    /// The reminder to wake.
    pub reminder: ReminderId,
    /// The reminder's generation in that plan.
    pub generation: u32,
}

/// Whether a text that was received at `received_at` may apply to a reminder or question that was made at `made_at`. A
/// sender can't have known of a reminder or question that was made later.
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
    fn a_text_applies_to_reminders_that_were_made_before_it_was_received() {
        for (made_s, expected) in [(4, true), (5, false), (6, false)] {
            assert_eq!(is_known_by(t(made_s), t(5)), expected, "{made_s}");
        }
    }
}
