//! SKIP: skips one occurrence.

use super::person::{MADE, Person, check};

const PILLS: &str = "remind me to take pills every day at 6 PM";
const MILK: &str = "remind me to buy milk at 5 PM";
const SKIPPED_PILLS: &str = "Skipped. Next call: tomorrow at 6 PM EST, repeating: take pills (#1).";

#[test]
fn skip_skips_one_occurrence_of_a_series_and_deletes_a_one_off() {
    for (skip, expected) in [
        ("skip 1", SKIPPED_PILLS),
        ("skip pills", SKIPPED_PILLS),
        ("skip today's pills", SKIPPED_PILLS),
        ("skip 2", "Skipped and deleted: #2 buy milk. It doesn't repeat."),
        ("skip it", "Skipped and deleted: #2 buy milk. It doesn't repeat."),
        ("skip", "Skipped and deleted: #2 buy milk. It doesn't repeat."),
        ("skip the next one", "Skipped and deleted: #2 buy milk. It doesn't repeat."),
        ("skip 1 and 2", "Skipped: #1, #2. Next call: #1 tomorrow at 6 PM EST. Deleted: #2."),
        ("skip all", "Skipped: #1, #2. Next call: #1 tomorrow at 6 PM EST. Deleted: #2."),
        ("skip tomorrow's pills", "Not skipped: the next call of #1 is today at 6 PM EST. To skip that, text SKIP 1."),
        ("skip tomorrow", "I can't find that reminder."),
        ("skip 7", "I can't find that reminder."),
        ("skip the gym", "I can't find that reminder."),
    ] {
        let mut person = Person::confirmed();
        person.text(0, PILLS);
        person.text(1, MILK);
        let answer = person.text(2, skip);
        assert!(answer.starts_with(expected), "{skip:?}: {answer:?}");
        let list = person.text(3, "list");
        assert!(list.contains("#1 every day 6 PM"), "{skip:?}: the series goes on: {list}");
    }
}

#[test]
fn skip_without_a_target_means_the_reminder_that_rings_next() {
    let texts = [
        (0, PILLS, MADE),
        (1, MILK, MADE),
        (700, "skip", "Skipped and deleted: #2 buy milk."),
        (1400, "skip", SKIPPED_PILLS),
        (1401, "skip the pills tomorrow", "Skipped. Next call: Wed, Mar 4 at 6 PM EST, repeating: take pills (#1)."),
    ];
    check(Person::confirmed(), &texts);
    check(Person::confirmed(), &[(0, "skip", "I can't find that reminder.")]);
}

#[test]
fn skip_between_two_calls_ends_the_occurrence_and_ambiguous_words_lead_to_a_question() {
    let texts = [
        (0, "remind me to take pills every day at 12:01 PM", MADE),
        (1, "remind me to take vitamins every day at 6 PM", MADE),
        (90, "skip take", "Which one?"),
        (91, "skip the next one", "Skipped. Next call: tomorrow at 12:01 PM EST, repeating: take pills (#1)."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn the_last_occurrence_of_a_series_can_be_skipped() {
    let mut person = Person::confirmed();
    person.text(0, "remind me to take pills every day at 6 PM until tomorrow");
    assert!(person.text(1, "skip 1").starts_with("Skipped. Next call: tomorrow at 6 PM EST"));
    assert_eq!(person.text(2, "skip 1"), "Skipped: #1 take pills. That was its last time.");
}
