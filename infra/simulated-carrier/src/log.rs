//! What happened, in order, so that somebody outside can judge it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::call::CallStatus;
use super::number::{Key, PhoneNumber};
use super::sid::Sid;
use super::webhook_kind::WebhookKind;

/// Entries kept. A load test of ten thousand reminders writes some ten entries for each.
const MOST_ENTRIES: usize = 400_000;
/// Entries a slow listener may be behind before it misses some.
const LISTENER_BACKLOG: usize = 16_384;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Counts from 1.
    pub seq: u64,
    /// When, to the millisecond.
    #[serde(serialize_with = "with_milliseconds")]
    pub at: Timestamp,
    /// The person's number; absent on what concerns the whole carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
    /// What happened.
    #[serde(flatten)]
    pub event: LogEvent,
}

/// The kinds of things that happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LogEvent {
    /// A person texted.
    TextIn {
        /// The text's id.
        message: Sid,
        /// What they wrote.
        words: String,
        /// How it reached the service: `webhook` or `sns`.
        via: String,
    },
    /// The service answered a text in the webhook's response.
    Answer {
        /// The text that was answered.
        message: Sid,
        /// What the person reads.
        words: String,
    },
    /// The service sent a text by the REST API, and the person has it.
    TextOut {
        /// The text's id.
        message: Sid,
        /// What the person reads.
        words: String,
        /// The fault under which it was accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// A request to send a text was answered with a refusal.
    TextRefused {
        /// Twilio's code.
        code: u32,
        /// The HTTP status.
        status: u16,
    },
    /// A request to send a text was read, then the connection was closed; nothing was sent.
    TextDropped {
        /// The fault that asked for it.
        fault: String,
    },
    /// The carrier itself texted a person that they will get no more, or will again.
    OptOut {
        /// Whether texts to this person are refused from now on.
        refused: bool,
        /// What the carrier told them.
        words: String,
    },
    /// A call was created.
    CallRequested {
        /// The call.
        call: Sid,
        /// Where its words will be fetched; absent when they came with the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// The fault under which it was accepted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// A request to call was answered with a refusal.
    CallRefused {
        /// Twilio's code.
        code: u32,
        /// The HTTP status.
        status: u16,
    },
    /// A request to call was read, then the connection was closed; there is no call.
    CallDropped {
        /// The fault that asked for it.
        fault: String,
    },
    /// The call left the queue.
    CallInitiated {
        /// The call.
        call: Sid,
    },
    /// The phone rings.
    CallRinging {
        /// The call.
        call: Sid,
    },
    /// The person picked up.
    CallAnswered {
        /// The call.
        call: Sid,
    },
    /// The carrier began to speak.
    Said {
        /// The call.
        call: Sid,
        /// What is spoken.
        words: String,
    },
    /// The person pressed a key.
    Key {
        /// The call.
        call: Sid,
        /// The key.
        digit: Key,
        /// Whether a `Gather` was open to hear it.
        heard: bool,
    },
    /// The service asked to end a call by the REST API, and the carrier did.
    CallCancelled {
        /// The call.
        call: Sid,
    },
    /// The service asked to end a call, and the carrier refused.
    CancelRefused {
        /// The call.
        call: Sid,
        /// Twilio's code.
        code: u32,
    },
    /// The call is over.
    CallEnded {
        /// The call.
        call: Sid,
        /// How.
        status: CallStatus,
        /// Seconds from pick-up to end, rounded up as they are billed.
        duration_s: u64,
    },
    /// A request to the service got an answer, or did not.
    Webhook {
        /// The call it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<Sid>,
        /// The text it was about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Sid>,
        /// What it asked or told.
        about: WebhookKind,
        /// The public URL, as it was signed.
        url: String,
        /// The status of the call or text that it told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<String>,
        /// The HTTP status that came back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// Why no readable answer came back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// Which try it was, from 1.
        attempt: u32,
        /// How long it took.
        took_ms: u64,
    },
    /// What the service answered is not TwiML that this carrier runs.
    TwimlRefused {
        /// The call that got it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<Sid>,
        /// The text that got it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Sid>,
        /// What was expected, and what was found.
        reason: String,
    },
    /// The carrier can't be reached.
    Unreachable,
    /// The carrier can be reached again.
    Reachable,
}

impl LogEntry {
    /// The call it is about, if it is about one.
    #[must_use]
    pub fn call(&self) -> Option<&Sid> {
        match &self.event {
            LogEvent::CallRequested { call, .. }
            | LogEvent::CallInitiated { call }
            | LogEvent::CallRinging { call }
            | LogEvent::CallAnswered { call }
            | LogEvent::Said { call, .. }
            | LogEvent::Key { call, .. }
            | LogEvent::CallCancelled { call }
            | LogEvent::CancelRefused { call, .. }
            | LogEvent::CallEnded { call, .. } => Some(call),
            LogEvent::Webhook { call, .. } | LogEvent::TwimlRefused { call, .. } => call.as_ref(),
            LogEvent::TextIn { .. }
            | LogEvent::Answer { .. }
            | LogEvent::TextOut { .. }
            | LogEvent::TextRefused { .. }
            | LogEvent::TextDropped { .. }
            | LogEvent::OptOut { .. }
            | LogEvent::CallRefused { .. }
            | LogEvent::CallDropped { .. }
            | LogEvent::Unreachable
            | LogEvent::Reachable => None,
        }
    }
}

/// Everything that happened, and whoever listens for more.
#[derive(Debug)]
pub(super) struct Log {
    entries: Mutex<Kept>,
    listeners: broadcast::Sender<LogEntry>,
}

#[derive(Debug)]
struct Kept {
    entries: std::collections::VecDeque<LogEntry>,
    last_seq: u64,
}

impl Log {
    pub(super) fn new() -> Self {
        let (listeners, _) = broadcast::channel(LISTENER_BACKLOG);
        Self { entries: Mutex::new(Kept { entries: std::collections::VecDeque::new(), last_seq: 0 }), listeners }
    }

    /// Writes an entry. Order in the log is order in time: the clock is read under the lock.
    pub(super) fn write(&self, number: Option<&PhoneNumber>, event: LogEvent) {
        let mut kept = self.lock();
        kept.last_seq += 1;
        let entry = LogEntry { seq: kept.last_seq, at: Timestamp::now(), number: number.cloned(), event };
        if kept.entries.len() == MOST_ENTRIES {
            kept.entries.pop_front();
        }
        kept.entries.push_back(entry.clone());
        // Nobody listening is no failure; sending under the lock keeps listeners in order too.
        let _ = self.listeners.send(entry);
    }

    /// Entries after a sequence number, of one person or of all.
    pub(super) fn since(&self, seq: u64, number: Option<&PhoneNumber>) -> Vec<LogEntry> {
        let kept = self.lock();
        let wanted = |entry: &&LogEntry| entry.seq > seq && concerns(entry, number);
        kept.entries.iter().filter(wanted).cloned().collect()
    }

    /// Entries kept so far and those to come, none missing and none twice.
    pub(super) fn follow(&self, seq: Option<u64>) -> (Vec<LogEntry>, broadcast::Receiver<LogEntry>) {
        let kept = self.lock();
        let from = seq.unwrap_or(kept.last_seq);
        let before = kept.entries.iter().filter(|entry| entry.seq > from).cloned().collect();
        (before, self.listeners.subscribe())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an entry is about this person. The carrier's being away concerns everyone; a request that names nobody,
/// no one.
pub(super) fn concerns(entry: &LogEntry, number: Option<&PhoneNumber>) -> bool {
    match (number, &entry.number) {
        (None, _) => true,
        (Some(wanted), Some(found)) => wanted == found,
        (Some(_), None) => matches!(entry.event, LogEvent::Unreachable | LogEvent::Reachable),
    }
}

fn with_milliseconds<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_one_flat_line_with_milliseconds() {
        let log = Log::new();
        let number = PhoneNumber::parse("+12125550123").unwrap();
        log.write(Some(&number), LogEvent::Said { call: Sid::given("CA1"), words: "buy milk".to_owned() });
        let line = serde_json::to_value(&log.since(0, None)[0]).unwrap();
        assert_eq!(line["kind"], "said");
        assert_eq!(line["number"], "+12125550123");
        assert_eq!(line["words"], "buy milk");
        assert_eq!(line["at"].as_str().unwrap().len(), "2026-11-22T13:00:00.000Z".len());
        let read: LogEntry = serde_json::from_value(line).unwrap();
        assert_eq!(read.call(), Some(&Sid::given("CA1")));
    }

    #[test]
    fn a_listener_misses_nothing_and_gets_nothing_twice() {
        let log = Log::new();
        log.write(None, LogEvent::Unreachable);
        let (before, mut after) = log.follow(Some(0));
        log.write(None, LogEvent::Reachable);
        assert_eq!(before.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1]);
        assert_eq!(after.try_recv().unwrap().seq, 2);
        assert!(after.try_recv().is_err());
    }
}
