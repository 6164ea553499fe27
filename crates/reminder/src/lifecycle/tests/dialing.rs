use super::*;

#[test]
fn an_accepted_call_rings() {
    check(&claimed(), 2, &accepted(1), Changes(live(rung(1, Pickup::Unseen), 2 + RINGING_S), vec![]));
    check(&claimed(), 2, &accepted(9), Acts(hang_up_on(9)));
}

#[test]
fn a_callback_that_overtakes_the_carriers_answer_has_the_same_result() {
    check_all(
        &claimed(),
        2,
        [
            (reported(1, Report::Initiated), Changes(live(rung(1, Pickup::Unseen), 2 + RINGING_S), vec![])),
            (reported(1, Report::PickedUp), Changes(live(rung(1, Pickup::Seen), 2 + RINGING_S), vec![])),
            (reported(1, Report::Completed), CallEnds(live(texted(TextReason::Unconfirmed, 0, 2), 12), vec![])),
            (reported(1, Report::NotReached), Planned(live(awaiting(2, 122), 212), 122)),
            (pressed(1), CallEnds(ended(End::Heard, 2), vec![])),
        ],
    );
}

#[test]
fn a_callback_of_another_call_does_not_change_a_claimed_reminder() {
    for n in [0, 9] {
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
fn a_refusal_for_now_spends_no_attempt() {
    for attempt in [1, 3] {
        let given = reminder(dialed(attempt), 60);
        check(&given, 2, &refused_for_now(1, 30), Planned(live(awaiting(attempt, 30), 120), 30));
    }
}

#[test]
fn a_refusal_past_the_max_lateness_is_followed_by_a_text() {
    let last = MAX_LATENESS_S;
    check(&claimed(), 100, &refused_for_now(1, last), Planned(live(awaiting(1, last), last + 90), last));
    let texted = CallEnds(live(texted(TextReason::TooLate, 1, 100), 160), vec![Effect::SendText(None)]);
    check(&claimed(), 100, &refused_for_now(1, last + 1), texted);
}

#[test]
fn a_refused_number_is_texted() {
    let texted = CallEnds(live(texted(TextReason::NumberRefused, 1, 2), 62), vec![Effect::SendText(None)]);
    check(&claimed(), 2, &refused_for_good(1), texted);
}

#[test]
fn an_unknown_outcome_is_texted_at_its_deadline_and_never_dialed_again() {
    check(&claimed(), 59, &Event::DeadlinePassed, Ignored);
    let texted = CallEnds(live(texted(TextReason::Unknown, 1, 60), 120), vec![Effect::SendText(None)]);
    check(&claimed(), 60, &Event::DeadlinePassed, texted);
    check(&claimed(), 30, &woken(GENERATION), Ignored);
}

#[test]
fn an_event_of_a_wake_up_or_a_text_is_ignored_while_dialing() {
    let generation = GENERATION;
    check_all(
        &claimed(),
        2,
        [
            (Event::WakeUpSent { generation }, Ignored),
            (woken(generation), Ignored),
            (Event::SlotAssigned { generation, slot: slot(5) }, Ignored),
            (Event::NoSlotInTime { generation }, Ignored),
            (Event::Postponed { generation, until: t(50) }, Ignored),
            (Event::TextAccepted { generation: GENERATION }, Ignored),
            (Event::TextRefusedForNow { generation: GENERATION, retry_at: t(70) }, Ignored),
            (Event::TextSlotAssigned { generation: GENERATION, slot: slot(70) }, Ignored),
            (Event::TextRefusedForGood { generation: GENERATION }, Ignored),
        ],
    );
}
