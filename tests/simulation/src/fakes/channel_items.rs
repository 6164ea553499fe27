//! The items of the carriers' channels in the table: the next free slot and the circuit breaker.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reminder::channel::{Breaker, Channel, ChannelKind};
use reminder::ports::{Replacement, SlotRequest, Versioned, WriteError};

/// The item of a channel.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) next: Option<Timestamp>,
    /// How many slots were handed out.
    pub(super) slots: u32,
    pub(super) breaker: Versioned<Breaker>,
}

impl Item {
    /// The item of a channel that was never used.
    pub(super) fn unused() -> Self {
        Self { next: None, slots: 0, breaker: Versioned::unwritten(Breaker::default()) }
    }
}

/// The items of all channels.
#[derive(Debug, Default)]
pub struct ChannelItems(pub(super) BTreeMap<Channel, Item>);

impl ChannelItems {
    /// How many slots of this kind were handed out.
    pub(crate) fn slots(&self, kind: ChannelKind) -> u32 {
        self.0.iter().filter(|(channel, _)| channel.kind == kind).map(|(_, item)| item.slots).sum()
    }

    pub(super) fn breaker(&self, channel: &Channel) -> Versioned<Breaker> {
        self.0.get(channel).map_or_else(|| Item::unused().breaker, |item| item.breaker.clone())
    }

    pub(super) fn replace(&mut self, channel: Channel, breaker: Replacement<Breaker>) -> Result<(), WriteError> {
        let item = self.0.entry(channel).or_insert_with(Item::unused);
        if item.breaker.version() != breaker.replaced().unwrap_or(0) {
            return Err(WriteError::Conflict);
        }
        item.breaker = breaker.written();
        Ok(())
    }

    pub(crate) fn reserve(&mut self, channel: Channel, request: SlotRequest) -> Option<Timestamp> {
        let item = self.0.entry(channel).or_insert_with(Item::unused);
        let slot = item.next.map_or(request.now, |next| next.max(request.now));
        if slot > request.latest {
            return None;
        }
        item.next = slot.checked_add(request.interval).ok();
        item.slots += 1;
        Some(slot)
    }
}
