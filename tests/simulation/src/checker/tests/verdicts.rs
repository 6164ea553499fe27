//! Assertions about the breaches that the judge finds.

use crate::checker::Judgement;

/// Asserts that there are no breaches.
pub(super) fn held(judgement: &Judgement) {
    assert!(judgement.breaches.is_empty(), "{:#?}", judgement.breaches);
}

/// Asserts that this guarantee is broken.
pub(super) fn broken(judgement: &Judgement, guarantee: &str) {
    assert!(judgement.breaches.iter().any(|breach| breach.guarantee == guarantee), "{:#?}", judgement.breaches);
}

/// Asserts that no breach has these words.
pub(super) fn keeps(judgement: &Judgement, words: &str) {
    assert!(judgement.breaches.iter().all(|breach| !breach.description.contains(words)), "{:#?}", judgement.breaches);
}

/// Asserts that a breach has these words.
pub(super) fn breaks(judgement: &Judgement, words: &str) {
    assert!(judgement.breaches.iter().any(|breach| breach.description.contains(words)), "{:#?}", judgement.breaches);
}
