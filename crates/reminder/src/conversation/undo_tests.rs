//! UNDO: takes back the last deletion, move or skip.

use crate::policy::after;
use crate::record::{End, Lifecycle, Reminder, State};
use proptest::prelude::*;

use super::person::{MADE, Person, TRIED_S, check, noon};
use crate::conversation::AnswerRoute;

const PILLS: &str = "remind me to take pills every day at 6 PM";
const MILK: &str = "remind me to buy milk at 5 PM";

#[test]
fn undo_takes_back_a_deletion_a_move_and_a_skip() {
    for (change, answer_start, list_start) in [
        ("delete 2", "Undone: I'll call you today at 5 PM EST: buy milk (#3).", "#3 today at 5 PM EST: buy milk\n#1 "),
        ("skip 2", "Undone: I'll call you today at 5 PM EST: buy milk (#3).", "#3 today at 5 PM EST: buy milk\n#1 "),
        ("done 2", "Undone: I'll call you today at 5 PM EST: buy milk (#3).", "#3 today at 5 PM EST: buy milk\n#1 "),
        (
            "move 2 to 7pm",
            "Undone: I'll call you today at 5 PM EST: buy milk (#2).",
            "#2 today at 5 PM EST: buy milk\n#1 ",
        ),
        (
            "delete 1",
            "Undone: I'll call you today at 6 PM EST, repeating: take pills (#3).",
            "#2 today at 5 PM EST: buy milk\n#3 every day 6 PM, next today",
        ),
        (
            "skip 1",
            "Undone: I'll call you today at 6 PM EST, repeating: take pills (#1).",
            "#2 today at 5 PM EST: buy milk\n#1 every day 6 PM, next today",
        ),
        (
            "move 1 to 7pm",
            "Undone: I'll call you today at 6 PM EST, repeating: take pills (#1).",
            "#2 today at 5 PM EST: buy milk\n#1 every day 6 PM, next today",
        ),
        (
            "delete all",
            "Undone: I'll call you today at 6 PM EST, repeating: take pills (#3); today at 5 PM",
            "#4 today",
        ),
    ] {
        let mut person = Person::confirmed();
        person.text(0, PILLS);
        person.text(1, MILK);
        assert_ne!(person.text(2, change), "", "{change}");
        let answer = person.text(3, "undo");
        assert!(answer.starts_with(answer_start), "{change:?}: {answer:?}");
        let list = person.text(4, "list");
        assert!(list.starts_with(list_start) && person.open() == 2, "{change:?}: {list:?}");
        assert!(person.text(5, "undo").starts_with("Nothing to undo"), "{change:?}: UNDO works only once");
        assert_eq!(person.open(), 2, "{change:?}");
    }
}

#[test]
fn undo_never_revives_a_reminder_that_has_ended() {
    for change in ["delete 1", "skip 1"] {
        let mut person = Person::confirmed();
        person.text(0, MILK);
        person.text(1, change);
        person.text(2, "undo");
        let [old, new] = &person.reminders[..] else { panic!("{:?}", person.reminders) };
        assert!(matches!(old.life, Lifecycle::Ended { end: End::Cancelled, .. }), "{change}: {old:?}");
        assert_eq!((new.due, &new.task, new.epoch), (old.due, &old.task, old.epoch), "{change}");
        assert_ne!(new.key, old.key, "{change}");
    }
}

#[test]
fn undo_is_possible_for_ten_minutes_and_not_about_a_later_change() {
    let texts = [
        (0, MILK, MADE),
        (1, "delete 1", "Deleted #1"),
        (602, "undo", "Nothing to undo: I can take back what you deleted, moved or skipped in the last 10 minutes."),
    ];
    check(Person::confirmed(), &texts);
    let in_time = [(0, MILK, MADE), (1, "delete 1", "Deleted #1"), (601, "undo", "Undone")];
    check(Person::confirmed(), &in_time);
    // An UNDO that was received before the deletion is not about it.
    let mut person = Person::confirmed();
    person.text(0, MILK);
    person.text(700, "delete 1");
    assert!(person.text_late(650, 710, "undo").starts_with("Nothing to undo"));
}

#[test]
fn undo_names_a_due_that_has_passed_and_plans_no_call_for_it() {
    let texts = [
        (0, "remind me to get up in 2 minutes", MADE),
        (1, "delete 1", "Deleted #1"),
        (130, "undo", "Too late to undo: the time of #1 get up has passed (today at 12:02 PM EST)."),
        (131, "list", "You have no reminders."),
    ];
    check(Person::confirmed(), &texts);
    let one_of_two_has_passed = [
        (0, "remind me to get up in 2 minutes", MADE),
        (1, MILK, MADE),
        (2, "delete all", "Deleted #1, #2."),
        (
            130,
            "undo",
            "Undone: I'll call you today at 5 PM EST: buy milk (#3). Not back, because the time has passed: #1.",
        ),
    ];
    check(Person::confirmed(), &one_of_two_has_passed);
    let skipped = [
        (0, "remind me to take pills every day at 12:02 PM", MADE),
        (1, "skip 1", "Skipped. Next call: tomorrow"),
        (130, "undo", "Too late to undo: the time of #1 take pills has passed (today at 12:02 PM EST)."),
        (131, "list", "#1 every day 12:02 PM, next tomorrow"),
    ];
    check(Person::confirmed(), &skipped);
    // A series that was deleted comes back with its next occurrence.
    let deleted = [
        (0, "remind me to take pills every day at 12:02 PM", MADE),
        (1, "delete 1", "Deleted #1"),
        (130, "undo", "Undone: I'll call you tomorrow at 12:02 PM EST, repeating: take pills (#2)."),
    ];
    check(Person::confirmed(), &deleted);
}

#[test]
fn undo_right_after_a_new_reminder_deletes_it() {
    let texts = [
        (0, MILK, MADE),
        (1, "undo", "Deleted #1 buy milk."),
        (2, "undo", "Undone: I'll call you today at 5 PM EST: buy milk (#2)."),
        (3, "undo", "Nothing to undo"),
        (4, "list", "#2 today at 5 PM EST: buy milk"),
        (5, "delete 2", "Deleted"),
        (6, PILLS, MADE),
        (7, "take that back", "Deleted #3 take pills."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_new_number_gains_no_calls_by_undo() {
    let full = "Not saved: new numbers can have 3 reminders.";
    let texts = [
        (0, "remind me to feed the cat tomorrow at 9", MADE),
        (1, "remind me to feed the dog tomorrow at 9", MADE),
        (2, "remind me to feed the fish tomorrow at 9", MADE),
        (3, "delete 1", "Deleted"),
        (4, "remind me to feed the cow tomorrow at 9", MADE),
        (5, "delete it", "Deleted #4"),
        (6, "delete 2", "Deleted #2"),
        (7, "undo", "Undone"),
        (8, "remind me to feed the cow tomorrow at 9", MADE),
        (9, "remind me to feed the pig tomorrow at 9", full),
    ];
    check(Person::new(), &texts);
    let mut person = Person::new();
    person.text(0, "remind me to get up in 9 minutes");
    person.text(1, "remind me to eat in 9 minutes");
    person.text(2, "delete all");
    for second in 3..6 {
        assert!(person.text(second, "remind me to go in 9 minutes").starts_with(MADE));
        person.text(second, "list");
    }
    // UNDO is about the reminder that was made last, and never brings the number of reminders above the limit.
    assert!(person.text(7, "undo").starts_with("Deleted"));
    assert_eq!(person.open(), 2);
}

#[test]
fn one_undo_takes_back_eighty_deletions_and_its_answer_is_one_segment() {
    let mut person = Person::confirmed();
    for second in 0..80 {
        assert!(person.text(second, "remind me to call mom tomorrow at 9").starts_with(MADE));
        person.forget_answers();
    }
    person.text(100, "delete all");
    let decision = person.decision(AnswerRoute::Reply, 101, 101, "undo");
    assert_eq!((decision.writes.len(), decision.planned.len()), (80, 80));
    assert_eq!(crate::words::segments(&decision.answer), 1, "{}", decision.answer);
}

#[test]
fn undo_does_not_change_a_reminder_that_rang_meanwhile() {
    let mut person = Person::confirmed();
    person.text(0, "remind me to get up at 12:10 PM");
    person.text(1, "move 1 to 12:02 PM");
    person.ring_until(after(noon(), 130));
    let is_between_calls = |one: &Reminder| matches!(one.state(), Some(State::Waiting { attempt: 2, .. }));
    assert!(is_between_calls(&person.reminders[0]));
    assert!(person.text(131, "undo").starts_with("Nothing to undo"));
    assert!(is_between_calls(&person.reminders[0]));
    assert_eq!(person.text(130 + TRIED_S, "list"), "You have no reminders. Try: remind me to buy milk at 6:30 PM.");
}

/// A change and the texts before it.
fn changes() -> impl Strategy<Value = (Vec<&'static str>, &'static str)> {
    let made = prop::sample::select(vec![
        PILLS,
        MILK,
        "remind me to stir every 2 hours",
        "remind me to pay rent on the 1st of each month at 9",
        "remind me to call mom tomorrow at 9",
    ]);
    let change = prop::sample::select(vec![
        "delete 1",
        "delete 2",
        "delete all",
        "skip 1",
        "skip 2",
        "skip all",
        "done 1",
        "move 1 to tomorrow at 11",
        "move 2 to 9pm",
    ]);
    (prop::collection::vec(made, 1..6), change)
}

proptest! {
    /// After a change and its UNDO, the open reminders have the same tasks, dues and rules as before.
    #[test]
    fn undo_restores_the_reminders_from_before_a_change((made, change) in changes()) {
        let mut person = Person::confirmed();
        for (second, body) in (0..).zip(&made) {
            person.text(second, body);
        }
        let open = |person: &Person| {
            let open = person.reminders.iter().filter(|one| one.state().is_some());
            let mut open: Vec<_> = open.map(|one| (one.task.clone(), one.due, one.rule.clone())).collect();
            open.sort_by_key(|(task, due, _)| (task.clone(), *due));
            open
        };
        let before = open(&person);
        let ended = |person: &Person| person.reminders.iter().filter(|one| one.state().is_none()).count();
        person.text(10, change);
        let ended_before_undo = ended(&person);
        let is_changed = open(&person) != before;
        let answer = person.text(11, "undo");
        prop_assert!(ended(&person) >= ended_before_undo, "an ended reminder was revived: {answer}");
        if is_changed {
            prop_assert_eq!(open(&person), before, "{:?}: {}", change, answer);
        }
    }
}
