//! Worlds in which products are compared: in each world, people ask for one reminder each, and some of them delete it
//! again. What people do is decided before a world begins, so it is the same for every product.

use std::rc::Rc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::planned::PlannedEvent;
use super::{AFTERWARDS_MS, LIVENESS_MS, START, Scale, World, listener};
use crate::engine::instant;
use crate::fakes::Cloud;
use crate::fault_profile::{self, FaultProfile};
use crate::history::Entry;
use crate::people::{Due, Habit, Manners, Meaning, Person, Phone, Reply};
use crate::product::Product;

/// Number of people in each world. Each of them asks for one reminder.
pub const PEOPLE: usize = 10;

/// Within how many minutes all people ask for their reminders.
const ASKING_MIN: i64 = 30;

/// How many minutes ahead a reminder is due at most.
const AHEAD_MIN: i64 = 150;

/// A minute, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// A reminder that a person asks for. The person's index is the reminder's place in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedReminder {
    /// The words that are spoken.
    pub task: String,
    /// When the person wants to be called, in milliseconds since 1970.
    pub due_ms: i64,
}

/// What people asked for in a world, and what was observed there.
#[derive(Debug)]
pub struct ComparedWorld {
    /// The reminder of each person.
    pub asked: Vec<AskedReminder>,
    /// All observations, in order.
    pub entries: Vec<Entry>,
    /// The cloud, with its injected faults and its timeline.
    pub cloud: Rc<Cloud>,
}

/// Runs the world of a seed with this product. `prepare` can change the cloud before the world begins.
pub fn run<P: Product + 'static>(
    seed: u64,
    fault_profile: FaultProfile,
    product: &Rc<P>,
    zone: &TimeZone,
    prepare: impl FnOnce(&Rc<Cloud>),
) -> ComparedWorld {
    listener::listen();
    let cloud = Cloud::new(seed, start(seed));
    prepare(&cloud);
    let mut world = World::calm(cloud, Scale::Hours, product, zone);
    // People do nothing but what is planned here.
    world.is_scripted = true;
    let asked: Vec<_> = (0..PEOPLE).map(|index| world.add_compared_person(index)).collect();
    let last_due_ms = asked.iter().map(|asked| asked.due_ms).max().unwrap_or(0);
    fault_profile::set_comparable(&world.cloud, fault_profile, last_due_ms + LIVENESS_MS);
    world.plan_first_sweep();
    world.run_until(last_due_ms + LIVENESS_MS + AFTERWARDS_MS);
    world.cloud.engine.clear();
    ComparedWorld { asked, entries: world.cloud.history.take(), cloud: Rc::clone(&world.cloud) }
}

/// The start of a world: any minute of twelve days in which no clock changes, so that a time of day is one instant.
fn start(seed: u64) -> Timestamp {
    const MINUTES: u64 = 12 * 24 * 60;
    let minutes = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % MINUTES;
    START.saturating_add(SignedDuration::from_mins(i64::try_from(minutes).unwrap_or(0))).unwrap_or(START)
}

impl World {
    /// Adds a person, and plans their texts: they ask for a reminder, and one in five deletes it around its due.
    fn add_compared_person(&mut self, index: usize) -> AskedReminder {
        let engine = &self.cloud.engine;
        let phone = Phone {
            machine: Phone::random(engine).machine,
            habit: if engine.chance(8000) { Habit::Always(engine.between(500, 15_000)) } else { Habit::Never },
            manners: Manners::Same(Reply::Press('1', engine.between(2000, 8000))),
        };
        let asks_ms = engine.between(0, ASKING_MIN * MINUTE_MS);
        let ahead_min = if engine.chance(5000) { engine.between(4, 16) } else { engine.between(17, AHEAD_MIN) };
        let ahead_ms = asks_ms + ahead_min * MINUTE_MS;
        let due_ms = (engine.now_ms() + ahead_ms).div_euclid(MINUTE_MS) * MINUTE_MS;
        let time = self.zone.to_datetime(instant(due_ms)).time();
        let deletes_ms = engine.chance(2000).then(|| engine.between(-600_000, 60_000));
        let task = format!("feed rabbit q{}", char::from(b'a' + u8::try_from(index % 26).unwrap_or(0)));
        let until_due_ms = due_ms - engine.now_ms();
        self.add_person(Person { phone, ..Person::default() });
        let wish = Meaning::Remind { task: task.clone(), due: Due::At(time) };
        self.plan(asks_ms, PlannedEvent::SendText(index, wish));
        if let Some(deletes_ms) = deletes_ms {
            let deletes_ms = (until_due_ms + deletes_ms).max(asks_ms + MINUTE_MS);
            self.plan(deletes_ms, PlannedEvent::SendText(index, Meaning::DeleteAll));
        }
        AskedReminder { task, due_ms }
    }
}
