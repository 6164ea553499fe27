//! The budget of calls an hour: when it is used up, texts replace calls until the next hour.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use reminder::outgoing_text::TextKind;
use reminder::policy::Rate;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Due, Habit, Manners, Meaning, Phone, Reply};
use simulation::world::script::{Script, act, act_among};
use simulation::world::{Remains, START, ZONE};

/// Number of calls an hour that are expected in each test.
const BUDGET: u32 = 4;

#[test]
fn unconfirmed_numbers_get_half_of_the_budget_and_texts_replace_their_other_calls() {
    let rate = Rate { calls_per_hour: 2 * BUDGET, ..Rate::DEFAULT };
    let (Ok(functions), Ok(zone)) = (Functions::at_rate(rate), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    let script = Script {
        start: START,
        phone: Phone { habit: Habit::Never, ..Phone::default() },
        by_queue: false,
        texts: Vec::new(),
        calls_to_service: Vec::new(),
        days: 0,
    };
    // Each reminder rings three times: twice three calls in the first hour, one reminder without any call, and three
    // calls in the second hour.
    let minutes = [5, 6, 30, 65];
    let strangers = [(10, "buy milk"), (20, "feed the cat"), (30, "call mom"), (40, "open the door")].into_iter();
    let strangers = strangers
        .zip(minutes)
        .map(|((at_s, task), minutes)| (at_s, Meaning::Remind { task: task.to_owned(), due: Due::In(minutes) }));
    let remains = act_among(1, &script, strangers.collect(), &functions, &zone);
    // Half of the budget is left, so no line says that the calls of the hour are used up.
    assert_eq!(calls_and_alarms(&remains), (BTreeMap::from([(0, BUDGET), (1, 3)]), BTreeMap::new()));
    let table = remains.cloud.table.borrow();
    let texts = table.outgoing_texts().filter(|text| matches!(text.kind, TextKind::InsteadOfCall(_))).count();
    assert_eq!(texts, minutes.len(), "expected a text for each reminder");
    let ended: Vec<bool> = table.reminders().map(|reminder| reminder.state().is_none()).collect();
    assert_eq!(ended, [true; 4], "expected that each reminder has ended");
}

#[test]
fn a_confirmed_number_gets_the_whole_budget_and_one_alarm_reports_that_it_is_used_up() {
    let rate = Rate { calls_per_hour: BUDGET, ..Rate::DEFAULT };
    let (Ok(functions), Ok(zone)) = (Functions::at_rate(rate), TimeZone::get(ZONE)) else {
        panic!("the configuration is valid")
    };
    // The person confirms their number on the first call. Each further reminder would ring three times.
    let phone = Phone { habit: Habit::Once(5000), manners: Manners::Same(Reply::Press('1', 4000)), ..Phone::default() };
    let remind = |task: &str, minutes| Meaning::Remind { task: task.to_owned(), due: Due::In(minutes) };
    let texts = vec![(10, remind("buy milk", 2)), (300, remind("feed the cat", 5)), (310, remind("call mom", 20))];
    let script = Script { start: START, phone, by_queue: false, texts, calls_to_service: Vec::new(), days: 0 };
    let remains = act(1, &script, &functions, &zone, |_| ());
    let expected = (BTreeMap::from([(0, BUDGET)]), BTreeMap::from([(0, 1)]));
    assert_eq!(calls_and_alarms(&remains), expected);
}

/// How many calls were requested, and how many alarms say that the budget is used up, in each hour after the start.
fn calls_and_alarms(remains: &Remains) -> (BTreeMap<i64, u32>, BTreeMap<i64, u32>) {
    let (mut calls, mut alarms) = (BTreeMap::new(), BTreeMap::new());
    for entry in &remains.entries {
        let hour = (entry.at_ms - START.as_millisecond()) / 3_600_000;
        match &entry.seen {
            Observation::CallRequested { .. } => *calls.entry(hour).or_default() += 1,
            Observation::Alarm { words, .. } if words.contains("the calls of this hour are used up") => {
                *alarms.entry(hour).or_default() += 1;
            }
            _ => {}
        }
    }
    (calls, alarms)
}
