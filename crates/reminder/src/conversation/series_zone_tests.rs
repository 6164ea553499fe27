//! Whether repeating reminders move to the new zone when their person moves.

use crate::record::DueSource;
use proptest::prelude::*;

use super::person::{MADE, Person, check};
use super::*;
use crate::conversation::AnswerRoute;

const PILLS: &str = "remind me to take pills every day at 6 PM";
const PAPER: &str = "remind me to read the paper every day at 9 AM";
const ASKED: &str = "OK, Paris time. Should your 2 repeating reminders move to Paris time too? YES or NO";

/// A confirmed person who said that they live in New York, with two series (#1, #2), a one-off (#3), a series that
/// counts hours (#4), and a series on the clocks of London (#5).
fn settled() -> Person {
    let mut person = Person::confirmed();
    for (second, body) in [
        (0, "ZONE New York"),
        (1, PILLS),
        (2, PAPER),
        (3, "remind me to call mom tomorrow at 5pm"),
        (4, "remind me to stir every 2 hours"),
        (5, "remind me to call London every day at 9am London time"),
    ] {
        person.text(second, body);
    }
    assert_eq!(person.open(), 5);
    person
}

#[test]
fn yes_moves_repeating_reminders_and_a_one_off_keeps_its_instant() {
    let moved = "OK, using Paris time. Now #1 rings every day at 6 PM, starting tomorrow at 6 PM CET; #2 rings every day at 9 AM, starting tomorrow at 9 AM CET.";
    let texts = [
        (10, "ZONE Paris", ASKED),
        (11, "yes", moved),
        (12, "delete 4", "Deleted"),
        (13, "delete 5", "Deleted"),
        (14, "yes", "Sorry, I didn't get that."),
    ];
    let mut person = settled();
    person.text(9, "delete 5");
    let before: Vec<Timestamp> = person.reminders.iter().map(|one| one.due).collect();
    person.text(10, "ZONE Paris");
    person.text(11, "yes");
    let after: Vec<Timestamp> = person.reminders.iter().map(|one| one.due).collect();
    assert_eq!(before[2..], after[2..], "the one-off and the series of hours keep their instants");
    assert_ne!(before[..2], after[..2]);
    check(settled(), &texts);
}

#[test]
fn no_keeps_repeating_reminders_in_the_old_zone() {
    for no in ["no", "No thanks", "never mind"] {
        let mut person = settled();
        let before = person.reminders.clone();
        assert_eq!(person.text(10, "ZONE Paris"), ASKED);
        let answer = person.text(11, no);
        let expected =
            if no == "never mind" { "OK, never mind." } else { "Your repeating reminders stay on New York time." };
        assert_eq!(answer, expected, "{no}");
        assert_eq!(person.reminders, before, "{no}");
        assert!(person.text(12, "remind me to eat tomorrow at 9").contains("tomorrow at 9 AM CET"), "{no}");
    }
}

#[test]
fn the_question_is_asked_only_about_series_in_the_zone_that_was_left() {
    let texts = [
        (0, "ZONE New York", "OK, I'll use New York time from now on."),
        (1, "remind me to call mom tomorrow at 5pm", MADE),
        (2, "remind me to stir every 2 hours", MADE),
        (3, "ZONE Paris", "OK, I'll use Paris time from now on."),
        (4, PILLS, MADE),
        (5, "ZONE Paris", "OK, I'll use Paris time from now on."),
        (6, "ZONE London", "OK, London time. Should your repeating reminder move to London time too? YES or NO"),
        (7, "ok", "Should your repeating reminder move to London time too? YES or NO"),
        // It is 5 PM in London.
        (8, "yes", "OK, using London time. Now #3 rings every day at 6 PM, starting today at 6 PM GMT."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_person_who_moves_again_before_answering_is_asked_about_the_same_reminders() {
    let london = "OK, London time. Should your 2 repeating reminders move to London time too? YES or NO";
    let texts = [
        (9, "delete 5", "Deleted"),
        (10, "ZONE Paris", ASKED),
        (11, "ZONE London", london),
        (12, "ZONE New York", "OK, I'll use New York time from now on."),
        (13, "yes", "Sorry, I didn't get that."),
        (14, "ZONE Paris", ASKED),
        (15, "ZONE London", london),
        (
            16,
            "yes",
            "OK, using London time. Now #1 rings every day at 6 PM, starting today at 6 PM GMT; #2 rings every",
        ),
    ];
    check(settled(), &texts);
}

#[test]
fn the_question_is_open_for_ten_minutes() {
    let texts = [(10, "ZONE Paris", ASKED), (611, "yes", "Sorry, I didn't get that.")];
    check(settled(), &texts);
}

#[test]
fn an_occurrence_that_has_begun_stays_and_its_series_goes_on_in_the_new_zone() {
    let mut person = Person::confirmed();
    person.text(0, "ZONE New York");
    person.text(1, "remind me to take my pills every day at 12:01 PM");
    person.text(70, "ZONE Los Angeles");
    let before = person.reminders[0].due;
    assert!(person.text(71, "yes").starts_with("OK, I'll use Los Angeles time from now on."));
    assert_eq!(person.reminders[0].due, before);
    let answer = person.text(400, "list");
    assert!(answer.starts_with("#1 every day 12:01 PM, next today at 12:01 PM PST: take your pills"), "{answer}");
}

#[test]
fn eighty_series_move_in_one_transaction() {
    let mut person = Person::confirmed();
    person.text(0, "ZONE New York");
    for second in 1..=80 {
        person.text(second, PILLS);
        person.forget_answers();
    }
    person.text(100, "ZONE Paris");
    let decision = person.decision(AnswerRoute::Reply, 101, 101, "yes");
    assert_eq!((decision.writes.len(), decision.planned.len()), (80, 80));
    assert_eq!(crate::words::segments(&decision.answer), 1, "{}", decision.answer);
    for write in &decision.writes {
        let one = write.reminder();
        assert_eq!((one.zone.name(), one.due_source, one.generation), ("Europe/Paris", DueSource::Fixed, 2));
    }
}

#[test]
fn a_new_number_gains_no_calls_by_moving() {
    let mut person = Person::new();
    person.text(0, "ZONE New York");
    for second in 1..4 {
        assert!(person.text(second, PILLS).starts_with(MADE));
    }
    person.text(4, "ZONE Paris");
    assert!(person.text(5, "yes").starts_with("OK, using Paris time. Now #1 rings"));
    assert_eq!(person.profile.limits.calls.dues().len(), 3);
}

proptest! {
    /// After YES each series rings at its own time of day in the new zone, for any pair of zones.
    #[test]
    fn yes_keeps_the_time_of_day(
        from in prop::sample::select(vec!["New York", "London", "Tokyo", "Sydney", "Delhi"]),
        to in prop::sample::select(vec!["Paris", "Los Angeles", "Auckland", "Sao Paulo", "Kathmandu"]),
        hour in 0_i8..24,
    ) {
        let mut person = Person::confirmed();
        person.text(0, &format!("ZONE {from}"));
        person.text(1, &format!("remind me to take pills every day at {hour}:30"));
        let local = |person: &Person| {
            let one = &person.reminders[0];
            one.zone.rules().to_datetime(one.due).time()
        };
        let before = local(&person);
        let question = person.text(2, &format!("ZONE {to}"));
        prop_assert!(question.contains("YES or NO"), "{}", question);
        let answer = person.text(3, "yes");
        prop_assert_eq!(local(&person), before, "{}", answer);
        let due = person.reminders[0].due;
        let now = super::person::noon();
        // A series never rings before the day on which it starts, which may be two days ahead in another zone.
        prop_assert!(due > now && due.duration_since(now).as_hours() <= 48, "{} after {}", due, now);
        prop_assert_eq!(&person.reminders[0].zone, &person.profile.zone);
    }
}
