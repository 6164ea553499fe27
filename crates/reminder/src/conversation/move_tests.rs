//! MOVE of a reminder that rang: the occurrence that rang is wanted at another time, and the next occurrence stays.

use super::person::{MADE, Person, TRIED_S, check};

const PILLS: &str = "remind me to take pills every day at 12:01 PM";

/// When the calls of the occurrence of 12:01 PM have ended, in seconds after noon.
const RANG_S: i64 = 60 + TRIED_S;

const AT_9: &str =
    "Moved: I'll call you today at 9 PM EST: take pills (#2). Next call of #1: tomorrow at 12:01 PM EST.";

#[test]
fn a_move_after_a_call_leaves_the_next_occurrence_of_its_series() {
    for (words, answer_start, list_start) in [
        ("move it to today at 9 pm", AT_9, "#2 today at 9 PM EST"),
        ("move 1 to 9pm tonight", AT_9, "#2 today at 9 PM EST"),
        ("move pills to today at 9 pm", AT_9, "#2 today at 9 PM EST"),
        ("make it 9pm", AT_9, "#2 today at 9 PM EST"),
        ("push it 30 minutes", "Moved: I'll call you in 28 minutes", "#2 in 28 minutes (12:31 PM)"),
        ("push pills back 2 hours", "Moved: I'll call you today at 2:01 PM EST", "#2 today at 2:01 PM EST"),
    ] {
        let mut person = Person::confirmed();
        // The last answer is about the series.
        person.text(0, PILLS);
        let answer = person.text(RANG_S + 1, words);
        assert!(answer.starts_with(answer_start), "{words:?}: {answer:?}");
        let list = person.text(RANG_S + 2, "list");
        assert!(list.starts_with(list_start), "{words:?}: {list:?}");
        assert!(list.contains("#1 every day 12:01 PM, next tomorrow at 12:01 PM EST"), "{words:?}: {list:?}");
    }
}

#[test]
fn a_move_without_a_target_is_about_the_reminder_that_rang_if_no_reminder_was_mentioned_lately() {
    let mut person = Person::confirmed();
    person.text(-700, PILLS);
    assert_eq!(person.text(RANG_S + 1, "move it to today at 9 pm"), AT_9);
}

#[test]
fn a_move_that_arrives_late_is_about_the_occurrence_that_rang_meanwhile() {
    let mut person = Person::confirmed();
    person.text(0, PILLS);
    assert_eq!(person.text_late(30, RANG_S + 1, "move 1 to today at 9 pm"), AT_9);
}

#[test]
fn a_move_more_than_an_hour_after_a_call_is_about_the_next_occurrence() {
    let next = "Moved: I'll call you today at 9 PM EST: take pills (#2). Next call of #1: Wed, Mar 4 at 12:01 PM EST.";
    let texts = [
        (0, PILLS, MADE),
        (RANG_S + 3600, "move 1 to today at 9 pm", AT_9),
        (RANG_S + 3601, "move 1 to today at 9 pm", &next.replace("#2)", "#3)")),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_move_between_two_calls_is_about_the_occurrence_that_still_rings() {
    let mut person = Person::confirmed();
    person.text(0, PILLS);
    assert_eq!(person.text(90, "move 1 to today at 9 pm"), AT_9);
    assert!(person.reminders[0].last_end.is_none(), "the occurrence is skipped");
}

#[test]
fn a_move_before_a_call_skips_the_occurrence_and_says_when_the_series_rings_next() {
    let mut person = Person::confirmed();
    person.text(0, PILLS);
    assert_eq!(person.text(1, "move 1 to today at 9 pm"), AT_9);
    person.ring_until(crate::policy::after(super::person::noon(), RANG_S));
    assert!(person.first_calls.is_empty());
}

#[test]
fn undo_takes_back_the_move_of_an_occurrence_that_rang() {
    for words in [PILLS, "remind me to take pills in 1 minute"] {
        let mut person = Person::confirmed();
        person.text(0, words);
        assert!(person.text(RANG_S + 1, "move it to today at 9 pm").starts_with("Moved: "));
        person.text(RANG_S + 2, "help");
        let answer = person.text(RANG_S + 3, "undo");
        assert_eq!(answer, "Deleted #2 take pills.", "{words:?}");
        assert!(!person.text(RANG_S + 4, "list").contains("#2"), "{words:?}");
        assert!(person.text(RANG_S + 5, "undo").starts_with("Undone: I'll call you today at 9 PM EST"), "{words:?}");
    }
}
