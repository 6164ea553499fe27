//! Everything that an observer outside the service saw, in order: incoming texts, answers, and the carrier's calls and
//! texts. For a printed timeline it also keeps notes of internal events, which the checker never reads.

use std::cell::{Cell, RefCell};
use std::fmt;

use jiff::Timestamp;
use reminder::ids::{CallId, CarrierName, MessageId, Number};
use reminder::wire::CallRoute;

use crate::engine::instant;
use crate::people::Meaning;

/// How the answer to a text is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerRoute {
    /// In the reply to the text's webhook.
    Reply,
    /// As a separate outgoing text.
    Text,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// It was picked up before it ended.
    Completed,
    /// It rang and was not picked up.
    NoAnswer,
    /// The phone was busy.
    Busy,
    /// It was cancelled before it was picked up.
    Canceled,
}

/// Speech on a call that was picked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speech {
    /// These words were spoken.
    Words(String),
    /// The carrier could not fetch the speech, so nothing was spoken.
    Nothing,
}

/// Who or what picked up a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickedUpBy {
    /// The person.
    Person,
    /// Their mailbox. It speaks a greeting, beeps, and records.
    Mailbox,
    /// A phone that screens calls. Its person may join the call later.
    Screener,
}

/// How much of some words a mailbox recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// From the first word to the last one.
    Whole,
    /// A part: they began during the greeting, or the call ended during them.
    Part,
}

/// A text from the service at its carrier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SentText {
    /// A text of its own, by its id at the carrier.
    Sent(String),
    /// The text in the reply to the webhook of this text.
    ReplyTo(MessageId),
}

/// Class of the code with which a carrier reports a text as undelivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UndeliveredClass {
    /// It may pass: the phone is off.
    Passing,
    /// The number can't receive texts.
    Number,
    /// The operator's account or number can't send it. Every text of that account fails.
    Operator,
    /// The person opted out at the carrier.
    OptedOut,
}

/// Why a message became a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterCause {
    /// It was received too often.
    Receives,
    /// Lambda stopped a chain of invocations that send each other messages.
    Chain,
}

/// Outcome of a request to the carrier, as its sender knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOutcome {
    /// The carrier accepted it.
    Accepted,
    /// The carrier refused it because of the number.
    NumberRefused,
    /// The carrier refused it for another reason.
    RefusedForNow,
    /// No readable answer: the request may have been accepted.
    Unknown,
}

/// One event that can be observed from outside the service.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// A person sent a text. Its carrier delivers it until the service takes it.
    TextSent {
        /// Id of the text at its carrier.
        id: MessageId,
        /// Index of the person who sent it.
        person: usize,
        /// The request that the text makes.
        meaning: Meaning,
        /// How its answer is delivered.
        route: AnswerRoute,
    },
    /// The service took the text: it replied 2xx, or the text is in the inbound queue.
    TextTaken {
        /// Id of the text at its carrier.
        id: MessageId,
    },
    /// The text was delivered to the service: its webhook was posted, or the SNS topic published it.
    TextDelivered {
        /// Id of the text at its carrier.
        id: MessageId,
    },
    /// The carrier gave up: the service did not take the text.
    TextNotTaken {
        /// Id of the text at its carrier.
        id: MessageId,
    },
    /// The service replied to a text's webhook.
    Reply {
        /// Id of the text at its carrier.
        id: MessageId,
        /// Words that the person reads; empty if the reply has none.
        body: String,
    },
    /// A function sent a request for a call.
    CallRequested {
        /// Carrier that was asked.
        carrier: CarrierName,
        /// Number to call.
        to: Number,
        /// Path of its callbacks: names the person, the reminder and the claim.
        route: CallRoute,
    },
    /// A function learned the outcome of its request for a call.
    CallRequestOutcome {
        /// Path of the call's callbacks.
        route: CallRoute,
        /// Outcome of the request.
        heard: RequestOutcome,
    },
    /// The carrier accepted a request for a call.
    CallAccepted {
        /// Id of the call at the carrier.
        call: CallId,
        /// Number that is called.
        to: Number,
        /// Path of its callbacks.
        route: CallRoute,
    },
    /// The person's phone rings.
    Rings {
        /// Id of the call.
        call: CallId,
    },
    /// The call met a line that is busy with another call of the service.
    LineBusy {
        /// Id of the call.
        call: CallId,
    },
    /// The call was picked up.
    PickedUp {
        /// Id of the call.
        call: CallId,
        /// Who or what picked up.
        by: PickedUpBy,
    },
    /// The person joined a call that their phone had answered to screen it.
    Joined {
        /// Id of the call.
        call: CallId,
    },
    /// A person heard these words on a call, from the first one to the last one.
    Heard {
        /// Id of the call.
        call: CallId,
        /// The words.
        words: String,
    },
    /// A mailbox recorded these words.
    MessageLeft {
        /// Id of the call.
        call: CallId,
        /// The words, as they were spoken in full.
        words: String,
        /// How much of them was recorded.
        recorded: Recorded,
    },
    /// The carrier posted a verdict about who or what picked up.
    VerdictPosted {
        /// Id of the call.
        call: CallId,
        /// The verdict, in the carrier's words.
        verdict: &'static str,
    },
    /// A person called the service's number.
    CalledBack {
        /// Id of the call.
        call: CallId,
        /// Index of the person.
        person: usize,
    },
    /// The service answered a person's call.
    CallBackAnswered {
        /// Id of the call.
        call: CallId,
        /// What the person heard. `Nothing` is the carrier's own announcement.
        speech: Speech,
    },
    /// The service spoke on the call.
    Spoke {
        /// Id of the call.
        call: CallId,
        /// The spoken words, if any.
        speech: Speech,
    },
    /// The person pressed a key.
    KeyPressed {
        /// Id of the call.
        call: CallId,
        /// Digit on the key.
        digit: char,
    },
    /// The service answered a pressed key, and its words were spoken.
    KeyAnswered {
        /// Id of the call.
        call: CallId,
        /// Digit on the key.
        digit: char,
        /// The spoken words.
        words: String,
    },
    /// The carrier posted a callback of this call to the service.
    CallbackPosted {
        /// Id of the call.
        call: CallId,
    },
    /// The call has ended.
    CallEnded {
        /// Id of the call.
        call: CallId,
        /// How it ended.
        end: CallEnd,
    },
    /// A function sent a request for a text.
    TextRequested {
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
    },
    /// The carrier accepted a text.
    TextAccepted {
        /// Id of the text.
        text: SentText,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
    },
    /// A function learned the outcome of its request for a text.
    TextRequestOutcome {
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
        /// Outcome of the request.
        heard: RequestOutcome,
    },
    /// A text reached the person's phone.
    TextArrived {
        /// Id of the text.
        text: SentText,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
    },
    /// A text that the carrier had accepted did not reach the person's phone, and never will.
    TextUndelivered {
        /// Id of the text.
        text: SentText,
        /// Number of the recipient.
        to: Number,
        /// Body of the text.
        body: String,
        /// The carrier's code.
        code: u32,
        /// Class of the code.
        class: UndeliveredClass,
    },
    /// The carrier posted the status of a text to the service.
    TextStatusPosted {
        /// Id of the text.
        text: SentText,
        /// The status, in the carrier's words.
        status: &'static str,
    },
    /// The person opted out at the carrier.
    OptedOutAtCarrier {
        /// Index of the person.
        person: usize,
    },
    /// The person opted in again at the carrier.
    OptedInAtCarrier {
        /// Index of the person.
        person: usize,
    },
    /// From now on an item of the store can't be read.
    ItemSpoiled {
        /// Id of the reminder; absent if it is a person's profile.
        reminder: Option<String>,
    },
    /// The functions were rolled back to an older version, which can't read all that the newer one wrote.
    RolledBack,
    /// The newer version was deployed again.
    RolledForward,
    /// An invocation was throttled, so it never ran. Messages of its batch have used up a receive.
    Throttled {
        /// Bodies of its messages; empty if it was triggered by a webhook or by the clock.
        messages: Vec<String>,
    },
    /// A function logged an error, which raises an alarm for the operator.
    Alarm {
        /// Id of the reminder that the alarm is about; absent if it names none.
        reminder: Option<String>,
        /// Id of the text that the alarm is about, with its carrier; absent if it names none.
        message: Option<String>,
        /// Message of the log record.
        words: String,
    },
    /// A queue moved a message to its dead letters.
    DeadLetter {
        /// Body of the message.
        body: String,
        /// Why.
        cause: DeadLetterCause,
    },
}

/// One observation and its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// True time, in milliseconds since 1970.
    pub at_ms: i64,
    /// The observed event.
    pub seen: Observation,
}

/// All observations of a world so far.
#[derive(Debug, Default)]
pub struct History {
    entries: RefCell<Vec<Entry>>,
    timeline: RefCell<Vec<(i64, String)>>,
    keeps_timeline: Cell<bool>,
}

impl History {
    /// Keeps a timeline for people, with internal events in it.
    pub fn keep_timeline(&self) {
        self.keeps_timeline.set(true);
    }

    /// Records an observation.
    pub(crate) fn record(&self, at_ms: i64, seen: Observation) {
        if self.keeps_timeline.get() {
            self.timeline.borrow_mut().push((at_ms, format!("{seen:?}")));
        }
        self.entries.borrow_mut().push(Entry { at_ms, seen });
    }

    /// Records an internal event for the timeline. No check may depend on it.
    pub(crate) fn trace(&self, at_ms: i64, what: impl FnOnce() -> String) {
        if self.keeps_timeline.get() {
            let line = format!("    {}", what());
            self.timeline.borrow_mut().push((at_ms, line));
        }
    }

    /// Takes out all observations, in order.
    pub(crate) fn take(&self) -> Vec<Entry> {
        self.entries.take()
    }

    /// The timeline, one line for each event.
    pub fn timeline(&self) -> Vec<String> {
        let timeline = self.timeline.borrow();
        let first = timeline.first().map_or(0, |(at_ms, _)| *at_ms);
        timeline.iter().map(|(at_ms, line)| format!("{} {line}", TimelineInstant { at_ms: *at_ms, first })).collect()
    }
}

/// An instant as the timeline shows it: UTC, and seconds since the timeline began.
struct TimelineInstant {
    at_ms: i64,
    first: i64,
}

impl fmt::Display for TimelineInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at: Timestamp = instant(self.at_ms);
        let since_ms = self.at_ms - self.first;
        write!(f, "{at:.3} {:>6}.{:03}", since_ms / 1000, since_ms % 1000)
    }
}
