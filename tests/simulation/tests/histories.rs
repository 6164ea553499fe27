//! A slice of the simulation: some thousand reminders, from their texts to their ends, under every fault there is.

use std::rc::Rc;

use jiff::tz::TimeZone;
use simulation::checker::{self, Outcome};
use simulation::fakes::{Cloud, Conditions};
use simulation::functions::Functions;
use simulation::tally::Tally;
use simulation::world::{self, ZONE};

/// Where the slice begins; any seed may, `cargo simulate` goes through all of them.
const FIRST_SEED: u64 = 1;

/// Judges worlds from this seed on until so many histories are through.
fn judged(first_seed: u64, histories: u64) -> Tally {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else { panic!("settings are in order") };
    let mut tally = Tally::default();
    for seed in first_seed.. {
        let remains = world::run(seed, &functions, &zone, |_| ());
        let judgement = checker::judge(&remains);
        let breaches = &judgement.breaches;
        assert!(breaches.is_empty(), "`cargo simulate --seed {seed}` tells the story of {breaches:#?}");
        tally.add(seed, &remains, judgement);
        if tally.histories >= histories {
            break;
        }
    }
    tally
}

#[test]
fn every_reminder_comes_to_one_end_whatever_goes_wrong() {
    let tally = judged(FIRST_SEED, 1500);
    for end in [Outcome::Heard, Outcome::Unconfirmed, Outcome::Missed, Outcome::Cancelled, Outcome::Failed] {
        assert!(tally.ends.contains_key(&end), "no reminder ended {end:?}: {:?}", tally.ends);
    }
}

#[test]
fn a_seed_replays_exactly() {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else { panic!("settings are in order") };
    for seed in 7000..7020 {
        let quiet = world::run(seed, &functions, &zone, |_| ());
        let wordy = world::run(seed, &functions, &zone, |cloud| cloud.history.tell_all());
        assert_eq!(quiet.entries, wordy.entries, "seed {seed}");
        assert_eq!(quiet.live_afterwards, wordy.live_afterwards, "seed {seed}");
    }
}

#[test]
fn a_store_that_does_not_look_at_versions_is_caught() {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else { panic!("settings are in order") };
    let unfenced = |cloud: &Rc<Cloud>| cloud.conditions.set(Conditions::VersionUnseen);
    let caught = (FIRST_SEED..FIRST_SEED + 3000).find(|seed| {
        let remains = world::run(*seed, &functions, &zone, unfenced);
        checker::judge(&remains).breaches.iter().any(|breach| breach.guarantee != "bound")
    });
    assert!(caught.is_some(), "3000 worlds without version conditions, and nothing is amiss");
}
