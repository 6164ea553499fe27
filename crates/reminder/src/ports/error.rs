//! Why a store could not be read or written.

/// Why a read failed. Whoever asked may ask again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The store did not answer, or refused for now.
    #[error("the store could not be read: {0}")]
    Transient(String),
    /// The item is there, but is not of a form that we write.
    #[error("an item is not of our form: {0}")]
    Unreadable(String),
}

/// Why a write did not certainly happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A condition failed, or another transaction held an item: somebody else was faster, or this is a repeat.
    #[error("a condition of the write failed")]
    Conflict,
    /// It is not known whether the write happened.
    #[error("the store did not say whether the write happened: {0}")]
    Unknown(String),
}
