//! The waits between the calls of an occurrence.

use super::limits::RETRY_DELAYS_MAX;

/// The wait after each call of an occurrence except the last, in seconds. There are 1 to [`RETRY_DELAYS_MAX`] of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryDelays {
    /// The delays in order. The elements from `length` on are 0, so that two lists with the same delays compare as
    /// equal.
    delays_s: [i64; RETRY_DELAYS_MAX],
    length: u8,
}

impl RetryDelays {
    /// Returns these delays. An array that is empty or longer than [`RETRY_DELAYS_MAX`] does not compile.
    pub const fn new<const LENGTH: usize>(delays_s: [i64; LENGTH]) -> Self {
        const { assert!(LENGTH >= 1 && LENGTH <= RETRY_DELAYS_MAX) };
        Self::filled(&delays_s)
    }

    /// Returns these delays, or `None` if there are none or more than [`RETRY_DELAYS_MAX`].
    pub const fn from_slice(delays_s: &[i64]) -> Option<Self> {
        if delays_s.is_empty() || delays_s.len() > RETRY_DELAYS_MAX {
            return None;
        }
        Some(Self::filled(delays_s))
    }

    const fn filled(delays_s: &[i64]) -> Self {
        let mut filled = Self { delays_s: [0; RETRY_DELAYS_MAX], length: 0 };
        while (filled.length as usize) < delays_s.len() {
            filled.delays_s[filled.length as usize] = delays_s[filled.length as usize];
            filled.length += 1;
        }
        filled
    }

    /// The delays in order, in seconds.
    pub const fn as_slice(&self) -> &[i64] {
        self.delays_s.split_at(self.length as usize).0
    }

    /// Maximum number of calls of one occurrence: the first call, and one after each delay.
    pub const fn attempts(&self) -> u8 {
        self.length + 1
    }

    /// The wait after `attempt`, in seconds. Attempts are counted from 1. `None` if that was the last attempt.
    pub fn get(&self, attempt: u8) -> Option<i64> {
        let index = usize::from(attempt).checked_sub(1)?;
        self.as_slice().get(index).copied()
    }
}

const _: () = assert!(RETRY_DELAYS_MAX < u8::MAX as usize, "attempts must be counted in a u8");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_one_to_four_delays() {
        let all_s = [1; RETRY_DELAYS_MAX + 1];
        for length in 0..=all_s.len() {
            let delays = RetryDelays::from_slice(&all_s[..length]);
            let expected = (1..=RETRY_DELAYS_MAX).contains(&length).then_some(&all_s[..length]);
            assert_eq!(delays.as_ref().map(RetryDelays::as_slice), expected);
        }
    }

    #[test]
    fn there_is_a_delay_after_each_attempt_except_the_last() {
        let table: [(RetryDelays, u8, [Option<i64>; 7]); 4] = [
            (RetryDelays::new([20]), 2, [None, Some(20), None, None, None, None, None]),
            (RetryDelays::new([20, 3]), 3, [None, Some(20), Some(3), None, None, None, None]),
            (RetryDelays::new([20, 3, 40]), 4, [None, Some(20), Some(3), Some(40), None, None, None]),
            (RetryDelays::new([20, 3, 40, 5]), 5, [None, Some(20), Some(3), Some(40), Some(5), None, None]),
        ];
        for (delays, attempts, expected_s) in table {
            assert_eq!(delays.attempts(), attempts, "{delays:?}");
            assert_eq!([0, 1, 2, 3, 4, 5, u8::MAX].map(|attempt| delays.get(attempt)), expected_s, "{delays:?}");
        }
    }
}
