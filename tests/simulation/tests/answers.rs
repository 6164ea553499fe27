//! A flood of texts in the name of one number: the answers of an hour are limited, and what is not answered is not done.

use std::rc::Rc;

use jiff::tz::TimeZone;
use simulation::checker;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Due, Meaning, Phone, Place};
use simulation::world::script::{Script, act};
use simulation::world::{Remains, START, ZONE};

/// Sends these texts, one every five seconds, and checks that no guarantee is broken. Returns the remains, and how many
/// texts were answered.
fn flood(texts: impl Iterator<Item = Meaning>) -> (Remains, usize) {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let script = Script {
        start: START,
        phone: Phone::default(),
        by_queue: false,
        texts: (0..).step_by(5).zip(texts).collect(),
        calls_to_service: Vec::new(),
        days: 0,
    };
    let remains = act(1, &script, &Rc::clone(&functions), &zone, |_| ());
    let judgement = checker::judge(&remains);
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
    let is_answer = |seen: &Observation| matches!(seen, Observation::Reply { body, .. } if !body.is_empty());
    let answers = remains.entries.iter().filter(|entry| is_answer(&entry.seen)).count();
    (remains, answers)
}

#[test]
fn a_flood_of_list_gets_thirty_answers_in_an_hour() {
    let (_, answers) = flood(std::iter::repeat_n(Meaning::List, 200));
    assert_eq!(answers, 30);
}

#[test]
fn a_flood_of_zone_gets_sixty_answers_in_an_hour_and_then_a_reminder_is_not_made_but_an_opt_out_is_obeyed() {
    let zones = Place::ALL.into_iter().cycle().take(100).map(Meaning::Zone);
    let remind = Meaning::Remind { task: "take the pills".to_owned(), due: Due::In(30) };
    let (remains, answers) = flood(zones.chain([remind, Meaning::OptOut]));
    assert_eq!(answers, 60);
    assert_eq!(remains.reminders, 0);
    let table = remains.cloud.table.borrow();
    assert!(table.profiles().all(|profile| profile.consent.opted_out_at.is_some()));
}
