//! Events that a world plans for itself, and the triggers of its invocations.

use reminder::ids::{CallId, MessageId};
use reminder::ports::Undelivered;

use crate::events::QueueName;
use crate::history::{CallEnd, PickedUpBy, SentText};
use crate::people::Meaning;

/// An event that the world has planned for itself. A person is given as an index into `people`, and an incoming text as
/// an index into `texts`.
#[derive(Debug)]
pub(super) enum PlannedEvent {
    /// A person sends a text and plans the next text, or waits for a call.
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
    /// The carrier posts a callback of a call or of a text.
    PostCallback(Callback),
    /// The carrier posts its verdict about who or what picked up, unless the call is over and the verdict is not late.
    Verdict(CallId, PickedUpBy, Timing),
    /// A text reaches its end: it arrives at the phone, or it fails.
    TextEnds(SentText),
    /// A text fails hours after the carrier accepted it.
    TextFails(SentText, Undelivered),
    /// A person calls the service's number.
    CallToService(usize),
    /// A person's call to the service is over.
    CallToServiceOver(usize),
    /// The sweeper runs.
    Sweep,
}

/// A text that a person has sent.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// Index of the sender in `people`.
    pub(super) person: usize,
    /// The meaning of its words.
    pub(super) meaning: Meaning,
    /// Id of the text at the carrier that delivers it, without the carrier's name.
    pub(super) sid: String,
    /// Id of the text with the carrier's name, as the service stores it.
    pub(super) id: MessageId,
    /// The carrier's own handling of the text, if its webhook states it.
    pub(super) opt_out_type: Option<&'static str>,
    /// How often its webhook was posted, duplicates included.
    pub(super) posts: u32,
    /// Whether the service has taken the text: it answered the webhook in time, or SNS published the text to the queue.
    pub(super) taken: bool,
    /// How many replies to its webhook contained an answer and came in time.
    pub(super) answered: usize,
}

/// A stage that a call reaches. A stage that names a document is ignored if another document has begun since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The carrier dials the number.
    Dialed,
    /// The call is picked up.
    PickedUp(PickedUpBy),
    /// The person joins a call that their phone screens.
    Joined,
    /// The call ends without a pickup.
    NotPickedUp(CallEnd),
    /// The person presses a key.
    Pressed { digit: char, document: u32 },
    /// The person hangs up.
    HungUp { document: u32 },
    /// All instructions of a document are done.
    DocumentOver { document: u32 },
}

/// Whether a verdict is posted only while the call lasts, or also after the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timing {
    /// Only during the call.
    InTime,
    /// Late, perhaps after the call.
    Late,
}

/// A callback of a call or of a text.
#[derive(Debug, Clone)]
pub(super) struct Callback {
    /// The call or the text that the callback is about.
    pub(super) about: About,
    /// Path to which the callback is posted.
    pub(super) path: String,
    /// Its content, apart from its subject.
    pub(super) says: Says,
    /// How often the callback was posted.
    pub(super) posts: u32,
    /// When the callback was posted first, in milliseconds since 1970.
    pub(super) first_posted_ms: Option<i64>,
    /// Whether this is no duplicate. The carrier ignores the service's reply to a duplicate.
    pub(super) is_original: bool,
}

/// The subject of a callback.
#[derive(Debug, Clone)]
pub(super) enum About {
    /// A call that the service placed.
    Call(CallId),
    /// A call to the service from the person of this index.
    CallToService(CallId, usize),
    /// A text that the service sent.
    Text(SentText),
}

/// The content of a callback.
#[derive(Debug, Clone, Copy)]
pub(super) enum Says {
    /// The call was picked up, and the carrier asks for instructions.
    PickedUp,
    /// This key was pressed, and the carrier asks for instructions.
    Pressed(char),
    /// The call or the text has this status.
    Status(&'static str),
    /// The text failed with this status and this code.
    Failed(&'static str, u32),
    /// The verdict about who or what picked up.
    Verdict(&'static str),
}

/// The trigger of an invocation.
#[derive(Debug)]
pub(super) enum Trigger {
    /// The webhook of a text.
    Text {
        /// Index of the text in `texts`.
        text: usize,
        /// When this webhook was posted, in milliseconds since 1970.
        posted_ms: i64,
    },
    /// A callback of a call or of a text.
    Callback(Callback),
    /// A batch of messages from this queue, with the ids of the messages.
    Batch(QueueName, Vec<u64>),
    /// The schedule of the sweeper.
    Sweep,
}
