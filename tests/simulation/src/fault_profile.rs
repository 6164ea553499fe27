//! What kind of world a seed gives: how much of what goes wrong in it, and until when.

use std::rc::Rc;

use reminder::channel::ChannelKind;

use crate::fakes::{Cloud, QueueName};
use crate::faults::Fault;

/// How bad a world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultProfile {
    /// Nothing goes wrong, but for poison and opt-outs that the carrier alone knows.
    Calm,
    /// Some kinds of things go wrong, some of the time.
    Rough,
    /// Few things go wrong, almost always.
    Stubborn,
}

/// What lasts for a while when it happens, and how long at most, in milliseconds.
const OUTAGES: [(Fault, i64); 4] = [
    (Fault::StoreDown, 900_000),
    (Fault::QueueDown, 900_000),
    (Fault::SchedulerDown, 10_800_000),
    (Fault::CarrierDown, 3_600_000),
];

/// Sets what goes wrong in this world, from now until `until_ms`.
pub fn set(cloud: &Rc<Cloud>, until_ms: i64) -> FaultProfile {
    let engine = &cloud.engine;
    cloud.faults.stop_at(until_ms);
    cloud.carriers.set(if engine.chance(5000) { 2 } else { 1 });
    let profile_of_faults = match engine.between(0, 99) {
        0..=9 => FaultProfile::Calm,
        10..=84 => FaultProfile::Rough,
        _ => FaultProfile::Stubborn,
    };
    let (kinds, rates): (u32, &[u32]) = match profile_of_faults {
        FaultProfile::Calm => (0, &[]),
        FaultProfile::Rough => (3000, &[100, 300, 1000, 2500]),
        FaultProfile::Stubborn => (700, &[6000, 9000]),
    };
    for fault in Fault::ALL {
        let lasts = fault == Fault::SecondCarrierDown || OUTAGES.iter().any(|(outage, _)| *outage == fault);
        if fault != Fault::Poison && !lasts && engine.chance(kinds) {
            let rate = engine.one_of(rates).unwrap_or(0);
            cloud.faults.set(fault, rate.min(most(fault)));
        }
    }
    if profile_of_faults != FaultProfile::Calm {
        outages(cloud, until_ms);
    }
    // People opt out so seldom that it would hardly ever strike at the rates of the others.
    let untold = if engine.chance(3000) { 7000 } else { 0 };
    cloud.faults.set(Fault::OptOutUntold, untold);
    if engine.chance(1500) {
        poison(cloud, until_ms);
    }
    if profile_of_faults != FaultProfile::Calm && engine.chance(1500) {
        crowds(cloud, until_ms);
    }
    profile_of_faults
}

/// How often a fault strikes at most: what makes messages more must not make them twice as many each time, or a world
/// is all messages.
fn most(fault: Fault) -> u32 {
    match fault {
        Fault::QueueTwice | Fault::ScheduleTwice => 2500,
        Fault::SendFails => 5000,
        _ => 10_000,
    }
}

fn outages(cloud: &Rc<Cloud>, until_ms: i64) {
    let engine = &cloud.engine;
    let two = cloud.carriers.get() > 1;
    for (fault, longest_ms) in OUTAGES {
        // Of two carriers one is to be needed often: they would show little otherwise.
        let often = if two && fault == Fault::CarrierDown { 4000 } else { 1200 };
        if !engine.chance(often) {
            continue;
        }
        let rate = engine.one_of(&[7000, 10_000]).unwrap_or(10_000);
        let begins_ms = engine.between(0, (until_ms - engine.now_ms()).max(0));
        let lasts_ms = engine.between(10_000, longest_ms);
        outage(cloud, fault, rate, begins_ms, lasts_ms);
        if two && fault == Fault::CarrierDown && engine.chance(8000) {
            outage(cloud, Fault::SecondCarrierDown, rate, begins_ms, lasts_ms);
        }
    }
}

/// Something is down for a while. That a carrier is, others notice too.
fn outage(cloud: &Rc<Cloud>, fault: Fault, rate: u32, begins_ms: i64, lasts_ms: i64) {
    let engine = &cloud.engine;
    for (delay_ms, rate) in [(begins_ms, rate), (begins_ms + lasts_ms, 0)] {
        let inside = Rc::clone(cloud);
        engine.act_in(delay_ms, move || inside.faults.set(fault, rate));
    }
    let which = match fault {
        Fault::CarrierDown => 0,
        Fault::SecondCarrierDown => 1,
        _ => return,
    };
    if engine.chance(7000) {
        let mut noticed_ms = engine.between(0, lasts_ms.min(60_000));
        while noticed_ms < lasts_ms {
            let inside = Rc::clone(cloud);
            engine.act_in(begins_ms + noticed_ms, move || inside.give_up(which));
            noticed_ms += 60_000;
        }
    }
}

/// People outside this world take slots.
fn crowds(cloud: &Rc<Cloud>, until_ms: i64) {
    let engine = &cloud.engine;
    for _ in 0..engine.between(1, 4) {
        let kind =
            engine.one_of(&[ChannelKind::Voice, ChannelKind::Voice, ChannelKind::Sms]).unwrap_or(ChannelKind::Voice);
        let which = usize::try_from(engine.between(0, 1)).unwrap_or(0);
        let for_ms = engine.between(1000, 1_500_000);
        let delay_ms = engine.between(0, (until_ms - engine.now_ms()).clamp(0, 7_200_000));
        let inside = Rc::clone(cloud);
        engine.act_in(delay_ms, move || inside.crowd(which, kind, for_ms));
    }
}

/// Messages that are none of ours, in both queues.
fn poison(cloud: &Rc<Cloud>, until_ms: i64) {
    /// What such messages say.
    pub(super) const BODIES: [&str; 4] = ["", "{}", "{\"v\":1,\"person\":\"x\"}", "hello"];
    let engine = &cloud.engine;
    for _ in 0..engine.between(1, 4) {
        let name = if engine.chance(5000) { QueueName::Dial } else { QueueName::Inbound };
        let body = engine.one_of(&BODIES).unwrap_or("");
        let delay_ms = engine.between(0, (until_ms - engine.now_ms()).clamp(0, 7_200_000));
        let inside = Rc::clone(cloud);
        engine.act_in(delay_ms, move || {
            inside.faults.count(Fault::Poison, inside.engine.now_ms());
            inside.enqueue(name, body.to_owned(), 0);
        });
    }
}
