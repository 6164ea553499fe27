//! What was seen, put together by call, text and reminder.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use reminder::ids::{CallId, ClaimId, MessageId, ReminderKey};
use reminder::record::Reminder;
use reminder::wire::CallRoute;

use crate::fakes::number;
use crate::faults::Fault;
use crate::history::{Heard, Seen, Speech};
use crate::people::Meaning;
use crate::world::{Remains, ZONE};

/// A call as the carrier saw it.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) key: &'a ReminderKey,
    pub(super) claim: &'a ClaimId,
    pub(super) taken_ms: i64,
    pub(super) picked_up_ms: Option<i64>,
    pub(super) said: Vec<&'a str>,
    pub(super) pressed: Vec<char>,
    /// When a callback of it first reached the service.
    pub(super) reported_ms: Option<i64>,
    pub(super) over_ms: Option<i64>,
}

/// A request for a call.
#[derive(Debug)]
pub(super) struct Ask<'a> {
    pub(super) at_ms: i64,
    pub(super) key: &'a ReminderKey,
    pub(super) claim: &'a ClaimId,
    pub(super) heard: Option<(i64, Heard)>,
}

/// A text from a person.
#[derive(Debug)]
pub(super) struct TextIn<'a> {
    pub(super) at_ms: i64,
    pub(super) person: usize,
    pub(super) meaning: &'a Meaning,
    pub(super) taken: bool,
    pub(super) kept_ms: Option<i64>,
    pub(super) replies: Vec<(i64, &'a str)>,
}

/// A text to a person.
#[derive(Debug)]
pub(super) struct TextOut<'a> {
    pub(super) at_ms: i64,
    pub(super) to: &'a str,
    pub(super) body: &'a str,
}

/// All of it.
pub(super) struct Evidence<'a> {
    pub(super) remains: &'a Remains,
    pub(super) zone: TimeZone,
    pub(super) calls: BTreeMap<&'a CallId, Call<'a>>,
    pub(super) asks: Vec<Ask<'a>>,
    /// When which claim was written.
    pub(super) claims: Vec<(i64, &'a CallRoute)>,
    pub(super) texts_in: BTreeMap<&'a MessageId, TextIn<'a>>,
    pub(super) texts_out: Vec<TextOut<'a>>,
    /// Texts that their sender knows to be accepted.
    pub(super) accepted: Vec<(&'a str, &'a str)>,
    pub(super) dead: Vec<&'a str>,
}

impl<'a> Evidence<'a> {
    pub(super) fn gather(remains: &'a Remains) -> Self {
        let mut evidence = Self {
            remains,
            zone: TimeZone::get(ZONE).unwrap_or(TimeZone::UTC),
            calls: BTreeMap::new(),
            asks: Vec::new(),
            claims: Vec::new(),
            texts_in: BTreeMap::new(),
            texts_out: Vec::new(),
            accepted: Vec::new(),
            dead: Vec::new(),
        };
        for entry in &remains.entries {
            evidence.of_texts(entry.at_ms, &entry.seen);
            evidence.of_calls(entry.at_ms, &entry.seen);
        }
        evidence
    }

    fn of_texts(&mut self, at_ms: i64, seen: &'a Seen) {
        match seen {
            Seen::TextIn { id, person, meaning, .. } => {
                let text = TextIn { at_ms, person: *person, meaning, taken: false, kept_ms: None, replies: Vec::new() };
                self.texts_in.insert(id, text);
            }
            Seen::Taken { id } => {
                if let Some(text) = self.texts_in.get_mut(id) {
                    text.taken = true;
                }
            }
            Seen::Kept { id } => {
                if let Some(text) = self.texts_in.get_mut(id) {
                    text.kept_ms = Some(at_ms);
                }
            }
            Seen::Reply { id, body } => {
                if let Some(text) = self.texts_in.get_mut(id) {
                    text.replies.push((at_ms, body));
                }
            }
            Seen::TextOut { to, body } => self.texts_out.push(TextOut { at_ms, to: to.as_str(), body }),
            Seen::TextHeard { to, body, heard: Heard::Accepted } => self.accepted.push((to.as_str(), body)),
            Seen::DeadLetter { body } => self.dead.push(body),
            _ => {}
        }
    }

    fn of_calls(&mut self, at_ms: i64, seen: &'a Seen) {
        match seen {
            Seen::Claimed { route } => self.claims.push((at_ms, route)),
            Seen::CallAsked { route, .. } => {
                self.asks.push(Ask { at_ms, key: &route.key, claim: &route.claim, heard: None });
            }
            Seen::CallHeard { route, heard } => {
                if let Some(ask) = self.asks.iter_mut().rev().find(|ask| *ask.claim == route.claim) {
                    ask.heard = Some((at_ms, *heard));
                }
            }
            Seen::CallTaken { call, route, .. } => {
                let (key, claim) = (&route.key, &route.claim);
                let call_seen = Call {
                    key,
                    claim,
                    taken_ms: at_ms,
                    picked_up_ms: None,
                    said: Vec::new(),
                    pressed: Vec::new(),
                    reported_ms: None,
                    over_ms: None,
                };
                self.calls.insert(call, call_seen);
            }
            Seen::PickedUp { call } => self.of_call(call, |call| call.picked_up_ms = Some(at_ms)),
            Seen::Said { call, speech: Speech::Words(words) } => self.of_call(call, |call| call.said.push(words)),
            Seen::Pressed { call, digit } => self.of_call(call, |call| call.pressed.push(*digit)),
            Seen::KeyTaken { call, words, .. } => self.of_call(call, |call| call.said.push(words)),
            Seen::CallbackPosted { call } => self.of_call(call, |call| {
                call.reported_ms.get_or_insert(at_ms);
            }),
            Seen::CallOver { call, .. } => self.of_call(call, |call| call.over_ms = Some(at_ms)),
            _ => {}
        }
    }

    fn of_call(&mut self, call: &CallId, change: impl FnOnce(&mut Call<'a>)) {
        if let Some(call) = self.calls.get_mut(call) {
            change(call);
        }
    }

    /// Which person of the world a reminder is of: no two name the same task.
    pub(super) fn person(&self, reminder: &Reminder) -> Option<usize> {
        let names = |text: &&TextIn<'_>| matches!(text.meaning, Meaning::Remind { task, .. } if named(task, reminder));
        self.texts_in.values().find(names).map(|text| text.person)
    }

    /// The texts of a person.
    pub(super) fn texts_of(&self, person: usize) -> impl Iterator<Item = &TextIn<'a>> {
        self.texts_in.values().filter(move |text| text.person == person)
    }

    /// The texts to the person of a reminder that name its task in the place of a call.
    pub(super) fn texts_about(&self, reminder: &Reminder) -> impl Iterator<Item = &TextOut<'a>> {
        let to = self.person(reminder).map(number);
        let clock = self.clock(reminder);
        self.texts_out.iter().filter(move |text| {
            to.as_ref().is_some_and(|to| to.as_str() == text.to)
                && replaces_a_call(text.body)
                && text.body.contains(&reminder.task)
                && text.body.contains(&clock)
        })
    }

    /// The time of the day that a reminder is due at, as texts have it: it tells it from one made of it later.
    fn clock(&self, reminder: &Reminder) -> String {
        let due = self.zone.to_datetime(reminder.due);
        let form = match (due.minute(), due.second()) {
            (0, 0) => "%-I %p",
            (_, 0) => "%-I:%M %p",
            _ => "%-I:%M:%S %p",
        };
        format!(" {} ", due.strftime(form))
    }

    /// The calls of a reminder, in the order in which the carrier took them.
    pub(super) fn calls_of(&self, key: &ReminderKey) -> Vec<&Call<'a>> {
        let mut calls: Vec<_> = self.calls.values().filter(|call| call.key == key).collect();
        calls.sort_by_key(|call| call.taken_ms);
        calls
    }

    /// Whether a fault of this kind struck in this world.
    pub(super) fn struck(&self, fault: Fault) -> bool {
        self.remains.cloud.faults.struck(fault) > 0
    }

    /// Whether nothing but poison struck.
    pub(super) fn calm(&self) -> bool {
        Fault::ALL.iter().all(|fault| *fault == Fault::Poison || !self.struck(*fault))
    }
}

/// Whether a task is the one that a reminder has: "every day" may have stayed in it where it was not understood.
pub(super) fn named(task: &str, reminder: &Reminder) -> bool {
    reminder.task == task || reminder.task.starts_with(&format!("{task} "))
}

/// Whether a text to a person is one in the place of a call rather than an answer, by how it begins.
pub(super) fn replaces_a_call(body: &str) -> bool {
    ["I called about this", "In case you missed it", "I couldn't get through"]
        .iter()
        .any(|opening| body.starts_with(opening))
}
