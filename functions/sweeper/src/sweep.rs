//! One overdue record: the index only points, the item says what is true.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use perform::{Advanced, Service, advance, send_answer};
use reminder::event::Event;
use reminder::ids::{MessageId, ReminderKey};
use reminder::message::Delivery;
use reminder::ports::{Clock, Overdue, Ports, ReadError, Store};

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
    // A record over which we panic would stop every sweep to come: it is set aside like one that can't be read.
    let panicked = |_| Err(ReadError::Unreadable("handling it panicked".to_owned()));
    let outcome = AssertUnwindSafe(put_back(service, overdue)).catch_unwind().await.unwrap_or_else(panicked);
    match outcome {
        Ok(outcome) => outcome,
        Err(ReadError::Transient(reason)) => {
            tracing::warn!(?overdue, reason, "an overdue record was not read; the next sweep will");
            Outcome::Unread
        }
        Err(ReadError::Unreadable(reason)) => set_aside(service, overdue, &reason).await,
    }
}

async fn put_back<P: Ports>(service: Service<'_, P>, overdue: &Overdue) -> Result<Outcome, ReadError> {
    match overdue {
        Overdue::Reminder(key) => nudge(service, key).await,
        Overdue::Message(id) => answer(service, id).await,
        Overdue::Unreadable { partition, .. } => Err(ReadError::Unreadable(format!("a key in {partition}"))),
    }
}

async fn nudge<P: Ports>(service: Service<'_, P>, key: &ReminderKey) -> Result<Outcome, ReadError> {
    let Some(reminder) = service.ports.store().reminder(key).await? else { return Ok(Outcome::Settled) };
    let now = service.ports.clock().now();
    if reminder.deadline().is_none_or(|deadline| deadline > now) {
        return Ok(Outcome::Settled);
    }
    match advance(service, reminder, Event::DeadlinePassed).await {
        Ok(Advanced::Changed(_)) => Ok(Outcome::Nudged),
        Ok(Advanced::Unchanged(_) | Advanced::Gone) => Ok(Outcome::Settled),
        Err(error) => Err(ReadError::Transient(error.to_string())),
    }
}

async fn answer<P: Ports>(service: Service<'_, P>, id: &MessageId) -> Result<Outcome, ReadError> {
    let (store, now) = (service.ports.store(), service.ports.clock().now());
    let Some(message) = store.message(id, now).await? else { return Ok(Outcome::Settled) };
    if !matches!(message.delivery, Delivery::Owed { deadline, .. } if deadline <= now) {
        return Ok(Outcome::Settled);
    }
    let Some(profile) = store.profile(&message.person).await? else {
        return Err(ReadError::Unreadable("an answer is owed to a person without a profile".to_owned()));
    };
    match send_answer(service, &profile, message).await {
        Ok(()) => Ok(Outcome::Answered),
        Err(error) => Err(ReadError::Transient(error.to_string())),
    }
}

/// Takes a record that can't be read out of the index, and tells the operator.
async fn set_aside<P: Ports>(service: Service<'_, P>, overdue: &Overdue, reason: &str) -> Outcome {
    match service.ports.store().set_aside(overdue).await {
        Ok(()) => tracing::error!(?overdue, reason, "a record can't be read and was set aside"),
        Err(error) => tracing::error!(?overdue, reason, %error, "a record can't be read or set aside"),
    }
    Outcome::SetAside
}
