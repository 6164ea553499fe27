//! STOP, START and RESTORE.

use crate::policy::{OPEN_MAX, RESTORE_WITHIN_S, after};
use crate::profile::OptStatus;
use crate::record::{End, Lifecycle};

use proptest::prelude::*;

use super::person::{MADE, Person, check, noon};
use super::*;
use crate::conversation::AnswerRoute;

const PILLS: &str = "remind me to take pills every day at 6 PM";
const MILK: &str = "remind me to buy milk at 5 PM";

/// A confirmed person with a series (#1), a one-off (#2) and a one-off that is due in two minutes (#3).
fn with_three() -> Person {
    let mut person = Person::confirmed();
    for (second, body) in [(0, PILLS), (1, MILK), (2, "remind me to get up in 2 minutes")] {
        assert!(person.text(second, body).starts_with(MADE));
    }
    person
}

#[test]
fn reminders_that_an_opt_out_ended_can_come_back_once() {
    let texts = [
        (10, "STOP", ""),
        (11, "list", ""),
        (12, "START", "Welcome back! 3 reminders were stopped: text RESTORE to get them back."),
        (13, "list", "You have no reminders."),
        (14, "RESTORE", "Restored: #4, #5, #6. Text LIST to see them."),
        (
            15,
            "list",
            "#4 in 107 seconds (12:02:02 PM): get up\n#5 today at 5 PM EST: buy milk\n#6 every day 6 PM, next today",
        ),
        (16, "restore", "There is nothing to restore."),
        (17, "START", ""),
    ];
    check(with_three(), &texts);
}

#[test]
fn only_the_last_opt_out_is_taken_back() {
    // At the first opt-out, a release that could not read the reminder about milk may have left it open.
    for is_left_open in [false, true] {
        let mut person = Person::confirmed();
        assert!(person.text(0, MILK).starts_with(MADE));
        let left_open = is_left_open.then(|| person.reminders.pop()).flatten();
        person.text(1, "STOP");
        person.text(2, "START");
        assert!(person.text(3, PILLS).starts_with(MADE));
        person.text(4, "STOP");
        person.reminders.extend(left_open);
        let answer = person.text(5, "START");
        assert_eq!(answer, "Welcome back! 1 reminder was stopped: text RESTORE to get it back.");
        let answer = person.text(6, "RESTORE");
        assert!(answer.starts_with("Restored: I'll call you today at 6 PM EST, repeating: take pills"), "{answer}");
        assert_eq!(person.open(), 1);
    }
}

#[test]
fn a_reminder_whose_time_has_passed_is_only_counted_and_a_series_comes_back_with_its_next_occurrence() {
    let texts = [
        (10, "stop texting me", "You won't hear from me again, and your reminders are stopped."),
        (6 * 3600, "start again", "Welcome back! 1 reminder was stopped: text RESTORE to get it back."),
        (
            6 * 3600 + 1,
            "restore",
            "Restored: I'll call you tomorrow at 6 PM EST, repeating: take pills (#4). 2 can't come back",
        ),
    ];
    check(with_three(), &texts);
    let mut person = Person::confirmed();
    person.text(0, MILK);
    person.text(1, "stop texting me");
    assert_eq!(person.text(6 * 3600, "start again"), "Welcome back! Try: remind me to buy milk at 6:30 PM.");
    let answer = person.text(6 * 3600 + 1, "restore");
    assert_eq!(answer, "1 reminder can't come back: its time has passed, or you have too many.");
    assert!(person.text(6 * 3600 + 2, "restore").starts_with("There is nothing to restore."));
}

#[test]
fn an_accidental_opt_out_can_be_taken_back() {
    for words in ["STOP", "cancel", "End", "QUIT", "unsubscribe", "stop calling me"] {
        let mut person = with_three();
        person.text(10, words);
        assert_eq!(person.open(), 0, "{words}");
        assert!(person.text(11, "START").starts_with("Welcome back! 3 reminders were stopped"), "{words}");
        assert!(person.text(12, "RESTORE").starts_with("Restored: #4, #5, #6."), "{words}");
        assert_eq!(person.open(), 3, "{words}");
    }
}

#[test]
fn an_end_by_an_opt_out_names_the_epoch_after_the_opt_out() {
    let mut person = with_three();
    person.text(3, "delete 3");
    person.text(10, "STOP");
    let ends: Vec<_> = person.reminders.iter().map(|one| one.life.clone()).collect();
    let by_opt_out = |life: &Lifecycle| matches!(life, Lifecycle::Ended { end: End::OptedOut { epoch: 1 }, .. });
    assert!(by_opt_out(&ends[0]) && by_opt_out(&ends[1]) && !by_opt_out(&ends[2]), "{ends:?}");
    // A reminder that was deleted before the opt-out does not come back.
    person.text(11, "START");
    person.text(12, "RESTORE");
    assert_eq!(person.open(), 2);
    let new = person.reminders.iter().filter(|one| one.state().is_some());
    assert!(new.clone().all(|one| one.epoch == 1), "{:?}", new.collect::<Vec<_>>());
}

#[test]
fn reminders_that_an_opt_out_ended_stay_restorable_until_another_opt_out_ends_a_reminder() {
    let two_opt_outs = [
        (10, "STOP", ""),
        (11, "STOP", ""),
        (12, "START", "Welcome back! 3 reminders"),
        (13, "STOP", ""),
        (14, "START", "Welcome back! 3 reminders"),
        (15, "RESTORE", "Restored: #4, #5, #6."),
        (16, "STOP", ""),
        (17, "START", "Welcome back! 3 reminders"),
        (18, "RESTORE", "Restored: #7, #8, #9."),
    ];
    check(with_three(), &two_opt_outs);
    let new_reminder_between = [
        (10, "STOP", ""),
        (11, "START", "Welcome back! 3 reminders"),
        (12, "remind me to call mom tomorrow at 9", MADE),
        (13, "STOP", ""),
        (14, "START", "Welcome back! 1 reminder was stopped"),
        (15, "RESTORE", "Restored: I'll call you tomorrow at 9 AM EST: call mom (#5)."),
    ];
    check(with_three(), &new_reminder_between);
}

#[test]
fn an_opt_out_that_may_end_an_unread_reminder_becomes_the_restorable_opt_out() {
    for has_newer in [false, true] {
        let mut person = with_three();
        person.text(10, "STOP");
        let first = person.profile.restorable;
        person.text(11, "START");
        person.has_newer = has_newer;
        person.text(12, "STOP");
        assert_eq!(person.profile.restorable == first, !has_newer);
    }
}

#[test]
fn an_opt_out_that_only_the_carrier_knew_can_be_taken_back_too() {
    for back in ["START", "start again", "resume"] {
        let mut person = with_three();
        person.opt_out_at_the_carrier(10);
        let answer = person.text(11, back);
        assert!(answer.starts_with("Welcome back! 3 reminders were stopped"), "{back}: {answer}");
        assert!(person.text(12, "restore").starts_with("Restored: #4, #5, #6."), "{back}");
    }
}

#[test]
fn resume_opts_in_only_a_person_who_opted_out() {
    let texts = [
        (10, "resume", "You have no paused reminders. Text LIST to see yours."),
        (11, "stop texting me", "You won't hear from me again"),
        (12, "resume", "Welcome back! 3 reminders were stopped"),
    ];
    check(with_three(), &texts);
}

#[test]
fn restore_is_possible_for_a_month() {
    for (second, expected) in
        [(10 + RESTORE_WITHIN_S, "Restored: I'll call you "), (11 + RESTORE_WITHIN_S, "There is nothing to restore.")]
    {
        let mut person = with_three();
        person.text(10, "STOP");
        person.text(second - 1, "START");
        let answer = person.text(second, "RESTORE");
        assert!(answer.starts_with(expected), "{second}: {answer}");
    }
}

#[test]
fn restore_obeys_the_current_limits() {
    let mut person = Person::new();
    for (second, body) in [
        (0, "remind me to feed the cat tomorrow at 9"),
        (1, "remind me to feed the dog tomorrow at 10"),
        (2, "remind me to feed the fish tomorrow at 11"),
    ] {
        assert!(person.text(second, body).starts_with(MADE));
    }
    person.text(3, "STOP");
    person.text(4, "START");
    person.text(5, "remind me to call mom tomorrow at 9");
    assert_eq!(person.profile.limits.calls.dues().len(), 1);
    let answer = person.text(6, "RESTORE");
    assert!(answer.starts_with("Restored: #5, #6. Text LIST to see them. 1 can't come back"), "{answer}");
    assert_eq!((person.open(), person.profile.limits.calls.dues().len()), (3, 3));
    // A number that is no longer confirmed gets no series that rings too often.
    let mut person = Person::confirmed();
    person.text(0, "remind me to stir every 5 minutes");
    person.text(1, "remind me to call mom tomorrow at 9");
    person.text(2, "STOP");
    person.profile.confirmed_at = None;
    person.text(3, "START");
    assert!(
        person.text(4, "RESTORE").starts_with("Restored: I'll call you tomorrow at 9 AM EST: call mom (#3). 1 can't")
    );
}

#[test]
fn eighty_reminders_come_back_in_one_transaction() {
    let mut person = Person::confirmed();
    for second in 0..80 {
        person.text(second, "remind me to call mom tomorrow at 9");
        person.forget_answers();
    }
    person.text(100, "STOP");
    person.text(101, "START");
    let decision = person.decision(AnswerRoute::Reply, 102, 102, "RESTORE");
    assert_eq!(
        (decision.writes.len(), decision.planned.len(), decision.profile.restorable),
        (OPEN_MAX, OPEN_MAX, None)
    );
    assert_eq!(crate::words::segments(&decision.answer), 1, "{}", decision.answer);
}

#[test]
fn a_restored_reminder_keeps_its_local_time_in_a_zone_that_was_named_since() {
    let texts = [
        (0, "remind me to call mom tomorrow at 5pm", MADE),
        (1, "STOP", ""),
        (2, "START", "Welcome back! 1 reminder"),
        (3, "ZONE Los Angeles", "OK, I'll use Los Angeles time from now on."),
        (4, "RESTORE", "Restored: I'll call you tomorrow at 5 PM PST: call mom (#2)."),
    ];
    check(Person::confirmed(), &texts);
}

#[test]
fn reminders_that_an_older_release_left_live_can_come_back_too() {
    let mut person = with_three();
    // The older release handled STOP and START, but could not read the reminders.
    person.opt_out_at_the_carrier(10);
    person.profile.consent.status = OptStatus::OptedIn;
    assert!(person.text(13, "list").starts_with("You have no reminders."));
    assert!(person.text(14, "RESTORE").starts_with("Restored: #4, #5, #6."));
    assert!(person.reminders.iter().filter(|one| one.state().is_some()).all(|one| one.epoch == 1));
}

/// Returns the request of a text in which the carrier found this command, and the answer.
fn with_type(person: &mut Person, second: i64, body: &str, opt_out_type: OptOutType) -> (Option<Request>, String) {
    let received_at = after(noon(), second);
    let text = ReceivedText {
        id: "test#typed".parse().unwrap(),
        from: person.profile.number.clone(),
        sender: Sender::Served { country: Country::US, zone: person.profile.zone.clone() },
        body: body.to_owned(),
        opt_out_type: Some(opt_out_type),
        received_at,
        route: AnswerRoute::Reply,
        pressed: None,
    };
    let request = read(&text, &person.profile, UnconfirmedCalls::default());
    let decision = person.decision_on(&text, received_at);
    (request, decision.answer)
}

#[test]
fn the_service_does_not_answer_an_opt_out_that_the_carrier_found() {
    for body in ["STOP", "cancel", "leave me be", "stop texting me"] {
        let (request, answer) = with_type(&mut with_three(), 10, body, OptOutType::OptedOut);
        assert_eq!((request, answer.as_str()), (Some(Request::OptOut), ""), "{body}");
    }
}

/// AWS obeys and answers these words. Twilio does neither, so the service must answer.
#[test]
fn the_service_answers_an_opt_out_word_that_only_another_carrier_obeys() {
    for body in ["REMOVE", "td", "Arret"] {
        for (carrier, answer) in [("twilio", "You won't hear from me again"), ("twilio2", "You won't"), ("aws", "")] {
            let mut person = with_three();
            let id = format!("{carrier}#text").parse().unwrap();
            let text = ReceivedText { id, ..person.received_text(AnswerRoute::Reply, 10, body) };
            let decision = person.decision_on(&text, after(noon(), 10));
            assert_eq!(decision.profile.consent.status, OptStatus::OptedOut, "{body}");
            assert!(decision.answer.starts_with(answer) && decision.answer.is_empty() == answer.is_empty(), "{body}");
        }
    }
}

/// With Advanced Opt-Out, Twilio takes YES as an opt-in, although this service has asked for a YES.
#[test]
fn a_yes_that_the_carrier_takes_as_an_opt_in_still_confirms_a_time() {
    let mut person = Person::confirmed();
    assert!(person.text(0, "buy the 9am train ticket tomorrow").ends_with("Text YES, or the right time."));
    let (request, answer) = with_type(&mut person, 1, "YES", OptOutType::OptedIn);
    assert!(matches!(request, Some(Request::Remind(_))), "{request:?}");
    assert!(answer.contains("OK, I'll call you tomorrow at 9 AM EST: buy the 9am train ticket"), "{answer}");
    // A question that YES does not answer.
    let mut person = Person::confirmed();
    assert_eq!(person.text(0, "remind me to buy milk"), "When should I remind you: buy milk?");
    assert_eq!(with_type(&mut person, 1, "YES", OptOutType::OptedIn).0, Some(Request::OptIn));
}

#[test]
fn yes_answers_an_open_question_and_otherwise_opts_in() {
    let mut person = Person::confirmed();
    assert_eq!(with_type(&mut person, 0, "YES", OptOutType::OptedIn).0, Some(Request::OptIn));
    person.text(1, "ZONE New York");
    person.text(2, PILLS);
    assert!(person.text(3, "ZONE Paris").starts_with("OK, Paris time. Should your repeating reminder"));
    assert_eq!(with_type(&mut person, 4, "YES", OptOutType::OptedIn).0, Some(Request::Yes));
    assert_eq!(with_type(&mut person, 4, "START", OptOutType::OptedIn).0, Some(Request::OptIn));
}

/// The carrier obeys YES even if the account's webhooks do not say so. It answers such a YES itself.
#[test]
fn yes_of_a_person_who_has_opted_out_opts_in_whether_or_not_the_carrier_says_so() {
    for yes in ["YES", " yes\n"] {
        for (person, answer) in [(Person::confirmed(), ""), (with_three(), "Welcome back! 3 reminders")] {
            let texts = [
                (10, "STOP", ""),
                (11, "remind me to eat in 5 minutes", ""),
                (12, yes, answer),
                (13, "remind me to eat in 5 minutes", MADE),
            ];
            check(person, &texts);
        }
    }
}

/// An opt-out at the carrier leaves the open question in the profile.
#[test]
fn yes_of_a_person_who_has_opted_out_answers_no_question() {
    for kind in [None, Some(OptOutType::OptedIn)] {
        let mut person = Person::confirmed();
        person.text(1, "ZONE New York");
        person.text(2, PILLS);
        assert!(person.text(3, "ZONE Paris").starts_with("OK, Paris time. Should your repeating reminder"));
        person.opt_out_at_the_carrier(4);
        let text = ReceivedText { opt_out_type: kind, ..person.received_text(AnswerRoute::Reply, 5, "YES") };
        assert_eq!(read(&text, &person.profile, UnconfirmedCalls::default()), Some(Request::OptIn), "{kind:?}");
    }
}

#[test]
fn an_opt_in_that_is_handled_after_a_later_opt_out_is_not_answered() {
    let mut person = with_three();
    person.text(10, "stop texting me");
    person.text(30, "stop texting me");
    assert_eq!(person.text_late(20, 31, "start again"), "");
    assert_eq!(person.profile.consent.status, OptStatus::OptedOut);
    assert!(person.text(40, "start again").starts_with("Welcome back! 3 reminders"));
}

/// The carrier may have received the opt-in after the opt-out.
#[test]
fn an_opt_in_that_two_clocks_put_just_before_its_opt_out_counts() {
    for handled_first in ["stop texting me", "start again"] {
        let mut person = with_three();
        if handled_first == "start again" {
            person.text(9, "start again");
            person.text_late(10, 11, "stop texting me");
        } else {
            person.text(10, "stop texting me");
            assert!(person.text_late(9, 11, "start again").starts_with("Welcome back! 3 reminders"));
        }
        assert_eq!(person.open(), 0, "{handled_first}");
        assert_eq!(person.profile.consent.status, OptStatus::OptedIn, "{handled_first}");
        assert_eq!(person.profile.consent.since, Some(after(noon(), 10)), "{handled_first}");
        person.text(12, "restore");
        assert_eq!(person.open(), 3, "{handled_first}");
    }
    let mut person = with_three();
    person.text(9, "start again");
    person.text(11, "stop texting me");
    assert_eq!(person.profile.consent.status, OptStatus::OptedOut);
}

proptest! {
    /// After STOP, START and RESTORE the open reminders are the same as before, except those whose time has passed.
    #[test]
    fn restore_brings_back_the_reminders_that_were_open(
        made in prop::collection::vec(prop::sample::select(vec![
            PILLS,
            MILK,
            "remind me to get up in 2 minutes",
            "remind me to stir every 2 hours",
            "remind me to pay rent on the 1st of each month at 9",
            "remind me to call mom tomorrow at 9",
        ]), 0..8),
        away_s in 0_i64..200_000,
    ) {
        let mut person = Person::confirmed();
        for (second, body) in (0..).zip(&made) {
            person.text(second, body);
        }
        let back_s = 10 + away_s;
        let open = |person: &Person, from: i64| {
            let open = person.reminders.iter().filter(|one| one.state().is_some());
            let due = |one: &Reminder| one.due_again(after(noon(), from));
            let mut open: Vec<_> = open.filter_map(|one| Some((one.task.clone(), due(one)?, one.rule.clone()))).collect();
            open.sort_by_key(|(task, due, _)| (task.clone(), *due));
            open
        };
        let before = open(&person, back_s + 2);
        person.text(9, "STOP");
        prop_assert_eq!(person.open(), 0);
        person.text(back_s + 1, "START");
        person.text(back_s + 2, "RESTORE");
        prop_assert_eq!(open(&person, back_s + 2), before);
        prop_assert!(person.reminders.iter().filter(|one| one.state().is_some()).all(|one| one.epoch == 1));
    }
}
