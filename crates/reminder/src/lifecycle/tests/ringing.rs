//! A call that the carrier has accepted: its keys, its reports, and its deadline.

use super::*;

#[test]
fn a_key_ends_the_occurrence_whether_or_not_the_pickup_was_seen() {
    for pickup in [AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person] {
        let given = reminder(rung(1, pickup), RINGING_S);
        check_all(&given, 20, [(pressed(1), Heard(vec![])), (pressed(0), Ignored), (pressed(9), Ignored)]);
    }
}

#[test]
fn a_key_of_the_previous_call_acknowledges_the_occurrence_and_cancels_the_call_that_rings() {
    for attempt in [2, 3] {
        for pickup in [AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person] {
            let given = reminder(rung(attempt, pickup), RINGING_S);
            check_all(&given, 20, [(pressed(0), Heard(hang_up_on(1))), (pressed(9), Ignored)]);
        }
    }
}

#[test]
fn after_a_key_of_the_previous_call_the_claims_of_both_calls_are_known() {
    let dialing = State::Dialing { attempt: 2, claim: claim(1), answered: AnsweredBy::Nobody };
    for state in [rung(2, AnsweredBy::Unknown), dialing] {
        let Transition::Change(change) = transition(&reminder(state, RINGING_S), &pressed(0), t(20), &policy()) else {
            panic!("expected a change")
        };
        let known: Vec<u32> = (0..10).filter(|n| change.next.is_or_was_claim(&claim(*n))).collect();
        assert_eq!(known, [0, 1]);
        assert!(change.next.is_last_claim(&claim(0)) && change.next.is_cancelled_claim(&claim(1)));
    }
}

#[test]
fn a_pickup_is_written_only_if_it_moves_the_deadline_and_never_replaces_a_verdict() {
    let given = |pickup| reminder(rung(1, pickup), RINGING_S);
    let moved = |pickup, at_s: i64| Changes(live(rung(1, pickup), at_s + RINGING_S), vec![]);
    check(&given(AnsweredBy::Nobody), 30, &reported(1, Report::PickedUp), Ignored);
    check(&given(AnsweredBy::Nobody), 31, &reported(1, Report::PickedUp), moved(AnsweredBy::Unknown, 31));
    for pickup in [AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person] {
        check(&given(pickup), 30, &reported(1, Report::PickedUp), Ignored);
        check(&given(pickup), 31, &reported(1, Report::PickedUp), moved(pickup, 31));
    }
}

#[test]
fn the_time_of_a_call_starts_again_when_the_carrier_dials_late() {
    let moved = |pickup, at_s: i64| Changes(live(rung(1, pickup), at_s + RINGING_S), vec![]);
    check(&ringing(), 30, &reported(1, Report::Initiated), Ignored);
    check(&ringing(), 31, &reported(1, Report::Initiated), moved(AnsweredBy::Nobody, 31));
    check(&picked_up(), 31, &reported(1, Report::Initiated), moved(AnsweredBy::Unknown, 31));
}

#[test]
fn a_call_without_a_key_is_followed_by_another_after_two_minutes_and_by_a_third_after_five_more() {
    let (nobody, machine, unknown) = (AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown);
    for (earlier, attempt, pickup, report, answered) in [
        (nobody, 1, nobody, Report::NotReached, nobody),
        (nobody, 1, machine, Report::NotReached, machine),
        (nobody, 1, machine, Report::Completed, machine),
        (nobody, 1, unknown, Report::NotReached, unknown),
        (nobody, 1, unknown, Report::Completed, unknown),
        // Completed implies a pickup, even if no pickup was reported.
        (nobody, 1, nobody, Report::Completed, unknown),
        (machine, 2, nobody, Report::NotReached, machine),
        (unknown, 2, nobody, Report::NotReached, unknown),
        (unknown, 2, machine, Report::Completed, unknown),
        (machine, 2, unknown, Report::Completed, unknown),
    ] {
        let given = reminder(rung_after(earlier, attempt, pickup), 500);
        let (at_s, wait_s) = if attempt == 1 { (30, 120) } else { (180, 300) };
        let wake_at = at_s + wait_s;
        let planned = Planned(live(awaiting_after(answered, attempt + 1, wake_at), wake_at + 90), wake_at);
        check(&given, at_s, &reported(1, report), planned);
    }
}

#[test]
fn after_a_person_has_picked_up_no_other_call_follows_and_the_text_waits_for_the_key() {
    for (earlier, attempt) in [(AnsweredBy::Nobody, 1), (AnsweredBy::Machine, 2), (AnsweredBy::Unknown, 3)] {
        let given = reminder(rung_after(earlier, attempt, AnsweredBy::Person), RINGING_S);
        for report in [Report::Completed, Report::NotReached] {
            check(&given, 40, &reported(1, report), TextedLater(End::Unconfirmed, TextReason::Unconfirmed));
        }
    }
}

#[test]
fn an_occurrence_is_missed_unless_a_person_may_have_picked_up_one_of_its_calls() {
    let (nobody, machine, unknown) = (AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown);
    let missed = (End::Missed, TextReason::Unanswered);
    let unconfirmed = (End::Unconfirmed, TextReason::Unconfirmed);
    let (not_reached, completed) = (Report::NotReached, Report::Completed);
    for (earlier, pickup, report, (end, why), send) in [
        (nobody, nobody, not_reached, missed, Texted as fn(_, _) -> Next),
        (machine, nobody, not_reached, missed, Texted),
        (unknown, nobody, not_reached, unconfirmed, Texted),
        (nobody, nobody, completed, unconfirmed, TextedLater),
        (nobody, machine, completed, missed, TextedLater),
        (nobody, machine, not_reached, missed, TextedLater),
        (nobody, unknown, completed, unconfirmed, TextedLater),
        (nobody, unknown, not_reached, unconfirmed, TextedLater),
        (unknown, machine, completed, unconfirmed, TextedLater),
        (machine, unknown, completed, unconfirmed, TextedLater),
    ] {
        check(&last_call(earlier, pickup), 520, &reported(1, report), send(end, why));
    }
}

#[test]
fn another_call_past_the_max_lateness_is_replaced_by_a_text() {
    let (at_s, given) = (MAX_LATENESS_S - 120, reminder(rung(1, AnsweredBy::Nobody), MAX_LATENESS_S));
    let planned = Planned(live(awaiting(2, MAX_LATENESS_S), MAX_LATENESS_S + 90), MAX_LATENESS_S);
    check(&given, at_s, &reported(1, Report::NotReached), planned);
    check(&given, at_s + 1, &reported(1, Report::NotReached), Texted(End::Missed, TextReason::Unanswered));
    check(&given, at_s + 1, &reported(1, Report::Completed), TextedLater(End::Unconfirmed, TextReason::Unconfirmed));
}

#[test]
fn the_carrier_is_asked_when_a_calls_end_is_not_reported() {
    let ask = || vec![Effect::AskCarrier { claim: claim(1), call: call(1) }];
    check(&ringing(), RINGING_S - 1, &Event::DeadlinePassed, Ignored);
    for (recoveries, wait_s) in [(0, 60), (1, 120), (2, 240), (3, 480), (4, 900)] {
        let given = Reminder { life: recovered(rung(1, AnsweredBy::Nobody), RINGING_S, recoveries), ..ringing() };
        let expected = Changes(recovered(rung(1, AnsweredBy::Nobody), RINGING_S + wait_s, recoveries + 1), ask());
        check(&given, RINGING_S, &Event::DeadlinePassed, expected);
    }
}

#[test]
fn a_call_whose_end_is_never_reported_is_followed_by_a_text_and_no_other_call() {
    let (nobody, machine, unknown, person) =
        (AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person);
    for (earlier, pickup, end, why) in [
        (nobody, nobody, End::Missed, TextReason::Unknown),
        (nobody, machine, End::Missed, TextReason::Unanswered),
        (nobody, unknown, End::Unconfirmed, TextReason::Unconfirmed),
        (nobody, person, End::Unconfirmed, TextReason::Unconfirmed),
        (unknown, nobody, End::Unconfirmed, TextReason::Unconfirmed),
    ] {
        let given = Reminder { life: recovered(rung_after(earlier, 2, pickup), 2000, RECOVERIES_MAX), ..ringing() };
        check(&given, 2000, &Event::DeadlinePassed, Texted(end, why));
    }
}

#[test]
fn another_call_beside_a_live_one_is_cancelled() {
    for n in [0, 9] {
        check_all(&ringing(), 5, VERDICTS.map(|verdict| (detected(n, verdict), Ignored)));
        check_all(
            &ringing(),
            5,
            [
                (accepted(n), Acts(hang_up_on(n))),
                (reported(n, Report::Initiated), Acts(hang_up_on(n))),
                (reported(n, Report::PickedUp), Ignored),
                (reported(n, Report::Completed), Ignored),
                (reported(n, Report::NotReached), Ignored),
            ],
        );
    }
}

#[test]
fn repeated_and_stale_events_are_ignored_while_ringing() {
    let stale = [accepted(1), refused_for_now(1, 30), refused_for_good(1), Event::Resumed];
    check_all(&ringing(), 5, stale.into_iter().chain(wake_up_events(GENERATION)).map(|event| (event, Ignored)));
}
