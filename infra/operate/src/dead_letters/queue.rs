//! A dead-letter queue: receives its messages, makes them visible again, and redrives them.

use anyhow::{Context as _, Result};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName as Attribute, QueueAttributeName,
};
use jiff::Timestamp;
use serde::Serialize;

use super::content::{Content, ContentKind, masked};
use crate::access::{Access, described};

/// Visibility timeout of received messages, in seconds, so that one reading receives each message once. Messages that
/// are not redriven are released after the reading. If the reading is interrupted, they become visible after this time.
const HIDDEN_S: i32 = 60;
/// Messages in a batch: the maximum of SQS.
const BATCH: usize = 10;
/// Wait time of a receive request, in seconds. With long polling, SQS queries all servers of a queue. Without it, SQS
/// queries only some, and may return nothing although there are messages.
const WAIT_S: i32 = 1;
/// Number of messages after which one reading of a queue ends. The last batch may exceed it. The first message must
/// still be hidden when the last message arrives.
pub const MOST_READ: usize = 1000;

/// Logical id of each dead-letter queue, the kind of its messages, and its source queue, to which they are redriven.
const QUEUES: [(&str, ContentKind, &str); 3] = [
    ("InboundDeadLetters", ContentKind::Texts, "InboundQueue"),
    ("DialDeadLetters", ContentKind::WakeUps, "DialQueue"),
    // Its wake-ups were never in the dial queue, because EventBridge Scheduler could not deliver them.
    ("ScheduleDeadLetters", ContentKind::WakeUps, "DialQueue"),
];

/// A dead-letter queue and its source queue.
pub(super) struct Queue {
    pub(super) name: &'static str,
    pub(super) kind: ContentKind,
    url: String,
    pub(super) source: &'static str,
    source_url: String,
    client: Client,
}

/// A message of a dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// Logical id of the dead-letter queue.
    pub queue: &'static str,
    /// Message id, with which the operator selects the message for a redrive.
    pub id: String,
    /// The content of the message.
    #[serde(flatten)]
    pub content: Content,
    /// How often the message was received, including by this tool.
    pub receives: u32,
    /// When the message was received for the first time.
    pub first_received_at: Option<Timestamp>,
    /// When the message was sent to its queue.
    pub sent_at: Option<Timestamp>,
    /// Why EventBridge Scheduler could not deliver the message. Absent for other messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A received dead letter. While it is hidden from other readers, it can be redriven or released.
pub(super) struct HeldMessage {
    pub(super) dead: DeadLetter,
    pub(super) body: String,
    handle: String,
}

/// The messages that were received from a queue.
pub(super) struct Received {
    pub(super) messages: Vec<HeldMessage>,
    /// Approximate number of messages that other readers have received.
    pub(super) in_flight: usize,
}

/// Finds the dead-letter queues of a stack. CloudFormation names a queue by stack, logical id and a random suffix.
pub(super) async fn find(access: &Access) -> Result<Vec<Queue>> {
    let client = access.sqs();
    let prefix = format!("{}-", access.stack());
    let listed = client.list_queues().queue_name_prefix(&prefix).send().await.map_err(described);
    let listed =
        listed.with_context(|| format!("could not list the queues at {}; {}", access.location(), access.advice()))?;
    let url_of = |name: &str| {
        let start = format!("{prefix}{name}-");
        let named = |url: &&String| url.rsplit('/').next().is_some_and(|found| found.starts_with(&start));
        let found = listed.queue_urls().iter().find(named).cloned();
        found.with_context(|| {
            format!("expected a queue named {start}… at {}, found none; {}", access.location(), access.advice())
        })
    };
    let queue = |(name, kind, source): (&'static str, ContentKind, &'static str)| {
        Ok(Queue { name, kind, url: url_of(name)?, source, source_url: url_of(source)?, client: client.clone() })
    };
    QUEUES.into_iter().map(queue).collect()
}

impl Queue {
    /// Receives messages of the queue until it is empty, or until at least [`MOST_READ`] were received. Each message
    /// stays hidden until it is released, but at most for [`HIDDEN_S`].
    pub(super) async fn receive(&self) -> Result<Received> {
        let mut held = Vec::new();
        while held.len() < MOST_READ {
            let request = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .max_number_of_messages(i32::try_from(BATCH)?)
                .visibility_timeout(HIDDEN_S)
                .wait_time_seconds(WAIT_S)
                .message_system_attribute_names(Attribute::All)
                .message_attribute_names("All");
            let received = request
                .send()
                .await
                .map_err(described)
                .with_context(|| format!("could not read the queue {}", self.name))?;
            if received.messages().is_empty() {
                break;
            }
            held.extend(received.messages().iter().map(|message| self.held(message)));
        }
        // Count while our own messages are hidden, and subtract them. On AWS, the number may still include them after
        // they are released.
        let in_flight = self.count_in_flight().await?.saturating_sub(held.len());
        Ok(Received { messages: held, in_flight })
    }

    /// Returns how many messages are in flight, including our own.
    async fn count_in_flight(&self) -> Result<usize> {
        let name = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let found = request.send().await.map_err(described);
        let found = found.with_context(|| format!("could not read the attributes of the queue {}", self.name))?;
        let count = found.attributes().and_then(|all| all.get(&name)).and_then(|count| count.parse().ok());
        count.with_context(|| format!("expected {name} of {}, found {:?}", self.name, found.attributes()))
    }

    fn held(&self, message: &Message) -> HeldMessage {
        let body = message.body().unwrap_or_default();
        let attribute = |name| message.attributes().and_then(|all| all.get(&name)).map(String::as_str);
        let custom = |name: &str| {
            message.message_attributes().and_then(|all| all.get(name)).and_then(|value| value.string_value())
        };
        let dead = DeadLetter {
            queue: self.name,
            id: message.message_id().unwrap_or_default().to_owned(),
            content: Content::read(self.kind, body),
            receives: attribute(Attribute::ApproximateReceiveCount).and_then(|n| n.parse().ok()).unwrap_or(0),
            first_received_at: attribute(Attribute::ApproximateFirstReceiveTimestamp).and_then(instant),
            sent_at: attribute(Attribute::SentTimestamp).and_then(instant),
            error: custom("ERROR_CODE")
                .map(|code| format!("{code}: {}", masked(custom("ERROR_MESSAGE").unwrap_or_default()))),
        };
        let handle = message.receipt_handle().unwrap_or_default().to_owned();
        HeldMessage { dead, body: body.to_owned(), handle }
    }

    /// Makes messages visible again immediately.
    pub(super) async fn release(&self, held: &[HeldMessage]) -> Result<()> {
        for batch in held.chunks(BATCH) {
            let mut request = self.client.change_message_visibility_batch().queue_url(&self.url);
            for (index, message) in batch.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(&message.handle)
                    .visibility_timeout(0);
                request = request.entries(entry.build()?);
            }
            // A message whose entry fails becomes visible after its timeout.
            let done = request.send().await.map_err(described);
            done.with_context(|| {
                format!("could not release all messages of {}; some stay hidden for up to {HIDDEN_S} s", self.name)
            })?;
        }
        Ok(())
    }

    /// Sends a message to its source queue, then deletes it from this queue. After a crash between the two steps, the
    /// message is in both queues. That is harmless, because texts and wake-ups are processed idempotently.
    pub(super) async fn redrive(&self, held: &HeldMessage) -> Result<()> {
        let sent = self.client.send_message().queue_url(&self.source_url).message_body(&held.body).send().await;
        sent.map_err(described).with_context(|| format!("could not send {} to {}", held.dead.id, self.source))?;
        self.delete(held).await.with_context(|| format!("{} was sent to {}", held.dead.id, self.source))
    }

    /// Deletes a message.
    pub(super) async fn delete(&self, held: &HeldMessage) -> Result<()> {
        let deleted = self.client.delete_message().queue_url(&self.url).receipt_handle(&held.handle).send().await;
        let deleted = deleted.map_err(described).map(drop);
        deleted.with_context(|| format!("could not delete {} from {}", held.dead.id, self.name))
    }
}

/// Parses a timestamp of SQS, in milliseconds. SQS uses 0 for an event that has not happened.
fn instant(milliseconds: &str) -> Option<Timestamp> {
    let milliseconds = milliseconds.parse().ok().filter(|milliseconds| *milliseconds > 0)?;
    Timestamp::from_millisecond(milliseconds).ok()
}
