//! One overdue record: the index only points, the item says what is true.

use std::panic::AssertUnwindSafe;

use executor::{Applied, Context, Failed, apply_by_key, send_answer};
use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use reminder::event::Event;
use reminder::ids::{MessageId, ReminderKey};
use reminder::incoming_text::AnswerDelivery;
use reminder::ports::{Clock, Overdue, Ports, ReadError, Store, WriteError};
use reminder::record::Reminder;

/// What a sweep did, in records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Put back on their way.
    pub recovered: u32,
    /// Answers sent.
    pub answered: u32,
    /// Pointed to, but not overdue any more.
    pub done: u32,
    /// Not readable, and taken out of the index.
    pub set_aside: u32,
    /// Not reached this time, or shards that were not read.
    pub unread: u32,
}

impl Swept {
    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            recovered: self.recovered + other.recovered,
            answered: self.answered + other.answered,
            done: self.done + other.done,
            set_aside: self.set_aside + other.set_aside,
            unread: self.unread + other.unread,
        }
    }
}

/// Why an overdue record was not put back on its way.
#[derive(Debug, thiserror::Error)]
enum NotSwept {
    /// It could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// Its event was not applied.
    #[error(transparent)]
    NotApplied(Failed),
    /// Its answer was not certainly written as tried, so nothing was sent.
    #[error(transparent)]
    NotAnswered(#[from] WriteError),
    /// Its key is none of ours.
    #[error("expected a key of ours, found one in {0}")]
    UnknownKey(String),
    /// It is an answer to a person who has no profile.
    #[error("an answer is owed to a person without a profile")]
    NoProfile,
    /// The sweeper's own code panicked.
    #[error("handling it panicked")]
    Panicked,
}

impl NotSwept {
    /// Whether the next sweep may have more luck. A record that no sweep can handle would stop every sweep to come.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unread(ReadError::Transient(_)) | Self::NotApplied(_) | Self::NotAnswered(_) => true,
            Self::Unread(ReadError::Unreadable(_)) | Self::UnknownKey(_) | Self::NoProfile | Self::Panicked => false,
        }
    }
}

enum Recovery {
    Recovered,
    Answered,
    Done,
    SetAside,
    Unread,
}

/// Sweeps what a page points to, all of it at once. One bad or slow record never stops the rest, and each counts as
/// soon as it is done.
pub(crate) async fn page<P: Ports>(context: Context<'_, P>, overdue: &[Overdue], swept: &mut Swept) {
    let mut sweeps: FuturesUnordered<_> = overdue.iter().map(|one| sweep(context, one)).collect();
    while let Some(outcome) = sweeps.next().await {
        *match outcome {
            Recovery::Recovered => &mut swept.recovered,
            Recovery::Answered => &mut swept.answered,
            Recovery::Done => &mut swept.done,
            Recovery::SetAside => &mut swept.set_aside,
            Recovery::Unread => &mut swept.unread,
        } += 1;
    }
}

async fn sweep<P: Ports>(context: Context<'_, P>, overdue: &Overdue) -> Recovery {
    let swept = AssertUnwindSafe(put_back(context, overdue)).catch_unwind().await;
    match swept.unwrap_or(Err(NotSwept::Panicked)) {
        Ok(outcome) => outcome,
        Err(error) if error.may_pass() => {
            tracing::warn!(?overdue, %error, "an overdue record was not put back; the next sweep will");
            Recovery::Unread
        }
        Err(error) => set_aside(context, overdue, &error).await,
    }
}

async fn put_back<P: Ports>(context: Context<'_, P>, overdue: &Overdue) -> Result<Recovery, NotSwept> {
    match overdue {
        Overdue::Reminder(key) => recover(context, key).await,
        Overdue::IncomingText(id) => answer(context, id).await,
        Overdue::Unreadable { partition, .. } => Err(NotSwept::UnknownKey(partition.clone())),
    }
}

async fn recover<P: Ports>(context: Context<'_, P>, key: &ReminderKey) -> Result<Recovery, NotSwept> {
    let passed = |reminder: &Reminder| {
        let now = context.ports.clock().now();
        reminder.deadline().is_some_and(|deadline| deadline <= now).then_some(Event::DeadlinePassed)
    };
    match apply_by_key(context, key, passed).await {
        Ok(Applied::Changed(_)) => Ok(Recovery::Recovered),
        Ok(Applied::Unchanged(_) | Applied::Gone) => Ok(Recovery::Done),
        Err(Failed::Unread(error)) => Err(error.into()),
        Err(error @ (Failed::Unseen { .. } | Failed::Unwritten(_))) => Err(NotSwept::NotApplied(error)),
    }
}

async fn answer<P: Ports>(context: Context<'_, P>, id: &MessageId) -> Result<Recovery, NotSwept> {
    let (store, now) = (context.ports.store(), context.ports.clock().now());
    let Some(message) = store.message(id, now).await? else { return Ok(Recovery::Done) };
    if !matches!(message.delivery, AnswerDelivery::Owed { deadline, .. } if deadline <= now) {
        return Ok(Recovery::Done);
    }
    let Some(profile) = store.profile(&message.person).await? else { return Err(NotSwept::NoProfile) };
    send_answer(context, &profile, message).await?;
    Ok(Recovery::Answered)
}

/// Takes a record that can't be handled out of the index, and tells the operator.
async fn set_aside<P: Ports>(context: Context<'_, P>, overdue: &Overdue, reason: &NotSwept) -> Recovery {
    match context.ports.store().set_aside(overdue).await {
        Ok(()) => tracing::error!(?overdue, %reason, "a record can't be handled and was set aside"),
        Err(error) => tracing::error!(?overdue, %reason, %error, "a record can't be handled or set aside"),
    }
    Recovery::SetAside
}
