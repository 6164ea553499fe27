//! A stored text: its record, its answer, and the effects that follow.

use reminder::conversation::{AnswerRoute, ReceivedText, Sender};
use reminder::event::Effect;
use reminder::ids::{OutgoingTextId, OutgoingTextKey, PersonKey, WriteId};
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::{NewestTry, OutgoingText, TextKind, TextLife, TextState};
use reminder::ports::{Clock, Ports, ReadError, Versioned, WriteError};
use reminder::profile::Profile;

use crate::Context;

/// Why a text could not be taken in. It is not certain whether the text was stored: if its own record exists, all its
/// changes were stored, and otherwise no change was. On a repeat, the outgoing text of the answer may be missing. So
/// the caller must park the text, or have it delivered again.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A record could not be read: the store failed, the record is malformed, or a later release wrote it.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// A write is not known to have succeeded: other writers were faster, or its outcome is unknown.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
    /// Storing took longer than this limit, in seconds: `store_s` of the policy.
    #[error("storing took over {0} s")]
    TooSlow(i64),
}

/// A stored text, and the effects that follow.
#[derive(Debug)]
pub struct Stored {
    /// The record of the text, with its answer.
    pub message: Versioned<IncomingText>,
    /// The profile of the sender.
    pub profile: Versioned<Profile>,
    /// The effects that follow.
    pub effects: Vec<Effect>,
    /// The answer as an outgoing text. `None` if this delivery did not create an outgoing text.
    pub answer: Option<Versioned<OutgoingText>>,
}

/// Returns a keyed hash of a text's words, from which a reader of the table can't recover them.
pub(super) fn digest(key: &PersonKey, text: &ReceivedText) -> String {
    key.digest(&text.body)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether an answer is sent as an outgoing text: it is not empty, it is not the response to a webhook, and it goes to
/// a served number. A text to another number may be expensive.
pub(super) fn owes_text(text: &ReceivedText, answer: &str) -> bool {
    let is_served = matches!(text.sender, Sender::Served { .. });
    is_served && text.route == AnswerRoute::Text && !answer.is_empty()
}

/// Returns the outgoing text of an answer, with its first try counted. Its id follows from the incoming text.
pub(super) fn answer_text<P: Ports>(
    context: Context<'_, P>,
    key: &PersonKey,
    profile: &Profile,
    text: &ReceivedText,
    words: String,
    write_id: WriteId,
) -> OutgoingText {
    let now = context.ports.clock().now();
    OutgoingText {
        key: OutgoingTextKey { person: profile.person.clone(), text: OutgoingTextId::of_answer(&text.id, key) },
        kind: TextKind::Answer,
        words,
        epoch: profile.consent.epoch,
        owed_since: now,
        life: TextLife::Live {
            state: TextState::Owed { tries: 1, slot: None, newest: NewestTry::Open },
            deadline: context.policy.answer_deadline(1, now),
        },
        write_id,
    }
}
