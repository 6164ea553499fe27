//! Recovers overdue records. The index may be outdated, so each record itself is read and checked.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};

use executor::{Applied, Context, Failed, apply_by_key, apply_to_text_by_key, outcomes};
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use reminder::event::Event;
use reminder::ids::{OutgoingTextKey, ReminderKey};
use reminder::metrics::Metric;
use reminder::outgoing_text::TextEvent;
use reminder::policy::after;
use reminder::ports::{Clock, Overdue, Ports, ReadError, Store, WriteError};
use reminder::record::{Reminder, State};

/// The result of a sweep: how many records had each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Reminders and outgoing texts that were recovered.
    pub recovered: u32,
    /// Records in the index that were not overdue any more.
    pub done: u32,
    /// Records that can't be handled. They were removed from the index.
    pub set_aside: u32,
    /// Records of a later release or in use by another writer. Their deadline was put off.
    pub put_off: u32,
    /// Records that could not be handled this time, and shards that could not be read.
    pub unread: u32,
    /// Shards from which at least one page was read.
    pub shards: u32,
    /// Time since the due of the oldest overdue reminder that has not rung yet, in seconds. Zero if there is none.
    pub oldest_due_s: u32,
}

impl Swept {
    /// Adds up the counts of two sweeps.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            recovered: self.recovered + other.recovered,
            done: self.done + other.done,
            set_aside: self.set_aside + other.set_aside,
            put_off: self.put_off + other.put_off,
            unread: self.unread + other.unread,
            shards: self.shards + other.shards,
            oldest_due_s: self.oldest_due_s.max(other.oldest_due_s),
        }
    }
}

/// Why an overdue record may not have been recovered.
#[derive(Debug, thiserror::Error)]
enum NotSwept {
    /// The record could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The event, or an event to which its effects led, may not have been applied to the record.
    #[error(transparent)]
    NotApplied(Failed),
    /// The record's key is not the key of a reminder or of a text.
    #[error("expected the key of a reminder or a text, found another key")]
    UnknownKey,
    /// The code that handles the record panicked.
    #[error("the code that handles the record panicked")]
    Panicked,
}

impl NotSwept {
    /// Returns who can handle the record. A record that no sweep can handle must leave the index, or every later sweep
    /// would find it again. A record of a later release must stay in the index: that release handles it once it runs
    /// again.
    fn remedy(&self) -> Remedy {
        match self {
            Self::Unread(ReadError::Transient(_)) | Self::NotApplied(_) => Remedy::NextSweep,
            Self::Unread(ReadError::Newer(_)) => Remedy::LaterRelease,
            Self::Unread(ReadError::Unreadable(_)) | Self::UnknownKey | Self::Panicked => Remedy::Operator,
        }
    }
}

/// Who can handle a record that may not have been recovered.
enum Remedy {
    /// The next sweep may succeed.
    NextSweep,
    /// The release that wrote the record.
    LaterRelease,
    /// The operator must act.
    Operator,
}

/// How long the deadline of a record of a later release is put off, in seconds. Once that release runs again, it
/// recovers the record at most this much later.
const PUT_OFF_S: i64 = 300;

const _: () = assert!(PUT_OFF_S <= 900);

/// Time since the due of the oldest overdue reminder that has not rung yet, in seconds. All recoveries of a sweep share
/// it and write to it as soon as they have read a reminder. So it is known too if a recovery fails or is cut off: then
/// the operator needs it most.
pub(crate) type OldestDue = AtomicU32;

/// The outcome for one record; [`Swept`] counts them.
enum Recovery {
    Recovered,
    Done,
    SetAside,
    PutOff,
    Unread,
}

/// Sweeps all records of a page concurrently. A bad or slow record never stops the others, and each record is counted
/// as soon as it is finished.
pub(crate) async fn page<P: Ports>(
    context: Context<'_, P>,
    overdue: &[Overdue],
    oldest: &OldestDue,
    swept: &mut Swept,
) {
    let mut sweeps: FuturesUnordered<_> = overdue.iter().map(|record| sweep(context, record, oldest)).collect();
    while let Some(recovery) = sweeps.next().await {
        *match recovery {
            Recovery::Recovered => &mut swept.recovered,
            Recovery::Done => &mut swept.done,
            Recovery::SetAside => &mut swept.set_aside,
            Recovery::PutOff => &mut swept.put_off,
            Recovery::Unread => &mut swept.unread,
        } += 1;
    }
}

async fn sweep<P: Ports>(context: Context<'_, P>, overdue: &Overdue, oldest: &OldestDue) -> Recovery {
    let swept = AssertUnwindSafe(recover(context, overdue, oldest)).catch_unwind().await;
    let error = match swept.unwrap_or(Err(NotSwept::Panicked)) {
        Ok(outcome) => return outcome,
        Err(error) => error,
    };
    match error.remedy() {
        Remedy::NextSweep => {
            tracing::warn!(?overdue, %error, "a record may not have been recovered; the next sweep tries again");
            Recovery::Unread
        }
        Remedy::LaterRelease => put_off(context, overdue, &error).await,
        Remedy::Operator => set_aside(context, overdue, &error).await,
    }
}

async fn recover<P: Ports>(
    context: Context<'_, P>,
    overdue: &Overdue,
    oldest: &OldestDue,
) -> Result<Recovery, NotSwept> {
    match overdue {
        Overdue::Reminder(key) => recover_reminder(context, key, oldest).await,
        Overdue::OutgoingText(key) => recover_text(context, key).await,
        Overdue::UnknownKey { .. } => Err(NotSwept::UnknownKey),
    }
}

async fn recover_reminder<P: Ports>(
    context: Context<'_, P>,
    key: &ReminderKey,
    oldest: &OldestDue,
) -> Result<Recovery, NotSwept> {
    let deadline_passed = |reminder: &Reminder| {
        let now = context.ports.clock().now();
        let is_overdue = reminder.deadline().is_some_and(|deadline| deadline <= now);
        if is_overdue && has_not_rung(reminder) {
            let due_s = u32::try_from(now.duration_since(reminder.due).as_secs()).unwrap_or_default();
            oldest.fetch_max(due_s, Ordering::Relaxed);
        }
        is_overdue.then_some(Event::DeadlinePassed)
    };
    recovery(apply_by_key(context, key, deadline_passed).await)
}

fn has_not_rung(reminder: &Reminder) -> bool {
    matches!(reminder.state(), Some(State::Waiting { attempt: 1, .. } | State::Dialing { attempt: 1, .. }))
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

/// Alerts the operator, then removes a record that can't be handled from the index. The alert, a line and the metric of
/// its alarm, comes first: after the removal no sweep finds the record again, and this sweep may crash right after the
/// removal. If the removal fails every time, the operator must know too. A second alert is better than none. The store
/// refuses to remove a record of a later release, because this release may not know what kind of record its key belongs
/// to.
async fn set_aside<P: Ports>(context: Context<'_, P>, overdue: &Overdue, reason: &NotSwept) -> Recovery {
    let reminder = match overdue {
        Overdue::Reminder(key) => Some(tracing::field::display(&key.reminder)),
        Overdue::OutgoingText(_) | Overdue::UnknownKey { .. } => None,
    };
    outcomes::count(Metric::RecordsSetAside);
    let alarm = Metric::RecordsSetAside.name();
    tracing::error!(reminder.id = reminder, ?overdue, %reason, alarm, "a record can't be handled and is set aside unless a later release wrote it");
    match context.ports.store().set_aside(overdue).await {
        Ok(()) => Recovery::SetAside,
        Err(WriteError::Conflict) => put_off(context, overdue, reason).await,
        Err(error) => {
            tracing::warn!(?overdue, %error, "a record may not have been set aside; the next sweep tries again");
            Recovery::Unread
        }
    }
}

/// Moves the deadline of a record of a later release, and logs an error for the operator. The rest of the record is not
/// changed, so a rollback loses nothing. The record may also be one that another writer held when it was to be set
/// aside, because the store reports the same conflict.
async fn put_off<P: Ports>(context: Context<'_, P>, overdue: &Overdue, reason: &NotSwept) -> Recovery {
    let now = context.ports.clock().now();
    match context.ports.store().move_deadline(overdue, now, after(now, PUT_OFF_S)).await {
        Ok(()) => {
            tracing::error!(?overdue, %reason, delay_s = PUT_OFF_S, "a record is in use or waits for a later release");
            Recovery::PutOff
        }
        Err(error) => {
            tracing::warn!(?overdue, %reason, %error, "a record may not have been put off; the next sweep tries again");
            Recovery::Unread
        }
    }
}
