//! A call that was requested: the carrier's answer, and the events that come before it or instead of it.

use super::*;

#[test]
fn an_accepted_call_rings_and_a_call_of_an_unknown_claim_is_cancelled() {
    check(&claimed(), 2, &accepted(1), Changes(live(rung(1, AnsweredBy::Nobody), 2 + RINGING_S), vec![]));
    check(&claimed(), 2, &accepted(9), Acts(hang_up_on(9)));
}

#[test]
fn a_callback_that_overtakes_the_carriers_answer_has_the_same_result() {
    let rings = |pickup| Changes(live(rung(1, pickup), 2 + RINGING_S), vec![]);
    let again = |answered| Planned(live(awaiting_after(answered, 2, 122), 212), 122);
    check_all(
        &claimed(),
        2,
        [
            (reported(1, Report::Initiated), rings(AnsweredBy::Nobody)),
            (reported(1, Report::PickedUp), rings(AnsweredBy::Unknown)),
            (reported(1, Report::Completed), again(AnsweredBy::Unknown)),
            (reported(1, Report::NotReached), again(AnsweredBy::Nobody)),
            (detected(1, Verdict::Person), rings(AnsweredBy::Person)),
            (detected(1, Verdict::MachineStarted), rings(AnsweredBy::Machine)),
            (detected(1, Verdict::Unknown), rings(AnsweredBy::Unknown)),
            (pressed(1), Heard(vec![])),
        ],
    );
}

#[test]
fn the_answerers_of_earlier_calls_stay_known() {
    let given = reminder(dialed_after(AnsweredBy::Machine, 2), 60);
    let rings = |pickup| Changes(live(rung_after(AnsweredBy::Machine, 2, pickup), 2 + RINGING_S), vec![]);
    let again = |answered, attempt, at_s| Planned(live(awaiting_after(answered, attempt, at_s), at_s + 90), at_s);
    check_all(
        &given,
        2,
        [
            (accepted(1), rings(AnsweredBy::Nobody)),
            (reported(1, Report::PickedUp), rings(AnsweredBy::Unknown)),
            (reported(1, Report::NotReached), again(AnsweredBy::Machine, 3, 302)),
            (reported(1, Report::Completed), again(AnsweredBy::Unknown, 3, 302)),
            (refused_for_now(1, 30), PlannedAgain(live(awaiting_after(AnsweredBy::Machine, 2, 30), 120), 30)),
        ],
    );
}

#[test]
fn an_event_of_another_call_does_not_change_a_claimed_reminder() {
    for n in [0, 9] {
        let ignored = VERDICTS.map(|verdict| (detected(n, verdict), Ignored));
        check_all(&claimed(), 2, ignored);
        check_all(
            &claimed(),
            2,
            [
                (reported(n, Report::Initiated), Acts(hang_up_on(n))),
                (reported(n, Report::PickedUp), Ignored),
                (reported(n, Report::Completed), Ignored),
                (reported(n, Report::NotReached), Ignored),
                (pressed(n), Ignored),
                (refused_for_now(n, 30), Ignored),
                (refused_for_good(n), Ignored),
            ],
        );
    }
}

#[test]
fn a_refusal_for_now_spends_no_attempt_and_its_claim_does_not_become_the_last_claim() {
    for attempt in [1, 3] {
        let given = reminder(dialed(attempt), 60);
        check(&given, 2, &refused_for_now(1, 30), PlannedAgain(live(awaiting(attempt, 30), 120), 30));
    }
}

#[test]
fn a_report_about_the_call_before_a_refused_call_still_counts() {
    let given = reminder(dialed(2), 60);
    let Transition::Change(refused) = transition(&given, &refused_for_now(1, 130), t(2), &policy()) else { panic!() };
    let key = transition(&refused.next, &pressed(0), t(3), &policy());
    assert!(matches!(key, Transition::Change(heard) if heard.next.life == ended(End::Heard, 3)));
    let verdict = transition(&refused.next, &detected(0, Verdict::Person), t(3), &policy());
    assert!(matches!(verdict, Transition::Change(over) if over.next.life == ended(End::Unconfirmed, 3)));
    let pickup = transition(&refused.next, &reported(0, Report::PickedUp), t(3), &policy());
    assert!(matches!(pickup, Transition::Change(rings) if rings.next.state_name() == "Ringing"));
    assert_eq!(transition(&refused.next, &pressed(1), t(3), &policy()), Transition::Ignore);
}

#[test]
fn a_key_of_the_previous_call_acknowledges_and_the_requested_call_is_cancelled_once_it_is_accepted() {
    for attempt in [2, 3] {
        let given = reminder(dialed(attempt), 60);
        check_all(&given, 2, [(pressed(0), Heard(vec![])), (pressed(9), Ignored)]);
        let Transition::Change(heard) = transition(&given, &pressed(0), t(2), &policy()) else { panic!() };
        for event in [accepted(1), reported(1, Report::Initiated)] {
            check(&heard.next, 3, &event, Acts(hang_up_on(1)));
        }
    }
}

/// Checks that the occurrence ends with a text, and that the refused call's claim does not become the last claim.
pub(super) fn check_refused(given: &Reminder, at_s: i64, event: &Event, end: End, why: TextReason) {
    let mut expected = texted(given, end, why, at_s, 1);
    let claim = given.last_claim.clone().filter(|_| given.state().is_some_and(State::has_call_before));
    expected.next.last_claim = given.last_claim.clone();
    expected.next.last_end = expected.next.last_end.map(|last| LastEnd { claim, ..last });
    let expected = Transition::Change(Box::new(expected));
    assert_eq!(transition(given, event, t(at_s), &policy()), expected, "{event:?} on {:?}", given.life);
}

#[test]
fn a_refused_call_that_would_be_repeated_past_the_max_lateness_is_replaced_by_a_text() {
    let last_s = MAX_LATENESS_S;
    let planned_again = PlannedAgain(live(awaiting(1, last_s), last_s + 90), last_s);
    check(&claimed(), 100, &refused_for_now(1, last_s), planned_again);
    for (answered, attempt, end, why) in [
        (AnsweredBy::Nobody, 1, End::Missed, TextReason::TooLate),
        (AnsweredBy::Nobody, 2, End::Missed, TextReason::Unanswered),
        (AnsweredBy::Machine, 2, End::Missed, TextReason::Unanswered),
        (AnsweredBy::Unknown, 2, End::Unconfirmed, TextReason::Unconfirmed),
    ] {
        let given = reminder(dialed_after(answered, attempt), 60);
        check_refused(&given, 100, &refused_for_now(1, last_s + 1), end, why);
    }
}

#[test]
fn a_number_that_the_carrier_refuses_to_call_is_texted() {
    check_refused(&claimed(), 2, &refused_for_good(1), End::Missed, TextReason::NumberRefused);
    let second_call = reminder(dialed(2), 60);
    check_refused(&second_call, 2, &refused_for_good(1), End::Missed, TextReason::NumberRefused);
}

#[test]
fn a_key_of_the_call_before_a_refused_call_still_acknowledges_the_occurrence_after_its_end() {
    let given = reminder(dialed(2), 60);
    for event in [refused_for_good(1), refused_for_now(1, MAX_LATENESS_S + 1)] {
        let Transition::Change(over) = transition(&given, &event, t(100), &policy()) else { panic!() };
        let Transition::Change(change) = transition(&over.next, &pressed(0), t(101), &policy()) else { panic!() };
        let heard = (ended(End::Heard, 100), vec![Effect::WithdrawText(text_id())]);
        assert_eq!((change.next.life, change.effects), heard, "{event:?}");
    }
}

#[test]
fn done_does_not_withdraw_the_text_of_an_occurrence_that_never_rang() {
    for event in [refused_for_good(1), refused_for_now(1, MAX_LATENESS_S + 1)] {
        let Transition::Change(over) = transition(&claimed(), &event, t(100), &policy()) else { panic!() };
        let Transition::Change(change) = transition(&over.next, &done(101), t(101), &policy()) else { panic!() };
        assert_eq!((change.next.life, change.effects), (ended(End::Heard, 100), vec![]), "{event:?}");
    }
}

#[test]
fn a_call_with_an_unknown_outcome_is_followed_by_a_text_at_its_deadline_and_by_no_other_call() {
    check(&claimed(), 59, &Event::DeadlinePassed, Ignored);
    check(&claimed(), 60, &Event::DeadlinePassed, Texted(End::Missed, TextReason::Unknown));
    check(&claimed(), 30, &woken(GENERATION), Ignored);
}

#[test]
fn an_unknown_outcome_after_a_call_that_a_person_may_have_answered_is_not_a_missed_occurrence() {
    for (answered, end) in [(AnsweredBy::Machine, End::Missed), (AnsweredBy::Unknown, End::Unconfirmed)] {
        let given = reminder(dialed_after(answered, 2), 60);
        check(&given, 60, &Event::DeadlinePassed, Texted(end, TextReason::Unknown));
    }
}

#[test]
fn an_event_of_a_wake_up_or_a_resumption_is_ignored_while_dialing() {
    check_all(&claimed(), 2, wake_up_events(GENERATION).map(|event| (event, Ignored)));
    check(&claimed(), 2, &Event::Resumed, Ignored);
}
