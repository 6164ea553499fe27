//! Confirming a number by its code.

use super::person::{Person, check};
use crate::confirmation::ConfirmationCode;

const CONFIRMED: &str = "Thanks, this number is confirmed.";
const WRONG: &str = "That code isn't right.";
const TOO_MANY: &str = "Too many wrong codes.";

/// A person with an unconfirmed number, whose code is 123456.
fn told() -> Person {
    let code = ConfirmationCode::of_random(123_456);
    Person::new().told(code)
}

#[test]
fn the_code_confirms_the_number() {
    for body in ["123456", "code 123 456", "My code is 123-456."] {
        let mut person = told();
        assert!(person.text(0, body).starts_with(CONFIRMED), "{body}");
        assert!(person.profile.confirmed_at.is_some());
        assert!(!person.text(1, body).starts_with(CONFIRMED), "a confirmed number has no code");
    }
}

#[test]
fn a_wrong_code_confirms_nothing() {
    let mut person = told();
    assert!(person.text(0, "123457").starts_with(WRONG));
    assert_eq!(person.profile.confirmed_at, None);
    assert!(person.text(1, "123456").starts_with(CONFIRMED));
}

#[test]
fn after_five_wrong_codes_no_code_is_accepted_for_a_day() {
    let mut person = told();
    for second in 0..5 {
        assert!(person.text(second, "654321").starts_with(WRONG), "{second}");
    }
    for second in [5, 3600, 86_399] {
        person.forget_answers();
        assert!(person.text(second, "123456").starts_with(TOO_MANY), "{second}");
    }
    assert!(person.text(86_400, "123456").starts_with(CONFIRMED));
}

/// A forger must not get more tries by first using up the answers of the hour.
#[test]
fn wrong_codes_count_even_if_they_get_no_answer() {
    let mut person = told();
    for second in 0..30 {
        assert!(!person.text(second, "list").is_empty());
    }
    for second in 30..35 {
        assert_eq!(person.text(second, "654321"), "");
    }
    assert_eq!(person.text(36, "123456"), "");
    assert_eq!(person.profile.confirmed_at, None);
}

/// The person pressed a key, and replies with the code later, while a question is open.
#[test]
fn a_code_that_comes_after_the_number_was_confirmed_sets_no_reminder() {
    let mut person = Person::new().told(ConfirmationCode::of_random(103_135));
    assert!(person.text(0, "103135").starts_with(CONFIRMED));
    assert!(person.text(10, "remind me to buy milk").starts_with("When should I remind you"));
    let answer = person.text(20, "103135");
    assert!(!answer.starts_with("OK"), "{answer}");
}

#[test]
fn without_a_code_six_digits_have_the_same_meaning_as_before() {
    let before = Person::new().text(0, "123456");
    assert!(!before.starts_with(WRONG) && !before.is_empty(), "{before}");
    let mut confirmed = Person::confirmed().told(ConfirmationCode::of_random(123_456));
    assert_eq!(confirmed.text(0, "123456"), before);
    let made = "OK, I'll text you";
    check(told(), &[(0, "0730 gym", made), (1, "remind me to try 123456 tomorrow at 9", made), (2, "list", "#1 ")]);
}

#[test]
fn a_person_who_opted_out_confirms_nothing() {
    let mut person = told();
    person.text(0, "stop calling me");
    assert_eq!(person.text(10, "123456"), "");
    assert_eq!(person.profile.confirmed_at, None);
    assert!(person.profile.limits.wrong_codes.texts().is_empty());
}
