//! Whatever a number that may be forged texts, its owner's phone rings so often at most, and machines fall silent.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reminder::budget::Budget;
use reminder::policy::{OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S, after};

use super::tests::{MADE, Person, check, noon};

const FULL: &str = "Not set: 3 of yours are open.";
const SOON: &str = "Not set: until you have pressed 1 on a call of mine, I call 5 times in 15 minutes";
const OFTEN: &str = "Not set: until you have pressed 1 on a call of mine, I call every 15 minutes at most";
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
        (3605, "stop texting me", "You're out"),
        (3606, "start again", "Welcome back."),
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
    let ways = [("delete it", "Deleted"), ("done", "Well done"), ("delete all", "Deleted")];
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
    assert_eq!(person.profile.budget.calls.dues(), []);
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
    assert_eq!(person.profile.budget.calls.dues(), []);
}

#[test]
fn who_has_pressed_a_key_is_called_as_often_as_they_like_and_always_answered() {
    let mut person = Person::confirmed();
    for second in 0..40 {
        assert!(person.text(second, "remind me to get up in 1 minute").starts_with(MADE));
    }
    for second in 60..65 {
        let answer = person.text(second, "remind me to get up every 4 minutes");
        assert_eq!(answer, "Not set: that rings too often. I can call you every 5 minutes at most.");
    }
    assert_eq!(person.profile.budget, Budget::default());
}

#[test]
fn a_series_of_a_new_number_rings_each_quarter_of_an_hour_at_most() {
    for (body, new, known) in [
        ("remind me to stir every minute", OFTEN, "Not set: that rings too often."),
        ("remind me to stir every 4 minutes", OFTEN, "Not set: that rings too often."),
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
            (2, "remind me to get up on february 30", "That day is in no calendar."),
            (3, "the quick brown fox", ""),
            (4, "list", "You have no reminders."),
            (5, "help", "Try:"),
            (6, "remind me to get up tomorrow at 9", MADE),
            (7, "the quick brown fox", ""),
            (3599, "the quick brown fox", ""),
            (3600, "the quick brown fox", UNCLEAR),
            (3600, "the quick brown fox", ""),
            (3601, "the quick brown fox", UNCLEAR),
        ];
        check(person(), &noise);
        let asked_again = [
            (0, "remind me to call mom", "When shall I call you about \"call mom\"?"),
            (1, "remind me to call mom", "When shall I call you about \"call mom\"?"),
            (2, "remind me to call dad", "When shall I call you about \"call dad\"?"),
            (3, "remind me to call dad", "When shall I call you about \"call dad\"?"),
            (4, "remind me to call dad", ""),
            (5, "at 6pm", MADE),
        ];
        check(person(), &asked_again);
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

/// What somebody texts who wants a phone to ring, with a number in it.
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
            prop_assert!(person.profile.budget.calls.dues().len() <= 2 * SOON_MAX + OPEN_MAX_UNCONFIRMED);
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
