//! Lateness of calls.

use jiff::SignedDuration;

/// Tolerated clock skew: a call up to this long before its due does not count as early.
pub(crate) const SKEW: SignedDuration = SignedDuration::from_secs(1);

/// Returns a percentile of ascending durations, in milliseconds.
pub(crate) fn percentile(ordered: &[SignedDuration], percent: usize) -> Option<i64> {
    let rank = (ordered.len() * percent).div_ceil(100).max(1);
    ordered.get(rank - 1).and_then(|late| i64::try_from(late.as_millis()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let late: Vec<SignedDuration> = (1..=200).map(SignedDuration::from_millis).collect();
        assert_eq!((percentile(&late, 50), percentile(&late, 99), percentile(&[], 50)), (Some(100), Some(198), None));
    }
}
