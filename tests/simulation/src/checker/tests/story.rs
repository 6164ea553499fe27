//! A history made by hand, event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Channel, ChannelKind};
use reminder::ids::{CallId, CarrierName, MessageId, ReminderId, ReminderKey, SentTextId};
use reminder::ports::{SlotRequest, UndeliveredCause};
use reminder::wire::CallRoute;

use crate::checker::person_history::{STOPPED, THANKS};
use crate::checker::{Judgement, judge};
use crate::fakes::{Cloud, Costs, PutOff, Replanned, number};
use crate::fault_profile::FaultProfile;
use crate::faults::Fault;
use crate::history::{AnswerRoute, CallEnd, Entry, Observation, PickedUpBy, RequestOutcome, SentText, Speech};
use crate::people::Meaning;
use crate::world::{Remains, Scale};

/// Start of every story: noon in New York.
pub(super) const START: &str = "2027-03-01T17:00:00Z";

/// A history made by hand. Times are seconds after the start.
pub(super) struct Story {
    pub(super) cloud: Rc<Cloud>,
    pub(super) start_ms: i64,
    pub(super) entries: Vec<Entry>,
    pub(super) numbers: BTreeMap<String, String>,
    pub(super) texts: usize,
    pub(super) calls: usize,
    pub(super) costs: Vec<(String, Costs)>,
    pub(super) put_off: Vec<(String, PutOff)>,
    pub(super) replanned: Vec<Replanned>,
    pub(super) text_writes: Vec<(String, u32)>,
}

/// How a call is answered.
pub(super) enum Talk {
    NotPickedUp,
    Silent(PickedUpBy),
    Keys(&'static [char]),
}

impl Story {
    pub(super) fn new() -> Self {
        let start: Timestamp = START.parse().unwrap();
        let cloud = Cloud::new(1, start);
        let (start_ms, entries, costs, text_writes) = (start.as_millisecond(), Vec::new(), Vec::new(), Vec::new());
        let (numbers, put_off, replanned) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { cloud, start_ms, entries, numbers, texts: 0, calls: 0, costs, put_off, replanned, text_writes }
    }

    pub(super) fn at(&mut self, second: i64, after_ms: i64, seen: Observation) {
        self.entries.push(Entry { at_ms: self.start_ms + second * 1000 + after_ms, seen });
    }

    /// The person texts, and the reply to the webhook brings the answer.
    pub(super) fn text(&mut self, second: i64, meaning: Meaning, answer: &str) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("twilio", &format!("SM{:032}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route: AnswerRoute::Reply });
        self.at(second, 10, Observation::TextDelivered { id: id.clone() });
        self.at(second, 60, Observation::TextTaken { id: id.clone() });
        self.at(second, 60, Observation::Reply { id, body: answer.to_owned() });
        self
    }

    /// The person texts. The answer, if any, is a separate text.
    pub(super) fn queued(&mut self, second: i64, meaning: Meaning) -> &mut Self {
        self.texts += 1;
        let id = MessageId::new("aws", &format!("m-{}", self.texts)).unwrap();
        self.at(second, 0, Observation::TextSent { id: id.clone(), person: 0, meaning, route: AnswerRoute::Text });
        self.at(second, 10, Observation::TextDelivered { id: id.clone() });
        self.at(second, 10, Observation::TextTaken { id });
        self
    }

    /// The words after the key 2 on a call.
    pub(super) fn again(&self, due: i64, task: &str) -> String {
        let at = Timestamp::from_millisecond(self.start_ms + due * 1000).unwrap();
        let clock = at.in_tz("America/New_York").unwrap().strftime("%-I:%M:%S %p").to_string();
        format!("OK, I'll call you again in 10 minutes ({clock}): {task} (#2).")
    }

    /// The id of the reminder that the text at this second made. It contains the time at which it was made.
    pub(super) fn reminder(&self, second: i64) -> ReminderId {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let ms = self.start_ms + second * 1000 + 30;
        let id: String = (0..10).rev().map(|place| char::from(LETTERS[(ms >> (5 * place) & 31) as usize])).collect();
        format!("{id}0000000000000000").parse().unwrap()
    }

    /// A call about the reminder that was made at second `made`.
    pub(super) fn call(&mut self, second: i64, made: i64, task: &str, talk: Talk) -> &mut Self {
        self.calls += 1;
        let call = CallId::new("twilio", &format!("CA{:032}", self.calls)).unwrap();
        let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let key = ReminderKey { person, reminder: self.reminder(made) };
        let claimed = self.reminder(second).to_string();
        let route = CallRoute { key, claim: format!("{}{:016}", &claimed[..10], self.calls).parse().unwrap() };
        let (carrier, to): (CarrierName, _) = ("twilio".parse().unwrap(), number(0));
        self.at(second, 0, Observation::CallRequested { carrier, to: to.clone(), route: route.clone() });
        self.at(second, 100, Observation::CallAccepted { call: call.clone(), to, route: route.clone() });
        self.at(second, 200, Observation::CallRequestOutcome { route, heard: RequestOutcome::Accepted });
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
            self.at(pressed, 50, Observation::KeyAnswered { call: call.clone(), digit, words });
        }
        self.at(second + 20, 0, Observation::CallEnded { call, end });
        self
    }

    /// The service requests a text to the person. `heard` is the outcome that it learns from the carrier's response.
    pub(super) fn requests(&mut self, second: i64, body: &str, heard: RequestOutcome) -> &mut Self {
        let (to, body) = (number(0), body.to_owned());
        self.at(second, 0, Observation::TextRequested { to: to.clone(), body: body.clone() });
        self.at(second, 90, Observation::TextRequestOutcome { to, body, heard });
        self
    }

    /// The service sends the person a text, which the carrier accepts and may report as undelivered.
    pub(super) fn sends(&mut self, second: i64, body: &str, undelivered: Option<UndeliveredCause>) -> &mut Self {
        let (to, body) = (number(0), body.to_owned());
        let text = SentText::Sent(SentTextId::new("twilio", &format!("SM{second}")).unwrap());
        self.requests(second, &body, RequestOutcome::Accepted);
        self.at(second, 50, Observation::TextAccepted { text: text.clone(), to: to.clone(), body: body.clone() });
        if let Some(cause) = undelivered {
            self.at(second + 30, 0, Observation::TextUndelivered { text, to, body, code: 30034, cause });
        }
        self
    }

    /// A correction of the zone plans again the occurrence that was due at the second `due`. The text at the second
    /// `made` made its reminder.
    pub(super) fn plan_again(&mut self, made: i64, due: i64) -> &mut Self {
        let (reminder, due_ms) = (self.reminder(made).to_string(), self.start_ms + due * 1000);
        self.replanned.push(Replanned { reminder, due_ms });
        self
    }

    /// Reserves the slot of the voice channel at this second.
    pub(super) fn reserve(&self, second: i64) {
        let now = Timestamp::from_millisecond(self.start_ms + second * 1000).unwrap();
        let channel = Channel { carrier: "twilio".parse().unwrap(), kind: ChannelKind::Voice };
        let request = SlotRequest { now, latest: now, interval: SignedDuration::from_secs(1) };
        assert_eq!(self.cloud.channels.borrow_mut().reserve(channel, request), Some(now));
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
            numbers: std::mem::take(&mut self.numbers),
            live_afterwards: Vec::new(),
            live_texts: Vec::new(),
            reminders: 1,
            costs: std::mem::take(&mut self.costs),
            put_off: std::mem::take(&mut self.put_off),
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
