//! What the handlers need of the outside: one trait for each system that a simulation must be able to fake.

mod channels;
mod error;
mod versioned;

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use crate::event::WakeUp;
use crate::ids::{CallId, CarrierName, ClaimId, MessageId, Number, PersonId, ReminderId, ReminderKey, WriteId};
use crate::incoming_text::IncomingText;
use crate::policy::Route;
use crate::profile::Profile;
use crate::record::Reminder;
use crate::wire::{CallRoute, ParkedText};

pub use channels::{Channels, SlotRequest};
pub use error::{ReadError, WriteError};
pub use versioned::{Replacement, Versioned};

/// All that one text changes, in one transaction: each part MUST be written under its own condition, or nothing is.
#[derive(Debug, Clone, PartialEq)]
pub struct TextTransaction {
    /// The text's own record, which is created. One that has expired MUST NOT be in its way.
    pub message: Replacement<IncomingText>,
    /// The person as they are from now on.
    pub profile: Replacement<Profile>,
    /// The reminders that are created and replaced.
    pub reminders: Vec<Replacement<Reminder>>,
}

/// Which of a person's reminders are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The live ones.
    Open,
    /// The live ones, and those that ended and are still kept.
    Kept,
}

/// What the deadline index points to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overdue {
    /// A reminder whose deadline has passed.
    Reminder(ReminderKey),
    /// A text whose answer is still owed.
    IncomingText(MessageId),
    /// An item whose key is not ours.
    Unreadable {
        /// Its partition key.
        partition: String,
        /// Its sort key.
        sort: String,
    },
}

/// A page of the deadline index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What is overdue, oldest first.
    pub overdue: Vec<Overdue>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// The shards of the deadline index: writes at one instant spread over as many partitions.
pub const SHARDS: u8 = 8;

/// The truth.
///
/// Reads by key MUST be strongly consistent, and MUST hand out each value with the version that it is stored under.
/// Every write MUST be conditional as its [`Replacement`] says, MUST store the value under the replacement's version,
/// and MUST keep the deadline index in step: a record stands in it exactly while it is live, or its answer owed.
pub trait Store {
    /// A person's profile.
    fn profile(&self, person: &PersonId) -> impl Future<Output = Result<Option<Versioned<Profile>>, ReadError>>;

    /// A reminder.
    fn reminder(&self, key: &ReminderKey) -> impl Future<Output = Result<Option<Versioned<Reminder>>, ReadError>>;

    /// A person's reminders, by a consistent query, oldest first.
    fn reminders(
        &self,
        person: &PersonId,
        scope: Scope,
    ) -> impl Future<Output = Result<Vec<Versioned<Reminder>>, ReadError>>;

    /// A text's record, if it was kept and has not expired by `now`.
    fn message(
        &self,
        id: &MessageId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Versioned<IncomingText>>, ReadError>>;

    /// Writes all that a text changes, or nothing.
    fn commit_text(&self, transaction: &TextTransaction) -> impl Future<Output = Result<(), WriteError>>;

    /// Writes a reminder. It carries the mark of this write, by which a writer whose answer was lost knows its own.
    fn replace(&self, reminder: &Replacement<Reminder>) -> impl Future<Output = Result<(), WriteError>>;

    /// Writes a text's record.
    fn replace_incoming_text(
        &self,
        message: &Replacement<IncomingText>,
    ) -> impl Future<Output = Result<(), WriteError>>;

    /// Writes a profile.
    fn replace_profile(&self, profile: &Replacement<Profile>) -> impl Future<Output = Result<(), WriteError>>;

    /// What of one shard is overdue at `now`. The index is eventual: the item says what is true.
    fn overdue(&self, shard: u8, now: Timestamp, page: Option<&str>) -> impl Future<Output = Result<Page, ReadError>>;

    /// Takes an item that can't be read out of the index, so that it is not met again. The rest of it stays.
    fn set_aside(&self, overdue: &Overdue) -> impl Future<Output = Result<(), WriteError>>;
}

/// Why a message was not certainly sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message may not have been sent: {0}")]
pub struct SendError(pub String);

/// The clock and the buffer.
pub trait WakeUps {
    /// Sends a wake-up the given way. "Already there" is success. A queue delay MUST NOT be over 900 s.
    fn send(&self, wake: &WakeUp, route: Route) -> impl Future<Output = Result<(), SendError>>;
}

/// Where texts wait that can't be processed now.
pub trait Parking {
    /// Puts a text on the inbound queue, to come back after `delay_s` seconds, at most 900.
    fn park(&self, text: &ParkedText, delay_s: u32) -> impl Future<Output = Result<(), SendError>>;
}

/// A request for a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// Who is called.
    pub to: Number,
    /// Where the carrier asks what to say, and says how the call stands.
    pub route: CallRoute,
}

/// Why a carrier did not certainly do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// It certainly did not, because of this number. It makes no sense to ask again.
    #[error("the carrier refused this number (code {code})")]
    NumberRefused {
        /// The carrier's own code.
        code: u32,
    },
    /// It certainly did not: the person told the carrier that they want no texts from us.
    #[error("the person has opted out at the carrier (code {code})")]
    OptedOut {
        /// The carrier's own code.
        code: u32,
    },
    /// It certainly did not, for a reason that is about us or about the carrier. It may be asked again.
    #[error("the carrier refused for now: {reason}")]
    RefusedForNow {
        /// What it said, or why it was not reached.
        reason: String,
        /// How long it asks to be left alone.
        retry_after: Option<SignedDuration>,
        /// Whether it says something of everybody's requests.
        scope: RefusalScope,
    },
    /// It may have. It MUST NOT be asked again unless it takes an idempotency key.
    #[error("the carrier may have done it: {0}")]
    Unknown(String),
}

/// What a refusal for now says of other requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalScope {
    /// Any other would be refused as well: credentials, too many requests, out of reach.
    Account,
    /// It may be this one's own: a country that the account does not call, a pair of numbers. It MUST NOT keep others
    /// from being called.
    Request,
}

/// How a call stands, by the carrier's own word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStatus {
    /// It waits in the carrier's queue.
    Queued,
    /// It rings, or people talk.
    UnderWay,
    /// It is over, and was picked up.
    Completed,
    /// It is over, and was not picked up.
    NotReached,
}

/// A phone carrier.
///
/// An implementation MUST make one request for each call of a method, on a connection of its own, and MUST NOT repeat
/// it. Whatever happens after the first byte of a request and is not a readable answer is `Unknown`, and so is every 5xx.
pub trait Carrier {
    /// Its name, which stands in front of the names it gives to calls.
    fn name(&self) -> &CarrierName;

    /// Asks for a call. `Ok` says that the carrier has it, not that it rings.
    fn place(&self, dial: &Dial) -> impl Future<Output = Result<CallId, CarrierError>>;

    /// Sends a text.
    fn send_text(&self, to: &Number, body: &str) -> impl Future<Output = Result<(), CarrierError>>;

    /// Asks how a call stands.
    fn status(&self, call: &CallId) -> impl Future<Output = Result<CallStatus, CarrierError>>;

    /// Cancels a call that still waits in the carrier's queue, and ends one that is under way.
    fn end(&self, call: &CallId, status: CallStatus) -> impl Future<Output = Result<(), CarrierError>>;
}

/// What time it is, and how much of it is left.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Polls `work` for at most `limit`; `None` when that was not enough, and the work is dropped.
    fn within<F: Future>(&self, limit: SignedDuration, work: F) -> impl Future<Output = Option<F::Output>>;
}

/// Where fresh ids and randomness come from.
pub trait Ids {
    /// A fresh reminder's id.
    fn reminder(&self) -> ReminderId;

    /// A fresh claim.
    fn claim(&self) -> ClaimId;

    /// A fresh mark of a write.
    fn write_id(&self) -> WriteId;

    /// A random part of `limit`: full jitter.
    fn jitter(&self, limit: SignedDuration) -> SignedDuration;
}

/// All ports of a function, as one dependency.
pub trait Ports {
    /// The truth.
    type Store: Store;
    /// The clock and the buffer.
    type WakeUps: WakeUps;
    /// Where texts wait.
    type Parking: Parking;
    /// The next free slots, and what is known to fail.
    type Channels: Channels;
    /// The phone.
    type Carrier: Carrier;
    /// The time.
    type Clock: Clock;
    /// Fresh ids.
    type Ids: Ids;

    /// The truth.
    fn store(&self) -> &Self::Store;
    /// The clock and the buffer.
    fn wake_ups(&self) -> &Self::WakeUps;
    /// Where texts wait.
    fn parking(&self) -> &Self::Parking;
    /// The next free slots, and what is known to fail.
    fn channels(&self) -> &Self::Channels;
    /// The phone: each carrier that may be asked, the preferred one first. There is at least one.
    fn carriers(&self) -> &[Self::Carrier];
    /// The time.
    fn clock(&self) -> &Self::Clock;
    /// Fresh ids.
    fn ids(&self) -> &Self::Ids;
}
