//! A series with another occurrence goes on after each end of an occurrence, unless it was deleted or is paused, or the
//! person opted out.

use super::*;

const DAY_S: i64 = 24 * 3600;

/// The series in its next occurrence, whose first call is at `due_s`.
fn goes_on(given: &Reminder, at_s: i64, due_s: i64) -> Reminder {
    Reminder {
        due: t(due_s),
        generation: GENERATION + 1,
        last_claim: newest_claim(given),
        life: waiting(t(due_s), t(at_s), &policy()),
        ..given.clone()
    }
}

/// Checks that the series goes on after an occurrence was heard or skipped, and that its wake-up is sent after
/// `effects`.
fn check_goes_on(given: &Reminder, at_s: i64, event: &Event, due_s: i64, mut effects: Vec<Effect>) {
    let cancelled_claim = cancelled_claim(given, event);
    let last_claim = last_claim_after(given, event);
    let mut next = Reminder { cancelled_claim, last_claim, ..goes_on(given, at_s, due_s) };
    if *event != Event::Skipped {
        (next.last_end, next.missed_in_row) = (Some(end_of(given, End::Heard, at_s, None)), 0);
    }
    effects.push(wake_again(&next, due_s));
    assert_eq!(transition(given, event, t(at_s), &policy()), change(next, effects), "{event:?} on {:?}", given.life);
}

/// Checks that one change has the text of the occurrence, the plan of the next one, and its wake-up.
fn check_texts_and_goes_on(given: &Reminder, at_s: i64, event: &Event, due_s: i64, change: Change) {
    let Change { next: over, text, .. } = change;
    let next = Reminder { last_end: over.last_end, missed_in_row: over.missed_in_row, ..goes_on(given, at_s, due_s) };
    let effects = vec![wake_again(&next, due_s)];
    let expected = Transition::Change(Box::new(Change { next, text, effects }));
    assert_eq!(transition(given, event, t(at_s), &policy()), expected, "{event:?} at {at_s} s on {:?}", given.life);
}

/// Checks that a series whose claim's outcome is unknown goes on with the occurrence at `due_s`.
fn check_goes_on_after_unknown(given: &Reminder, at_s: i64, due_s: i64) {
    let given = &Reminder { life: live(dialed(1), at_s), ..given.clone() };
    let texted = texted(given, End::Missed, TextReason::Unknown, at_s, 1);
    check_texts_and_goes_on(given, at_s, &Event::DeadlinePassed, due_s, texted);
}

fn daily(given: Reminder) -> Reminder {
    every("FREQ=DAILY", given)
}

#[test]
fn a_series_goes_on_after_an_occurrence_that_was_heard_or_skipped() {
    for (given, event, effects) in [
        (ringing(), pressed(1), vec![]),
        (claimed(), pressed(1), vec![]),
        (reminder(dialed(2), 60), pressed(0), vec![]),
        (reminder(rung(2, AnsweredBy::Nobody), RINGING_S), pressed(0), hang_up_on(1)),
        (between_calls(), pressed(0), vec![]),
        (between_calls(), done(5), vec![]),
        (claimed(), done(5), vec![]),
        (ringing(), done(5), hang_up_on(1)),
        (due_now(), Event::Skipped, vec![]),
        (between_calls(), Event::Skipped, vec![]),
        (ringing(), Event::Skipped, hang_up_on(1)),
    ] {
        check_goes_on(&daily(given), 5, &event, DAY_S, effects);
    }
}

/// A text never delays a call: a series whose text is refused all day still rings tomorrow.
#[test]
fn a_series_goes_on_in_the_same_change_that_owes_the_text() {
    let (missed, unconfirmed) = (End::Missed, End::Unconfirmed);
    for (given, at_s, event, end, why, tries) in [
        (
            last_call(AnsweredBy::Nobody, AnsweredBy::Nobody),
            600,
            reported(1, Report::NotReached),
            missed,
            TextReason::Unanswered,
            1,
        ),
        (
            last_call(AnsweredBy::Nobody, AnsweredBy::Machine),
            600,
            reported(1, Report::Completed),
            missed,
            TextReason::Unanswered,
            0,
        ),
        (
            last_call(AnsweredBy::Nobody, AnsweredBy::Unknown),
            600,
            reported(1, Report::Completed),
            unconfirmed,
            TextReason::Unconfirmed,
            0,
        ),
        (claimed(), 60, Event::DeadlinePassed, missed, TextReason::Unknown, 1),
        (due_now(), MAX_LATENESS_S + 1, woken(GENERATION), missed, TextReason::TooLate, 1),
        (between_calls(), 130, detected(0, Verdict::Person), unconfirmed, TextReason::Unconfirmed, 0),
    ] {
        let given = daily(given);
        let texted = texted(&given, end, why, at_s, tries);
        check_texts_and_goes_on(&given, at_s, &event, DAY_S, texted);
    }
}

const FIVE_MINUTES_S: i64 = 300;

fn every_five_minutes(given: Reminder) -> Reminder {
    every("FREQ=MINUTELY;INTERVAL=5", given)
}

#[test]
fn no_further_attempt_of_a_dense_series_rings_at_or_after_its_next_due() {
    let given = every_five_minutes(ringing());
    let not_reached = reported(1, Report::NotReached);
    // The second attempt follows two minutes after the end of the first.
    let last_end_s = FIVE_MINUTES_S - 121;
    let again_s = last_end_s + 120;
    check(&given, last_end_s, &not_reached, Planned(live(awaiting(2, again_s), again_s + 90), again_s));
    for at_s in [last_end_s + 1, FIVE_MINUTES_S - 1] {
        let texted = texted(&given, End::Missed, TextReason::Unanswered, at_s, 1);
        check_texts_and_goes_on(&given, at_s, &not_reached, FIVE_MINUTES_S, texted);
    }
    let second = every_five_minutes(reminder(rung(2, AnsweredBy::Machine), RINGING_S));
    let texted = texted(&second, End::Missed, TextReason::Unanswered, 150, 0);
    check_texts_and_goes_on(&second, 150, &reported(1, Report::Completed), FIVE_MINUTES_S, texted);
}

/// A call that ended at or after the next due is not repeated, because its repeat would hold up one more occurrence.
/// The person is texted at once, and the series goes on.
#[test]
fn an_occurrence_of_a_dense_series_that_runs_past_its_next_due_does_not_ring_again() {
    let given = every_five_minutes(ringing());
    for at_s in [FIVE_MINUTES_S, FIVE_MINUTES_S + 20] {
        let texted = texted(&given, End::Missed, TextReason::Unanswered, at_s, 1);
        check_texts_and_goes_on(&given, at_s, &reported(1, Report::NotReached), 2 * FIVE_MINUTES_S, texted);
    }
}

/// The call is the last one of its occurrence, so an answering machine gets the message.
#[test]
fn a_message_is_left_if_the_next_occurrence_is_due_before_another_attempt() {
    let given = every_five_minutes(reminder(rung(2, AnsweredBy::Unknown), RINGING_S));
    let leave = vec![Effect::LeaveMessage { claim: claim(1), call: call(1) }];
    let written = Changes(live(rung(2, AnsweredBy::Machine), 150 + RINGING_S), leave);
    check(&given, 150, &detected(1, Verdict::MachineEnded), written);
}

#[test]
fn a_deleted_or_opted_out_series_ends() {
    let opted_out = (Event::OptedOut { epoch: 3 }, End::OptedOut { epoch: 3 });
    for (event, end) in [(Event::Deleted, End::Cancelled), opted_out] {
        check(&daily(due_now()), 5, &event, Changes(ended(end, 5), vec![]));
        check(&daily(ringing()), 5, &event, CallEnds(ended(end, 5), hang_up_on(1)));
    }
}

#[test]
fn a_series_whose_number_is_refused_is_texted_and_goes_on() {
    let given = daily(claimed());
    let Transition::Change(change) = transition(&given, &refused_for_good(1), t(5), &policy()) else { panic!() };
    assert!(change.text.is_some());
    assert_eq!((change.next.state_name(), change.next.due), ("Waiting", t(DAY_S)));
}

#[test]
fn missed_occurrences_merge_and_the_series_goes_on_with_the_first_one_ahead() {
    check_goes_on_after_unknown(&daily(claimed()), 3 * DAY_S + 7, 4 * DAY_S);
    check_goes_on_after_unknown(&daily(claimed()), 3 * DAY_S, 4 * DAY_S);
}

#[test]
fn a_clock_that_was_set_back_does_not_repeat_an_occurrence() {
    check_goes_on_after_unknown(&daily(claimed()), -3 * DAY_S, DAY_S);
}

#[test]
fn a_rule_without_another_occurrence_ends_the_series() {
    let given = every("FREQ=DAILY;COUNT=2", claimed());
    check_goes_on_after_unknown(&given, 60, DAY_S);
    let last = Reminder { due: t(DAY_S), life: live(dialed(1), DAY_S + 60), ..given };
    check(&last, DAY_S + 60, &Event::DeadlinePassed, Texted(End::Missed, TextReason::Unknown));
}

#[test]
fn a_series_keeps_its_wall_clock_time_in_daylight_saving_time() {
    check_goes_on_after_unknown(&every("FREQ=WEEKLY", claimed()), 60, 7 * DAY_S - 3600);
}

#[test]
fn each_occurrence_has_a_text_of_its_own() {
    let first = daily(claimed());
    let Transition::Change(one) = transition(&first, &Event::DeadlinePassed, t(60), &policy()) else { panic!() };
    let second = Reminder { life: live(dialed(1), DAY_S + 60), ..one.next.clone() };
    let event = Event::DeadlinePassed;
    let Transition::Change(two) = transition(&second, &event, t(DAY_S + 60), &policy()) else { panic!() };
    assert_ne!(one.text.unwrap().key, two.text.unwrap().key);
}

#[test]
fn a_series_that_rang_in_the_guessed_zone_rings_again_at_its_time_in_the_corrected_zone() {
    const BEHIND_S: i64 = 3 * 3600;
    let (guess, zone) = (Zone::named("America/New_York").unwrap(), Zone::named("America/Los_Angeles").unwrap());
    let corrected = |due_s: i64, now_s: i64| {
        let reminder = Reminder { due: t(due_s), ..every("FREQ=DAILY", due_now()) };
        reminder.corrected_due(&guess, &zone, t(now_s))
    };
    // The series rang ten minutes ago by the clock of New York. In Los Angeles, today's occurrence is still ahead.
    assert_eq!(corrected(DAY_S, 600), Some(t(BEHIND_S)));
    assert_eq!(corrected(DAY_S, BEHIND_S + 600), Some(t(DAY_S + BEHIND_S)));
    // The person skipped the next occurrence, which must not come back.
    assert_eq!(corrected(2 * DAY_S, 600), Some(t(2 * DAY_S + BEHIND_S)));
}
