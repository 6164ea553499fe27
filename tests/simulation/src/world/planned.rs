//! Events that a world plans for itself, and the triggers of its invocations.

use reminder::ids::{CallId, MessageId};
use reminder::wire::CallStep;

use crate::events::QueueName;
use crate::history::CallEnd;
use crate::people::Meaning;

/// An event that the world has planned for itself. A person is an index into `people`, a text one into `texts`.
#[derive(Debug)]
pub(super) enum PlannedEvent {
    /// A person sends a text, and plans the next one.
    NextText(usize),
    /// A person sends one more text.
    ExtraText(usize),
    /// A person sends one more text with this meaning.
    SendText(usize, Meaning),
    /// A person asks for one more reminder.
    AskForReminder(usize),
    /// Twilio posts the webhook of a text.
    PostText(usize),
    /// SNS publishes a text.
    PublishText(usize),
    /// A call reaches a stage.
    CallStage(CallId, Stage),
    /// The carrier posts a callback of a call.
    PostCallback(Callback),
    /// The sweeper runs.
    Sweep,
}

/// A text that a person has sent.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) person: usize,
    pub(super) meaning: Meaning,
    /// Id at the carrier that delivers it, without the carrier's name.
    pub(super) sid: String,
    pub(super) id: MessageId,
    pub(super) tries: u32,
    pub(super) taken: bool,
}

/// A stage that a call reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The carrier dials the number.
    Dialed,
    /// The person picks up.
    PickedUp,
    /// The call ends without a pick-up.
    NotPickedUp(CallEnd),
    /// The person presses a key.
    Pressed(char),
    /// The person hangs up.
    HungUp,
}

/// A callback of a call.
#[derive(Debug, Clone)]
pub(super) struct Callback {
    pub(super) call: CallId,
    pub(super) step: CallStep,
    /// Value of the form field `CallStatus`.
    pub(super) status: &'static str,
    /// Value of the form field `Digits`, if a key was pressed.
    pub(super) digit: Option<char>,
    pub(super) tries: u32,
    pub(super) since_ms: i64,
    /// Whether the carrier acts on the reply. It ignores the reply to a duplicate.
    pub(super) counts: bool,
}

/// The trigger of an invocation.
#[derive(Debug)]
pub(super) enum Purpose {
    Text { text: usize, since_ms: i64 },
    Callback(Callback),
    Batch(QueueName, Vec<u64>),
    Sweep,
}
