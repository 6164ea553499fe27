//! A person's reminders as the page shows them.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use simulated_carrier::PhoneNumber;

/// Reads a person's reminders. Whoever owns the stack supplies it; what went wrong is a sentence for the page.
pub type ReadReminders = Arc<dyn Fn(PhoneNumber) -> BoxFuture<'static, Result<Vec<Reminder>, String>> + Send + Sync>;

/// A reminder, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reminder {
    /// Its name, for good.
    pub id: String,
    /// What the person calls it: `#3`.
    pub number: u32,
    /// What is to be said.
    pub task: String,
    /// When this occurrence was asked for.
    pub due: Timestamp,
    /// The IANA zone the person asked in.
    pub zone: String,
    /// How it repeats, if it does, in the store's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How far it has come.
    pub state: ReminderState,
    /// Which call of this occurrence is next or under way, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The next planned action, while it waits for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wake_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// How far a reminder has come: a live state, or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderState {
    /// It waits for its time, or for the next call.
    Waiting,
    /// A call is being asked for.
    Dialing,
    /// The carrier has the call.
    Ringing,
    /// A text takes the call's place.
    Texting,
    /// The person confirmed it.
    Heard,
    /// Picked up without a key, and texted.
    Unconfirmed,
    /// Texted in the place of a call.
    Missed,
    /// Deleted, moved, or its person left.
    Cancelled,
    /// Neither called nor texted.
    Failed,
}
