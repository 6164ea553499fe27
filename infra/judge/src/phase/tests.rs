//! Tests of the judge: hand-written logs of the carrier, and the figures expected for them.

use serde_json::{Value, json};

use super::*;

const NUMBER: &str = "+16175550101";
const TASK: &str = "water baba";

/// Returns the log of one person. Each entry has its time as seconds after noon in New York.
fn log(entries: &[(u32, Value)]) -> Vec<LogEntry> {
    let entry = |(index, (second, event)): (usize, &(u32, Value))| {
        let mut entry = event.clone();
        entry["seq"] = json!(index + 1);
        entry["number"] = json!(NUMBER);
        entry["at"] = json!(format!("2026-11-22T12:00:{second:02}.000-05:00"));
        serde_json::from_value(entry).unwrap()
    };
    entries.iter().enumerate().map(entry).collect()
}

fn promise() -> Value {
    json!({ "kind": "answer", "message": "SM1", "words": format!("OK, I'll call you in 10 seconds (12:00:10 PM): {TASK} (#1).") })
}

fn call(id: &str, reminder: &str, claim: &str) -> Value {
    json!({ "kind": "call-requested", "call": id, "url": format!("https://x.example/calls/p/{reminder}/{claim}/speech") })
}

fn said(id: &str) -> Value {
    json!({ "kind": "said", "call": id, "words": format!("Hi, it's sixthirty with your reminder: {TASK}. Press 1 to confirm.") })
}

fn key(id: &str) -> Value {
    json!({ "kind": "webhook", "call": id, "about": "key", "url": "https://x.example", "status": 200, "attempt": 1, "took_ms": 9 })
}

fn ended(id: &str) -> Value {
    json!({ "kind": "call-ended", "call": id, "status": "completed", "duration_s": 1 })
}

fn texted(id: &str) -> Value {
    let words = format!("Sorry, I couldn't reach you by phone: {TASK}. It was due Sun, Nov 22 at 12:00:10 PM EST.");
    json!({ "kind": "text-out", "message": id, "words": words })
}

fn reported(id: &str, status: &str) -> Value {
    json!({ "kind": "text-status", "message": id, "status": status })
}

fn phase(answers: &[&str]) -> Phase {
    let answers = answers.iter().map(|&answer| answer.to_owned()).collect();
    let number = PhoneNumber::parse(NUMBER).unwrap();
    let sent = vec![Sent { number, id: "SM1".to_owned(), task: TASK.to_owned(), answers }];
    Phase { name: "test", acceptance: Acceptance::All, sent, posted: 1, note: String::new() }
}

fn good() -> Vec<(u32, Value)> {
    vec![(1, promise()), (11, call("CA1", "R1", "C1")), (12, said("CA1")), (13, key("CA1")), (14, ended("CA1"))]
}

fn check(entries: &[(u32, Value)], lost: usize, doubled: &[&str]) -> Figures {
    let figures = judge(&log(entries), &phase(&[]));
    assert_eq!(figures.lost, lost, "{figures:#?}");
    assert_eq!(figures.doubled, doubled.len(), "{figures:#?}");
    for problem in doubled {
        assert!(figures.problems.iter().any(|found| found.starts_with(problem)), "expected {problem}: {figures:#?}");
    }
    figures
}

#[test]
fn a_call_that_is_requested_one_second_late_is_good() {
    let figures = check(&good(), 0, &[]);
    assert_eq!((figures.accepted, figures.called, figures.texted), (1, 1, 0));
    assert_eq!((figures.late_p50_ms, figures.late_p99_ms), (Some(1000), Some(1000)));
    assert!(figures.problems.is_empty());
}

#[test]
fn a_promised_reminder_that_is_neither_spoken_nor_delivered_as_a_text_is_lost() {
    check(&[(1, promise())], 1, &[]);
    check(&[(1, promise()), (11, call("CA1", "R1", "C1")), (14, ended("CA1"))], 1, &[]);
    check(&[(1, promise()), (30, texted("SM2"))], 1, &[]);
    check(&[(1, promise()), (30, texted("SM2")), (31, reported("SM2", "sent"))], 1, &[]);
    check(&[(1, promise()), (30, texted("SM2")), (31, reported("SM2", "undelivered"))], 1, &[]);
    check(&[(1, promise()), (30, texted("SM2")), (31, reported("SM2", "delivered"))], 0, &[]);
    let second_try = [(1, promise()), (30, texted("SM2")), (31, texted("SM3")), (32, reported("SM3", "delivered"))];
    assert_eq!(check(&second_try, 0, &[]).texted, 1);
}

#[test]
fn a_text_that_was_not_accepted_is_a_problem_but_not_lost() {
    let figures = check(&[], 0, &[]);
    assert_eq!(figures.problems, ["expected all 1 texts to be accepted, found 0"]);
}

#[test]
fn every_kind_of_doubling_is_detected() {
    let with = |more: &[(u32, Value)]| [good(), more.to_vec()].concat();
    let second = |reminder: &str, claim: &str| call("CA2", reminder, claim);
    check(&with(&[(20, second("R1", "C2")), (22, ended("CA2"))]), 0, &["called again after a key"]);
    let without_key: Vec<(u32, Value)> = good().into_iter().filter(|(second, _)| *second != 13).collect();
    check(&[without_key, vec![(20, second("R1", "C2")), (22, ended("CA2"))]].concat(), 0, &[]);
    let unanswered = |until: u32| vec![(1, promise()), (11, call("CA1", "R1", "C1")), (until, ended("CA1"))];
    let called_twice = |first_ends: u32, second_at: u32, claim: &str| {
        let second_call =
            vec![(second_at, call("CA2", "R1", claim)), (second_at + 1, said("CA2")), (second_at + 9, ended("CA2"))];
        let mut all = [unanswered(first_ends), second_call].concat();
        all.sort_by_key(|(second, _)| *second);
        all
    };
    check(&called_twice(14, 20, "C2"), 0, &[]);
    check(&called_twice(14, 20, "C1"), 0, &["two calls with one claim"]);
    check(&called_twice(25, 20, "C2"), 0, &["two calls at once"]);
    let mut at_once = with(&[(13, second("R2", "C2")), (20, ended("CA2"))]);
    at_once.sort_by_key(|(second, _)| *second);
    check(&at_once, 0, &["two calls at once", "2 reminders for 1 texts", "two reminders for one text"]);
    let another = with(&[(20, second("R2", "C2")), (21, said("CA2")), (22, ended("CA2"))]);
    check(&another, 0, &["two reminders for one text", "2 reminders for 1 texts"]);
    let calls = |count: u32| {
        let one = |index: u32| {
            let (id, start) = (format!("CA{index}"), 11 + 4 * index);
            [(start, call(&id, "R1", &format!("C{index}"))), (start + 1, said(&id)), (start + 2, ended(&id))]
        };
        [vec![(1, promise())], (0..count).flat_map(one).collect()].concat()
    };
    check(&calls(3), 0, &[]);
    check(&calls(4), 0, &["more than three calls"]);
    let texts = |count: u32| {
        let tries = (0..count).map(|index| (30 + index, texted(&format!("SM{index}"))));
        [vec![(1, promise())], tries.collect(), vec![(40, reported("SM0", "delivered"))]].concat()
    };
    check(&texts(3), 0, &[]);
    check(&texts(4), 0, &["4 texts"]);
}

#[test]
fn different_answers_to_copies_of_a_text_count_as_doubled() {
    let figures = judge(&log(&good()), &phase(&["one", "other"]));
    assert_eq!(figures.doubled, 1, "{figures:#?}");
}

#[test]
fn a_call_is_early_if_it_is_before_its_due_by_more_than_the_skew() {
    let at = |second: u32| {
        judge(&log(&[(1, promise()), (second, call("CA1", "R1", "C1")), (second, said("CA1"))]), &phase(&[])).early
    };
    assert_eq!((at(8), at(9), at(10)), (1, 0, 0));
}

#[test]
fn a_phase_is_over_when_every_reminder_was_spoken_or_its_text_delivered_and_no_call_is_in_progress() {
    let over = |entries: &[(u32, Value)]| is_over(&log(entries), &phase(&[]));
    assert!(over(&good()));
    assert!(!over(&good()[..4]));
    assert!(!over(&[(1, promise())]));
    assert!(!over(&[(1, promise()), (30, texted("SM2"))]));
    assert!(over(&[(1, promise()), (30, texted("SM2")), (31, reported("SM2", "delivered"))]));
}

#[test]
fn a_percentile_is_one_of_the_values() {
    let late: Vec<SignedDuration> = (1..=200).map(SignedDuration::from_millis).collect();
    assert_eq!((percentile(&late, 50), percentile(&late, 99), percentile(&[], 50)), (Some(100), Some(198), None));
}
