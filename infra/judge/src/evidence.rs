//! The calls and texts of each person, read from the carrier's log.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use simulated_carrier::{LogEntry, LogEvent, MessageStatus, PhoneNumber, Sid, WebhookKind};

/// The time zone of all people in a scenario.
pub const ZONE: &str = "America/New_York";
/// Words of an answer that promises a call. They need not be its first words: the first answer to a person begins with
/// the name of the service.
const PROMISE: &str = "OK, I'll call you ";

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
    pub(crate) words: String,
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
            LogEvent::Answer { message, words, .. } | LogEvent::TextOut { message, words, .. } => {
                evidence.texted(entry.at, message, words);
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
    fn texted(&mut self, at: Timestamp, message: &Sid, words: &str) {
        if words.contains(PROMISE) {
            self.promises.push((at, words.to_owned()));
        } else {
            self.texts.push(SentText { message: message.clone(), words: words.to_owned(), is_delivered: false });
        }
    }

    fn delivered(&mut self, message: &Sid) {
        if let Some(text) = self.texts.iter_mut().find(|text| text.message == *message) {
            text.is_delivered = true;
        }
    }

    /// Returns the due of a task, as an answer promised it.
    pub(crate) fn promised_due(&self, task: &str) -> Option<Timestamp> {
        self.promises.iter().find(|(_, words)| mentions(words, task)).and_then(|(at, words)| due(words, *at))
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
fn mentions(words: &str, task: &str) -> bool {
    let ends_there = |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric());
    words.match_indices(task).any(|(at, found)| ends_there(&words[at + found.len()..]))
}

/// Returns the due that an answer states: "today at 4:52:30 PM EST" or "in 20 seconds (4:52:30 PM)". Of the instants
/// with this time of day, the due is the nearest to `answered_at`, at which the answer was sent.
fn due(promise: &str, answered_at: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(ZONE).ok()?;
    let time = time_of_day(promise.split_once(PROMISE)?.1)?;
    let today = answered_at.to_zoned(zone.clone()).date();
    let days = [today.yesterday().ok()?, today, today.tomorrow().ok()?];
    let instants =
        days.into_iter().filter_map(|day| Some(day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp()));
    instants.min_by_key(|instant| SignedDuration::abs(instant.duration_since(answered_at)))
}

/// Returns the first time of day in a text: "4:52:30 PM", "9 AM", "noon" or "midnight".
pub(crate) fn time_of_day(text: &str) -> Option<Time> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|end: char| !end.is_alphanumeric()));
    let mut before = "";
    for word in words {
        let added_hours = match word {
            "noon" => return Time::new(12, 0, 0, 0).ok(),
            "midnight" => return Time::new(0, 0, 0, 0).ok(),
            "AM" => 0,
            "PM" => 12,
            _ => {
                before = word;
                continue;
            }
        };
        let mut parts = before.split(':').map(|part| part.parse::<i8>().ok());
        let hour = parts.next()?? % 12 + added_hours;
        let minute = parts.next().unwrap_or(Some(0))?;
        return Time::new(hour, minute, parts.next().unwrap_or(Some(0))?, 0).ok();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stated_due_is_read_across_midnight() {
        let answered_at: Timestamp = "2026-11-22T23:59:50-05:00".parse().unwrap();
        let check = |promise: &str, expected: Option<&str>| {
            assert_eq!(due(promise, answered_at), expected.map(|text| text.parse().unwrap()), "{promise}");
        };
        check("OK, I'll call you today at 11:59:55 PM EST: water baba (#1).", Some("2026-11-22T23:59:55-05:00"));
        check("OK, I'll call you tomorrow at 12:00:30 AM EST: water baba (#1).", Some("2026-11-23T00:00:30-05:00"));
        check("OK, I'll call you tomorrow at midnight EST: water baba (#1).", Some("2026-11-23T00:00:00-05:00"));
        check(
            "sixthirty: OK, I'll call you in 15 seconds (12:00:05 AM): water baba (#1).",
            Some("2026-11-23T00:00:05-05:00"),
        );
        check("OK, I'll call you in 10 seconds (midnight): water baba (#1).", Some("2026-11-23T00:00:00-05:00"));
        check("When should I remind you?", None);
        assert_eq!(time_of_day("tomorrow at noon EST: water baba (#1)."), Time::new(12, 0, 0, 0).ok());
    }

    #[test]
    fn a_task_is_not_found_in_a_longer_task() {
        assert!(mentions("Hi, it's sixthirty with your reminder: water baba. Press 1.", "water baba"));
        assert!(!mentions("Hi, it's sixthirty with your reminder: water babaro.", "water baba"));
        assert!(mentions("I tried to remind you: water babaro, and water baba.", "water baba"));
    }
}
