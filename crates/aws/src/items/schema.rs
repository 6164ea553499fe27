//! The versions of the items' form, and why an item can't be read.

use reminder::ports::ReadError;

/// The version of the items' form that is written. It and the ones before it, from [`OLDEST_SCHEMA`] on, are read.
///
/// A change that an older function would misread takes the next number, and so does a new kind of record in the deadline
/// index: the older function puts such an item off instead of setting it aside. Functions that read the new form are
/// deployed first, then functions that write it.
pub(crate) const SCHEMA: u32 = 1;

/// The oldest version of the items' form that is read.
pub(crate) const OLDEST_SCHEMA: u32 = 1;

const _: () = assert!(OLDEST_SCHEMA <= SCHEMA);

/// Why an item or an attribute could not be read. Each reason has the item's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotOurs {
    /// An attribute is missing or has an unexpected form.
    Malformed(String),
    /// A later release wrote the item.
    Newer(String),
}

impl From<NotOurs> for ReadError {
    fn from(not_ours: NotOurs) -> Self {
        match not_ours {
            NotOurs::Malformed(reason) => Self::Unreadable(reason),
            NotOurs::Newer(reason) => Self::Newer(reason),
        }
    }
}
