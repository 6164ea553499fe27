//! A world: people who text, the cloud that runs the functions, a carrier that rings. One seed, one history.

mod phone_network;
mod populate;
mod remains;
mod runs;
mod scale;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reminder::ids::{CallId, MessageId};
use reminder::incoming_text::AnswerDelivery;
use reminder::wire::CallStep;

pub use remains::{Live, Remains};
use runs::Purpose;
pub use scale::Scale;

use crate::engine::Step;
use crate::fakes::{Cloud, Happening};
use crate::fault_profile::{self, FaultProfile};
use crate::functions::Functions;
use crate::history::{AnswerRoute, Observation};
use crate::listener::{self, Alarm};
use crate::people::{Meaning, Person};

/// Everybody's zone: that of their numbers.
pub const ZONE: &str = "America/New_York";

/// How long people text, at most, in milliseconds.
const TEXTING_MS: i64 = 2 * 3_600_000;

/// How long after the faults stop everything must have ended: patience and half an hour.
pub const LIVENESS_MS: i64 = (15 + 30) * 60_000;

/// How long past that a world is watched, for what comes hours late.
const AFTERWARDS_MS: i64 = 2 * 3_600_000;

/// How often the sweeper runs.
const SWEEP_MS: i64 = 60_000;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// A planned moment of a world.
#[derive(Debug)]
enum Moment {
    /// Somebody sends a text, and will send more.
    Act(usize),
    /// Somebody sends a text on the spot.
    Blurt(usize),
    /// Somebody sends this text on the spot.
    Say(usize, Meaning),
    /// Somebody asks for one more reminder on the spot.
    Ask(usize),
    /// A text is handed to the service.
    Deliver(usize),
    /// A text is published once more.
    Publish(usize),
    /// Something happens to a call.
    Call(CallId, phone_network::Stage),
    /// A webhook of a call is posted, for the so-manieth time.
    Post(phone_network::Callback),
    /// The sweeper is due.
    Sweep,
}

/// A text on its route.
#[derive(Debug, Clone)]
struct Text {
    person: usize,
    meaning: Meaning,
    /// Its name at the carrier that brought it.
    sid: String,
    id: MessageId,
    tries: u32,
    taken: bool,
}

/// A world under route.
#[derive(Debug)]
pub struct World {
    cloud: Rc<Cloud>,
    functions: Rc<Functions>,
    zone: TimeZone,
    profile_of_faults: FaultProfile,
    scale: Scale,
    people: Vec<Person>,
    texts: Vec<Text>,
    moments: BTreeMap<u64, Moment>,
    purposes: BTreeMap<u64, Purpose>,
    count: u64,
    invocations: u64,
}

/// Runs the world of a seed.
pub fn run(seed: u64, functions: &Rc<Functions>, zone: &TimeZone, cloud: impl FnOnce(&Rc<Cloud>)) -> Remains {
    listener::listen();
    let region = Cloud::new(seed, start(seed));
    cloud(&region);
    let mut world = World::new(region, functions, zone);
    world.populate();
    world.go_on()
}

/// Runs a world in which nothing goes wrong, and so many people want to be called at the same second.
pub fn herd(seed: u64, people: u32, functions: &Rc<Functions>, zone: &TimeZone) -> Remains {
    listener::listen();
    let region = Cloud::new(seed, start(seed));
    region.faults.stop_at(region.engine.now_ms());
    let mut world = World::calm(region, Scale::Herd(people), functions, zone);
    world.populate();
    world.go_on()
}

/// Worlds begin at any minute of three years, so that days on which the clocks change are met.
fn start(seed: u64) -> Timestamp {
    const FIRST_S: i64 = 1_798_761_600; // 2027-01-01T00:00:00Z
    const MINUTES: u64 = 3 * 365 * 24 * 60;
    let minutes = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % MINUTES;
    let ahead = SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(0));
    Timestamp::from_second(FIRST_S).unwrap_or(Timestamp::UNIX_EPOCH).saturating_add(ahead).unwrap_or(Timestamp::MAX)
}

impl World {
    fn new(cloud: Rc<Cloud>, functions: &Rc<Functions>, zone: &TimeZone) -> Self {
        let scale = Scale::of(&cloud.engine);
        let mut faulty_ms = cloud.engine.between(600_000, 2 * TEXTING_MS);
        // Whatever fails for days on end must fail rarely: a day is as long as a text is tried.
        if scale.days() > 0 && cloud.engine.chance(5000) {
            faulty_ms = cloud.engine.between(faulty_ms, i64::from(scale.days()) * DAY_MS);
        }
        // How many are called in time is only told where nothing else is in the route.
        if matches!(scale, Scale::Herd(_)) && cloud.engine.chance(5000) {
            faulty_ms = 0;
        }
        let until_ms = cloud.engine.now_ms() + faulty_ms;
        let profile_of_faults = fault_profile::set(&cloud, until_ms);
        Self { profile_of_faults, ..Self::calm(cloud, scale, functions, zone) }
    }

    fn calm(cloud: Rc<Cloud>, scale: Scale, functions: &Rc<Functions>, zone: &TimeZone) -> Self {
        Self {
            cloud,
            functions: Rc::clone(functions),
            zone: zone.clone(),
            profile_of_faults: FaultProfile::Calm,
            scale,
            people: Vec::new(),
            texts: Vec::new(),
            moments: BTreeMap::new(),
            purposes: BTreeMap::new(),
            count: 0,
            invocations: 0,
        }
    }

    fn plan(&mut self, delay_ms: i64, moment: Moment) {
        self.count += 1;
        self.moments.insert(self.count, moment);
        self.cloud.engine.tell_in(delay_ms, Happening::Moment(self.count));
    }

    /// Goes on until everything should have ended, and then a while.
    fn go_on(mut self) -> Remains {
        let texting_ms = TEXTING_MS + i64::from(self.scale.days()) * DAY_MS;
        let settle_ms = LIVENESS_MS + self.scale.texting_ms();
        let first_end_ms = self.cloud.faults.stopped_at().max(self.cloud.engine.now_ms() + texting_ms) + settle_ms;
        let mut end_ms = self.run_until(first_end_ms);
        // What is due later has its time too.
        while let Some(last_due_ms) = self.last_due().filter(|due_ms| due_ms + settle_ms > end_ms && !self.storms()) {
            end_ms = self.run_until(last_due_ms + settle_ms);
        }
        let (live, ended) = (self.live(), self.ended());
        self.run_until(end_ms + AFTERWARDS_MS);
        self.cloud.engine.clear();
        let table = self.cloud.table.borrow();
        let writes: Vec<_> = table
            .reminders()
            .map(|reminder| (reminder.key.reminder.to_string(), table.writes(&reminder.key)))
            .collect();
        Remains {
            entries: self.cloud.history.take(),
            live,
            ended,
            live_afterwards: self.live(),
            reminders: u64::try_from(writes.len()).unwrap_or(u64::MAX),
            writes,
            scale: self.scale,
            invocations: self.invocations,
            stormed: self.storms(),
            end_ms,
            cloud: Rc::clone(&self.cloud),
            profile_of_faults: self.profile_of_faults,
        }
    }

    fn run_until(&mut self, end_ms: i64) -> i64 {
        while self.cloud.engine.now_ms() <= end_ms && !self.storms() {
            let step = self.cloud.engine.step();
            for Alarm { reminder, words } in listener::alarms() {
                self.cloud.saw(Observation::Alarm { reminder, words });
            }
            match step {
                Step::Told(happening) => self.transition(happening),
                Step::Quiet => {}
                Step::Done => break,
            }
        }
        end_ms
    }

    /// Whether functions are invoked more than any world needs: it is not waited for whether that ever ends.
    fn storms(&self) -> bool {
        self.invocations > self.scale.invocations_max(self.texts.len())
    }

    /// What is still live: reminders, and answers that are owed.
    fn live(&self) -> Vec<Live> {
        let table = self.cloud.table.borrow();
        let reminders = table.reminders().filter_map(|reminder| {
            let state = reminder.state()?;
            let name = reminder.key.reminder.to_string();
            let what = format!("reminder {name} (#{} {}), {state:?}", reminder.number, reminder.task);
            Some(Live { name, what, due_ms: reminder.due.as_millisecond() })
        });
        let answers =
            table.messages().filter(|message| matches!(message.delivery, AnswerDelivery::Owed { .. })).map(|message| {
                let name = message.id.to_string();
                Live { what: format!("the answer to {name}"), name, due_ms: message.received_at.as_millisecond() }
            });
        reminders.chain(answers).collect()
    }

    fn ended(&self) -> BTreeSet<String> {
        let table = self.cloud.table.borrow();
        let ended = table.reminders().filter(|reminder| reminder.state().is_none());
        ended.map(|reminder| reminder.key.reminder.to_string()).collect()
    }

    /// The last instant at which a one-off that is still live is due.
    fn last_due(&self) -> Option<i64> {
        let table = self.cloud.table.borrow();
        let live = table.reminders().filter(|reminder| reminder.rule.is_none() && reminder.deadline().is_some());
        live.map(|reminder| reminder.due.as_millisecond()).max()
    }

    fn transition(&mut self, happening: Happening) {
        match happening {
            Happening::Visible(queue) => self.receive(queue),
            Happening::Over(invocation, outcome) => self.over(invocation, outcome),
            Happening::CallTaken(call) => self.call_taken(&call),
            Happening::CallEnded(call) => self.call_ended(&call),
            Happening::Texted(to, words) => self.texted(&to, &words),
            Happening::Moment(number) => {
                if let Some(moment) = self.moments.remove(&number) {
                    self.happens(moment);
                }
            }
        }
    }

    fn happens(&mut self, moment: Moment) {
        match moment {
            Moment::Act(person) => {
                self.act(person);
                self.act_again(person);
            }
            Moment::Blurt(person) => self.act(person),
            Moment::Say(person, meaning) => self.say(person, meaning),
            Moment::Ask(person) => {
                let meaning = self.people[person].remind(person, &self.cloud.engine, &self.zone);
                self.say(person, meaning);
            }
            Moment::Deliver(text) => self.deliver(text),
            Moment::Publish(text) => self.publish(text),
            Moment::Call(call, stage) => self.go_through(&call, stage),
            Moment::Post(callback) => self.post(callback),
            Moment::Sweep => self.sweep(),
        }
    }

    /// Which route a person's texts are answered.
    fn answer_route(&self, person: usize) -> AnswerRoute {
        if self.people[person].by_queue { AnswerRoute::Text } else { AnswerRoute::Reply }
    }
}

/// The name of a step, as its path has it.
fn step_name(step: CallStep) -> &'static str {
    match step {
        CallStep::Speech => "speech",
        CallStep::Status => "status",
        CallStep::Key => "key",
    }
}
