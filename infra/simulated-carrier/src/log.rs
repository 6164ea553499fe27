//! The log of all events in order, by which tests and checkers judge a service.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::answerer::Answerer;
use super::call::CallStatus;
use super::message::MessageStatus;
use super::number::{Key, PhoneNumber};
use super::sid::Sid;
use super::webhook_kind::WebhookKind;

/// Maximum number of stored entries. A load test of ten thousand reminders writes about ten entries for each.
const MOST_ENTRIES: usize = 400_000;
/// Maximum number of entries that a listener may be behind before it misses some.
const LISTENER_BACKLOG: usize = 16_384;

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Sequence number, from 1.
    pub seq: u64,
    /// When the event happened, written with milliseconds.
    #[serde(serialize_with = "with_milliseconds")]
    pub at: Timestamp,
    /// Phone number of the person. Absent for events of the whole carrier, and for a refused request without a valid
    /// number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
    /// The event of this entry.
    #[serde(flatten)]
    pub event: LogEvent,
}

/// An event at the carrier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LogEvent {
    /// A person sent a text.
    TextIn {
        /// Id of the text.
        message: Sid,
        /// The body of the text.
        words: String,
        /// The way to the service: `webhook` or `sns`.
        via: String,
    },
    /// The service answered a text in the response to the webhook.
    Answer {
        /// Id of the answered text.
        message: Sid,
        /// Id of the answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Sid>,
        /// The words that the person reads.
        words: String,
    },
    /// The service sent a text through the REST API, and the carrier accepted it.
    TextOut {
        /// Id of the text.
        message: Sid,
        /// The words that the person reads.
        words: String,
        /// The fault that affected the request. Absent without a fault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// The status of a text or an answer of the service changed.
    TextStatus {
        /// Id of the text.
        message: Sid,
        /// The new status.
        status: MessageStatus,
        /// Twilio's error code, if the text was not delivered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<u32>,
    },
    /// The carrier refused a request to send a text, or did not send an answer because the person has opted out.
    TextRefused {
        /// Twilio's error code.
        code: u32,
        /// HTTP status of the refusal. For an answer it is 400, as if a request had been refused.
        status: u16,
    },
    /// The carrier read a request to send a text, closed the connection, and sent nothing.
    TextDropped {
        /// The fault that caused it.
        fault: String,
    },
    /// A person opted out or in at the carrier, which confirmed it by a text.
    OptOut {
        /// Whether the carrier now refuses texts to this person.
        refused: bool,
        /// The words of the confirmation.
        words: String,
    },
    /// The carrier accepted a request and created a call.
    CallRequested {
        /// Id of the call.
        call: Sid,
        /// URL of the document. Absent if the document was in the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// The fault that affected the request. Absent without a fault.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<String>,
    },
    /// The carrier refused a request to place a call.
    CallRefused {
        /// Twilio's error code.
        code: u32,
        /// HTTP status of the response.
        status: u16,
    },
    /// The carrier read a request to place a call, closed the connection, and created no call.
    CallDropped {
        /// The fault that caused it.
        fault: String,
    },
    /// The call left the queue.
    CallInitiated {
        /// Id of the call.
        call: Sid,
    },
    /// The phone began to ring.
    CallRinging {
        /// Id of the call.
        call: Sid,
    },
    /// The call was answered.
    CallAnswered {
        /// Id of the call.
        call: Sid,
        /// The person, machine or service that answered.
        #[serde(default)]
        by: Answerer,
    },
    /// A person calls the service's number, and the carrier requests a document from the service.
    CallIn {
        /// Id of the call.
        call: Sid,
    },
    /// The mailbox that answered has greeted and beeped. From now on it records.
    Beep {
        /// Id of the call.
        call: Sid,
    },
    /// The mailbox recorded words that were spoken after its beep.
    Recorded {
        /// Id of the call.
        call: Sid,
        /// The recorded words.
        words: String,
    },
    /// The phone that screens the call rings its person.
    ScreenerRings {
        /// Id of the call.
        call: Sid,
    },
    /// The person took a call that their phone had screened.
    PersonConnected {
        /// Id of the call.
        call: Sid,
    },
    /// The carrier began to speak.
    Said {
        /// Id of the call.
        call: Sid,
        /// The spoken words.
        words: String,
    },
    /// The person pressed a key.
    Key {
        /// Id of the call.
        call: Sid,
        /// The pressed key.
        digit: Key,
        /// Whether a `Gather` was open and received the key.
        heard: bool,
    },
    /// The service ended a call through the REST API.
    CallCancelled {
        /// Id of the call.
        call: Sid,
    },
    /// The carrier refused the service's request to end a call.
    CancelRefused {
        /// Id of the call.
        call: Sid,
        /// Twilio's error code.
        code: u32,
    },
    /// The call ended.
    CallEnded {
        /// Id of the call.
        call: Sid,
        /// The final status.
        status: CallStatus,
        /// Time from the pickup to the end in seconds, rounded up. 0 if the call was not answered.
        duration_s: u64,
    },
    /// The carrier sent a webhook to the service, or failed to send it.
    Webhook {
        /// The call that it was about. Absent for texts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<Sid>,
        /// The text that it was about. Absent for calls.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Sid>,
        /// The kind of webhook.
        about: WebhookKind,
        /// The public URL that was signed.
        url: String,
        /// The reported status of the call or text. Absent if the webhook reports none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<String>,
        /// HTTP status of the response. Absent without a response.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// Why there is no complete response. Absent if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// Number of the attempt, from 1.
        attempt: u32,
        /// Duration of the attempt in milliseconds.
        took_ms: u64,
    },
    /// The service did not respond with TwiML that this carrier supports, or redirected too often.
    TwimlRefused {
        /// The call that it was for. Absent for texts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<Sid>,
        /// The text that it was for. Absent for calls.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<Sid>,
        /// Description of the problem.
        reason: String,
    },
    /// The carrier became unreachable.
    Unreachable,
    /// The carrier became reachable again.
    Reachable,
}

impl LogEntry {
    /// Returns the call that the entry is about. Absent if it is about something else, or about a call that was not
    /// created.
    #[must_use]
    pub fn call(&self) -> Option<&Sid> {
        match &self.event {
            LogEvent::CallRequested { call, .. }
            | LogEvent::CallInitiated { call }
            | LogEvent::CallRinging { call }
            | LogEvent::CallAnswered { call, .. }
            | LogEvent::CallIn { call }
            | LogEvent::Beep { call }
            | LogEvent::Recorded { call, .. }
            | LogEvent::ScreenerRings { call }
            | LogEvent::PersonConnected { call }
            | LogEvent::Said { call, .. }
            | LogEvent::Key { call, .. }
            | LogEvent::CallCancelled { call }
            | LogEvent::CancelRefused { call, .. }
            | LogEvent::CallEnded { call, .. } => Some(call),
            LogEvent::Webhook { call, .. } | LogEvent::TwimlRefused { call, .. } => call.as_ref(),
            LogEvent::TextIn { .. }
            | LogEvent::Answer { .. }
            | LogEvent::TextOut { .. }
            | LogEvent::TextStatus { .. }
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

/// The entries, and the listeners for new entries.
#[derive(Debug)]
pub(super) struct Log {
    entries: Mutex<StoredEntries>,
    listeners: broadcast::Sender<LogEntry>,
}

#[derive(Debug)]
struct StoredEntries {
    entries: std::collections::VecDeque<LogEntry>,
    last_seq: u64,
}

impl Log {
    pub(super) fn new() -> Self {
        let (listeners, _) = broadcast::channel(LISTENER_BACKLOG);
        Self {
            entries: Mutex::new(StoredEntries { entries: std::collections::VecDeque::new(), last_seq: 0 }),
            listeners,
        }
    }

    /// Writes an entry. The clock is read under the lock, so that entries are in chronological order.
    pub(super) fn write(&self, number: Option<&PhoneNumber>, event: LogEvent) {
        let mut stored = self.lock();
        stored.last_seq += 1;
        let entry = LogEntry { seq: stored.last_seq, at: Timestamp::now(), number: number.cloned(), event };
        if stored.entries.len() == MOST_ENTRIES {
            stored.entries.pop_front();
        }
        stored.entries.push_back(entry.clone());
        // An error means that there are no listeners. Sending under the lock keeps the order for listeners too.
        let _ = self.listeners.send(entry);
    }

    /// Returns the entries after a sequence number, of one person or of all.
    pub(super) fn since(&self, seq: u64, number: Option<&PhoneNumber>) -> Vec<LogEntry> {
        let stored = self.lock();
        let wanted = |entry: &&LogEntry| entry.seq > seq && concerns(entry, number);
        stored.entries.iter().filter(wanted).cloned().collect()
    }

    /// Returns the stored entries after a sequence number, and a receiver of all later entries. Without a sequence
    /// number, no stored entries are returned. No entry is missing or doubled.
    pub(super) fn follow(&self, seq: Option<u64>) -> (Vec<LogEntry>, broadcast::Receiver<LogEntry>) {
        let stored = self.lock();
        let from = seq.unwrap_or(stored.last_seq);
        let before = stored.entries.iter().filter(|entry| entry.seq > from).cloned().collect();
        (before, self.listeners.subscribe())
    }

    fn lock(&self) -> MutexGuard<'_, StoredEntries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns whether an entry belongs to the log of the person with this number. Without a number, returns true. An entry
/// about the carrier's reachability belongs to the log of every person. Other entries without a number belong to the
/// log of no person.
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
    fn an_entry_is_a_flat_json_object_with_milliseconds() {
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
    fn a_listener_misses_no_entry_and_gets_no_entry_twice() {
        let log = Log::new();
        log.write(None, LogEvent::Unreachable);
        let (before, mut after) = log.follow(Some(0));
        log.write(None, LogEvent::Reachable);
        assert_eq!(before.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1]);
        assert_eq!(after.try_recv().unwrap().seq, 2);
        assert!(after.try_recv().is_err());
    }
}
