//! A short run of the simulation: at least 1500 reminders, from their texts to their ends, under random faults.

use std::rc::Rc;

use jiff::tz::TimeZone;
use simulation::checker::{self, OccurrenceEnd};
use simulation::fakes::{Cloud, Conditions};
use simulation::functions::Functions;
use simulation::tally::Tally;
use simulation::world::{self, ZONE};

/// First seed of the run. Any seed must pass; `cargo simulate` runs many more of them.
const FIRST_SEED: u64 = 1;

/// Judges worlds, beginning with `first_seed`, until `histories` reminders are judged.
fn judge_worlds(first_seed: u64, histories: u64) -> Tally {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let mut tally = Tally::default();
    for seed in first_seed.. {
        let remains = world::run(seed, &functions, &zone, |_| ());
        let judgement = checker::judge(&remains);
        let breaches = &judgement.breaches;
        assert!(breaches.is_empty(), "run `cargo simulate --seed {seed}` for the timeline of {breaches:#?}");
        tally.add(seed, &remains, judgement);
        if tally.histories >= histories {
            break;
        }
    }
    tally
}

#[test]
fn every_reminder_has_exactly_one_end_under_any_faults() {
    let tally = judge_worlds(FIRST_SEED, 1500);
    for end in [
        OccurrenceEnd::Heard,
        OccurrenceEnd::Unconfirmed,
        OccurrenceEnd::Missed,
        OccurrenceEnd::Cancelled,
        OccurrenceEnd::Failed,
    ] {
        assert!(tally.ends.contains_key(&end), "no reminder ended {end:?}: {:?}", tally.ends);
    }
}

#[test]
fn a_seed_replays_exactly() {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    for seed in 7000..7020 {
        let first = world::run(seed, &functions, &zone, |_| ());
        let traced = world::run(seed, &functions, &zone, |cloud| cloud.history.keep_timeline());
        assert_eq!(first.entries, traced.entries, "seed {seed}");
        assert_eq!(first.live_afterwards, traced.live_afterwards, "seed {seed}");
    }
}

#[test]
fn the_checker_finds_breaches_if_the_store_ignores_versions() {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let ignores_versions = |cloud: &Rc<Cloud>| cloud.conditions.set(Conditions::VersionIgnored);
    let caught = (FIRST_SEED..FIRST_SEED + 3000).find(|seed| {
        let remains = world::run(*seed, &functions, &zone, ignores_versions);
        checker::judge(&remains).breaches.iter().any(|breach| breach.guarantee != "bound")
    });
    assert!(caught.is_some(), "expected a breach in 3000 worlds without version conditions, found none");
}
