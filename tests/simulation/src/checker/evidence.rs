//! The observations of a world, arranged by person, and questions about its faults and its requests for calls.

mod calls;
mod keys;
mod texts;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use reminder::ids::{CallId, ClaimId, MessageId, ReminderId};

use super::dues::SKEW_MS;
use super::person_history::PersonHistory;
use crate::fakes::number;
use crate::faults::Fault;
use crate::history::{Observation, SentText};
use crate::world::{LIVENESS_MS, Remains, ZONE};

/// An alarm for the operator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alarm<'a> {
    /// When it was raised, in milliseconds since 1970.
    pub(super) at_ms: i64,
    /// Id of the reminder that it names.
    pub(super) reminder: Option<&'a str>,
    /// Id of the outgoing text that it names.
    pub(super) outgoing: Option<&'a str>,
    /// Id of the text from a person that it names.
    pub(super) message: Option<&'a str>,
    /// Message of its log record.
    pub(super) words: &'a str,
}

/// All observations of a world.
pub(super) struct Evidence<'a> {
    pub(super) remains: &'a Remains,
    pub(super) zone: TimeZone,
    pub(super) people: Vec<PersonHistory<'a>>,
    pub(super) alarms: Vec<Alarm<'a>>,
    /// The dead letters, each with its time and its body.
    pub(super) dead: Vec<(i64, &'a str)>,
    /// Numbers that the service called or texted and that never texted.
    pub(super) strangers: Vec<&'a str>,
    /// The time of each request for a call, of all people, in order.
    requested_ms: Vec<i64>,
    /// The time of each fault that may delay or repeat anything, in order.
    faulty_ms: Vec<i64>,
    /// The same times, each with the instant until which its fault may delay what was due before.
    lasting_ms: Vec<(i64, i64)>,
    by_number: BTreeMap<String, usize>,
    by_text: BTreeMap<&'a MessageId, (usize, usize)>,
    by_claim: BTreeMap<&'a ClaimId, (usize, usize)>,
    by_call: BTreeMap<&'a CallId, (usize, usize)>,
    calls_to_service: BTreeMap<&'a CallId, CallToService<'a>>,
    /// The place of each text that did not arrive: the person, whether it replaces a call, and its index.
    undelivered: BTreeMap<&'a SentText, (usize, bool, usize)>,
    /// The reminders whose items can no longer be read: their ids, each with the time at which its item became
    /// unreadable.
    pub(super) spoiled: BTreeMap<&'a str, i64>,
    /// The times during which an older release ran, each with its start and its end.
    pub(super) rolled_back: Vec<(i64, i64)>,
}

/// A person's call to the service's number.
struct CallToService<'a> {
    who: usize,
    said: Vec<&'a str>,
    /// Index of the text as which the key pressed on this call is recorded (see `keys`).
    key_text: Option<usize>,
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
            faulty_ms: Vec::new(),
            lasting_ms: Vec::new(),
            by_number: BTreeMap::new(),
            by_text: BTreeMap::new(),
            by_claim: BTreeMap::new(),
            by_call: BTreeMap::new(),
            calls_to_service: BTreeMap::new(),
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
        let faults = delaying(remains);
        evidence.faulty_ms = faults.iter().map(|(at_ms, _)| *at_ms).collect();
        evidence.lasting_ms =
            faults.iter().map(|(at_ms, fault)| (*at_ms, evidence.lasts_until_ms(*at_ms, *fault))).collect();
        evidence
    }

    fn person(&mut self, to: &'a str) -> Option<&mut PersonHistory<'a>> {
        let Some(who) = self.by_number.get(to) else {
            self.strangers.push(to);
            return None;
        };
        self.people.get_mut(*who)
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

    /// Whether the number to which this reminder belongs was confirmed at `at_ms`, according to the store.
    pub(super) fn is_confirmed_at(&self, reminder: &ReminderId, at_ms: i64) -> bool {
        let stored = self.remains.stored.get(&reminder.to_string());
        let confirmed_ms = stored.and_then(|stored| stored.confirmed_ms);
        confirmed_ms.is_some_and(|confirmed_ms| confirmed_ms + SKEW_MS < at_ms)
    }

    /// Whether the number of this person was confirmed at `at_ms`, according to the store.
    pub(super) fn is_person_confirmed_at(&self, who: usize, at_ms: i64) -> bool {
        let own = self.remains.stored.values().filter(|stored| stored.phone == number(who).as_str());
        own.filter_map(|stored| stored.confirmed_ms).any(|confirmed_ms| confirmed_ms + SKEW_MS < at_ms)
    }

    /// Whether the reminder of this id is known to belong to another person than this one.
    pub(super) fn is_of_another(&self, reminder: &str, who: usize) -> bool {
        self.remains.stored.get(reminder).is_some_and(|stored| stored.phone != number(who).as_str())
    }

    /// Whether the reminder of this id is known to belong to this person.
    pub(super) fn is_of(&self, reminder: &str, who: usize) -> bool {
        self.remains.stored.get(reminder).is_some_and(|stored| stored.phone == number(who).as_str())
    }

    /// Whether the reminder of this id is this person's reminder with this number. `None` if the store does not say.
    pub(super) fn is_numbered(&self, reminder: &str, who: usize, number_of: u32) -> Option<bool> {
        let stored = self.remains.stored.get(reminder)?;
        Some(stored.phone == number(who).as_str() && stored.number == number_of)
    }

    /// Whether this fault was injected in this world.
    pub(super) fn injected(&self, fault: Fault) -> bool {
        self.remains.cloud.faults.injected(fault) > 0
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

    /// Whether a fault of the last three hours, or of the next 15 minutes, may have an effect on what is due at this
    /// instant: a function is frozen for up to an hour, a scheduler is down for up to three hours, a carrier for up to
    /// an hour, and a channel is busy for up to 25 minutes. The next 15 minutes count, because an outage is recorded
    /// only when a request meets it.
    pub(super) fn lingers(&self, at_ms: i64) -> bool {
        const LINGER: [Fault; 5] =
            [Fault::Freeze, Fault::SchedulerDown, Fault::CarrierDown, Fault::SecondCarrierDown, Fault::ChannelBusy];
        LINGER.iter().any(|fault| {
            self.injected_between(&[*fault], at_ms.saturating_sub(10_800_000), at_ms.saturating_add(900_000))
        })
    }

    /// The latest time at which everything that was due at `from_ms` is over, in milliseconds. Without a fault,
    /// that is [`LIVENESS_MS`] later, and a herd gets the time to text each of its people in addition. Each fault before the
    /// time found so far may move that time to its own [`Evidence::lasts_until_ms`].
    pub(super) fn settled_ms(&self, from_ms: i64) -> i64 {
        let mut over_ms = from_ms.saturating_add(LIVENESS_MS);
        let first = self.lasting_ms.partition_point(|(faulty_ms, _)| *faulty_ms < from_ms);
        for (faulty_ms, until_ms) in &self.lasting_ms[first..] {
            if *faulty_ms > over_ms {
                break;
            }
            over_ms = over_ms.max(*until_ms);
        }
        over_ms.saturating_add(self.remains.scale.texting_ms())
    }

    /// Until when a fault may delay what was due before, in milliseconds: for [`LIVENESS_MS`] after it has ended. A
    /// function is frozen for up to an hour, a request reaches the carrier up to half an hour late, and an older
    /// release runs until the later release is deployed again.
    fn lasts_until_ms(&self, at_ms: i64, fault: Fault) -> i64 {
        let forward_ms = || {
            let is_its = |(from_ms, to_ms): &&(i64, i64)| *from_ms <= at_ms + SKEW_MS && at_ms <= *to_ms;
            self.rolled_back.iter().find(is_its).map_or(at_ms, |(_, to_ms)| *to_ms)
        };
        let ended_ms = match fault {
            Fault::Freeze => at_ms + 3_600_000,
            Fault::CarrierLate => at_ms + 1_800_000,
            Fault::RolledBack => forward_ms(),
            _ => at_ms,
        };
        ended_ms.saturating_add(LIVENESS_MS)
    }

    /// Whether the world had no fault that may delay or repeat anything.
    pub(super) fn calm(&self) -> bool {
        self.faulty_ms.is_empty()
    }
}

/// Each fault that may delay or repeat anything, with its time. Poison messages, opt-outs and opt-ins that only the
/// carrier knows, and faults that are actions of people do not count.
fn delaying(remains: &Remains) -> Vec<(i64, Fault)> {
    let harmless = [Fault::Poison, Fault::OptOutNotReported, Fault::OptInNotReported, Fault::SecondOptOutNotReported];
    let injected = remains.cloud.faults.injected_since(i64::MIN).into_iter();
    injected.filter(|(_, fault)| !fault.is_of_people() && !harmless.contains(fault)).collect()
}
