//! Limits on the calls to one person. They hold for everybody: a reminder service that calls more often is a nuisance,
//! and a sender of texts can be forged.

use jiff::Timestamp;

use crate::policy::{CallsPerPerson, DAY_S, HOUR_S, after};

/// A limit of calls that a person has reached. A text replaces the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReachedLimit {
    /// As many calls within an hour as this limit allows. The text says so.
    PerHour(u32),
    /// As many calls within a day as this limit allows. The text says so.
    PerDay(u32),
    /// One of these two limits. A text within the last hour has said so.
    SaidBefore,
}

/// The calls to a person that count toward the limits: when the turn of each call was taken, oldest first. A call that
/// the carrier refuses for now does not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountedCalls {
    recent: Vec<Timestamp>,
}

impl CountedCalls {
    /// Returns the calls with these instants, which may come in any order.
    pub fn noted(recent: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut recent: Vec<Timestamp> = recent.into_iter().collect();
        recent.sort_unstable();
        Self { recent }
    }

    /// When the turns of the calls were taken, oldest first.
    pub fn recent(&self) -> &[Timestamp] {
        &self.recent
    }

    /// Returns the calls with a call at `now` added. Calls that are a day old no longer count, so their number is at
    /// most the limit of calls within a day.
    #[must_use]
    pub fn with(&self, now: Timestamp) -> Self {
        Self::noted(self.recent.iter().copied().filter(|call| is_within(*call, now, DAY_S)).chain([now]))
    }

    /// Returns the calls without the call that was counted at `counted_at`.
    #[must_use]
    pub fn without(&self, counted_at: Timestamp) -> Self {
        let mut left = self.clone();
        if let Some(index) = left.recent.iter().rposition(|call| *call == counted_at) {
            left.recent.remove(index);
        }
        left
    }

    /// Returns the limit that allows no further call at `now`. `None` if another call is allowed.
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

    fn calls(minutes: &[i64]) -> CountedCalls {
        CountedCalls::noted(minutes.iter().map(|minute| at(*minute)))
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
        assert_eq!(calls(&[0, 5]).with(at(1440)), calls(&[5, 1440]));
        assert_eq!(calls(&[0, 5]).with(at(1445)), calls(&[1445]));
        assert_eq!(calls(&[0, 5, 5]).without(at(5)), calls(&[0, 5]));
        assert_eq!(calls(&[0, 5]).without(at(6)), calls(&[0, 5]));
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
