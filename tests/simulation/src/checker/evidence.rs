//! What was seen, put together: person by person, texts, answers, calls and texts in the place of calls.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use reminder::ids::{CallId, ClaimId, MessageId, ReminderKey};
use reminder::wire::CallRoute;

use crate::fakes::number;
use crate::faults::Fault;
use crate::history::{Heard, Observation, Speech};
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
    /// When the key that says "heard" was taken, and thanked for.
    pub(super) thanked_ms: Option<i64>,
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
    pub(super) id: &'a MessageId,
    pub(super) at_ms: i64,
    pub(super) meaning: &'a Meaning,
    pub(super) taken: bool,
    /// When it was handed over, each time.
    pub(super) handed: Vec<i64>,
    /// What its webhook was answered, each time that it was.
    pub(super) replies: Vec<(i64, &'a str)>,
}

/// A request for a text to a person, as its sender knows of it.
#[derive(Debug)]
pub(super) struct Send<'a> {
    pub(super) at_ms: i64,
    pub(super) body: &'a str,
    pub(super) heard: Option<(i64, Heard)>,
}

/// Words that reached a person as a text, or in the reply to one of theirs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) at_ms: i64,
    /// When the words were found: before that, if they were long on their way.
    pub(super) said_ms: i64,
    pub(super) body: &'a str,
    /// The text of theirs (by its place) that it replies to, if it came in a reply.
    pub(super) to: Option<usize>,
}

/// All that passed between the service and one person.
#[derive(Debug, Default)]
pub(super) struct Dealings<'a> {
    pub(super) who: usize,
    pub(super) texts: Vec<TextIn<'a>>,
    /// Answers, in the order in which they came.
    pub(super) answers: Vec<Words<'a>>,
    /// Texts in the place of a call.
    pub(super) notices: Vec<Words<'a>>,
    pub(super) sends: Vec<Send<'a>>,
    pub(super) asks: Vec<Ask<'a>>,
    pub(super) calls: Vec<Call<'a>>,
}

/// All of it.
pub(super) struct Evidence<'a> {
    pub(super) remains: &'a Remains,
    pub(super) zone: TimeZone,
    pub(super) people: Vec<Dealings<'a>>,
    pub(super) alarms: Vec<(i64, Option<&'a str>, &'a str)>,
    pub(super) dead: Vec<&'a str>,
    /// To whom something was sent who never texted.
    pub(super) strangers: Vec<&'a str>,
    /// When calls were asked for, of whomever.
    asked_ms: Vec<i64>,
    by_number: BTreeMap<String, usize>,
    by_text: BTreeMap<&'a MessageId, (usize, usize)>,
    by_claim: BTreeMap<&'a ClaimId, (usize, usize)>,
    by_call: BTreeMap<&'a CallId, (usize, usize)>,
}

impl<'a> Evidence<'a> {
    pub(super) fn gather(remains: &'a Remains) -> Self {
        let mut evidence = Self {
            remains,
            zone: TimeZone::get(ZONE).unwrap_or(TimeZone::UTC),
            people: Vec::new(),
            alarms: Vec::new(),
            dead: Vec::new(),
            strangers: Vec::new(),
            asked_ms: Vec::new(),
            by_number: BTreeMap::new(),
            by_text: BTreeMap::new(),
            by_claim: BTreeMap::new(),
            by_call: BTreeMap::new(),
        };
        for entry in &remains.entries {
            match &entry.seen {
                Observation::Alarm { reminder, words } => {
                    evidence.alarms.push((entry.at_ms, reminder.as_deref(), words))
                }
                Observation::DeadLetter { body } => evidence.dead.push(body),
                seen => {
                    evidence.of_texts_in(entry.at_ms, seen);
                    evidence.of_texts_out(entry.at_ms, seen);
                    evidence.of_requests(entry.at_ms, seen);
                    evidence.of_calls(entry.at_ms, seen);
                }
            }
        }
        evidence
    }

    fn of_texts_in(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextIn { id, person, meaning, .. } => {
                while self.people.len() <= *person {
                    let who = self.people.len();
                    self.by_number.insert(number(who).as_str().to_owned(), who);
                    self.people.push(Dealings { who, ..Dealings::default() });
                }
                let texts = &mut self.people[*person].texts;
                self.by_text.insert(id, (*person, texts.len()));
                texts.push(TextIn { id, at_ms, meaning, taken: false, handed: Vec::new(), replies: Vec::new() });
            }
            Observation::Handed { id } => self.of_text(id, |text| text.handed.push(at_ms)),
            Observation::Taken { id } => self.of_text(id, |text| text.taken = true),
            Observation::Reply { id, body } => {
                self.of_text(id, |text| text.replies.push((at_ms, body)));
                if let Some((who, text)) = self.by_text.get(id).copied().filter(|_| !body.is_empty()) {
                    self.people[who].answers.push(Words { at_ms, said_ms: at_ms, body, to: Some(text) });
                }
            }
            _ => {}
        }
    }

    fn of_text(&mut self, id: &MessageId, change: impl FnOnce(&mut TextIn<'a>)) {
        if let Some((who, text)) = self.by_text.get(id).copied() {
            change(&mut self.people[who].texts[text]);
        }
    }

    fn of_texts_out(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextAsked { to, body } => {
                if let Some(person) = self.person(to.as_str()) {
                    person.sends.push(Send { at_ms, body, heard: None });
                }
            }
            Observation::TextHeard { to, body, heard } => {
                let sends = self.person(to.as_str()).map(|person| person.sends.iter_mut());
                let waits = |send: &&mut Send<'_>| send.heard.is_none() && send.body == body;
                if let Some(send) = sends.and_then(|sends| sends.rev().find(waits)) {
                    send.heard = Some((at_ms, *heard));
                }
            }
            Observation::TextOut { to, body } => {
                let Some(person) = self.person(to.as_str()) else { return };
                let asked = person.sends.iter().rev().find(|send| send.body == body);
                let said_ms = asked.map_or(at_ms, |send| send.at_ms);
                let words = Words { at_ms, said_ms, body, to: None };
                if replaces_a_call(body) { person.notices.push(words) } else { person.answers.push(words) }
            }
            _ => {}
        }
    }

    fn person(&mut self, to: &'a str) -> Option<&mut Dealings<'a>> {
        let Some(who) = self.by_number.get(to) else {
            self.strangers.push(to);
            return None;
        };
        self.people.get_mut(*who)
    }

    fn of_requests(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::CallAsked { to, route: CallRoute { key, claim }, .. } => {
                self.asked_ms.push(at_ms);
                let Some(person) = self.person(to.as_str()) else { return };
                let place = (person.who, person.asks.len());
                person.asks.push(Ask { at_ms, key, claim, heard: None });
                self.by_claim.insert(claim, place);
            }
            Observation::CallHeard { route, heard } => {
                if let Some((who, ask)) = self.by_claim.get(&route.claim) {
                    self.people[*who].asks[*ask].heard = Some((at_ms, *heard));
                }
            }
            Observation::CallTaken { call, to, route: CallRoute { key, claim } } => {
                let Some(person) = self.person(to.as_str()) else { return };
                let place = (person.who, person.calls.len());
                person.calls.push(Call {
                    key,
                    claim,
                    taken_ms: at_ms,
                    picked_up_ms: None,
                    said: Vec::new(),
                    pressed: Vec::new(),
                    thanked_ms: None,
                    reported_ms: None,
                    over_ms: None,
                });
                self.by_call.insert(call, place);
            }
            _ => {}
        }
    }

    fn of_calls(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::PickedUp { call } => self.of_call(call, |call| call.picked_up_ms = Some(at_ms)),
            Observation::Said { call, speech: Speech::Words(words) } => {
                self.of_call(call, |call| call.said.push(words))
            }
            Observation::Pressed { call, digit } => self.of_call(call, |call| call.pressed.push(*digit)),
            Observation::KeyTaken { call, digit, words } => self.of_call(call, |call| {
                call.said.push(words);
                if *digit == '1' {
                    call.thanked_ms.get_or_insert(at_ms);
                }
            }),
            Observation::CallbackPosted { call } => self.of_call(call, |call| {
                call.reported_ms.get_or_insert(at_ms);
            }),
            Observation::CallOver { call, .. } => self.of_call(call, |call| call.over_ms = Some(at_ms)),
            _ => {}
        }
    }

    fn of_call(&mut self, call: &CallId, change: impl FnOnce(&mut Call<'a>)) {
        if let Some((who, call)) = self.by_call.get(call).copied() {
            change(&mut self.people[who].calls[call]);
        }
    }

    /// When calls were asked for, of whomever, in order.
    pub(super) fn asked_ms(&self) -> &[i64] {
        &self.asked_ms
    }

    /// How often a call was asked for in this time, of whomever.
    pub(super) fn asks_between(&self, from_ms: i64, to_ms: i64) -> i64 {
        let before = |ms: i64| self.asked_ms.partition_point(|asked_ms| *asked_ms < ms);
        i64::try_from(before(to_ms).saturating_sub(before(from_ms))).unwrap_or(i64::MAX)
    }

    /// Whether a fault of this kind struck in this world.
    pub(super) fn struck(&self, fault: Fault) -> bool {
        self.remains.cloud.faults.struck(fault) > 0
    }

    /// Whether one of these struck in this time.
    pub(super) fn struck_between(&self, faults: &[Fault], from_ms: i64, to_ms: i64) -> bool {
        self.remains.cloud.faults.struck_between(faults, from_ms, to_ms)
    }

    /// Whether nothing but poison struck.
    pub(super) fn calm(&self) -> bool {
        Fault::ALL.iter().all(|fault| *fault == Fault::Poison || !self.struck(*fault))
    }
}

/// How a call that speaks begins.
const SPEAKS: &str = "This is your reminder: ";

impl Call<'_> {
    /// Whether the reminder of this task was spoken.
    pub(super) fn speaks(&self, task: &str) -> bool {
        self.said.iter().any(|words| words.starts_with(SPEAKS) && words.contains(task))
    }

    /// Whether a reminder was spoken, and not the one of this task.
    pub(super) fn speaks_of_another(&self, task: &str) -> bool {
        self.said.iter().any(|words| words.starts_with(SPEAKS) && !words.contains(task))
    }

    /// Whether it was picked up and nothing was said but goodbye.
    pub(super) fn says_goodbye(&self) -> bool {
        !self.said.is_empty() && self.said.iter().all(|words| words.starts_with("There is nothing to remind you of"))
    }
}

/// Whether a text to a person is one in the place of a call rather than an answer, by how it begins.
pub(super) fn replaces_a_call(body: &str) -> bool {
    ["I called about this", "In case you missed it", "I couldn't get through"]
        .iter()
        .any(|opening| body.starts_with(opening))
}
