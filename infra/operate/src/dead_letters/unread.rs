//! Dead letters that were not read, so that an incomplete list is not mistaken for a complete one.

use std::fmt::Write as _;

use serde::Serialize;

use super::queue::{MOST_READ, Received};

/// Dead letters that may be in the queues in addition to those that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Queues that may have more messages than one reading receives.
    pub(super) full: Vec<&'static str>,
    /// Queues with messages that other readers have received, and how many.
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

    /// Returns a line for each full queue and for each queue with messages in flight. Empty if there are none.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut lines = String::new();
        // Writing to a `String` can't fail.
        for full in &self.full {
            let _ = writeln!(lines, "{full} may have more messages: one run reads at most {MOST_READ}.");
        }
        for (queue, count) in &self.in_flight {
            let messages = if *count == 1 { "message" } else { "messages" };
            let _ =
                writeln!(lines, "{count} more {messages} of {queue} in use by another reader. Try again in a minute.");
        }
        lines
    }

    /// Whether every dead letter was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.full.is_empty() && self.in_flight.is_empty()
    }

    /// Returns the number of messages that other readers have received.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.iter().map(|(_, count)| count).sum()
    }
}
