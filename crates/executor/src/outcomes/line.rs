//! The lines and their values.

use std::fmt;

use jiff::Timestamp;
use reminder::ids::{CallId, MessageId, OutgoingTextId, ReminderId, WriteId};
use reminder::metrics::{Metric, TARGET};

/// Values of metrics, as one field of a log line: `CallsPlaced=1 Lateness=1500`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Values(pub(super) Vec<(Metric, i64)>);

impl Values {
    pub(crate) fn count(&mut self, metric: Metric) {
        self.set(metric, 1);
    }

    pub(crate) fn set(&mut self, metric: Metric, value: i64) {
        self.0.push((metric, value));
    }
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (metric, value)) in self.0.iter().enumerate() {
            let space = if place == 0 { "" } else { " " };
            write!(f, "{space}{}={value}", metric.name())?;
        }
        Ok(())
    }
}

/// Whether lines with metrics are switched on. A function always writes them. The simulation does so only in the tests of
/// the metrics: composing the lines takes time.
pub(crate) fn is_read() -> bool {
    tracing::enabled!(target: TARGET, tracing::Level::INFO)
}

/// One transition of a record, as it is logged once it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(super) reminder: Option<ReminderId>,
    pub(super) text: Option<OutgoingTextId>,
    /// The text to the service that made or changed the reminder.
    pub(super) message: Option<MessageId>,
    /// The call that the event is about.
    pub(super) call: Option<CallId>,
    pub(super) event: &'static str,
    /// States before and after the event.
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    /// Number of the call, or of the try of a text.
    pub(super) attempt: Option<u8>,
    /// How the occurrence, the reminder or the text ended with the event.
    pub(super) end: Option<&'static str>,
    /// When the next call may start.
    pub(super) wake_at: Option<Timestamp>,
    /// When the sweeper takes over if nothing else happens.
    pub(super) deadline: Option<Timestamp>,
    pub(super) due: Option<Timestamp>,
    pub(super) late_ms: Option<i64>,
    /// The carrier's own code, if the event has one.
    pub(super) code: Option<u32>,
    pub(super) values: Values,
}

impl Line {
    /// Logs the transition.
    pub(crate) fn log(&self) {
        tracing::info!(
            target: TARGET,
            metrics = %self.values,
            reminder.id = self.reminder.as_ref().map(tracing::field::display),
            text.id = self.text.as_ref().map(tracing::field::display),
            message.id = self.message.as_ref().map(tracing::field::display),
            call.id = self.call.as_ref().map(tracing::field::display),
            event = self.event,
            from = self.from,
            to = self.to,
            attempt = self.attempt,
            end = self.end,
            wake_at = self.wake_at.map(tracing::field::display),
            deadline = self.deadline.map(tracing::field::display),
            due = self.due.map(tracing::field::display),
            late_ms = self.late_ms,
            code = self.code,
            "transition"
        );
    }
}

/// The lines of the tries to write one change. Only one of them is logged, because only one try is stored.
#[derive(Default)]
pub(crate) struct Lines(Vec<(WriteId, Line)>);

impl Lines {
    /// Keeps the line of a try, if anybody reads it.
    pub(crate) fn keep(&mut self, write_id: &WriteId, line: Option<Line>) {
        self.0.extend(line.map(|line| (write_id.clone(), line)));
    }

    /// Logs the line of the try that was stored.
    pub(crate) fn log(&self, stored: &WriteId) {
        self.0.iter().filter(|(write_id, _)| write_id == stored).for_each(|(_, line)| line.log());
    }
}

/// Counts one thing that is not the transition of a record.
pub fn count(metric: Metric) {
    measure(&[(metric, 1)]);
}

/// Logs values of metrics that are not about one record.
pub fn measure(values: &[(Metric, i64)]) {
    tracing::info!(target: TARGET, metrics = %Values(values.to_vec()), "measured");
}
