//! No text makes the service store, say or answer a character that can't be seen or that changes how other words look.

use proptest::prelude::*;

use super::person::{Person, noon};
use super::*;
use crate::lifecycle::transition;
use crate::policy::after;
use crate::words;

/// Controls, separators, direction marks, invisible characters, joiners, marks and emoji.
const BAD: &str = "\u{0}\u{7}\u{b}\r\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\
                   \u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2064}\u{2066}\u{2069}\u{206f}\
                   \u{3164}\u{feff}\u{fff9}\u{e0041}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}";

/// Texts that lead to each question, and to each answer that repeats a person's words. `{}` stands for their words.
const TEXTS: [&str; 26] = [
    "remind me to {}",
    "ok",
    "later",
    "at 9pm",
    "every day at 5pm",
    "{}",
    "{} 3 times a week",
    "mon and fri at 8am",
    "remind me on march 3 2020 to {}",
    "in 20 minutes",
    "remind me to {} in 2 hours",
    "remind me to {} every day at 9am",
    "remind me to {} at 5pm and to {} at 6pm",
    "zone {}",
    "zone",
    "move {}",
    "move it",
    "move {} to 9pm",
    "delete",
    "delete {}",
    "done {}",
    "skip {}",
    "list",
    "undo",
    "i'm in Paris",
    "resume {}",
];

/// Checks the characters of words that the service stores, says or answers. It shares no table with the cleaning: the
/// standard library escapes every character that is not printed, and every mark that is drawn onto another character.
fn check(words: &str, body: &str) {
    let mut marks = 0;
    let characters: Vec<char> = words.chars().collect();
    for (at, character) in characters.iter().enumerate() {
        let around = || (at.checked_sub(1).map(|before| characters[before]), characters.get(at + 1).copied());
        // Lines of a list are separated by the service itself.
        let is_escaped = *character != '\n' && character.escape_debug().nth(1) == Some('u');
        let may_stay = match character {
            '\u{200d}' => matches!(around(), (Some(before), Some(after)) if before > '\u{a0}' && after > '\u{a0}'),
            '\u{fe0f}' => matches!(around(), (Some(before), _) if before != ' '),
            c if is_escaped => !c.is_control() && !c.is_whitespace() && !BAD.replace('\u{301}', "").contains(*c),
            _ => true,
        };
        marks = if is_escaped { marks + 1 } else { 0 };
        assert!(may_stay && *character != '\r' && marks <= 5, "{character:?} of {words:?}, in answer to {body:?}");
    }
}

/// Checks everything that the service keeps and says of a person.
fn check_all(person: &Person, answer: &str, body: &str) {
    check(answer, body);
    if let Some(asked) = &person.profile.question {
        check(&asked.question.to_string(), body);
    }
    let policy = Policy::new(crate::policy::Times::DEFAULT).unwrap();
    let service = ServiceName::default();
    for one in &person.reminders {
        assert!(!one.task.trim().is_empty(), "{body:?}");
        check(&one.task, body);
        check(&words::reminder(&service, &one.task, None).words, body);
        check(&words::mailbox(&service, &one.task).words, body);
        check(&words::last_reminder(&service, &one.task).words, body);
        check(&words::next_call(&service, one, noon()).words, body);
        let late = after(one.due, 24 * 3600);
        let woken = crate::event::Event::NoSlotInTime { generation: one.generation };
        if let crate::lifecycle::Transition::Change(change) = transition(one, &woken, late, &policy)
            && let Some(text) = &change.text
        {
            check(&text.words, body);
        }
    }
}

/// Puts the bad characters between the letters of some words.
fn spoiled(plain: &str) -> String {
    plain.chars().map(|letter| format!("{letter}{BAD}")).collect()
}

#[test]
fn each_question_is_asked_in_clean_words() {
    for (texts, expected) in [
        (&["remind me to {}"][..], "When should I remind you: buy milk"),
        (&["remind me to {}", "ok"], "When should I remind you: buy milk"),
        (&["remind me to {}", "later"], "When should I remind you: buy milk"),
        (&["remind me on march 3 2020 to {}", "ok"], "When should I remind you: buy milk"),
        (&["every day at 5pm"], "OK, every day at 5 PM"),
        (&["{} 3 times a week"], "On which days"),
        (&["{} 3 times a week", "mon and fri at 8am"], "OK, I'll call you every Monday and Friday"),
        (&["delete"], "Which one?"),
        (&["remind me to {} in 2 hours", "move it"], "What time should I move"),
        (&["zone"], "Which city"),
        (&["zone {}"], "I don't know where \"buy milk"),
        (
            &["I'm in Paris", "remind me to {} every day at 9am", "I'm in London"],
            "OK, London time. Should your repeating reminder move",
        ),
    ] {
        let mut person = Person::confirmed();
        let mut answers = Vec::new();
        for (second, text) in texts.iter().enumerate() {
            let body = text.replace("{}", &format!("{}buy{BAD} {BAD}milk", "\u{202e}\u{200b}"));
            let answer = person.text(second as i64, &body);
            check_all(&person, &answer, &body);
            answers.push(answer);
        }
        let plain: String = answers.last().unwrap().chars().filter(|c| *c != '\u{301}').collect();
        assert!(plain.starts_with(expected), "{texts:?}: {answers:?}");
    }
}

#[test]
fn a_task_without_anything_to_see_is_asked_for() {
    let mut person = Person::confirmed();
    let answer = person.text(0, "remind me to \u{200b}\u{202e} at 5pm");
    assert!(answer.ends_with("What should I remind you about?"), "{answer}");
    assert!(person.reminders.is_empty());
    let answer = person.text(1, "\u{2066}\u{200b}");
    assert!(!answer.starts_with("OK, I'll call you") && person.reminders.is_empty(), "{answer}");
    assert!(person.text(2, "buy milk").starts_with("OK, I'll call you"));
}

#[test]
fn a_reminder_is_found_by_words_with_invisible_characters() {
    let mut person = Person::confirmed();
    person.text(0, "remind me to feed the rab\u{200b}bit at 5pm");
    let answer = person.text(1, "delete \u{202a}rab\u{ad}bit\u{202c}");
    assert!(answer.starts_with("Deleted #1 feed the rabbit."), "{answer}");
}

proptest! {
    #[test]
    fn nothing_that_is_kept_or_said_has_a_character_that_cannot_be_seen(
        texts in prop::collection::vec(
            (0..TEXTS.len(), prop_oneof!["[a-z]{1,8}( [a-z]{1,8}){0,3}", "\\PC{1,20}", "(?s).{1,40}"], any::<bool>()),
            1..12,
        ),
    ) {
        let mut person = Person::confirmed();
        for (second, (which, words, is_spoiled)) in texts.into_iter().enumerate() {
            let words = if is_spoiled { spoiled(&words) } else { words };
            let body = TEXTS[which].replace("{}", &words);
            let answer = person.text(i64::try_from(second).unwrap(), &body);
            check_all(&person, &answer, &body);
        }
    }
}
