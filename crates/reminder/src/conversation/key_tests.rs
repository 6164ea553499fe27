//! Key 2 on a call: one decision acknowledges the occurrence and makes a reminder that rings again.

use crate::ids::ClaimId;
use crate::policy::{KEY_SNOOZE_S, after};
use crate::record::{AnsweredBy, End, LastEnd, Lifecycle, State};

use super::person::{MADE, Person, noon};
use super::*;
use crate::conversation::AnswerRoute;

/// When the key is pressed, in seconds after noon. The call began at 60 s.
const PRESSED_S: i64 = 90;

const SNOOZED: &str = "OK, I'll call you again in 10 minutes";

fn claim(n: u32) -> ClaimId {
    format!("01CLAIM{n:019}").parse().unwrap()
}

fn at(second: i64) -> Timestamp {
    after(noon(), second)
}

fn live(state: State) -> Lifecycle {
    Lifecycle::Live { state, deadline: at(600), recoveries: 0 }
}

fn waiting(attempt: u8) -> Lifecycle {
    live(State::Waiting { attempt, wake_at: at(600), slot: None, answered: AnsweredBy::Nobody })
}

fn dialing(attempt: u8) -> Lifecycle {
    live(State::Dialing { attempt, claim: claim(2), answered: AnsweredBy::Nobody })
}

/// The call of claim 1 is under way.
fn ringing() -> Lifecycle {
    let (call, pickup) = ("twilio#CA1".parse().unwrap(), AnsweredBy::Unknown);
    live(State::Ringing { attempt: 1, claim: claim(1), call, pickup, answered: AnsweredBy::Nobody })
}

fn ended(end: End) -> Lifecycle {
    Lifecycle::Ended { end, at: at(80) }
}

/// The end of the occurrence whose last call had claim 1.
fn last_end() -> Option<LastEnd> {
    let text = Some("01JZ0000000000000000000007".parse().unwrap());
    Some(LastEnd { end: End::Unconfirmed, due: at(0), at: at(80), claim: Some(claim(1)), text })
}

/// Returns a person with a first reminder that these words made and that is in this state. Its last call has claim 1.
fn person(mut person: Person, words: &str, life: Lifecycle) -> Person {
    assert!(person.text(0, words).starts_with(MADE));
    let one = &mut person.reminders[0];
    (one.life, one.last_claim) = (life, Some(claim(1)));
    person
}

const ONE_OFF: &str = "remind me to get up in 1 minute";
const SERIES: &str = "remind me to get up every day at 12:01 PM";

/// Returns the decision on key 2 about the first reminder.
fn press_key_2(person: &mut Person, claim: Option<ClaimId>) -> Decision {
    let key = PressedKey::Snooze { reminder: person.reminders[0].key.reminder.clone(), claim };
    let text = ReceivedText { pressed: Some(key), ..person.received_text(AnswerRoute::Reply, PRESSED_S, "") };
    person.decision_on(&text, at(PRESSED_S))
}

/// Returns the reminders that a decision replaces and creates.
fn sorted(writes: Vec<ReminderWrite>) -> (Vec<Reminder>, Vec<Reminder>) {
    let (mut replaced, mut created) = (vec![], vec![]);
    for write in writes {
        match write {
            ReminderWrite::Replace(next) => replaced.push(next),
            ReminderWrite::Create(made) => created.push(made),
        }
    }
    (replaced, created)
}

fn cancels_a_call(decision: &Decision) -> bool {
    decision.effects.iter().any(|effect| matches!(effect, Effect::CancelCall(_)))
}

/// Checks that the decision acknowledges the occurrence and makes a reminder that rings in ten minutes.
fn check_snoozed(person: &Person, decision: Decision) {
    assert!(decision.answer.contains(SNOOZED), "{:?}", decision.answer);
    let (replaced, created) = sorted(decision.writes);
    let ([heard], [again]) = (&replaced[..], &created[..]) else { panic!("{replaced:?}, {created:?}") };
    assert_eq!(heard.last_end.as_ref().map(|last| last.end), Some(End::Heard));
    let old = &person.reminders[0];
    assert_eq!((&heard.key, &again.task, &again.rule), (&old.key, &old.task, &None));
    assert_eq!(again.due, at(PRESSED_S + KEY_SNOOZE_S));
    assert!(
        decision.planned.iter().any(|made| made.reminder == again.key.reminder),
        "a repeat must be able to send its wake-up again"
    );
}

#[test]
fn key_2_acknowledges_the_occurrence_and_plans_the_next_call_in_one_decision() {
    for words in [ONE_OFF, SERIES] {
        for life in [ringing(), waiting(2), dialing(2)] {
            let mut person = person(Person::confirmed(), words, life);
            let decision = press_key_2(&mut person, Some(claim(1)));
            assert!(!cancels_a_call(&decision), "the call must go on, because the answer is spoken on it");
            check_snoozed(&person, decision);
        }
    }
}

#[test]
fn key_2_after_the_end_of_the_occurrence_withdraws_its_text() {
    for (words, life) in [(ONE_OFF, ended(End::Unconfirmed)), (SERIES, waiting(1))] {
        let mut person = person(Person::confirmed(), words, life);
        person.reminders[0].last_end = last_end();
        let decision = press_key_2(&mut person, Some(claim(1)));
        let withdraws = |effect: &Effect| matches!(effect, Effect::WithdrawText(_));
        assert!(decision.effects.iter().any(withdraws), "{:?}", decision.effects);
        check_snoozed(&person, decision);
    }
}

#[test]
fn key_2_of_a_caller_acknowledges_the_ringing_reminder_and_cancels_its_call() {
    let mut person = person(Person::confirmed(), ONE_OFF, ringing());
    let decision = press_key_2(&mut person, None);
    assert!(cancels_a_call(&decision));
    check_snoozed(&person, decision);
}

#[test]
fn key_2_makes_no_reminder_if_the_occurrence_was_cancelled_or_the_call_is_unknown() {
    for (words, life, claim_number) in [
        (ONE_OFF, ended(End::Cancelled), 1),
        // The person skipped the occurrence.
        (SERIES, waiting(1), 1),
        (SERIES, dialing(1), 1),
        (ONE_OFF, ringing(), 9),
        (ONE_OFF, waiting(2), 9),
        (ONE_OFF, dialing(1), 9),
    ] {
        let mut person = person(Person::confirmed(), words, life.clone());
        let decision = press_key_2(&mut person, Some(claim(claim_number)));
        assert!(decision.writes.is_empty() && decision.effects.is_empty(), "{life:?}: {:?}", decision.writes);
        assert!(decision.answer.contains("No reminder rang in the last hour."), "{:?}", decision.answer);
    }
}

/// An unconfirmed number may have three open reminders, and five calls in a quarter of an hour.
#[test]
fn key_2_confirms_a_new_number_and_is_not_refused() {
    for more in [
        &["remind me to buy milk tomorrow at 10", "remind me to call mom tomorrow at 11"][..],
        &["remind me to buy milk in 11 minutes, 12 minutes, 13 minutes and 14 minutes"],
    ] {
        let mut person = person(Person::new(), SERIES, ringing());
        for body in more {
            person.text(1, body);
        }
        let decision = press_key_2(&mut person, Some(claim(1)));
        assert_eq!(decision.profile.confirmed_at, Some(at(PRESSED_S)));
        check_snoozed(&person, decision);
    }
}

#[test]
fn a_key_counts_as_pressed_on_an_own_call_only_under_a_claim_that_is_or_was_live() {
    let one = |life, last_claim: Option<u32>, cancelled: Option<u32>, ended: Option<LastEnd>| {
        let mut one = person(Person::new(), SERIES, life).reminders.remove(0);
        (one.last_claim, one.cancelled_claim, one.last_end) = (last_claim.map(claim), cancelled.map(claim), ended);
        one
    };
    for (reminder, own) in [
        (one(ringing(), None, None, None), &[1][..]),
        (one(dialing(1), None, None, None), &[2]),
        (one(dialing(2), Some(1), None, None), &[1, 2]),
        (one(waiting(1), Some(3), None, last_end()), &[1, 3]),
        (one(waiting(1), None, Some(4), None), &[4]),
        (one(waiting(1), None, None, None), &[]),
        (one(ended(End::Cancelled), Some(5), Some(5), None), &[5]),
        (one(ended(End::Heard), Some(1), None, last_end()), &[1]),
        (one(live(State::Paused), Some(6), None, None), &[6]),
    ] {
        for n in 0..9 {
            assert_eq!(reminder.is_or_was_claim(&claim(n)), own.contains(&n), "claim {n} of {reminder:?}");
        }
    }
}

/// A caller can forge the number that the service sees.
#[test]
fn key_2_of_a_caller_does_not_confirm_a_number() {
    let mut person = person(Person::new(), ONE_OFF, ringing());
    let decision = press_key_2(&mut person, None);
    assert_eq!(decision.profile.confirmed_at, None);
    check_snoozed(&person, decision);
}

#[test]
fn key_2_without_room_for_another_reminder_changes_nothing_so_that_the_phone_rings_again() {
    let full = |mut person: Person, open| {
        for second in 1..open {
            assert!(person.text(second, "remind me to call mom tomorrow at 11").starts_with(MADE));
            person.forget_answers();
        }
        person
    };
    let confirmed = full(person(Person::confirmed(), SERIES, ringing()), 80);
    let unconfirmed = full(person(Person::new(), SERIES, ringing()), 3);
    for (mut person, claim) in [(confirmed, Some(claim(1))), (unconfirmed, None)] {
        let decision = press_key_2(&mut person, claim);
        assert!(decision.answer.starts_with("Not saved: "), "{:?}", decision.answer);
        assert!(decision.writes.is_empty() && decision.effects.is_empty(), "{:?}", decision.writes);
    }
}

/// The key was pressed about the occurrence that ended at 80 s, and is handled after the next one has begun.
#[test]
fn key_2_of_a_caller_is_not_about_an_occurrence_that_was_due_after_the_key() {
    for (due_s, is_about_it) in [(PRESSED_S - 1, true), (PRESSED_S + 1, false)] {
        let mut person = person(Person::confirmed(), SERIES, dialing(1));
        (person.reminders[0].last_end, person.reminders[0].due) = (last_end(), at(due_s));
        let decision = press_key_2(&mut person, None);
        let (replaced, _) = sorted(decision.writes);
        assert_eq!(replaced[0].due != at(due_s), is_about_it, "{due_s}");
    }
}
