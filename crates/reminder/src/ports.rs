//! The systems that the handlers depend on: one trait for each system that a simulation must be able to fake.

mod carrier;
mod channels;
mod credentials;
mod error;
mod queues;
mod versioned;

use std::fmt;
use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use crate::call_limits::UnconfirmedCalls;
use crate::confirmation::ConfirmationCode;
use crate::event::WakeUp;
use crate::ids::{ClaimId, MessageId, OutgoingTextKey, PersonId, ReminderId, ReminderKey, WriteId};
use crate::incoming_text::IncomingText;
use crate::outgoing_text::OutgoingText;
use crate::policy::Route;
use crate::profile::Profile;
use crate::record::Reminder;
use crate::turn::{TurnOutcome, TurnRequest};
use crate::wire::ParkedText;

pub use crate::channel::slots::{SlotAnswer, SlotRequest};
pub use carrier::{
    CallStatus, Carrier, CarrierError, Dial, MachineDetection, RefusalScope, Remedy, TextStatus, Undelivered,
    UndeliveredCause,
};
pub use channels::Channels;
pub use credentials::{CREDENTIALS_READ_EVERY_S, Credentials, FAILED_CREDENTIALS_READ_EVERY_S, Renewal};
pub use error::{ReadError, SendError, WriteError};
pub use queues::{Queues, SourceQueue};
pub use versioned::{Replacement, Versioned};

/// Everything that one incoming text changes. Each part MUST be written under its own condition, in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct TextTransaction {
    /// The text's own record, which is created. An expired record of the same id MUST NOT make the creation fail.
    pub message: Replacement<IncomingText>,
    /// The person's profile after this text.
    pub profile: Replacement<Profile>,
    /// The reminders that this text creates and replaces.
    pub reminders: Vec<Replacement<Reminder>>,
    /// The answer, if it is sent as a text. Its record is created.
    pub answer: Option<Replacement<OutgoingText>>,
}

/// Which of a person's reminders a query returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The reminders that are live.
    Open,
    /// The live reminders, and at most [`ENDED_READ_MAX`](crate::policy::ENDED_READ_MAX) of the reminders that ended
    /// last. Reminders that an opt-out ended are left out.
    Kept,
    /// The live reminders, and all reminders that the opt-out of this epoch ended, even if many others have ended
    /// since.
    Stopped {
        /// The person's epoch after that opt-out.
        epoch: u32,
    },
}

/// The reminders that a query has found.
#[derive(Debug, Clone, Default)]
pub struct ReadReminders {
    /// The reminders that this release can read, oldest first.
    pub readable: Vec<Versioned<Reminder>>,
    /// Whether a later release wrote other reminders of the person. This release can't read them.
    pub has_newer: bool,
}

/// A record that the deadline index points to. The `Debug` form of an item whose key can't be parsed shows only the
/// length of the key in bytes, because it is logged, and such a key may hold anything.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overdue {
    /// A reminder whose deadline has passed.
    Reminder(ReminderKey),
    /// An outgoing text whose deadline has passed.
    OutgoingText(OutgoingTextKey),
    /// An item whose key can't be parsed.
    UnknownKey {
        /// Its partition key.
        partition: String,
        /// Its sort key.
        sort: String,
    },
}

impl fmt::Debug for Overdue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reminder(key) => f.debug_tuple("Reminder").field(key).finish(),
            Self::OutgoingText(key) => f.debug_tuple("OutgoingText").field(key).finish(),
            Self::UnknownKey { partition, sort } => {
                write!(f, "UnknownKey(a key of {} and {} bytes)", partition.len(), sort.len())
            }
        }
    }
}

/// One page of a query of the deadline index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The overdue records, oldest deadline first.
    pub overdue: Vec<Overdue>,
    /// The cursor of the next page. `None` on the last page.
    pub next: Option<String>,
}

/// How many shards the deadline index has. Writes at one instant spread over as many partitions.
pub const SHARDS: u8 = 8;

/// The database of profiles, reminders, and incoming and outgoing texts.
///
/// Reads by key MUST be strongly consistent, and MUST return each value with the version that it is stored under. Every
/// write MUST be conditional as its [`Replacement`] says, and MUST store the value under the replacement's version.
/// Each write MUST also update the deadline index: a record is listed while it is live, and only then.
pub trait Store {
    /// Reads a person's profile. Returns `None` if it doesn't exist.
    ///
    /// A question, last mention, undoable or restorable that can't be read MUST be returned as absent, so that the
    /// person is still served.
    fn profile(&self, person: &PersonId) -> impl Future<Output = Result<Option<Versioned<Profile>>, ReadError>>;

    /// Reads a reminder. Returns `None` if it doesn't exist.
    fn reminder(&self, key: &ReminderKey) -> impl Future<Output = Result<Option<Versioned<Reminder>>, ReadError>>;

    /// Returns a person's reminders, by a consistent query.
    fn reminders(&self, person: &PersonId, scope: Scope) -> impl Future<Output = Result<ReadReminders, ReadError>>;

    /// Reads the record of a text that this person sent. Returns `None` if it doesn't exist or has expired by `now`.
    ///
    /// MUST keep the texts of different people apart, even if they have the same id: a carrier gives each text its own
    /// id, but a forged request can repeat the id of another person's text. That text's answer is not the sender's.
    fn message(
        &self,
        person: &PersonId,
        id: &MessageId,
        now: Timestamp,
    ) -> impl Future<Output = Result<Option<Versioned<IncomingText>>, ReadError>>;

    /// Writes everything that a text changes, or nothing.
    fn commit_text(&self, transaction: &TextTransaction) -> impl Future<Output = Result<(), WriteError>>;

    /// Reads an outgoing text. Returns `None` if it doesn't exist.
    fn outgoing_text(
        &self,
        key: &OutgoingTextKey,
    ) -> impl Future<Output = Result<Option<Versioned<OutgoingText>>, ReadError>>;

    /// Writes a reminder with its write id, by which a writer that got no response recognizes its own write. The text
    /// that this change owes, if there is one, MUST be created in the same transaction.
    fn replace(
        &self,
        reminder: &Replacement<Reminder>,
        text: Option<&Replacement<OutgoingText>>,
    ) -> impl Future<Output = Result<(), WriteError>>;

    /// Writes an outgoing text.
    fn replace_outgoing_text(&self, text: &Replacement<OutgoingText>) -> impl Future<Output = Result<(), WriteError>>;

    /// Takes a person's turn for a call, and counts the call, as [`TurnRequest::decide`] says. It MUST decide on the item
    /// that is stored, and carry out the decision by one write, on the condition that this item has not changed.
    fn take_turn(&self, request: &TurnRequest) -> impl Future<Output = Result<TurnOutcome, WriteError>>;

    /// Gives back a person's turn that was taken for this claim. The claim's call is not placed now, so it does not
    /// count, and other calls need not wait for it. Nothing is written if another claim has the turn. It MUST be one
    /// conditional write of [`PersonCalls::given_back`](crate::turn::PersonCalls::given_back).
    fn give_back_turn(
        &self,
        person: &PersonId,
        claim: &ClaimId,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), WriteError>>;

    /// Returns what an unconfirmed number must know about its calls:
    /// [`PersonCalls::unconfirmed`](crate::turn::PersonCalls::unconfirmed). Returns the default value if no turn of the
    /// person was ever taken.
    fn unconfirmed_calls(&self, person: &PersonId) -> impl Future<Output = Result<UnconfirmedCalls, ReadError>>;

    /// Writes a person's profile.
    fn replace_profile(&self, profile: &Replacement<Profile>) -> impl Future<Output = Result<(), WriteError>>;

    /// Returns a page of the records of one shard that are overdue at `now`. `cursor` is [`Page::next`] of the page
    /// before, or `None` for the first page. The index is eventually consistent, so the caller MUST read each record by
    /// key before it acts.
    fn overdue(&self, shard: u8, now: Timestamp, cursor: Option<&str>)
    -> impl Future<Output = Result<Page, ReadError>>;

    /// Removes an item from the index, so that it is not returned again, and from its person's reminders. The rest of
    /// the item stays. Succeeds if the item is no longer in the index. An item that a later release wrote MUST be
    /// refused as a conflict.
    fn set_aside(&self, overdue: &Overdue) -> impl Future<Output = Result<(), WriteError>>;

    /// Moves the deadline of a record that is overdue at `now` to `until`. It MUST NOT change anything else of the
    /// record, not even its version. It is a conflict if the record is not live or not overdue any more.
    fn move_deadline(
        &self,
        overdue: &Overdue,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<(), WriteError>>;
}

/// Schedules wake-ups through an SQS delay or EventBridge Scheduler.
pub trait WakeUps {
    /// Sends a wake-up by the given route. It MUST also succeed if the schedule already exists. A queue delay MUST NOT
    /// exceed 900 s.
    fn send(&self, wake: &WakeUp, route: Route) -> impl Future<Output = Result<(), SendError>>;

    /// Sends a wake-up of an outgoing text through the queue. It arrives after `delay_s` seconds, at most 900.
    fn send_for_text(&self, text: &OutgoingTextKey, delay_s: u32) -> impl Future<Output = Result<(), SendError>>;
}

/// The inbound queue. Texts that can't be stored now wait there.
pub trait Parking {
    /// Puts a text on the inbound queue. It is delivered again after `delay_s` seconds, at most 900.
    fn park(&self, text: &ParkedText, delay_s: u32) -> impl Future<Output = Result<(), SendError>>;
}

/// The current time, and time limits.
pub trait Clock {
    /// Returns the current time.
    fn now(&self) -> Timestamp;

    /// Polls `work` for at most `limit`. If `work` is not done by then, drops it and returns `None`.
    fn within<F: Future>(&self, limit: SignedDuration, work: F) -> impl Future<Output = Option<F::Output>>;
}

/// Fresh ids and random numbers.
pub trait Ids {
    /// Returns a fresh id for a reminder.
    fn reminder(&self) -> ReminderId;

    /// Returns a fresh claim.
    fn claim(&self) -> ClaimId;

    /// Returns a fresh write id.
    fn write_id(&self) -> WriteId;

    /// Returns a random code. It MUST NOT be possible to compute it from anything that other people know.
    fn confirmation_code(&self) -> ConfirmationCode;

    /// Returns a random duration from zero to `limit`, both included (full jitter). Returns zero if `limit` is not
    /// positive.
    fn jitter(&self, limit: SignedDuration) -> SignedDuration;
}

/// All ports of a function, as one dependency.
pub trait Ports {
    /// The type of the database.
    type Store: Store;
    /// The type of the scheduler of wake-ups.
    type WakeUps: WakeUps;
    /// The type of the inbound queue.
    type Parking: Parking;
    /// The type of the queues that invoke functions.
    type Queues: Queues;
    /// The type of the table of channels.
    type Channels: Channels;
    /// The type of a carrier's API.
    type Carrier: Carrier;
    /// The type of the carriers' credentials.
    type Credentials: Credentials;
    /// The type of the clock.
    type Clock: Clock;
    /// The type of the source of fresh ids.
    type Ids: Ids;

    /// Returns the database.
    fn store(&self) -> &Self::Store;
    /// Returns the scheduler of wake-ups.
    fn wake_ups(&self) -> &Self::WakeUps;
    /// Returns the inbound queue.
    fn parking(&self) -> &Self::Parking;
    /// Returns the queues that invoke functions.
    fn queues(&self) -> &Self::Queues;
    /// Returns the slots and circuit breakers of all channels.
    fn channels(&self) -> &Self::Channels;
    /// Returns the carriers that may be asked, the preferred one first. There is at least one.
    fn carriers(&self) -> &[Self::Carrier];
    /// Returns the carriers' credentials.
    fn credentials(&self) -> &Self::Credentials;
    /// Returns the clock.
    fn clock(&self) -> &Self::Clock;
    /// Returns the source of fresh ids.
    fn ids(&self) -> &Self::Ids;
}
