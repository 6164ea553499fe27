//! More reminders are due at the same second than can be called at the allowed rate within the maximum lateness.

use jiff::tz::TimeZone;
use simulation::checker::{self, OccurrenceEnd};
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::world::{self, ZONE};

#[test]
fn a_herd_is_called_at_the_allowed_rate_and_the_rest_are_texted() {
    const PEOPLE: u32 = 1200;
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let remains = world::herd(1, PEOPLE, &functions, &zone);
    let judgement = checker::judge(&remains);
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
    let dead = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::DeadLetter { .. })).count();
    assert_eq!(dead, 0, "waiting for a slot must not lead to a dead letter");
    let ended = |wanted| judgement.ends.iter().filter(|end| **end == wanted).count();
    assert_eq!(ended(OccurrenceEnd::Failed), 0, "expected every person to be called or texted");
    assert!(ended(OccurrenceEnd::Heard) > 100 && ended(OccurrenceEnd::Missed) > 300, "{:?}", judgement.ends);
}
