//! What happens in a chaos minute, as its seed decides it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fastrand::Rng;
use simulated_carrier::{FaultKind, ResourceKind};

/// How long things break.
pub(super) const LENGTH: Duration = Duration::from_secs(60);
/// The first texts are sent within this time.
const TEXTING_MS: u64 = 10_000;
/// Earliest and latest due of a text, in seconds after it is sent. The latest is within the minute.
const DUE_IN_S: std::ops::RangeInclusive<u64> = 5..=30;
/// When the emulated AWS is stopped, in milliseconds. By then all texts are stored, and about a third of the reminders
/// are still to come. Stopping and starting takes a few seconds more.
const AWS_STOPS_MS: std::ops::Range<u64> = 26_000..30_000;
const AWS_STOPPED_MS: std::ops::Range<u64> = 2_000..4_000;
const CARRIER_STOPS_MS: std::ops::Range<u64> = 40_000..45_000;
const CARRIER_STOPPED_MS: std::ops::Range<u64> = 3_000..5_000;
/// Functions that are killed while they work, by the names of the template's outputs, and in how many of a hundred
/// cases.
const KILLED_PERCENT: [(&str, u8); 3] = [("InboundFunction", 10), ("DialerFunction", 12), ("CallbackFunction", 6)];
/// A minute has fewer moments than this in which one function works.
const MOMENTS: usize = 200;
/// In one of so many first moments, each function is killed.
const FIRST_MOMENTS: usize = 8;
/// Faults of the carrier. Each affects one person.
const FAULTS: [(FaultKind, u32, Option<ResourceKind>); 8] = [
    (FaultKind::DoubleWebhook, 3, None),
    (FaultKind::DoubleWebhook, 2, None),
    (FaultKind::LoseWebhook, 1, None),
    (FaultKind::LoseWebhook, 2, None),
    (FaultKind::Reorder, 1, None),
    (FaultKind::Busy, 1, None),
    (FaultKind::Http429, 1, Some(ResourceKind::Calls)),
    (FaultKind::CloseAfterAccept, 1, Some(ResourceKind::Calls)),
];

/// What happens in a chaos minute. The same seed always gives the same plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// When each person texts, and in how many seconds the reminder is due.
    pub texts: Vec<(Duration, u64)>,
    /// The faults: the person's index, the kind, how often, and of what.
    pub faults: Vec<(usize, FaultKind, u32, Option<ResourceKind>)>,
    /// When the emulated AWS is stopped, and for how long.
    pub aws_stopped: (Duration, Duration),
    /// When the carrier is stopped, and for how long.
    pub carrier_stopped: (Duration, Duration),
    /// The moments in which a working function is killed: its third, its seventh.
    kills: BTreeMap<&'static str, BTreeSet<usize>>,
}

impl Plan {
    /// Returns the plan of a seed for this many people.
    #[must_use]
    pub fn of(seed: u64, people: usize) -> Self {
        let mut random = Rng::with_seed(seed);
        let texts = (0..people).map(|_| (Duration::from_millis(random.u64(0..TEXTING_MS)), random.u64(DUE_IN_S)));
        let mut texts: Vec<_> = texts.collect();
        texts.sort();
        let mut affected: Vec<usize> = (0..people).collect();
        random.shuffle(&mut affected);
        let faults =
            FAULTS.iter().zip(affected).map(|((kind, times, of), person)| (person, *kind, *times, *of)).collect();
        let mut stop = |at: std::ops::Range<u64>, length: std::ops::Range<u64>| {
            (Duration::from_millis(random.u64(at)), Duration::from_millis(random.u64(length)))
        };
        let aws_stopped = stop(AWS_STOPS_MS, AWS_STOPPED_MS);
        let carrier_stopped = stop(CARRIER_STOPS_MS, CARRIER_STOPPED_MS);
        let kills = KILLED_PERCENT
            .iter()
            .map(|(function, percent)| {
                let mut moments: BTreeSet<usize> = (1..MOMENTS).filter(|_| random.u8(0..100) < *percent).collect();
                // Every minute kills each function, also with a seed of few kills.
                moments.insert(random.usize(1..=FIRST_MOMENTS));
                (*function, moments)
            })
            .collect();
        Self { texts, faults, aws_stopped, carrier_stopped, kills }
    }

    /// Returns whether a function is killed when it works for the `moment`th time, counted from 1.
    #[must_use]
    pub fn kills(&self, function: &str, moment: usize) -> bool {
        self.kills.get(function).is_some_and(|moments| moments.contains(&moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_plan_and_another_seed_another() {
        assert_eq!(Plan::of(7, 20), Plan::of(7, 20));
        assert_ne!(Plan::of(7, 20), Plan::of(8, 20));
    }

    #[test]
    fn every_plan_has_all_dues_and_outages_within_its_minute_and_kills_each_function() {
        for seed in 0..200 {
            let plan = Plan::of(seed, 20);
            assert_eq!(plan.texts.len(), 20);
            assert!(plan.texts.iter().all(|(at, due_in_s)| *at + Duration::from_secs(*due_in_s) < LENGTH), "{plan:?}");
            for (at, length) in [plan.aws_stopped, plan.carrier_stopped] {
                assert!(at + length < LENGTH, "{plan:?}");
            }
            assert!(plan.aws_stopped.0 + plan.aws_stopped.1 < plan.carrier_stopped.0, "one outage at a time: {plan:?}");
            let people: BTreeSet<usize> = plan.faults.iter().map(|(person, ..)| *person).collect();
            assert_eq!(people.len(), FAULTS.len(), "one fault for each person");
            for (function, _) in KILLED_PERCENT {
                assert!((1..=20).any(|moment| plan.kills(function, moment)), "seed {seed} kills no {function}");
            }
        }
    }
}
