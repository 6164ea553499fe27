//! Whatever is texted, whenever and wherever: no panic, no loop, nothing due before now, and all that is stored reads
//! back as it was.

#![no_main]

use jiff::{Timestamp, tz::TimeZone};
use language::{Context, Question, Request, Rule, To, Wanted, rule_in_words, turned_round, understand};
use language_fuzz::Input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(input) = Input::read(bytes) else { return };
    let context = Context { country: input.country(), question: input.question.clone() };
    let request = understand(&input.text, input.now, &input.zone, &context);
    check(&input, &request);
    if let Request::Ask(question) = request {
        let asked = Context { question: Some(question), ..context };
        check(&input, &understand(&input.text, input.now, &input.zone, &asked));
    }
});

fn check(input: &Input, request: &Request) {
    let now = input.now;
    match request {
        Request::Remind(wanted) => {
            assert!(!wanted.is_empty());
            wanted.iter().for_each(|wanted| check_wanted(input, wanted));
        }
        Request::Ask(question) => check_question(input, question),
        Request::Time { due, .. } => assert!(*due > now),
        Request::Snooze { until, .. } => assert!(*until > now),
        Request::Move { to, .. } => check_to(input, to),
        // A second that has begun counts as over.
        Request::Past { was, .. } => assert!(was.as_second() <= now.as_second() + 1),
        Request::List
        | Request::Help
        | Request::Done(_)
        | Request::Leave
        | Request::Return
        | Request::Forget
        | Request::Delete(_)
        | Request::Zone(_)
        | Request::Courtesy
        | Request::Unknown(_) => {}
    }
}

fn check_wanted(input: &Input, wanted: &Wanted) {
    assert!(!wanted.task.trim().is_empty());
    assert!(wanted.due > input.now, "{} is not after {}", wanted.due, input.now);
    assert!(!turned_round(&wanted.task).is_empty());
    check_rule(input, wanted.due, wanted.zone.as_ref(), wanted.rule.as_ref());
}

fn check_question(input: &Input, question: &Question) {
    assert_eq!(question.to_string().parse().as_ref(), Ok(question));
    if let Question::Task { due, zone, rule, .. } = question {
        assert!(*due > input.now, "{due} is not after {}", input.now);
        check_rule(input, *due, zone.as_ref(), rule.as_ref());
    }
}

/// It reads back, can be said, and rings ever later, beginning with the instant it was understood as.
fn check_rule(input: &Input, due: Timestamp, zone: Option<&TimeZone>, rule: Option<&Rule>) {
    let Some(rule) = rule else { return };
    assert_eq!(rule.to_string().parse().as_ref(), Ok(rule));
    assert!(!rule_in_words(rule).is_empty());
    let zone = zone.unwrap_or(&input.zone);
    assert_eq!(rule.next_after(input.now, zone), Some(due));
    if let Some(next) = rule.next_after(due, zone) {
        assert!(next > due, "{next} is not after {due}");
    }
}

/// Of a reminder due at any time, also one long gone, it never makes one that is due before now.
fn check_to(input: &Input, to: &To) {
    for due in [Timestamp::MIN, Timestamp::UNIX_EPOCH, input.now, Timestamp::MAX] {
        let moved = to.from(due, &input.zone, input.now);
        assert!(moved.is_none_or(|moved| moved > input.now));
    }
}
