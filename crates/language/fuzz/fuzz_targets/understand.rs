//! Checks for any text, instant, zone, country and question that there is no panic and no endless loop, that every due
//! is after now, and that parsing the written form of a rule or question gives the same rule or question.

#![no_main]

use jiff::{Timestamp, tz::TimeZone};
use language::{Hints, NewReminder, NewTime, Question, Request, Rule, in_second_person, rule_in_words, understand};
use language_fuzz::Input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(input) = Input::read(bytes) else { return };
    let hints = Hints { country: input.country(), question: input.question.clone() };
    let request = understand(&input.text, input.now, &input.zone, &hints);
    check(&input, &request);
    if let Request::Ask(question) = request {
        let asked = Hints { question: Some(question), ..hints };
        check(&input, &understand(&input.text, input.now, &input.zone, &asked));
    }
});

fn check(input: &Input, request: &Request) {
    let now = input.now;
    match request {
        Request::Remind(reminders) => {
            assert!(!reminders.is_empty());
            reminders.iter().for_each(|reminder| check_reminder(input, reminder));
        }
        Request::Ask(question) => check_question(input, question),
        Request::Time { due, .. } => assert!(*due > now),
        Request::Snooze { until, .. } => assert!(*until > now),
        Request::Move { to, .. } => check_to(input, to),
        // `now` is rounded up to a whole second.
        Request::Past { was, .. } => assert!(was.as_second() <= now.as_second() + 1),
        Request::List
        | Request::Help
        | Request::Done(_)
        | Request::Skip { .. }
        | Request::Resume(_)
        | Request::Code(_)
        | Request::Restore
        | Request::Undo
        | Request::Yes
        | Request::No
        | Request::OptOut
        | Request::OptIn
        | Request::DropQuestion
        | Request::Delete(_)
        | Request::Zone(_)
        | Request::Pleasantry
        | Request::Unknown(_) => {}
    }
}

fn check_reminder(input: &Input, reminder: &NewReminder) {
    assert!(!reminder.task.trim().is_empty());
    assert!(reminder.due > input.now, "{} is not after {}", reminder.due, input.now);
    assert!(!in_second_person(&reminder.task).is_empty());
    check_rule(input, reminder.due, reminder.zone.as_ref(), reminder.rule.as_ref());
}

fn check_question(input: &Input, question: &Question) {
    assert_eq!(question.to_string().parse().as_ref(), Ok(question));
    if let Question::Task { due, zone, rule, .. } = question {
        assert!(*due > input.now, "{due} is not after {}", input.now);
        check_rule(input, *due, zone.as_ref(), rule.as_ref());
    }
}

/// Checks that parsing the written form of a rule gives the same rule, that the rule has words, and that it first rings
/// at the instant that was understood. Its second time must be after the first.
fn check_rule(input: &Input, due: Timestamp, zone: Option<&TimeZone>, rule: Option<&Rule>) {
    let Some(rule) = rule else { return };
    assert_eq!(rule.to_string().parse().as_ref(), Ok(rule));
    let zone = zone.unwrap_or(&input.zone);
    assert!(!rule_in_words(rule, zone).is_empty());
    assert_eq!(rule.next_after(input.now, zone), Some(due));
    if let Some(next) = rule.next_after(due, zone) {
        assert!(next > due, "{next} is not after {due}");
    }
}

/// Checks that a move gives only instants after now, for any due that the reminder had before.
fn check_to(input: &Input, to: &NewTime) {
    for due in [Timestamp::MIN, Timestamp::UNIX_EPOCH, input.now, Timestamp::MAX] {
        let moved = to.applied_to(due, &input.zone, input.now);
        assert!(moved.is_none_or(|moved| moved > input.now));
    }
}
