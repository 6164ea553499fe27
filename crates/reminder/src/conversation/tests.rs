//! Conversations of a person whose reminders ring between the texts.

use crate::policy::after;
use crate::record::{End, Lifecycle};

use super::person::{INTRODUCTION, MADE, Person, TRIED_S, check, noon};
use super::*;
use crate::conversation::AnswerRoute;

#[test]
fn thanks_are_answered_only_by_repeating_an_open_question() {
    let question = "When should I remind you: call mom?";
    let texts = [
        (0, "remind me to get up tomorrow at 9", MADE),
        (1, "thanks!", ""),
        (2, "Liked \u{201c}OK, I'll call you tomorrow at 9 AM EST: get up (#1).\u{201d}", ""),
        (3, "list", "#1 tomorrow at 9 AM EST: get up"),
        (4, "remind me to call mom", question),
        (5, "ok", question),
        (6, "great", question),
        (7, "\u{1f44d}", question),
        (8, "ok", ""),
        (9, "at 6pm", MADE),
        (10, "ok", ""),
    ];
    check(Person::new(), &texts);
}

#[test]
fn snooze_is_not_about_a_reminder_that_rang_after_the_text_was_received() {
    for (words, expected) in
        [("snooze 10 minutes", "No reminder rang in the last hour."), ("in an hour", "OK, in 59 minutes")]
    {
        let mut person = Person::new();
        person.text(0, "remind me to get up in 2 minutes");
        let answer = person.text_late(60, 150, words);
        assert!(answer.starts_with(expected), "{words:?}: {answer:?}");
        let answer = person.text_late(130, 160, "snooze 10 minutes");
        assert!(answer.starts_with("OK, I'll call you again in 10 minutes (12:12:10 PM): get up"), "{answer:?}");
    }
}

#[test]
fn done_and_snooze_are_not_about_an_occurrence_that_was_due_after_the_text_was_received() {
    for words in ["snooze 10 minutes", "done"] {
        let mut person = Person::new();
        person.text(0, "remind me to stretch every day at 12:02 pm");
        // The first occurrence is over, and the series waits for the next day.
        let answer = person.text_late(60, 600, words);
        assert!(answer.starts_with("No reminder rang in the last hour."), "{words:?}: {answer:?}");
        let answer = person.text_late(130, 610, words);
        assert!(answer.contains("stretch"), "{words:?}: {answer:?}");
    }
}

#[test]
fn a_time_alone_snoozes_a_reminder_that_has_just_rung_and_a_request_makes_a_new_reminder() {
    let texts = [
        (0, "in an hour", "OK, today at 1 PM EST. What should I remind you about?"),
        (1, "remind me to get up in 1 minute", MADE),
        (65, "in an hour", "OK, I'll call you again today at 1:01:05 PM EST: get up"),
        (70, "remind me in two hours", "OK, today at 2:01:10 PM EST. What should I remind you about?"),
        (71, "buy milk", MADE),
        (900, "in an hour", "OK, today at 1:15 PM EST. What should I remind you about?"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn the_first_promise_and_help_name_the_service() {
    let mut person = Person::new();
    let mut introduces = |second, body: &str| {
        let decision = person.decision(AnswerRoute::Reply, second, second, body);
        person.profile = decision.profile;
        decision.answer.starts_with(INTRODUCTION)
    };
    for (second, body, expected) in [
        (0, "list", false),
        (1, "help", true),
        (2, "remind me to get up tomorrow at 9", true),
        (3, "remind me to get up tomorrow at 9", false),
        (4, "help", true),
    ] {
        assert_eq!(introduces(second, body), expected, "{body:?}");
    }
}

const PILLS: &str = "remind me to take pills every day at 12:01 PM";

/// When the calls of the occurrence of 12:01 PM have ended, in seconds after noon.
const PILLS_RANG_S: i64 = 60 + TRIED_S;

#[test]
fn done_after_a_call_leaves_the_next_occurrence_of_its_series() {
    for done in ["done", "done with pills", "done 1"] {
        let mut person = Person::confirmed();
        person.text(0, PILLS);
        let answer = person.text(PILLS_RANG_S + 1, done);
        assert!(answer.starts_with("Done: #1 take pills."), "{done:?}: {answer:?}");
        assert_eq!(
            person.text(PILLS_RANG_S + 2, "list"),
            "#1 every day 12:01 PM, next tomorrow at 12:01 PM EST: take pills",
            "{done:?}"
        );
    }
}

#[test]
fn done_between_two_calls_acknowledges_the_occurrence_and_not_the_next_occurrence() {
    let texts = [
        (0, PILLS, MADE),
        (90, "done", "Done: #1 take pills."),
        (91, "list", "#1 every day 12:01 PM, next tomorrow at 12:01 PM EST: take pills"),
        (92, "done", "Done: #1 take pills."),
        (93, "list", "#1 every day 12:01 PM, next tomorrow at 12:01 PM EST: take pills"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_is_not_about_a_reminder_that_was_made_after_the_reminder_that_rang() {
    let texts = [
        (0, "remind me to get up in 1 minute", MADE),
        (61 + TRIED_S, "remind me to buy milk in 2 hours", MADE),
        (62 + TRIED_S, "done", "Done: #1 get up."),
        (64 + TRIED_S, "list", "#2 today at 2:03:01 PM EST: buy milk"),
        (3600 + 59 + TRIED_S, "done", "Done: #1 get up."),
        (3600 + 61 + TRIED_S, "done", "No reminder rang in the last hour."),
        (3600 + 62 + TRIED_S, "list", "#2 today at 2:03:01 PM EST: buy milk"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_with_the_words_of_a_reminder_that_has_not_rung_says_how_to_skip_it() {
    let texts = [
        (0, "remind me to buy milk in 2 hours", MADE),
        (1, "done with milk", "#1 buy milk hasn't rung yet. To skip it, text SKIP 1."),
        (2, "list", "#1 today at 2 PM EST: buy milk"),
        (3, "remind me to buy milk and eggs in 3 hours", MADE),
        (4, "done with milk", "Which one? Text LIST"),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_without_a_number_is_not_about_a_reminder_that_a_snooze_made() {
    let texts = [
        (0, "remind me to get up in 1 minute", MADE),
        (61, "snooze 10 minutes", "OK, I'll call you again"),
        (62, "done", "Done: #1 get up. I'll still call again in 10 minutes (12:11:01 PM). To skip that, text SKIP 2."),
        (63, "list", "#2 in 10 minutes (12:11:01 PM): get up"),
        (64, "done 2", "Done: #2 get up."),
        (65, "list", "You have no reminders."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn done_with_a_number_skips_the_coming_occurrence_and_says_when_the_series_rings_next() {
    let texts = [
        (0, "remind me to take pills every day at 6 PM", MADE),
        (1, "remind me to buy milk at 5 PM", MADE),
        (2, "done 1", "Done: #1 take pills. Next call: tomorrow at 6 PM EST."),
        (3, "done 1 and 2", "Done: #1, #2. Next call: #1 Wed, Mar 4 at 6 PM EST."),
        (4, "list", "#1 every day 6 PM, next Wed, Mar 4 at 6 PM EST: take pills"),
    ];
    check(Person::confirmed(), &texts);
}

/// A person with three reminders, the limit of an unconfirmed number, who then opted out at the carrier.
fn opted_out_with_three_reminders() -> Person {
    let mut person = Person::new();
    person.text(0, "remind me to take pills every day at 12:01 PM");
    person.text(1, "remind me to get up tomorrow at 9");
    person.text(2, "remind me to buy milk tomorrow at 10");
    person.ring_until(after(noon(), PILLS_RANG_S));
    person.opt_out_at_the_carrier(PILLS_RANG_S);
    person
}

#[test]
fn an_opt_in_ends_the_reminders_made_before_the_carrier_reported_an_opt_out() {
    for back in ["START", "start again"] {
        let mut person = opted_out_with_three_reminders();
        person.text(PILLS_RANG_S + 1, back);
        let is_ended = |one: &Reminder| matches!(one.life, Lifecycle::Ended { end: End::OptedOut { epoch: 1 }, .. });
        assert!(person.reminders.iter().all(is_ended), "{back:?}: {:?}", person.reminders);
    }
}

#[test]
fn a_reminder_of_an_older_epoch_is_neither_listed_nor_counted_nor_changed_nor_named() {
    let second = PILLS_RANG_S + 1;
    for (text, expected) in [
        ("list", "You have no reminders."),
        ("delete 2", "I can't find that reminder."),
        ("delete all", "I can't find that reminder."),
        ("delete milk", "I can't find that reminder."),
        ("move 2 to 6pm", "I can't find that reminder."),
        ("make it 6pm", "I can't find that reminder."),
        ("done", "No reminder rang in the last hour."),
        ("done 2", "No reminder rang in the last hour."),
        ("done with milk", "No reminder rang in the last hour."),
        ("snooze 10 minutes", "No reminder rang in the last hour."),
        ("in an hour", "OK, today at 1:03:01 PM EST. What should I remind you about?"),
        ("remind me to call mom tomorrow at 11", MADE),
    ] {
        let mut person = opted_out_with_three_reminders();
        // As if an older release had opted the person in.
        person.profile.consent.status = OptStatus::OptedIn;
        let answer = person.text(second, text);
        assert!(answer.starts_with(expected), "{text:?}: expected {expected:?}, found {answer:?}");
    }
}

#[test]
fn a_stop_that_is_handled_after_a_later_yes_does_not_count() {
    for (later, is_out) in [("YES", false), ("START", false), ("yes please", true), ("list", true)] {
        let mut person = Person::new();
        person.text(0, "remind me to get up tomorrow at 9");
        person.text(30, later);
        person.text_late(20, 60, "STOP");
        assert_eq!(person.profile.consent.status == OptStatus::OptedOut, is_out, "{later:?}");
    }
}

#[test]
fn a_stop_in_other_words_that_does_not_count_any_more_says_so() {
    for (later, expected) in [("YES", "You texted again after you"), ("list", "You won't hear from me again")] {
        let mut person = Person::new();
        person.text(30, later);
        let answer = person.text_late(20, 60, "stop calling me");
        assert!(answer.starts_with(expected), "{later:?}: {answer:?}");
    }
}
