//! Limits on what a person may ask for. A sender can be forged, and a forger could make another person's phone ring.

use jiff::Timestamp;

use crate::policy::{DAY_S, HOUR_S, OPEN_MAX_UNCONFIRMED, SOON_MAX, SOON_S, after};

/// Maximum number of refusals that are sent in an hour to a number that is not served. A person who repeats the request
/// already knows the answer.
pub const REFUSALS_MAX: usize = 1;

/// Maximum number of texts in an hour that are answered although they can't be read as a request. Without this limit,
/// two machines that answer each other would never stop.
pub const UNCLEAR_MAX: usize = 3;

/// Maximum number of wrong codes of a number that are compared with its code in a day. A forger who tries codes must not
/// find the right one.
pub const WRONG_CODES_MAX: usize = 5;

/// Maximum number of answers in an hour. Texts above it are neither answered nor carried out, except an opt-out or an
/// opt-in, which is carried out. Each answer is a text that the operator pays for, and a sender can be forged.
pub const ANSWERS_MAX: usize = 60;

/// Number of answers in an hour above which only texts that make or change something are answered. A person rarely needs
/// so many, and a forger can't fill the whole hour with texts such as LIST.
pub const UNCHANGING_ANSWERS_MAX: usize = 30;

const _: () = assert!(UNCHANGING_ANSWERS_MAX < ANSWERS_MAX, "texts that change something must be answered longer");

/// The recent requests of a person to which limits apply. Their number is bounded. A text counts at the time at which
/// it was received, and a call at its due. So the limits hold in any order in which texts are handled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls that an unconfirmed number has asked for.
    pub calls: Calls,
    /// Refusals that were sent because the number is not served.
    pub refusals: HourlyLimit<REFUSALS_MAX>,
    /// Answered texts that can't be read as a request.
    pub unclear: HourlyLimit<UNCLEAR_MAX>,
    /// Answers of any kind.
    pub answers: Answers,
    /// Texts with a wrong code. No code is accepted above this limit.
    pub wrong_codes: WrongCodes,
}

/// The dues of the calls that an unconfirmed number has asked for, in order.
///
/// Each new due counts: of a one-off, of the first occurrence of a series, of a snoozed or moved reminder. A due no
/// longer counts if its reminder is deleted, moved or skipped before the phone rings, if the person opts out before the
/// due, or when it is `COUNTS_S` old.
///
/// The further calls of a series are not counted. They are at least `REPEAT_UNCONFIRMED_MIN_S` apart, so that each open
/// series adds at most one call, and there are at most `OPEN_MAX_UNCONFIRMED` open series. So at most `SOON_MAX` calls,
/// plus one for each of those series, are due within `SOON_S`. No text can raise this limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls(Vec<Timestamp>);

/// How long a past due still counts, in seconds. A text that is handled late may ask for a call that is already late
/// by up to the max lateness, which is at most [`SOON_S`]. That call counts together with the dues before it.
const COUNTS_S: i64 = 2 * SOON_S;

/// Maximum number of dues that count at once: `SOON_MAX` in each of the two periods of `SOON_S` before now, and one for
/// each open reminder that is due later.
const CALLS_MAX: usize = 2 * SOON_MAX + OPEN_MAX_UNCONFIRMED;

impl Calls {
    /// Returns the calls with these recorded dues, which may come in any order.
    pub fn noted(dues: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut dues: Vec<Timestamp> = dues.into_iter().collect();
        dues.sort_unstable();
        Self(dues)
    }

    /// The recorded dues, oldest first.
    pub fn dues(&self) -> &[Timestamp] {
        &self.0
    }

    /// Returns the calls with `more` dues added. `None` if there is no room for them at `now`.
    #[must_use]
    pub fn with(&self, more: &[Timestamp], now: Timestamp) -> Option<Self> {
        let count = |due: &Timestamp| *due >= after(now, -COUNTS_S);
        let all = Self::noted(self.0.iter().chain(more).copied().filter(count));
        let is_crowded = |dues: &[Timestamp]| dues[SOON_MAX] < after(dues[0], SOON_S);
        let fits = all.0.len() <= CALLS_MAX && !all.0.windows(SOON_MAX + 1).any(is_crowded);
        fits.then_some(all)
    }

    /// Stops counting one call that is due at `due` and has not rung.
    pub fn take_back(&mut self, due: Timestamp) {
        if let Some(index) = self.0.iter().position(|noted| *noted == due) {
            self.0.remove(index);
        }
    }

    /// Stops counting all calls that are due after `now`.
    pub fn take_all_back(&mut self, now: Timestamp) {
        self.0.retain(|due| *due <= now);
    }
}

/// A limit of `MAX` texts of one kind within `SPAN_S` seconds. For the newest texts of this kind, it holds when they were
/// received, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextLimit<const MAX: usize, const SPAN_S: i64>(Vec<Timestamp>);

/// A limit of `MAX` answers of one kind in an hour.
pub type HourlyLimit<const MAX: usize> = TextLimit<MAX, HOUR_S>;

/// The limit of texts with a wrong code in a day.
pub type WrongCodes = TextLimit<WRONG_CODES_MAX, DAY_S>;

impl<const MAX: usize, const SPAN_S: i64> TextLimit<MAX, SPAN_S> {
    /// Returns the limit with these recorded texts, which may come in any order.
    pub fn noted(texts: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut texts: Vec<Timestamp> = texts.into_iter().collect();
        texts.sort_unstable();
        texts.drain(..texts.len().saturating_sub(MAX));
        Self(texts)
    }

    /// The recorded texts, oldest first.
    pub fn texts(&self) -> &[Timestamp] {
        &self.0
    }

    /// Returns the limit with this text added. `None` if the limit is reached. Texts that were received at any time
    /// after it count too, so a text that is handled late may be above the limit although its own span has room.
    #[must_use]
    pub fn with(&self, received_at: Timestamp) -> Option<Self> {
        let recent = self.0.iter().filter(|text| after(**text, SPAN_S) > received_at).count();
        is_below(recent, MAX).then(|| Self::noted(self.0.iter().copied().chain([received_at])))
    }
}

/// Whether this many texts leave room for one more.
// guard: is_below
fn is_below(texts: usize, max: usize) -> bool {
    texts < max
}

/// The answers to a person's texts. For the newest answered texts, it holds when they were received, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(Vec<Timestamp>);

/// How long an answer is kept, in seconds, counted back from the newest one. A parked text is handled up to a day after
/// it was received, and then the answers of the hour before it still count.
const KEPT_S: i64 = DAY_S + HOUR_S;

impl Answers {
    /// Returns the answers to texts that were received at these instants, which may come in any order.
    pub fn noted(texts: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut texts: Vec<Timestamp> = texts.into_iter().collect();
        texts.sort_unstable();
        texts.drain(..texts.len().saturating_sub(ANSWERS_MAX));
        if let Some(newest) = texts.last().copied() {
            texts.retain(|text| *text >= after(newest, -KEPT_S));
        }
        Self(texts)
    }

    /// When the answered texts were received, oldest first.
    pub fn texts(&self) -> &[Timestamp] {
        &self.0
    }

    /// Returns the answers with the answer to this text added. `None` if the text may not be answered, because it has
    /// at least `max` answers in its hour. As with [`TextLimit::with`], texts that were received later count too.
    #[must_use]
    pub fn with(&self, received_at: Timestamp, max: usize) -> Option<Self> {
        let recent = self.0.iter().filter(|text| after(**text, HOUR_S) > received_at).count();
        may_be_answered(recent, max).then(|| Self::noted(self.0.iter().copied().chain([received_at])))
    }
}

/// Whether a person who got this many answers in an hour gets one more.
// guard: may_be_answered
fn may_be_answered(answers: usize, max: usize) -> bool {
    answers < max
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
    fn a_quarter_of_an_hour_has_room_for_five_calls() {
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
    fn recorded_dues_and_texts_are_in_order() {
        assert_eq!(calls(&[5, -1, 3]).dues(), [at(-1), at(3), at(5)]);
        assert_eq!(HourlyLimit::<2>::noted([at(5), at(-1), at(3)]).texts(), [at(3), at(5)]);
    }

    #[test]
    fn one_call_or_all_calls_ahead_can_be_taken_back() {
        let mut noted = calls(&[-1, 0, 5, 5, 9]);
        for minute in [5, 7] {
            noted.take_back(at(minute));
        }
        assert_eq!(noted, calls(&[-1, 0, 5, 9]));
        noted.take_all_back(at(0));
        assert_eq!(noted, calls(&[-1, 0]));
    }

    #[test]
    fn an_hour_has_room_for_max_answers() {
        let check = |noted: &[i64], minute: i64, is_answered: bool| {
            let noted = HourlyLimit::<3>::noted(noted.iter().map(|minute| at(*minute)));
            assert_eq!(noted.with(at(minute)).is_some(), is_answered, "{:?} and {minute}", noted.texts());
        };
        check(&[], 0, true);
        check(&[0, 1], 2, true);
        check(&[0, 1, 2], 3, false);
        check(&[0, 1, 2], 59, false);
        check(&[0, 1, 2], 60, true);
        check(&[60, 61, 62], 1, false);
        check(&[-60, 61, 62], 1, true);
    }

    #[test]
    fn a_day_has_room_for_five_wrong_codes() {
        let codes = WrongCodes::noted([0, 1, 2, 3, 4].map(at));
        assert!(WrongCodes::noted([0, 1, 2, 3].map(at)).with(at(4)).is_some());
        assert_eq!(codes.with(at(24 * 60 - 1)), None);
        assert_eq!(codes.with(at(24 * 60)).unwrap().texts(), [1, 2, 3, 4, 24 * 60].map(at));
    }

    #[test]
    fn an_hour_has_room_for_thirty_answers_and_for_thirty_more_about_changes() {
        let mut answers = Answers::default();
        for (minute, max, is_answered) in [
            (0, UNCHANGING_ANSWERS_MAX, true),
            (5, UNCHANGING_ANSWERS_MAX, false),
            (5, ANSWERS_MAX, true),
            (10, ANSWERS_MAX, false),
            (59, UNCHANGING_ANSWERS_MAX, false),
            (60, ANSWERS_MAX, true),
        ] {
            for _ in 0..UNCHANGING_ANSWERS_MAX {
                let more = answers.with(at(minute), max);
                assert_eq!(more.is_some(), is_answered, "{minute}");
                answers = more.unwrap_or(answers);
            }
        }
        assert_eq!(answers.texts().len(), ANSWERS_MAX);
    }

    #[test]
    fn answers_of_a_text_that_is_handled_late_still_count_a_day_later_and_older_ones_are_forgotten() {
        let answers = Answers::noted([at(0), at(60), at(24 * 60)]);
        assert_eq!(answers.texts(), [at(0), at(60), at(24 * 60)]);
        let later = answers.with(at(26 * 60), ANSWERS_MAX).unwrap();
        assert_eq!(later.texts(), [at(60), at(24 * 60), at(26 * 60)]);
    }

    proptest! {
        #[test]
        fn no_hour_has_more_than_max_answers_in_any_order_of_handling(
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
