//! Limits on the calls to one person. They hold for everybody: a reminder service that calls more often is a nuisance,
//! and a sender of texts can be forged.

use jiff::Timestamp;

use crate::confirmation::ConfirmationCode;
use crate::policy::{CallsPerPerson, DAY_S, HOUR_S, UNCONFIRMED_CALLS_MAX, after};

/// A limit of calls that a person has reached. A text replaces the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReachedLimit {
    /// As many calls within an hour as this limit allows. The text says so.
    PerHour(u32),
    /// As many calls within a day as this limit allows. The text says so.
    PerDay(u32),
    /// As many calls in all as an unconfirmed number gets. The text says so, and holds the code that confirms the
    /// number. The code is absent if a text within the last hour has told it, or if the text about the last call tells
    /// it.
    Unconfirmed(Option<ConfirmationCode>),
    /// The limit of an hour or of a day. A text within the last hour has said so.
    SaidBefore,
}

/// Whether the owner of a number has confirmed it, as far as the limits of calls depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberStatus {
    /// A key was pressed on a call to the number, or its code was texted.
    Confirmed,
    /// Texts from the number may be forged.
    Unconfirmed {
        /// A fresh code, which becomes the number's code if it has none yet.
        fresh_code: ConfirmationCode,
    },
}

/// The calls that an unconfirmed number has had, and its code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UnconfirmedCalls {
    /// Number of all calls to the number so far, placed or in flight.
    pub ever: u32,
    /// The code that confirms the number. `None` while calls are left, and if an earlier release counted the calls.
    pub code: Option<ConfirmationCode>,
}

impl UnconfirmedCalls {
    /// Whether the number has had as many calls as a number gets before it is confirmed.
    pub fn are_used_up(self) -> bool {
        !may_call_unconfirmed(self.ever)
    }
}

/// The calls to a person that count toward the limits. A call that the carrier refuses for now does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountedCalls {
    /// When the turn of each call of the last day was taken, oldest first.
    recent: Vec<Timestamp>,
    /// Number of all calls so far. It never expires.
    ever: u32,
}

impl CountedCalls {
    /// Returns the calls with these instants, which may come in any order, out of `ever` calls in all.
    pub fn noted(recent: impl IntoIterator<Item = Timestamp>, ever: u32) -> Self {
        let mut recent: Vec<Timestamp> = recent.into_iter().collect();
        recent.sort_unstable();
        Self { recent, ever }
    }

    /// Number of all calls to the number so far, placed or in flight. It never expires.
    pub fn ever(&self) -> u32 {
        self.ever
    }

    /// When the turns of the calls were taken, oldest first.
    pub fn recent(&self) -> &[Timestamp] {
        &self.recent
    }

    /// Returns the calls with a call at `now` added. Calls that are a day old no longer count, so their number is at
    /// most the limit of calls within a day.
    #[must_use]
    pub fn with(&self, now: Timestamp) -> Self {
        let recent = self.recent.iter().copied().filter(|call| is_within(*call, now, DAY_S)).chain([now]);
        Self::noted(recent, self.ever.saturating_add(1))
    }

    /// Returns the calls without the call that was counted at `counted_at`.
    #[must_use]
    pub fn without(&self, counted_at: Timestamp) -> Self {
        let mut left = self.clone();
        if let Some(index) = left.recent.iter().rposition(|call| *call == counted_at) {
            left.recent.remove(index);
            left.ever = left.ever.saturating_sub(1);
        }
        left
    }

    /// Returns the limit of an hour or a day that allows no further call at `now`. `None` if another call is allowed.
    pub fn reached(&self, limits: &CallsPerPerson, now: Timestamp) -> Option<ReachedLimit> {
        let within = |span_s| self.recent.iter().filter(|call| is_within(**call, now, span_s)).count();
        if !has_room(within(HOUR_S), limits.per_hour) {
            Some(ReachedLimit::PerHour(limits.per_hour))
        } else if !has_room(within(DAY_S), limits.per_day) {
            Some(ReachedLimit::PerDay(limits.per_day))
        } else {
            None
        }
    }

    /// Whether the number has had as many calls as a number gets before it is confirmed.
    pub fn are_all_unconfirmed(&self) -> bool {
        !may_call_unconfirmed(self.ever)
    }
}

/// Whether an unconfirmed number that has had this many calls ever may be called once more.
// guard: may_call_unconfirmed
fn may_call_unconfirmed(calls: u32) -> bool {
    calls < UNCONFIRMED_CALLS_MAX
}

/// Whether a person who has had this many calls may be called once more.
// guard: has_room
fn has_room(calls: usize, limit: u32) -> bool {
    u32::try_from(calls).is_ok_and(|calls| calls < limit)
}

/// Whether an instant is less than `span_s` seconds before `now`, or after `now`.
fn is_within(instant: Timestamp, now: Timestamp, span_s: i64) -> bool {
    instant > after(now, -span_s)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: CallsPerPerson = CallsPerPerson { per_hour: 3, per_day: 5 };

    fn at(minute: i64) -> Timestamp {
        after("2026-03-01T12:00:00Z".parse().unwrap(), minute * 60)
    }

    fn counted(minutes: &[i64], ever: usize) -> CountedCalls {
        CountedCalls::noted(minutes.iter().map(|minute| at(*minute)), u32::try_from(ever).unwrap())
    }

    fn calls(minutes: &[i64]) -> CountedCalls {
        counted(minutes, minutes.len())
    }

    #[test]
    fn an_hour_and_a_day_have_room_for_as_many_calls_as_their_limits_allow() {
        let check = |minutes: &[i64], minute: i64, expected: Option<ReachedLimit>| {
            assert_eq!(calls(minutes).reached(&LIMITS, at(minute)), expected, "{minutes:?} and {minute}");
        };
        let (hour, day) = (Some(ReachedLimit::PerHour(3)), Some(ReachedLimit::PerDay(5)));
        check(&[], 0, None);
        check(&[0, 1], 2, None);
        check(&[0, 1, 2], 3, hour);
        check(&[0, 1, 2], 59, hour);
        check(&[0, 1, 2], 60, None);
        check(&[2, 3, 4], 0, hour);
        check(&[0, 61, 122, 183], 244, None);
        check(&[0, 61, 122, 183, 244], 305, day);
        check(&[0, 61, 122, 183, 244], 1439, day);
        check(&[0, 61, 122, 183, 244], 1440, None);
        check(&[0, 1, 2, 3, 4], 5, hour);
    }

    #[test]
    fn a_call_that_is_taken_back_no_longer_counts_and_neither_does_a_call_of_the_day_before() {
        assert_eq!(calls(&[0, 5]).with(at(3)), calls(&[0, 3, 5]));
        assert_eq!(calls(&[0, 5]).with(at(1440)), counted(&[5, 1440], 3));
        assert_eq!(calls(&[0, 5]).with(at(1445)), counted(&[1445], 3));
        assert_eq!(calls(&[0, 5, 5]).without(at(5)), calls(&[0, 5]));
        assert_eq!(calls(&[0, 5]).without(at(6)), calls(&[0, 5]));
    }

    #[test]
    fn an_unconfirmed_number_gets_three_calls_for_ever() {
        let mut counted = CountedCalls::default();
        for day in 0..3 {
            assert!(!counted.are_all_unconfirmed());
            counted = counted.with(at(day * 60 * 24 * 30));
        }
        assert!(counted.are_all_unconfirmed());
        let given_back = counted.without(at(2 * 60 * 24 * 30));
        assert!(!given_back.are_all_unconfirmed());
        assert_eq!(given_back.ever(), 2);
        assert_eq!(CountedCalls::noted([at(0)], 0).without(at(0)).ever(), 0, "an item of an earlier release");
    }

    proptest! {
        #[test]
        fn no_hour_and_no_day_has_more_calls_than_its_limit(waits in prop::collection::vec(0_i64..200, 1..80)) {
            let (mut counted, mut placed, mut minute) = (CountedCalls::default(), Vec::new(), 0);
            for wait in waits {
                minute += wait;
                if counted.reached(&LIMITS, at(minute)).is_none() {
                    counted = counted.with(at(minute));
                    placed.push(minute);
                }
                prop_assert!(counted.recent().len() <= 5);
            }
            prop_assert!(placed.windows(4).all(|four| four[3] >= four[0] + 60), "{placed:?}");
            prop_assert!(placed.windows(6).all(|six| six[5] >= six[0] + 24 * 60), "{placed:?}");
        }
    }
}
