//! The comparison of the service with the usual way: the same worlds, the same people, the same judge.

use anyhow::Result;
use jiff::tz::TimeZone;
use simulation::compare::{Comparison, Pair, REMINDERS};
use simulation::fault_profile::FaultProfile;
use simulation::faults::Fault;
use simulation::functions::Functions;
use simulation::usual_way::UsualWay;
use simulation::world::ZONE;
use simulation::world::compared::{self, ComparedWorld};

/// First seed of the run. The usual way loses few reminders, and some of them in these worlds.
const FIRST_SEED: u64 = 1;

/// Number of seeds, each of which has ten reminders.
const SEEDS: u64 = 40;

#[test]
fn the_service_loses_and_doubles_nothing_and_the_usual_way_only_if_things_fail() -> Result<()> {
    let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
    let mut sum = Comparison::default();
    for seed in FIRST_SEED..FIRST_SEED + SEEDS {
        let comparison = Comparison::of_seed(seed, &functions, &zone)?;
        let Pair { service, .. } = comparison.rough;
        assert_eq!((service.lost, service.doubled), (0, 0), "seed {seed}");
        sum.add(&comparison);
    }
    let Comparison { calm, rough } = sum;
    for counts in [calm.service, calm.usual_way] {
        assert_eq!(counts.promised, SEEDS * REMINDERS, "each text is answered");
        assert_eq!((counts.lost, counts.doubled, counts.rung_after_no), (0, 0, 0));
    }
    assert_eq!(rough.service.rung_after_no, 0);
    assert!(rough.usual_way.lost > 0 && rough.usual_way.doubled > 0, "{:?}", rough.usual_way);
    // Both must have had the chance: most texts are answered in spite of the faults.
    for counts in [rough.service, rough.usual_way] {
        assert!(counts.promised * 10 > counts.asked * 9, "{counts:?}");
    }
    Ok(())
}

#[test]
fn both_products_have_the_same_people_and_the_same_kinds_of_faults() -> Result<()> {
    let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
    for fault_profile in [FaultProfile::Calm, FaultProfile::Rough] {
        let service = compared::run(3, fault_profile, &functions, &zone, |_| ());
        let usual_way = compared::run(3, fault_profile, &UsualWay::new(&zone)?, &zone, |_| ());
        assert_eq!(service.asked, usual_way.asked);
        let rates = |world: &ComparedWorld| Fault::ALL.map(|fault| world.cloud.faults.rate(fault));
        assert_eq!(rates(&service), rates(&usual_way));
        assert_eq!(service.cloud.faults.stopped_at(), usual_way.cloud.faults.stopped_at());
    }
    Ok(())
}

#[test]
fn a_comparison_replays_exactly() -> Result<()> {
    let (functions, zone) = (Functions::new()?, TimeZone::get(ZONE)?);
    for seed in 1..4 {
        let first = Comparison::of_seed(seed, &functions, &zone)?;
        assert_eq!(Comparison::of_seed(seed, &functions, &zone)?, first, "seed {seed}");
    }
    Ok(())
}
