//! A text that was received, and its answer: the record that makes a repeated delivery harmless.

use jiff::Timestamp;

use crate::ids::{MessageId, PersonId, ReminderId};

/// A text that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
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
    pub delivery: Delivery,
    /// The reminders that it made or moved, whose wake-ups a repeat sends again.
    pub made: Vec<Made>,
    /// Writes so far.
    pub version: u64,
}

/// A reminder that a text made, at the generation it made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Which.
    pub reminder: ReminderId,
    /// The generation.
    pub generation: u32,
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
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
