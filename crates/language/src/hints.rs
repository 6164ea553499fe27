//! Facts about the sender of a text that the text does not contain.

use crate::{country::Country, question::Question};

/// Facts about the sender that the text does not contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hints {
    /// The sender's country: it decides which holidays are meant, and how dates in digits are read, such as 3/4.
    pub country: Country,
    /// The question that the sender was asked last, unless it was answered or has expired.
    pub question: Option<Question>,
}
