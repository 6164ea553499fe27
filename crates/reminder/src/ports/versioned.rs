//! Optimistic locking: a store returns each value with its version, and a write names the version that it replaces.

use std::ops::Deref;

use crate::ids::WriteId;
use crate::outgoing_text::OutgoingText;
use crate::record::Reminder;

/// A value as a store holds it, with the version under which it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    value: T,
    version: u64,
}

/// A write that replaces the version that was read, or creates the value.
///
/// A store MUST write the value only while it holds exactly the replaced version, and MUST store the value under
/// [`Self::version`]. No other code computes a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement<T> {
    value: T,
    replaced: Option<u64>,
}

impl<T> Versioned<T> {
    /// Wraps a value that a store has read, with the version that it is stored under.
    pub fn read(value: T, version: u64) -> Self {
        Self { value, version }
    }

    /// The version that the value is stored under. 0 if it has never been written.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the value without its version.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the write that replaces this version by `next`.
    pub fn replaced_by(&self, next: T) -> Replacement<T> {
        Replacement { value: next, replaced: (self.version > 0).then_some(self.version) }
    }

    /// Returns another value, made of this one, with the same version.
    #[must_use]
    pub fn map(self, change: impl FnOnce(T) -> T) -> Self {
        Self { value: change(self.value), version: self.version }
    }

    /// Wraps a value that has never been written.
    pub fn unwritten(value: T) -> Self {
        Self { value, version: 0 }
    }
}

impl<T> Replacement<T> {
    /// Returns the first write of a value.
    pub fn creation(value: T) -> Self {
        Self { value, replaced: None }
    }

    /// The version that the store MUST still hold. `None` means that it MUST hold no version.
    pub fn replaced(&self) -> Option<u64> {
        self.replaced
    }

    /// The version under which the store MUST write the value.
    pub fn version(&self) -> u64 {
        self.replaced.unwrap_or(0) + 1
    }

    /// Returns the value as the store holds it after this write.
    pub fn written(self) -> Versioned<T> {
        let version = self.version();
        Versioned { value: self.value, version }
    }
}

impl Replacement<Reminder> {
    /// Returns the same write under this id. A writer that gets no response recognizes its own write by this id.
    #[must_use]
    pub fn with_write_id(self, write_id: WriteId) -> Self {
        Self { value: Reminder { write_id, ..self.value }, ..self }
    }
}

impl Replacement<OutgoingText> {
    /// Returns the same write under this id. A writer that gets no response recognizes its own write by this id.
    #[must_use]
    pub fn with_write_id(self, write_id: WriteId) -> Self {
        Self { value: OutgoingText { write_id, ..self.value }, ..self }
    }
}

impl<T> Deref for Versioned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Deref for Replacement<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_write_increments_the_version_and_names_the_replaced_one() {
        let first = Replacement::creation("a");
        assert_eq!((first.replaced(), first.version()), (None, 1));
        let second = first.written().replaced_by("b");
        assert_eq!((second.replaced(), second.version(), *second), (Some(1), 2, "b"));
        assert_eq!(second.written(), Versioned::read("b", 2));
    }

    #[test]
    fn a_value_that_was_never_written_is_created() {
        assert_eq!(Versioned::unwritten("a").replaced_by("b"), Replacement::creation("b"));
        assert_eq!(Versioned::read("a", 0).replaced_by("b"), Replacement::creation("b"));
    }

    #[test]
    fn a_value_that_was_changed_since_it_was_read_keeps_its_version() {
        assert_eq!(Versioned::read(3, 7).map(|three| three + 1), Versioned::read(4, 7));
    }
}
