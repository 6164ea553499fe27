//! How a corrected zone changes reminders.

use crate::record::DueSource;

use super::person::{MADE, Person, check, noon};
use super::*;
use crate::conversation::AnswerRoute;

const LOS_ANGELES: &str = "OK, using Los Angeles time.";

/// Checks the beginning of the answer to each text. It is noon in New York at second 0.
fn talk(texts: &[(i64, &str, &str)]) {
    check(Person::confirmed(), texts);
}

#[test]
fn a_corrected_zone_moves_reminders_that_were_read_in_the_guessed_zone() {
    let moved = "OK, using Los Angeles time. Now #1 rings today at 5 PM PST; #2 rings every day at 8 AM, starting tomorrow at 8 AM PST.";
    talk(&[
        (0, "remind me to call mom at 5pm", MADE),
        (1, "remind me to take my pills every day at 8am", MADE),
        (2, "ZONE Los Angeles", moved),
        (3, "list", "#1 today at 5 PM PST: call mom\n#2 every day 8 AM, next tomorrow at 8 AM PST: take your pills"),
        (4, "ZONE New York", "OK, New York time. Should your repeating reminder move to New York time too? YES or NO"),
        (5, "list", "#1 today at 5 PM PST: call mom\n#2 every day 8 AM, next tomorrow at 8 AM PST: take your pills"),
    ]);
}

/// It is 9 AM in Los Angeles: a first call that was tomorrow in New York is today, unless the text fixed the first day or
/// the number of calls.
#[test]
fn a_corrected_series_rings_first_at_the_next_time_in_the_new_zone() {
    for (series, moved) in [
        ("stretch every day at 11am", "today at 11 AM PST"),
        ("stretch every weekday at 11am", "today at 11 AM PST"),
        ("stretch every day at 11am starting tomorrow", "tomorrow at 11 AM PST"),
        ("stretch every day at 11am for 3 times", "tomorrow at 11 AM PST"),
    ] {
        let mut person = Person::confirmed();
        let made = person.text(0, &format!("remind me to {series}"));
        assert!(made.contains("starting tomorrow"), "{series}: {made}");
        let answer = person.text(1, "ZONE Los Angeles");
        assert!(answer.contains(moved), "{series}: {answer}");
    }
}

#[test]
fn a_reminder_that_does_not_depend_on_the_guess_stays() {
    let plain = "OK, I'll use Los Angeles time from now on.";
    let stays = "#1 in 20 minutes (12:20 PM): call mom\n#3 today at 1 PM EST: call dad\n#2 today at 5 PM PST: call Ann";
    talk(&[
        (0, "remind me to call mom in 20 minutes", MADE),
        (0, "remind me to call Ann at 5 PM PST", MADE),
        (0, "remind me to call dad at 1 PM EST", MADE),
        (1, "ZONE Los Angeles", plain),
        (2, "list", stays),
    ]);
}

#[test]
fn a_move_and_a_snooze_to_a_time_of_day_are_read_in_the_guessed_zone_too() {
    talk(&[
        (0, "remind me to call mom in 30 minutes", MADE),
        (1, "move 1 to 6pm", "Moved"),
        (2, "remind me to call Ann at 5pm", MADE),
        (3, "move 2 to in 40 minutes", "Moved"),
        (4, "remind me to call dad at 7pm", MADE),
        (5, "postpone 3 an hour", "Moved: I'll call you today at 8 PM EST"),
        (
            6,
            "ZONE Los Angeles",
            "OK, using Los Angeles time. Now #1 rings today at 6 PM PST; #3 rings today at 8 PM PST.",
        ),
    ]);
    for (snooze, expected) in [
        ("snooze until 5pm", "OK, using Los Angeles time. Now #2 rings today at 5 PM PST."),
        ("5pm", "OK, using Los Angeles time. Now #2 rings today at 5 PM PST."),
        ("snooze 30 minutes", "OK, I'll use Los Angeles time"),
    ] {
        talk(&[
            (0, "remind me to call mom in 1 minute", MADE),
            (61, snooze, "OK, I'll call you again"),
            (200, "ZONE Los Angeles", expected),
        ]);
    }
}

#[test]
fn an_answer_to_a_question_is_read_in_the_guessed_zone_too() {
    talk(&[
        (0, "remind me to call mom", "When"),
        (1, "at 5pm", MADE),
        (2, "remind me at 6pm", "OK, today at 6 PM EST."),
        (3, "call Ann", MADE),
        (
            4,
            "ZONE Los Angeles",
            "OK, using Los Angeles time. Now #1 rings today at 5 PM PST; #2 rings today at 6 PM PST.",
        ),
    ]);
}

#[test]
fn a_one_off_whose_new_time_has_passed_rings_as_planned_unless_its_person_names_another_time() {
    let passed = "OK, using London time. #1 still rings today at 10 PM GMT because its new time has passed. What time should I move it to?";
    talk(&[
        (0, "remind me to call mom at 5pm", MADE),
        (1, "ZONE London", passed),
        (2, "list", "#1 today at 10 PM GMT: call mom"),
        (3, "7pm", "Moved: I'll call you today at 7 PM GMT: call mom (#1)"),
        (4, "list", "#1 today at 7 PM GMT: call mom"),
    ]);
    let several = "OK, using London time. Now #3 rings today at 8 PM GMT. #1, #2 still ring as before because their new times have passed. What time should I move #1 to?";
    talk(&[
        (0, "remind me to call mom at 4pm", MADE),
        (1, "remind me to call Ann at 5pm", MADE),
        (2, "remind me to call dad at 8pm", MADE),
        (3, "ZONE London", several),
        (4, "at 9pm", "Moved: I'll call you today at 9 PM GMT: call mom (#1)"),
    ]);
}

#[test]
fn a_series_takes_its_next_occurrence_in_the_corrected_zone() {
    talk(&[
        (0, "remind me to stretch every day at 3pm", MADE),
        (1, "ZONE London", "OK, using London time. Now #1 rings every day at 3 PM, starting tomorrow at 3 PM GMT."),
    ]);
}

#[test]
fn an_occurrence_that_has_rung_stays_and_its_series_goes_on_in_the_corrected_zone() {
    let mut person = Person::confirmed();
    person.text(0, "remind me to call mom at 12:01 PM");
    person.text(1, "remind me to take my pills every day at 12:01 PM");
    let answer = person.text(70, "ZONE Los Angeles");
    assert_eq!(answer, "OK, I'll use Los Angeles time from now on.");
    let answer = person.text(400, "list");
    assert!(answer.starts_with("#2 every day 12:01 PM, next today at 12:01 PM PST: take your pills"), "{answer}");
}

#[test]
fn a_reminder_of_a_later_text_that_was_handled_before_the_correction_is_corrected_too() {
    let mut person = Person::confirmed();
    person.text_late(20, 21, "remind me to call mom at 5pm");
    let answer = person.text_late(10, 30, "ZONE Los Angeles");
    assert!(answer.starts_with(LOS_ANGELES), "{answer}");
    assert!(answer.contains("Now #1 rings today at 5 PM PST"), "{answer}");
}

#[test]
fn each_reminder_that_is_planned_again_has_a_write_and_a_new_wake_up_and_the_answer_is_one_segment() {
    let mut person = Person::confirmed();
    for number in 0..crate::policy::OPEN_MAX {
        let second = i64::try_from(number).unwrap();
        assert!(person.text(second, "remind me to call mom tomorrow at 9").starts_with(MADE), "{number}");
        person.forget_answers();
    }
    let decision = person.decision(AnswerRoute::Reply, 500, 500, "ZONE Los Angeles");
    assert_eq!(decision.writes.len(), crate::policy::OPEN_MAX);
    assert_eq!((decision.planned.len(), decision.effects.len()), (decision.writes.len(), decision.writes.len()));
    for (write, made) in decision.writes.iter().zip(&decision.planned) {
        let ReminderWrite::Replace(next) = write else { panic!("{write:?}") };
        assert_eq!((next.generation, next.due_source, made.generation), (2, DueSource::Fixed, 2));
        assert_eq!(next.due, "2026-03-03T17:00:00Z".parse().unwrap());
    }
    assert_eq!(crate::words::segments(&decision.answer), 1, "{}", decision.answer);
}

#[test]
fn an_unconfirmed_number_gains_no_calls_by_a_correction_of_the_zone() {
    let mut person = Person::new();
    for (second, body) in [(0, "call mom at 5pm"), (1, "call Ann at 5pm"), (2, "call dad at 5pm")] {
        assert!(person.text(second, &format!("remind me to {body}")).starts_with(MADE));
    }
    assert!(person.text(3, "ZONE Los Angeles").starts_with(LOS_ANGELES));
    let dues = person.profile.limits.calls.dues().to_vec();
    assert_eq!(dues, vec!["2026-03-03T01:00:00Z".parse::<Timestamp>().unwrap(); 3]);
    assert!(noon() < dues[0]);
}

#[test]
fn a_new_zone_does_not_move_the_reminders_of_a_person_who_had_named_their_zone() {
    talk(&[
        (0, "ZONE Los Angeles", "OK, I'll use Los Angeles time"),
        (1, "remind me to call mom at 5pm", "OK, I'll call you today at 5 PM PST"),
        (2, "ZONE London", "OK, I'll use London time"),
        (3, "list", "#1 today at 5 PM PST: call mom"),
    ]);
}
