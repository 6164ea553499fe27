use super::*;

#[test]
fn an_accepted_text_ends_the_occurrence_by_its_reason() {
    for (why, end) in [
        (TextReason::Unanswered, End::Missed),
        (TextReason::TooLate, End::Missed),
        (TextReason::Unknown, End::Missed),
        (TextReason::NumberRefused, End::Missed),
        (TextReason::Unconfirmed, End::Unconfirmed),
    ] {
        check(
            &reminder(texted(why, 1, 0), 60),
            5,
            &Event::TextAccepted { generation: GENERATION },
            Changes(ended(end, 5), vec![]),
        );
    }
}

#[test]
fn a_text_is_tried_at_most_three_times_while_its_answers_stay_unknown() {
    let given = |tries| reminder(texted(TextReason::Unanswered, tries, 0), 60);
    let tried = |tries, wait_s: i64| {
        Changes(live(texted(TextReason::Unanswered, tries, 0), 60 + wait_s), vec![Effect::SendText(None)])
    };
    check(&given(1), 59, &Event::DeadlinePassed, Ignored);
    check(&given(0), 60, &Event::DeadlinePassed, tried(1, 60));
    check(&given(1), 60, &Event::DeadlinePassed, tried(2, 120));
    check(&given(2), 60, &Event::DeadlinePassed, tried(3, 240));
    check(&given(3), 60, &Event::DeadlinePassed, Changes(ended(End::Failed, 60), vec![Effect::RaiseAlarm]));
}

#[test]
fn a_text_is_given_up_after_a_day() {
    let day = 24 * 3600;
    let given = reminder(texted(TextReason::TooLate, 0, 0), 60);
    let tried = Changes(live(texted(TextReason::TooLate, 1, 0), day - 1 + 60), vec![Effect::SendText(None)]);
    check(&given, day - 1, &Event::DeadlinePassed, tried);
    check(&given, day, &Event::DeadlinePassed, Changes(ended(End::Failed, day), vec![Effect::RaiseAlarm]));
}

#[test]
fn a_certain_refusal_takes_the_try_back_until_it_is_tried_again() {
    let refused = Event::TextRefusedForNow { generation: GENERATION, retry_at: t(70) };
    check(&texting(), 5, &refused, Changes(live(texted(TextReason::Unanswered, 0, 0), 70), vec![]));
    check(&untexted(), 5, &refused, Changes(live(texted(TextReason::Unconfirmed, 0, 0), 70), vec![]));
}

#[test]
fn a_text_that_waits_for_a_slot_is_not_counted_and_the_slot_is_for_one_try() {
    let slotted = State::Texting { why: TextReason::Unanswered, tries: 0, since: t(0), slot: Some(slot(700)) };
    let assigned = Event::TextSlotAssigned { generation: GENERATION, slot: slot(700) };
    check(&texting(), 5, &assigned, Changes(live(slotted.clone(), 700), vec![]));
    let tried = Changes(live(texted(TextReason::Unanswered, 1, 0), 760), vec![Effect::SendText(Some(slot(700)))]);
    check(&reminder(slotted, 700), 700, &Event::DeadlinePassed, tried);
}

#[test]
fn a_text_that_is_refused_for_good_alerts_the_operator() {
    check(
        &texting(),
        5,
        &Event::TextRefusedForGood { generation: GENERATION },
        Changes(ended(End::Failed, 5), vec![Effect::RaiseAlarm]),
    );
}

#[test]
fn a_key_that_the_end_of_its_call_overtook_still_counts() {
    for given in [untexted(), texting()] {
        check(&given, 5, &pressed(0), Changes(ended(End::Heard, 5), vec![]));
        check(&given, 5, &pressed(9), Ignored);
    }
}

#[test]
fn a_pick_up_before_the_first_text_postpones_it_until_the_call_can_be_over() {
    let talking = |since_s, deadline_s| Changes(live(texted(TextReason::Unconfirmed, 0, since_s), deadline_s), vec![]);
    check(&untexted(), 5, &reported(0, Report::PickedUp), talking(0, 95));
    let postponed = reminder(texted(TextReason::Unknown, 0, 0), 900);
    check(&postponed, 5, &reported(0, Report::PickedUp), talking(0, 900));
    check(&untexted(), 5, &reported(9, Report::PickedUp), Ignored);
    check(&texting(), 5, &reported(0, Report::PickedUp), Ignored);
}

#[test]
fn other_reports_do_not_change_a_texted_reminder() {
    for given in [untexted(), texting()] {
        check_all(
            &given,
            5,
            [
                (reported(0, Report::Completed), Ignored),
                (reported(0, Report::NotReached), Ignored),
                (reported(0, Report::Initiated), Ignored),
                (accepted(0), Ignored),
                (reported(9, Report::Completed), Ignored),
                (reported(9, Report::NotReached), Ignored),
                (reported(9, Report::Initiated), Acts(hang_up_on(9))),
                (accepted(9), Acts(hang_up_on(9))),
            ],
        );
    }
}

#[test]
fn a_call_that_is_accepted_after_it_was_given_up_is_cancelled() {
    for why in [TextReason::Unknown, TextReason::TooLate, TextReason::NumberRefused] {
        let given = reminder(texted(why, 1, 0), 60);
        check(&given, 5, &accepted(0), Acts(hang_up_on(0)));
        check(&given, 5, &reported(0, Report::Initiated), Acts(hang_up_on(0)));
    }
}

#[test]
fn an_event_of_a_wake_up_or_a_refused_call_is_ignored_while_texting() {
    let generation = GENERATION;
    for given in [untexted(), texting()] {
        check_all(
            &given,
            5,
            [
                (Event::WakeUpSent { generation }, Ignored),
                (woken(generation), Ignored),
                (Event::SlotAssigned { generation, slot: slot(50) }, Ignored),
                (Event::NoSlotInTime { generation }, Ignored),
                (Event::Postponed { generation, until: t(50) }, Ignored),
                (refused_for_now(0, 30), Ignored),
                (refused_for_good(0), Ignored),
            ],
        );
    }
}

#[test]
fn the_outcome_of_a_text_of_another_generation_is_ignored() {
    let generation = GENERATION - 1;
    for event in [
        Event::TextAccepted { generation },
        Event::TextRefusedForNow { generation, retry_at: t(70) },
        Event::TextSlotAssigned { generation, slot: slot(70) },
        Event::TextRefusedForGood { generation },
    ] {
        check(&texting(), 5, &event, Ignored);
    }
}
