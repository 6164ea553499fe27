//! The verdict of the carrier's machine detection, which may come late, twice or never, or may be wrong.

use super::dialing::check_refused;
use super::*;

fn leave_message() -> Vec<Effect> {
    vec![Effect::LeaveMessage { claim: claim(1), call: call(1) }]
}

#[test]
fn a_verdict_about_the_live_call_is_written_and_has_effects_only_after_a_greeting_or_for_a_fax() {
    for attempt in 1..=3 {
        let after_greeting = if attempt == 3 { leave_message() } else { hang_up_on(1) };
        for (verdict, pickup, effects) in [
            (Verdict::Person, AnsweredBy::Person, vec![]),
            (Verdict::MachineStarted, AnsweredBy::Machine, vec![]),
            (Verdict::MachineEnded, AnsweredBy::Machine, after_greeting),
            (Verdict::Fax, AnsweredBy::Machine, hang_up_on(1)),
        ] {
            for before in [AnsweredBy::Nobody, AnsweredBy::Unknown] {
                let written = Changes(live(rung(attempt, pickup), 20 + RINGING_S), effects.clone());
                check(&reminder(rung(attempt, before), RINGING_S), 20, &detected(1, verdict), written);
            }
        }
    }
}

#[test]
fn an_unknown_verdict_tells_no_more_than_a_pickup() {
    let seen = Changes(live(rung(1, AnsweredBy::Unknown), 20 + RINGING_S), vec![]);
    check(&ringing(), 20, &detected(1, Verdict::Unknown), seen);
    check(&picked_up(), 20, &detected(1, Verdict::Unknown), Ignored);
}

#[test]
fn a_message_is_left_if_the_next_call_would_come_too_late() {
    let at_s = MAX_LATENESS_S - 119;
    let written = Changes(live(rung(1, AnsweredBy::Machine), at_s + RINGING_S), leave_message());
    check(&reminder(rung(1, AnsweredBy::Unknown), MAX_LATENESS_S), at_s, &detected(1, Verdict::MachineEnded), written);
}

/// At most one message is left, and a call is hung up once.
#[test]
fn a_second_verdict_is_ignored() {
    for pickup in [AnsweredBy::Machine, AnsweredBy::Person] {
        for attempt in [1, 3] {
            let given = reminder(rung(attempt, pickup), RINGING_S);
            check_all(&given, 20, VERDICTS.map(|verdict| (detected(1, verdict), Ignored)));
        }
    }
}

#[test]
fn a_late_verdict_that_a_person_answered_prevents_the_next_call() {
    for earlier in [AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown] {
        let given = reminder(awaiting_after(earlier, 2, 120), 210);
        check(&given, 60, &detected(0, Verdict::Person), TextedLater(End::Unconfirmed, TextReason::Unconfirmed));
        check(&given, 60, &detected(9, Verdict::Person), Ignored);
    }
}

/// The requested call may ring already, so it is not cancelled.
#[test]
fn after_a_late_verdict_that_a_person_answered_a_refused_call_is_not_requested_again() {
    let given = reminder(dialed_after(AnsweredBy::Unknown, 2), 60);
    check(&given, 1, &detected(9, Verdict::Person), Ignored);
    let written = live(dialed_after(AnsweredBy::Person, 2), 60);
    check(&given, 1, &detected(0, Verdict::Person), Changes(written, vec![]));
    let known = reminder(dialed_after(AnsweredBy::Person, 2), 60);
    check(&known, 2, &detected(0, Verdict::Person), Ignored);
    check_refused(&known, 2, &refused_for_now(1, 30), End::Unconfirmed, TextReason::Unconfirmed);
    let rings = live(rung_after(AnsweredBy::Person, 2, AnsweredBy::Nobody), 2 + RINGING_S);
    check(&known, 2, &accepted(1), Changes(rings, vec![]));
}

#[test]
fn a_message_is_left_if_a_person_answered_an_earlier_call_so_that_no_call_follows() {
    let given = reminder(rung_after(AnsweredBy::Person, 2, AnsweredBy::Unknown), RINGING_S);
    let rings = rung_after(AnsweredBy::Person, 2, AnsweredBy::Machine);
    check(&given, 20, &detected(1, Verdict::MachineEnded), Changes(live(rings, 20 + RINGING_S), leave_message()));
}

/// The verdict comes while the next call is requested, so that call still rings.
#[test]
fn no_third_call_follows_if_a_person_answered_the_first() {
    for given in [dialed_after(AnsweredBy::Person, 2), rung_after(AnsweredBy::Person, 2, AnsweredBy::Nobody)] {
        let given = reminder(given, 60);
        for report in [Report::NotReached, Report::Completed] {
            check(&given, 30, &reported(1, report), TextedLater(End::Unconfirmed, TextReason::Unconfirmed));
        }
    }
}

#[test]
fn any_other_late_verdict_does_not_change_the_plan_of_the_next_call() {
    for verdict in [Verdict::MachineStarted, Verdict::MachineEnded, Verdict::Fax, Verdict::Unknown] {
        check(&between_calls(), 60, &detected(0, verdict), Ignored);
    }
}

#[test]
fn a_verdict_about_the_previous_occurrence_is_ignored() {
    check_all(&due_now(), 1, VERDICTS.map(|verdict| (detected(0, verdict), Ignored)));
}
