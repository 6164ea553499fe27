//! Tests of the totals of a whole log.

use serde_json::{Value, json};

use super::*;

const NUMBER: &str = "+16175550101";
const PROMISE: &str = "sixthirty: OK, I'll call you in 10 seconds (12:00:10 PM): rest (#1). Using New York time.";
const SORRY: &str = "Sorry, I couldn't reach you by phone: rest. It was due Sun, Nov 22 at 12:00:10 PM EST.";
/// Ids of reminders that were made at 12:00:01 and 12:00:03, and one of March 2025.
const FIRST: &str = "01KAP8492W0000000000000000";
const SECOND: &str = "01KAP84B1C0000000000000000";
const OLD: &str = "01JNZ8QY4B0000000000000000";

/// Returns the log of one person. Each entry has its time as seconds after noon in New York.
fn log(entries: &[(u32, Value)]) -> Vec<LogEntry> {
    let entry = |(index, (second, event)): (usize, &(u32, Value))| {
        let mut entry = event.clone();
        entry["seq"] = json!(index + 1);
        entry["number"] = json!(NUMBER);
        entry["at"] = json!(format!("2025-11-22T12:{:02}:{:02}.000-05:00", second / 60, second % 60));
        serde_json::from_value(entry).unwrap()
    };
    entries.iter().enumerate().map(entry).collect()
}

/// A text that is sent at this second, and answered a second later.
fn text(second: u32, id: &str, answer: &str) -> Vec<(u32, Value)> {
    let sent = json!({ "kind": "text-in", "message": id, "words": "remind me", "via": "webhook" });
    vec![(second, sent), (second + 1, answered(id, answer))]
}

fn answered(id: &str, words: &str) -> Value {
    json!({ "kind": "answer", "message": id, "words": words })
}

fn sent(id: &str, words: &str) -> Value {
    json!({ "kind": "text-out", "message": id, "words": words })
}

fn delivered(id: &str) -> Value {
    json!({ "kind": "text-status", "message": id, "status": "delivered" })
}

/// A call that begins at this second, and on which the reminder is spoken.
fn call(second: u32, id: &str, reminder: &str) -> Vec<(u32, Value)> {
    let url = format!("https://x.example/calls/p/{reminder}/claim-{id}/speech");
    let said = json!({ "kind": "said", "call": id, "words": "Hi, it's sixthirty with your reminder: rest." });
    vec![(second, json!({ "kind": "call-requested", "call": id, "url": url })), (second + 1, said)]
}

/// Counts entries. Expects the numbers of accepted, called and texted, and the median lateness in seconds.
fn check(entries: &[Vec<(u32, Value)>], counts: [usize; 3], late_s: Option<i64>) {
    let found = totals(&log(&entries.concat()));
    let [accepted, called, texted] = counts;
    let expected = Totals { accepted, called, texted, late_p50_ms: late_s.map(|late_s| late_s * 1000) };
    assert_eq!(found, expected, "{entries:#?}");
}

#[test]
fn a_promise_a_call_and_a_delivered_text_are_counted() {
    check(&[], [0, 0, 0], None);
    check(&[text(1, "SM1", PROMISE)], [1, 0, 0], None);
    check(&[text(1, "SM1", PROMISE), call(11, "CA1", FIRST)], [1, 1, 0], Some(1));
    let sorry = || vec![(30, sent("SM2", SORRY)), (31, delivered("SM2"))];
    check(&[text(1, "SM1", PROMISE), sorry()], [1, 0, 1], None);
    check(&[text(1, "SM1", PROMISE), vec![(30, sent("SM2", SORRY))]], [1, 0, 0], None);
    check(&[text(1, "SM1", "When should I remind you: rest?")], [0, 0, 0], None);
    check(&[vec![(30, sent("SM2", "Your code is 123456.")), (31, delivered("SM2"))]], [0, 0, 0], None);
}

#[test]
fn nothing_is_counted_twice() {
    let twice = vec![(3, answered("SM1", PROMISE))];
    check(&[text(1, "SM1", PROMISE), twice, call(11, "CA1", FIRST)], [1, 1, 0], Some(1));
    let late_answer = vec![(4, sent("SM9", PROMISE)), (5, delivered("SM9"))];
    check(std::slice::from_ref(&late_answer), [1, 0, 0], None);
    check(&[text(1, "SM1", PROMISE), late_answer], [1, 0, 0], None);
    // The second call is late by more than the first, and is the same reminder.
    check(&[text(1, "SM1", PROMISE), call(11, "CA1", FIRST), call(51, "CA2", FIRST)], [1, 1, 0], Some(1));
    let tried_again = ["SM2", "SM3"].map(|id| vec![(30, sent(id, SORRY)), (31, delivered(id))]).concat();
    check(&[text(1, "SM1", PROMISE), tried_again], [1, 0, 1], None);
}

#[test]
fn the_lateness_of_a_call_is_counted_only_if_its_due_is_certain() {
    let after = |answer: &str, late_s: Option<i64>, accepted: usize| {
        let entries = [text(1, "SM1", PROMISE), text(5, "SM2", answer), call(11, "CA1", FIRST)];
        check(&entries, [accepted, 1, 0], late_s);
    };
    after("OK, I'll call you in 20 minutes (12:20:05 PM): rest (#2).", Some(1), 2);
    after("OK, I'll call you again in 10 minutes (12:10:05 PM): rest (#2).", None, 2);
    after("Moved: I'll call you in 5 seconds (12:00:10 PM): rest (#1).", None, 1);
    after("OK, I'll use Paris time from now on.", None, 1);
    check(&[text(1, "SM1", PROMISE), call(11, "CA1", OLD)], [1, 1, 0], None);
    check(&[text(1, "SM1", PROMISE), call(11, "CA1", "R1")], [1, 1, 0], None);
    // The reminder was made by the second text.
    check(&[text(1, "SM1", PROMISE), call(11, "CA1", SECOND)], [1, 1, 0], None);
    let later = text(3, "SM2", "OK, I'll call you in 5 seconds (9:00:08 AM): rest (#2).");
    check(&[text(1, "SM1", PROMISE), later, call(11, "CA1", SECOND)], [2, 1, 0], Some(3));
    // Which of two texts at the same time made the reminder is not known.
    let both = [text(1, "SM1", PROMISE), text(1, "SM2", PROMISE)].concat();
    check(&[both, call(11, "CA1", FIRST)], [2, 1, 0], None);
}

#[test]
fn a_stated_wait_is_read_in_any_zone_and_nothing_else() {
    let answered_at: Timestamp = "2025-11-22T23:59:50-05:00".parse().unwrap();
    let check = |promise: &str, expected: Option<&str>| {
        assert_eq!(stated_due(promise, answered_at), expected.map(|due| due.parse().unwrap()), "{promise}");
    };
    check("in 15 seconds (12:00:05 AM): rest (#1).", Some("2025-11-23T00:00:05-05:00"));
    check("in 10 seconds (midnight): rest (#1).", Some("2025-11-23T00:00:00-05:00"));
    check("in 59 minutes (6:29 AM): rest (#1).", Some("2025-11-23T00:59:00-05:00"));
    check("in 1 minute (12:00:50 AM): rest (#1); in 2 minutes (12:01:50 AM): walk (#2).", None);
    check("tomorrow at 9 AM EST: rest (#1).", None);
    check("in the morning (9 AM): rest (#1).", None);
}

/// The words are copied, because the judge uses no crate of the service.
#[test]
fn the_openings_of_texts_that_replace_a_call_are_those_of_the_service() {
    let source = include_str!("../../../../crates/reminder/src/words/replacement.rs");
    for opening in REPLACEMENTS {
        assert!(source.contains(&format!("\"{}", opening.trim_end_matches(": "))), "{opening}");
    }
}
