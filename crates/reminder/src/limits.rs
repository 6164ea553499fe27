//! What may be asked of us in a while: senders can be forged, and whoever forges one has somebody else's phone ring.

use jiff::Timestamp;

use crate::policy::{HOUR_S, OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S, after};

/// Refusals that are answered in an hour, at most: who goes on asking has been told.
pub const REFUSALS_MAX: usize = 1;

/// Texts answered in an hour as not understood, at most: two machines that answer each other never stop by themselves.
pub const UNCLEAR_MAX: usize = 3;

/// What a person has asked for of late. Nothing in it grows without bounds, and all of it is measured on when texts were
/// received and calls are due, so that the order in which texts are handled does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls asked for by a number that may be forged.
    pub calls: Calls,
    /// Refusals that were answered.
    pub refusals: HourlyLimit<REFUSALS_MAX>,
    /// Texts that were answered as not understood.
    pub unclear: HourlyLimit<UNCLEAR_MAX>,
}

/// When the calls are due that an unconfirmed number has asked for, in order.
///
/// Each new due counts: a reminder's, the first one of a series, one put off, one moved. It stops to count when it is
/// taken back before its phone rings, since it then never does; deleting what has begun gives nothing back. The further
/// calls of a series are not counted: they are as far apart as `REPEAT_UNCONFIRMED_MIN_S`, so that the open series, of
/// which there are at most `OPEN_MAX_UNCONFIRMED`, add one each. In all no more than `SOON_MAX` and those are due
/// within `SOON_S`, whatever is texted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls(Vec<Timestamp>);

/// How long a due that has gone by still counts, in seconds: a text that is handled late may ask for a call that is
/// late already by its patience, which is no longer than [`SOON_S`], and that one counts with what was due before it.
const COUNTS_S: i64 = 2 * SOON_S;

/// Dues that count at once, at most: each half of what has gone by is as full as it may be, and the others are ahead,
/// each that of an open reminder.
const CALLS_MAX: usize = 2 * SOON_MAX + OPEN_MAX_UNCONFIRMED;

impl Calls {
    /// What was noted before, in any order.
    pub fn noted(dues: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut dues: Vec<Timestamp> = dues.into_iter().collect();
        dues.sort_unstable();
        Self(dues)
    }

    /// The dues that are noted, oldest first.
    pub fn dues(&self) -> &[Timestamp] {
        &self.0
    }

    /// These as well, if there is room for them at `now`.
    #[must_use]
    pub fn with(&self, more: &[Timestamp], now: Timestamp) -> Option<Self> {
        let count = |due: &Timestamp| *due >= after(now, -COUNTS_S);
        let all = Self::noted(self.0.iter().chain(more).copied().filter(count));
        let is_crowded = |dues: &[Timestamp]| dues[SOON_MAX] < after(dues[0], SOON_S);
        let fits = all.0.len() <= CALLS_MAX && !all.0.windows(SOON_MAX + 1).any(is_crowded);
        fits.then_some(all)
    }

    /// One of this due is taken back before its phone has rung.
    pub fn take_back(&mut self, due: Timestamp) {
        if let Some(index) = self.0.iter().position(|noted| *noted == due) {
            self.0.remove(index);
        }
    }

    /// All that are not due at `now` are taken back.
    pub fn take_all_back(&mut self, now: Timestamp) {
        self.0.retain(|due| *due <= now);
    }
}

/// When the texts were received that were answered in one way, of which there are `MAX` answers an hour: the newest
/// ones, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HourlyLimit<const MAX: usize>(Vec<Timestamp>);

impl<const MAX: usize> HourlyLimit<MAX> {
    /// What was noted before, in any order.
    pub fn noted(texts: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut texts: Vec<Timestamp> = texts.into_iter().collect();
        texts.sort_unstable();
        texts.drain(..texts.len().saturating_sub(MAX));
        Self(texts)
    }

    /// The texts that are noted, oldest first.
    pub fn texts(&self) -> &[Timestamp] {
        &self.0
    }

    /// This one as well, if it may be answered. Those received after it count too: a text that is handled late, when
    /// the answers of an hour are used up, is not worth one more.
    #[must_use]
    pub fn with(&self, received_at: Timestamp) -> Option<Self> {
        let recent = self.0.iter().filter(|text| after(**text, HOUR_S) > received_at).count();
        (recent < MAX).then(|| Self::noted(self.0.iter().copied().chain([received_at])))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        after("2026-03-01T12:00:00Z".parse().unwrap(), minute * 60)
    }

    fn calls(minutes: &[i64]) -> Calls {
        Calls::noted(minutes.iter().map(|minute| at(*minute)))
    }

    #[test]
    fn a_quarter_of_an_hour_holds_five_calls() {
        let check = |noted: &[i64], more: &[i64], fits: bool| {
            let more: Vec<Timestamp> = more.iter().map(|minute| at(*minute)).collect();
            assert_eq!(calls(noted).with(&more, at(0)).is_some(), fits, "{noted:?} and {more:?}");
        };
        check(&[], &[1, 1, 1, 1, 1], true);
        check(&[], &[1, 1, 1, 1, 1, 1], false);
        check(&[1, 2, 3, 4], &[5], true);
        check(&[1, 2, 3, 4, 5], &[6], false);
        check(&[1, 2, 3, 4, 5], &[15], false);
        check(&[1, 2, 3, 4, 5], &[16], true);
        check(&[10, 11, 12, 13, 14], &[-1], true);
        check(&[10, 11, 12, 13, 14], &[0], false);
        check(&[-14, -13, -12, -11, -10], &[0], false);
        check(&[-14, -13, -12, -11, -10], &[1], true);
        check(&[-20, -20, -20, -20, -20], &[-14], false);
        check(&[-50, -50, -50, -50, -50], &[-49], true);
        check(&[1, 1, 1, 30, 30, 30, 60, 60, 60, 90, 90, 90], &[120], true);
        check(&[1, 1, 1, 30, 30, 30, 60, 60, 60, 90, 90, 90, 120], &[150], false);
    }

    #[test]
    fn what_is_noted_is_told_oldest_first() {
        assert_eq!(calls(&[5, -1, 3]).dues(), [at(-1), at(3), at(5)]);
        assert_eq!(HourlyLimit::<2>::noted([at(5), at(-1), at(3)]).texts(), [at(3), at(5)]);
    }

    #[test]
    fn one_is_taken_back_or_all_that_are_ahead() {
        let mut noted = calls(&[-1, 0, 5, 5, 9]);
        for minute in [5, 7] {
            noted.take_back(at(minute));
        }
        assert_eq!(noted, calls(&[-1, 0, 5, 9]));
        noted.take_all_back(at(0));
        assert_eq!(noted, calls(&[-1, 0]));
    }

    #[test]
    fn an_hour_holds_so_many_answers() {
        let check = |noted: &[i64], minute: i64, answered: bool| {
            let noted = HourlyLimit::<3>::noted(noted.iter().map(|minute| at(*minute)));
            assert_eq!(noted.with(at(minute)).is_some(), answered, "{:?} and {minute}", noted.texts());
        };
        check(&[], 0, true);
        check(&[0, 1], 2, true);
        check(&[0, 1, 2], 3, false);
        check(&[0, 1, 2], 59, false);
        check(&[0, 1, 2], 60, true);
        check(&[60, 61, 62], 1, false);
        check(&[-60, 61, 62], 1, true);
    }

    proptest! {
        #[test]
        fn no_hour_has_more_answers_than_it_may_in_whatever_order_texts_are_handled(
            received in prop::collection::vec(0_i64..300, 1..60),
        ) {
            let mut noted = HourlyLimit::<3>::default();
            let mut answered = Vec::new();
            for minute in received {
                if let Some(more) = noted.with(at(minute)) {
                    noted = more;
                    answered.push(at(minute));
                }
                prop_assert!(noted.texts().len() <= 3);
            }
            answered.sort_unstable();
            prop_assert!(answered.windows(4).all(|four| four[3] >= after(four[0], HOUR_S)), "{:?}", answered);
        }
    }
}
