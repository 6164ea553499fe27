//! The directed cases replay exactly, and the world behaves in them as phones, carriers and AWS do.

use std::rc::Rc;

use jiff::tz::TimeZone;
use simulation::cases::{CASES, Case};
use simulation::functions::Functions;
use simulation::history::{DeadLetterCause, Observation, PickedUpBy};
use simulation::world::ZONE;

/// The observations of a case.
fn seen(case: &Case) -> Vec<Observation> {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let remains = case.run(0, &Rc::clone(&functions), &zone, |_| ());
    remains.entries.into_iter().map(|entry| entry.seen).collect()
}

fn named(name: &str) -> &'static Case {
    Case::named(name).unwrap_or_else(|| panic!("expected the case {name}, found none"))
}

#[test]
fn every_case_replays_exactly() {
    // A series that rings for a month takes too long to run twice.
    for case in CASES.iter().filter(|case| case.name != "unheard-series") {
        assert_eq!(seen(case), seen(case), "{}", case.name);
    }
}

#[test]
fn nobody_hears_what_a_screening_phone_answers_alone() {
    let seen = seen(named("screener"));
    assert!(seen.iter().any(|fact| matches!(fact, Observation::PickedUp { by: PickedUpBy::Screener, .. })));
    assert!(!seen.iter().any(|fact| matches!(fact, Observation::Heard { .. } | Observation::Joined { .. })));
}

#[test]
fn who_joins_a_screened_call_can_press_a_key() {
    let seen = seen(named("screener-joined"));
    let joined = seen.iter().position(|fact| matches!(fact, Observation::Joined { .. }));
    let pressed = seen.iter().position(|fact| matches!(fact, Observation::KeyPressed { digit: '1', .. }));
    assert!(joined.is_some() && joined < pressed, "joined {joined:?}, pressed {pressed:?}");
}

#[test]
fn a_text_that_the_carrier_accepted_may_never_arrive() {
    let seen = seen(named("text-undelivered"));
    assert!(seen.iter().any(|fact| matches!(fact, Observation::TextUndelivered { .. })));
    assert!(!seen.iter().any(|fact| matches!(fact, Observation::TextArrived { .. })));
}

#[test]
fn lambda_stops_a_long_chain_if_the_template_does_not_allow_it() {
    let is_stopped = |fact: &Observation| matches!(fact, Observation::DeadLetter { cause: DeadLetterCause::Chain, .. });
    assert!(seen(named("chain-of-parked-texts")).iter().any(is_stopped));
    assert!(!seen(named("throttled-then-down")).iter().any(is_stopped));
}
