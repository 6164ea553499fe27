//! Productions. Most read tokens from a given place on, and return a value and the place after the last token that
//! they read.
//!
//! A production does not know the meaning of the whole text; `resolve` puts the pieces together.

pub(crate) mod amount;
pub(crate) mod bare_number;
pub(crate) mod bound;
pub(crate) mod clock;
pub(crate) mod correction;
pub(crate) mod dates;
pub(crate) mod day_part;
pub(crate) mod exception;
pub(crate) mod number;
pub(crate) mod piece;
pub(crate) mod pieces;
pub(crate) mod preposition;
pub(crate) mod recurrence;
pub(crate) mod relative;
pub(crate) mod request_words;
pub(crate) mod time_words;
pub(crate) mod title;
pub(crate) mod zone;
