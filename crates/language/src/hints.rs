//! Facts about the sender of a text that the text does not contain.

use crate::{country::Country, question::Question};

/// Facts about the sender that the text does not contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hints {
    /// The sender's country: it decides which holidays are meant, and whether 3/4 is in March or in April.
    pub country: Country,
    /// The question that the sender was asked last, unless it was answered or has expired.
    pub question: Option<Question>,
}
