//! Parks texts that can't be processed now: puts them on the inbound queue, which delivers them again later.

use aws_sdk_sqs::Client;
use reminder::policy::QUEUE_DELAY_MAX_S;
use reminder::ports::{Parking, SendError};
use reminder::wire::ParkedText;

use crate::configuration::ParkingConfig;
use crate::failure::describe;

/// The inbound queue, as the port that parks texts.
#[derive(Debug, Clone)]
pub struct InboundQueue {
    client: Client,
    config: ParkingConfig,
}

impl InboundQueue {
    pub(crate) fn new(client: Client, config: ParkingConfig) -> Self {
        Self { client, config }
    }
}

impl Parking for InboundQueue {
    async fn park(&self, text: &ParkedText, delay_s: u32) -> Result<(), SendError> {
        let body = json(text).map_err(|error| SendError(error.to_string()))?;
        send(&self.client, &self.config.queue_url, body, delay_s).await
    }
}

/// Returns the text as JSON that SQS accepts. SQS refuses two characters that JSON allows unescaped, U+FFFE and U+FFFF,
/// and a text may hold any character, so both are escaped.
fn json(text: &ParkedText) -> serde_json::Result<String> {
    Ok(serde_json::to_string(text)?.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
}

/// Sends a message that is delivered after `delay_s` seconds. Fails if SQS does not allow such a delay.
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
    use reminder::ids::MessageId;

    use super::*;

    /// Whether SQS accepts a character:
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>.
    fn is_accepted(character: char) -> bool {
        matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn a_text_of_any_characters_is_parked_unchanged() {
        let characters: Vec<char> = ('\0'..=char::MAX).collect();
        // A text has at most 1600 UTF-16 units, so many texts are needed for all characters.
        for body in characters.chunks(800).map(String::from_iter) {
            let text = ParkedText {
                id: MessageId::new("twilio", "SM1").unwrap(),
                from: "+12125550142".parse().unwrap(),
                body,
                opt_out_type: None,
                received_at: Timestamp::UNIX_EPOCH,
                times: 3,
            };
            let json = json(&text).unwrap();
            assert!(json.chars().all(is_accepted));
            assert!(ParkedText::read(&json).is_ok_and(|read| read == text));
        }
    }
}
