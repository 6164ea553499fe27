//! What a reading of dead letters could not see, so that nobody takes a short list for all there is.

use std::fmt::Write as _;

use super::queue::{MOST, Reading};

/// What may be in the queues besides what was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unseen {
    /// The queues of which as much was read as is read at once.
    pub(super) full: Vec<&'static str>,
    /// The queues of which somebody else holds letters, and how many.
    pub(super) elsewhere: Vec<(&'static str, usize)>,
}

impl Unseen {
    pub(super) fn note(&mut self, queue: &'static str, reading: &Reading) {
        if reading.held.len() >= MOST {
            self.full.push(queue);
        }
        if reading.elsewhere > 0 {
            self.elsewhere.push((queue, reading.elsewhere));
        }
    }

    /// What it is, as people read it; empty where everything was seen.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        // A `String` takes any text.
        for full in &self.full {
            let _ = writeln!(lines, "There may be more in {full}: no more than {MOST} are read at once.");
        }
        for (queue, count) in &self.elsewhere {
            let are = if *count == 1 { "is" } else { "are" };
            let _ = writeln!(lines, "{count} more in {queue} {are} being read by somebody; look again in a minute.");
        }
        lines
    }

    /// How many letters somebody else holds.
    pub(super) fn elsewhere(&self) -> usize {
        self.elsewhere.iter().map(|(_, count)| count).sum()
    }
}
