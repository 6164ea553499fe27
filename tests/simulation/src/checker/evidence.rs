//! The observations, arranged by person: texts, answers, calls, and replacement texts.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use reminder::ids::{CallId, ClaimId, MessageId};
use reminder::wire::CallRoute;

use super::person_history::{
    Call, CallRequest, PersonHistory, PersonText, ServiceText, THANKS, TextRequest, replaces_a_call,
};
use crate::fakes::number;
use crate::faults::Fault;
use crate::history::{AnswerRoute, Observation, SentText, Speech};
use crate::people::Meaning;
use crate::world::{LIVENESS_MS, Remains, ZONE};

/// The requests that keys stand for: the key 2 on every call, and the key 1 on a call to the service's number.
static AGAIN: Meaning = Meaning::Snooze(10);
static DONE: Meaning = Meaning::Done;

/// The request that the key 9 stands for when it is pressed a second time.
static STOP: Meaning = Meaning::OptOut;

/// A person's call to the service's number.
struct CallBack<'a> {
    who: usize,
    said: Vec<&'a str>,
    /// Index of the text that stands for its key.
    key_text: Option<usize>,
}

/// The status of a text that is on its way.
const SENT: &str = "sent";

/// The carrier's verdict that a person picked up.
const PERSON: &str = "human";

/// Whether the carrier's verdict is that a machine picked up.
fn is_machine(verdict: &str) -> bool {
    verdict.starts_with("machine_") || verdict == "fax"
}

/// An alarm for the operator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alarm<'a> {
    pub(super) at_ms: i64,
    /// Id of the reminder that it names.
    pub(super) reminder: Option<&'a str>,
    /// Id of the outgoing text that it names.
    pub(super) outgoing: Option<&'a str>,
    /// Id of the text from a person that it names.
    pub(super) message: Option<&'a str>,
    pub(super) words: &'a str,
}

/// All observations of a world.
pub(super) struct Evidence<'a> {
    pub(super) remains: &'a Remains,
    pub(super) zone: TimeZone,
    pub(super) people: Vec<PersonHistory<'a>>,
    pub(super) alarms: Vec<Alarm<'a>>,
    pub(super) dead: Vec<(i64, &'a str)>,
    /// Numbers that the service called or texted and that never texted.
    pub(super) strangers: Vec<&'a str>,
    /// The time of each request for a call, of all people, in order.
    requested_ms: Vec<i64>,
    /// The time of each fault that may delay or repeat anything, in order.
    faulty_ms: Vec<i64>,
    by_number: BTreeMap<String, usize>,
    by_text: BTreeMap<&'a MessageId, (usize, usize)>,
    by_claim: BTreeMap<&'a ClaimId, (usize, usize)>,
    by_call: BTreeMap<&'a CallId, (usize, usize)>,
    call_backs: BTreeMap<&'a CallId, CallBack<'a>>,
    /// The place of each text that did not arrive: the person, whether it replaces a call, and its index.
    undelivered: BTreeMap<&'a SentText, (usize, bool, usize)>,
    /// Ids of the reminders whose items can no longer be read, each with the time at which its item became unreadable.
    pub(super) spoiled: BTreeMap<&'a str, i64>,
    /// The times during which an older release ran, each with its start and its end.
    pub(super) rolled_back: Vec<(i64, i64)>,
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
            requested_ms: Vec::new(),
            faulty_ms: faulty_ms(remains),
            by_number: BTreeMap::new(),
            by_text: BTreeMap::new(),
            by_claim: BTreeMap::new(),
            by_call: BTreeMap::new(),
            call_backs: BTreeMap::new(),
            undelivered: BTreeMap::new(),
            spoiled: BTreeMap::new(),
            rolled_back: Vec::new(),
        };
        for entry in &remains.entries {
            match &entry.seen {
                Observation::Alarm { reminder, outgoing, message, words } => evidence.alarms.push(Alarm {
                    at_ms: entry.at_ms,
                    reminder: reminder.as_deref(),
                    outgoing: outgoing.as_deref(),
                    message: message.as_deref(),
                    words,
                }),
                Observation::ItemSpoiled { reminder: Some(reminder) } => {
                    evidence.spoiled.insert(reminder, entry.at_ms);
                }
                Observation::RolledBack => evidence.rolled_back.push((entry.at_ms, i64::MAX)),
                Observation::RolledForward => {
                    if let Some(last) = evidence.rolled_back.last_mut() {
                        last.1 = entry.at_ms;
                    }
                }
                Observation::DeadLetter { body, .. } => evidence.dead.push((entry.at_ms, body)),
                seen => {
                    evidence.record_incoming_text(entry.at_ms, seen);
                    evidence.record_outgoing_text(entry.at_ms, seen);
                    evidence.record_call_request(entry.at_ms, seen);
                    evidence.record_call_event(entry.at_ms, seen);
                    evidence.record_delivery(entry.at_ms, seen);
                }
            }
        }
        evidence
    }

    fn record_incoming_text(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextSent { id, person, meaning, route } => {
                while self.people.len() <= *person {
                    let who = self.people.len();
                    self.by_number.insert(number(who).as_str().to_owned(), who);
                    let zones = vec![self.zone.clone()];
                    self.people.push(PersonHistory { who, zones, ..PersonHistory::default() });
                }
                if let Meaning::Zone(place) = meaning
                    && let Ok(zone) = TimeZone::get(place.zone)
                {
                    self.people[*person].zones.push(zone);
                }
                let texts = &mut self.people[*person].texts;
                self.by_text.insert(id, (*person, texts.len()));
                let by_queue = *route == AnswerRoute::Text;
                let (handed, replies, id) = (Vec::new(), Vec::new(), id.clone());
                texts.push(PersonText { id, at_ms, meaning, taken: false, by_queue, handed, replies, key_about: None });
            }
            Observation::TextDelivered { id } => self.change_text(id, |text| text.handed.push(at_ms)),
            Observation::TextTaken { id } => self.change_text(id, |text| text.taken = true),
            Observation::Reply { id, body } => {
                self.change_text(id, |text| text.replies.push((at_ms, body)));
                if let Some((who, text)) = self.by_text.get(id).copied().filter(|_| !body.is_empty()) {
                    self.people[who].answers.push(ServiceText { to: Some(text), ..ServiceText::at(at_ms, body) });
                }
            }
            _ => {}
        }
    }

    fn change_text(&mut self, id: &MessageId, change: impl FnOnce(&mut PersonText<'a>)) {
        if let Some((who, text)) = self.by_text.get(id).copied() {
            change(&mut self.people[who].texts[text]);
        }
    }

    fn record_outgoing_text(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::TextRequested { to, body } => {
                if let Some(person) = self.person(to.as_str()) {
                    person.text_requests.push(TextRequest { at_ms, body, heard: None });
                }
            }
            Observation::TextRequestOutcome { to, body, heard } => {
                let text_requests = self.person(to.as_str()).map(|person| person.text_requests.iter_mut());
                let waits = |request: &&mut TextRequest<'_>| request.heard.is_none() && request.body == body;
                if let Some(request) = text_requests.and_then(|text_requests| text_requests.rev().find(waits)) {
                    request.heard = Some((at_ms, *heard));
                }
            }
            Observation::TextAccepted { text, to, body } => {
                let Some(person) = self.person(to.as_str()) else { return };
                let asked = person.text_requests.iter().rev().find(|request| request.body == body);
                let said_ms = asked.map_or(at_ms, |request| request.at_ms);
                let words = ServiceText { said_ms, ..ServiceText::at(at_ms, body) };
                let replaces = replaces_a_call(body);
                let texts = if replaces { &mut person.replacement_texts } else { &mut person.answers };
                person.places.push((text, replaces, texts.len()));
                texts.push(words);
            }
            _ => {}
        }
    }

    fn record_delivery(&mut self, at_ms: i64, seen: &'a Observation) {
        if let Observation::TextStatusTaken { text, status } = seen {
            self.record_report(at_ms, text, status);
        }
        let Observation::TextUndelivered { text, to, cause, .. } = seen else { return };
        let replied = match text {
            SentText::ReplyTo(id) => self.by_text.get(id).map(|(_, text)| *text),
            SentText::Sent(_) => None,
        };
        let Some(person) = self.person(to.as_str()) else { return };
        let place = match replied {
            // A text that is delivered again is answered again, and the carrier sends each reply.
            Some(to) => person.answers.iter().rposition(|answer| answer.to == Some(to)).map(|place| (false, place)),
            None => person.places.iter().find(|(id, ..)| *id == text).map(|(_, replaces, place)| (*replaces, *place)),
        };
        let Some((replaces, place)) = place else { return };
        let texts = if replaces { &mut person.replacement_texts } else { &mut person.answers };
        texts[place].undelivered = Some((at_ms, *cause));
        let place = (person.who, replaces, place);
        self.undelivered.insert(text, place);
    }

    /// Records that the service received the status of a text.
    fn record_report(&mut self, at_ms: i64, text: &SentText, status: &str) {
        let Some((who, replaces, place)) = self.undelivered.get(text).copied() else { return };
        let person = &mut self.people[who];
        let texts = if replaces { &mut person.replacement_texts } else { &mut person.answers };
        if status != SENT {
            texts[place].reported_ms.get_or_insert(at_ms);
        }
    }

    fn person(&mut self, to: &'a str) -> Option<&mut PersonHistory<'a>> {
        let Some(who) = self.by_number.get(to) else {
            self.strangers.push(to);
            return None;
        };
        self.people.get_mut(*who)
    }

    fn record_call_request(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::CallRequested { to, route: CallRoute { key, claim }, .. } => {
                self.requested_ms.push(at_ms);
                let Some(person) = self.person(to.as_str()) else { return };
                let place = (person.who, person.call_requests.len());
                person.call_requests.push(CallRequest { at_ms, key, claim, heard: None });
                self.by_claim.insert(claim, place);
            }
            Observation::CallRequestOutcome { route, heard } => {
                if let Some((who, request)) = self.by_claim.get(&route.claim) {
                    self.people[*who].call_requests[*request].heard = Some((at_ms, *heard));
                }
            }
            Observation::CallAccepted { call, to, route: CallRoute { key, claim } } => {
                let Some(person) = self.person(to.as_str()) else { return };
                let place = (person.who, person.calls.len());
                person.calls.push(Call {
                    key,
                    claim,
                    taken_ms: at_ms,
                    picked_up_ms: None,
                    picked_up_by: None,
                    person_known_ms: None,
                    machine_ms: None,
                    answered_keys: Vec::new(),
                    key_text: None,
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

    fn record_call_event(&mut self, at_ms: i64, seen: &'a Observation) {
        match seen {
            Observation::PickedUp { call, by } => self.change_call(call, |call| {
                (call.picked_up_ms, call.picked_up_by) = (Some(at_ms), Some(*by));
            }),
            Observation::VerdictTaken { call, verdict } if *verdict == PERSON => self.change_call(call, |call| {
                call.person_known_ms.get_or_insert(at_ms);
            }),
            Observation::VerdictPosted { call, verdict } if is_machine(verdict) => self.change_call(call, |call| {
                call.machine_ms.get_or_insert(at_ms);
            }),
            Observation::Spoke { call, speech: Speech::Words(words) } => {
                self.change_call(call, |call| call.said.push(words))
            }
            Observation::KeyPressed { call, digit } => self.record_key(at_ms, call, *digit),
            Observation::KeyAnswered { call, digit, words } => {
                self.change_call(call, |call| {
                    call.said.push(words);
                    call.answered_keys.push((at_ms, *digit, words));
                    if *words == THANKS {
                        call.thanked_ms.get_or_insert(at_ms);
                    }
                });
                self.record_key_answer(at_ms, call, words);
            }
            Observation::CallbackPosted { call } => {
                self.change_call(call, |call| {
                    call.reported_ms.get_or_insert(at_ms);
                });
                if let Some(text) = self.key_text(call) {
                    text.handed.push(at_ms);
                }
            }
            Observation::CalledBack { call, person } => {
                self.call_backs.insert(call, CallBack { who: *person, said: Vec::new(), key_text: None });
            }
            Observation::CallBackAnswered { call, speech: Speech::Words(words) } => {
                if let Some(call_back) = self.call_backs.get_mut(call) {
                    call_back.said.push(words);
                }
            }
            Observation::CallEnded { call, .. } => self.change_call(call, |call| call.over_ms = Some(at_ms)),
            _ => {}
        }
    }

    /// Records a key on a call. The key 2 and a second key 9 ask for the same as a text. On a call to the service's
    /// number, the keys 1 and 2 do.
    fn record_key(&mut self, at_ms: i64, call: &'a CallId, digit: char) {
        if let Some(call_back) = self.call_backs.get(call) {
            // A key that is posted again is the same key.
            let (who, said) = (call_back.who, call_back.said.clone());
            let meaning = match (call_back.key_text, digit) {
                (None, '1') => &DONE,
                (None, '2') => &AGAIN,
                (Some(text), _) => {
                    self.people[who].texts[text].handed.push(at_ms);
                    return;
                }
                (None, _) => return,
            };
            let text = self.add_key(who, at_ms, call, meaning, said);
            if let Some(text) = text {
                self.people[who].texts[text].handed.push(at_ms);
            }
            self.call_backs.entry(call).and_modify(|call_back| call_back.key_text = text);
            return;
        }
        let Some((who, place)) = self.by_call.get(call).copied() else { return };
        let known = &mut self.people[who].calls[place];
        let asked = known.asks_to_stop();
        let meaning = match digit {
            '9' if asked => &STOP,
            // Any other key keeps the calls.
            _ if asked => return,
            '2' => &AGAIN,
            _ => {
                known.pressed.push((at_ms, digit));
                return;
            }
        };
        known.pressed.push((at_ms, digit));
        let said = known.said.clone();
        let text = self.add_key(who, at_ms, call, meaning, said);
        self.people[who].calls[place].key_text = text;
    }

    /// Adds the text that stands for a key, and returns its index.
    fn add_key(
        &mut self,
        who: usize,
        at_ms: i64,
        call: &CallId,
        meaning: &'a Meaning,
        said: Vec<&'a str>,
    ) -> Option<usize> {
        let id = MessageId::new("key", call.at_carrier()).ok()?;
        let texts = &mut self.people[who].texts;
        texts.push(PersonText {
            id,
            at_ms,
            meaning,
            taken: true,
            by_queue: false,
            handed: Vec::new(),
            replies: Vec::new(),
            key_about: Some(said),
        });
        texts.len().checked_sub(1)
    }

    fn key_place(&self, call: &CallId) -> Option<(usize, usize)> {
        if let Some(call_back) = self.call_backs.get(call) {
            return Some((call_back.who, call_back.key_text?));
        }
        let (who, place) = self.by_call.get(call).copied()?;
        Some((who, self.people[who].calls[place].key_text?))
    }

    /// The text that stands for a key of a call. `None` once the key has been answered.
    fn key_text(&mut self, call: &CallId) -> Option<&mut PersonText<'a>> {
        let (who, text) = self.key_place(call)?;
        let text = &mut self.people[who].texts[text];
        Some(text).filter(|text| text.replies.is_empty())
    }

    fn record_key_answer(&mut self, at_ms: i64, call: &CallId, words: &'a str) {
        let Some((who, text)) = self.key_place(call) else { return };
        let person = &mut self.people[who];
        if person.texts[text].replies.is_empty() {
            person.texts[text].replies.push((at_ms, words));
            person.answers.push(ServiceText { to: Some(text), ..ServiceText::at(at_ms, words) });
        }
    }

    fn change_call(&mut self, call: &CallId, change: impl FnOnce(&mut Call<'a>)) {
        if let Some((who, call)) = self.by_call.get(call).copied() {
            change(&mut self.people[who].calls[call]);
        }
    }

    /// The time of each request for a call, of all people, in order.
    pub(super) fn requested_ms(&self) -> &[i64] {
        &self.requested_ms
    }

    /// Number of requests for calls to all people in this time. The end of the time is excluded.
    pub(super) fn requests_between(&self, from_ms: i64, to_ms: i64) -> i64 {
        let before = |ms: i64| self.requested_ms.partition_point(|requested_ms| *requested_ms < ms);
        i64::try_from(before(to_ms).saturating_sub(before(from_ms))).unwrap_or(i64::MAX)
    }

    /// Whether this fault was injected in this world.
    pub(super) fn injected(&self, fault: Fault) -> bool {
        self.remains.cloud.faults.injected(fault) > 0
    }

    /// Whether the reminder of this id is known to belong to another person than this one.
    pub(super) fn is_of_another(&self, reminder: &str, who: usize) -> bool {
        self.remains.numbers.get(reminder).is_some_and(|owner| owner != number(who).as_str())
    }

    /// Whether one of these faults was injected in this time.
    pub(super) fn injected_between(&self, faults: &[Fault], from_ms: i64, to_ms: i64) -> bool {
        self.remains.cloud.faults.injected_between(faults, from_ms, to_ms)
    }

    /// The time of each of these faults that was injected in this time, in order.
    pub(super) fn times_between(&self, faults: &[Fault], from_ms: i64, to_ms: i64) -> impl Iterator<Item = i64> {
        let injected = self.remains.cloud.faults.injected_since(from_ms).into_iter();
        injected.filter(move |(at_ms, fault)| *at_ms <= to_ms && faults.contains(fault)).map(|(at_ms, _)| at_ms)
    }

    /// Whether a fault that may delay or repeat anything was injected in this time.
    pub(super) fn faulty_between(&self, from_ms: i64, to_ms: i64) -> bool {
        let first = self.faulty_ms.partition_point(|faulty_ms| *faulty_ms < from_ms);
        self.faulty_ms.get(first).is_some_and(|faulty_ms| *faulty_ms <= to_ms)
    }

    /// Number of faults in this time that may delay or repeat anything. The end of the time is excluded.
    pub(super) fn faults_between(&self, from_ms: i64, to_ms: i64) -> usize {
        let before = |ms: i64| self.faulty_ms.partition_point(|faulty_ms| *faulty_ms < ms);
        before(to_ms).saturating_sub(before(from_ms))
    }

    /// Whether a fault of the last three hours may still have an effect at this instant: a function is frozen for up to
    /// an hour, and a scheduler, a carrier or a channel may fail for hours without a request to it.
    pub(super) fn lingers(&self, at_ms: i64) -> bool {
        const LINGER: [Fault; 5] =
            [Fault::Freeze, Fault::SchedulerDown, Fault::CarrierDown, Fault::SecondCarrierDown, Fault::ChannelBusy];
        LINGER.iter().any(|fault| {
            self.injected_between(&[*fault], at_ms.saturating_sub(10_800_000), at_ms.saturating_add(900_000))
        })
    }

    /// When everything that was due at `from_ms` must be over at the latest: after the time that the world allows after
    /// the last fault.
    pub(super) fn settled_ms(&self, from_ms: i64) -> i64 {
        let mut last_ms = from_ms;
        let first = self.faulty_ms.partition_point(|faulty_ms| *faulty_ms < from_ms);
        for faulty_ms in &self.faulty_ms[first..] {
            if *faulty_ms > last_ms.saturating_add(LINGERS_MS) {
                break;
            }
            last_ms = *faulty_ms;
        }
        let lingers_ms = if last_ms > from_ms { LINGERS_MS } else { LIVENESS_MS };
        last_ms.saturating_add(lingers_ms + self.remains.scale.texting_ms())
    }

    /// Whether the world had no fault that may delay or repeat anything. Poison messages, and opt-outs and opt-ins that
    /// only the carrier knows, do not count.
    pub(super) fn calm(&self) -> bool {
        self.faulty_ms.is_empty()
    }
}

/// Longest time for which a fault has an effect, in milliseconds: an hour for which a function is frozen, and the time
/// that the world allows after it thaws.
const LINGERS_MS: i64 = 3_600_000 + LIVENESS_MS;

/// The time of each fault that may delay or repeat anything. Poison messages, opt-outs and opt-ins that only the
/// carrier knows, and faults that are actions of people do not count.
fn faulty_ms(remains: &Remains) -> Vec<i64> {
    let harmless = [Fault::Poison, Fault::OptOutNotReported, Fault::OptInNotReported];
    let injected = remains.cloud.faults.injected_since(i64::MIN).into_iter();
    injected.filter(|(_, fault)| !fault.is_of_people() && !harmless.contains(fault)).map(|(at_ms, _)| at_ms).collect()
}
