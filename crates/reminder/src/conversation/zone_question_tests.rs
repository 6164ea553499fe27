//! ZONE while a question is open, the end of a series that counts minutes, and limits.

use crate::policy::SOON_MAX;

use super::person::{MADE, Person, check};
use super::*;

#[test]
fn a_question_about_the_task_stays_open_and_its_time_is_read_again() {
    for (request, zone, expected) in [
        (
            "remind me at 5pm",
            "ZONE Los Angeles",
            "OK, Los Angeles time. Your reminder is for today at 5 PM PST. What should I remind you about?",
        ),
        (
            "remind me at 5pm",
            "ZONE London",
            "OK, London time. Your reminder is for tomorrow at 5 PM GMT. What should I remind you about?",
        ),
        (
            "remind me tomorrow at 5pm",
            "ZONE London",
            "OK, London time. Your reminder is for tomorrow at 5 PM GMT. What should I remind you about?",
        ),
        (
            "remind me every day at 3pm",
            "ZONE London",
            "OK, London time. Your reminder is for every day at 3 PM, starting tomorrow at 3 PM GMT. What should I remind you about?",
        ),
        (
            "remind me in 2 hours",
            "ZONE Los Angeles",
            "OK, Los Angeles time. Your reminder is for today at 11 AM PST. What should I remind you about?",
        ),
        (
            "remind me at 5pm EST",
            "ZONE Los Angeles",
            "OK, Los Angeles time. Your reminder is for today at 2 PM PST. What should I remind you about?",
        ),
    ] {
        let mut person = Person::confirmed();
        person.text(0, request);
        assert_eq!(person.text(1, zone), expected, "{request}");
        let answer = person.text(2, "call mom");
        let promised_time = expected.split(" is for ").nth(1).unwrap().split('.').next().unwrap();
        assert_eq!(answer, format!("{MADE} {promised_time}: call mom (#1)."), "{request}");
    }
}

#[test]
fn any_open_question_stays_open_and_is_asked_again() {
    let texts = [
        (0, "remind me to call mom", "When should I remind you: call mom?"),
        (1, "I'm in Paris", "OK, Paris time. When should I remind you: call mom?"),
        (2, "at 10pm", "OK, I'll call you today at 10 PM CET: call mom (#1)."),
        (3, "zone", "Which city are you in?"),
        (4, "London", "OK, I'll use London time from now on."),
        (5, "delete", "Which one?"),
        (6, "ZONE Paris", "OK, Paris time. Which one?"),
        (7, "1", "Deleted #1 call mom."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn an_open_question_stays_and_the_answer_says_that_repeating_reminders_are_not_moved() {
    let texts = [
        (0, "ZONE New York", "OK, I'll use New York time from now on."),
        (1, "remind me to take pills every day at 6 PM", MADE),
        (2, "remind me tomorrow at 5pm", "OK, tomorrow at 5 PM EST."),
        (
            3,
            "ZONE Paris",
            "OK, Paris time. Your repeating reminders stay on New York time. Your reminder is for tomorrow at 11 PM CET. What should I remind you about?",
        ),
        (4, "call mom", "OK, I'll call you tomorrow at 11 PM CET: call mom (#2)."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_correction_with_an_open_question_names_the_reminders_that_keep_their_time() {
    let texts = [
        (0, "remind me to call mom at 5pm", MADE),
        (1, "remind me to call dad", "When"),
        (
            2,
            "ZONE London",
            "OK, using London time. #1 still rings today at 10 PM GMT because its new time has passed. When should I remind you: call dad?",
        ),
        (3, "at 9pm", "OK, I'll call you today at 9 PM GMT: call dad (#2)."),
    ];
    check(Person::confirmed(), &texts);
}

/// Returns the rule and the due of the only reminder, after a correction of the zone.
fn after_correction(body: &str, zone: &str) -> (String, String) {
    let mut person = Person::confirmed();
    assert!(person.text(0, body).starts_with(MADE), "{body}");
    person.text(1, zone);
    let one = &person.reminders[0];
    (one.rule.as_ref().unwrap().to_string(), one.due.to_string())
}

#[test]
fn an_end_that_was_read_in_the_guessed_zone_moves_to_the_corrected_zone() {
    let until = "remind me to stretch every 30 minutes until 6 PM";
    let due = "2026-03-02T17:30:00Z";
    for (body, zone, rule) in [
        (until, "ZONE New York", "DTSTART:20260302T123000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=12"),
        (until, "ZONE Los Angeles", "DTSTART:20260302T093000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=18"),
        (until, "ZONE London", "DTSTART:20260302T173000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=2"),
        (until, "ZONE Tokyo", "DTSTART:20260303T023000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=1"),
    ] {
        assert_eq!(after_correction(body, zone), (rule.to_owned(), due.to_owned()), "{zone}");
    }
    // A series that only counts minutes does not depend on the zone.
    let (rule, _) = after_correction("remind me to stretch every 30 minutes for 2 hours", "ZONE Los Angeles");
    assert_eq!(rule, "DTSTART:20260302T123000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=4");
}

#[test]
fn a_zone_is_never_refused_and_a_reminder_above_the_limit_keeps_its_time() {
    let mut person = Person::new();
    // The limit already counts five calls at 5 PM in Los Angeles.
    let due = "2026-03-03T01:00:00Z".parse::<Timestamp>().unwrap();
    person.profile.limits.calls = crate::limits::Calls::noted([due; SOON_MAX]);
    person.text(0, "remind me to call mom at 5pm");
    person.text(1, "remind me to call dad at 7pm");
    let answer = person.text(2, "ZONE Los Angeles");
    let expected = "OK, using Los Angeles time. Now #2 rings today at 7 PM PST. #1 still rings today at 2 PM PST because its new time is too busy. What time should I move it to?";
    assert_eq!(answer, expected);
    assert_eq!(person.profile.zone.name(), "America/Los_Angeles");
    assert!(person.text(3, "8pm").starts_with("Moved: I'll call you today at 8 PM PST: call mom (#1)"));
}
