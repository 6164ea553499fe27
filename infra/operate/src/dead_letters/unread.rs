//! Dead letters that could not be read, so that a short list is not taken for all there are.

use std::fmt::Write as _;

use super::queue::{MOST_READ, Received};

/// Dead letters that may be in the queues beside those that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// The queues that may have more than is read at once.
    pub(super) full: Vec<&'static str>,
    /// The queues of which another reader holds messages, and how many.
    pub(super) in_flight: Vec<(&'static str, usize)>,
}

impl Unread {
    pub(super) fn note(&mut self, queue: &'static str, received: &Received) {
        if received.messages.len() >= MOST_READ {
            self.full.push(queue);
        }
        if received.in_flight > 0 {
            self.in_flight.push((queue, received.in_flight));
        }
    }

    /// One line for each queue that has some; empty if everything was read.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        // A `String` takes any text.
        for full in &self.full {
            let _ = writeln!(lines, "There may be more in {full}: no more than {MOST_READ} are read at once.");
        }
        for (queue, count) in &self.in_flight {
            let are = if *count == 1 { "is" } else { "are" };
            let _ = writeln!(lines, "{count} more in {queue} {are} being read by somebody; look again in a minute.");
        }
        lines
    }

    /// Messages that another reader holds.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.iter().map(|(_, count)| count).sum()
    }
}
