//! A series whose calls no person picks up: after five missed occurrences in a row it does not ring until its person
//! resumes it.

use super::*;

const DAY_S: i64 = 86_400;

/// A series in the last call of an occurrence, after this many occurrences were missed in a row.
fn series(missed_in_row: u8, answered: AnsweredBy, pickup: AnsweredBy) -> Reminder {
    Reminder { missed_in_row, ..every("FREQ=DAILY", last_call(answered, pickup)) }
}

/// Returns the result of the end of the last call: whether the series is paused, and how many occurrences were missed
/// in a row.
fn after_last_call(given: &Reminder, report: Report) -> (bool, u8) {
    let Transition::Change(change) = transition(given, &reported(1, report), t(600), &policy()) else { panic!() };
    assert!(change.text.is_some(), "an occurrence without a key must end with a text");
    (change.next.is_paused(), change.next.missed_in_row)
}

#[test]
fn five_missed_occurrences_in_a_row_pause_a_series() {
    let (nobody, machine, unknown, person) =
        (AnsweredBy::Nobody, AnsweredBy::Machine, AnsweredBy::Unknown, AnsweredBy::Person);
    for (missed_before, answered, pickup, report, expected) in [
        (0, nobody, nobody, Report::NotReached, (false, 1)),
        (3, nobody, nobody, Report::NotReached, (false, 4)),
        (4, nobody, nobody, Report::NotReached, (true, 5)),
        (4, machine, nobody, Report::NotReached, (true, 5)),
        (4, nobody, machine, Report::Completed, (true, 5)),
        (4, unknown, nobody, Report::NotReached, (false, 0)),
        (4, nobody, unknown, Report::NotReached, (false, 0)),
        (4, nobody, nobody, Report::Completed, (false, 0)),
        (4, nobody, person, Report::Completed, (false, 0)),
        (u8::MAX, nobody, nobody, Report::NotReached, (true, u8::MAX)),
    ] {
        let given = series(missed_before, answered, pickup);
        assert_eq!(after_last_call(&given, report), expected, "{report:?} on {:?} after {missed_before}", given.life);
    }
}

#[test]
fn a_number_that_is_refused_five_times_in_a_row_pauses_its_series() {
    for (missed_before, expected) in [(3, (false, 4)), (4, (true, 5))] {
        let given = Reminder { missed_in_row: missed_before, ..every("FREQ=DAILY", claimed()) };
        let Transition::Change(change) = transition(&given, &refused_for_good(1), t(2), &policy()) else { panic!() };
        assert_eq!((change.next.is_paused(), change.next.missed_in_row), expected);
    }
}

#[test]
fn the_text_of_a_paused_series_says_how_to_resume_it() {
    let given = series(4, AnsweredBy::Nobody, AnsweredBy::Nobody);
    let text = owed_text(&given, TextReason::Unanswered, SeriesAfterText::Paused, 600, 1);
    assert!(text.words.contains("RESUME 3"), "{}", text.words);
    let next = Reminder {
        life: live(State::Paused, 600 + PAUSED_CHECK_S),
        generation: GENERATION + 1,
        last_claim: Some(claim(1)),
        last_end: Some(end_of(&given, End::Missed, 600, Some(text.key.text.clone()))),
        missed_in_row: 5,
        ..given.clone()
    };
    let expected = Transition::Change(Box::new(Change { next, text: Some(text), effects: vec![] }));
    assert_eq!(transition(&given, &reported(1, Report::NotReached), t(600), &policy()), expected);
}

#[test]
fn an_occurrence_that_ends_as_too_late_or_unknown_does_not_count_toward_a_pause() {
    for (given, at_s, event) in [
        (claimed(), 60, Event::DeadlinePassed),
        (claimed(), 2, refused_for_now(1, MAX_LATENESS_S + 1)),
        (due_now(), 1, Event::NoSlotInTime { generation: GENERATION }),
        (due_now(), 1, limit_reached(GENERATION)),
        (due_now(), MAX_LATENESS_S + 1, woken(GENERATION)),
    ] {
        let given = Reminder { missed_in_row: 4, ..every("FREQ=DAILY", given) };
        let Transition::Change(change) = transition(&given, &event, t(at_s), &policy()) else { panic!("{event:?}") };
        assert_eq!((change.next.is_paused(), change.next.missed_in_row), (false, 4), "{event:?}");
    }
}

#[test]
fn a_one_off_and_a_series_without_another_occurrence_end_instead_of_pausing() {
    for rule in [None, Some("FREQ=DAILY;COUNT=1")] {
        let given = Reminder { missed_in_row: 4, ..last_call(AnsweredBy::Nobody, AnsweredBy::Nobody) };
        let given = rule.map_or(given.clone(), |rule| every(rule, given));
        check(&given, 600, &reported(1, Report::NotReached), Texted(End::Missed, TextReason::Unanswered));
    }
}

#[test]
fn a_passed_deadline_of_a_paused_series_only_sets_the_next_deadline() {
    check(&paused(), PAUSED_CHECK_S - 1, &Event::DeadlinePassed, Ignored);
    let next = recovered(State::Paused, 2 * PAUSED_CHECK_S, 1);
    check(&paused(), PAUSED_CHECK_S, &Event::DeadlinePassed, Changes(next, vec![]));
}

/// The paused series after it was resumed at `at_s`. Its next due is `due_s`.
fn resumed(given: &Reminder, at_s: i64, due_s: i64) -> Reminder {
    let life = waiting(t(due_s), t(at_s), &policy());
    Reminder { life, due: t(due_s), generation: GENERATION + 1, missed_in_row: 0, ..given.clone() }
}

#[test]
fn a_resumed_series_goes_on_with_its_next_occurrence() {
    for (at_s, due_s) in [(5, DAY_S), (3 * DAY_S + 5, 4 * DAY_S), (-3 * DAY_S, DAY_S)] {
        let next = resumed(&paused(), at_s, due_s);
        let wake = wake_again(&next, due_s);
        assert_eq!(transition(&paused(), &Event::Resumed, t(at_s), &policy()), change(next, vec![wake]), "{at_s} s");
    }
}

#[test]
fn a_resumed_series_without_another_occurrence_ends() {
    let given = Reminder { life: paused().life, last_end: paused().last_end, ..every("FREQ=DAILY;COUNT=1", due_now()) };
    let next = Reminder { life: ended(End::Missed, 5), missed_in_row: 0, ..given.clone() };
    assert_eq!(transition(&given, &Event::Resumed, t(5), &policy()), change(next, vec![]));
}

/// The acknowledgment withdraws the text that says how to resume. So a series that stayed paused would be lost.
#[test]
fn a_key_or_a_done_about_the_last_missed_occurrence_resumes_the_series() {
    let heard = LastEnd { end: End::Heard, ..last_end(End::Missed, 0) };
    let next = Reminder { last_end: Some(heard), ..resumed(&paused(), 5, DAY_S) };
    let effects = vec![Effect::WithdrawText(text_id()), wake_again(&next, DAY_S)];
    for event in [pressed(0), done(5)] {
        assert_eq!(transition(&paused(), &event, t(5), &policy()), change(next.clone(), effects.clone()), "{event:?}");
    }
    check(&paused(), 5, &pressed(9), Ignored);
}

#[test]
fn a_paused_series_can_be_deleted_and_ends_by_an_opt_out() {
    let opted_out = (Event::OptedOut { epoch: 3 }, End::OptedOut { epoch: 3 });
    for (event, end) in [(Event::Deleted, End::Cancelled), opted_out] {
        check(&paused(), 5, &event, Changes(ended(end, 5), vec![]));
    }
    check(&paused(), 5, &Event::OptedOut { epoch: 2 }, Ignored);
}

#[test]
fn a_paused_series_takes_the_corrected_zone_if_its_zone_was_guessed() {
    let zone = Zone::named("America/Los_Angeles").unwrap();
    let event = Event::ZoneCorrected { zone: zone.clone(), due: t(7200) };
    check(&paused(), 5, &event, Ignored);
    let given = Reminder { due_source: DueSource::GuessedClock, ..paused() };
    let next = Reminder { zone, due_source: DueSource::Fixed, ..given.clone() };
    assert_eq!(transition(&given, &event, t(5), &policy()), change(next, vec![]));
}

#[test]
fn no_call_of_a_paused_series_goes_on() {
    for n in [0, 9] {
        let ignored = [Report::PickedUp, Report::Completed, Report::NotReached].map(|report| reported(n, report));
        let verdicts = VERDICTS.map(|verdict| detected(n, verdict));
        let refused = [refused_for_now(n, 30), refused_for_good(n)];
        check_all(&paused(), 5, ignored.into_iter().chain(verdicts).chain(refused).map(|event| (event, Ignored)));
        check(&paused(), 5, &accepted(n), Acts(hang_up_on(n)));
        check(&paused(), 5, &reported(n, Report::Initiated), Acts(hang_up_on(n)));
        assert_eq!(speech(&paused(), &claim(n)), Speech::Goodbye);
    }
}

#[test]
fn a_wake_up_a_move_or_a_skip_of_a_paused_series_is_ignored() {
    let moved = Event::Rescheduled { due: t(7200), source: DueSource::Fixed };
    let events = wake_up_events(GENERATION).into_iter().chain([moved, Event::Skipped]);
    check_all(&paused(), 5, events.map(|event| (event, Ignored)));
}

#[test]
fn a_paused_series_moves_to_another_zone_and_no_call_is_planned() {
    let zone = Zone::named("America/Los_Angeles").unwrap();
    let moved = |zone: &Zone| Event::SeriesReplanned { zone: zone.clone(), due: t(7200) };
    let next = Reminder { zone: zone.clone(), ..paused() };
    assert_eq!(transition(&paused(), &moved(&zone), t(5), &policy()), change(next, vec![]));
    check(&paused(), 5, &moved(&paused().zone), Ignored);
}

/// The result of a limit that allows no call: whether the series is paused, how many occurrences count as missed, and the
/// words of the text.
fn at_limit(missed_before: u8, limit: ReachedLimit) -> (bool, u8, String) {
    let given = Reminder { missed_in_row: missed_before, ..every("FREQ=DAILY", reminder(awaiting(1, 0), 90)) };
    let event = Event::CallLimitReached { generation: GENERATION, limit };
    let Transition::Change(change) = transition(&given, &event, t(1), &policy()) else { panic!("{event:?}") };
    (change.next.is_paused(), change.next.missed_in_row, change.text.unwrap().words)
}

/// Otherwise a forged request would cause texts for ever.
#[test]
fn a_series_of_an_unconfirmed_number_without_calls_is_paused_after_five_occurrences() {
    let code = Some(ConfirmationCode::of_random(123_456));
    for (missed_before, expected) in [(0, (false, 1)), (3, (false, 4)), (4, (true, 5))] {
        for limit in [ReachedLimit::Unconfirmed(code), ReachedLimit::Unconfirmed(None)] {
            let (is_paused, missed, words) = at_limit(missed_before, limit);
            assert_eq!((is_paused, missed), expected, "{limit:?} {words}");
            assert_eq!(words.contains("RESUME 3"), is_paused, "{words}");
            assert_eq!(words.contains("Reply 123456"), limit != ReachedLimit::Unconfirmed(None), "{words}");
        }
        let (is_paused, missed, _) = at_limit(missed_before, ReachedLimit::PerHour(12));
        assert_eq!((is_paused, missed), (false, missed_before), "the person has asked for many calls");
    }
}
