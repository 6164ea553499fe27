//! A series goes on after every end of an occurrence, unless it was deleted or its number refused.

use super::*;

const DAY_S: i64 = 24 * 3600;

/// Checks that the record waits for `due_s`, and that its wake-up is sent after `effects`.
fn check_goes_on(given: &Reminder, at_s: i64, event: &Event, due_s: i64, mut effects: Vec<Effect>) {
    let over = given.state().and_then(State::claim).cloned().or_else(|| given.last_claim.clone());
    let next = Reminder {
        due: t(due_s),
        generation: GENERATION + 1,
        last_claim: over,
        last_end_at: if *event == Event::Skipped { None } else { Some(t(at_s)) },
        life: waiting(1, t(due_s), None, t(at_s), &policy()),
        ..given.clone()
    };
    effects.push(wake_again(&next, due_s));
    let expected = Transition::Change(Box::new(next), effects);
    assert_eq!(transition(given, event, t(at_s), &policy()), expected, "{event:?} on {:?}", given.life);
}

fn daily(given: Reminder) -> Reminder {
    every("FREQ=DAILY", given)
}

#[test]
fn a_series_goes_on_after_each_end_of_an_occurrence() {
    for (given, event, effects) in [
        (ringing(), pressed(1), vec![]),
        (claimed(), pressed(1), vec![]),
        (between_calls(), pressed(0), vec![]),
        (texting(), Event::TextAccepted { generation: GENERATION }, vec![]),
        (untexted(), pressed(0), vec![]),
        (ringing(), Event::Acknowledged, hang_up_on(1)),
        (due_now(), Event::Skipped, vec![]),
        (ringing(), Event::Skipped, hang_up_on(1)),
    ] {
        check_goes_on(&daily(given), 5, &event, DAY_S, effects);
    }
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
fn a_series_whose_number_is_not_called_ends() {
    let given = daily(reminder(texted(TextReason::NumberRefused, 1, 0), 60));
    check(&given, 5, &Event::TextAccepted { generation: GENERATION }, Changes(ended(End::Missed, 5), vec![]));
}

#[test]
fn missed_occurrences_collapse_into_the_first_one_ahead() {
    let late = 3 * DAY_S + 7;
    check_goes_on(&daily(texting()), late, &Event::TextAccepted { generation: GENERATION }, 4 * DAY_S, vec![]);
    check_goes_on(&daily(texting()), 3 * DAY_S, &Event::TextAccepted { generation: GENERATION }, 4 * DAY_S, vec![]);
}

#[test]
fn a_clock_that_was_set_back_does_not_repeat_an_occurrence() {
    check_goes_on(&daily(texting()), -3 * DAY_S, &Event::TextAccepted { generation: GENERATION }, DAY_S, vec![]);
}

#[test]
fn a_rule_without_another_occurrence_ends_the_series() {
    let given = every("FREQ=DAILY;COUNT=2", texting());
    check_goes_on(&given, 5, &Event::TextAccepted { generation: GENERATION }, DAY_S, vec![]);
    check(
        &Reminder { due: t(DAY_S), ..given },
        5,
        &Event::TextAccepted { generation: GENERATION },
        Changes(ended(End::Missed, 5), vec![]),
    );
}

#[test]
fn a_series_keeps_its_wall_clock_time_in_daylight_saving_time() {
    let given = every("FREQ=WEEKLY", texting());
    check_goes_on(&given, 5, &Event::TextAccepted { generation: GENERATION }, 7 * DAY_S - 3600, vec![]);
}

#[test]
fn a_series_whose_number_is_not_texted_ends() {
    let refused = Event::TextRefusedForGood { generation: GENERATION };
    check(&daily(texting()), 5, &refused, Changes(ended(End::Failed, 5), vec![Effect::RaiseAlarm]));
}

#[test]
fn a_series_that_rang_by_the_guessed_clock_rings_again_at_its_time_in_the_corrected_zone() {
    const DAY_S: i64 = 86_400;
    const BEHIND_S: i64 = 3 * 3600;
    let (guess, zone) = (Zone::named("America/New_York").unwrap(), Zone::named("America/Los_Angeles").unwrap());
    let corrected = |due_s: i64, now_s: i64| {
        let reminder = Reminder { due: t(due_s), ..every("FREQ=DAILY", due_now()) };
        reminder.corrected_due(&guess, &zone, t(now_s))
    };
    // It rang ten minutes ago in New York, which was too early in Los Angeles: today's occurrence there is still ahead.
    assert_eq!(corrected(DAY_S, 600), Some(t(BEHIND_S)));
    assert_eq!(corrected(DAY_S, BEHIND_S + 600), Some(t(DAY_S + BEHIND_S)));
    // Its person skipped the next occurrence, which must not come back.
    assert_eq!(corrected(2 * DAY_S, 600), Some(t(2 * DAY_S + BEHIND_S)));
}
