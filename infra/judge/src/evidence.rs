//! The calls and texts of each person, read from the carrier's log.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::promise;
use simulated_carrier::{LogEntry, LogEvent, MessageStatus, PhoneNumber, Sid, WebhookKind};

/// The key by which a person asks to be called again.
const CALL_AGAIN: char = '2';

/// A call, with the reminder and the claim from its URL.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) reminder: String,
    pub(crate) claim: String,
    pub(crate) requested_at: Timestamp,
    /// When the service first responded to a key of this call with 200. It responds after its write.
    pub(crate) key_handled_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) words: Vec<String>,
}

/// A text from the service that does not promise a call.
#[derive(Debug, Clone)]
pub(crate) struct SentText {
    pub(crate) message: Sid,
    pub(crate) at: Timestamp,
    pub(crate) words: String,
    /// Whether it answers a text in the response to its webhook. An answer that is sent later can't be distinguished
    /// from a text that replaces a call, but by its words.
    pub(crate) is_answer: bool,
    /// Whether the text reached the phone. The carrier knows that, even if it does not report it to the service.
    pub(crate) is_delivered: bool,
}

/// The calls and texts of one person.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Calls in the order in which they were requested.
    pub(crate) calls: Vec<Call>,
    /// Texts that promise a call, each with its time: answers in the replies to webhooks, and answers sent as separate
    /// texts.
    pub(crate) promises: Vec<(Timestamp, String)>,
    /// All other texts from the service that the carrier accepted.
    pub(crate) texts: Vec<SentText>,
    /// When the person asked for another call by key 2.
    pub(crate) asked_again: Vec<Timestamp>,
    /// When the person opted out at the carrier.
    pub(crate) opted_out: Vec<Timestamp>,
}

/// Reads the calls and texts of every person from the log.
pub(crate) fn read(log: &[LogEntry]) -> BTreeMap<PhoneNumber, Evidence> {
    let mut all: BTreeMap<PhoneNumber, Evidence> = BTreeMap::new();
    let mut places: BTreeMap<Sid, usize> = BTreeMap::new();
    for entry in log {
        let Some(number) = &entry.number else { continue };
        let evidence = all.entry(number.clone()).or_default();
        match &entry.event {
            LogEvent::CallRequested { call, url, .. } => {
                places.insert(call.clone(), evidence.calls.len());
                evidence.calls.push(requested_call(entry.at, url.as_deref().unwrap_or_default()));
            }
            LogEvent::Answer { message, words, .. } => evidence.texted(entry.at, message, words, true),
            LogEvent::TextOut { message, words, .. } => evidence.texted(entry.at, message, words, false),
            LogEvent::OptOut { refused: true, .. } => evidence.opted_out.push(entry.at),
            LogEvent::Key { digit, heard: true, .. } if digit.as_char() == CALL_AGAIN => {
                evidence.asked_again.push(entry.at);
            }
            LogEvent::TextStatus { message, status: MessageStatus::Delivered, .. } => evidence.delivered(message),
            event => {
                let place = entry.call().and_then(|call| places.get(call));
                if let Some(call) = place.and_then(|place| evidence.calls.get_mut(*place)) {
                    call.record(entry.at, event);
                }
            }
        }
    }
    all
}

/// Reads the reminder and the claim from the URL `…/calls/{person}/{reminder}/{claim}/speech`.
fn requested_call(at: Timestamp, url: &str) -> Call {
    let mut parts = url.split("/calls/").nth(1).unwrap_or_default().split('/').skip(1);
    let mut next = || parts.next().unwrap_or_default().to_owned();
    Call { reminder: next(), claim: next(), requested_at: at, key_handled_at: None, ended_at: None, words: Vec::new() }
}

impl Call {
    fn record(&mut self, at: Timestamp, event: &LogEvent) {
        match event {
            LogEvent::Webhook { about: WebhookKind::Key, status: Some(200), .. } => {
                self.key_handled_at.get_or_insert(at);
            }
            LogEvent::Said { words, .. } => self.words.push(words.clone()),
            LogEvent::CallEnded { .. } => self.ended_at = Some(at),
            _ => {}
        }
    }

    /// Returns whether the task was spoken on this call.
    pub(crate) fn spoke(&self, task: &str) -> bool {
        self.words.iter().any(|words| mentions(words, task))
    }
}

impl Evidence {
    fn texted(&mut self, at: Timestamp, message: &Sid, words: &str, is_answer: bool) {
        if promise::is_promise(words) {
            self.promises.push((at, words.to_owned()));
        } else {
            let (message, words) = (message.clone(), words.to_owned());
            self.texts.push(SentText { message, at, words, is_answer, is_delivered: false });
        }
    }

    fn delivered(&mut self, message: &Sid) {
        if let Some(text) = self.texts.iter_mut().find(|text| text.message == *message) {
            text.is_delivered = true;
        }
    }

    /// Returns the due of a task, as an answer promised it.
    pub(crate) fn promised_due(&self, task: &str) -> Option<Timestamp> {
        let mut all = self.promises.iter().flat_map(|(at, words)| promise::read(words, *at));
        all.find(|promise| mentions(&promise.task, task)).and_then(|promise| promise.due)
    }

    /// Returns the calls about a task: those on which the task was spoken, and other calls of the same reminder. For a
    /// person with a single task, returns all calls.
    pub(crate) fn calls_about(&self, task: &str, tasks: usize) -> Vec<&Call> {
        let reminders: Vec<&str> =
            self.calls.iter().filter(|call| call.spoke(task)).map(|call| call.reminder.as_str()).collect();
        self.calls.iter().filter(|call| tasks == 1 || reminders.contains(&call.reminder.as_str())).collect()
    }

    /// Returns the texts about a task that do not promise a call, such as a text that replaces a call.
    pub(crate) fn texts_about(&self, task: &str) -> impl Iterator<Item = &SentText> {
        self.texts.iter().filter(move |text| mentions(&text.words, task))
    }
}

/// Returns whether the task is in the words, and not only as the beginning of a longer task.
pub(crate) fn mentions(words: &str, task: &str) -> bool {
    let ends_there = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric());
    words.match_indices(task).any(|(at, found)| ends_there(&words[at + found.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_not_found_in_a_longer_task() {
        assert!(mentions("Hi, it's sixthirty with your reminder: water baba. Press 1.", "water baba"));
        assert!(!mentions("Hi, it's sixthirty with your reminder: water babaro.", "water baba"));
        assert!(mentions("I tried to remind you: water babaro, and water baba.", "water baba"));
    }
}
