//! The events of a person's texts, and a deadline that has not passed, in each live state except `Paused`.

use super::*;

/// Each live state except `Paused`, and the effect that ends its call if the carrier has given the call's id.
fn live_states() -> [(Reminder, Vec<Effect>); 5] {
    [
        (due_now(), vec![]),
        (between_calls(), vec![]),
        (claimed(), vec![]),
        (ringing(), hang_up_on(1)),
        (picked_up(), hang_up_on(1)),
    ]
}

#[test]
fn a_deleted_reminder_ends_and_its_call_is_cancelled() {
    for (given, effects) in live_states() {
        check(&given, 5, &Event::Deleted, CallEnds(ended(End::Cancelled, 5), effects));
    }
}

#[test]
fn a_skipped_occurrence_ends_and_its_call_is_cancelled() {
    for (given, effects) in live_states().into_iter().filter(|(given, _)| *given != picked_up()) {
        check(&given, 5, &Event::Skipped, CallEnds(ended(End::Cancelled, 5), effects));
    }
}

#[test]
fn skipping_an_occurrence_that_a_person_may_have_answered_restarts_the_count_of_misses() {
    use AnsweredBy::{Machine, Nobody, Person, Unknown};
    for (state, missed_in_row) in [
        (rung(1, Nobody), MISSED),
        (rung(3, Machine), MISSED),
        (rung(2, Unknown), 0),
        (rung(2, Person), 0),
        (rung_after(Person, 2, Nobody), 0),
        (dialed_after(Unknown, 2), 0),
        (awaiting_after(Person, 2, 120), 0),
        (awaiting_after(Machine, 2, 120), MISSED),
    ] {
        let given = reminder(state, RINGING_S);
        let Transition::Change(change) = transition(&given, &Event::Skipped, t(5), &policy()) else { panic!() };
        assert_eq!(change.next.missed_in_row, missed_in_row, "{:?}", given.life);
    }
}

/// The text that cancels a call may be written just before the key or the verdict that shows that the person picked the
/// call up.
#[test]
fn a_person_who_picked_up_a_cancelled_call_restarts_the_count_of_misses() {
    use Verdict::{Fax, MachineEnded, MachineStarted, Person, Unknown};
    for given in [due_now(), claimed(), ringing()] {
        let (last_claim, cancelled_claim) = (Some(claim(3)), Some(claim(3)));
        let given = Reminder { last_claim, cancelled_claim, ..every("FREQ=DAILY", given) };
        let restarted = Reminder { missed_in_row: 0, ..given.clone() };
        for event in [pressed(3), detected(3, Person)] {
            let expected = change(restarted.clone(), vec![]);
            assert_eq!(transition(&given, &event, t(5), &policy()), expected, "{event:?} on {:?}", given.life);
            check(&restarted, 5, &event, Ignored);
            // The carrier has reported the end of the call, so the claim is no longer that of a cancelled call.
            check(&Reminder { cancelled_claim: None, ..given.clone() }, 5, &event, Ignored);
        }
        for event in [pressed(4), detected(4, Person)] {
            check(&given, 5, &event, Ignored);
        }
        for verdict in [Fax, MachineEnded, MachineStarted, Unknown] {
            check(&given, 5, &detected(3, verdict), Ignored);
        }
    }
    let cancelled_claim = Some(claim(3));
    for given in [paused(), ended_reminder(End::Missed)] {
        let given = Reminder { cancelled_claim: cancelled_claim.clone(), ..given };
        check_all(&given, 5, [(pressed(3), Ignored), (detected(3, Person), Ignored)]);
    }
}

#[test]
fn an_opt_out_ends_the_reminders_that_were_made_before() {
    for (given, effects) in live_states() {
        check(&given, 5, &Event::OptedOut { epoch: 3 }, CallEnds(ended(End::OptedOut { epoch: 3 }, 5), effects));
    }
}

#[test]
fn an_opt_out_keeps_the_reminders_that_were_made_after_it() {
    for (given, _) in live_states() {
        check_all(&given, 5, [(Event::OptedOut { epoch: 2 }, Ignored), (Event::OptedOut { epoch: 1 }, Ignored)]);
    }
}

/// A function may freeze after it has received the text or the key, until the next occurrence has begun.
#[test]
fn done_acknowledges_no_occurrence_that_is_due_after_it_was_received() {
    for given in live_states().into_iter().skip(1).map(|(given, _)| given) {
        check(&given, 5, &done(-1), Ignored);
        let missed = LastEnd { due: t(-900), ..last_end(End::Missed, -600) };
        let after_missed = Reminder { last_end: Some(missed), ..given.clone() };
        check(&after_missed, 5, &done(-901), Ignored);
        let Transition::Change(change) = transition(&after_missed, &done(-1), t(5), &policy()) else {
            panic!("expected a change of {given:?}")
        };
        assert_eq!(change.next.life, given.life);
        assert_eq!(change.next.last_end.map(|last| last.end), Some(End::Heard));
    }
}

#[test]
fn done_acknowledges_an_occurrence_that_has_begun_and_no_other() {
    check(&due_now(), 5, &done(5), Ignored);
    for (given, effects) in live_states().into_iter().skip(1) {
        check(&given, 5, &done(5), Heard(effects));
    }
}

#[test]
fn a_one_off_that_has_not_rung_moves_to_its_new_time() {
    let event = Event::Rescheduled { due: t(7200), source: DueSource::Fixed };
    let far = Reminder { due: t(7200), generation: GENERATION + 1, life: live(awaiting(1, 7200), 35), ..due_now() };
    let wake = wake_again(&far, 7200);
    assert_eq!(transition(&due_now(), &event, t(5), &policy()), change(far, vec![wake]));
}

#[test]
fn a_series_does_not_move_and_neither_does_a_one_off_that_has_begun() {
    let event = Event::Rescheduled { due: t(7200), source: DueSource::Fixed };
    check(&every("FREQ=DAILY", due_now()), 5, &event, Ignored);
    for (given, _) in live_states().into_iter().skip(1) {
        check(&given, 5, &event, Ignored);
    }
}

fn los_angeles() -> Zone {
    Zone::named("America/Los_Angeles").unwrap()
}

fn corrected(due_s: i64) -> Event {
    Event::ZoneCorrected { zone: los_angeles(), due: t(due_s) }
}

/// The same reminder, with its due read in the guessed zone.
fn guessed(given: Reminder) -> Reminder {
    Reminder { due_source: DueSource::GuessedClock, ..given }
}

/// The same reminder after the correction, in the person's zone.
fn corrected_zone(given: &Reminder) -> Reminder {
    Reminder { zone: los_angeles(), due_source: DueSource::Fixed, ..given.clone() }
}

#[test]
fn a_due_that_was_read_in_a_guessed_zone_is_planned_again_in_the_correct_zone() {
    for given in [guessed(due_now()), guessed(every("FREQ=DAILY", due_now()))] {
        let life = live(awaiting(1, 7200), 35);
        let next = Reminder { due: t(7200), generation: GENERATION + 1, life, ..corrected_zone(&given) };
        let wake = wake_again(&next, 7200);
        assert_eq!(transition(&given, &corrected(7200), t(5), &policy()), change(next, vec![wake]));
    }
}

#[test]
fn a_due_at_the_same_instant_in_the_corrected_zone_keeps_its_plan() {
    let given = guessed(due_now());
    let expected = change(corrected_zone(&given), vec![]);
    assert_eq!(transition(&given, &corrected(0), t(-60), &policy()), expected);
}

#[test]
fn a_correction_of_the_zone_moves_no_reminder_that_has_begun_or_does_not_depend_on_the_guess() {
    for (given, _) in live_states() {
        check(&given, 5, &corrected(7200), Ignored);
        check(&every("FREQ=DAILY", given), 5, &corrected(7200), Ignored);
    }
    for (given, _) in live_states().into_iter().skip(1) {
        check(&guessed(given), 5, &corrected(7200), Ignored);
    }
}

#[test]
fn an_occurrence_that_has_begun_stays_and_its_series_goes_on_in_the_corrected_zone() {
    for (given, _) in live_states().into_iter().skip(1) {
        let given = guessed(every("FREQ=DAILY", given));
        let expected = corrected_zone(&given);
        assert_eq!(transition(&given, &corrected(7200), t(5), &policy()), change(expected.clone(), vec![]));
        let Transition::Change(skipped) = transition(&expected, &Event::Skipped, t(6), &policy()) else { panic!() };
        let local = los_angeles().rules().to_datetime(skipped.next.due);
        assert_eq!(local.to_string(), "2026-03-02T13:30:00", "the rule's own time in Los Angeles");
    }
}

fn replanned(due_s: i64) -> Event {
    Event::SeriesReplanned { zone: los_angeles(), due: t(due_s) }
}

#[test]
fn a_series_is_planned_again_for_another_due_and_zone_unless_its_occurrence_has_begun() {
    let given = every("FREQ=DAILY", due_now());
    let life = live(awaiting(1, 7200), 35);
    let zone = los_angeles();
    let next = Reminder { due: t(7200), generation: GENERATION + 1, life, zone: zone.clone(), ..given.clone() };
    let wake = wake_again(&next, 7200);
    let expected = change(next, vec![wake]);
    assert_eq!(transition(&given, &replanned(7200), t(5), &policy()), expected);
    for (given, _) in live_states().into_iter().skip(1) {
        let given = every("FREQ=DAILY", given);
        let expected = change(Reminder { zone: zone.clone(), ..given.clone() }, vec![]);
        assert_eq!(transition(&given, &replanned(7200), t(5), &policy()), expected);
        let again = Event::SeriesReplanned { zone: given.zone.clone(), due: t(7200) };
        check(&given, 5, &again, Ignored);
    }
}

#[test]
fn a_one_off_is_not_planned_again_as_a_series() {
    for (given, _) in live_states() {
        check(&given, 5, &replanned(7200), Ignored);
    }
}

#[test]
fn a_correction_of_the_zone_moves_only_the_end_of_a_series_that_was_counted_from_now() {
    let given =
        Reminder { due_source: DueSource::GuessedEnd, ..every("FREQ=MINUTELY;INTERVAL=30;COUNT=10", due_now()) };
    let rule = "DTSTART:20260302T103000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=16".parse().ok();
    let next = Reminder { zone: los_angeles(), due_source: DueSource::Fixed, rule, ..given.clone() };
    let expected = change(next, vec![]);
    assert_eq!(given.corrected_due(&given.zone, &los_angeles(), t(-60)), Some(t(0)));
    assert_eq!(transition(&given, &corrected(0), t(-60), &policy()), expected);
}

#[test]
fn a_corrected_due_is_the_same_time_on_the_clocks_of_the_correct_zone() {
    let at = |text: &str| text.parse().unwrap();
    let one_off = |due| Reminder { due: at(due), ..due_now() };
    let daily = |due| every("FREQ=DAILY", one_off(due));
    let check = |given: Reminder, zone: &str, now: &str, expected: Option<&str>| {
        let zone = Zone::named(zone).unwrap();
        assert_eq!(
            given.corrected_due(&given.zone, &zone, at(now)),
            expected.map(at),
            "{given:?} in {zone:?} at {now}"
        );
    };
    let (west, east) = ("America/Los_Angeles", "Europe/London");
    let now = "2026-03-05T10:00:00-05:00";
    check(one_off("2026-03-05T17:00:00-05:00"), west, now, Some("2026-03-05T17:00:00-08:00"));
    check(one_off("2026-03-05T17:00:00-05:00"), east, now, Some("2026-03-05T17:00:00Z"));
    check(one_off("2026-03-05T14:00:00-05:00"), east, now, None);
    check(daily("2026-03-05T13:30:00-05:00"), west, now, Some("2026-03-05T13:30:00-08:00"));
    check(daily("2026-03-05T13:30:00-05:00"), east, now, Some("2026-03-06T13:30:00Z"));
    // An occurrence that was skipped does not come back.
    check(daily("2026-03-06T13:30:00-05:00"), west, now, Some("2026-03-06T13:30:00-08:00"));
    let over = every("FREQ=DAILY;UNTIL=20260305T235959", one_off("2026-03-05T13:30:00-05:00"));
    check(over, east, now, None);
}

#[test]
fn an_event_about_a_deadline_that_has_not_passed_is_ignored() {
    for (given, _) in live_states() {
        check(&given, 5, &Event::DeadlinePassed, Ignored);
    }
}
