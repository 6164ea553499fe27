//! More people are due at once than the pace allows to be called.

use jiff::tz::TimeZone;
use simulation::checker::{self, Outcome};
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::world::{self, ZONE};

#[test]
fn of_a_herd_as_many_are_called_as_the_pace_allows_and_the_rest_are_texted() {
    const PEOPLE: u32 = 1200;
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else { panic!("settings are in order") };
    let remains = world::herd(1, PEOPLE, &functions, &zone);
    let judgement = checker::judge(&remains);
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
    let dead = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::DeadLetter { .. })).count();
    assert_eq!(dead, 0, "nothing is dead because it waited");
    let ended = |wanted| judgement.outcomes.iter().filter(|outcome| **outcome == wanted).count();
    assert_eq!(ended(Outcome::Failed), 0, "everybody is called or texted");
    assert!(ended(Outcome::Heard) > 100 && ended(Outcome::Missed) > 300, "{:?}", judgement.outcomes);
}
