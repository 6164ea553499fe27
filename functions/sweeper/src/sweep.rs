//! Recovers one overdue record. The index may be outdated, so the record itself is read and checked.

use std::panic::AssertUnwindSafe;

use executor::{Applied, Context, Failed, apply_by_key, apply_to_text_by_key};
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use reminder::event::Event;
use reminder::ids::{OutgoingTextKey, ReminderKey};
use reminder::outgoing_text::TextEvent;
use reminder::ports::{Clock, Overdue, Ports, ReadError, Store};
use reminder::record::Reminder;

/// The result of a sweep: how many records had each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Reminders and outgoing texts that were recovered.
    pub recovered: u32,
    /// Records in the index that were not overdue any more.
    pub done: u32,
    /// Records that can't be handled. They are taken out of the index; if that fails, an error is logged.
    pub set_aside: u32,
    /// Records that could not be handled this time, and shards that could not be read.
    pub unread: u32,
}

impl Swept {
    /// Adds up the counts of two sweeps.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            recovered: self.recovered + other.recovered,
            done: self.done + other.done,
            set_aside: self.set_aside + other.set_aside,
            unread: self.unread + other.unread,
        }
    }
}

/// Why an overdue record was not recovered.
#[derive(Debug, thiserror::Error)]
enum NotSwept {
    /// The record could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The event was not applied to the reminder.
    #[error(transparent)]
    NotApplied(Failed),
    /// The record's key is not the key of a reminder or of a text.
    #[error("expected the key of a reminder or a text, found one in partition {0}")]
    UnknownKey(String),
    /// The code that handles the record panicked.
    #[error("the code that handles the record panicked")]
    Panicked,
}

impl NotSwept {
    /// Whether the next sweep may succeed. A record that no sweep can handle must leave the index, or every later sweep
    /// would meet it again.
    fn is_transient(&self) -> bool {
        match self {
            Self::Unread(ReadError::Transient(_)) | Self::NotApplied(_) => true,
            Self::Unread(ReadError::Unreadable(_)) | Self::UnknownKey(_) | Self::Panicked => false,
        }
    }
}

/// The outcome for one record; [`Swept`] counts them.
enum Recovery {
    Recovered,
    Done,
    SetAside,
    Unread,
}

/// Sweeps all records of a page concurrently. A bad or slow record never stops the others, and each record is counted as
/// soon as it is finished.
pub(crate) async fn page<P: Ports>(context: Context<'_, P>, overdue: &[Overdue], swept: &mut Swept) {
    let mut sweeps: FuturesUnordered<_> = overdue.iter().map(|record| sweep(context, record)).collect();
    while let Some(outcome) = sweeps.next().await {
        *match outcome {
            Recovery::Recovered => &mut swept.recovered,
            Recovery::Done => &mut swept.done,
            Recovery::SetAside => &mut swept.set_aside,
            Recovery::Unread => &mut swept.unread,
        } += 1;
    }
}

async fn sweep<P: Ports>(context: Context<'_, P>, overdue: &Overdue) -> Recovery {
    let swept = AssertUnwindSafe(recover(context, overdue)).catch_unwind().await;
    match swept.unwrap_or(Err(NotSwept::Panicked)) {
        Ok(outcome) => outcome,
        Err(error) if error.is_transient() => {
            tracing::warn!(?overdue, %error, "an overdue record was not recovered; the next sweep will try again");
            Recovery::Unread
        }
        Err(error) => set_aside(context, overdue, &error).await,
    }
}

async fn recover<P: Ports>(context: Context<'_, P>, overdue: &Overdue) -> Result<Recovery, NotSwept> {
    match overdue {
        Overdue::Reminder(key) => recover_reminder(context, key).await,
        Overdue::OutgoingText(key) => recover_text(context, key).await,
        Overdue::Unreadable { partition, .. } => Err(NotSwept::UnknownKey(partition.clone())),
    }
}

async fn recover_reminder<P: Ports>(context: Context<'_, P>, key: &ReminderKey) -> Result<Recovery, NotSwept> {
    let deadline_passed = |reminder: &Reminder| {
        let now = context.ports.clock().now();
        reminder.deadline().is_some_and(|deadline| deadline <= now).then_some(Event::DeadlinePassed)
    };
    recovery(apply_by_key(context, key, deadline_passed).await)
}

async fn recover_text<P: Ports>(context: Context<'_, P>, key: &OutgoingTextKey) -> Result<Recovery, NotSwept> {
    recovery(apply_to_text_by_key(context, key, TextEvent::DeadlinePassed).await)
}

fn recovery<T>(applied: Result<Applied<T>, Failed>) -> Result<Recovery, NotSwept> {
    match applied {
        Ok(Applied::Changed(_)) => Ok(Recovery::Recovered),
        Ok(Applied::Unchanged(_) | Applied::Gone) => Ok(Recovery::Done),
        Err(Failed::Unread(error)) => Err(error.into()),
        Err(error @ (Failed::Unseen { .. } | Failed::Unwritten(_))) => Err(NotSwept::NotApplied(error)),
    }
}

/// Takes a record that can't be handled out of the index, and logs an error for the operator.
async fn set_aside<P: Ports>(context: Context<'_, P>, overdue: &Overdue, reason: &NotSwept) -> Recovery {
    match context.ports.store().set_aside(overdue).await {
        Ok(()) => tracing::error!(?overdue, %reason, "a record can't be handled and was set aside"),
        Err(error) => tracing::error!(?overdue, %reason, %error, "a record can't be handled or set aside"),
    }
    Recovery::SetAside
}
