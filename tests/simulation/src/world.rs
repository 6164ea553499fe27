//! A world: people who text, the cloud that runs the functions, and a carrier that calls. One seed gives one history.

mod after_calls;
mod callbacks;
mod calls_to_service;
pub mod compared;
mod deliveries;
mod phone_network;
mod planned;
mod populate;
mod remains;
mod runs;
mod scale;
pub mod script;
mod talk;
mod texts;
mod verdicts;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reminder::ids::{CallId, Number};
use reminder::outgoing_text::OutgoingText;

use planned::{PlannedEvent, Text, Trigger};
pub use remains::{HandledText, Live, Remains, StoredReminder};
pub use scale::Scale;
use talk::Talk;

use crate::engine::Step;
use crate::events::WorldEvent;
use crate::fakes::Cloud;
use crate::fault_profile::{self, FaultProfile};
use crate::functions::Functions;
use crate::history::{AnswerRoute, Observation};
use crate::listener::{self, Alarm};
use crate::people::Person;
use crate::product::Product;

/// The instant at which directed cases and most tests begin: 2027-03-01T12:00:00Z, Monday, 7 AM in New York. It is a
/// full hour, so an hour's budget of calls begins with it.
pub const START: Timestamp = Timestamp::constant(1_803_902_400, 0);

/// Time zone of every person who has not named a city: the zone of their area codes.
pub const ZONE: &str = "America/New_York";

/// Longest time in which people send texts in a world of hours, in milliseconds. Other worlds add their days.
const TEXTING_MS: i64 = 2 * 3_600_000;

/// Time after the last fault within which everything must have ended, in milliseconds: the maximum lateness (15
/// minutes) and half an hour.
pub const LIVENESS_MS: i64 = (15 + 30) * 60_000;

/// How much longer a world runs, in milliseconds, so that some messages that are hours late still arrive.
const AFTERWARDS_MS: i64 = 2 * 3_600_000;

/// How much longer a world runs, in milliseconds, until each text that is still owed has ended. Each of the three
/// tries may be accepted, and found to have failed an hour later, when the carrier is asked. The next try follows after
/// 15 minutes. The last half hour is for the sweeper and for the last refusals.
const TEXTS_END_MS: i64 = 3 * (60 + 15) * 60_000 + 30 * 60_000;

/// Interval of the sweeper, in milliseconds.
const SWEEP_MS: i64 = 60_000;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// The state of a running world.
#[derive(Debug)]
pub struct World {
    cloud: Rc<Cloud>,
    product: Rc<dyn Product>,
    zone: TimeZone,
    fault_profile: FaultProfile,
    scale: Scale,
    /// How long faults last, in milliseconds.
    faulty_ms: i64,
    people: Vec<Person>,
    by_number: BTreeMap<Number, usize>,
    /// The last call that rang on each person's line.
    lines: BTreeMap<usize, CallId>,
    /// People who are on a call to the service's number.
    in_call_to_service: BTreeSet<usize>,
    /// The calls that were picked up and are not over.
    talks: BTreeMap<CallId, Talk>,
    /// Whether a script decides what people do. Without a script, people act at random.
    is_scripted: bool,
    texts: Vec<Text>,
    /// The latest instant at which a text fails hours after it was accepted, in milliseconds since 1970.
    texts_fail_ms: i64,
    planned: BTreeMap<u64, PlannedEvent>,
    triggers: BTreeMap<u64, Trigger>,
    count: u64,
    invocations: u64,
}

/// Runs the world of a seed. `prepare` can change the cloud before the world begins.
pub fn run(seed: u64, functions: &Rc<Functions>, zone: &TimeZone, prepare: impl FnOnce(&Rc<Cloud>)) -> Remains {
    listener::listen();
    let cloud = Cloud::new(seed, start(seed));
    prepare(&cloud);
    let mut world = World::new(cloud, functions, zone);
    world.populate();
    world.run_to_end()
}

/// Runs a world without faults in which this many people want to be called at the same second.
pub fn herd(seed: u64, people: u32, functions: &Rc<Functions>, zone: &TimeZone) -> Remains {
    listener::listen();
    let cloud = Cloud::new(seed, start(seed));
    cloud.faults.stop_at(cloud.engine.now_ms());
    let mut world = World::calm(cloud, Scale::Herd(people), functions, zone);
    world.populate();
    world.run_to_end()
}

/// The start of a world: any minute of three years, so that days with a clock change occur.
fn start(seed: u64) -> Timestamp {
    const FIRST_S: i64 = 1_798_761_600; // 2027-01-01T00:00:00Z
    const MINUTES: u64 = 3 * 365 * 24 * 60;
    let minutes = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % MINUTES;
    let ahead = SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(0));
    Timestamp::from_second(FIRST_S).unwrap_or(Timestamp::UNIX_EPOCH).saturating_add(ahead).unwrap_or(Timestamp::MAX)
}

/// An outgoing text, as an entry in a list of live items.
fn live_text(text: &OutgoingText) -> Live {
    let id = text.key.text.to_string();
    Live { description: format!("the text {id}"), id, due_ms: text.owed_since.as_millisecond() }
}

impl World {
    fn new(cloud: Rc<Cloud>, functions: &Rc<Functions>, zone: &TimeZone) -> Self {
        let scale = Scale::of(&cloud.engine);
        let mut faulty_ms = cloud.engine.between(600_000, 2 * TEXTING_MS);
        // A text is tried for one day only, so faults last for days only in some of the worlds of days.
        if scale.days() > 0 && cloud.engine.chance(5000) {
            faulty_ms = cloud.engine.between(faulty_ms, i64::from(scale.days()) * DAY_MS);
        }
        // In a herd with faults, it can't be checked how many people are called on time. A crowd of open reminders
        // forms only if the store accepts many texts. So half of these worlds have no faults.
        if matches!(scale, Scale::Herd(_) | Scale::Crowd(_)) && cloud.engine.chance(5000) {
            faulty_ms = 0;
        }
        let until_ms = cloud.engine.now_ms() + faulty_ms;
        let fault_profile = fault_profile::set(&cloud, until_ms);
        if matches!(scale, Scale::Unheard(_)) && fault_profile != FaultProfile::Calm {
            fault_profile::worsen_late_news(&cloud, until_ms);
        }
        // Many phone networks never report a delivery: the last status of a text is that it was sent.
        cloud.hides_deliveries.set(matches!(scale, Scale::Unheard(_)) && cloud.engine.chance(1500));
        Self { fault_profile, faulty_ms, ..Self::calm(cloud, scale, functions, zone) }
    }

    fn calm<P: Product + 'static>(cloud: Rc<Cloud>, scale: Scale, product: &Rc<P>, zone: &TimeZone) -> Self {
        Self {
            cloud,
            product: Rc::<P>::clone(product),
            zone: zone.clone(),
            fault_profile: FaultProfile::Calm,
            scale,
            faulty_ms: 0,
            people: Vec::new(),
            by_number: BTreeMap::new(),
            lines: BTreeMap::new(),
            in_call_to_service: BTreeSet::new(),
            talks: BTreeMap::new(),
            is_scripted: false,
            texts: Vec::new(),
            texts_fail_ms: 0,
            planned: BTreeMap::new(),
            triggers: BTreeMap::new(),
            count: 0,
            invocations: 0,
        }
    }

    fn plan(&mut self, delay_ms: i64, event: PlannedEvent) {
        self.count += 1;
        self.planned.insert(self.count, event);
        self.cloud.engine.emit_in(delay_ms, WorldEvent::Planned(self.count));
    }

    /// Runs the world until everything should have ended, and then `AFTERWARDS_MS` more. If texts are still live then,
    /// or if a text fails even later, the world runs until these texts must have ended.
    fn run_to_end(mut self) -> Remains {
        let texting_ms = TEXTING_MS + i64::from(self.scale.days()) * DAY_MS;
        let settle_ms = LIVENESS_MS + self.scale.texting_ms();
        let first_end_ms = self.cloud.faults.stopped_at().max(self.cloud.engine.now_ms() + texting_ms) + settle_ms;
        let mut end_ms = self.run_until(first_end_ms);
        // A reminder that is due later needs the same time after its due.
        while let Some(last_due_ms) =
            self.last_due().filter(|due_ms| due_ms + settle_ms > end_ms && !self.is_storming())
        {
            end_ms = self.run_until(last_due_ms + settle_ms);
        }
        let (live, ended) = (self.live(), self.ended());
        let mut over_ms = self.run_until(end_ms + AFTERWARDS_MS);
        let live_afterwards = self.live();
        if !self.live_texts().is_empty() {
            over_ms = self.run_until(end_ms + TEXTS_END_MS);
        }
        if self.texts_fail_ms > over_ms {
            over_ms = self.run_until(self.texts_fail_ms + TEXTS_END_MS);
        }
        self.cloud.engine.clear();
        let table = self.cloud.table.borrow();
        let costs = remains::costs(&self.cloud);
        Remains {
            entries: self.cloud.history.take(),
            live,
            ended,
            stored: remains::stored(&self.cloud),
            live_afterwards,
            live_texts: self.live_texts(),
            reminders: u64::try_from(costs.len()).unwrap_or(u64::MAX),
            costs,
            postponed_calls: table.postponed_calls().collect(),
            counted: table.counted().to_vec(),
            replanned: table.replanned().to_vec(),
            pauses: table.pauses().to_vec(),
            passed: table.passed().to_vec(),
            unaccepted_claims: table.unaccepted_claims().clone(),
            handled: remains::handled(&table),
            given_up: remains::given_up(&table),
            text_writes: table.text_writes().collect(),
            scale: self.scale,
            invocations: self.invocations,
            cut_off: self.is_storming(),
            end_ms,
            over_ms,
            cloud: Rc::clone(&self.cloud),
            fault_profile: self.fault_profile,
        }
    }

    fn run_until(&mut self, end_ms: i64) -> i64 {
        while self.cloud.engine.now_ms() <= end_ms && !self.is_storming() {
            let step = self.cloud.engine.step();
            for Alarm { reminder, outgoing, message, words } in listener::alarms() {
                self.cloud.record(Observation::Alarm { reminder, outgoing, message, words });
            }
            match step {
                Step::Event(event) => self.handle(event),
                Step::Quiet => {}
                Step::Idle => break,
            }
        }
        end_ms
    }

    /// Whether functions were invoked more often than a world of this scale needs. Such a world is cut off, because it
    /// may never end.
    fn is_storming(&self) -> bool {
        // A world in which a text fails up to a day later lasts a day longer.
        let days = u32::from(self.texts_fail_ms > 0);
        let posts = self.texts.iter().map(|text| text.posts).sum();
        self.invocations > self.scale.invocations_max(self.texts.len(), posts, days, self.faulty_ms)
    }

    /// The live reminders, except paused series: a paused series has no call that is due.
    fn live(&self) -> Vec<Live> {
        let table = self.cloud.table.borrow();
        let reminders = table.reminders().filter_map(|reminder| {
            let state = reminder.state().filter(|_| !reminder.is_paused())?;
            let id = reminder.key.reminder.to_string();
            let description = format!("reminder {id} (#{} {}), {state:?}", reminder.number, reminder.task);
            Some(Live { id, description, due_ms: reminder.due.as_millisecond() })
        });
        reminders.collect()
    }

    /// The texts that have not ended: the owed texts, and the texts whose delivery is not known yet.
    fn live_texts(&self) -> Vec<Live> {
        let table = self.cloud.table.borrow();
        table.outgoing_texts().filter(|text| text.state().is_some()).map(live_text).collect()
    }

    fn ended(&self) -> BTreeSet<String> {
        let table = self.cloud.table.borrow();
        let ended = table.reminders().filter(|reminder| reminder.state().is_none());
        ended.map(|reminder| reminder.key.reminder.to_string()).collect()
    }

    /// The latest due of the live one-off reminders.
    fn last_due(&self) -> Option<i64> {
        let table = self.cloud.table.borrow();
        let live = table.reminders().filter(|reminder| reminder.rule.is_none() && reminder.deadline().is_some());
        live.map(|reminder| reminder.due.as_millisecond()).max()
    }

    fn handle(&mut self, event: WorldEvent) {
        match event {
            WorldEvent::MessageVisible(queue) => self.receive(queue),
            WorldEvent::InvocationEnded(invocation, outcome) => self.invocation_ended(invocation, outcome),
            WorldEvent::CallAccepted(call) => self.call_taken(&call),
            WorldEvent::CallEnded(call) => self.call_ended(&call),
            WorldEvent::CallRedirected(call) => self.call_redirected(&call),
            WorldEvent::TextAccepted(text) => self.text_accepted(text),
            WorldEvent::Planned(number) => {
                if let Some(event) = self.planned.remove(&number) {
                    self.run_planned(event);
                }
            }
        }
    }

    fn run_planned(&mut self, event: PlannedEvent) {
        match event {
            PlannedEvent::NextText(person) if self.waits_for_call(person) => {
                self.plan(60_000, PlannedEvent::NextText(person));
            }
            PlannedEvent::NextText(person) => {
                self.send_random_text(person);
                self.plan_next_text(person);
            }
            PlannedEvent::ExtraText(person) => self.send_random_text(person),
            PlannedEvent::SendText(person, meaning) => self.send_text(person, meaning),
            PlannedEvent::AskForReminder(person) => {
                let zone = self.zone_of(person);
                let meaning = self.people[person].remind(person, &self.cloud.engine, &zone);
                self.send_text(person, meaning);
            }
            PlannedEvent::PostText(text) => self.deliver(text),
            PlannedEvent::PublishText(text) => self.publish(text),
            PlannedEvent::CallStage(call, stage) => self.reach_stage(&call, stage),
            PlannedEvent::PostCallback(callback) => self.post(callback),
            PlannedEvent::Verdict(call, by, timing) => self.post_verdict(&call, by, timing),
            PlannedEvent::TextEnds(text) => self.text_ends(&text, None),
            PlannedEvent::TextFails(text, failure) => self.text_ends(&text, Some(failure)),
            PlannedEvent::CallToService(person) => self.call_service(person),
            PlannedEvent::CallToServiceOver(person) => {
                self.in_call_to_service.remove(&person);
            }
            PlannedEvent::Sweep => self.sweep(),
        }
    }

    /// How a person's texts are answered.
    fn answer_route(&self, person: usize) -> AnswerRoute {
        if self.people[person].by_queue { AnswerRoute::Text } else { AnswerRoute::Reply }
    }
}
