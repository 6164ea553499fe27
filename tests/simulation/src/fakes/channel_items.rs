//! The items of the carriers' channels in the table: the slots and the circuit breaker.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reminder::channel::slots::{Slots, Step};
use reminder::channel::{Breaker, Channel, ChannelKind};
use reminder::ports::{Replacement, SlotRequest, Versioned, WriteError};

/// The item of a channel.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) slots: Option<Slots>,
    /// How many slots were reserved.
    pub(super) reserved: u32,
    pub(super) breaker: Versioned<Breaker>,
}

impl Item {
    /// The item of a channel that was never used.
    pub(super) fn unused() -> Self {
        Self { slots: None, reserved: 0, breaker: Versioned::unwritten(Breaker::default()) }
    }
}

/// The items of all channels.
#[derive(Debug, Default)]
pub struct ChannelItems(pub(super) BTreeMap<Channel, Item>);

impl ChannelItems {
    /// How many slots of this kind were reserved.
    pub(crate) fn slots(&self, kind: ChannelKind) -> u32 {
        self.0.iter().filter(|(channel, _)| channel.kind == kind).map(|(_, item)| item.reserved).sum()
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
        let reserved = Step::choose(item.slots, &request)?.reserve(item.slots)?;
        item.slots = Some(reserved.slots);
        item.reserved += 1;
        Some(request.slot(reserved.slot_ms))
    }
}
