//! Where texts wait that can't be processed now: the queue that also brings them.

use aws_sdk_sqs::Client;
use reminder::policy::QUEUE_DELAY_MAX_S;
use reminder::ports::{Parking, SendError};
use reminder::wire::ParkedText;

use crate::configuration::ParkingSettings;
use crate::failure::describe;

/// The inbound queue.
#[derive(Debug, Clone)]
pub struct InboundQueue {
    client: Client,
    settings: ParkingSettings,
}

impl InboundQueue {
    pub(crate) fn new(client: Client, settings: ParkingSettings) -> Self {
        Self { client, settings }
    }
}

impl Parking for InboundQueue {
    async fn park(&self, text: &ParkedText, delay_s: u32) -> Result<(), SendError> {
        let body = serde_json::to_string(text).map_err(|error| SendError(error.to_string()))?;
        send(&self.client, &self.settings.queue_url, body, delay_s).await
    }
}

/// Sends a message that arrives after `delay_s`, a delay that SQS can hold.
pub(crate) async fn send(client: &Client, queue_url: &str, body: String, delay_s: u32) -> Result<(), SendError> {
    let delay_s = i32::try_from(delay_s)
        .ok()
        .filter(|delay_s| i64::from(*delay_s) <= QUEUE_DELAY_MAX_S)
        .ok_or_else(|| SendError(format!("expected a delay of at most {QUEUE_DELAY_MAX_S} s, found {delay_s} s")))?;
    let request = client.send_message().queue_url(queue_url).message_body(body).delay_seconds(delay_s);
    request.send().await.map(|_| ()).map_err(|error| SendError(describe(&error)))
}
