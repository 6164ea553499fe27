//! Answers to SKIP, RESUME, UNDO, START and RESTORE.

use super::*;
use crate::record::{AnsweredBy, State};

/// The same reminder, waiting for its call.
fn waiting(one: Reminder) -> Reminder {
    let state = State::Waiting { attempt: 1, wake_at: one.due, slot: None, answered: AnsweredBy::Nobody };
    Reminder { life: Lifecycle::Live { state, deadline: one.due, recoveries: 0 }, ..one }
}

fn pills(number: u32) -> Reminder {
    waiting(reminder("take my pills", number, "2026-09-24T13:30:00Z".parse().unwrap(), "America/New_York", daily()))
}

fn milk(number: u32) -> Reminder {
    reminder("buy milk", number, "2026-09-23T13:30:00Z".parse().unwrap(), "America/New_York", None)
}

#[test]
fn a_skip_says_when_the_series_rings_next_or_which_reminders_it_deletes() {
    let check = |next: &[&Reminder], expected: &str| {
        let said = Answer::Change(ChangeAnswer::Skipped(next, CallInFlight::No)).render(now());
        assert_eq!(said, expected);
        one_sms(&said);
    };
    let over = Reminder { life: Lifecycle::Ended { end: End::Cancelled, at: now() }, ..pills(2) };
    check(&[&pills(2)], "Skipped. Next call: tomorrow at 9:30 AM EDT, repeating: take your pills (#2).");
    check(&[&milk(3)], "Skipped and deleted: #3 buy milk. It doesn't repeat.");
    check(&[&over], "Skipped: #2 take your pills. That was its last time.");
    let both = "Skipped: #2, #3. Next call: #2 tomorrow at 9:30 AM EDT. Deleted: #3.";
    check(&[&pills(2), &milk(3)], both);
    let ringing = Answer::Change(ChangeAnswer::Skipped(&[&pills(2)], CallInFlight::MayRing)).render(now());
    assert!(ringing.ends_with(" Your phone may still ring once."), "{ringing}");
}

#[test]
fn undo_says_which_reminders_ring_again_and_which_do_not() {
    let check = |back: &[&Reminder], passed: &[&Reminder], expected: &str| {
        let said = Answer::Change(ChangeAnswer::Undone { back, passed }).render(now());
        assert_eq!(said, expected);
        one_sms(&said);
    };
    check(&[&milk(3)], &[], "Undone: I'll call you in 55 minutes (9:30 AM): buy milk (#3).");
    let with_passed =
        "Undone: I'll call you in 55 minutes (9:30 AM): buy milk (#3). Not back, because the time has passed: #1.";
    check(&[&milk(3)], &[&milk(1)], with_passed);
    let late =
        Answer::Change(ChangeAnswer::TooLateToUndo(&[&Reminder { due: after(now(), -60), ..milk(3) }])).render(now());
    assert_eq!(late, "Too late to undo: the time of #3 buy milk has passed (today at 8:33:56 AM EDT).");
}

#[test]
fn start_counts_the_reminders_that_can_come_back_and_restore_names_those_that_came_back() {
    let check = |answer: Answer<'_>, expected: &str| assert_eq!(answer.render(now()), expected);
    check(
        Answer::Change(ChangeAnswer::ReturnedAfter(1)),
        "Welcome back! 1 reminder was stopped: text RESTORE to get it back.",
    );
    check(
        Answer::Change(ChangeAnswer::ReturnedAfter(4)),
        "Welcome back! 4 reminders were stopped: text RESTORE to get them back.",
    );
    let one = "Restored: I'll call you tomorrow at 9:30 AM EDT, repeating: take your pills (#2).";
    check(Answer::Change(ChangeAnswer::Restored { made: &[&pills(2)], lost: 0 }), one);
    let some = "Restored: #2, #3. Text LIST to see them. 1 can't come back: the time has passed, or you have too many.";
    check(Answer::Change(ChangeAnswer::Restored { made: &[&pills(2), &milk(3)], lost: 1 }), some);
    let none = "2 reminders can't come back: their times have passed, or you have too many.";
    check(Answer::Change(ChangeAnswer::Restored { made: &[], lost: 2 }), none);
}

#[test]
fn an_answer_about_a_change_is_one_sms() {
    let (one, many): (Reminder, Vec<Reminder>) = (waiting(longest()), (1..=80).map(pills).collect());
    let many: Vec<&Reminder> = many.iter().collect();
    let over = longest();
    for answer in [
        Answer::Change(ChangeAnswer::Skipped(&[&one], CallInFlight::No)),
        Answer::Change(ChangeAnswer::Skipped(&[&one], CallInFlight::MayRing)),
        Answer::Change(ChangeAnswer::Skipped(&[&over], CallInFlight::MayRing)),
        Answer::Change(ChangeAnswer::Skipped(&many, CallInFlight::MayRing)),
        Answer::Change(ChangeAnswer::NotThatDay(&one)),
        Answer::Change(ChangeAnswer::NothingPaused),
        Answer::Change(ChangeAnswer::NotPaused(&one)),
        Answer::Change(ChangeAnswer::IsPaused(&one)),
        Answer::Change(ChangeAnswer::Resumed(&[&one])),
        Answer::Change(ChangeAnswer::Resumed(&[&over])),
        Answer::Change(ChangeAnswer::Resumed(&many)),
        Answer::Change(ChangeAnswer::Undone { back: &[&one], passed: &[] }),
        Answer::Change(ChangeAnswer::Undone { back: &many, passed: &[&one] }),
        Answer::Change(ChangeAnswer::TooLateToUndo(&[&one])),
        Answer::Change(ChangeAnswer::TooLateToUndo(&many)),
        Answer::Change(ChangeAnswer::NothingToUndo),
        Answer::Change(ChangeAnswer::ReturnedAfter(OPEN_MAX)),
        Answer::Change(ChangeAnswer::Restored { made: &[&one], lost: 0 }),
        Answer::Change(ChangeAnswer::Restored { made: &many, lost: OPEN_MAX }),
        Answer::Change(ChangeAnswer::Restored { made: &[], lost: OPEN_MAX }),
        Answer::Change(ChangeAnswer::NothingToRestore),
        Answer::AskWhereOf(100),
        Answer::Left,
        Answer::StopOutdated,
        Answer::Returned,
    ] {
        one_sms(&answer.render(now()));
    }
}
