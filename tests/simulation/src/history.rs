//! What an observer outside the service saw, in order: texts in, answers out, and what the carrier did. And beside it,
//! for whoever reads a timeline, what went on inside.

use std::cell::{Cell, RefCell};
use std::fmt;

use jiff::Timestamp;
use reminder::ids::{CallId, CarrierName, MessageId, Number};
use reminder::wire::CallRoute;

use crate::engine::instant;
use crate::people::Meaning;

/// How an answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerRoute {
    /// In the reply to the webhook.
    Reply,
    /// As a text of its own.
    Text,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// After it was picked up.
    Completed,
    /// Nobody picked up.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// It was cancelled before anybody picked up.
    Canceled,
}

/// What was said to whoever picked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speech {
    /// These words.
    Words(String),
    /// Nothing: the carrier could not fetch what to say.
    Nothing,
}

/// What a request to the carrier came to, as its sender heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It was accepted.
    Accepted,
    /// It was refused because of the number.
    NumberRefused,
    /// It was refused for another reason.
    RefusedForNow,
    /// Nothing that tells.
    Nothing,
}

/// Something that can be seen from outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Observation {
    /// A text was handed to the service: it is repeated until somebody takes it.
    TextIn {
        /// Its name at the carrier.
        id: MessageId,
        /// Which person of the world sent it.
        person: usize,
        /// What they mean by it.
        meaning: Meaning,
        /// Which route its answer comes.
        route: AnswerRoute,
    },
    /// The service took the text: it answered 2xx, or it stands in a queue of ours.
    Taken {
        /// Its name at the carrier.
        id: MessageId,
    },
    /// The text was handed over once more: a webhook was posted, or a topic published it.
    Handed {
        /// Its name at the carrier.
        id: MessageId,
    },
    /// The service would not take the text.
    NotTaken {
        /// Its name at the carrier.
        id: MessageId,
    },
    /// The reply to a text's webhook; empty where it says nothing.
    Reply {
        /// The text's name at the carrier.
        id: MessageId,
        /// What the person reads.
        body: String,
    },
    /// A request for a call was sent.
    CallAsked {
        /// Who was asked.
        carrier: CarrierName,
        /// Who is to be called.
        to: Number,
        /// Where its callbacks go: whose, which, by which claim.
        route: CallRoute,
    },
    /// What the sender of a request for a call heard.
    CallHeard {
        /// Which one.
        route: CallRoute,
        /// What.
        heard: Heard,
    },
    /// A request for a call reached the carrier, and it took it.
    CallTaken {
        /// Its name at the carrier.
        call: CallId,
        /// Who is called.
        to: Number,
        /// Where its callbacks go.
        route: CallRoute,
    },
    /// The phone rings.
    Rings {
        /// Which call.
        call: CallId,
    },
    /// Somebody picked up.
    PickedUp {
        /// Which call.
        call: CallId,
    },
    /// Something was said to them.
    Said {
        /// In which call.
        call: CallId,
        /// What.
        speech: Speech,
    },
    /// A key was pressed.
    Pressed {
        /// In which call.
        call: CallId,
        /// Which.
        digit: char,
    },
    /// What was said upon a key; the carrier had an answer to it.
    KeyTaken {
        /// In which call.
        call: CallId,
        /// Which.
        digit: char,
        /// What was said.
        words: String,
    },
    /// A callback of this call reached the service, whatever it said.
    CallbackPosted {
        /// Which call.
        call: CallId,
    },
    /// The call is over.
    CallOver {
        /// Which.
        call: CallId,
        /// How it ended.
        end: CallEnd,
    },
    /// A request for a text was sent.
    TextAsked {
        /// Who it is for.
        to: Number,
        /// Its words.
        body: String,
    },
    /// A text reached the carrier, and it took it.
    TextOut {
        /// Who it is for.
        to: Number,
        /// Its words.
        body: String,
    },
    /// What the sender of a text heard.
    TextHeard {
        /// Who it is for.
        to: Number,
        /// Its words.
        body: String,
        /// What.
        heard: Heard,
    },
    /// The operator was alarmed.
    Alarm {
        /// About which reminder, by its name in the URLs of its calls, if it was about one.
        reminder: Option<String>,
        /// What was said.
        words: String,
    },
    /// A message was put aside as dead.
    DeadLetter {
        /// Its words.
        body: String,
    },
}

/// One thing that was seen, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What.
    pub seen: Observation,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub struct History {
    entries: RefCell<Vec<Entry>>,
    told: RefCell<Vec<(i64, String)>>,
    wordy: Cell<bool>,
}

impl History {
    /// Keeps what goes on inside as well.
    pub fn tell_all(&self) {
        self.wordy.set(true);
    }

    /// Something was seen.
    pub(crate) fn saw(&self, at_ms: i64, seen: Observation) {
        if self.wordy.get() {
            self.told.borrow_mut().push((at_ms, format!("{seen:?}")));
        }
        self.entries.borrow_mut().push(Entry { at_ms, seen });
    }

    /// Something went on inside, which no check may rest on.
    pub(crate) fn inside(&self, at_ms: i64, what: impl FnOnce() -> String) {
        if self.wordy.get() {
            let line = format!("    {}", what());
            self.told.borrow_mut().push((at_ms, line));
        }
    }

    /// All that was seen, in order.
    pub(crate) fn take(&self) -> Vec<Entry> {
        self.entries.take()
    }

    /// The timeline, for people.
    pub fn timeline(&self) -> Vec<String> {
        let told = self.told.borrow();
        let first = told.first().map_or(0, |(at_ms, _)| *at_ms);
        told.iter().map(|(at_ms, line)| format!("{} {line}", Moment { at_ms: *at_ms, first })).collect()
    }
}

/// An instant as a timeline shows it: by the clock, and since its beginning.
struct Moment {
    at_ms: i64,
    first: i64,
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at: Timestamp = instant(self.at_ms);
        let since_ms = self.at_ms - self.first;
        write!(f, "{at:.3} {:>6}.{:03}", since_ms / 1000, since_ms % 1000)
    }
}
