//! A person's turn: a lease, so that one phone is in one call at a time.

use jiff::Timestamp;

use crate::ids::{ClaimId, PersonId, ReminderId};
use crate::policy::{CALL_SPACING_S, after};

/// The newest call to a person, as the item of their turn holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The reminder that the call is about.
    pub reminder: ReminderId,
    /// The claim that the call is placed with.
    pub claim: ClaimId,
    /// When the turn was taken.
    pub taken_at: Timestamp,
    /// When the call must be over.
    pub until: Timestamp,
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
}

/// The answer to a request for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnOutcome {
    /// The turn is taken.
    Taken,
    /// Another call is under way, or has just ended. This is its turn.
    Busy(Turn),
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
}

impl TurnRequest {
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
            claim: format!("01CLAIM{n:019}").parse().unwrap(),
            taken_at: at(taken_s),
            until: at(taken_s + 180),
        }
    }

    #[test]
    fn one_phone_is_in_one_call_at_a_time() {
        let check = |wanted: Turn, over: Option<u32>, expected: bool| {
            let person = "0123456789abcdef0123456789abcdef".parse().unwrap();
            let over = over.map(|n| turn(n, 0).claim);
            let request = TurnRequest { person, turn: wanted, over, own_call: None };
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
        let request = |taken_s, own: u32| TurnRequest {
            person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            turn: turn(1, taken_s),
            over: None,
            own_call: Some(turn(own, 0).claim),
        };
        assert!(!request(100, 1).may_take(&turn(1, 0)));
        assert!(request(100, 2).may_take(&turn(1, 0)), "an older call of its own");
        assert!(request(180, 1).may_take(&turn(1, 0)), "the lease is over");
    }

    #[test]
    fn a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call() {
        let check = |before: Option<Turn>, taken_s: i64, wanted_s: i64, expected: bool| {
            let request = |turn| TurnRequest {
                person: "0123456789abcdef0123456789abcdef".parse().unwrap(),
                turn,
                over: None,
                own_call: None,
            };
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
}
