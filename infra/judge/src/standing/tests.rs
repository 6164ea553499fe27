//! Tests of the figures of a whole log.

use serde_json::{Value, json};

use super::*;

const NUMBER: &str = "+16175550101";
const BOUND: SignedDuration = SignedDuration::from_secs(60);

/// Returns the log of one person. Each entry has its time as seconds after noon in New York.
fn log(entries: &[(u32, Value)]) -> Vec<LogEntry> {
    let entry = |(index, (second, event)): (usize, &(u32, Value))| {
        let mut entry = event.clone();
        entry["seq"] = json!(index + 1);
        entry["number"] = json!(NUMBER);
        entry["at"] = json!(format!("2026-11-22T12:{:02}:{:02}.000-05:00", second / 60, second % 60));
        serde_json::from_value(entry).unwrap()
    };
    entries.iter().enumerate().map(entry).collect()
}

fn answer(words: &str) -> Value {
    json!({ "kind": "answer", "message": "SM1", "words": words })
}

fn promise() -> Value {
    answer("sixthirty: OK, I'll call you in 10 seconds (12:00:10 PM): rest (#1). Using New York time.")
}

fn call(id: &str, reminder: &str, claim: &str) -> Value {
    let url = format!("https://x.example/calls/p/{reminder}/{claim}/speech");
    json!({ "kind": "call-requested", "call": id, "url": url })
}

fn said(id: &str) -> Value {
    json!({ "kind": "said", "call": id, "words": "Hi, it's sixthirty with your reminder: rest. Press 1 to confirm." })
}

fn pressed(id: &str, digit: &str) -> Value {
    json!({ "kind": "key", "call": id, "digit": digit, "heard": true })
}

fn key(id: &str) -> Value {
    let url = "https://x.example";
    json!({ "kind": "webhook", "call": id, "about": "key", "url": url, "status": 200, "attempt": 1, "took_ms": 9 })
}

fn ended(id: &str) -> Value {
    json!({ "kind": "call-ended", "call": id, "status": "completed", "duration_s": 1 })
}

fn texted(id: &str) -> Value {
    let words = "Sorry, I couldn't reach you by phone: rest. It was due Sun, Nov 22 at 12:00:10 PM EST.";
    json!({ "kind": "text-out", "message": id, "words": words })
}

fn delivered(id: &str) -> Value {
    json!({ "kind": "text-status", "message": id, "status": "delivered" })
}

/// A call that begins at this second, and ends three seconds later.
fn whole_call(second: u32, id: &str, reminder: &str) -> Vec<(u32, Value)> {
    let claim = format!("claim-{id}");
    vec![(second, call(id, reminder, &claim)), (second + 1, said(id)), (second + 2, key(id)), (second + 3, ended(id))]
}

/// Judges entries after all bounds. Expects the numbers of accepted, called, texted, lost and doubled reminders.
fn check(entries: &[Vec<(u32, Value)>], expected: [usize; 5]) -> Standing {
    let now = "2026-11-22T13:00:00-05:00".parse().unwrap();
    let found = standing(&log(&entries.concat()), now, BOUND);
    assert_eq!([found.accepted, found.called, found.texted, found.lost, found.doubled], expected, "{found:#?}");
    assert_eq!(found.problems.len(), found.lost + found.doubled);
    found
}

#[test]
fn a_promise_is_kept_by_a_call_or_by_a_delivered_text() {
    let found = check(&[vec![(1, promise())], whole_call(11, "CA1", "R1")], [1, 1, 0, 0, 0]);
    assert_eq!(found.late_p50_ms, Some(1000));
    check(&[vec![(1, promise()), (30, texted("SM2")), (31, delivered("SM2"))]], [1, 0, 1, 0, 0]);
    check(&[vec![(1, promise()), (30, texted("SM2"))]], [1, 0, 0, 1, 0]);
    check(&[vec![(1, promise())]], [1, 0, 0, 1, 0]);
    check(&[], [0, 0, 0, 0, 0]);
}

#[test]
fn nothing_is_lost_before_its_bound_has_passed() {
    let at = |second: u32| {
        let now = format!("2026-11-22T12:{:02}:{:02}-05:00", second / 60, second % 60).parse().unwrap();
        standing(&log(&[(1, promise())]), now, BOUND).lost
    };
    assert_eq!((at(9), at(70), at(71)), (0, 0, 1));
}

#[test]
fn a_reminder_that_the_person_ended_is_not_lost_but_a_list_or_another_change_ends_nothing() {
    let after = |words: &str, lost: usize| check(&[vec![(1, promise()), (5, answer(words))]], [1, 0, 0, lost, 0]);
    after("Deleted #1 rest.", 0);
    after("Deleted #1, #2, and 3 more.", 0);
    after("Skipped and deleted: #1 rest. It doesn't repeat.", 0);
    after("You won't hear from me again, and your reminders are stopped. Text START to come back.", 0);
    after("#1 in 5 seconds (12:00:10 PM): rest", 1);
    after("What time should I move #1 to?", 1);
    after("Deleted #2 buy milk.", 1);
    after("Deleted #11 buy milk.", 1);
    let opt_out = json!({ "kind": "opt-out", "refused": true, "words": "You have been unsubscribed." });
    check(&[vec![(1, promise()), (5, opt_out)]], [1, 0, 0, 0, 0]);
    let too_late = json!({ "kind": "opt-out", "refused": false, "words": "You are subscribed." });
    check(&[vec![(1, promise()), (5, too_late)]], [1, 0, 0, 1, 0]);
}

#[test]
fn a_moved_reminder_is_one_reminder_with_its_new_due() {
    let moved = (5, answer("Moved: I'll call you in 30 seconds (12:00:35 PM): rest (#1)."));
    check(&[vec![(1, promise()), moved.clone()]], [1, 0, 0, 1, 0]);
    check(&[vec![(1, promise()), moved], whole_call(36, "CA1", "R1")], [1, 1, 0, 0, 0]);
}

#[test]
fn a_snooze_makes_another_call_right_and_promises_it() {
    let again = |words: &str| {
        check(
            &[
                vec![(1, promise())],
                whole_call(11, "CA1", "R1"),
                vec![(20, answer(words))],
                whole_call(51, "CA2", "R1"),
            ],
            [1, 1, 0, 0, 0],
        )
    };
    again("OK, I'll call you again in 30 seconds (12:00:50 PM): rest (#1).");
    let by_key = [
        vec![
            (1, promise()),
            (11, call("CA1", "R1", "C1")),
            (12, said("CA1")),
            (13, pressed("CA1", "2")),
            (14, key("CA1")),
            (15, ended("CA1")),
        ],
        whole_call(51, "CA2", "R1"),
    ];
    check(&by_key, [1, 1, 0, 0, 0]);
}

#[test]
fn a_call_after_a_key_a_second_reminder_and_two_calls_at_once_are_doubled() {
    let first = || vec![vec![(1, promise())], whole_call(11, "CA1", "R1")];
    let with = |more: Vec<(u32, Value)>| [first(), vec![more]].concat();
    check(&with(whole_call(20, "CA2", "R1")), [1, 1, 0, 0, 1]);
    check(&with(whole_call(20, "CA2", "R2")), [1, 1, 0, 0, 1]);
    let at_once = [vec![(1, promise()), (11, call("CA1", "R1", "C1"))], whole_call(12, "CA2", "R1")];
    assert!(check(&at_once, [1, 1, 0, 0, 1]).problems[0].starts_with("two calls at once"));
}

#[test]
fn two_reminders_with_one_task_need_two_calls() {
    let second = (2, answer("OK, I'll call you in 30 seconds (12:00:32 PM): rest (#2)."));
    let promises = || vec![(1, promise()), second.clone()];
    check(&[promises(), whole_call(11, "CA1", "R1"), whole_call(33, "CA2", "R2")], [2, 2, 0, 0, 0]);
    check(&[promises(), whole_call(11, "CA1", "R1")], [2, 1, 0, 1, 0]);
    let text = vec![(40, texted("SM2")), (41, delivered("SM2"))];
    check(&[promises(), whole_call(11, "CA1", "R1"), text], [2, 1, 1, 0, 0]);
}

#[test]
fn a_text_that_is_delivered_again_with_the_same_answer_promises_one_reminder() {
    check(&[vec![(1, promise()), (2, promise())], whole_call(11, "CA1", "R1")], [1, 1, 0, 0, 0]);
}

#[test]
fn calls_of_reminders_that_are_older_than_the_log_are_not_judged() {
    // The time in this id is in March 2025, and in the other after the first entry.
    check(&[vec![(0, answer("Hello."))], whole_call(11, "CA1", "01JNZ8QY4B0000000000000000")], [0, 0, 0, 0, 0]);
    check(&[vec![(0, answer("Hello."))], whole_call(11, "CA1", "01N000000000000000000000000")], [0, 0, 0, 0, 1]);
}

#[test]
fn a_repeating_reminder_may_call_again_at_its_next_occurrence() {
    let every = "OK, I'll call you every 5 minutes, starting today at 12:00:10 PM EST: rest (#1).";
    let occurrences = [vec![(1, answer(every))], whole_call(11, "CA1", "R1"), whole_call(311, "CA2", "R1")];
    check(&occurrences, [1, 1, 0, 0, 0]);
    let too_soon = [vec![(1, answer(every))], whole_call(11, "CA1", "R1"), whole_call(100, "CA2", "R1")];
    check(&too_soon, [1, 1, 0, 0, 1]);
}
