//! The lifecycle of an outgoing text, transition by transition. A row is a text, an event at some seconds after the
//! text was owed, and the result.

mod properties;
mod statuses;
mod texts_and_events;

use jiff::Timestamp;

use texts_and_events::*;

use super::*;
use crate::channel::Slot;
use crate::ids::{OutgoingTextKey, SentTextId};
use crate::policy::{Policy, TEXT_STATUS_WITHIN_S, TEXT_TRIES, Times, after};
use crate::ports::{TextStatus, Undelivered, UndeliveredCause};

const DAY_S: i64 = Times::DEFAULT.text_give_up_s;

const CAUSES: [UndeliveredCause; 4] =
    [UndeliveredCause::Passing, UndeliveredCause::Number, UndeliveredCause::Operator, UndeliveredCause::OptedOut];

fn policy() -> Policy {
    Policy::new(Times::DEFAULT).unwrap()
}

/// An instant, in seconds since the text is owed.
fn t(seconds: i64) -> Timestamp {
    after("2026-03-02T18:30:00Z".parse().unwrap(), seconds)
}

fn sent(try_number: u8) -> SentTextId {
    format!("twilio#SM{try_number}").parse().unwrap()
}

fn slot(at_s: i64) -> Slot {
    Slot { at: t(at_s), carrier: "twilio".parse().unwrap() }
}

fn instead_of_call() -> TextKind {
    TextKind::InsteadOfCall("01JZ0000000000000000000000".parse().unwrap())
}

/// The expected result of one event.
#[derive(Clone)]
enum Next {
    Ignored,
    Changes(TextLife, Vec<TextEffect>),
}
use Next::{Changes, Ignored};

/// The text ends without an alarm.
fn over(end: TextEnd, at_s: i64) -> Next {
    Changes(ended(end, at_s), vec![])
}

/// The text ends with an alarm, because it did not reach the person.
fn failure(end: TextEnd, at_s: i64) -> Next {
    Changes(ended(end, at_s), vec![TextEffect::RaiseAlarm])
}

fn wake_up_at(at_s: i64) -> Vec<TextEffect> {
    vec![TextEffect::WakeUp(t(at_s))]
}

fn send(try_number: u8, slot: Option<Slot>) -> Vec<TextEffect> {
    vec![TextEffect::Send { try_number, slot }]
}

fn check(given: &OutgoingText, at_s: i64, event: &TextEvent, expected: Next) {
    let expected = match expected {
        Ignored => TextTransition::Ignore,
        Changes(life, effects) => TextTransition::Change(Box::new(OutgoingText { life, ..given.clone() }), effects),
    };
    assert_eq!(transition(given, event, t(at_s), &policy()), expected, "{event:?} at {at_s} s on {:?}", given.life);
}

fn check_all(given: &OutgoingText, at_s: i64, rows: impl IntoIterator<Item = (TextEvent, Next)>) {
    for (event, expected) in rows {
        check(given, at_s, &event, expected);
    }
}

#[test]
fn a_try_is_counted_before_it_is_sent_and_at_most_three_tries_have_an_unknown_outcome() {
    let due = TextEvent::DeadlinePassed;
    check(&owed(0), 59, &due, Ignored);
    check(&owed(0), 60, &due, Changes(live(owing(1), 60 + 60), send(1, None)));
    check(&owed(1), 60, &due, Changes(live(owing(2), 60 + 480), send(2, None)));
    check(&owed(2), 60, &due, Changes(live(owing(3), 60 + 120), send(3, None)));
    check(&owed(TEXT_TRIES), 60, &due, failure(TextEnd::GivenUp, 60));
}

#[test]
fn the_last_try_of_an_answer_comes_soon() {
    let answer = |tries| OutgoingText { kind: TextKind::Answer, ..owed(tries) };
    let due = TextEvent::DeadlinePassed;
    check(&answer(1), 60, &due, Changes(live(owing(2), 60 + 60), send(2, None)));
    check(&answer(2), 60, &due, Changes(live(owing(3), 60 + 120), send(3, None)));
}

#[test]
fn a_text_is_given_up_after_a_day() {
    let due = TextEvent::DeadlinePassed;
    check(&owed(0), DAY_S - 1, &due, Changes(live(owing(1), DAY_S - 1 + 60), send(1, None)));
    check(&owed(0), DAY_S, &due, failure(TextEnd::GivenUp, DAY_S));
    check(&owed(2), DAY_S, &due, failure(TextEnd::GivenUp, DAY_S));
}

#[test]
fn the_outcome_of_the_newest_try_counts() {
    for tries in 1..=TEXT_TRIES {
        check_all(
            &owed(tries),
            5,
            [
                (accepted(tries), Changes(live(accepted_state(tries, 0), 5 + TEXT_STATUS_WITHIN_S), vec![])),
                (refused_for_now(tries), Changes(live(not_counted(tries, None), 70), wake_up_at(70))),
                (refused_for_good(tries), failure(TextEnd::Undelivered { code: 21614 }, 5)),
            ],
        );
    }
}

#[test]
fn a_try_that_waits_for_a_slot_is_not_counted_and_the_slot_is_for_one_try() {
    let slotted = TextState::Owed { tries: 0, slot: Some(slot(700)), newest: NewestTry::Open };
    check(&owed(1), 5, &slot_assigned(1), Changes(live(slotted.clone(), 700), wake_up_at(700)));
    let given = text(live(slotted, 700));
    check(&given, 700, &TextEvent::DeadlinePassed, Changes(live(owing(1), 760), send(1, Some(slot(700)))));
}

/// If such an event counted, a late acceptance of the earlier try would make the text wait an hour, or count as sent,
/// and the text would not be tried again.
#[test]
fn an_event_of_an_earlier_try_does_not_delay_a_try_that_was_refused_or_waits_for_a_slot() {
    for tries in [2, 3] {
        let earlier = tries - 1;
        for (event, slot, at_s) in [(refused_for_now(tries), None, 70), (slot_assigned(tries), Some(slot(700)), 700)] {
            let waits = live(not_counted(tries, slot.clone()), at_s);
            check(&owed(tries), 5, &event, Changes(waits.clone(), wake_up_at(at_s)));
            let given = text(waits);
            for event in events_of_try(earlier) {
                let is_delivery = event == reported(earlier, TextStatus::Delivered);
                check(&given, 6, &event, if is_delivery { over(TextEnd::Delivered, 6) } else { Ignored });
            }
            let deadline_s = at_s + if tries == 2 { 480 } else { 120 };
            let retried = Changes(live(owing(tries), deadline_s), send(tries, slot));
            check(&given, at_s, &TextEvent::DeadlinePassed, retried);
        }
    }
}

#[test]
fn an_event_of_an_older_try_is_ignored_unless_it_is_a_delivery() {
    for (tries, try_number) in [(2, 1), (3, 1), (3, 2)] {
        for given in [owed(tries), accepted_text(tries), text(live(failed(tries), 60))] {
            for event in events_of_try(try_number) {
                let is_delivery = event == reported(try_number, TextStatus::Delivered);
                check(&given, 5, &event, if is_delivery { over(TextEnd::Delivered, 5) } else { Ignored });
            }
        }
    }
}

#[test]
fn an_event_of_a_try_that_was_not_made_is_ignored() {
    for (tries, try_number) in [(0, 0), (0, 1), (1, 0), (1, 2), (2, 3)] {
        check_all(&owed(tries), 5, events_of_try(try_number).into_iter().map(|event| (event, Ignored)));
    }
}

#[test]
fn a_status_proves_that_the_try_was_accepted() {
    let accepts = Changes(live(accepted_state(1, 0), 5 + TEXT_STATUS_WITHIN_S), vec![]);
    for status in [TextStatus::Pending, TextStatus::Sent] {
        check(&owed(1), 5, &reported(1, status), accepts.clone());
        check(&accepted_text(1), 5, &reported(1, status), Ignored);
    }
    for given in [owed(1), accepted_text(1)] {
        check(&given, 5, &reported(1, TextStatus::Delivered), over(TextEnd::Delivered, 5));
    }
}

/// If another event counted, the text would wait an hour for a status that has come already, or its next try would be
/// put off.
#[test]
fn after_a_failure_of_the_newest_try_only_a_delivery_still_counts() {
    for tries in [1, 2] {
        let given = text(live(failed(tries), 60));
        for event in events_of_try(tries) {
            let is_delivery = event == reported(tries, TextStatus::Delivered);
            check(&given, 5, &event, if is_delivery { over(TextEnd::Delivered, 5) } else { Ignored });
        }
    }
}

#[test]
fn no_text_about_an_acknowledged_occurrence_is_tried_again() {
    let failed = [1, 2].map(|tries| text(live(failed(tries), 60)));
    let all = [owed(0), owed(1), owed(TEXT_TRIES), accepted_text(1), sent_text(1)].into_iter().chain(failed);
    for given in all {
        check(&given, 5, &TextEvent::Withdrawn, over(TextEnd::Withdrawn, 5));
    }
}

#[test]
fn a_person_who_has_opted_out_gets_no_further_try() {
    for given in [owed(0), owed(1), owed(3), text(live(failed(2), 60))] {
        check(&given, 5, &TextEvent::OptedOut, over(TextEnd::Withdrawn, 5));
    }
    check(&accepted_text(1), 5, &TextEvent::OptedOut, Ignored);
}

#[test]
fn the_outcome_of_a_request_changes_nothing_once_the_try_is_accepted() {
    for inquiries in [0, 1, 5] {
        let given = text(live(accepted_state(1, inquiries), 600));
        let events = [accepted(1), refused_for_now(1), slot_assigned(1), refused_for_good(1)];
        check_all(&given, 5, events.map(|event| (event, Ignored)));
    }
}

const ENDS: [TextEnd; 4] =
    [TextEnd::Delivered, TextEnd::Undelivered { code: 30003 }, TextEnd::Withdrawn, TextEnd::GivenUp];

#[test]
fn no_event_changes_a_text_whose_delivery_has_ended() {
    for end in ENDS {
        let others = [TextEvent::DeadlinePassed, TextEvent::Withdrawn, TextEvent::OptedOut];
        let events = (0..=3).flat_map(events_of_try).chain(others);
        check_all(&text(ended(end, 0)), 5, events.map(|event| (event, Ignored)));
    }
}

#[test]
fn an_answer_that_is_not_delivered_raises_no_alarm() {
    for (given, event, end) in [
        (owed(1), refused_for_good(1), TextEnd::Undelivered { code: 21614 }),
        (accepted_text(1), undelivered(1, UndeliveredCause::Number), TextEnd::Undelivered { code: 30003 }),
    ] {
        check(&OutgoingText { kind: TextKind::Answer, ..given }, 5, &event, over(end, 5));
    }
    let given = OutgoingText { kind: TextKind::Answer, ..owed(TEXT_TRIES) };
    check(&given, 60, &TextEvent::DeadlinePassed, over(TextEnd::GivenUp, 60));
}

#[test]
fn a_text_of_an_older_epoch_is_not_wanted() {
    let wanted = |epoch| owed(0).is_text_wanted(epoch);
    assert_eq!([1, 2, 3].map(wanted), [true, true, false]);
}
