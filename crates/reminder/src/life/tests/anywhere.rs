//! What a person says by text, in any state.

use super::*;

/// Each live state, and what ends a call that is under way in it.
fn all() -> [(Reminder, Vec<Effect>); 7] {
    [
        (due_now(), vec![]),
        (between_calls(), vec![]),
        (claimed(), vec![]),
        (ringing(), hang_up_on(1)),
        (picked_up(), hang_up_on(1)),
        (untexted(), vec![]),
        (texting(), vec![]),
    ]
}

#[test]
fn a_deleted_reminder_ends_and_its_call_is_cancelled() {
    for (given, effects) in all() {
        check(&given, 5, &Event::Deleted, Over(ended(End::Cancelled, 5), effects));
    }
}

#[test]
fn an_occurrence_that_is_passed_over_ends_and_its_call_is_cancelled() {
    for (given, effects) in all() {
        check(&given, 5, &Event::PassedOver, Over(ended(End::Cancelled, 5), effects));
    }
}

#[test]
fn a_person_who_left_ends_what_they_made_before() {
    for (given, effects) in all() {
        check(&given, 5, &Event::Left { epoch: 3 }, Over(ended(End::Cancelled, 5), effects));
    }
}

#[test]
fn what_was_made_since_a_person_came_back_stays() {
    for (given, _) in all() {
        check_all(&given, 5, [(Event::Left { epoch: 2 }, ignored()), (Event::Left { epoch: 1 }, Ignored)]);
    }
}

#[test]
fn done_settles_what_has_begun_and_nothing_else() {
    check(&due_now(), 5, &Event::Settled, Ignored);
    for (given, effects) in all().into_iter().skip(1) {
        check(&given, 5, &Event::Settled, Over(ended(End::Heard, 5), effects));
    }
}

#[test]
fn a_one_off_that_has_not_rung_moves_to_its_new_time() {
    let event = Event::Rescheduled { due: t(7200) };
    let far = Reminder { due: t(7200), generation: GENERATION + 1, life: live(awaiting(1, 7200), 35), ..due_now() };
    let wake = wake_again(&far, 7200);
    assert_eq!(react(&due_now(), &event, t(5), &policy()), Reaction::Change(Box::new(far), vec![wake]));
}

#[test]
fn a_series_or_what_has_begun_does_not_move() {
    let event = Event::Rescheduled { due: t(7200) };
    check(&every("FREQ=DAILY", due_now()), 5, &event, Ignored);
    for (given, _) in all().into_iter().skip(1) {
        check(&given, 5, &event, Ignored);
    }
}

#[test]
fn a_deadline_that_has_not_passed_means_nothing() {
    for (given, _) in all() {
        check(&given, 5, &Event::DeadlinePassed, Ignored);
    }
}
