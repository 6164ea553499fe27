//! The carrier's reports about the delivery of a text: callbacks, and answers to a question for the status.

use super::*;
use crate::policy::{BACKOFF_MAX_S, RECOVERIES_MAX};

#[test]
fn a_failure_that_may_pass_is_followed_by_another_try_15_minutes_later_up_to_three_tries_in_all() {
    for tries in [1, 2] {
        let again = Changes(live(failed(tries), 5 + BACKOFF_MAX_S), wake_up_at(5 + BACKOFF_MAX_S));
        for given in [owed(tries), accepted_text(tries)] {
            check(&given, 5, &undelivered(tries, UndeliveredCause::Passing), again.clone());
        }
        let given = text(live(failed(tries), 60));
        let next_wait_s = if tries == 1 { 480 } else { 120 };
        let retried = Changes(live(owing(tries + 1), 60 + next_wait_s), send(tries + 1, None));
        check(&given, 60, &TextEvent::DeadlinePassed, retried);
    }
    for given in [owed(TEXT_TRIES), accepted_text(TEXT_TRIES)] {
        let end = failure(TextEnd::Undelivered { code: 30003 }, 5);
        check(&given, 5, &undelivered(TEXT_TRIES, UndeliveredCause::Passing), end);
    }
}

#[test]
fn any_other_failure_of_the_newest_try_ends_the_text() {
    for tries in 1..=TEXT_TRIES {
        for given in [owed(tries), accepted_text(tries)] {
            for cause in [UndeliveredCause::Number, UndeliveredCause::Operator] {
                check(&given, 5, &undelivered(tries, cause), failure(TextEnd::Undelivered { code: 30003 }, 5));
            }
        }
    }
}

#[test]
fn a_text_to_a_person_who_has_opted_out_at_the_carrier_is_withdrawn_without_an_alarm() {
    for tries in 1..=TEXT_TRIES {
        for given in [owed(tries), accepted_text(tries)] {
            check(&given, 5, &undelivered(tries, UndeliveredCause::OptedOut), over(TextEnd::Withdrawn, 5));
        }
    }
}

#[test]
fn the_carrier_is_asked_for_a_status_up_to_five_times_and_then_the_text_counts_as_sent() {
    assert_eq!(RECOVERIES_MAX, 5);
    check(&accepted_text(2), TEXT_STATUS_WITHIN_S - 1, &TextEvent::DeadlinePassed, Ignored);
    let mut at_s = TEXT_STATUS_WITHIN_S;
    let mut given = accepted_text(2);
    for (inquiries, wait_s) in [(1, 60), (2, 120), (3, 240), (4, 480), (5, BACKOFF_MAX_S)] {
        let next = live(accepted_state(2, inquiries), at_s + wait_s);
        let ask = vec![TextEffect::AskCarrier { try_number: 2, sent: sent(2) }];
        check(&given, at_s, &TextEvent::DeadlinePassed, Changes(next.clone(), ask));
        (given, at_s) = (text(next), at_s + wait_s);
        check(&given, at_s - 1, &TextEvent::DeadlinePassed, Ignored);
    }
    check(&given, at_s, &TextEvent::DeadlinePassed, over(TextEnd::Sent { tries: 2 }, at_s));
}

#[test]
fn the_carriers_answer_ends_the_wait_for_a_status() {
    for inquiries in 1..=5 {
        let given = text(live(accepted_state(2, inquiries), 4000));
        check(&given, 3700, &no_failure_known(2), over(TextEnd::Sent { tries: 2 }, 3700));
        check(&given, 3700, &reported(2, TextStatus::Delivered), over(TextEnd::Delivered, 3700));
        check(&given, 3700, &no_failure_known(1), Ignored);
        check(&given, 3700, &no_failure_known(3), Ignored);
        // A callback with a status that is not final does not end the wait: a failure may still be reported.
        check(&given, 3700, &reported(2, TextStatus::Pending), Ignored);
        let again_s = 3700 + BACKOFF_MAX_S;
        let again = Changes(live(failed(2), again_s), wake_up_at(again_s));
        check(&given, 3700, &undelivered(2, UndeliveredCause::Passing), again);
        let failure = failure(TextEnd::Undelivered { code: 30003 }, 3700);
        check(&given, 3700, &undelivered(2, UndeliveredCause::Number), failure);
        check(&given, 3700, &undelivered(2, UndeliveredCause::OptedOut), over(TextEnd::Withdrawn, 3700));
    }
}

const HOURS_4_S: i64 = 4 * 3600;

/// A carrier may try for hours to deliver a text to a phone that is off, and reports a failure only after that.
#[test]
fn a_failure_that_is_reported_hours_later_is_followed_by_another_try_or_an_alarm() {
    for tries in 1..=TEXT_TRIES {
        let again_s = HOURS_4_S + BACKOFF_MAX_S;
        let again = Changes(live(failed(tries), again_s), wake_up_at(again_s));
        let fails = |at_s| failure(TextEnd::Undelivered { code: 30003 }, at_s);
        let expected = if tries < TEXT_TRIES { again } else { fails(HOURS_4_S) };
        check(&sent_text(tries), HOURS_4_S, &undelivered(tries, UndeliveredCause::Passing), expected);
        for cause in [UndeliveredCause::Number, UndeliveredCause::Operator] {
            check(&sent_text(tries), HOURS_4_S, &undelivered(tries, cause), fails(HOURS_4_S));
        }
        let opted_out = undelivered(tries, UndeliveredCause::OptedOut);
        check(&sent_text(tries), HOURS_4_S, &opted_out, over(TextEnd::Withdrawn, HOURS_4_S));
    }
}

#[test]
fn a_failure_too_late_for_another_try_within_the_day_ends_the_text_at_once() {
    let last_s = DAY_S - BACKOFF_MAX_S;
    for given in [sent_text(1), accepted_text(1)] {
        let again = Changes(live(failed(1), DAY_S - 1), wake_up_at(DAY_S - 1));
        check(&given, last_s - 1, &undelivered(1, UndeliveredCause::Passing), again);
        let end = failure(TextEnd::Undelivered { code: 30003 }, last_s);
        check(&given, last_s, &undelivered(1, UndeliveredCause::Passing), end);
    }
}

#[test]
fn an_answer_that_fails_hours_later_is_not_sent_again() {
    let given = OutgoingText { kind: TextKind::Answer, ..sent_text(1) };
    let end = over(TextEnd::Undelivered { code: 30003 }, HOURS_4_S);
    check(&given, HOURS_4_S, &undelivered(1, UndeliveredCause::Passing), end);
}

#[test]
fn only_a_final_status_or_a_withdrawal_changes_a_text_that_counts_as_sent() {
    for tries in [1, 2] {
        for event in (0..=3).flat_map(events_of_try) {
            let is_failure_of_newest = matches!(
                &event,
                TextEvent::StatusReported { try_number, status: TextStatus::Undelivered(_), .. }
                    if *try_number == tries
            );
            if is_failure_of_newest {
                continue;
            }
            let is_delivered = matches!(
                &event,
                TextEvent::StatusReported { try_number, status: TextStatus::Delivered, .. }
                    if (1..=tries).contains(try_number)
            );
            let expected = if is_delivered { over(TextEnd::Delivered, HOURS_4_S) } else { Ignored };
            check(&sent_text(tries), HOURS_4_S, &event, expected);
        }
        check(&sent_text(tries), HOURS_4_S, &TextEvent::Withdrawn, over(TextEnd::Withdrawn, HOURS_4_S));
        for event in [TextEvent::DeadlinePassed, TextEvent::OptedOut] {
            check(&sent_text(tries), HOURS_4_S, &event, Ignored);
        }
    }
}
