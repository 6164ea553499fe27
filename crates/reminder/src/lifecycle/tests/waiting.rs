//! A planned call: its wake-up, the channel's slots, recoveries, and late events about the call before it.

use super::*;

#[test]
fn a_reminder_is_claimed_from_its_instant_until_its_max_lateness() {
    let claimed = |at_s: i64| Changes(live(dialed(1), at_s + 60), vec![]);
    for (at_s, expected) in
        [(-1, Ignored), (0, claimed(0)), (90, claimed(90)), (MAX_LATENESS_S, claimed(MAX_LATENESS_S))]
    {
        check(&due_now(), at_s, &woken(GENERATION), expected);
    }
}

#[test]
fn past_the_max_lateness_a_text_replaces_the_call_and_its_try_is_counted_in_the_same_write() {
    let at_s = MAX_LATENESS_S + 1;
    check(&due_now(), at_s, &woken(GENERATION), Texted(End::Missed, TextReason::TooLate));
}

#[test]
fn a_wake_up_of_another_generation_changes_nothing() {
    for generation in [0, GENERATION - 1, GENERATION + 1] {
        check_all(
            &due_now(),
            1,
            [
                (woken(generation), Ignored),
                (Event::SlotAssigned { generation, slot: slot(5) }, Ignored),
                (Event::NoSlotInTime { generation }, Ignored),
                (limit_reached(generation), Ignored),
                (Event::Postponed { generation, until: t(50) }, Ignored),
            ],
        );
    }
}

#[test]
fn an_early_wake_up_is_ignored() {
    let generation = GENERATION;
    check_all(
        &due_now(),
        -1,
        [
            (woken(generation), Ignored),
            (Event::SlotAssigned { generation, slot: slot(5) }, Ignored),
            (Event::NoSlotInTime { generation }, Ignored),
            (limit_reached(generation), Ignored),
            (Event::Postponed { generation, until: t(50) }, Ignored),
        ],
    );
}

#[test]
fn a_later_slot_is_a_new_plan_that_keeps_the_slot() {
    let state = State::Waiting { attempt: 1, wake_at: t(40), slot: Some(slot(40)), answered: AnsweredBy::Nobody };
    check(
        &due_now(),
        1,
        &Event::SlotAssigned { generation: GENERATION, slot: slot(40) },
        Planned(live(state, 130), 40),
    );
}

#[test]
fn a_postponed_call_is_planned_again_as_the_same_attempt() {
    let given = reminder(awaiting(2, 0), 90);
    let postponed = Event::Postponed { generation: GENERATION, until: t(30) };
    check(&given, 1, &postponed, Planned(live(awaiting(2, 30), 120), 30));
}

#[test]
fn the_answerers_of_earlier_calls_are_kept_by_each_plan() {
    for answered in [AnsweredBy::Machine, AnsweredBy::Unknown] {
        let given = reminder(awaiting_after(answered, 2, 0), 90);
        let slotted = State::Waiting { attempt: 2, wake_at: t(40), slot: Some(slot(40)), answered };
        check_all(
            &given,
            1,
            [
                (woken(GENERATION), Changes(live(dialed_after(answered, 2), 61), vec![])),
                (Event::SlotAssigned { generation: GENERATION, slot: slot(40) }, Planned(live(slotted, 130), 40)),
                (
                    Event::Postponed { generation: GENERATION, until: t(30) },
                    Planned(live(awaiting_after(answered, 2, 30), 120), 30),
                ),
            ],
        );
    }
}

#[test]
fn a_call_that_would_come_too_late_is_replaced_by_a_text() {
    let late = MAX_LATENESS_S + 1;
    for (answered, attempt, end, why) in [
        (AnsweredBy::Nobody, 1, End::Missed, TextReason::TooLate),
        (AnsweredBy::Nobody, 2, End::Missed, TextReason::Unanswered),
        (AnsweredBy::Machine, 2, End::Missed, TextReason::Unanswered),
        (AnsweredBy::Unknown, 3, End::Unconfirmed, TextReason::Unconfirmed),
    ] {
        let given = reminder(awaiting_after(answered, attempt, 0), 90);
        let texted = Texted(end, why);
        check_all(
            &given,
            1,
            [
                (Event::NoSlotInTime { generation: GENERATION }, texted.clone()),
                (limit_reached(GENERATION), texted.clone()),
                (Event::SlotAssigned { generation: GENERATION, slot: slot(late) }, texted.clone()),
                (Event::Postponed { generation: GENERATION, until: t(late) }, texted.clone()),
            ],
        );
        check(&given, late, &woken(GENERATION), texted);
    }
}

#[test]
fn the_text_that_replaces_a_call_above_a_limit_names_the_limit_unless_it_was_named_before() {
    for (attempt, limit, beginning, end) in [
        (1, ReachedLimit::PerHour(12), "Sorry, I couldn't reach you", " You asked for more than 12 calls an hour."),
        (1, ReachedLimit::PerDay(60), "Sorry, I couldn't reach you", " You asked for more than 60 calls a day."),
        (2, ReachedLimit::PerHour(1), "Missed call: ", " You asked for more than one call an hour."),
        (1, ReachedLimit::SaidBefore, "Sorry, I couldn't reach you", "."),
    ] {
        let event = Event::CallLimitReached { generation: GENERATION, limit };
        let given = reminder(awaiting(attempt, 0), 90);
        let Transition::Change(change) = transition(&given, &event, t(1), &policy()) else { panic!("{event:?}") };
        let words = change.text.unwrap().words;
        assert!(words.starts_with(beginning) && words.ends_with(end), "{words}");
        assert_eq!(words.contains("You asked"), limit != ReachedLimit::SaidBefore, "{words}");
        assert_eq!(words::segments(&words), 1, "{words}");
    }
}

#[test]
fn the_text_that_replaces_a_call_to_an_unconfirmed_number_holds_the_code_and_offers_no_call() {
    let limit = ReachedLimit::Unconfirmed(Some(ConfirmationCode::of_random(123_456)));
    for (attempt, beginning) in [(1, "Reminder: "), (2, "Missed call: ")] {
        let event = Event::CallLimitReached { generation: GENERATION, limit };
        let given = reminder(awaiting(attempt, 0), 90);
        let Transition::Change(change) = transition(&given, &event, t(1), &policy()) else { panic!("{event:?}") };
        let words = change.text.unwrap().words;
        assert!(words.starts_with(beginning) && !words.contains("SNOOZE"), "{words}");
        assert!(words.ends_with(". New numbers get 3 calls. Reply 123456 for more."), "{words}");
        assert_eq!(words::segments(&words), 1, "{words}");
    }
}

#[test]
fn a_claim_drops_the_slot() {
    let state = State::Waiting { attempt: 1, wake_at: t(40), slot: Some(slot(40)), answered: AnsweredBy::Nobody };
    let slotted = reminder(state, 130);
    check(&slotted, 41, &woken(GENERATION), Changes(live(dialed(1), 101), vec![]));
}

#[test]
fn a_sent_wake_up_is_confirmed_once_and_only_before_its_instant() {
    let unsent = reminder(awaiting(1, 0), -3570);
    let sent = |generation| Event::WakeUpSent { generation };
    check(&unsent, -3600, &sent(GENERATION), Changes(live(awaiting(1, 0), 90), vec![]));
    check(&unsent, -3600, &sent(GENERATION - 1), Ignored);
    check(&unsent, 0, &sent(GENERATION), Ignored);
    check(&due_now(), -3600, &sent(GENERATION), Ignored);
}

#[test]
fn a_wake_up_that_was_not_confirmed_is_sent_again_and_never_given_up_before_its_instant() {
    for (recoveries, at_s, next_s) in [
        (0, -7200, -7200 + 60),
        (3, -7200, -7200 + 480),
        (50, -7200, -7200 + 900),
        (50, -700, -600),
        (50, -600, -570),
        (50, -20, 10),
    ] {
        let given = Reminder { life: recovered(awaiting(1, 0), at_s, recoveries), ..due_now() };
        let again = vec![wake_again(&given, 0)];
        check(&given, at_s, &Event::DeadlinePassed, Changes(recovered(awaiting(1, 0), next_s, recoveries + 1), again));
    }
}

#[test]
fn a_lost_wake_up_is_sent_again_five_times_and_then_there_is_a_text() {
    let life = |deadline_s, recoveries| recovered(awaiting(1, 0), deadline_s, recoveries);
    let texted = || Texted(End::Missed, TextReason::TooLate);
    let recover =
        |given: &Reminder, deadline_s, recoveries| Changes(life(deadline_s, recoveries), vec![wake_again(given, 0)]);
    // Recoveries before the call's instant do not count. The first deadline after that instant is 90, so all recoveries
    // until then were before it.
    for (was, at_s, expected) in [
        (life(90, 0), 90, recover(&due_now(), 150, 1)),
        (life(90, 50), 90, recover(&due_now(), 150, 1)),
        (life(150, 1), 150, recover(&due_now(), 270, 2)),
        (life(270, 4), 270, recover(&due_now(), 270 + 900, 5)),
        (life(270, 5), 270, texted()),
        (life(90, 0), MAX_LATENESS_S, recover(&due_now(), MAX_LATENESS_S + 60, 1)),
        (life(90, 0), MAX_LATENESS_S + 1, texted()),
    ] {
        check(&Reminder { life: was, ..due_now() }, at_s, &Event::DeadlinePassed, expected);
    }
}

#[test]
fn an_unexpected_call_is_cancelled_before_it_is_picked_up() {
    check_all(
        &due_now(),
        1,
        [
            (accepted(0), Acts(hang_up_on(0))),
            (accepted(9), Acts(hang_up_on(9))),
            (reported(9, Report::Initiated), Acts(hang_up_on(9))),
            (reported(9, Report::PickedUp), Ignored),
            (reported(9, Report::Completed), Ignored),
            (reported(9, Report::NotReached), Ignored),
        ],
    );
}

#[test]
fn a_key_between_two_calls_acknowledges_the_occurrence() {
    check(&between_calls(), 60, &pressed(0), Heard(vec![]));
    check(&between_calls(), 60, &pressed(9), Ignored);
}

#[test]
fn a_call_of_the_previous_occurrence_does_not_acknowledge_the_current_one() {
    check_all(&due_now(), 1, [(pressed(0), Ignored), (reported(0, Report::PickedUp), Ignored)]);
}

#[test]
fn after_a_late_pickup_of_the_last_call_the_reminder_is_ringing_again_and_the_carrier_is_asked_for_the_status() {
    for (earlier, attempt) in [(AnsweredBy::Nobody, 2), (AnsweredBy::Machine, 3)] {
        let given = reminder(awaiting_after(earlier, attempt, 120), 210);
        let (pickup, answered) = (AnsweredBy::Unknown, earlier);
        let rings = State::Ringing { attempt: attempt - 1, claim: claim(0), call: call(0), pickup, answered };
        let life = live(rings, 60 + RINGING_S);
        let ask = vec![Effect::AskCarrier { claim: claim(0), call: call(0) }];
        let expected = change(Reminder { life, generation: GENERATION + 1, ..given.clone() }, ask);
        assert_eq!(transition(&given, &reported(0, Report::PickedUp), t(60), &policy()), expected);
        check(&given, 60, &reported(9, Report::PickedUp), Ignored);
        check(&given, 60, &reported(0, Report::Completed), Ignored);
        check(&given, 60, &reported(0, Report::NotReached), Ignored);
    }
}

#[test]
fn a_refusal_or_a_resumption_is_ignored_while_waiting() {
    for given in [due_now(), between_calls()] {
        check_all(
            &given,
            1,
            [(refused_for_now(0, 30), Ignored), (refused_for_good(0), Ignored), (Event::Resumed, Ignored)],
        );
    }
}

/// The last call that an unconfirmed number gets: its claim keeps the code for the text, unless the carrier refuses it.
#[test]
fn the_text_after_the_last_call_of_an_unconfirmed_number_tells_its_code() {
    let code = Some(ConfirmationCode::of_random(123_456));
    let claimed = |attempt| {
        let event = Event::Woken { generation: GENERATION, claim: claim(1), code };
        let Transition::Change(change) = transition(&reminder(awaiting(attempt, 0), 90), &event, t(1), &policy())
        else {
            panic!("{event:?}")
        };
        change.next
    };
    let after = |given: &Reminder, event: &Event, at_s: i64| {
        let Transition::Change(change) = transition(given, event, t(at_s), &policy()) else { panic!("{event:?}") };
        *change
    };
    let last = after(&claimed(3), &reported(1, Report::NotReached), 30);
    let words = last.text.unwrap().words;
    assert!(words.starts_with("Missed call: ") && words.ends_with("Reply 123456 for more."), "{words}");
    assert_eq!(last.next.code, None);
    let unknown = after(&claimed(1), &Event::DeadlinePassed, 90).text.unwrap().words;
    assert!(unknown.ends_with("Reply 123456 for more."), "{unknown}");
    let next_attempt = after(&claimed(1), &reported(1, Report::NotReached), 30).next;
    assert_eq!(next_attempt.code, code, "the text comes after the next attempt");
    assert_eq!(after(&claimed(1), &refused_for_now(1, 60), 2).next.code, None, "the call does not count");
    let too_late = after(&claimed(1), &refused_for_now(1, 100_000), 2).text.unwrap().words;
    assert!(!too_late.contains("Reply"), "{too_late}");
}
