//! Limits on answers: every request is answered, but at most three unreadable texts an hour are. A person who is not
//! served gets one answer an hour.

use crate::profile::OptStatus;

use super::person::{MADE, Person, check};
use crate::conversation::{AnswerRoute, NotServed};

const OFTEN: &str = "Not saved: new numbers can get a call every 15 minutes at most.";
const ALL_OPEN: &str = "Not saved: you have 80 reminders, the most I can keep.";
const HELP: &str = "I call you with reminders.";
const UNCLEAR: &str = "Sorry, I didn't get that.";

#[test]
fn a_request_that_is_refused_is_answered_each_time() {
    let driving = "I am driving and will get back to you in 120 minutes";
    let mut person = Person::confirmed();
    for second in 0..80 {
        let answer = person.text(second, driving);
        person.forget_answers();
        assert!(answer.starts_with(MADE), "{second} s: {answer:?}");
    }
    let mut texts: Vec<(i64, &str, &str)> = (80..90).map(|second| (second, driving, ALL_OPEN)).collect();
    texts.extend([
        (90, "the quick brown fox", UNCLEAR),
        (91, "remind me to eat tomorrow at 9", ALL_OPEN),
        (92, "list", "#1 "),
        (93, "delete all", "Deleted"),
        (94, "remind me to eat tomorrow at 9", MADE),
    ]);
    check(person, &texts);
    let often = "remind me to get up every 4 minutes";
    let too_often = "Not saved: that's too often. I can call you every 5 minutes at most.";
    let no_day = "remind me to get up on february 30";
    for second in 0..10 {
        check(Person::confirmed(), &[(second, often, too_often), (second, no_day, "That date doesn't exist.")]);
    }
}

#[test]
fn a_task_is_kept_whole_or_the_answer_says_that_it_is_too_long() {
    const TOO_LONG: &str = "Not saved: that's too long to read out.";
    let long = |word: &str, characters: usize| {
        let words = word.repeat(characters).chars().take(characters).collect::<String>();
        words.trim_end().to_owned()
    };
    for (word, characters, is_kept) in [
        ("milk ", 290, true),
        ("crème ", 290, true),
        ("milk ", 304, false),
        ("crème ", 304, false),
        ("milk ", 481, false),
        ("crème ", 481, false),
        ("a\u{301} ", 900, false),
    ] {
        let task = long(word, characters);
        let several = format!("tomorrow at 9 call mom, at 10 buy {task}");
        for text in [format!("remind me tomorrow at 9 to buy {task}"), format!("buy {task} tomorrow at 9"), several] {
            let answer = Person::confirmed().text(0, &text);
            assert_eq!(answer.starts_with(MADE) && answer.contains(&task), is_kept, "{text}: {answer}");
            assert_eq!(answer.starts_with(TOO_LONG), !is_kept, "{text}: {answer}");
        }
    }
}

#[test]
fn a_new_number_that_was_refused_is_answered_when_its_next_request_is_allowed() {
    let texts = [
        (0, "remind me to stir every minute", OFTEN),
        (1, "remind me to stir every minute", OFTEN),
        (2, "remind me to stir every 15 minutes", MADE),
        (3, "remind me to get up on february 30", "That date doesn't exist."),
        (4, "remind me to eat tomorrow at 9", MADE),
    ];
    check(Person::new(), &texts);
}

#[test]
fn the_fourth_unreadable_text_in_an_hour_is_not_answered() {
    for person in [Person::new, Person::confirmed] {
        let noise = [
            (0, "the quick brown fox", UNCLEAR),
            (1, "the quick brown fox", UNCLEAR),
            (2, "remind me to get up on february 30", "That date doesn't exist."),
            (3, "the quick brown fox", UNCLEAR),
            (4, "the quick brown fox", ""),
            (5, "list", "You have no reminders."),
            (6, "help", HELP),
            (7, "remind me to get up tomorrow at 9", MADE),
            (8, "the quick brown fox", ""),
            (3599, "the quick brown fox", ""),
            (3600, "the quick brown fox", UNCLEAR),
            (3600, "the quick brown fox", ""),
            (3601, "the quick brown fox", UNCLEAR),
        ];
        check(person(), &noise);
    }
}

#[test]
fn an_open_question_is_asked_again_after_at_most_three_pleasantries_an_hour() {
    let question = "When should I remind you: call mom?";
    let texts = [
        (0, "remind me to call mom", question),
        (1, "ok", question),
        (2, "ok", question),
        (3, "ok", question),
        (4, "ok", ""),
        (5, "at 6pm", MADE),
    ];
    check(Person::new(), &texts);
}

#[test]
fn a_readable_text_is_always_answered() {
    for person in [Person::new, Person::confirmed] {
        let noise = [(0, "the quick brown fox", UNCLEAR), (1, "a quick brown fox", UNCLEAR), (2, "brown fox", UNCLEAR)];
        check(person(), &noise);
        for (body, expected) in [
            ("Later", "No reminder rang"),
            ("Done!", "No reminder rang"),
            ("done 7", "No reminder rang"),
            ("snooze 10 minutes", "No reminder rang"),
            ("move 7 to 6pm", "I can't find"),
            ("skip 7", "I can't find"),
            ("delete 7", "I can't find"),
            ("resume 7", "You have no paused reminders."),
            ("undo", "Nothing to undo"),
            ("restore", "There is nothing to restore."),
            ("zone Atlantis", "I don't know where"),
            ("zone London", "OK, I'll use London time"),
            ("list", "You have no reminders."),
            ("help", HELP),
            ("remind me to call mom", "When should I remind you"),
            ("stop texting me", "You won't hear from me again"),
        ] {
            let mut person = person();
            for (second, body, _) in noise {
                person.text(second, body);
            }
            for second in 3..9 {
                let answer = person.text(second, body);
                assert!(answer.starts_with(expected), "{second} s, {body:?}: {answer:?}");
            }
        }
    }
}

#[test]
fn a_person_who_is_not_served_is_told_so_once_an_hour() {
    for (refusal, sorry) in
        [(NotServed::Country, "Sorry, I can't call numbers in"), (NotServed::Kind, "Sorry, I can't call this")]
    {
        let texts = [
            (0, "remind me to get up in 1 minute", sorry),
            (1, "remind me to get up in 1 minute", ""),
            (2, "list", ""),
            (3, "help", ""),
            (3599, "delete all", ""),
            (3600, "the quick brown fox", sorry),
            (3601, "the quick brown fox", ""),
            (7300, "stop texting me", ""),
            (7301, "remind me to get up in 1 minute", ""),
            (7302, "start again", ""),
            (7303, "remind me to get up in 1 minute", sorry),
        ];
        for mut person in [Person::new(), Person::confirmed()] {
            person.not_served = Some(refusal);
            check(person, &texts);
        }
    }
}

#[test]
fn a_person_who_is_not_served_gets_no_reminder_and_no_outgoing_text() {
    let mut person = Person::new();
    person.not_served = Some(NotServed::Kind);
    assert_eq!(person.text_by(AnswerRoute::Text, 0, 0, "remind me to get up in 1 minute"), "");
    assert!(person.text(1, "remind me to get up in 1 minute").starts_with("Sorry"));
    assert_eq!((person.open(), person.profile.question.clone()), (0, None));
    person.text_by(AnswerRoute::Text, 2, 2, "stop");
    assert_eq!(person.profile.consent.status, OptStatus::OptedOut);
}

#[test]
fn a_text_counts_in_the_hour_in_which_it_was_received() {
    let mut person = Person::new();
    for received_s in [100, 50, 0] {
        assert!(person.text_late(received_s, 9000, "the quick brown fox").starts_with(UNCLEAR), "{received_s}");
    }
    assert_eq!(person.text_late(3599, 9000, "the quick brown fox"), "");
    assert!(person.text_late(3600, 9001, "the quick brown fox").starts_with(UNCLEAR));
    assert_eq!(person.text_late(10, 9002, "the quick brown fox"), "");
    assert!(person.text(9003, "the quick brown fox").starts_with(UNCLEAR));
}
