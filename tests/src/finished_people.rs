//! People whose tests are over: they may get no more calls, texts or reminders.

use std::sync::{Mutex, PoisonError};

/// The people of a stage whose tests are over.
#[derive(Debug, Default)]
pub(crate) struct FinishedPeople(Mutex<Vec<FinishedPerson>>);

/// A person whose test is over, and their activity at that time, which may not grow.
#[derive(Debug)]
pub(crate) struct FinishedPerson {
    /// Phone number in E.164 form.
    pub(crate) number: String,
    pub(crate) activity: Activity,
}

/// Counts of the calls and texts that the service has made for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Activity {
    /// Calls that the service asked the carrier for.
    pub(crate) dials: usize,
    /// Texts to the person, late answers included.
    pub(crate) texts: usize,
    pub(crate) reminders: usize,
}

impl FinishedPeople {
    pub(crate) fn add(&self, person: FinishedPerson) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(person);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Returns all finished people, and forgets them.
    pub(crate) fn take(&self) -> Vec<FinishedPerson> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
