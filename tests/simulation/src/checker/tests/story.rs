//! A history made by hand, event by event.

mod outgoing;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Channel, ChannelKind, Priority};
use reminder::ids::{CallId, CarrierName, MessageId, OutgoingTextKey, ReminderId, ReminderKey, SentTextId};
use reminder::ports::{SlotAnswer, SlotRequest, UndeliveredCause};
use reminder::wire::{CallRoute, TextRoute};

use crate::checker::person_history::{STOPPED, THANKS, ULID_LETTERS};
use crate::checker::{Judgement, judge};
use crate::fakes::{Cloud, Costs, Counted, GivenUp, Passed, PostponedCall, Replanned, Resumed, StoredPause, number};
use crate::fault_profile::FaultProfile;
use crate::faults::Fault;
use crate::history::{AnswerRoute, CallEnd, Entry, Observation, PickedUpBy, RequestOutcome, SentText, Speech};
use crate::people::Meaning;
use crate::world::{HandledText, Remains, Scale, StoredReminder};

/// Start of every story: noon in New York.
pub(super) const START: &str = "2027-03-01T17:00:00Z";

/// A history made by hand. Its methods take times in seconds after the start, unless the name of a parameter says
/// otherwise.
pub(super) struct Story {
    pub(super) cloud: Rc<Cloud>,
    pub(super) start_ms: i64,
    pub(super) entries: Vec<Entry>,
    pub(super) stored: BTreeMap<String, StoredReminder>,
    pub(super) pauses: Vec<StoredPause>,
    pub(super) passed: Vec<Passed>,
    pub(super) handled: BTreeMap<MessageId, HandledText>,
    pub(super) given_up: BTreeMap<MessageId, GivenUp>,
    pub(super) last_text: Option<MessageId>,
    pub(super) texts: usize,
    /// The outgoing texts so far: their bodies, and the number of their tries.
    tries: Vec<(String, u8)>,
    pub(super) calls: usize,
    pub(super) costs: Vec<(String, Costs)>,
    pub(super) postponed_calls: Vec<(String, PostponedCall)>,
    pub(super) counted: Vec<Counted>,
    pub(super) replanned: Vec<Replanned>,
    pub(super) text_writes: Vec<(String, u32)>,
    pub(super) unaccepted_claims: BTreeMap<String, String>,
}

/// How a call is answered.
pub(super) enum Talk {
    NotPickedUp,
    /// It is picked up, and no key is pressed.
    Silent(PickedUpBy),
    /// A person picks up and presses these keys.
    Keys(&'static [char]),
}

/// The route of a try of this outgoing text to the person.
pub(super) fn text_route(text: u32, try_number: u8) -> TextRoute {
    let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let key = OutgoingTextKey { person, text: format!("01TEXT{text:020}").parse().unwrap() };
    TextRoute { key, try_number }
}

impl Story {
    pub(super) fn new() -> Self {
        let start: Timestamp = START.parse().unwrap();
        let cloud = Cloud::new(1, start);
        let (start_ms, entries, costs, text_writes) = (start.as_millisecond(), Vec::new(), Vec::new(), Vec::new());
        let (stored, pauses, passed) = (BTreeMap::new(), Vec::new(), Vec::new());
        let (postponed, counted, replanned, handled) = (Vec::new(), Vec::new(), Vec::new(), BTreeMap::new());
        Self {
            cloud,
            start_ms,
            entries,
            stored,
            pauses,
            passed,
            handled,
            given_up: BTreeMap::new(),
            last_text: None,
            texts: 0,
            tries: Vec::new(),
            calls: 0,
            costs,
            postponed_calls: postponed,
            counted,
            replanned,
            text_writes,
            unaccepted_claims: BTreeMap::new(),
        }
    }

    pub(super) fn at(&mut self, second: i64, after_ms: i64, seen: Observation) {
        self.entries.push(Entry { at_ms: self.start_ms + second * 1000 + after_ms, seen });
    }

    /// The person texts, and the reply to the webhook brings the answer.
    pub(super) fn text(&mut self, second: i64, meaning: Meaning, answer: &str) -> &mut Self {
        self.late_text(second, second, meaning, answer)
    }

    /// The person texts, and the carrier delivers the text at the second `delivered`. Then the service handles it, and
    /// the reply to the webhook brings the answer.
    pub(super) fn late_text(&mut self, second: i64, delivered: i64, meaning: Meaning, answer: &str) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("twilio", &format!("SM{:032}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route: AnswerRoute::Reply });
        self.at(delivered, 10, Observation::TextDelivered { id: id.clone() });
        self.at(delivered, 60, Observation::TextTaken { id: id.clone() });
        self.at(delivered, 60, Observation::Reply { id: id.clone(), body: answer.to_owned() });
        self.last_text = Some(id);
        self.handles(delivered, answer)
    }

    /// The service handles the last text at this second, and stores this answer.
    pub(super) fn handles(&mut self, second: i64, answer: &str) -> &mut Self {
        let id = self.last_text.clone().unwrap();
        let at_ms = self.start_ms + second * 1000 + 50;
        self.handled.insert(id, HandledText { at_ms, answer: answer.to_owned() });
        self
    }

    /// The person texts. The answer, if any, is a separate text. The incoming text has an effect only if the story
    /// calls [`Self::handles`] next.
    pub(super) fn queued(&mut self, second: i64, meaning: Meaning) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("aws", &format!("m-{}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route: AnswerRoute::Text });
        self.at(second, 10, Observation::TextDelivered { id: id.clone() });
        self.at(second, 10, Observation::TextTaken { id: id.clone() });
        self.last_text = Some(id);
        self
    }

    /// The person texts, and the carrier does not deliver the text to the service.
    pub(super) fn withheld(&mut self, second: i64, meaning: Meaning) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("aws", &format!("m-{}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id, person: 0, meaning, route: AnswerRoute::Text });
        self
    }

    /// The store shows that the answer to the last text, which was handled at the second `owed`, was given up after
    /// tries that were counted at these seconds.
    pub(super) fn gives_up(&mut self, owed: i64, counted: &[i64]) -> &mut Self {
        let ms = |second: i64| self.start_ms + second * 1000 + 50;
        let given_up = GivenUp { owed_ms: ms(owed), counted_ms: counted.iter().copied().map(ms).collect() };
        self.given_up.insert(self.last_text.clone().unwrap(), given_up);
        self
    }

    /// The answer to the key 2 on a call, which plans the next call at the second `due`.
    pub(super) fn again(&self, due: i64, task: &str) -> String {
        let at = Timestamp::from_millisecond(self.start_ms + due * 1000).unwrap();
        let clock = at.in_tz("America/New_York").unwrap().strftime("%-I:%M:%S %p").to_string();
        format!("OK, I'll call you again in 10 minutes ({clock}): {task} (#2).")
    }

    /// An id that was made at this second: of a reminder, or the beginning of the id of a claim. It contains this time.
    pub(super) fn reminder(&self, second: i64) -> ReminderId {
        let ms = self.start_ms + second * 1000 + 30;
        let id: String =
            (0..10).rev().map(|place| char::from(ULID_LETTERS.as_bytes()[(ms >> (5 * place) & 31) as usize])).collect();
        format!("{id}0000000000000000").parse().unwrap()
    }

    /// A call about the reminder that was made at second `made`.
    pub(super) fn call(&mut self, second: i64, made: i64, task: &str, talk: Talk) -> &mut Self {
        self.late_call(second, second, made, task, talk)
    }

    /// A call that was claimed at the second `claimed` and requested at the second `second`.
    pub(super) fn late_call(&mut self, claimed: i64, second: i64, made: i64, task: &str, talk: Talk) -> &mut Self {
        self.calls += 1;
        let call = CallId::new("twilio", &format!("CA{:032}", self.calls)).unwrap();
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let key = ReminderKey { person, reminder: self.reminder(made) };
        let claimed = self.reminder(claimed).to_string();
        let route = CallRoute { key, claim: format!("{}{:016}", &claimed[..10], self.calls).parse().unwrap() };
        let (carrier, to): (CarrierName, _) = ("twilio".parse().unwrap(), number(0));
        self.at(second, 0, Observation::CallRequested { carrier, to: to.clone(), route: route.clone() });
        self.at(second, 100, Observation::CallAccepted { call: call.clone(), to, route: route.clone() });
        self.at(second, 200, Observation::CallRequestOutcome { route: route.clone(), heard: RequestOutcome::Accepted });
        let (by, keys, end) = match talk {
            Talk::NotPickedUp => (None, &[][..], CallEnd::NoAnswer),
            Talk::Silent(by) => (Some(by), &[][..], CallEnd::Completed),
            Talk::Keys(keys) => (Some(PickedUpBy::Person), keys, CallEnd::Completed),
        };
        let words = format!("Hi, it's sixthirty with your reminder: {task}. Press 1 to confirm.");
        if let Some(by) = by {
            self.at(second + 5, 0, Observation::PickedUp { call: call.clone(), by });
            self.at(second + 5, 50, Observation::Spoke { call: call.clone(), speech: Speech::Words(words) });
        }
        for (place, digit) in (0..).zip(keys.iter().copied()) {
            let pressed = second + 10 + place;
            self.at(pressed, 0, Observation::KeyPressed { call: call.clone(), digit });
            self.at(pressed, 20, Observation::CallbackPosted { call: call.clone() });
            let words = match (digit, place) {
                ('2', _) => self.again(pressed + 600, task),
                ('9', 0) => {
                    "To stop all calls and texts from sixthirty, press 9 again. To keep them, press 1.".to_owned()
                }
                ('9', _) => STOPPED.to_owned(),
                _ => THANKS.to_owned(),
            };
            // Key 2, which is a snooze, and the second key 9, which is an opt-out, are stored like a text.
            if digit == '2' || (digit == '9' && place > 0) {
                let answer = if digit == '2' { words.clone() } else { String::new() };
                self.last_text = Some(MessageId::new("key", &format!("{}-{digit}", route.claim)).unwrap());
                self.handles(pressed, &answer);
            }
            self.at(pressed, 50, Observation::KeyAnswered { call: call.clone(), digit, words });
        }
        self.at(second + 20, 0, Observation::CallEnded { call, end });
        self
    }

    /// A claim and its request for a call, about the reminder that was made at second `made`. `heard` is the outcome
    /// that the service learns.
    pub(super) fn claims(&mut self, second: i64, made: i64, heard: RequestOutcome) -> &mut Self {
        self.calls += 1;
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let key = ReminderKey { person, reminder: self.reminder(made) };
        let claimed = self.reminder(second).to_string();
        let route = CallRoute { key, claim: format!("{}{:016}", &claimed[..10], self.calls).parse().unwrap() };
        let (carrier, to) = ("twilio".parse().unwrap(), number(0));
        self.at(second, 0, Observation::CallRequested { carrier, to, route: route.clone() });
        self.at(second, 200, Observation::CallRequestOutcome { route, heard });
        self
    }

    /// The store shows that a correction of the zone planned again the occurrence that was due at the second `due`. The
    /// text at the second `made` made its reminder.
    pub(super) fn plan_again(&mut self, made: i64, due: i64) -> &mut Self {
        let (reminder, due_ms) = (self.reminder(made).to_string(), self.start_ms + due * 1000);
        self.replanned.push(Replanned { reminder, due_ms });
        self
    }

    /// The store shows that the reminder of the text at the second `made` has this number and the task "pills", and
    /// that its person's number is not confirmed.
    pub(super) fn numbers(&mut self, made: i64, number_of: u32) -> &mut Self {
        let (phone, task) = (number(0).as_str().to_owned(), "pills".to_owned());
        let stored = StoredReminder { phone, number: number_of, task, confirmed_ms: None };
        self.stored.insert(self.reminder(made).to_string(), stored);
        self
    }

    /// The store shows that the reminder of the text at the second `made` has this task. Call [`Self::numbers`] first.
    pub(super) fn has_task(&mut self, made: i64, task: &str) -> &mut Self {
        let id = self.reminder(made).to_string();
        task.clone_into(&mut self.stored.get_mut(&id).unwrap().task);
        self
    }

    /// The store shows the reminder of the text at the second `made` as #1 "pills" of a person whose number was
    /// confirmed a minute before the story. Replaces [`Self::numbers`].
    pub(super) fn confirm(&mut self, made: i64) -> &mut Self {
        let (phone, task) = (number(0).as_str().to_owned(), "pills".to_owned());
        let stored = StoredReminder { phone, number: 1, task, confirmed_ms: Some(self.start_ms - 60_000) };
        self.stored.insert(self.reminder(made).to_string(), stored);
        self
    }

    /// The store shows that the series of the text at the second `made` was paused at the second `paused`, after the
    /// occurrence that was due at the second `due`. `resumed` is the second at which it was resumed, and its next due.
    pub(super) fn pause(&mut self, made: i64, due: i64, paused: i64, resumed: Option<(i64, i64)>) -> &mut Self {
        let ms = |second: i64| self.start_ms + second * 1000;
        let resumed = resumed.map(|(at, due)| Resumed { at_ms: ms(at), due_ms: Some(ms(due)) });
        let reminder = self.reminder(made).to_string();
        self.pauses.push(StoredPause { reminder, due_ms: ms(due), paused_ms: ms(paused), resumed });
        self
    }

    /// The store shows that the series of the text at the second `made` went on at the second `at`: from the occurrence
    /// that was due at the second `due` to the occurrence that is due at the second `next`.
    pub(super) fn passes(&mut self, made: i64, due: i64, next: i64, at: i64) -> &mut Self {
        self.is_over(made, due, Some(next), at)
    }

    /// The store shows that the series of the text at the second `made` ended at the second `at`, after the occurrence
    /// that was due at the second `due`.
    pub(super) fn ends(&mut self, made: i64, due: i64, at: i64) -> &mut Self {
        self.is_over(made, due, None, at)
    }

    fn is_over(&mut self, made: i64, due: i64, next: Option<i64>, at: i64) -> &mut Self {
        let ms = |second: i64| self.start_ms + second * 1000;
        let (reminder, next_ms) = (self.reminder(made).to_string(), next.map(ms));
        // In one write with a text that is handled at this second.
        let at_ms = ms(at) + 50;
        self.passed.push(Passed { reminder, due_ms: ms(due), next_ms, at_ms, is_texted: false });
        self
    }

    /// The store never shows that the carrier accepted the last call.
    pub(super) fn hides_acceptance(&mut self) -> &mut Self {
        let mut claims = self.entries.iter().filter_map(|entry| match &entry.seen {
            Observation::CallRequested { route, .. } => {
                Some((route.claim.as_str().to_owned(), route.key.reminder.to_string()))
            }
            _ => None,
        });
        self.unaccepted_claims.extend(claims.next_back());
        self
    }

    /// The store shows a claim at this second for a call about the reminder of the text at the second `made`. The
    /// function died before its request.
    pub(super) fn leaves_claim(&mut self, second: i64, made: i64) -> &mut Self {
        self.unaccepted_claims.insert(self.reminder(second).to_string(), self.reminder(made).to_string());
        self
    }

    /// Reserves the slot of the voice channel at this second.
    pub(super) fn reserve(&self, second: i64) {
        let now = Timestamp::from_millisecond(self.start_ms + second * 1000).unwrap();
        let channel = Channel { carrier: "twilio".parse().unwrap(), kind: ChannelKind::Voice };
        let (interval, priority) = (SignedDuration::from_secs(1), Priority::Confirmed);
        let request = SlotRequest { now, latest: now, interval, priority, budget: None };
        let answer = self.cloud.channels.borrow_mut().reserve(channel, request);
        assert_eq!(answer, Ok(SlotAnswer::Reserved { at: now, left: None }));
    }

    pub(super) fn fault(&self, second: i64, fault: Fault) {
        self.cloud.faults.record(fault, self.start_ms + second * 1000);
    }

    pub(super) fn alarm(&mut self, second: i64, made: i64) -> &mut Self {
        let reminder = Some(self.reminder(made).to_string());
        let words = "reminder failed: neither a call nor a text reached its person".to_owned();
        let outgoing = Some(format!("text-{second}"));
        self.at(second, 0, Observation::Alarm { reminder, outgoing, message: None, words });
        self
    }

    /// Judges the story, which ends this many hours after its start.
    pub(super) fn judge(&mut self, hours: i64) -> Judgement {
        self.entries.sort_by_key(|entry| entry.at_ms);
        judge(&Remains {
            entries: std::mem::take(&mut self.entries),
            live: Vec::new(),
            ended: BTreeSet::new(),
            stored: std::mem::take(&mut self.stored),
            pauses: std::mem::take(&mut self.pauses),
            passed: std::mem::take(&mut self.passed),
            unaccepted_claims: std::mem::take(&mut self.unaccepted_claims),
            handled: std::mem::take(&mut self.handled),
            given_up: std::mem::take(&mut self.given_up),
            live_afterwards: Vec::new(),
            live_texts: Vec::new(),
            reminders: 1,
            costs: std::mem::take(&mut self.costs),
            postponed_calls: std::mem::take(&mut self.postponed_calls),
            counted: std::mem::take(&mut self.counted),
            replanned: std::mem::take(&mut self.replanned),
            text_writes: std::mem::take(&mut self.text_writes),
            scale: Scale::Hours,
            invocations: 1,
            cut_off: false,
            end_ms: self.start_ms + SignedDuration::from_hours(hours).as_secs() * 1000,
            over_ms: self.start_ms + SignedDuration::from_hours(hours).as_secs() * 1000,
            cloud: Rc::clone(&self.cloud),
            fault_profile: FaultProfile::Calm,
        })
    }
}
