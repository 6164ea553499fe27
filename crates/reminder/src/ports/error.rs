//! The errors of reading from and writing to a store, and of sending a message.

/// A read failed. The caller may read again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The read failed for another reason. Mostly the store did not answer, or refused for now.
    #[error("the store could not be read: {0}")]
    Transient(String),
    /// The item exists, but its format is not one that we write.
    #[error("an item has an unexpected format: {0}")]
    Unreadable(String),
    /// A later release wrote the item, and was then rolled back. The item MUST stay as it is for that release.
    #[error("an item was written by a later release: {0}")]
    Newer(String),
}

/// A write failed, or it is unknown whether it happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A condition failed, or another transaction held an item. Either another writer was faster, or this write is a
    /// repeat.
    #[error("another write was faster, or this write is a repeat")]
    Conflict,
    /// The write failed for another reason. It may have happened, for example if the response was lost.
    #[error("a write failed, and may have happened: {0}")]
    Unknown(String),
}

/// A message may not have been sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message may not have been sent: {0}")]
pub struct SendError(pub String);
