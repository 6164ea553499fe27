//! The carriers' channels in the table: one item for each, with its slots and its circuit breaker.
//!
//! The slots and the breaker are separate attributes, and each update changes only one of the two. So reserving a slot
//! and recording a failure never conflict.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};
use reminder::channel::slots::{ChannelState, Reservation, Reserved};
use reminder::channel::{Breaker, Channel};
use reminder::ports::{Channels, ReadError, Replacement, SlotAnswer, SlotRequest, Versioned, WriteError};

use crate::failure::describe;
use crate::items::{channel, keys::Key, text};

/// How long a breaker that was read is used before it is read again. [`Channels::breaker`] allows a read of the last
/// second. Without this cache, each request of a burst would read the channel's item.
const FRESH: Duration = Duration::from_secs(1);

/// Maximum number of requests for one slot. A request is repeated if its condition failed, because the slots that this
/// process knew were outdated. If the condition of the last request fails too, many processes reserve slots at
/// once, and waiting works better than another request.
const ROUNDS: usize = 6;

/// The carriers' channels in the table.
#[derive(Debug)]
pub struct ChannelTable {
    client: Client,
    table: String,
    known: Mutex<BTreeMap<Channel, Known>>,
}

/// The last state of a channel that this process saw.
#[derive(Debug, Clone, Default)]
struct Known {
    breaker: Option<(Instant, Versioned<Breaker>)>,
    /// The channel's slots, and how many slots were reserved in the counted hour. `None` until this process learns
    /// them.
    state: Option<ChannelState>,
}

/// Whether a read sees every write that ended before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consistency {
    /// The read may miss the writes of about the last second, and costs half as much.
    Eventual,
    /// The read sees every write.
    Strong,
}

impl ChannelTable {
    pub(crate) fn new(client: Client, table: String) -> Self {
        Self { client, table, known: Mutex::default() }
    }

    fn known(&self, channel: &Channel) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(channel).cloned().unwrap_or_default()
    }

    fn learn(&self, channel: &Channel, learn: impl FnOnce(&mut Known)) {
        learn(self.known.lock().unwrap_or_else(PoisonError::into_inner).entry(channel.clone()).or_default());
    }

    async fn read_breaker(&self, channel: &Channel, consistency: Consistency) -> Result<Versioned<Breaker>, ReadError> {
        let key = Key::of_channel(channel);
        let is_strong = consistency == Consistency::Strong;
        let request = self.client.get_item().table_name(&self.table).consistent_read(is_strong);
        let request = request.key("pk", text(&key.partition)).key("sk", text(&key.sort));
        let response = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        let read =
            response.item.as_ref().map_or_else(|| Ok(Versioned::unwritten(Breaker::default())), channel::read_breaker);
        read.map_err(ReadError::from)
    }

    fn update(&self, channel: &Channel) -> UpdateItemFluentBuilder {
        let key = Key::of_channel(channel);
        let request = self.client.update_item().table_name(&self.table);
        request.key("pk", text(&key.partition)).key("sk", text(&key.sort))
    }

    fn learn_state(&self, channel: &Channel, seen: ChannelState) {
        self.learn(channel, |known| known.state = Some(known.state.map_or(seen, |state| state.newer(seen))));
    }

    /// Reserves the slot of a reservation, if its condition holds.
    async fn write(&self, channel: &Channel, reservation: Reservation) -> Result<Reserved, NotReserved> {
        let request = channel::reserve(self.update(channel), reservation)
            .return_values(ReturnValue::AllOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let response = request.send().await.map_err(|error| not_reserved(&error))?;
        let before = response.attributes.as_ref().and_then(channel::state);
        reservation.reserve(before).ok_or_else(|| {
            let reason = "DynamoDB reserved a slot, but the state that it returned doesn't meet the condition, so the slot \
                          is unknown";
            NotReserved::Unknown(reason.to_owned())
        })
    }
}

/// Why a request returned no slot.
enum NotReserved {
    /// The write's condition failed. Holds the channel's state, if it has one.
    ConditionFailed(Option<ChannelState>),
    /// It is not known whether a slot was reserved.
    Unknown(String),
}

fn not_reserved(error: &SdkError<UpdateItemError>) -> NotReserved {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            NotReserved::ConditionFailed(failed.item().and_then(channel::state))
        }
        _ => NotReserved::Unknown(describe(error)),
    }
}

impl Channels for ChannelTable {
    async fn breaker(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        if let Some((_, breaker)) = self.known(channel).breaker.filter(|(read_at, _)| read_at.elapsed() < FRESH) {
            return Ok(breaker);
        }
        let breaker = self.read_breaker(channel, Consistency::Eventual).await?;
        self.learn(channel, |known| known.breaker = Some((now(), breaker.clone())));
        Ok(breaker)
    }

    async fn breaker_now(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        self.read_breaker(channel, Consistency::Strong).await
    }

    async fn replace_breaker(&self, channel: &Channel, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        let request = channel::replace_breaker(self.update(channel), breaker);
        // Even if the write fails, the breaker that was read earlier may be outdated.
        self.learn(channel, |known| known.breaker = None);
        request.send().await.map(|_| ()).map_err(|error| match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => WriteError::Conflict,
            _ => WriteError::Unknown(describe(&error)),
        })
    }

    async fn reserve(&self, channel: &Channel, request: SlotRequest) -> Result<SlotAnswer, WriteError> {
        let mut seen = self.known(channel).state;
        for _ in 0..ROUNDS {
            let reservation = match Reservation::choose(seen, &request) {
                Ok(reservation) => reservation,
                Err(cause) => return Ok(cause.into()),
            };
            match self.write(channel, reservation).await {
                Ok(reserved) => {
                    self.learn_state(channel, reserved.state);
                    return Ok(request.answer(&reserved));
                }
                Err(NotReserved::ConditionFailed(found)) => {
                    seen = found;
                    if let Some(found) = found {
                        self.learn_state(channel, found);
                    }
                }
                Err(NotReserved::Unknown(reason)) => return Err(WriteError::Unknown(reason)),
            }
        }
        Err(WriteError::Conflict)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "only the age of a cached read is measured; no decision of the lifecycle depends on it"
)]
fn now() -> Instant {
    Instant::now()
}
