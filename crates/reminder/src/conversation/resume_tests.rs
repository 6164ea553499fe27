//! RESUME, and other answers about a paused series.

use crate::policy::{MISSED_IN_ROW_MAX, after};
use crate::record::{Lifecycle, State};

use super::person::{MADE, Person, check, noon};
use super::*;

/// A person with two series (#1, #2) and a one-off (#3). A series is paused if its number is one of `numbers`.
fn with_paused(numbers: &[u32]) -> Person {
    let mut person = Person::confirmed();
    for (second, body) in [
        (0, "remind me to take pills every day at 6 PM"),
        (1, "remind me to stretch every day at 7 PM"),
        (2, "remind me to call mom tomorrow at 9"),
    ] {
        assert!(person.text(second, body).starts_with(MADE));
    }
    for one in person.reminders.iter_mut().filter(|one| numbers.contains(&one.number)) {
        one.life = Lifecycle::Live { state: State::Paused, deadline: after(noon(), 86_400), recoveries: 0 };
        one.due = after(noon(), -86_400);
        one.generation += 1;
        one.missed_in_row = MISSED_IN_ROW_MAX;
    }
    person
}

#[test]
fn a_paused_series_rings_again_from_its_next_occurrence_on() {
    let pills = "Resumed: I'll call you today at 6 PM EST, repeating: take pills (#1).";
    for (paused, resume, expected) in [
        (&[1][..], "RESUME 1", pills),
        (&[1], "resume", pills),
        (&[1], "resume pills", pills),
        (&[1], "resume it", pills),
        (&[1], "resume all", pills),
        (&[1], "resume 2", "#2 isn't paused. Next call: today at 7 PM EST."),
        (&[1], "resume 7", "I can't find that reminder."),
        (&[1, 2], "resume 1", pills),
        (&[1, 2], "resume", "Which one?"),
        (&[1, 2], "resume all", "Resumed: #1, #2. Next call: #1 today at 6 PM EST; #2 today at 7 PM EST."),
        (&[1, 2], "resume 1 and 2", "Resumed: #1, #2."),
        (&[], "resume", "You have no paused reminders. Text LIST to see yours."),
        (&[], "resume 1", "You have no paused reminders."),
    ] {
        let mut person = with_paused(paused);
        let answer = person.text(10, resume);
        assert!(answer.starts_with(expected), "{paused:?}, {resume:?}: {answer:?}");
        let is_resumed = expected.starts_with("Resumed");
        let waits = |one: &Reminder| one.due > after(noon(), 10) && one.missed_in_row == 0 && !one.is_paused();
        assert!(!is_resumed || waits(&person.reminders[0]), "{resume:?}: {:?}", person.reminders[0]);
        assert!(person.reminders[0].generation == if is_resumed { 3 } else { 1 + u32::from(!paused.is_empty()) });
    }
}

#[test]
fn a_resumed_series_has_a_new_wake_up() {
    let mut person = with_paused(&[1]);
    let decision = person.decision(AnswerRoute::Reply, 10, 10, "resume 1");
    assert_eq!((decision.writes.len(), decision.planned.len(), decision.effects.len()), (1, 1, 1));
}

#[test]
fn a_list_says_which_series_are_paused_and_names_them_last() {
    let mut person = with_paused(&[1]);
    let list = "#2 every day 7 PM, next today at 7 PM EST: stretch\n#3 tomorrow at 9 AM EST: call mom\n#1 every day 6 PM (paused): take pills";
    assert_eq!(person.text(10, "list"), list);
}

#[test]
fn a_paused_series_has_no_occurrence_to_skip_and_is_deleted_like_any_other() {
    let paused = "#1 is paused. To get it back, text RESUME 1.";
    for (text, expected) in [
        ("skip 1", paused),
        ("skip pills", paused),
        ("done 1", paused),
        ("skip", "Skipped. Next call: tomorrow at 7 PM EST, repeating: stretch (#2)."),
        ("skip the next one", "Skipped. Next call: tomorrow at 7 PM EST, repeating: stretch (#2)."),
        ("skip 1 and 2", "Skipped. Next call: tomorrow at 7 PM EST, repeating: stretch (#2)."),
        ("delete 1", "Deleted #1 take pills."),
    ] {
        let mut person = with_paused(&[1]);
        // No reminder was mentioned lately.
        let answer = person.text(700, text);
        assert!(answer.starts_with(expected), "{text:?}: {answer:?}");
    }
}

#[test]
fn a_paused_series_goes_on_in_a_zone_that_was_named_in_the_meantime() {
    let texts = [
        (
            10,
            "ZONE Los Angeles",
            "OK, using Los Angeles time. Now #2 rings every day at 7 PM, starting today at 7 PM PST",
        ),
        (11, "resume 1", "Resumed: I'll call you today at 6 PM PST, repeating: take pills (#1)."),
        (12, "list", "#1 every day 6 PM, next today at 6 PM PST: take pills"),
    ];
    check(with_paused(&[1]), &texts);
    let moved = [
        (10, "ZONE New York", "OK, I'll use New York time from now on."),
        (11, "ZONE Los Angeles", "OK, Los Angeles time. Should your 2 repeating reminders move"),
        (12, "yes", "OK, using Los Angeles time. Now #2 rings every day at 7 PM, starting today at 7 PM PST."),
        (13, "resume 1", "Resumed: I'll call you today at 6 PM PST, repeating: take pills (#1)."),
    ];
    check(with_paused(&[1]), &moved);
}
