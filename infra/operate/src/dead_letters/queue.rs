//! A dead-letter queue: read without taking anything from it, and sent back from.

use anyhow::{Context as _, Result, anyhow};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, Message, MessageSystemAttributeName as Attribute, QueueAttributeName,
};
use jiff::Timestamp;
use serde::Serialize;

use super::content::{Content, ContentKind, masked};
use crate::access::Access;

/// How long what is being read stays hidden from the same reading, in seconds. It is shown again when the reading is
/// over; after a reading that was cut short, by itself.
const HIDDEN_S: i32 = 60;
/// Messages of a batch: the most that SQS gives or takes at once.
const BATCH: usize = 10;
/// How long a request for messages waits, in seconds. One that waits asks all of a queue's servers; one that does not,
/// some, and may find nothing though there is something.
const WAIT_S: i32 = 1;
/// Messages of one queue that are read at once, so that the first is still hidden when the last is read.
pub const MOST_READ: usize = 1000;

/// The stack's dead-letter queues by their logical ids, what each holds, and where that came from.
const QUEUES: [(&str, ContentKind, &str); 3] = [
    ("InboundDeadLetters", ContentKind::Texts, "InboundQueue"),
    ("DialDeadLetters", ContentKind::WakeUps, "DialQueue"),
    // What Scheduler could not bring to the dial queue.
    ("ScheduleDeadLetters", ContentKind::WakeUps, "DialQueue"),
];

/// A dead-letter queue and the queue it serves.
pub(super) struct Queue {
    pub(super) name: &'static str,
    holds: ContentKind,
    url: String,
    pub(super) source: &'static str,
    source_url: String,
    client: Client,
}

/// A message of a dead-letter queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// The queue it is in.
    pub queue: &'static str,
    /// Its id, by which it is sent back.
    pub id: String,
    /// What it is.
    #[serde(flatten)]
    pub content: Content,
    /// How often it was received, looking at it included.
    pub receives: u32,
    /// When it was first received.
    pub first_received_at: Option<Timestamp>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// What Scheduler says of why it could not bring it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A dead letter while it is hidden from other readers: it can be redriven or released.
pub(super) struct HeldMessage {
    pub(super) dead: DeadLetter,
    body: String,
    handle: String,
}

/// The messages a queue gave, and how many more it has.
pub(super) struct Received {
    pub(super) messages: Vec<HeldMessage>,
    /// Messages that another reader holds, as far as the queue knows.
    pub(super) in_flight: usize,
}

/// The dead-letter queues of a stack. CloudFormation names a queue by stack, logical id and something random.
pub(super) async fn find(access: &Access) -> Result<Vec<Queue>> {
    let client = access.client();
    let prefix = format!("{}-", access.stack());
    let listed = client.list_queues().queue_name_prefix(&prefix).send().await.map_err(described);
    let listed =
        listed.with_context(|| format!("no queues could be listed at {}; {}", access.location(), access.advice()))?;
    let url_of = |name: &str| {
        let start = format!("{prefix}{name}-");
        let named = |url: &&String| url.rsplit('/').next().is_some_and(|found| found.starts_with(&start));
        let found = listed.queue_urls().iter().find(named).cloned();
        found.with_context(|| {
            format!("expected a queue {start}… at {}, found none; {}", access.location(), access.advice())
        })
    };
    let queue = |(name, holds, source): (&'static str, ContentKind, &'static str)| {
        Ok(Queue { name, holds, url: url_of(name)?, source, source_url: url_of(source)?, client: client.clone() })
    };
    QUEUES.into_iter().map(queue).collect()
}

impl Queue {
    /// Receives the queue's messages, up to [`MOST_READ`] of them. Each stays hidden until it is released.
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
            let received =
                request.send().await.map_err(described).with_context(|| format!("{} can't be read", self.name))?;
            if received.messages().is_empty() {
                break;
            }
            held.extend(received.messages().iter().map(|message| self.held(message)));
        }
        // Asked while ours are hidden too: on AWS the figure may go on counting them after they are put back.
        let in_flight = self.hidden().await?.saturating_sub(held.len());
        Ok(Received { messages: held, in_flight })
    }

    /// How many letters are hidden because somebody reads them, ourselves included.
    async fn hidden(&self) -> Result<usize> {
        let name = QueueAttributeName::ApproximateNumberOfMessagesNotVisible;
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let found = request.send().await.map_err(described);
        let found = found.with_context(|| format!("{} does not say what of it is being read", self.name))?;
        let hidden = found.attributes().and_then(|all| all.get(&name)).and_then(|count| count.parse().ok());
        hidden.with_context(|| format!("expected {name} of {}, found {:?}", self.name, found.attributes()))
    }

    fn held(&self, message: &Message) -> HeldMessage {
        let body = message.body().unwrap_or_default();
        let attribute = |name| message.attributes().and_then(|all| all.get(&name)).map(String::as_str);
        let said = |name: &str| {
            message.message_attributes().and_then(|all| all.get(name)).and_then(|value| value.string_value())
        };
        let dead = DeadLetter {
            queue: self.name,
            id: message.message_id().unwrap_or_default().to_owned(),
            content: Content::read(self.holds, body),
            receives: attribute(Attribute::ApproximateReceiveCount).and_then(|n| n.parse().ok()).unwrap_or(0),
            first_received_at: attribute(Attribute::ApproximateFirstReceiveTimestamp).and_then(instant),
            sent_at: attribute(Attribute::SentTimestamp).and_then(instant),
            error: said("ERROR_CODE")
                .map(|code| format!("{code}: {}", masked(said("ERROR_MESSAGE").unwrap_or_default()))),
        };
        let handle = message.receipt_handle().unwrap_or_default().to_owned();
        HeldMessage { dead, body: body.to_owned(), handle }
    }

    /// Makes messages visible again at once.
    pub(super) async fn release(&self, held: &[HeldMessage]) -> Result<()> {
        for batch in held.chunks(BATCH) {
            let mut request = self.client.change_message_visibility_batch().queue_url(&self.url);
            for (index, letter) in batch.iter().enumerate() {
                let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                    .id(index.to_string())
                    .receipt_handle(&letter.handle)
                    .visibility_timeout(0);
                request = request.entries(entry.build()?);
            }
            // One that is not put back shows again by itself.
            let done = request.send().await.map_err(described);
            done.with_context(|| format!("what was read of {} stays hidden for {HIDDEN_S} s", self.name))?;
        }
        Ok(())
    }

    /// Sends a message to the queue it came from, then deletes it here. A crash between the two leaves it in both, which
    /// is harmless: texts and wake-ups may come twice.
    pub(super) async fn redrive(&self, held: &HeldMessage) -> Result<()> {
        let sent = self.client.send_message().queue_url(&self.source_url).message_body(&held.body).send().await;
        sent.map_err(described).with_context(|| format!("{} could not be sent to {}", held.dead.id, self.source))?;
        let deleted = self.client.delete_message().queue_url(&self.url).receipt_handle(&held.handle).send().await;
        deleted.map_err(described).map(drop).with_context(|| {
            format!("{} was sent to {} and could not be deleted from {}", held.dead.id, self.source, self.name)
        })
    }
}

/// An instant as SQS gives it, in milliseconds; it gives 0 for never.
fn instant(milliseconds: &str) -> Option<Timestamp> {
    let milliseconds = milliseconds.parse().ok().filter(|milliseconds| *milliseconds > 0)?;
    Timestamp::from_millisecond(milliseconds).ok()
}

/// The SDK's own words are only "service error" or "dispatch failure"; what it was says the last of its causes.
fn described(error: impl std::error::Error) -> anyhow::Error {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    anyhow!("{error}: {cause}")
}
