//! Everything that an observer outside the service saw, in order: texts, calls, keys, reports, opt-outs, alarms, dead
//! letters, and what was done to the store and the functions. For a printed timeline, the history also keeps notes of internal events, which the checker never reads.

mod kinds;
mod observation;

use std::cell::{Cell, RefCell};
use std::fmt;

use jiff::Timestamp;

pub use kinds::{AnswerRoute, CallEnd, DeadLetterCause, PickedUpBy, Recorded, RequestOutcome, SentText, Speech};
pub use observation::Observation;

use crate::engine::instant;

/// One observation and its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// True time, in milliseconds since 1970.
    pub at_ms: i64,
    /// The observed event.
    pub seen: Observation,
}

/// All observations of a world so far.
#[derive(Debug, Default)]
pub struct History {
    entries: RefCell<Vec<Entry>>,
    timeline: RefCell<Vec<(i64, String)>>,
    keeps_timeline: Cell<bool>,
}

impl History {
    /// Starts to keep a timeline for printing, which includes internal events.
    pub fn keep_timeline(&self) {
        self.keeps_timeline.set(true);
    }

    /// Records an observation.
    pub(crate) fn record(&self, at_ms: i64, seen: Observation) {
        if self.keeps_timeline.get() {
            self.timeline.borrow_mut().push((at_ms, format!("{seen:?}")));
        }
        self.entries.borrow_mut().push(Entry { at_ms, seen });
    }

    /// Records an internal event for the timeline. No check may depend on it.
    pub(crate) fn trace(&self, at_ms: i64, describe: impl FnOnce() -> String) {
        if self.keeps_timeline.get() {
            let line = format!("    {}", describe());
            self.timeline.borrow_mut().push((at_ms, line));
        }
    }

    /// The bodies of all dead letters so far.
    pub fn dead_letters(&self) -> Vec<String> {
        let body = |entry: &Entry| match &entry.seen {
            Observation::DeadLetter { body, .. } => Some(body.clone()),
            _ => None,
        };
        self.entries.borrow().iter().filter_map(body).collect()
    }

    /// Takes out all observations, in order.
    pub(crate) fn take(&self) -> Vec<Entry> {
        self.entries.take()
    }

    /// The timeline, one line for each event.
    pub fn timeline(&self) -> Vec<String> {
        let timeline = self.timeline.borrow();
        let first = timeline.first().map_or(0, |(at_ms, _)| *at_ms);
        timeline.iter().map(|(at_ms, line)| format!("{} {line}", TimelineInstant { at_ms: *at_ms, first })).collect()
    }
}

/// An instant as the timeline shows it: UTC, and seconds since the timeline began.
struct TimelineInstant {
    at_ms: i64,
    first: i64,
}

impl fmt::Display for TimelineInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at: Timestamp = instant(self.at_ms);
        let since_ms = self.at_ms - self.first;
        write!(f, "{at:.3} {:>6}.{:03}", since_ms / 1000, since_ms % 1000)
    }
}
