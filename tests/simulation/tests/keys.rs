//! Keys on the first call to a number that has never pressed a key.

use std::rc::Rc;

use jiff::civil::time;
use jiff::tz::TimeZone;
use simulation::checker::made_ms;
use simulation::fakes::Cloud;
use simulation::faults::Fault;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Due, Habit, Machine, Manners, Meaning, Phone, Reply, Rhythm};
use simulation::world::script::{Script, act};
use simulation::world::{Remains, START, ZONE};

/// Runs a world in which a person sends these texts, and presses this key on each call.
fn run_with_key(digit: char, seed: u64, texts: Vec<(i64, Meaning)>, prepare: impl FnOnce(&Rc<Cloud>)) -> Remains {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let manners = Manners::Same(Reply::Press(digit, 4000));
    let script = Script {
        start: START,
        phone: Phone { machine: Machine::None, habit: Habit::Always(3000), manners },
        by_queue: false,
        texts,
        calls_to_service: Vec::new(),
        days: 0,
    };
    act(seed, &script, &functions, &zone, prepare)
}

fn remind(task: &str, due: Due) -> Meaning {
    Meaning::Remind { task: task.to_owned(), due }
}

#[test]
fn key_1_confirms_a_number_even_if_its_write_has_a_conflict() {
    for seed in 0..150 {
        let remains = run_with_key('1', seed, vec![(0, remind("take the pills", Due::In(5)))], |cloud| {
            cloud.faults.stop_at(cloud.engine.now_ms() + 3_600_000);
            cloud.faults.set(Fault::SpuriousConflict, 500);
        });
        let table = remains.cloud.table.borrow();
        let confirmed: Vec<bool> = table.profiles().map(|profile| profile.confirmed_at.is_some()).collect();
        assert_eq!(confirmed, [true], "seed {seed}");
    }
}

#[test]
fn key_2_of_a_new_number_with_three_reminders_is_not_refused() {
    let daily = remind("take the pills", Due::Each(Rhythm::Day, time(7, 5, 0, 0)));
    let texts = vec![(0, daily), (10, remind("feed rabbit", Due::In(300))), (20, remind("call mom", Due::In(310)))];
    let remains = run_with_key('2', 0, texts, |_| ());
    let mut answers = remains.entries.iter().filter_map(|entry| match &entry.seen {
        Observation::KeyAnswered { digit: '2', words, .. } => Some(words),
        _ => None,
    });
    let first = answers.next().unwrap();
    assert!(first.starts_with("OK, I'll call you again in 10 minutes"), "{first:?}");
}

/// How long after its key a snoozed reminder rings again, in milliseconds.
const SNOOZED_MS: i64 = 600_000;

/// How long after its key a reminder is certainly made late, in milliseconds.
const MADE_LATE_MS: i64 = 60_000;

#[test]
fn the_ten_minutes_of_key_2_begin_when_it_is_pressed_even_if_the_function_freezes() {
    let mut stored_late = 0;
    for seed in 0..40 {
        let remains = run_with_key('2', seed, vec![(0, remind("take the pills", Due::In(5)))], |cloud| {
            cloud.faults.stop_at(cloud.engine.now_ms() + 3_600_000);
            cloud.faults.set(Fault::Freeze, 5000);
        });
        let keys = remains.entries.iter().filter(|entry| matches!(entry.seen, Observation::KeyPressed { .. }));
        let pressed_ms: Vec<i64> = keys.map(|entry| entry.at_ms).collect();
        let table = remains.cloud.table.borrow();
        for snoozed in table.reminders().filter(|reminder| reminder.number > 1) {
            let due_ms = snoozed.due.as_millisecond();
            // If the service does not store the key, the carrier posts it again, and the ten minutes begin then.
            let is_in_time = |key_ms: &i64| (0..30_000).contains(&(due_ms - key_ms - SNOOZED_MS));
            assert!(pressed_ms.iter().any(is_in_time), "seed {seed}: due at {}", snoozed.due);
            // The id was made more than a minute after the key.
            let made_ms = made_ms(snoozed.key.reminder.as_str()).unwrap();
            stored_late += usize::from(made_ms > due_ms - SNOOZED_MS + MADE_LATE_MS);
        }
    }
    assert!(stored_late > 0, "no function froze before it stored the key");
}
