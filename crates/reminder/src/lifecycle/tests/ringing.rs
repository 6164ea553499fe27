use super::*;

#[test]
fn a_key_ends_the_occurrence_whether_or_not_the_pick_up_was_seen() {
    for given in [ringing(), picked_up()] {
        check(&given, 20, &pressed(1), CallEnds(ended(End::Heard, 20), vec![]));
        check(&given, 20, &pressed(0), Ignored);
        check(&given, 20, &pressed(9), Ignored);
    }
}

#[test]
fn a_pick_up_is_recorded_once() {
    let seen = Changes(live(rung(1, Pickup::Seen), 20 + RINGING_S), vec![]);
    check(&ringing(), 20, &reported(1, Report::PickedUp), seen);
    check(&picked_up(), 20, &reported(1, Report::PickedUp), Ignored);
}

#[test]
fn the_time_of_a_call_starts_again_when_the_carrier_dials_late() {
    let moved = |pickup, at_s: i64| Changes(live(rung(1, pickup), at_s + RINGING_S), vec![]);
    check(&ringing(), 30, &reported(1, Report::Initiated), Ignored);
    check(&ringing(), 31, &reported(1, Report::Initiated), moved(Pickup::Unseen, 31));
    check(&picked_up(), 31, &reported(1, Report::Initiated), moved(Pickup::Seen, 31));
}

#[test]
fn an_unanswered_call_is_followed_by_two_more_two_and_five_minutes_later() {
    for (attempt, at_s, wait_s) in [(1, 30, 120), (2, 180, 300)] {
        let given = reminder(rung(attempt, Pickup::Unseen), 500);
        let wake_at = at_s + wait_s;
        let planned = Planned(live(awaiting(attempt + 1, wake_at), wake_at + 90), wake_at);
        check(&given, at_s, &reported(1, Report::NotReached), planned);
    }
    let third = reminder(rung(3, Pickup::Unseen), 700);
    let texted = CallEnds(live(texted(TextReason::Unanswered, 1, 520), 580), vec![Effect::SendText(None)]);
    check(&third, 520, &reported(1, Report::NotReached), texted);
}

#[test]
fn another_call_past_the_max_lateness_is_replaced_by_a_text() {
    let at_s = MAX_LATENESS_S - 120;
    let planned = Planned(live(awaiting(2, MAX_LATENESS_S), MAX_LATENESS_S + 90), MAX_LATENESS_S);
    check(&reminder(rung(1, Pickup::Unseen), MAX_LATENESS_S), at_s, &reported(1, Report::NotReached), planned);
    let texted = CallEnds(live(texted(TextReason::Unanswered, 1, at_s + 1), at_s + 61), vec![Effect::SendText(None)]);
    check(&reminder(rung(1, Pickup::Unseen), MAX_LATENESS_S), at_s + 1, &reported(1, Report::NotReached), texted);
}

#[test]
fn after_a_pick_up_no_status_leads_to_another_call() {
    let waits = CallEnds(live(texted(TextReason::Unconfirmed, 0, 40), 50), vec![]);
    check(&picked_up(), 40, &reported(1, Report::NotReached), waits.clone());
    check(&picked_up(), 40, &reported(1, Report::Completed), waits.clone());
    // Completed implies a pick-up, even if none was seen.
    check(&ringing(), 40, &reported(1, Report::Completed), waits);
}

#[test]
fn the_carrier_is_asked_when_a_calls_end_is_not_reported() {
    let ask = || vec![Effect::AskCarrier { claim: claim(1), call: call(1) }];
    check(&ringing(), RINGING_S - 1, &Event::DeadlinePassed, Ignored);
    for (recoveries, wait_s) in [(0, 60), (1, 120), (2, 240), (3, 480), (4, 900)] {
        let given = Reminder { life: recovered(rung(1, Pickup::Unseen), RINGING_S, recoveries), ..ringing() };
        let asked = Changes(recovered(rung(1, Pickup::Unseen), RINGING_S + wait_s, recoveries + 1), ask());
        check(&given, RINGING_S, &Event::DeadlinePassed, asked);
    }
}

#[test]
fn a_call_whose_end_is_never_reported_is_followed_by_a_text_and_no_other_call() {
    for (pickup, why) in [(Pickup::Unseen, TextReason::Unknown), (Pickup::Seen, TextReason::Unconfirmed)] {
        let given = Reminder { life: recovered(rung(1, pickup), 2000, RECOVERIES_MAX), ..ringing() };
        let texted = CallEnds(live(texted(why, 1, 2000), 2060), vec![Effect::SendText(None)]);
        check(&given, 2000, &Event::DeadlinePassed, texted);
    }
}

#[test]
fn another_call_beside_a_live_one_is_cancelled() {
    for n in [0, 9] {
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
fn known_and_stale_events_are_ignored_while_ringing() {
    let generation = GENERATION;
    check_all(
        &ringing(),
        5,
        [
            (accepted(1), Ignored),
            (refused_for_now(1, 30), Ignored),
            (refused_for_good(1), Ignored),
            (Event::WakeUpSent { generation }, Ignored),
            (woken(generation), Ignored),
            (Event::SlotAssigned { generation, slot: slot(50) }, Ignored),
            (Event::NoSlotInTime { generation }, Ignored),
            (Event::Postponed { generation, until: t(50) }, Ignored),
            (Event::TextAccepted { generation: GENERATION }, Ignored),
            (Event::TextRefusedForNow { generation: GENERATION, retry_at: t(70) }, Ignored),
            (Event::TextSlotAssigned { generation: GENERATION, slot: slot(70) }, Ignored),
            (Event::TextRefusedForGood { generation: GENERATION }, Ignored),
        ],
    );
}
