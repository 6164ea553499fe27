//! The messages of a queue, visible or hidden.

use std::collections::BTreeMap;

/// A message as its receiver gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Id of the message in the queue.
    pub id: u64,
    /// Body of the message.
    pub body: String,
    /// Number of times that the message was received, including this time.
    pub receives: u32,
    /// Number of invocations in the chain that led to this message.
    pub chain: u32,
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) body: String,
    pub(super) receives: u32,
    pub(super) chain: u32,
}

/// The messages of one queue.
#[derive(Debug, Default)]
pub struct Queue {
    pub(super) sent: u64,
    pub(super) visible: BTreeMap<u64, Message>,
    pub(super) hidden: BTreeMap<u64, Message>,
}

impl Queue {
    /// Receives up to `max` visible messages, and hides them.
    pub(super) fn take(&mut self, max: usize) -> Vec<Received> {
        let ids: Vec<u64> = self.visible.keys().take(max).copied().collect();
        let mut received = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(mut message) = self.visible.remove(&id) {
                message.receives += 1;
                let (body, chain) = (message.body.clone(), message.chain);
                received.push(Received { id, body, receives: message.receives, chain });
                self.hidden.insert(id, message);
            }
        }
        received
    }

    /// Number of messages in the queue, visible or hidden.
    pub fn depth(&self) -> usize {
        self.visible.len() + self.hidden.len()
    }
}
