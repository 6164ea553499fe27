//! The limit of the calls to one person within an hour: above it, texts replace the calls.

use jiff::tz::TimeZone;
use simulation::checker;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Due, Habit, Machine, Manners, Meaning, Phone, Reply};
use simulation::world::script::{Script, act};
use simulation::world::{START, ZONE};

/// Number of reminders, one every two minutes.
const REMINDERS: usize = 15;

/// Maximum number of calls to one person within an hour, by default.
const CALLS: usize = 12;

#[test]
fn a_person_who_asks_for_more_than_twelve_calls_in_an_hour_gets_texts_and_is_called_again_in_the_next_hour() {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let remind = |place: usize| {
        let task = format!("feed rabbit q{}", char::from(b'a' + u8::try_from(place).unwrap_or(0)));
        Meaning::Remind { task, due: Due::In(1) }
    };
    let mut texts: Vec<(i64, Meaning)> = (0..).step_by(120).zip((0..REMINDERS).map(remind)).collect();
    texts.push((3700, remind(REMINDERS)));
    let script = Script {
        start: START,
        phone: Phone {
            machine: Machine::None,
            habit: Habit::Always(3000),
            manners: Manners::Same(Reply::Press('1', 4000)),
        },
        by_queue: false,
        texts,
        calls_to_service: Vec::new(),
        days: 0,
    };
    let remains = act(1, &script, &functions, &zone, |_| ());
    let judgement = checker::judge(&remains);
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
    let calls = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::CallRequested { .. })).count();
    assert_eq!(calls, CALLS + 1);
    let texts: Vec<&str> = remains
        .entries
        .iter()
        .filter_map(|entry| match &entry.seen {
            Observation::TextArrived { body, .. } if body.starts_with("Sorry, I couldn't reach you") => {
                Some(body.as_str())
            }
            _ => None,
        })
        .collect();
    assert_eq!(texts.len(), REMINDERS - CALLS, "{texts:#?}");
    let naming = texts.iter().filter(|text| text.ends_with("You asked for more than 12 calls an hour.")).count();
    assert_eq!(naming, 1, "{texts:#?}");
}
