//! Adds up the results of many worlds, and formats them as tables.

use std::collections::BTreeMap;

use crate::checker::{Breach, Judgement, OccurrenceEnd, Shares};
use crate::fault_profile::FaultProfile;
use crate::faults::Fault;
use crate::transitions_seen::{ENOUGH, TransitionsSeen};
use crate::world::Remains;

/// Sums over many worlds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Number of worlds.
    pub worlds: u64,
    /// Number of reminders, each followed from its text to its end.
    pub histories: u64,
    /// How often each fault was injected, and in how many worlds.
    pub faults: BTreeMap<Fault, (u64, u64)>,
    /// How many occurrences of promised reminders ended in each way.
    pub ends: BTreeMap<OccurrenceEnd, u64>,
    /// Number of judged and of excused cases.
    pub shares: Shares,
    /// The transitions of the lifecycle that were taken.
    pub transitions: TransitionsSeen,
    /// Number of worlds of each fault profile and of each scale.
    pub worlds_by_kind: BTreeMap<String, u64>,
    /// Largest number of writes of one reminder in calm worlds, and in all other worlds.
    pub most_writes: (u32, u32),
    /// Largest number of messages about one wake-up or text.
    pub most_messages: u32,
    /// Number of function invocations.
    pub invocations: u64,
    /// Largest number of invocations in one world, and its seed.
    pub busiest: (u64, u64),
    /// For each guarantee, a breach in each of the first worlds that broke it. The key is the guarantee and the seed.
    pub breaches: BTreeMap<(&'static str, u64), String>,
    /// Number of worlds with a breach.
    pub broken: u64,
    /// Number of breaches of each guarantee.
    pub breach_counts: BTreeMap<&'static str, u64>,
}

/// How many breaches of each guarantee are kept for printing.
const KEPT: usize = 50;

impl Tally {
    /// Adds the result of a world.
    pub fn add(&mut self, seed: u64, remains: &Remains, judgement: Judgement) {
        self.worlds += 1;
        self.histories += remains.reminders;
        self.invocations += remains.invocations;
        let messages = remains.cloud.sent.borrow().values().copied().max().unwrap_or(0);
        self.most_messages = self.most_messages.max(messages);
        self.busiest = self.busiest.max((remains.invocations, seed));
        for fault in Fault::ALL {
            let injected = remains.cloud.faults.injected(fault);
            if injected > 0 {
                let sum = self.faults.entry(fault).or_insert((0, 0));
                *sum = (sum.0 + u64::from(injected), sum.1 + 1);
            }
        }
        for end in judgement.ends {
            *self.ends.entry(end).or_insert(0) += 1;
        }
        self.shares.merge(judgement.shares);
        *self.worlds_by_kind.entry(format!("{:?}", remains.fault_profile)).or_insert(0) += 1;
        *self.worlds_by_kind.entry(remains.scale.name().to_owned()).or_insert(0) += 1;
        let writes = remains.costs.iter().map(|(_, costs)| costs.item_writes()).max().unwrap_or(0);
        let most =
            if remains.fault_profile == FaultProfile::Calm { &mut self.most_writes.0 } else { &mut self.most_writes.1 };
        *most = writes.max(*most);
        self.broke(seed, judgement.breaches);
    }

    /// Adds the breaches of a world.
    pub fn broke(&mut self, seed: u64, breaches: Vec<Breach>) {
        self.broken += u64::from(!breaches.is_empty());
        for breach in breaches {
            *self.breach_counts.entry(breach.guarantee).or_insert(0) += 1;
            self.breaches.entry((breach.guarantee, seed)).or_insert(breach.description);
        }
        self.forget();
    }

    /// Returns the transitions, shares and faults that a run of this length should have covered but did not, and the
    /// transitions that were taken although they can't happen. A long run must take every transition that is not listed
    /// as rare, and inject every fault in at least 1% of the worlds.
    pub fn shortfalls(&self) -> Vec<String> {
        let mut missing = self.transitions.unexpected(self.histories);
        missing.extend(self.shares.shortfalls(self.histories));
        if self.histories >= ENOUGH {
            for fault in Fault::ALL {
                let worlds = self.faults.get(&fault).map_or(0, |(_, worlds)| *worlds);
                if worlds * 100 < self.worlds {
                    missing.push(format!(
                        "{:?} was injected in {worlds} of {} worlds, expected 1%",
                        fault.name(),
                        self.worlds
                    ));
                }
            }
        }
        missing
    }

    /// Returns the verdict as one line that a program can parse.
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

    /// Returns the number of breaches of each guarantee as one line that a program can parse.
    pub fn breach_line(&self) -> String {
        let counts = self.breach_counts.iter().map(|(guarantee, count)| format!(" {guarantee}={count}"));
        format!("breaches:{}", counts.collect::<String>())
    }

    /// Adds the sums of another thread.
    pub fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.histories += other.histories;
        self.broken += other.broken;
        self.invocations += other.invocations;
        self.busiest = self.busiest.max(other.busiest);
        self.most_messages = self.most_messages.max(other.most_messages);
        for (fault, (injected, worlds)) in other.faults {
            let sum = self.faults.entry(fault).or_insert((0, 0));
            *sum = (sum.0 + injected, sum.1 + worlds);
        }
        for (end, count) in other.ends {
            *self.ends.entry(end).or_insert(0) += count;
        }
        self.shares.merge(other.shares);
        for (kind, count) in other.worlds_by_kind {
            *self.worlds_by_kind.entry(kind).or_insert(0) += count;
        }
        self.transitions.merge(&other.transitions);
        self.most_writes.0 = self.most_writes.0.max(other.most_writes.0);
        self.most_writes.1 = self.most_writes.1.max(other.most_writes.1);
        for (guarantee, count) in other.breach_counts {
            *self.breach_counts.entry(guarantee).or_insert(0) += count;
        }
        self.breaches.extend(other.breaches);
        self.forget();
    }

    /// Keeps only the first breaches of each guarantee.
    fn forget(&mut self) {
        let mut kept = BTreeMap::new();
        self.breaches.retain(|(guarantee, _), _| {
            let count = kept.entry(*guarantee).or_insert(0);
            *count += 1;
            *count <= KEPT
        });
    }

    /// Returns the tables to print.
    pub fn tables(&self) -> String {
        let mut lines = vec![format!("{} worlds, {} histories", self.worlds, self.histories), String::new()];
        lines.push(format!("{:<44} {:>12} {:>8}", "fault", "injected", "worlds"));
        for fault in Fault::ALL {
            let (injected, worlds) = self.faults.get(&fault).copied().unwrap_or((0, 0));
            lines.push(format!("{:<44} {injected:>12} {:>7.1}%", fault.name(), percent(worlds, self.worlds)));
        }
        let row = |name: &str, count: u64, all| format!("{name:<44} {count:>12} {:>7.1}%", percent(count, all));
        let all = self.ends.values().sum();
        lines.extend([String::new(), "end of a promised occurrence".to_owned()]);
        lines.extend(self.ends.iter().map(|(end, count)| row(&format!("{end:?}"), *count, all)));
        lines.push(String::new());
        lines.extend(self.shares.table());
        lines.extend([String::new(), "worlds by faults and by size".to_owned()]);
        lines.extend(self.worlds_by_kind.iter().map(|(kind, count)| row(kind, *count, self.worlds)));
        lines.push(String::new());
        lines.extend(self.transitions.table());
        lines.push("transitions that are taken rarely or never:".to_owned());
        lines.extend(TransitionsSeen::rare_transitions());
        let (calm, rough) = self.most_writes;
        lines.extend([
            String::new(),
            format!("most writes of one reminder: {calm} in calm worlds, {rough} in all other worlds"),
        ]);
        lines.push(format!("most messages about one wake-up or text: {}", self.most_messages));
        let (most, seed) = self.busiest;
        lines.push(format!("invocations: {}; most in one world: {most} (seed {seed})", self.invocations));
        lines.join("\n")
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is shown with one decimal")]
fn percent(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 }
}
