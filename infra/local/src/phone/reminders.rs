//! The reminders of a person, as the page shows them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulated_carrier::PhoneNumber;

/// Reads the reminders of a person. An error is a message for the page.
pub type ReadReminders = Arc<dyn Fn(PhoneNumber) -> BoxFuture<'static, Result<Vec<Reminder>, String>> + Send + Sync>;

/// A reminder as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reminder {
    /// Id of the reminder.
    pub id: String,
    /// Number that the person uses: `#3`.
    pub number: u32,
    /// Task that is spoken on the call.
    pub task: String,
    /// Due of the current occurrence.
    pub due: Timestamp,
    /// IANA time zone in which the page shows the due.
    pub zone: String,
    /// Recurrence rule in the format of the store. Absent for a one-off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// State of the reminder, or its end.
    pub state: ReminderState,
    /// Number of the next or current call of this occurrence, from 1. Absent if the record has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// When the next action is planned. Absent if no action is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Timestamp>,
    /// When the reminder ended. Absent while it is live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// State of a reminder: a live state, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderState {
    /// Waits for its due or for the next call.
    Waiting,
    /// A call is being requested.
    Dialing,
    /// The carrier has accepted the call.
    Ringing,
    /// The series was missed too often in a row, and does not ring.
    Paused,
    /// The person pressed a key, or texted DONE.
    Heard,
    /// A person may have answered a call, but no key was pressed, so the reminder was also texted.
    Unconfirmed,
    /// No person is known to have answered a call, so the reminder was texted.
    Missed,
    /// The reminder was deleted, moved or skipped.
    Cancelled,
    /// The person opted out.
    OptedOut,
}
