//! The budget of calls an hour: when it is used up, texts replace calls until the next hour.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use reminder::outgoing_text::TextKind;
use reminder::policy::Rate;
use simulation::functions::Functions;
use simulation::history::Observation;
use simulation::people::{Due, Habit, Meaning, Phone};
use simulation::world::script::{Script, act_among};
use simulation::world::{START, ZONE};

/// Maximum number of calls an hour.
const BUDGET: u32 = 4;

#[test]
fn calls_beyond_the_budget_of_an_hour_are_replaced_by_texts_and_one_alarm_reports_it() {
    let rate = Rate { calls_per_hour: BUDGET, ..Rate::DEFAULT };
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
    let mut calls: BTreeMap<i64, u32> = BTreeMap::new();
    let mut alarms: BTreeMap<i64, u32> = BTreeMap::new();
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
    assert_eq!(calls, BTreeMap::from([(0, BUDGET), (1, 3)]));
    assert_eq!(alarms, BTreeMap::from([(0, 1)]));
    let table = remains.cloud.table.borrow();
    let texts = table.outgoing_texts().filter(|text| matches!(text.kind, TextKind::InsteadOfCall(_))).count();
    assert_eq!(texts, minutes.len(), "expected a text for each reminder");
    let ended: Vec<bool> = table.reminders().map(|reminder| reminder.state().is_none()).collect();
    assert_eq!(ended, [true; 4], "expected that each reminder has ended");
}
