//! What many worlds came to, added up.

use std::collections::BTreeMap;

use crate::checker::{Breach, Judgement, Outcome};
use crate::fault_profile::FaultProfile;
use crate::faults::Fault;
use crate::transitions_seen::{ENOUGH, TransitionsSeen};
use crate::world::Remains;

/// Sums over worlds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Worlds.
    pub worlds: u64,
    /// Reminders, each from its text to its end.
    pub histories: u64,
    /// How often each fault struck, and in how many worlds.
    pub faults: BTreeMap<Fault, (u64, u64)>,
    /// How occurrences of what was promised ended.
    pub ends: BTreeMap<Outcome, u64>,
    /// Which arms of the life cycle were gone through.
    pub arms: TransitionsSeen,
    /// Worlds of each kind.
    pub moods: BTreeMap<String, u64>,
    /// The most writes of one reminder: without faults, and with.
    pub most_writes: (u32, u32),
    /// The most messages about one thing.
    pub most_messages: u32,
    /// Invocations of functions.
    pub invocations: u64,
    /// The most invocations of one world, and its seed.
    pub busiest: (u64, u64),
    /// The first breaches of each guarantee, by seed.
    pub breaches: BTreeMap<(&'static str, u64), String>,
    /// Worlds with a breach.
    pub broken: u64,
}

/// How many breaches of each guarantee are kept.
const KEPT: usize = 4;

impl Tally {
    /// Adds a world.
    pub fn add(&mut self, seed: u64, remains: &Remains, judgement: Judgement) {
        self.worlds += 1;
        self.histories += remains.reminders;
        self.invocations += remains.invocations;
        let most = remains.cloud.sent.borrow().values().copied().max().unwrap_or(0);
        self.most_messages = self.most_messages.max(most);
        self.busiest = self.busiest.max((remains.invocations, seed));
        for fault in Fault::ALL {
            let struck = remains.cloud.faults.struck(fault);
            if struck > 0 {
                let sum = self.faults.entry(fault).or_insert((0, 0));
                *sum = (sum.0 + u64::from(struck), sum.1 + 1);
            }
        }
        for outcome in judgement.outcomes {
            *self.ends.entry(outcome).or_insert(0) += 1;
        }
        *self.moods.entry(format!("{:?}", remains.profile_of_faults)).or_insert(0) += 1;
        *self.moods.entry(remains.scale.name().to_owned()).or_insert(0) += 1;
        let most = remains.writes.iter().map(|(_, writes)| *writes).max().unwrap_or(0);
        let place = if remains.profile_of_faults == FaultProfile::Calm {
            &mut self.most_writes.0
        } else {
            &mut self.most_writes.1
        };
        *place = most.max(*place);
        self.broke(seed, judgement.breaches);
    }

    /// Counts what was found in a world.
    pub fn broke(&mut self, seed: u64, breaches: Vec<Breach>) {
        self.broken += u64::from(!breaches.is_empty());
        for breach in breaches {
            self.breaches.entry((breach.guarantee, seed)).or_insert(breach.what);
        }
        self.forget();
    }

    /// What so many histories should have shown and did not: an arm of the life cycle, a fault in a hundredth of the
    /// worlds.
    pub fn shortfalls(&self) -> Vec<String> {
        let mut short = self.arms.left_out(self.histories);
        if self.histories >= ENOUGH {
            for fault in Fault::ALL {
                let worlds = self.faults.get(&fault).map_or(0, |(_, worlds)| *worlds);
                if worlds * 100 < self.worlds {
                    short.push(format!("{:?} struck in {worlds} of {} worlds, expected 1%", fault.name(), self.worlds));
                }
            }
        }
        short
    }

    /// What all of it came to in one line, for programs.
    pub fn verdict(&self) -> String {
        let (histories, worlds) = (self.histories, self.worlds);
        match self.breaches.keys().next() {
            None if !self.shortfalls().is_empty() => {
                let short = self.shortfalls().len();
                format!("verdict: short shortfalls={short} histories={histories} worlds={worlds}")
            }
            None => format!("verdict: held histories={histories} worlds={worlds}"),
            Some((guarantee, seed)) => {
                format!("verdict: broken guarantee={guarantee} seed={seed} histories={histories} worlds={worlds}")
            }
        }
    }

    /// Adds what another thread added up.
    pub fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.histories += other.histories;
        self.broken += other.broken;
        self.invocations += other.invocations;
        self.busiest = self.busiest.max(other.busiest);
        self.most_messages = self.most_messages.max(other.most_messages);
        for (fault, (struck, worlds)) in other.faults {
            let sum = self.faults.entry(fault).or_insert((0, 0));
            *sum = (sum.0 + struck, sum.1 + worlds);
        }
        for (outcome, count) in other.ends {
            *self.ends.entry(outcome).or_insert(0) += count;
        }
        for (profile_of_faults, count) in other.moods {
            *self.moods.entry(profile_of_faults).or_insert(0) += count;
        }
        self.arms.merge(&other.arms);
        self.most_writes.0 = self.most_writes.0.max(other.most_writes.0);
        self.most_writes.1 = self.most_writes.1.max(other.most_writes.1);
        self.breaches.extend(other.breaches);
        self.forget();
    }

    /// Keeps the first few breaches of each guarantee.
    fn forget(&mut self) {
        let mut kept = BTreeMap::new();
        self.breaches.retain(|(guarantee, _), _| {
            let count = kept.entry(*guarantee).or_insert(0);
            *count += 1;
            *count <= KEPT
        });
    }

    /// The tables, for people.
    pub fn tables(&self) -> String {
        let mut lines = vec![format!("{} worlds, {} histories", self.worlds, self.histories), String::new()];
        lines.push(format!("{:<44} {:>12} {:>8}", "fault", "struck", "worlds"));
        for fault in Fault::ALL {
            let (struck, worlds) = self.faults.get(&fault).copied().unwrap_or((0, 0));
            lines.push(format!("{:<44} {struck:>12} {:>7.1}%", fault.name(), percent(worlds, self.worlds)));
        }
        let row = |name: &str, count: u64, all| format!("{name:<44} {count:>12} {:>7.1}%", percent(count, all));
        let all = self.ends.values().sum();
        lines.extend([String::new(), "outcome of an occurrence that was promised".to_owned()]);
        lines.extend(self.ends.iter().map(|(outcome, count)| row(&format!("{outcome:?}"), *count, all)));
        lines.extend([String::new(), "kind of world".to_owned()]);
        lines.extend(self.moods.iter().map(|(profile_of_faults, count)| row(profile_of_faults, *count, self.worlds)));
        lines.push(String::new());
        lines.extend(self.arms.table());
        lines.push("hardly or never gone through:".to_owned());
        lines.extend(TransitionsSeen::excuses());
        let (calm, rough) = self.most_writes;
        lines.extend([String::new(), format!("writes of one reminder, at most: {calm} without faults, {rough} with")]);
        lines.push(format!("messages about one wake-up or text, at most: {}", self.most_messages));
        let (most, seed) = self.busiest;
        lines.push(format!("invocations: {}, {most} of them in the world of seed {seed}", self.invocations));
        lines.join("\n")
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one digit")]
fn percent(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 }
}
