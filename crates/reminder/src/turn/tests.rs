//! Who may take a person's turn, which calls count, and which limits a text tells.

use super::*;

fn at(second: i64) -> Timestamp {
    after("2026-03-01T12:00:00Z".parse().unwrap(), second)
}

fn turn(n: u32, taken_s: i64) -> Turn {
    Turn {
        reminder: format!("01REM{n:021}").parse().unwrap(),
        call: Some(OccurrenceCall { due: at(0), attempt: 1 }),
        generation: Some(1),
        claim: format!("01CLAIM{n:019}").parse().unwrap(),
        taken_at: at(taken_s),
        until: at(taken_s + 180),
    }
}

fn request(turn: Turn, over: Option<ClaimId>, own_call: Option<ClaimId>) -> TurnRequest {
    let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let limits = CallsPerPerson { per_hour: 2, per_day: 3 };
    TurnRequest { person, turn, over, own_call, limits, number: NumberStatus::Confirmed }
}

fn code(random: u128) -> ConfirmationCode {
    ConfirmationCode::of_random(random)
}

/// A request for a turn of an unconfirmed number with wide limits of an hour and a day.
fn unconfirmed(turn: Turn, per_hour: u32, fresh: u128) -> TurnRequest {
    let number = NumberStatus::Unconfirmed { fresh_code: code(fresh) };
    TurnRequest { limits: CallsPerPerson { per_hour, per_day: 60 }, number, ..request(turn, None, None) }
}

#[test]
fn one_phone_is_in_one_call_at_a_time() {
    let check = |wanted: Turn, over: Option<u32>, expected: bool| {
        let request = request(wanted, over.map(|n| turn(n, 0).claim), None);
        assert_eq!(request.may_take(&turn(1, 0), &[]), expected, "{request:?}");
    };
    check(turn(2, 59), Some(1), false);
    check(turn(2, 60), Some(1), true);
    check(turn(2, 60), Some(2), false);
    check(turn(2, 179), None, false);
    check(turn(2, 180), None, true);
    check(turn(1, 5), None, true);
    check(turn(1, 0), None, true);
    check(turn(1, -1), None, false);
}

#[test]
fn an_own_call_that_may_still_be_talked_on_is_not_overtaken() {
    let request = |taken_s, own: u32| request(turn(1, taken_s), None, Some(turn(own, 0).claim));
    assert!(!request(100, 1).may_take(&turn(1, 0), &[]));
    let another_delivery = Turn { claim: turn(3, 0).claim, ..turn(1, 0) };
    let held_by = [turn(1, 0).claim, turn(3, 0).claim];
    assert!(!request(100, 1).may_take(&another_delivery, &held_by), "its wake-up was delivered twice");
    assert!(request(100, 2).may_take(&turn(1, 0), &[]), "an older call of its own");
    assert!(request(180, 1).may_take(&turn(1, 0), &[]), "the lease is over");
}

#[test]
fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call() {
    let check = |before: Option<Turn>, taken_s: i64, wanted_s: i64, expected: bool| {
        let request = |turn| request(turn, None, None);
        let taken = request(turn(1, taken_s));
        let given_back = taken.turn.given_back(taken.replaced_at(before.as_ref()), at(taken_s + 2));
        let is_free = request(turn(2, wanted_s)).may_take(&given_back, &[]);
        assert_eq!(is_free, expected, "{before:?} {taken_s} {wanted_s}");
    };
    check(Some(turn(1, 0)), 33, 38, false);
    check(Some(turn(1, 0)), 33, 59, false);
    check(Some(turn(1, 0)), 33, 60, true);
    check(Some(turn(1, 0)), 120, 121, false);
    check(Some(turn(1, 0)), 120, 122, true);
    check(Some(turn(3, 0)), 200, 202, true);
    check(None, 0, 2, true);
}

/// The turn of a call at `n` thousand seconds, about a reminder of its own.
fn call(n: u32) -> Turn {
    turn(n, 1000 * i64::from(n))
}

fn told_for(turn: &Turn) -> Option<ToldFor> {
    turn.call.map(|call| ToldFor { reminder: turn.reminder.clone(), call })
}

/// Requests a turn. Returns the outcome and the item that is stored then.
fn take(stored: Option<PersonCalls>, turn: Turn) -> (TurnOutcome, Option<PersonCalls>) {
    let TurnDecision { outcome, write } = request(turn, None, None).decide(stored.as_ref());
    (outcome, write.or(stored))
}

fn taken(turns: impl IntoIterator<Item = Turn>) -> PersonCalls {
    let take_one = |stored, turn| {
        let (outcome, stored) = take(stored, turn);
        assert!(matches!(outcome, TurnOutcome::Taken(None) | TurnOutcome::TakenBefore(None)), "{outcome:?}");
        stored
    };
    turns.into_iter().fold(None, take_one).unwrap()
}

#[test]
fn the_write_that_takes_a_turn_counts_its_call() {
    let stored = taken([call(1), call(2)]);
    assert_eq!(stored.counted.recent(), [at(1000), at(2000)]);
    assert_eq!((stored.counted_at, stored.replaced_at), (Some(at(2000)), at(1000)));
}

#[test]
fn a_turn_that_is_given_back_does_not_count() {
    let stored = taken([call(1), call(2)]);
    let given_back = stored.given_back(&call(2).claim, at(2001)).unwrap();
    assert_eq!(given_back.counted.recent(), [at(1000)]);
    assert_eq!(given_back.turn, call(2).given_back(at(1000), at(2001)));
    assert_eq!(given_back.given_back(&call(2).claim, at(2002)), None);
    assert_eq!(stored.given_back(&call(1).claim, at(2001)), None);
}

/// A wake-up is delivered twice, and either delivery may place the call.
#[test]
fn a_turn_that_two_claims_hold_counts_until_both_have_given_it_back() {
    let later = |taken_at| Turn { claim: call(3).claim, taken_at, ..call(2) };
    for second in [later(at(2005)), later(at(1995))] {
        let both = taken([call(1), call(2), second.clone()]);
        assert_eq!((both.counted.recent().len(), both.held_by.len()), (2, 2));
        for (first, last) in [(&second.claim, &call(2).claim), (&call(2).claim, &second.claim)] {
            let one = both.given_back(first, at(2010)).unwrap();
            assert_eq!((one.counted.recent().len(), &one.turn.claim), (2, last), "{first}");
            assert_eq!(one.turn.until, both.turn.until);
            assert_eq!(one.given_back(first, at(2011)), None);
            assert_eq!(one.given_back(last, at(2012)).unwrap().counted.recent(), [at(1000)]);
        }
    }
}

/// A flood of deliveries: the ninth may be the one that places the call.
#[test]
fn a_turn_that_many_claims_hold_is_not_given_back() {
    let deliveries = |count: u32| (0..count).map(|n| Turn { claim: call(10 + n).claim, ..call(2) });
    for count in [8, 9, 20] {
        let full = taken(deliveries(count));
        assert_eq!((full.held_by.len(), full.counted.recent().len()), (HELD_BY_MAX, 1));
        for n in 0..count {
            assert_eq!(full.given_back(&call(10 + n).claim, at(2010)), None);
        }
    }
    assert!(taken(deliveries(7)).given_back(&call(10).claim, at(2010)).is_some());
}

#[test]
fn a_call_that_is_requested_again_counts_once() {
    let again = Turn { claim: call(3).claim, taken_at: at(2030), ..call(2) };
    assert_eq!(taken([call(2), again.clone()]).counted.recent(), [at(2030)]);
    assert_eq!(take(Some(taken([call(2)])), again.clone()).0, TurnOutcome::TakenBefore(None));
    let next = Turn { call: Some(OccurrenceCall { due: at(0), attempt: 2 }), ..again };
    assert_eq!(taken([call(2), next.clone()]).counted.recent(), [at(2000), at(2030)]);
    let of_next_occurrence = Turn { call: Some(OccurrenceCall { due: at(2030), attempt: 1 }), ..next };
    assert_eq!(taken([call(2), of_next_occurrence]).counted.recent(), [at(2000), at(2030)]);
}

#[test]
fn a_request_that_is_tried_again_after_a_lost_response_or_is_stale_writes_nothing() {
    let second = Turn { call: Some(OccurrenceCall { due: at(0), attempt: 2 }), generation: Some(2), ..call(1) };
    let stale = Turn { claim: call(2).claim, taken_at: at(1100), ..call(1) };
    let of_occurrence_before = Some(OccurrenceCall { due: at(-300), attempt: 3 });
    let thawed = Turn { call: of_occurrence_before, ..stale.clone() };
    for turn in [second.clone(), stale, thawed] {
        let again = request(turn, None, None).decide(Some(&taken([second.clone()])));
        assert_eq!(again, TurnOutcome::TakenBefore(None).into());
    }
}

/// The person moves the reminder to an earlier time. The turn of the call at the later time was given back, because the
/// call waits for a slot, or it was not, because its function died.
#[test]
fn a_call_at_an_earlier_due_is_counted_after_a_turn_for_a_later_due() {
    let dead = taken([call(1)]);
    let waits = dead.given_back(&call(1).claim, at(1001)).unwrap();
    let earlier = Some(OccurrenceCall { due: at(-30), attempt: 1 });
    let moved = Turn { call: earlier, generation: Some(2), claim: call(2).claim, taken_at: at(1020), ..call(1) };
    for (stored, counted) in [(waits, vec![at(1020)]), (dead, vec![at(1000), at(1020)])] {
        let (outcome, stored) = take(Some(stored), moved.clone());
        assert_eq!((outcome, stored.unwrap().counted.recent()), (TurnOutcome::Taken(None), &counted[..]));
    }
}

#[test]
fn a_person_who_had_as_many_calls_as_a_limit_allows_is_told_so_once_an_hour() {
    let stored = taken([call(1), call(2)]);
    let (outcome, told) = take(Some(stored.clone()), call(3));
    assert_eq!(outcome, TurnOutcome::LimitReached(ReachedLimit::PerHour(2)));
    assert_eq!(told, Some(PersonCalls { told_at: Some(at(3000)), told_for: told_for(&call(3)), ..stored }));
    let same_instant = Turn { taken_at: at(3000), ..call(4) };
    assert_eq!(take(told.clone(), same_instant).0, TurnOutcome::LimitReached(ReachedLimit::SaidBefore));
    let delivered_again = Turn { claim: call(8).claim, taken_at: at(3005), ..call(3) };
    for again in [call(3), delivered_again] {
        assert_eq!(take(told.clone(), again), (outcome.clone(), told.clone()), "the first request was lost");
    }
    let said_before = TurnOutcome::LimitReached(ReachedLimit::SaidBefore);
    assert_eq!(take(told.clone(), call(4)), (said_before.clone(), told.clone()));
    let (outcome, called) = take(told, call(5));
    assert_eq!(outcome, TurnOutcome::Taken(None), "the first call is an hour old");
    assert_eq!(take(called.clone(), call(6)).0, said_before);
    let (outcome, told) = take(called, call(7));
    assert_eq!(outcome, TurnOutcome::LimitReached(ReachedLimit::PerDay(3)));
    assert_eq!(told.unwrap().told_at, Some(at(7000)));
}

/// The item after this many calls to an unconfirmed number, ten hours apart.
fn called_unconfirmed(calls: u32) -> Option<PersonCalls> {
    (1..=calls).fold(None, |stored, n| {
        let decision = unconfirmed(call(36 * n), 12, 1).decide(stored.as_ref());
        assert_eq!(decision.outcome, TurnOutcome::Taken((n == 3).then(|| code(1))));
        decision.write
    })
}

#[test]
fn an_unconfirmed_number_gets_three_calls_in_all_and_then_its_code() {
    let stored = called_unconfirmed(3).unwrap();
    let told = unconfirmed(call(200), 12, 1).decide(Some(&stored));
    assert_eq!(told.outcome, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(Some(code(1)))));
    let item = told.write.unwrap();
    let told_for = told_for(&call(200));
    assert_eq!(item, PersonCalls { told_at: Some(at(200_000)), told_for, code: Some(code(1)), ..stored });
    let again = unconfirmed(call(200), 12, 2).decide(Some(&item));
    assert_eq!(again, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(Some(code(1)))).into(), "a lost response");
    let soon = unconfirmed(call(201), 12, 2).decide(Some(&item));
    assert_eq!(soon, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(None)).into());
    let years_later = unconfirmed(call(200_000), 12, 2).decide(Some(&item));
    assert_eq!(
        years_later.outcome,
        TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(Some(code(1)))),
        "the same code"
    );
    let confirmed = request(call(201), None, None).decide(Some(&item));
    assert_eq!(confirmed.outcome, TurnOutcome::Taken(None), "a confirmed number has no such limit");
    assert_eq!(confirmed.write.unwrap().counted.ever(), 4);
}

#[test]
fn a_call_to_an_unconfirmed_number_that_was_not_placed_does_not_count() {
    let stored = called_unconfirmed(3).unwrap();
    let given_back = stored.given_back(&call(108).claim, at(108_002));
    let taken = unconfirmed(call(109), 12, 1).decide(given_back.as_ref());
    assert_eq!(taken.outcome, TurnOutcome::Taken(Some(code(1))));
    assert_eq!(taken.write.unwrap().counted.ever(), 3);
}

#[test]
fn the_text_about_the_last_call_tells_the_code_and_another_text_within_the_hour_does_not() {
    let stored = called_unconfirmed(3).unwrap();
    let outcome = |stored: &PersonCalls, turn| unconfirmed(turn, 12, 2).decide(Some(stored)).outcome;
    let limited = |code| TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(code));
    let other = |taken_s| Turn { taken_at: at(taken_s), ..call(200) };
    assert_eq!(outcome(&stored, other(108_000 + 3599)), limited(None));
    assert_eq!(outcome(&stored, other(108_000 + 3600)), limited(Some(code(1))));
    let second_call = Some(OccurrenceCall { due: at(0), attempt: 2 });
    let next = Turn { call: second_call, claim: call(200).claim, taken_at: at(108_120), ..call(108) };
    assert_eq!(outcome(&stored, next), limited(Some(code(1))), "the next call of the same occurrence");
    let of_earlier_release = PersonCalls { code: None, ..stored.clone() };
    assert_eq!(outcome(&of_earlier_release, other(108_200)), limited(Some(code(2))));
    let told_another_limit = PersonCalls { told_at: Some(at(107_999)), ..stored };
    assert_eq!(outcome(&told_another_limit, other(108_000 + 3600)), limited(Some(code(1))));
}

#[test]
fn a_confirmed_number_is_taken_without_a_code() {
    let stored = called_unconfirmed(3).unwrap();
    let decision = request(call(200), None, None).decide(Some(&stored));
    assert_eq!(decision.outcome, TurnOutcome::Taken(None));
    assert_eq!(decision.write.unwrap().code, Some(code(1)), "the code stays");
}

#[test]
fn a_busy_phone_comes_before_the_limits() {
    let stored = taken([call(1), call(2)]);
    let outcome = take(Some(stored), turn(3, 2030)).0;
    assert_eq!(outcome, TurnOutcome::Busy(call(2)));
}
