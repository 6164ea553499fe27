//! Limits on what a person may ask for.

use crate::limits::{ANSWERS_MAX, Answers, Limits};
use crate::policy::{OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S, after};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::person::{MADE, Person, check, noon};
use crate::profile::OptStatus;

const FULL: &str = "Not saved: new numbers can have 3 reminders.";
const SOON: &str = "Not saved: new numbers can get 5 calls in 15 minutes.";
const OFTEN: &str = "Not saved: new numbers can get a call every 15 minutes at most.";

#[test]
fn a_request_above_the_limits_of_a_new_number_is_refused_each_time() {
    let texts = [
        (0, "remind me to feed the cat tomorrow at 9", MADE),
        (1, "remind me to feed the dog tomorrow at 9", MADE),
        (2, "remind me to feed the fish tomorrow at 9", MADE),
        (3, "remind me to feed the cow tomorrow at 9", FULL),
        (4, "remind me to feed the cow tomorrow at 9", FULL),
        (5, "remind me to feed the cow every minute", FULL),
        (6, "list", "#1 "),
        (7, "delete 1", "Deleted #1 feed the cat."),
        (8, "remind me to feed the cow tomorrow at 9", MADE),
        (9, "remind me to feed the pig tomorrow at 9", FULL),
        (3605, "stop texting me", "You won't hear from me again"),
        (3606, "start again", "Welcome back!"),
    ];
    check(Person::new(), &texts);
}

#[test]
fn a_new_number_is_called_at_most_five_times_in_a_quarter_of_an_hour() {
    let soon = [
        (0, "remind me to get up in 1 minute", MADE),
        (240, "remind me to get up in 1 minute", MADE),
        (480, "remind me to get up in 1 minute", MADE),
        (485, "remind me to get up in 1 minute", MADE),
        (490, "remind me to get up in 1 minute", MADE),
        (700, "remind me to get up in 1 minute", SOON),
        (701, "snooze 2 minutes", SOON),
        (702, "remind me to get up in 3 minutes", SOON),
        (703, "remind me to get up in 5 minutes", MADE),
        (704, "move it to in 1 minute", SOON),
        (705, "move it to in 10 minutes", "Moved"),
    ];
    check(Person::new(), &soon);
    let rung_and_deleted = [
        (0, "remind me to get up in 1 minute", MADE),
        (61, "delete all", "Deleted"),
        (62, "remind me to get up in 1 minute", MADE),
        (123, "delete all", "Deleted"),
        (124, "remind me to get up in 1 minute", MADE),
        (185, "delete all", "Deleted"),
        (186, "remind me to get up in 1 minute", MADE),
        (247, "delete all", "Deleted"),
        (248, "remind me to get up in 1 minute", MADE),
        (309, "delete all", "Deleted"),
        (310, "remind me to get up in 1 minute", SOON),
        (960, "remind me to get up in 1 minute", MADE),
    ];
    check(Person::new(), &rung_and_deleted);
}

#[test]
fn a_reminder_that_is_deleted_or_skipped_before_it_rings_is_not_counted() {
    let mut person = Person::new();
    let ways = [("delete it", "Deleted"), ("skip", "Skipped"), ("skip all", "Skipped"), ("delete all", "Deleted")];
    for (second, (give_up, expected)) in (0..76).step_by(4).zip(ways.iter().cycle()) {
        for (after_s, body, expected) in [
            (0, "remind me to get up in 10 minutes", MADE),
            (1, "move it to in 12 minutes", "Moved"),
            (2, *give_up, expected),
        ] {
            let answer = person.text(second + after_s, body);
            assert!(answer.starts_with(expected), "{second} s, {body:?}: {answer:?}");
        }
    }
    person.text(200, "remind me to get up in 10 minutes");
    let number = person.profile.numbers.last;
    assert!(person.text(201, &format!("done {number}")).starts_with("Done"));
    assert_eq!(person.profile.limits.calls.dues(), []);
}

#[test]
fn a_second_snooze_replaces_the_call_of_the_first_one() {
    let texts = [
        (0, "remind me to get up in 1 minute", MADE),
        (1, "remind me to eat in 3 minutes", MADE),
        (62, "snooze 6 minutes", "OK, I'll call you again"),
        (63, "snooze 5 minutes", "OK, I'll call you again"),
        (64, "remind me to drink in 4 minutes", MADE),
        (370, "remind me to go in 8 minutes", MADE),
        (371, "snooze 3 minutes", SOON),
        (372, "snooze 12 minutes", "OK, I'll call you again"),
        (373, "snooze 3 minutes", SOON),
    ];
    check(Person::new(), &texts);
}

#[test]
fn an_opt_out_takes_back_all_counted_calls() {
    let mut person = Person::new();
    person.text(0, "remind me to get up in 10 minutes");
    person.text(1, "STOP");
    assert_eq!(person.profile.limits.calls.dues(), []);
}

#[test]
fn a_person_who_has_pressed_a_key_is_called_as_often_as_they_like() {
    let mut person = Person::confirmed();
    for second in 0..40 {
        assert!(person.text(second, "remind me to get up in 1 minute").starts_with(MADE));
    }
    let answers = Answers::noted((0..40).map(|second| after(noon(), second)));
    assert_eq!(person.profile.limits, Limits { answers, ..Limits::default() });
}

#[test]
fn a_series_of_a_new_number_rings_at_most_once_in_a_quarter_of_an_hour() {
    for (body, answer_to_new, answer_to_confirmed) in [
        ("remind me to stir every minute", OFTEN, "Not saved: that's too often."),
        ("remind me to stir every 4 minutes", OFTEN, "Not saved: that's too often."),
        ("remind me to stir every 5 minutes", OFTEN, MADE),
        ("remind me to stir every 10 minutes for an hour", OFTEN, MADE),
        ("remind me to stir every 15 minutes", MADE, MADE),
        ("remind me to stir every 10 minutes between 1pm and 3pm", OFTEN, MADE),
        ("remind me to stir every 15 minutes between 1pm and 3pm", MADE, MADE),
        ("remind me to stir every day at 8, 12 and 6pm", MADE, MADE),
        ("remind me to stir every hour", MADE, MADE),
        ("remind me to stir every 2 minutes for 2 minutes", MADE, MADE),
    ] {
        check(Person::new(), &[(0, body, answer_to_new)]);
        check(Person::confirmed(), &[(0, body, answer_to_confirmed)]);
    }
}

#[test]
fn only_the_first_call_of_a_series_is_counted_so_ending_the_series_later_frees_no_other_call() {
    // The series rings first at 12:15. At 12:30 it rings together with the reminder that is made after it.
    for (give_up, is_counted) in [("delete 1", true), ("done 1", true), ("delete 2", false), ("done 2", false)] {
        let mut person = Person::new();
        person.text(0, "remind me to stir every 15 minutes");
        person.text(1020, "remind me to taste at 12:30pm");
        let due = after(noon(), 1800);
        assert!(person.profile.limits.calls.dues().contains(&due));
        person.text(1030, give_up);
        assert_eq!(person.profile.limits.calls.dues().contains(&due), is_counted, "{give_up}");
    }
    // If the series has not rung, its end frees its first call.
    for give_up in ["delete 1", "done 1"] {
        let mut person = Person::new();
        person.text(0, "remind me to stir every 15 minutes");
        person.text(60, give_up);
        assert_eq!(person.profile.limits.calls.dues(), [], "{give_up}");
    }
}

/// Number of answers after which a text that changes nothing is not answered.
const READ: i64 = 30;

#[test]
fn after_thirty_answers_in_an_hour_only_texts_that_change_something_are_answered() {
    let mut person = Person::confirmed();
    for second in 0..READ {
        assert!(person.text(second, "list").starts_with("You have no reminders"), "{second}");
    }
    let before = person.profile.clone();
    for body in ["list", "HELP", "delete 7", "remind me to eat", "undo", "the quick brown fox", "ZONE Nowhere"] {
        assert_eq!(person.text(READ, body), "", "{body}");
        assert_eq!(person.profile, before, "{body}");
    }
    for (second, (body, expected)) in (READ + 1..).zip([
        ("remind me to eat tomorrow at 9", MADE),
        ("move 1 to tomorrow at 10", "Moved"),
        ("ZONE Chicago", "OK, "),
        ("skip 1", "Skipped"),
        ("stop texting me", "You won't hear from me again"),
        ("start again", "Welcome back!"),
    ]) {
        let answer = person.text(second, body);
        assert!(answer.starts_with(expected), "{body}: {answer}");
    }
    assert_eq!(person.text(3600, "list"), "", "the answers to changes count too");
    assert!(person.text(3610 + READ, "list").starts_with("You have no reminders"));
}

#[test]
fn after_sixty_answers_in_an_hour_only_an_opt_out_and_an_opt_in_are_carried_out_and_nothing_is_answered() {
    let mut person = Person::confirmed();
    for (second, city) in (0..).zip(["Chicago", "New York"].iter().cycle()).take(ANSWERS_MAX) {
        assert!(person.text(second, &format!("ZONE {city}")).starts_with("OK, "), "{second}");
    }
    let before = person.profile.clone();
    for body in ["ZONE Chicago", "remind me to eat tomorrow at 9", "list"] {
        assert_eq!(person.text(100, body), "", "{body}");
        assert_eq!((&person.profile, person.open()), (&before, 0), "{body}");
    }
    assert_eq!(person.text(101, "stop texting me"), "");
    assert_eq!(person.profile.consent.status, OptStatus::OptedOut);
    assert_eq!(person.text(103, "start again"), "");
    assert_eq!(person.profile.consent.status, OptStatus::OptedIn);
    assert!(person.text(3700, "remind me to eat tomorrow at 9").starts_with(MADE));
}

#[test]
fn a_text_that_is_handled_late_counts_in_the_hour_in_which_it_was_received() {
    let mut person = Person::confirmed();
    for second in 0..READ {
        person.text(4000 + second, "list");
    }
    assert_eq!(person.text_late(3999, 4100, "list"), "");
    assert!(person.text_late(400, 4101, "remind me to eat tomorrow at 9").starts_with(MADE));
}

/// Texts of a sender who wants a phone to ring often.
fn nagging() -> impl Strategy<Value = (i64, String)> {
    let words = prop::sample::select(vec![
        "remind me to get up in N minutes",
        "remind me to get up in N minutes",
        "remind me to get up in N minutes and in 20 minutes",
        "remind me to get up every 15 minutes",
        "remind me to get up every 15 minutes for 30 minutes",
        "delete N",
        "delete all",
        "done",
        "snooze N minutes",
        "in N minutes",
        "move it to in N minutes",
        "move N to in 3 minutes",
        "STOP",
        "START",
        "RESTORE",
        "UNDO",
        "skip N",
        "skip",
        "ZONE Los Angeles",
        "ZONE New York",
        "YES",
    ]);
    let seconds = prop_oneof![1_i64..5, 1_i64..400, 600_i64..1000];
    (seconds, words, 1_u32..30).prop_map(|(seconds, words, n)| (seconds, words.replace('N', &n.to_string())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_new_number_gets_at_most_five_calls_and_one_for_each_open_series_in_a_quarter_of_an_hour(
        texts in prop::collection::vec(nagging(), 1..80),
    ) {
        let mut person = Person::new();
        let mut second = 0;
        for (wait_s, body) in &texts {
            second += wait_s;
            person.text(second, body);
            prop_assert!(person.open() <= OPEN_MAX_UNCONFIRMED);
            prop_assert!(person.profile.limits.calls.dues().len() <= 2 * SOON_MAX + OPEN_MAX_UNCONFIRMED);
        }
        person.ring_until(after(noon(), second + 3600));
        person.first_calls.sort_unstable();
        let most = SOON_MAX + OPEN_MAX_UNCONFIRMED;
        let is_spread = |dues: &[Timestamp]| dues[most].duration_since(dues[0]) >= SignedDuration::from_secs(SOON_S);
        prop_assert!(person.first_calls.windows(most + 1).all(is_spread), "{:?}", person.first_calls);
        if person.later_calls == 0 {
            let is_spread = |dues: &[Timestamp]| dues[SOON_MAX] >= after(dues[0], SOON_S);
            prop_assert!(person.first_calls.windows(SOON_MAX + 1).all(is_spread), "{:?}", person.first_calls);
        }
    }
}
