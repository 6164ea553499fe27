//! Properties of the meaning of a text: what changes it, and what must not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::{Timestamp, tz::TimeZone};
use language::{Country, Hints, Question, Request, understand};
use proptest::prelude::*;

/// Minimum number of cases of each property. PROPTEST_CASES may ask for more.
const FEWEST_CASES: u32 = 2000;

fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: config.cases.max(FEWEST_CASES), ..config }
}

/// Instants from 2000 to 2100.
fn instant() -> impl Strategy<Value = Timestamp> {
    (946_684_800_i64..4_102_444_800).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn zone() -> impl Strategy<Value = TimeZone> {
    let names = vec!["America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"];
    prop::sample::select(names).prop_map(|name| TimeZone::get(name).unwrap())
}

/// Returns each instant at which a reminder of a request is due, with its rule.
fn instants(request: &Request) -> Vec<(Timestamp, Option<String>)> {
    match request {
        Request::Remind(wanted) => {
            wanted.iter().map(|wanted| (wanted.due, wanted.rule.as_ref().map(ToString::to_string))).collect()
        }
        Request::Ask(Question::Task { due, .. }) | Request::Time { due, .. } => vec![(*due, None)],
        _ => Vec::new(),
    }
}

/// Returns the tasks of a request, in lower case.
fn tasks(request: &Request) -> Vec<String> {
    match request {
        Request::Remind(wanted) => wanted.iter().map(|wanted| wanted.task.to_lowercase()).collect(),
        Request::Ask(Question::When { task, .. }) => vec![task.to_lowercase()],
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn courtesy_greetings_case_and_line_ends_change_no_due_no_rule_and_no_task(
        task in task(), when in when(), wrap in wrapping(), now in instant(), zone in zone(),
    ) {
        let hints = Hints { country: Country::US, question: None };
        let plain = understand(&format!("remind me to {task} {when}"), now, &zone, &hints);
        let wrapped = understand(&wrap(&format!("remind me to {task} {when}")), now, &zone, &hints);
        prop_assert_eq!(instants(&plain), instants(&wrapped), "{} {}", task, when);
        prop_assert_eq!(tasks(&plain), tasks(&wrapped), "{} {}", task, when);
    }

    #[test]
    fn no_token_of_a_time_is_left_in_a_task_beside_a_set_time(
        task in task(), when in when(), extra in doubtful(), now in instant(), zone in zone(),
    ) {
        let hints = Hints { country: Country::US, question: None };
        for text in [
            format!("{task} {when} {extra}"),
            format!("remind me {when} {extra} to {task}"),
            format!("remind me to {task} {when} {extra}"),
        ] {
            if let Request::Remind(wanted) = understand(&text, now, &zone, &hints) {
                for wanted in wanted {
                    prop_assert!(!wanted.task.contains(extra), "{:?} leaves {:?} in {:?}", text, extra, wanted.task);
                }
            }
        }
    }

    #[test]
    fn a_refusal_sets_no_reminder(when in when(), refusal in refusal(), now in instant(), zone in zone()) {
        let hints = Hints { country: Country::US, question: None };
        let text = format!("{refusal} {when}");
        let request = understand(&text, now, &zone, &hints);
        prop_assert!(!matches!(request, Request::Remind(_) | Request::Time { .. }), "{:?} is {:?}", text, request);
    }
}

/// Tasks without a word that may belong to a time, apart from names of months and days inside a phrase.
fn task() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "call mom",
        "buy milk",
        "pay the october bill",
        "water the plants",
        "email Dana about the lease",
        "feed the cat",
        "pick up the kids",
        "plan the march trip",
    ])
}

fn when() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "at 5pm",
        "at 5",
        "tomorrow at 6",
        "tomorrow at 9",
        "on friday",
        "on friday at 6:30",
        "in 20 minutes",
        "every day at 8am",
        "every monday at 7",
        "on december 3 at noon",
        "tonight",
        "at 17:05",
    ])
}

/// Words that may belong to a time, and that do not fit the times of [`when`].
fn doubtful() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "except holidays",
        "not tuesday",
        "no thursday",
        "i mean 7",
        "actually saturday",
        "yesterday",
        "mañana",
        "demain",
        "domani",
        "kal",
        "am",
        "unless it rains",
    ])
}

fn refusal() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "don't call me",
        "do not remind me",
        "please don't wake me",
        "stop calling me",
        "no need to remind me",
        "cancel the call",
        "never remind me",
        "Please dont text me",
    ])
}

/// Ways to write a request that do not change it.
fn wrapping() -> impl Strategy<Value = fn(&str) -> String> {
    let ways: Vec<fn(&str) -> String> = vec![
        |text| format!("Good morning! {text}"),
        |text| format!("good evening, {text}"),
        |text| format!("Hi there, {text}"),
        |text| format!("{text} please"),
        |text| format!("{text}, thank you so much!"),
        |text| format!("{text} 🙏"),
        |text| format!("{text}\n"),
        |text| format!("{text}\r\n\r\nSent from my iPhone"),
        |text| format!("  {text}  "),
        |text| text.to_uppercase(),
        |text| text.replace(' ', "\u{a0}"),
        |text| text.replace(' ', "\u{200b} "),
        |text| format!("\u{feff}{text}\u{200e}"),
        |text| format!("{text} xx"),
        |text| format!("{text} lol"),
    ];
    prop::sample::select(ways)
}
