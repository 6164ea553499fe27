//! The carriers' channels in the table: one item for each, with its next free slot and its circuit breaker.
//!
//! The slot and the breaker are separate attributes, and each update changes only one of the two. So reserving a slot
//! and recording a failure never conflict.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use jiff::Timestamp;
use reminder::channel::{Breaker, Channel};
use reminder::ports::{Channels, ReadError, Replacement, SlotRequest, Versioned, WriteError};

use crate::failure::describe;
use crate::items::{channel, keys::Key, milliseconds_rounded_up};

/// How long a breaker that was read is used before it is read again.
const FRESH: Duration = Duration::from_secs(1);

/// Maximum number of requests for one slot. A request is repeated if its condition failed, because the next free slot
/// that this process knew was outdated. If the condition of the last request fails too, many processes reserve slots at
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
    /// The channel's next free slot, in milliseconds since 1970. It never moves back. It is 0 until this process
    /// learns it.
    next_ms: i64,
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

    async fn read(&self, channel: &Channel, consistent: bool) -> Result<Versioned<Breaker>, ReadError> {
        let key = Key::of_channel(channel);
        let request = self.client.get_item().table_name(&self.table).consistent_read(consistent);
        let request = request.key("pk", text(&key.partition)).key("sk", text(&key.sort));
        let answer = request.send().await.map_err(|error| ReadError::Transient(describe(&error)))?;
        let read = answer.item.as_ref().map_or_else(|| Ok(Versioned::unwritten(Breaker::default())), channel::read);
        read.map_err(ReadError::from)
    }

    fn update(&self, channel: &Channel) -> UpdateItemFluentBuilder {
        let key = Key::of_channel(channel);
        let request = self.client.update_item().table_name(&self.table);
        request.key("pk", text(&key.partition)).key("sk", text(&key.sort))
    }

    /// Reserves the channel's next free slot, if that slot is in the future and not after `latest_ms`.
    async fn reserve_next(&self, channel: &Channel, request_ms: SlotRequestMs) -> Result<i64, NotReserved> {
        let request = self
            .update(channel)
            .update_expression("SET next_ms = next_ms + :interval")
            .condition_expression("next_ms > :now AND next_ms <= :latest")
            .expression_attribute_values(":interval", number(request_ms.interval_ms))
            .expression_attribute_values(":now", number(request_ms.now_ms))
            .expression_attribute_values(":latest", number(request_ms.latest_ms))
            .return_values(ReturnValue::UpdatedOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let answer = request.send().await.map_err(|error| not_reserved(&error))?;
        let before = answer.attributes.as_ref().and_then(channel::next_ms);
        before.ok_or_else(|| NotReserved::Unknown("expected the slot's previous value, found none".to_owned()))
    }

    /// Reserves the slot at the current instant, if the channel's next free slot is not in the future.
    async fn reserve_now(&self, channel: &Channel, request_ms: SlotRequestMs) -> Result<i64, NotReserved> {
        let request = self
            .update(channel)
            .update_expression("SET next_ms = :then")
            .condition_expression("attribute_not_exists(next_ms) OR next_ms <= :now")
            .expression_attribute_values(":then", number(request_ms.now_ms + request_ms.interval_ms))
            .expression_attribute_values(":now", number(request_ms.now_ms))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        request.send().await.map(|_| request_ms.now_ms).map_err(|error| not_reserved(&error))
    }
}

/// A request for a slot. Its instants are in milliseconds since 1970, as slots are stored. `now_ms` is rounded up, so
/// that no slot is before the instant at which it was requested.
#[derive(Clone, Copy)]
struct SlotRequestMs {
    now_ms: i64,
    latest_ms: i64,
    interval_ms: i64,
}

/// Why a request returned no slot.
enum NotReserved {
    /// The write's condition failed. Holds the channel's next free slot, if it has one.
    ConditionFailed(Option<i64>),
    /// It is not known whether a slot was reserved.
    Unknown(String),
}

fn not_reserved(error: &SdkError<UpdateItemError>) -> NotReserved {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            NotReserved::ConditionFailed(failed.item().and_then(channel::next_ms))
        }
        _ => NotReserved::Unknown(describe(error)),
    }
}

impl Channels for ChannelTable {
    async fn breaker(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        if let Some((_, breaker)) = self.known(channel).breaker.filter(|(read_at, _)| read_at.elapsed() < FRESH) {
            return Ok(breaker);
        }
        let breaker = self.read(channel, false).await?;
        self.learn(channel, |known| known.breaker = Some((now(), breaker.clone())));
        Ok(breaker)
    }

    async fn breaker_now(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        self.read(channel, true).await
    }

    async fn replace_breaker(&self, channel: &Channel, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        let request = channel::replace(self.update(channel), breaker);
        // Even if the write fails, the breaker that was read earlier may be outdated.
        self.learn(channel, |known| known.breaker = None);
        request.send().await.map(|_| ()).map_err(|error| match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => WriteError::Conflict,
            _ => WriteError::Unknown(describe(&error)),
        })
    }

    async fn reserve(&self, channel: &Channel, request: SlotRequest) -> Result<Option<Timestamp>, WriteError> {
        let request_ms = SlotRequestMs {
            now_ms: milliseconds_rounded_up(request.now),
            latest_ms: request.latest.as_millisecond(),
            interval_ms: i64::try_from(request.interval.as_millis()).unwrap_or(i64::MAX / 4).max(1),
        };
        let mut next_ms = self.known(channel).next_ms;
        for _ in 0..ROUNDS {
            if next_ms > request_ms.latest_ms {
                return Ok(None);
            }
            let is_ahead = next_ms > request_ms.now_ms;
            let reserved = if is_ahead {
                self.reserve_next(channel, request_ms).await
            } else {
                self.reserve_now(channel, request_ms).await
            };
            match reserved {
                Ok(slot_ms) => {
                    self.learn(channel, |known| known.next_ms = known.next_ms.max(slot_ms + request_ms.interval_ms));
                    // A slot at the current instant is returned exactly as that instant. Only the stored instant is
                    // rounded up.
                    let slot = if is_ahead {
                        Timestamp::from_millisecond(slot_ms).unwrap_or(request.now)
                    } else {
                        request.now
                    };
                    return Ok(Some(slot));
                }
                Err(NotReserved::ConditionFailed(found)) => {
                    next_ms = found.unwrap_or(0);
                    self.learn(channel, |known| known.next_ms = known.next_ms.max(next_ms));
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

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
