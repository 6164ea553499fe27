//! SNOOZE while other reminders have the same task.

use crate::record::{Lifecycle, Reminder};

use super::person::{MADE, Person, TRIED_S, check};

const TWICE: &str = "remind me to take pills at 12:01 pm and 8 pm";

fn is_over(one: &Reminder) -> bool {
    matches!(one.life, Lifecycle::Ended { .. })
}

#[test]
fn a_snooze_does_not_change_another_reminder_with_the_same_task() {
    for second in [70, 60 + TRIED_S + 5] {
        let mut person = Person::confirmed();
        assert!(person.text(0, TWICE).starts_with(MADE));
        let answer = person.text(second, "snooze 10");
        assert!(answer.starts_with("OK, I'll call you again in 10 minutes") && answer.contains("(#3)"), "{answer:?}");
        assert!(is_over(&person.reminders[0]), "the occurrence that rang must be acknowledged");
        assert!(person.text(second + 1, "list").contains("#2 today at 8 PM EST"));
    }
}

#[test]
fn a_snooze_does_not_change_a_reminder_with_the_same_task_that_was_made_after_the_call() {
    let texts = [
        (0, "remind me to take pills every day at 12:01 pm", MADE),
        (70, "remind me to take pills at 8 pm", MADE),
        (75, "snooze 10", "OK, I'll call you again in 10 minutes (12:11:15 PM): take pills (#3)."),
        (76, "snooze 20", "OK, I'll call you again in 20 minutes (12:21:16 PM): take pills (#3)."),
        (77, "move it to in 30 minutes", "Moved: I'll call you in 30 minutes"),
        (78, "snooze 40", "OK, I'll call you again in 40 minutes (12:41:18 PM): take pills (#3)."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_snooze_of_a_later_call_keeps_the_earlier_snooze_and_acknowledges_the_later_call() {
    let mut person = Person::confirmed();
    assert!(person.text(0, "remind me to take pills at 12:01 pm and 12:03 pm").starts_with(MADE));
    assert!(person.text(70, "snooze 10").contains("(#3)"));
    assert!(person.text(190, "snooze 10").contains("(#4)"));
    assert!(person.reminders[..2].iter().all(is_over));
    assert_eq!(person.open(), 2);
}
