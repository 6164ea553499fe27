//! The schedules that have not fired yet.

use std::collections::BTreeMap;

/// The schedules that have not fired yet.
#[derive(Debug, Default)]
pub struct Scheduler {
    pub(super) schedules: BTreeMap<String, String>,
}

impl Scheduler {
    /// Number of schedules whose name contains this text.
    pub fn named(&self, name: &str) -> usize {
        self.schedules.keys().filter(|schedule| schedule.contains(name)).count()
    }
}
