//! What is known about the sender of a text beside the text itself.

use crate::{country::Country, question::Question};

/// What is known about the person beside the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Whose holidays are meant, and whether 3/4 is in March or in April.
    pub country: Country,
    /// What we asked them last, if they have not answered and it has not expired.
    pub question: Option<Question>,
}
