//! Numbers that have never pressed a key, perhaps forged ones, do not delay the calls of a confirmed number.

use jiff::tz::TimeZone;
use simulation::checker;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Due, Habit, Machine, Manners, Meaning, Phone, Reply};
use simulation::world::script::{Script, act_among};
use simulation::world::{START, ZONE};

/// Number of strangers. At one call a second, their calls alone take the line for five minutes.
const STRANGERS: u32 = 300;

/// Minutes after the start at which the confirmed person's reminders are due.
const DUES: [i64; 5] = [30, 32, 35, 39, 43];

/// How late a call of the confirmed person may be, in milliseconds.
const LATE_MS: i64 = 5000;

fn remind(task: &str, minutes: i64) -> Meaning {
    Meaning::Remind { task: task.to_owned(), due: Due::In(minutes) }
}

#[test]
fn three_hundred_unconfirmed_numbers_do_not_delay_a_confirmed_one() {
    let (Ok(functions), Ok(zone)) = (Functions::new(), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let tasks = ["take the pills", "feed the cat", "call mom", "water the plants", "open the door"];
    let later = (600..).step_by(10).zip(DUES.iter().zip(tasks));
    let later = later.map(|(at_s, (minutes, task))| (at_s, remind(task, minutes - 10)));
    let script = Script {
        start: START,
        phone: Phone {
            machine: Machine::None,
            habit: Habit::Always(3000),
            manners: Manners::Same(Reply::Press('1', 4000)),
        },
        by_queue: false,
        // The key on the first call confirms the number.
        texts: [(0, remind("buy milk", 2))].into_iter().chain(later).collect(),
        calls_to_service: Vec::new(),
        days: 0,
    };
    // The reminders of the strangers are due in the minute before the person's.
    let strangers = (0..STRANGERS).map(|index| {
        let letter = |number: u32| char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
        (i64::from(index / 5), remind(&format!("feed rabbit q{}{}", letter(index / 26), letter(index)), 29))
    });
    let remains = act_among(1, &script, strangers.collect(), &functions, &zone);
    let judgement = checker::judge(&remains);
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
    let table = remains.cloud.table.borrow();
    let confirmed: Vec<_> = table.profiles().filter(|profile| profile.confirmed_at.is_some()).collect();
    assert_eq!(confirmed.len(), 1);
    let own = table.reminders().filter(|reminder| reminder.key.person == confirmed[0].person);
    let late_ms = own.map(|reminder| {
        let first_ms = remains.entries.iter().find_map(|entry| match &entry.seen {
            Observation::CallRequested { route, .. } => (route.key == reminder.key).then_some(entry.at_ms),
            _ => None,
        });
        first_ms.unwrap_or(i64::MAX) - reminder.due.as_millisecond()
    });
    let late_ms: Vec<_> = late_ms.collect();
    assert_eq!(late_ms.len(), DUES.len() + 1);
    assert!(late_ms.iter().all(|late_ms| *late_ms < LATE_MS), "expected less than {LATE_MS} ms, found {late_ms:?}");
}
