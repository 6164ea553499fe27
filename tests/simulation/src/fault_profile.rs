//! Sets the faults of a world: which faults, how often, and until when.

use std::rc::Rc;

use reminder::channel::ChannelKind;

use crate::events::QueueName;
use crate::fakes::Cloud;
use crate::faults::Fault;

/// How many faults a world has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultProfile {
    /// No faults, except those of ordinary use ([`Fault::is_of_people`]), poison messages, and opt-outs and opt-ins
    /// that the carrier does not report.
    Calm,
    /// Several faults. Apart from outages, most of them are injected at up to 25% of their opportunities.
    Rough,
    /// Few faults. Most of them are injected at 60% or 90% of their opportunities.
    Stubborn,
}

/// Outages, which are faults that last for some time, each with its maximum duration in milliseconds.
const OUTAGES: [(Fault, i64); 4] = [
    (Fault::StoreDown, 900_000),
    (Fault::QueueDown, 900_000),
    (Fault::SchedulerDown, 10_800_000),
    (Fault::CarrierDown, 3_600_000),
];

/// How often a rough world has a kind of fault, in 1/10 000.
const ROUGH_KINDS: u32 = 3000;

/// The rates of a fault in a rough world, in 1/10 000. One of them is chosen.
const ROUGH_RATES: [u32; 4] = [100, 300, 1000, 2500];

/// How often a world has an outage of a kind, in 1/10 000.
const OUTAGE_RATE: u32 = 1200;

/// How often a call finds the person in a call with another person, in 1/10 000.
const LINE_BUSY_RATE: u32 = 30;

/// Faults that the service and the product that it is compared with can both meet. Left out are the faults after which
/// no product can reach the person, those of the service's own records and releases, messages that SQS loses, because
/// SQS loses none, and throttled invocations, because they do not use up the tries of an asynchronous invocation.
const COMPARABLE: [Fault; 34] = [
    Fault::Crash,
    Fault::Freeze,
    Fault::Slow,
    Fault::ClockSkew,
    Fault::InitFails,
    Fault::StoreThrottled,
    Fault::SpuriousConflict,
    Fault::WriteAnswerLost,
    Fault::WriteLandsLate,
    Fault::IndexBehind,
    Fault::SendFails,
    Fault::QueueTwice,
    Fault::QueueLate,
    Fault::ScheduleFails,
    Fault::ScheduleTwice,
    Fault::ScheduleLate,
    Fault::RefusedForNow,
    Fault::RequestRefused,
    Fault::Unreachable,
    Fault::ServerError,
    Fault::ClosedBefore,
    Fault::ClosedAfter,
    Fault::CarrierLate,
    Fault::CarrierQueues,
    Fault::CallbackLost,
    Fault::CallbackTwice,
    Fault::CallbackReordered,
    Fault::CallbackLate,
    Fault::VerdictLate,
    Fault::VerdictTwice,
    Fault::VerdictNever,
    Fault::VerdictWrong,
    Fault::TextTwice,
    Fault::TextLate,
];

/// The rates of a fault in a world in which products are compared, in 1/10 000. One of them is chosen. At higher rates
/// the carrier may fail a call and each try of the text instead, and no product can reach the person.
const COMPARED_RATES: [u32; 4] = [10, 30, 100, 300];

/// Longest outage in a world in which products are compared, in milliseconds. After it, a product can still reach the
/// person within the maximum lateness.
const COMPARED_OUTAGE_MS: i64 = 300_000;

/// Sets the faults of a world in which products are compared, from now until `until_ms`. A world in which things fail
/// has about three in ten of the faults that both products can meet, at low rates, and perhaps short outages.
pub fn set_comparable(cloud: &Rc<Cloud>, fault_profile: FaultProfile, until_ms: i64) {
    let engine = &cloud.engine;
    cloud.faults.stop_at(until_ms);
    cloud.faults.set(Fault::LineBusy, LINE_BUSY_RATE);
    cloud.detects_machines.set(engine.chance(8000));
    if fault_profile == FaultProfile::Calm {
        return;
    }
    for fault in COMPARABLE {
        if engine.chance(ROUGH_KINDS) {
            cloud.faults.set(fault, engine.one_of(&COMPARED_RATES).unwrap_or(0).min(highest_rate(fault)));
        }
    }
    for (down, _) in OUTAGES {
        if engine.chance(OUTAGE_RATE) {
            let rate = engine.one_of(&[7000, 10_000]).unwrap_or(10_000);
            let begins_ms = engine.between(0, (until_ms - engine.now_ms() - COMPARED_OUTAGE_MS).max(0));
            outage(cloud, down, rate, begins_ms, engine.between(10_000, COMPARED_OUTAGE_MS));
        }
    }
}

/// Sets the faults of this world, from now until `until_ms`.
pub fn set(cloud: &Rc<Cloud>, until_ms: i64) -> FaultProfile {
    let engine = &cloud.engine;
    cloud.faults.stop_at(until_ms);
    cloud.carriers.set(if engine.chance(5000) { 2 } else { 1 });
    let fault_profile = match engine.between(0, 99) {
        0..=9 => FaultProfile::Calm,
        10..=84 => FaultProfile::Rough,
        _ => FaultProfile::Stubborn,
    };
    let (kinds, rates): (u32, &[u32]) = match fault_profile {
        FaultProfile::Calm => (0, &[]),
        FaultProfile::Rough => (ROUGH_KINDS, &ROUGH_RATES),
        FaultProfile::Stubborn => (700, &[6000, 9000]),
    };
    for fault in Fault::ALL {
        let is_outage = fault == Fault::SecondCarrierDown || OUTAGES.iter().any(|(outage, _)| *outage == fault);
        let is_planned = matches!(fault, Fault::Poison | Fault::RolledBack | Fault::TextFailsLate)
            || fault.is_of_people()
            || is_outage;
        if !is_planned && engine.chance(kinds) {
            let rate = engine.one_of(rates).unwrap_or(0);
            cloud.faults.set(fault, rate.min(highest_rate(fault)));
        }
    }
    if fault_profile != FaultProfile::Calm {
        outages(cloud, until_ms);
        capacity(cloud, until_ms);
        if engine.chance(800) {
            roll_back(cloud, until_ms);
        }
    }
    cloud.faults.set(Fault::LineBusy, LINE_BUSY_RATE);
    cloud.detects_machines.set(engine.chance(8000));
    if engine.chance(3000) {
        let reminders = usize::try_from(engine.between(2, 12)).unwrap_or(2);
        cloud.table.borrow_mut().set_page_of_reminders(reminders);
    }
    // People rarely opt out or in, so the next two faults need a higher rate than most faults.
    let unreported = if engine.chance(3000) { 7000 } else { 0 };
    cloud.faults.set(Fault::OptOutNotReported, unreported);
    let unreported = if engine.chance(3000) { 7000 } else { 0 };
    cloud.faults.set(Fault::OptInNotReported, unreported);
    // Few people are asked anything, so this fault needs a higher rate too.
    let unreadable = if fault_profile != FaultProfile::Calm && engine.chance(3000) { 7000 } else { 0 };
    cloud.faults.set(Fault::QuestionSpoiled, unreadable);
    if engine.chance(1500) {
        poison(cloud, until_ms);
    }
    if fault_profile != FaultProfile::Calm && engine.chance(1500) {
        busy_channels(cloud, until_ms);
    }
    // A world with a text that fails late lasts a day longer, so few worlds have this fault.
    if fault_profile != FaultProfile::Calm && engine.chance(500) {
        cloud.faults.set(Fault::TextFailsLate, engine.one_of(&[2500, 6000]).unwrap_or(0));
    }
    // The second carrier sends few texts, and fewer people reply to them, so this fault needs a higher rate too.
    if cloud.carriers.get() > 1 && fault_profile != FaultProfile::Calm && engine.chance(3000) {
        cloud.faults.set(Fault::SecondOptOutNotReported, 7000);
    }
    // The carrier notices most opt-outs late and reports few failures. Then the service learns of an opt-out only when
    // it asks for the status of a text, perhaps after an opt-in.
    let is_unreported = cloud.faults.rate(Fault::OptOutNotReported) > 0 && fault_profile != FaultProfile::Calm;
    if is_unreported && engine.chance(5000) {
        cloud.faults.set(Fault::TextUndeliveredOptedOut, 7000);
        cloud.faults.set(Fault::TextStatusLost, 7000);
    }
    fault_profile
}

/// Adds faults that make reports about calls late, repeated, reordered or wrong, and faults that keep calls from being
/// placed on time.
pub fn worsen_late_news(cloud: &Rc<Cloud>, until_ms: i64) {
    const OFTEN: [Fault; 14] = [
        Fault::CallbackTwice,
        Fault::CallbackReordered,
        Fault::CallbackLate,
        Fault::VerdictTwice,
        Fault::VerdictLate,
        Fault::VerdictWrong,
        Fault::QueueTwice,
        Fault::QueueLate,
        Fault::ScheduleFails,
        Fault::Freeze,
        Fault::Slow,
        Fault::CarrierLate,
        Fault::ClosedAfter,
        Fault::NumberRefused,
    ];
    let engine = &cloud.engine;
    for fault in OFTEN {
        if engine.chance(2000) {
            let rate = engine.one_of(&[1000, 2500, 6000]).unwrap_or(1000);
            cloud.faults.set(fault, rate.min(highest_rate(fault)));
        }
    }
    if engine.chance(3000) {
        busy_channels(cloud, until_ms);
    }
    if engine.chance(3000) {
        cloud.faults.set(Fault::VerdictTwice, 9000);
        cloud.faults.set(Fault::CallbackTwice, 6000);
    }
    if engine.chance(2000) {
        // Most people are taken for machines, so five occurrences in a row may count as missed although the person
        // picks up. Keys may come late.
        cloud.detects_machines.set(true);
        cloud.faults.set(Fault::VerdictWrong, MISTAKEN_RATE);
        cloud.faults.set(Fault::VerdictTwice, 9000);
        cloud.faults.set(Fault::CallbackReordered, 2500);
    }
}

/// Rate of wrong verdicts in a world whose machine detection takes people for machines, in 1/10 000.
pub const MISTAKEN_RATE: u32 = 9500;

/// The highest rate of a fault. A fault that duplicates messages must not double them each time. Otherwise their number
/// would grow without limit.
fn highest_rate(fault: Fault) -> u32 {
    match fault {
        Fault::QueueTwice | Fault::ScheduleTwice => 2500,
        Fault::SendFails => 5000,
        // A reminder that can't be read stays unreadable, and each of its writes is an opportunity for this fault.
        Fault::ReminderSpoiled => 100,
        _ => 10_000,
    }
}

fn outages(cloud: &Rc<Cloud>, until_ms: i64) {
    let engine = &cloud.engine;
    let has_two_carriers = cloud.carriers.get() > 1;
    for (fault, longest_ms) in OUTAGES {
        // If there are two carriers, the first carrier must be down often. Otherwise the second carrier is hardly used.
        let often = if has_two_carriers && fault == Fault::CarrierDown { 4000 } else { OUTAGE_RATE };
        if !engine.chance(often) {
            continue;
        }
        let rate = engine.one_of(&[7000, 10_000]).unwrap_or(10_000);
        let begins_ms = engine.between(0, (until_ms - engine.now_ms()).max(0));
        let lasts_ms = engine.between(10_000, longest_ms);
        outage(cloud, fault, rate, begins_ms, lasts_ms);
        if has_two_carriers && fault == Fault::CarrierDown && engine.chance(8000) {
            outage(cloud, Fault::SecondCarrierDown, rate, begins_ms, lasts_ms);
        }
    }
}

/// Plans an outage. If a carrier is down, requests for people outside this world may fail too, and open its breakers.
fn outage(cloud: &Rc<Cloud>, fault: Fault, rate: u32, begins_ms: i64, lasts_ms: i64) {
    let engine = &cloud.engine;
    for (delay_ms, rate) in [(begins_ms, rate), (begins_ms + lasts_ms, 0)] {
        let target = Rc::clone(cloud);
        engine.run_in(delay_ms, move || target.faults.set(fault, rate));
    }
    let which = match fault {
        Fault::CarrierDown => 0,
        Fault::SecondCarrierDown => 1,
        _ => return,
    };
    if engine.chance(7000) {
        let mut noticed_ms = engine.between(0, lasts_ms.min(60_000));
        while noticed_ms < lasts_ms {
            let target = Rc::clone(cloud);
            engine.run_in(begins_ms + noticed_ms, move || target.open_breakers(which));
            noticed_ms += 60_000;
        }
    }
}

/// In some worlds, limits how many invocations may run at once, or plans a time in which no invocation may run, because
/// other functions of the account use up the limit.
fn capacity(cloud: &Rc<Cloud>, until_ms: i64) {
    let engine = &cloud.engine;
    let lasts_ms = (until_ms - engine.now_ms()).max(0);
    if engine.chance(800) {
        set_capacity(cloud, usize::try_from(engine.between(1, 3)).unwrap_or(1), 0, lasts_ms);
    } else if engine.chance(800) {
        let begins_ms = engine.between(0, lasts_ms);
        let taken_ms = engine.between(5000, 900_000).min(lasts_ms - begins_ms);
        set_capacity(cloud, 0, begins_ms, taken_ms);
    }
}

fn set_capacity(cloud: &Rc<Cloud>, invocations: usize, begins_ms: i64, lasts_ms: i64) {
    for (delay_ms, invocations) in [(begins_ms, invocations), (begins_ms + lasts_ms, usize::MAX)] {
        let target = Rc::clone(cloud);
        cloud.engine.run_in(delay_ms, move || target.concurrency.set(invocations));
    }
}

/// Plans a time of up to half an hour in which an older release of the functions runs.
fn roll_back(cloud: &Rc<Cloud>, until_ms: i64) {
    let engine = &cloud.engine;
    let begins_ms = engine.between(60_000, (until_ms - engine.now_ms()).clamp(60_000, 7_200_000));
    let lasts_ms = engine.between(60_000, 1_800_000).min((until_ms - engine.now_ms() - begins_ms).max(0));
    let (target, same_target) = (Rc::clone(cloud), Rc::clone(cloud));
    engine.run_in(begins_ms, move || target.roll_back());
    engine.run_in(begins_ms + lasts_ms, move || same_target.roll_forward());
}

/// Plans times in which people outside this world take the slots of a channel.
fn busy_channels(cloud: &Rc<Cloud>, until_ms: i64) {
    let engine = &cloud.engine;
    for _ in 0..engine.between(1, 4) {
        let kind =
            engine.one_of(&[ChannelKind::Voice, ChannelKind::Voice, ChannelKind::Sms]).unwrap_or(ChannelKind::Voice);
        let which = usize::try_from(engine.between(0, 1)).unwrap_or(0);
        let for_ms = engine.between(1000, 1_500_000);
        let delay_ms = engine.between(0, (until_ms - engine.now_ms()).clamp(0, 7_200_000));
        let target = Rc::clone(cloud);
        engine.run_in(delay_ms, move || target.occupy(which, kind, for_ms));
    }
}

/// Plans messages that the service did not write. Each message is put on one of the two queues.
fn poison(cloud: &Rc<Cloud>, until_ms: i64) {
    /// Bodies of these messages.
    const BODIES: [&str; 4] = ["", "{}", "{\"v\":1,\"person\":\"x\"}", "hello"];
    let engine = &cloud.engine;
    for _ in 0..engine.between(1, 4) {
        let name = if engine.chance(5000) { QueueName::Dial } else { QueueName::Inbound };
        let body = engine.one_of(&BODIES).unwrap_or("");
        let delay_ms = engine.between(0, (until_ms - engine.now_ms()).clamp(0, 7_200_000));
        let target = Rc::clone(cloud);
        engine.run_in(delay_ms, move || {
            target.faults.record(Fault::Poison, target.engine.now_ms());
            target.enqueue(name, body.to_owned(), 0);
        });
    }
}
