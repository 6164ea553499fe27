//! Values that the operator may change while a function runs.

use std::sync::{Arc, PoisonError, RwLock};

/// A value that is replaced when the operator changes it. All clones share the value.
#[derive(Debug)]
pub struct Current<T>(Arc<RwLock<Arc<T>>>);

impl<T> Current<T> {
    /// Returns a shared value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(value))))
    }

    /// Returns the value.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: PartialEq> Current<T> {
    /// Replaces the value for all clones. Returns whether the new value differs from the old one.
    pub fn replace(&self, value: T) -> bool {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let differs = **current != value;
        *current = Arc::new(value);
        differs
    }
}

impl<T> Clone for Current<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_value_is_seen_by_every_clone() {
        let current = Current::new(1);
        let clone = current.clone();
        assert!(!clone.replace(1));
        assert!(clone.replace(2));
        assert_eq!(*current.get(), 2);
    }
}
