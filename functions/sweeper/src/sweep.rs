//! One overdue record: the index only points, the item says what is true.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use perform::{Advanced, Failed, Service, advance_by_key, send_answer};
use reminder::event::Event;
use reminder::ids::{MessageId, ReminderKey};
use reminder::message::Delivery;
use reminder::ports::{Clock, Overdue, Ports, ReadError, Store, WriteError};
use reminder::record::Reminder;

/// What a sweep did, in records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Swept {
    /// Put back on their way.
    pub nudged: u32,
    /// Answers sent.
    pub answered: u32,
    /// Pointed to, but not overdue any more.
    pub settled: u32,
    /// Not readable, and taken out of the index.
    pub set_aside: u32,
    /// Not reached this time, or shards that were not read.
    pub unread: u32,
}

impl Swept {
    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            nudged: self.nudged + other.nudged,
            answered: self.answered + other.answered,
            settled: self.settled + other.settled,
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

enum Outcome {
    Nudged,
    Answered,
    Settled,
    SetAside,
    Unread,
}

/// Sweeps what a page points to, all of it at once. One bad or slow record never stops the rest, and each counts as
/// soon as it is done.
pub(crate) async fn page<P: Ports>(service: Service<'_, P>, overdue: &[Overdue], swept: &mut Swept) {
    let mut sweeps: FuturesUnordered<_> = overdue.iter().map(|one| sweep(service, one)).collect();
    while let Some(outcome) = sweeps.next().await {
        *match outcome {
            Outcome::Nudged => &mut swept.nudged,
            Outcome::Answered => &mut swept.answered,
            Outcome::Settled => &mut swept.settled,
            Outcome::SetAside => &mut swept.set_aside,
            Outcome::Unread => &mut swept.unread,
        } += 1;
    }
}

async fn sweep<P: Ports>(service: Service<'_, P>, overdue: &Overdue) -> Outcome {
    let swept = AssertUnwindSafe(put_back(service, overdue)).catch_unwind().await;
    match swept.unwrap_or(Err(NotSwept::Panicked)) {
        Ok(outcome) => outcome,
        Err(error) if error.may_pass() => {
            tracing::warn!(?overdue, %error, "an overdue record was not put back; the next sweep will");
            Outcome::Unread
        }
        Err(error) => set_aside(service, overdue, &error).await,
    }
}

async fn put_back<P: Ports>(service: Service<'_, P>, overdue: &Overdue) -> Result<Outcome, NotSwept> {
    match overdue {
        Overdue::Reminder(key) => nudge(service, key).await,
        Overdue::Message(id) => answer(service, id).await,
        Overdue::Unreadable { partition, .. } => Err(NotSwept::UnknownKey(partition.clone())),
    }
}

async fn nudge<P: Ports>(service: Service<'_, P>, key: &ReminderKey) -> Result<Outcome, NotSwept> {
    let passed = |reminder: &Reminder| {
        let now = service.ports.clock().now();
        reminder.deadline().is_some_and(|deadline| deadline <= now).then_some(Event::DeadlinePassed)
    };
    match advance_by_key(service, key, passed).await {
        Ok(Advanced::Changed(_)) => Ok(Outcome::Nudged),
        Ok(Advanced::Unchanged(_) | Advanced::Gone) => Ok(Outcome::Settled),
        Err(Failed::Unread(error)) => Err(error.into()),
        Err(error @ (Failed::Unseen { .. } | Failed::Unwritten(_))) => Err(NotSwept::NotApplied(error)),
    }
}

async fn answer<P: Ports>(service: Service<'_, P>, id: &MessageId) -> Result<Outcome, NotSwept> {
    let (store, now) = (service.ports.store(), service.ports.clock().now());
    let Some(message) = store.message(id, now).await? else { return Ok(Outcome::Settled) };
    if !matches!(message.delivery, Delivery::Owed { deadline, .. } if deadline <= now) {
        return Ok(Outcome::Settled);
    }
    let Some(profile) = store.profile(&message.person).await? else { return Err(NotSwept::NoProfile) };
    send_answer(service, &profile, message).await?;
    Ok(Outcome::Answered)
}

/// Takes a record that can't be handled out of the index, and tells the operator.
async fn set_aside<P: Ports>(service: Service<'_, P>, overdue: &Overdue, reason: &NotSwept) -> Outcome {
    match service.ports.store().set_aside(overdue).await {
        Ok(()) => tracing::error!(?overdue, %reason, "a record can't be handled and was set aside"),
        Err(error) => tracing::error!(?overdue, %reason, %error, "a record can't be handled or set aside"),
    }
    Outcome::SetAside
}
