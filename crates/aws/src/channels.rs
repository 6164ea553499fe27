//! The carriers' lines, in the table: one item for each, with its next free slot and its breaker.
//!
//! Both are changed by updates of their own attributes, so that a slot that is handed out and a failure that is noted
//! don't hinder each other.

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
use crate::items::{NotOurs, channel, keys::Key, milliseconds_rounded_up};

/// How long a breaker that was read is taken for what it is now.
const FRESH: Duration = Duration::from_secs(1);

/// How often a slot is asked for anew because somebody else took one in between. Under such a load the item is busy for
/// all, and a wait serves better.
const ROUNDS: usize = 6;

/// The lines in the table.
#[derive(Debug)]
pub struct ChannelTable {
    client: Client,
    table: String,
    known: Mutex<BTreeMap<Channel, Known>>,
}

/// What this process last saw of a line.
#[derive(Debug, Clone, Default)]
struct Known {
    breaker: Option<(Instant, Versioned<Breaker>)>,
    /// Its next free slot, which never moves back.
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
        read.map_err(|NotOurs(reason)| ReadError::Unreadable(reason))
    }

    fn update(&self, channel: &Channel) -> UpdateItemFluentBuilder {
        let key = Key::of_channel(channel);
        let request = self.client.update_item().table_name(&self.table);
        request.key("pk", text(&key.partition)).key("sk", text(&key.sort))
    }

    /// The slot right behind the one before, while there is one ahead of now.
    async fn join(&self, channel: &Channel, wish: WishMs) -> Result<i64, Refused> {
        let request = self
            .update(channel)
            .update_expression("SET next_ms = next_ms + :interval")
            .condition_expression("next_ms > :now AND next_ms <= :latest")
            .expression_attribute_values(":interval", number(wish.interval_ms))
            .expression_attribute_values(":now", number(wish.now_ms))
            .expression_attribute_values(":latest", number(wish.latest_ms))
            .return_values(ReturnValue::UpdatedOld)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let answer = request.send().await.map_err(|error| refused(&error))?;
        let before = answer.attributes.as_ref().and_then(channel::next_ms);
        before.ok_or_else(|| Refused::Unknown("expected the slot before, found none".to_owned()))
    }

    /// The slot now, while the line is idle.
    async fn begin(&self, channel: &Channel, wish: WishMs) -> Result<i64, Refused> {
        let request = self
            .update(channel)
            .update_expression("SET next_ms = :then")
            .condition_expression("attribute_not_exists(next_ms) OR next_ms <= :now")
            .expression_attribute_values(":then", number(wish.now_ms + wish.interval_ms))
            .expression_attribute_values(":now", number(wish.now_ms))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        request.send().await.map(|_| wish.now_ms).map_err(|error| refused(&error))
    }
}

/// A wish in milliseconds since 1970, as slots are stored. Now is rounded up: no slot is before its time.
#[derive(Clone, Copy)]
struct WishMs {
    now_ms: i64,
    latest_ms: i64,
    interval_ms: i64,
}

enum Refused {
    /// Its condition failed: the next free slot is this one, as far as there is one.
    Condition(Option<i64>),
    /// It is not known whether it was handed out.
    Unknown(String),
}

fn refused(error: &SdkError<UpdateItemError>) -> Refused {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
            Refused::Condition(failed.item().and_then(channel::next_ms))
        }
        _ => Refused::Unknown(describe(error)),
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
        // Whatever comes of it, what was known is old.
        self.learn(channel, |known| known.breaker = None);
        request.send().await.map(|_| ()).map_err(|error| match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => WriteError::Conflict,
            _ => WriteError::Unknown(describe(&error)),
        })
    }

    async fn reserve(&self, channel: &Channel, wish: SlotRequest) -> Result<Option<Timestamp>, WriteError> {
        let times = WishMs {
            now_ms: milliseconds_rounded_up(wish.now),
            latest_ms: wish.latest.as_millisecond(),
            interval_ms: i64::try_from(wish.interval.as_millis()).unwrap_or(i64::MAX / 4).max(1),
        };
        let mut next_ms = self.known(channel).next_ms;
        for _ in 0..ROUNDS {
            if next_ms > times.latest_ms {
                return Ok(None);
            }
            let joins = next_ms > times.now_ms;
            let taken = if joins { self.join(channel, times).await } else { self.begin(channel, times).await };
            match taken {
                Ok(slot_ms) => {
                    self.learn(channel, |known| known.next_ms = known.next_ms.max(slot_ms + times.interval_ms));
                    // The slot now is the one asked for, which is not after now.
                    let slot = if joins { Timestamp::from_millisecond(slot_ms).unwrap_or(wish.now) } else { wish.now };
                    return Ok(Some(slot));
                }
                Err(Refused::Condition(found)) => {
                    next_ms = found.unwrap_or(0);
                    self.learn(channel, |known| known.next_ms = known.next_ms.max(next_ms));
                }
                Err(Refused::Unknown(reason)) => return Err(WriteError::Unknown(reason)),
            }
        }
        Err(WriteError::Conflict)
    }
}

#[expect(clippy::disallowed_methods, reason = "how old what was read is, which no decision of the life cycle rests on")]
fn now() -> Instant {
    Instant::now()
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}
