//! The schema versions of items, and why an item can't be read.

use reminder::ports::ReadError;

/// The schema version that is written. All versions from [`OLDEST_SCHEMA`] to this version are read.
///
/// Increase it for a change that an older release would misread, and for a new kind of record in the deadline index.
/// The sweeper of an older release then moves the item's deadline, instead of removing the item from the indexes.
/// First deploy functions that read the new version, then functions that write it.
pub(crate) const SCHEMA: u32 = 1;

/// The oldest schema version that is read.
pub(crate) const OLDEST_SCHEMA: u32 = 1;

const _: () = assert!(OLDEST_SCHEMA <= SCHEMA);

/// Why an item or an attribute could not be read. The reason names the item's key as
/// [`Key::shown`](super::keys::Key::shown) does, or says "no key" for a map inside an item.
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
