//! The outcome of applying an event to a reminder or to an outgoing text.

use reminder::lifecycle::TransitionLabel;
use reminder::ports::{ReadError, Versioned, WriteError};

/// Maximum number of tries to apply one event. A try fails if another writer was faster, or if the store does not
/// confirm the write. A few tries are enough, because a record changes only a few times in its life.
pub(crate) const WRITE_TRIES: usize = 6;

/// Maximum number of events that are applied in a row: the first event, and the events to which its effects lead. The
/// longest chain has three events: a call's deadline passes, the carrier reports that the call is over, and the wake-up
/// for the next call is sent.
pub(crate) const EVENTS_MAX: usize = 8;

/// The outcome of applying an event. [`apply`](crate::apply) and [`apply_to_text`](crate::apply_to_text) say which
/// events it includes.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied<T> {
    /// The record was changed. Holds the record after the change.
    Changed(Box<Versioned<T>>),
    /// Nothing was changed. Holds the record as it was read.
    Unchanged(Box<Versioned<T>>),
    /// The record doesn't exist.
    Gone,
}

/// The event, or an event to which its effects led, could not be applied: no write for it is known to have succeeded.
/// The first event must be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The record could not be read.
    #[error("the event was not applied: {0}")]
    Unread(#[from] ReadError),
    /// A write failed, perhaps with an unknown outcome, and the record could not be read afterwards.
    #[error("the event was not applied: {write}; then {read}")]
    Unseen {
        /// Why the write failed.
        write: WriteError,
        /// Why the read after it failed.
        #[source]
        read: ReadError,
    },
    /// No write for the event is known to have succeeded. The last failure says whether other writers were faster or
    /// the store is down.
    #[error("the event was not applied: {0}")]
    Unwritten(#[source] WriteError),
}

/// Logs a transition. The simulation counts these lines to see that every transition was tested.
pub fn log_transition(label: TransitionLabel) {
    let TransitionLabel { state, event, outcome } = label;
    tracing::trace!(target: "transition", state, event, outcome);
}
