//! A person's turn: a lease, so that one phone is in one call at a time. Its item also counts the person's calls.

use jiff::Timestamp;

use crate::call_limits::{CountedCalls, NumberStatus, ReachedLimit};
use crate::confirmation::ConfirmationCode;
use crate::ids::{ClaimId, PersonId, ReminderId};
use crate::policy::{CALL_SPACING_S, CallsPerPerson, HOUR_S, after};

/// The newest call to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The reminder that the call is about.
    pub reminder: ReminderId,
    /// Which call of the reminder it is. `None` if a release before the limits of calls wrote the turn.
    pub call: Option<OccurrenceCall>,
    /// The claim that the call is placed with.
    pub claim: ClaimId,
    /// When the turn was taken.
    pub taken_at: Timestamp,
    /// When the call must be over.
    pub until: Timestamp,
}

/// Names a call of a reminder. The carrier accepts at most one call of this name. If it refuses the call for now, or if
/// the call waits for a slot or for the turn, the next request is for the same call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OccurrenceCall {
    /// The due of the occurrence.
    pub due: Timestamp,
    /// The number of the call within the occurrence, from 1.
    pub attempt: u8,
}

/// The item of a person's turn. It never expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCalls {
    /// The turn that was taken last.
    pub turn: Turn,
    /// The result of [`TurnRequest::replaced_at`] when that turn was taken.
    pub replaced_at: Timestamp,
    /// When the call of that turn was counted. `None` if the turn was given back, so that its call does not count.
    pub counted_at: Option<Timestamp>,
    /// The calls that count toward the limits.
    pub counted: CountedCalls,
    /// When a text last said that a limit of calls was reached.
    pub told_at: Option<Timestamp>,
    /// The claim of the request to which that text belongs. `None` if an earlier release wrote the item.
    pub told_by: Option<ClaimId>,
    /// The code that confirms the number. `None` until a text says that it gets no more calls.
    pub code: Option<ConfirmationCode>,
}

/// A request for a person's turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRequest {
    /// The person to call.
    pub person: PersonId,
    /// The turn to write. Its `taken_at` is now.
    pub turn: Turn,
    /// The claim of an earlier call that is over, as the record of its reminder shows.
    pub over: Option<ClaimId>,
    /// The claim of this reminder's own earlier call, if the person may still talk on that call.
    pub own_call: Option<ClaimId>,
    /// How often the person may be called.
    pub limits: CallsPerPerson,
    /// Whether the number is confirmed. If it is not, it gets few calls.
    pub number: NumberStatus,
}

/// The answer to a request for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnOutcome {
    /// The turn is taken, and the call is counted.
    Taken,
    /// The turn is that of the same call already, which is counted already, or of a later call of the same reminder.
    TakenBefore,
    /// Another call is under way, or has just ended. This is its turn.
    Busy(Turn),
    /// The person has had as many calls as a limit allows. A text replaces the call.
    LimitReached(ReachedLimit),
}

/// What a store does about a request for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnDecision {
    /// The answer, once the item is written.
    pub outcome: TurnOutcome,
    /// The item to write in place of the item that was read. `None` if nothing changes.
    pub write: Option<PersonCalls>,
}

impl From<TurnOutcome> for TurnDecision {
    fn from(outcome: TurnOutcome) -> Self {
        Self { outcome, write: None }
    }
}

impl Turn {
    /// Returns the turn as it is given back if its call is not placed. It ends now, because no call is under way: the
    /// previous call was over when this turn was taken. The next call must still keep [`CALL_SPACING_S`] from the start
    /// of that previous call. So `taken_at` becomes `replaced_at`, the result of [`TurnRequest::replaced_at`] when this
    /// turn was taken.
    #[must_use]
    pub fn given_back(&self, replaced_at: Timestamp, now: Timestamp) -> Turn {
        Turn { taken_at: replaced_at, until: now, ..self.clone() }
    }

    /// Whether this turn is for the same call of the same reminder.
    pub fn is_for_call_of(&self, other: &Turn) -> bool {
        self.reminder == other.reminder && self.call.is_some() && self.call == other.call
    }

    /// Whether this turn is for an earlier call of the reminder. That call was requested before the other turn was
    /// taken, so a request for its turn is stale: a function that froze may send it an hour later.
    fn is_before(&self, other: &Turn) -> bool {
        let is_earlier = |(one, other): (OccurrenceCall, OccurrenceCall)| {
            one.due < other.due || one.due == other.due && one.attempt < other.attempt
        };
        self.reminder == other.reminder && self.call.zip(other.call).is_some_and(is_earlier)
    }
}

impl PersonCalls {
    /// Returns the item after the turn of this claim is given back, without the call that was counted for it. `None` if
    /// another claim has the turn.
    #[must_use]
    pub fn given_back(&self, claim: &ClaimId, now: Timestamp) -> Option<Self> {
        (self.turn.claim == *claim).then(|| Self {
            turn: self.turn.given_back(self.replaced_at, now),
            counted_at: None,
            counted: self.counted_at.map_or_else(|| self.counted.clone(), |at| self.counted.without(at)),
            ..self.clone()
        })
    }

    /// Whether the text of [`PersonCalls::told_at`] or an earlier one has told what the person must know about this
    /// limit: for an unconfirmed number, its code.
    fn has_told(&self, limit: ReachedLimit) -> bool {
        match limit {
            ReachedLimit::Unconfirmed(code) => self.code == Some(code),
            ReachedLimit::PerHour(_) | ReachedLimit::PerDay(_) | ReachedLimit::SaidBefore => true,
        }
    }
}

impl TurnRequest {
    /// Decides about the request with the item that is stored. A call that is counted already is counted anew instead of
    /// twice: an earlier request for its turn was written, and the response was lost, or the function died.
    ///
    /// The limits come after the turn: during a call, the person may press a key or end the reminder.
    pub fn decide(&self, stored: Option<&PersonCalls>) -> TurnDecision {
        let now = self.turn.taken_at;
        let Some(stored) = stored else {
            let first = self.taken(None, &CountedCalls::default());
            return TurnDecision { outcome: TurnOutcome::Taken, write: Some(first) };
        };
        let is_counted = stored.counted_at.is_some() && self.turn.is_for_call_of(&stored.turn);
        // An earlier try of the same request was written, or the request is stale: then its claim will fail.
        if is_counted && self.turn.claim == stored.turn.claim || self.turn.is_before(&stored.turn) {
            return TurnOutcome::TakenBefore.into();
        }
        if !self.may_take(&stored.turn) {
            return TurnOutcome::Busy(stored.turn.clone()).into();
        }
        let own = stored.counted_at.filter(|_| is_counted);
        let others = own.map_or_else(|| stored.counted.clone(), |at| stored.counted.without(at));
        match self.reached(&others, stored.code) {
            None => {
                let taken = self.taken(Some(&stored.turn), &others);
                let outcome = if is_counted { TurnOutcome::TakenBefore } else { TurnOutcome::Taken };
                TurnDecision {
                    outcome,
                    write: Some(PersonCalls {
                        told_at: stored.told_at,
                        told_by: stored.told_by.clone(),
                        code: stored.code,
                        ..taken
                    }),
                }
            }
            // An earlier try of the same request has noted that its text says so.
            Some(limit) if stored.told_by.as_ref() == Some(&self.turn.claim) && stored.has_told(limit) => {
                TurnOutcome::LimitReached(limit).into()
            }
            Some(limit)
                if stored.told_at.is_some_and(|told_at| after(told_at, HOUR_S) > now) && stored.has_told(limit) =>
            {
                TurnOutcome::LimitReached(ReachedLimit::SaidBefore).into()
            }
            Some(limit) => {
                let code = if let ReachedLimit::Unconfirmed(code) = limit { Some(code) } else { stored.code };
                TurnDecision {
                    outcome: TurnOutcome::LimitReached(limit),
                    write: Some(PersonCalls {
                        told_at: Some(now),
                        told_by: Some(self.turn.claim.clone()),
                        code,
                        ..stored.clone()
                    }),
                }
            }
        }
    }

    /// Returns the item in which this turn replaces another, and its call is counted in addition to `others`. No text has
    /// told its person anything.
    fn taken(&self, replaced: Option<&Turn>, others: &CountedCalls) -> PersonCalls {
        let now = self.turn.taken_at;
        PersonCalls {
            turn: self.turn.clone(),
            replaced_at: self.replaced_at(replaced),
            counted_at: Some(now),
            counted: others.with(now),
            told_at: None,
            told_by: None,
            code: None,
        }
    }

    /// Returns the limit that allows no call in addition to the calls of `counted`. An unconfirmed number keeps the code
    /// that it was told.
    fn reached(&self, counted: &CountedCalls, code: Option<ConfirmationCode>) -> Option<ReachedLimit> {
        match self.number {
            NumberStatus::Unconfirmed { fresh_code } if counted.are_all_unconfirmed() => {
                Some(ReachedLimit::Unconfirmed(code.unwrap_or(fresh_code)))
            }
            NumberStatus::Unconfirmed { .. } | NumberStatus::Confirmed => {
                counted.reached(&self.limits, self.turn.taken_at)
            }
        }
    }

    /// Whether this turn may replace the stored one. It may replace the turn of the reminder's own earlier call at
    /// once, unless `own_call` says that this call may still be talked on. Such a turn, or the turn of another
    /// reminder, it may replace once the call or the lease of that turn is over, and [`CALL_SPACING_S`] after that turn
    /// was taken. A write that arrives late must never replace a newer turn: that turn would end too early.
    // guard: may_take
    pub fn may_take(&self, stored: &Turn) -> bool {
        let is_own = stored.reminder == self.turn.reminder && self.own_call.as_ref() != Some(&stored.claim);
        is_own && stored.taken_at <= self.turn.taken_at
            || stored.taken_at <= self.latest_before()
                && (stored.until <= self.turn.taken_at || self.over.as_ref() == Some(&stored.claim))
    }

    /// Returns when the stored turn, which this turn replaces, was taken. If there is none, returns the latest instant
    /// that makes no other call wait.
    pub fn replaced_at(&self, stored: Option<&Turn>) -> Timestamp {
        stored.map_or_else(|| self.latest_before(), |stored| stored.taken_at)
    }

    /// The latest instant at which the turn of another reminder may have been taken, if this turn replaces it.
    pub fn latest_before(&self) -> Timestamp {
        after(self.turn.taken_at, -CALL_SPACING_S)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        after("2026-03-01T12:00:00Z".parse().unwrap(), second)
    }

    fn turn(n: u32, taken_s: i64) -> Turn {
        Turn {
            reminder: format!("01REM{n:021}").parse().unwrap(),
            call: Some(OccurrenceCall { due: at(0), attempt: 1 }),
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
            assert_eq!(request.may_take(&turn(1, 0)), expected, "{request:?}");
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
        assert!(!request(100, 1).may_take(&turn(1, 0)));
        assert!(request(100, 2).may_take(&turn(1, 0)), "an older call of its own");
        assert!(request(180, 1).may_take(&turn(1, 0)), "the lease is over");
    }

    #[test]
    fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call() {
        let check = |before: Option<Turn>, taken_s: i64, wanted_s: i64, expected: bool| {
            let request = |turn| request(turn, None, None);
            let taken = request(turn(1, taken_s));
            let given_back = taken.turn.given_back(taken.replaced_at(before.as_ref()), at(taken_s + 2));
            let is_free = request(turn(2, wanted_s)).may_take(&given_back);
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

    /// Requests a turn. Returns the outcome and the item that is stored then.
    fn take(stored: Option<PersonCalls>, turn: Turn) -> (TurnOutcome, Option<PersonCalls>) {
        let TurnDecision { outcome, write } = request(turn, None, None).decide(stored.as_ref());
        (outcome, write.or(stored))
    }

    fn taken(turns: impl IntoIterator<Item = Turn>) -> PersonCalls {
        let take_one = |stored, turn| {
            let (outcome, stored) = take(stored, turn);
            assert!(matches!(outcome, TurnOutcome::Taken | TurnOutcome::TakenBefore), "{outcome:?}");
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
        assert_eq!(given_back.given_back(&call(2).claim, at(2002)).unwrap().counted.recent(), [at(1000)]);
        assert_eq!(stored.given_back(&call(1).claim, at(2001)), None);
    }

    #[test]
    fn a_call_that_is_requested_again_counts_once() {
        let again = Turn { claim: call(3).claim, taken_at: at(2030), ..call(2) };
        assert_eq!(taken([call(2), again.clone()]).counted.recent(), [at(2030)]);
        assert_eq!(take(Some(taken([call(2)])), again.clone()).0, TurnOutcome::TakenBefore);
        let next = Turn { call: Some(OccurrenceCall { due: at(0), attempt: 2 }), ..again };
        assert_eq!(taken([call(2), next.clone()]).counted.recent(), [at(2000), at(2030)]);
        let of_next_occurrence = Turn { call: Some(OccurrenceCall { due: at(2030), attempt: 1 }), ..next };
        assert_eq!(taken([call(2), of_next_occurrence]).counted.recent(), [at(2000), at(2030)]);
    }

    #[test]
    fn a_request_that_is_tried_again_after_a_lost_response_or_is_stale_writes_nothing() {
        let second = Turn { call: Some(OccurrenceCall { due: at(0), attempt: 2 }), ..call(1) };
        let stale = Turn { claim: call(2).claim, taken_at: at(1100), ..call(1) };
        let of_occurrence_before = Some(OccurrenceCall { due: at(-300), attempt: 3 });
        let thawed = Turn { call: of_occurrence_before, ..stale.clone() };
        for turn in [second.clone(), stale, thawed] {
            let again = request(turn, None, None).decide(Some(&taken([second.clone()])));
            assert_eq!(again, TurnOutcome::TakenBefore.into());
        }
    }

    #[test]
    fn a_person_who_had_as_many_calls_as_a_limit_allows_is_told_so_once_an_hour() {
        let stored = taken([call(1), call(2)]);
        let (outcome, told) = take(Some(stored.clone()), call(3));
        assert_eq!(outcome, TurnOutcome::LimitReached(ReachedLimit::PerHour(2)));
        assert_eq!(told, Some(PersonCalls { told_at: Some(at(3000)), told_by: Some(call(3).claim), ..stored }));
        let same_instant = Turn { taken_at: at(3000), ..call(4) };
        assert_eq!(take(told.clone(), same_instant).0, TurnOutcome::LimitReached(ReachedLimit::SaidBefore));
        assert_eq!(take(told.clone(), call(3)), (outcome, told.clone()), "a try after a lost response");
        let said_before = TurnOutcome::LimitReached(ReachedLimit::SaidBefore);
        assert_eq!(take(told.clone(), call(4)), (said_before.clone(), told.clone()));
        let (outcome, called) = take(told, call(5));
        assert_eq!(outcome, TurnOutcome::Taken, "the first call is an hour old");
        assert_eq!(take(called.clone(), call(6)).0, said_before);
        let (outcome, told) = take(called, call(7));
        assert_eq!(outcome, TurnOutcome::LimitReached(ReachedLimit::PerDay(3)));
        assert_eq!(told.unwrap().told_at, Some(at(7000)));
    }

    /// The item after this many calls to an unconfirmed number, ten hours apart.
    fn called_unconfirmed(calls: u32) -> Option<PersonCalls> {
        (1..=calls).fold(None, |stored, n| {
            let decision = unconfirmed(call(36 * n), 12, 1).decide(stored.as_ref());
            assert_eq!(decision.outcome, TurnOutcome::Taken);
            decision.write
        })
    }

    #[test]
    fn an_unconfirmed_number_gets_three_calls_in_all_and_then_its_code() {
        let stored = called_unconfirmed(3).unwrap();
        let told = unconfirmed(call(200), 12, 1).decide(Some(&stored));
        assert_eq!(told.outcome, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(code(1))));
        let item = told.write.unwrap();
        let told_by = Some(call(200).claim);
        assert_eq!(item, PersonCalls { told_at: Some(at(200_000)), told_by, code: Some(code(1)), ..stored });
        let again = unconfirmed(call(200), 12, 2).decide(Some(&item));
        assert_eq!(again, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(code(1))).into(), "a lost response");
        let soon = unconfirmed(call(201), 12, 2).decide(Some(&item));
        assert_eq!(soon, TurnOutcome::LimitReached(ReachedLimit::SaidBefore).into());
        let years_later = unconfirmed(call(200_000), 12, 2).decide(Some(&item));
        assert_eq!(years_later.outcome, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(code(1))), "the same code");
        let confirmed = request(call(201), None, None).decide(Some(&item));
        assert_eq!(confirmed.outcome, TurnOutcome::Taken, "a confirmed number has no such limit");
        assert_eq!(confirmed.write.unwrap().counted.ever(), 4);
    }

    #[test]
    fn a_call_to_an_unconfirmed_number_that_was_not_placed_does_not_count() {
        let stored = called_unconfirmed(3).unwrap();
        let given_back = stored.given_back(&call(108).claim, at(108_002));
        let taken = unconfirmed(call(109), 12, 1).decide(given_back.as_ref());
        assert_eq!(taken.outcome, TurnOutcome::Taken);
        assert_eq!(taken.write.unwrap().counted.ever(), 3);
    }

    /// The text about the limit of an hour does not hold the code.
    #[test]
    fn the_code_is_told_even_if_a_text_has_just_named_another_limit() {
        let told = PersonCalls { told_at: Some(at(199_000)), ..called_unconfirmed(3).unwrap() };
        let outcome = unconfirmed(call(200), 12, 1).decide(Some(&told)).outcome;
        assert_eq!(outcome, TurnOutcome::LimitReached(ReachedLimit::Unconfirmed(code(1))));
        let few = called_unconfirmed(1).map(|stored| PersonCalls { told_at: Some(at(36_000)), ..stored });
        let next = Turn { taken_at: at(36_500), ..call(37) };
        let outcome = unconfirmed(next, 1, 1).decide(few.as_ref()).outcome;
        assert_eq!(outcome, TurnOutcome::LimitReached(ReachedLimit::SaidBefore));
    }

    #[test]
    fn a_busy_phone_comes_before_the_limits() {
        let stored = taken([call(1), call(2)]);
        let outcome = take(Some(stored), turn(3, 2030)).0;
        assert_eq!(outcome, TurnOutcome::Busy(call(2)));
    }
}
