//! Limits: how often an unconfirmed number can be called, and how many answers a machine gets.

use crate::limits::Limits;
use crate::policy::{OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S, after};
use crate::profile::OptStatus;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::tests::{MADE, Person, check, noon};
use crate::conversation::{AnswerRoute, Refusal};

const FULL: &str = "Not saved: new numbers can have 3 reminders.";
const SOON: &str = "Not saved: new numbers can get 5 calls in 15 minutes.";
const OFTEN: &str = "Not saved: new numbers can get a call every 15 minutes at most.";
const ALL_OPEN: &str = "Not saved: you have 80 reminders, the most I can keep.";
const HELP: &str = "I call you with reminders.";
const UNCLEAR: &str = "Sorry, I didn't get that.";

#[test]
fn a_new_number_that_asks_for_too_much_is_told_once_an_hour() {
    let texts = [
        (0, "remind me to feed the cat tomorrow at 9", MADE),
        (1, "remind me to feed the dog tomorrow at 9", MADE),
        (2, "remind me to feed the fish tomorrow at 9", MADE),
        (3, "remind me to feed the cow tomorrow at 9", FULL),
        (4, "remind me to feed the cow tomorrow at 9", ""),
        (5, "remind me to feed the cow every minute", ""),
        (6, "list", "#1 "),
        (7, "delete 1", "Deleted #1 feed the cat."),
        (8, "remind me to feed the cow tomorrow at 9", MADE),
        (9, "remind me to feed the pig tomorrow at 9", ""),
        (3602, "remind me to feed the pig tomorrow at 9", ""),
        (3603, "remind me to feed the pig tomorrow at 9", FULL),
        (3604, "remind me to feed the pig tomorrow at 9", ""),
        (3605, "stop texting me", "You won't hear from me again"),
        (3606, "start again", "Welcome back!"),
    ];
    check(Person::new(), &texts);
}

#[test]
fn a_new_number_is_called_five_times_in_a_quarter_of_an_hour() {
    let soon = [
        (0, "remind me to get up in 1 minute", MADE),
        (240, "remind me to get up in 1 minute", MADE),
        (480, "remind me to get up in 1 minute", MADE),
        (485, "remind me to get up in 1 minute", MADE),
        (490, "remind me to get up in 1 minute", MADE),
        (700, "remind me to get up in 1 minute", SOON),
        (701, "snooze 2 minutes", ""),
        (702, "remind me to get up in 3 minutes", ""),
        (703, "remind me to get up in 5 minutes", MADE),
        (704, "move it to in 1 minute", ""),
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
fn what_is_taken_back_before_it_rings_does_not_count() {
    let mut person = Person::new();
    let ways = [("delete it", "Deleted"), ("delete all", "Deleted")];
    for (second, (give_up, expected)) in (0..100).step_by(4).zip(ways.iter().cycle()) {
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
fn who_says_later_twice_is_called_once_for_both() {
    let texts = [
        (0, "remind me to get up in 1 minute", MADE),
        (1, "remind me to eat in 3 minutes", MADE),
        (62, "snooze 6 minutes", "OK, I'll call you again"),
        (63, "snooze 5 minutes", "OK, I'll call you again"),
        (64, "remind me to drink in 4 minutes", MADE),
        (370, "remind me to go in 8 minutes", MADE),
        (371, "snooze 3 minutes", SOON),
        (372, "snooze 12 minutes", "OK, I'll call you again"),
        (373, "snooze 3 minutes", ""),
    ];
    check(Person::new(), &texts);
}

#[test]
fn who_leaves_takes_all_back() {
    let mut person = Person::new();
    person.text(0, "remind me to get up in 10 minutes");
    person.text(1, "STOP");
    assert_eq!(person.profile.limits.calls.dues(), []);
}

#[test]
fn who_has_pressed_a_key_is_called_as_often_as_they_like() {
    let mut person = Person::confirmed();
    for second in 0..40 {
        assert!(person.text(second, "remind me to get up in 1 minute").starts_with(MADE));
    }
    assert_eq!(person.profile.limits, Limits::default());
}

#[test]
fn a_machine_that_answers_for_who_has_pressed_a_key_hears_three_refusals_an_hour() {
    let driving = "I am driving and will get back to you in 120 minutes";
    let mut person = Person::confirmed();
    for second in 0..80 {
        let answer = person.text(second, driving);
        assert!(answer.starts_with(MADE), "{second} s: {answer:?}");
    }
    let texts = [
        (80, driving, ALL_OPEN),
        (81, driving, ALL_OPEN),
        (82, "the quick brown fox", UNCLEAR),
        (83, driving, ""),
        (84, "remind me to eat tomorrow at 9", ""),
        (85, "list", "#1 "),
        (3679, driving, ""),
        (3680, driving, ALL_OPEN),
        (3681, driving, ALL_OPEN),
        (3682, driving, ALL_OPEN),
        (3683, driving, ""),
        (3684, "delete all", "Deleted"),
        (3685, "remind me to eat tomorrow at 9", MADE),
    ];
    check(person, &texts);
    let often = "remind me to get up every 4 minutes";
    let too_often = "Not saved: that's too often. I can call you every 5 minutes at most.";
    let texts = [(0, often, too_often), (1, often, too_often), (2, often, too_often), (3, often, ""), (4, often, "")];
    check(Person::confirmed(), &texts);
}

#[test]
fn a_series_of_a_new_number_rings_each_quarter_of_an_hour_at_most() {
    for (body, new, known) in [
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
        check(Person::new(), &[(0, body, new)]);
        check(Person::confirmed(), &[(0, body, known)]);
    }
}

#[test]
fn the_fourth_text_in_an_hour_that_leads_nowhere_is_not_answered() {
    for person in [Person::new, Person::confirmed] {
        let noise = [
            (0, "the quick brown fox", UNCLEAR),
            (1, "the quick brown fox", UNCLEAR),
            (2, "remind me to get up on february 30", "That date doesn't exist."),
            (3, "the quick brown fox", ""),
            (4, "list", "You have no reminders."),
            (5, "help", HELP),
            (6, "remind me to get up tomorrow at 9", MADE),
            (7, "the quick brown fox", ""),
            (3599, "the quick brown fox", ""),
            (3600, "the quick brown fox", UNCLEAR),
            (3600, "the quick brown fox", ""),
            (3601, "the quick brown fox", UNCLEAR),
        ];
        check(person(), &noise);
        let asked_again = [
            (0, "remind me to call mom", "When should I remind you: call mom?"),
            (1, "remind me to call mom", "When should I remind you: call mom?"),
            (2, "remind me to call dad", "When should I remind you: call dad?"),
            (3, "remind me to call dad", "When should I remind you: call dad?"),
            (4, "remind me to call dad", ""),
            (5, "at 6pm", MADE),
        ];
        check(person(), &asked_again);
    }
}

#[test]
fn what_changes_nothing_is_answered_three_times_an_hour() {
    for person in [Person::new, Person::confirmed] {
        for body in ["Later", "Done!", "snooze 10 minutes", "move 7 to 6pm", "zone Atlantis"] {
            let mut person = person();
            for second in 0..3 {
                assert_ne!(person.text(second, body), "", "{second} s, {body:?}");
            }
            for second in [3, 3599] {
                assert_eq!(person.text(second, body), "", "{second} s, {body:?}");
            }
            assert_ne!(person.text(3600, body), "", "{body:?}");
        }
    }
}

#[test]
fn what_changes_something_or_takes_it_back_is_always_answered() {
    let noise = [(0, "Later", "No reminder"), (1, "Done!", "No reminder"), (2, "move 7 to 6pm", "I can't find")];
    let texts = [
        (3, "Later", ""),
        (4, "zone London", "OK, I'll use London time"),
        (5, "zone London", ""),
        (6, "zone Paris", "OK, I'll use Paris time"),
        (7, "list", "You have no reminders."),
        (8, "list", "You have no reminders."),
        (9, "delete 7", "I can't find that reminder."),
        (10, "delete 7", "I can't find that reminder."),
        (11, "remind me to call mom", "When should I remind you"),
        (12, "remind me to call dad", ""),
        (13, "in 10 minutes", MADE),
        (14, "move 1 to tomorrow", "Moved"),
        (15, "done", ""),
        (16, "done 1", "Done"),
        (16, "done", ""),
        (17, "stop texting me", "You won't hear from me again"),
        (18, "start again", "Welcome back!"),
        (19, "stop texting me", "You won't hear from me again"),
    ];
    for person in [Person::new, Person::confirmed] {
        check(person(), &[&noise[..], &texts[..]].concat());
    }
}

#[test]
fn who_asks_for_help_is_answered_once_more_than_who_is_not_understood() {
    let texts = [
        (0, "the quick brown fox", UNCLEAR),
        (1, "the quick brown fox", UNCLEAR),
        (2, "the quick brown fox", UNCLEAR),
        (3, "the quick brown fox", ""),
        (4, "help", HELP),
        (5, "help", ""),
        (6, "the quick brown fox", ""),
    ];
    check(Person::new(), &texts);
    let helps = [(0, "help", HELP), (1, "help", HELP), (2, "help", HELP), (3, "help", HELP), (4, "help", "")];
    check(Person::confirmed(), &helps);
}

#[test]
fn who_is_not_served_is_told_so_once_an_hour_whatever_they_text() {
    for (refused, no) in
        [(Refusal::Country, "Sorry, I can't call numbers in"), (Refusal::Kind, "Sorry, I can't call this")]
    {
        let texts = [
            (0, "remind me to get up in 1 minute", no),
            (1, "remind me to get up in 1 minute", ""),
            (2, "list", ""),
            (3, "help", ""),
            (3599, "delete all", ""),
            (3600, "the quick brown fox", no),
            (3601, "the quick brown fox", ""),
            (7300, "stop texting me", ""),
            (7301, "remind me to get up in 1 minute", ""),
            (7302, "start again", ""),
            (7303, "remind me to get up in 1 minute", no),
        ];
        for mut person in [Person::new(), Person::confirmed()] {
            person.refused = Some(refused);
            check(person, &texts);
        }
    }
}

#[test]
fn who_is_not_served_has_nothing_made_and_no_text_of_its_own_sent() {
    let mut person = Person::new();
    person.refused = Some(Refusal::Kind);
    assert_eq!(person.text_by(AnswerRoute::Sms, 0, 0, "remind me to get up in 1 minute"), "");
    assert!(person.text(1, "remind me to get up in 1 minute").starts_with("Sorry"));
    assert_eq!((person.open(), person.profile.question.clone()), (0, None));
    person.text_by(AnswerRoute::Sms, 2, 2, "stop");
    assert_eq!(person.profile.consent.status, OptStatus::OptedOut);
}

#[test]
fn a_later_call_of_a_series_was_never_counted_and_gives_nothing_back() {
    // The series rings at 12:15 for the first time, and at 12:30 at the same instant as the reminder made after it.
    for (give_up, counts) in [("delete 1", true), ("done 1", true), ("delete 2", false), ("done 2", false)] {
        let mut person = Person::new();
        person.text(0, "remind me to stir every 15 minutes");
        person.text(1020, "remind me to taste at 12:30pm");
        let due = after(noon(), 1800);
        assert!(person.profile.limits.calls.dues().contains(&due));
        person.text(1030, give_up);
        assert_eq!(person.profile.limits.calls.dues().contains(&due), counts, "{give_up}");
    }
    // Before it has rung, the series gives its first call back.
    for give_up in ["delete 1", "done 1"] {
        let mut person = Person::new();
        person.text(0, "remind me to stir every 15 minutes");
        person.text(60, give_up);
        assert_eq!(person.profile.limits.calls.dues(), [], "{give_up}");
    }
}

#[test]
fn a_text_counts_in_the_hour_in_which_it_was_received() {
    let mut person = Person::new();
    for received in [100, 50, 0] {
        assert!(person.text_late(received, 9000, "the quick brown fox").starts_with(UNCLEAR), "{received}");
    }
    assert_eq!(person.text_late(3599, 9000, "the quick brown fox"), "");
    assert!(person.text_late(3600, 9001, "the quick brown fox").starts_with(UNCLEAR));
    assert_eq!(person.text_late(10, 9002, "the quick brown fox"), "");
    assert!(person.text(9003, "the quick brown fox").starts_with(UNCLEAR));
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
    ]);
    let seconds = prop_oneof![1_i64..5, 1_i64..400, 600_i64..1000];
    (seconds, words, 1_u32..30).prop_map(|(seconds, words, n)| (seconds, words.replace('N', &n.to_string())))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_a_new_number_texts_its_phone_rings_for_five_and_the_open_series_in_a_quarter_of_an_hour(
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
        person.rang.sort_unstable();
        let most = SOON_MAX + OPEN_MAX_UNCONFIRMED;
        let is_spread = |dues: &[Timestamp]| dues[most].duration_since(dues[0]) >= SignedDuration::from_secs(SOON_S);
        prop_assert!(person.rang.windows(most + 1).all(is_spread), "{:?}", person.rang);
        if person.again == 0 {
            let is_spread = |dues: &[Timestamp]| dues[SOON_MAX] >= after(dues[0], SOON_S);
            prop_assert!(person.rang.windows(SOON_MAX + 1).all(is_spread), "{:?}", person.rang);
        }
    }
}
