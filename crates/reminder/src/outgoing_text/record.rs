//! The record of an outgoing text.

use jiff::Timestamp;

use crate::channel::Slot;
use crate::ids::{OutgoingTextKey, ReminderId, SentTextId, WriteId};

/// A text that the service owes to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingText {
    /// The person and the text's id.
    pub key: OutgoingTextKey,
    /// Why the text is owed.
    pub kind: TextKind,
    /// The words, as they are sent.
    pub words: String,
    /// The person's epoch when the text was written. A text of an older epoch is not sent.
    pub epoch: u32,
    /// The instant since which the text is owed. By default, it is tried for at most a day from then.
    pub owed_since: Timestamp,
    /// How far its delivery has come.
    pub life: TextLife,
    /// The id of the last write.
    pub write_id: WriteId,
}

/// Why an outgoing text is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextKind {
    /// It answers an incoming text.
    Answer,
    /// It replaces a call of this reminder. If it is not delivered, the person may not have been reached at all.
    InsteadOfCall(ReminderId),
}

/// How far the delivery of a text has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextLife {
    /// The text waits for an event.
    Live {
        /// The state of the text.
        state: TextState,
        /// When the next try or inquiry is due.
        deadline: Timestamp,
    },
    /// No try or inquiry is planned. Only a text that ended as `Sent` can still change.
    Ended {
        /// How its delivery ended.
        end: TextEnd,
        /// When it ended.
        at: Timestamp,
    },
}

/// The state of a live outgoing text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextState {
    /// The text is to be sent at its deadline. After a try whose outcome is unknown, the carrier may have the text
    /// already.
    Owed {
        /// Tries so far. Each is counted before it is sent, and no longer counts if it was not sent or was refused for
        /// now.
        tries: u8,
        /// The carrier's slot that was reserved for the next try, if it waits for a slot.
        slot: Option<Slot>,
        /// The known facts about the newest try.
        newest: NewestTry,
    },
    /// The carrier has accepted the text. Its delivery is not known yet.
    Accepted {
        /// Tries so far, of which the last was accepted.
        tries: u8,
        /// The carrier's id of the last try.
        sent: SentTextId,
        /// How often the carrier was asked for the delivery.
        inquiries: u8,
    },
}

/// The known facts about the newest try of a text that is still owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewestTry {
    /// Nothing is known. Its acceptance, its refusal or a status may follow.
    Open,
    /// It was not delivered, or a later try was not sent or was refused for now. Of later reports about it, only a
    /// delivery counts.
    Failed,
}

/// How the delivery of a text ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEnd {
    /// The carrier reported that it was delivered.
    Delivered,
    /// The carrier accepted it, and has reported no failure so far. A failure may still be reported: a phone that is
    /// off gets its texts for a day.
    Sent {
        /// Tries so far, of which the last was accepted.
        tries: u8,
    },
    /// The carrier refused it or reported that it was not delivered.
    Undelivered {
        /// The carrier's own error code.
        code: u32,
    },
    /// It is not wanted any more: the person acknowledged its occurrence before its delivery was known, or opted out.
    Withdrawn,
    /// It was tried too often or for too long.
    GivenUp,
}

impl OutgoingText {
    /// Whether its deadline has passed, so that its next step is due.
    // guard: is_text_due
    pub fn is_text_due(&self, now: Timestamp) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// The state of a live text. `None` once its delivery has ended.
    pub fn state(&self) -> Option<&TextState> {
        match &self.life {
            TextLife::Live { state, .. } => Some(state),
            TextLife::Ended { .. } => None,
        }
    }

    /// When its next step is due. `None` once its delivery has ended.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.life {
            TextLife::Live { deadline, .. } => Some(deadline),
            TextLife::Ended { .. } => None,
        }
    }

    /// The name of its state in logs and tables.
    pub fn state_name(&self) -> &'static str {
        match self.life {
            TextLife::Live { state: TextState::Owed { .. }, .. } => "Owed",
            TextLife::Live { state: TextState::Accepted { .. }, .. } => "Accepted",
            TextLife::Ended { .. } => "TextEnded",
        }
    }

    /// Whether its person still wants it at this epoch. A text that was written before an opt-out is not wanted.
    // guard: is_text_wanted
    pub fn is_text_wanted(&self, epoch: u32) -> bool {
        self.epoch >= epoch
    }
}
