//! Where texts wait that can't be processed now: the queue that also brings them.

use aws_sdk_sqs::Client;
use reminder::policy::QUEUE_DELAY_MAX_S;
use reminder::ports::{Parking, SendError};
use reminder::wire::ParkedText;

use crate::configuration::ParkingConfig;
use crate::failure::describe;

/// The inbound queue.
#[derive(Debug, Clone)]
pub struct InboundQueue {
    client: Client,
    settings: ParkingConfig,
}

impl InboundQueue {
    pub(crate) fn new(client: Client, settings: ParkingConfig) -> Self {
        Self { client, settings }
    }
}

impl Parking for InboundQueue {
    async fn park(&self, text: &ParkedText, delay_s: u32) -> Result<(), SendError> {
        let body = json(text).map_err(|error| SendError(error.to_string()))?;
        send(&self.client, &self.settings.queue_url, body, delay_s).await
    }
}

/// The text as JSON that SQS takes: of what stands unescaped in JSON it refuses two characters, and a text may hold any.
fn json(text: &ParkedText) -> serde_json::Result<String> {
    Ok(serde_json::to_string(text)?.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use reminder::wire::ParkedTextVersion;

    use super::*;

    /// What SQS takes: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>.
    fn is_taken(character: char) -> bool {
        matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn a_text_of_any_characters_is_parked_as_it_is() {
        let body: String = ('\0'..=char::MAX).collect();
        let text = ParkedText {
            parked: ParkedTextVersion,
            carrier: "twilio".to_owned(),
            id: "SM1".to_owned(),
            from: "+12125550142".to_owned(),
            body,
            opt_out_type: None,
            received_at: Timestamp::UNIX_EPOCH,
            times: 3,
        };
        let json = json(&text).unwrap();
        assert!(json.chars().all(is_taken));
        assert!(serde_json::from_str::<ParkedText>(&json).is_ok_and(|read| read == text));
    }
}
