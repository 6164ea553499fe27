//! Tests whether a time depends on the sender's zone. Such a time moves when a guessed zone is corrected.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use jiff::{Timestamp, tz::TimeZone};
use language::{Country, DueBasis, Hints, NewTime, Question, Request, understand};

/// Returns the request that a text makes in New York at 10:15 AM.
fn understood(text: &str, question: Option<Question>) -> Request {
    let now: Timestamp = "2027-03-10T10:15:00-05:00".parse().unwrap();
    let zone = TimeZone::get("America/New_York").unwrap();
    understand(text, now, &zone, &Hints { country: Country::US, question })
}

fn basis(request: &Request) -> Option<DueBasis> {
    match request {
        Request::Remind(wanted) => wanted.first().map(|wanted| wanted.basis),
        Request::Time { basis, .. }
        | Request::Ask(Question::Task { basis, .. })
        | Request::Snooze { basis, .. }
        | Request::Move { to: NewTime::At { basis, .. }, .. } => Some(*basis),
        _ => None,
    }
}

fn check(expected: DueBasis, texts: &[&str]) {
    for text in texts {
        let request = understood(text, None);
        assert_eq!(basis(&request), Some(expected), "{text:?}: {request:?}");
    }
}

#[test]
fn a_time_of_day_without_a_zone_is_on_the_local_clock() {
    let texts = [
        "remind me to call mom at 5pm",
        "remind me to call mom tomorrow",
        "remind me to call mom tomorrow at 8 in the morning",
        "call mom on friday at noon",
        "remind me to call mom in 3 days at 5pm",
        "remind me to call mom tonight",
        "remind me to call mom every day at 8am",
        "remind me to call mom every monday",
        "remind me to drink water every hour between 9 and 5",
        "15 minutes before 5pm remind me to call mom",
        "remind me to call mom at 5pm my time",
        "at 5pm",
        "remind me at 5pm",
        "snooze until 5pm",
        "move 2 to tomorrow at 7pm",
    ];
    check(DueBasis::LocalClock, &texts);
}

#[test]
fn a_series_that_is_counted_from_now_until_a_time_of_day_ends_on_the_local_clock() {
    let texts = [
        "remind me to stretch every 30 minutes until 6 PM",
        "remind me every hour until 6pm to drink",
        "every 20 minutes until 5pm",
    ];
    check(DueBasis::LocalEnd, &texts);
    check(DueBasis::Fixed, &["remind me to stretch every 30 minutes"]);
    check(DueBasis::LocalClock, &["remind me to stretch every 30 minutes from 3pm until 6 PM"]);
}

#[test]
fn a_time_that_counts_from_now_or_names_its_zone_is_the_same_instant_in_every_zone() {
    let texts = [
        "remind me to call mom in 20 minutes",
        "call mom in an hour and a half",
        "remind me to call mom in 3 days",
        "remind me to call mom at 5 PM PST",
        "remind me to call mom tomorrow at 9am Paris time",
        // The text names the zone in which the sender is assumed to live.
        "remind me to call mom at 5 PM EST",
        "remind me to call mom every day at 9am Eastern",
        "remind me to call mom 2027-03-12T15:00:00+02:00",
        "remind me to stretch every 2 hours",
        "in 20 minutes",
        "remind me in 20 minutes",
        "snooze 10 minutes",
        "snooze",
        "10 more minutes",
    ];
    check(DueBasis::Fixed, &texts);
}

#[test]
fn a_time_in_a_question_or_in_its_answer_has_a_basis_too() {
    let when = || Some(Question::When { task: "call mom".to_owned(), candidates: Vec::new() });
    let days = || Some(Question::Days { task: "call mom".to_owned(), times: 2, at: None });
    let due = "2027-03-10T22:00:00Z".parse().unwrap();
    let task = |basis| Some(Question::Task { due, zone: None, rule: None, basis });
    for (question, text, expected) in [
        (when(), "at 5pm", DueBasis::LocalClock),
        (when(), "7", DueBasis::LocalClock),
        (when(), "every day at 8am", DueBasis::LocalClock),
        (when(), "in 20 minutes", DueBasis::Fixed),
        (when(), "10m", DueBasis::Fixed),
        (when(), "45", DueBasis::Fixed),
        (when(), "5pm PST", DueBasis::Fixed),
        (days(), "monday and friday", DueBasis::LocalClock),
        (task(DueBasis::LocalClock), "call mom", DueBasis::LocalClock),
        (task(DueBasis::Fixed), "call mom", DueBasis::Fixed),
    ] {
        let request = understood(text, question.clone());
        assert!(matches!(request, Request::Remind(_)), "{text:?}: {request:?}");
        assert_eq!(basis(&request), Some(expected), "{text:?} to {question:?}");
    }
}
