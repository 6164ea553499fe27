//! The queues of messages that this release can't handle: such a message is sent again, or moved to dead letters.

use aws_sdk_sqs::Client;
use reminder::ports::{Queues, SendError, SourceQueue};

use crate::configuration::QueuesConfig;
use crate::parking::send;

/// The queues that invoke functions, and their dead-letter queues.
#[derive(Debug, Clone)]
pub struct SourceQueues {
    client: Client,
    config: QueuesConfig,
}

impl SourceQueues {
    pub(crate) fn new(client: Client, config: QueuesConfig) -> Self {
        Self { client, config }
    }
}

/// SQS has delivered each of these bodies before, so no body has a character that SQS refuses.
impl Queues for SourceQueues {
    async fn move_to_dead_letters(&self, queue: SourceQueue, body: &str) -> Result<(), SendError> {
        let url = match queue {
            SourceQueue::Inbound => &self.config.inbound_dead_letters_url,
            SourceQueue::Dial => &self.config.dial_dead_letters_url,
        };
        send(&self.client, url, body.to_owned(), 0).await
    }

    async fn send_again(&self, queue: SourceQueue, body: &str, delay_s: u32) -> Result<(), SendError> {
        let url = match queue {
            SourceQueue::Inbound => &self.config.inbound_url,
            SourceQueue::Dial => &self.config.dial_url,
        };
        send(&self.client, url, body.to_owned(), delay_s).await
    }
}
