//! Scripted worlds: each has one person, whose texts and habits are given, and perhaps strangers who each send one
//! text. Only the faults that the caller of [`act`] sets are injected.

use std::rc::Rc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::planned::PlannedEvent;
use super::{Remains, Scale, World, listener};
use crate::fakes::Cloud;
use crate::functions::Functions;
use crate::people::{CodeReply, Habit, Meaning, Person, Phone};

/// A world in which one person acts according to these fields.
#[derive(Debug, Clone)]
pub struct Script {
    /// When the world begins.
    pub start: Timestamp,
    /// The person's phone and habits.
    pub phone: Phone,
    /// Whether the person's texts arrive through the inbound queue.
    pub by_queue: bool,
    /// The person's texts, each with its time in seconds after the start.
    pub texts: Vec<(i64, Meaning)>,
    /// When the person calls the service's number, in seconds after the start.
    pub calls_to_service: Vec<i64>,
    /// How many days the world lasts after the first day.
    pub days: u32,
}

/// Runs a scripted world. `prepare` can change the cloud before the world begins, and plan faults.
pub fn act(
    seed: u64,
    script: &Script,
    functions: &Rc<Functions>,
    zone: &TimeZone,
    prepare: impl FnOnce(&Rc<Cloud>),
) -> Remains {
    world(seed, script, functions, zone, prepare).run_to_end()
}

/// Runs a scripted world without faults, in which the person replies in this way to a text with the code of their
/// number.
pub fn act_with_code(
    seed: u64,
    script: &Script,
    code_reply: CodeReply,
    functions: &Rc<Functions>,
    zone: &TimeZone,
) -> Remains {
    let mut world = world(seed, script, functions, zone, |_| ());
    world.people.iter_mut().for_each(|person| person.code_reply = code_reply);
    world.run_to_end()
}

/// Runs a scripted world without faults, in which strangers whose numbers have never texted before share the line. Each
/// stranger sends one of these texts, at its time in seconds after the start, and never picks up.
pub fn act_among(
    seed: u64,
    script: &Script,
    strangers: Vec<(i64, Meaning)>,
    functions: &Rc<Functions>,
    zone: &TimeZone,
) -> Remains {
    let mut world = world(seed, script, functions, zone, |_| ());
    for (index, (at_s, meaning)) in (1..).zip(strangers) {
        let phone = Phone { habit: Habit::Never, ..script.phone };
        world.add_person(Person { phone, ..Person::default() });
        world.plan(at_s * 1000, PlannedEvent::SendText(index, meaning));
    }
    world.run_to_end()
}

/// Makes a world with the person of a script.
fn world(
    seed: u64,
    script: &Script,
    functions: &Rc<Functions>,
    zone: &TimeZone,
    prepare: impl FnOnce(&Rc<Cloud>),
) -> World {
    listener::listen();
    let cloud = Cloud::new(seed, script.start);
    prepare(&cloud);
    let scale = if script.days > 0 { Scale::Days(script.days) } else { Scale::Hours };
    let mut world = World::calm(cloud, scale, functions, zone);
    if world.cloud.faults.stopped_at() == i64::MAX {
        world.cloud.faults.stop_at(world.cloud.engine.now_ms());
    }
    world.is_scripted = true;
    world.add_person(Person { by_queue: script.by_queue, phone: script.phone, ..Person::default() });
    for (at_s, meaning) in &script.texts {
        world.plan(at_s * 1000, PlannedEvent::SendText(0, meaning.clone()));
    }
    for at_s in &script.calls_to_service {
        world.plan(at_s * 1000, PlannedEvent::CallToService(0));
    }
    world.plan_first_sweep();
    world
}
