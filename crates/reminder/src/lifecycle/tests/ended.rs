//! Ended occurrences and late events about them: most are ignored, a key makes the occurrence heard.

use super::*;

const ENDS: [End; 4] = [End::Heard, End::Unconfirmed, End::Missed, End::Cancelled];

#[test]
fn an_event_that_has_no_meaning_after_the_end_is_ignored() {
    let ignored = [
        refused_for_now(0, 30),
        refused_for_good(0),
        reported(0, Report::PickedUp),
        reported(0, Report::Completed),
        reported(0, Report::NotReached),
        pressed(9),
        Event::DeadlinePassed,
        Event::Deleted,
        Event::Rescheduled { due: t(3600), source: DueSource::Fixed },
        Event::ZoneCorrected { zone: Zone::UTC, due: t(3600) },
        Event::SeriesReplanned { zone: Zone::UTC, due: t(3600) },
        Event::Skipped,
        Event::Resumed,
        Event::OptedOut { epoch: 9 },
    ];
    for given in ENDS.map(ended_reminder) {
        let events = ignored
            .iter()
            .cloned()
            .chain(wake_up_events(GENERATION))
            .chain(VERDICTS.map(|verdict| detected(0, verdict)));
        check_all(&given, 100, events.map(|event| (event, Ignored)));
    }
}

#[test]
fn a_call_that_is_accepted_after_the_end_is_cancelled() {
    for given in ENDS.map(ended_reminder) {
        for n in [0, 9] {
            check(&given, 100, &accepted(n), Acts(hang_up_on(n)));
            check(&given, 100, &reported(n, Report::Initiated), Acts(hang_up_on(n)));
        }
    }
}

#[test]
fn the_reported_end_of_a_cancelled_call_clears_its_claim() {
    for given in ENDS.map(ended_reminder).into_iter().chain([daily_skipped()]) {
        let given = Reminder { cancelled_claim: Some(claim(3)), ..given };
        for report in [Report::Completed, Report::NotReached] {
            let released = Reminder { cancelled_claim: None, ..given.clone() };
            let released = change(released, vec![]);
            assert_eq!(transition(&given, &reported(3, report), t(100), &policy()), released, "{:?}", given.life);
            check(&given, 100, &reported(4, report), Ignored);
        }
        check(&given, 100, &reported(3, Report::PickedUp), Ignored);
    }
}

/// In the first four rows, claim 1 belongs to a cancelled call whose end was not reported. A second delivery of the
/// same wake-up may have taken the turn with claim 9, but never wrote that claim. Claim 2 belongs to the call of the
/// next occurrence, which is over. In the last two rows, no call may still be under way.
#[test]
fn while_a_cancelled_call_may_go_on_its_record_shows_the_end_only_of_a_later_call() {
    let check = |cancelled: Option<u32>, last: u32, n: u32, expected: bool| {
        let given = Reminder {
            cancelled_claim: cancelled.map(claim),
            last_claim: Some(claim(last)),
            ..ended_reminder(End::Cancelled)
        };
        assert_eq!(given.shows_end_of(&claim(n), t(100)), expected, "{cancelled:?} {last} {n}");
    };
    check(Some(1), 1, 1, false);
    check(Some(1), 1, 9, false);
    check(Some(1), 2, 2, true);
    check(Some(1), 2, 1, false);
    check(None, 1, 1, true);
    check(None, 1, 9, true);
}

/// A series whose occurrence was skipped.
fn daily_skipped() -> Reminder {
    every("FREQ=DAILY", due_now())
}

/// The record after its last occurrence was acknowledged, with the same end time and text.
fn acknowledged(given: &Reminder) -> Reminder {
    let last_end = given.last_end.clone().map(|last| LastEnd { end: End::Heard, ..last });
    Reminder { last_end, missed_in_row: 0, ..given.clone() }
}

fn withdrawn() -> Vec<Effect> {
    vec![Effect::WithdrawText(text_id())]
}

#[test]
fn a_key_or_a_done_after_the_end_makes_the_occurrence_heard_and_withdraws_its_text() {
    for event in [pressed(0), done(5)] {
        for end in [End::Unconfirmed, End::Missed] {
            let given = ended_reminder(end);
            let next = Reminder { life: ended(End::Heard, 0), ..acknowledged(&given) };
            assert_eq!(transition(&given, &event, t(5), &policy()), change(next, withdrawn()), "{event:?} {end:?}");
        }
    }
}

#[test]
fn a_repeated_key_withdraws_the_text_again_and_changes_nothing() {
    let missed = ended_reminder(End::Missed);
    let given = Reminder { life: ended(End::Heard, 0), ..acknowledged(&missed) };
    for event in [pressed(0), done(5)] {
        check(&given, 6, &event, Acts(withdrawn()));
        check(&ended_reminder(End::Heard), 6, &event, Ignored);
    }
}

#[test]
fn a_key_of_an_occurrence_that_was_cancelled_is_ignored() {
    for given in [ringing(), claimed(), between_calls()] {
        let Transition::Change(deleted) = transition(&given, &Event::Deleted, t(5), &policy()) else { panic!() };
        check_all(&deleted.next, 6, [0, 1, 9].map(|n| (pressed(n), Ignored)));
        check(&deleted.next, 6, &done(5), Ignored);
    }
}

#[test]
fn a_key_of_the_previous_occurrence_does_not_bring_back_a_deleted_series() {
    let given = Reminder { life: ended(End::Cancelled, 3), last_end: Some(last_end(End::Missed, 0)), ..due_now() };
    let expected = change(acknowledged(&given), withdrawn());
    assert_eq!(transition(&given, &pressed(0), t(5), &policy()), expected);
}

#[test]
fn a_key_of_the_previous_occurrence_counts_for_that_occurrence_and_the_plan_stays() {
    let series = every("FREQ=DAILY", due_now());
    for end in [End::Unconfirmed, End::Missed] {
        let given = Reminder { last_end: Some(last_end(end, -86_400)), ..series.clone() };
        for event in [pressed(0), done(5)] {
            let expected = change(acknowledged(&given), withdrawn());
            assert_eq!(transition(&given, &event, t(-86_395), &policy()), expected, "{event:?} {end:?}");
        }
    }
}

#[test]
fn a_late_key_counts_for_its_occurrence_while_the_next_one_rings() {
    for state in [dialed(1), rung(1, AnsweredBy::Nobody)] {
        let given = Reminder { last_end: Some(last_end(End::Missed, -600)), ..reminder(state, 200) };
        let expected = change(acknowledged(&given), withdrawn());
        assert_eq!(transition(&given, &pressed(0), t(5), &policy()), expected);
    }
}
