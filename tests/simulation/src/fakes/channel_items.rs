//! The items of the carriers' channels in the table: the slots and the circuit breaker.

use std::collections::BTreeMap;

use reminder::channel::slots::{ChannelState, Reservation};
use reminder::channel::{Breaker, Channel, ChannelKind};
use reminder::ports::{Replacement, SlotAnswer, SlotRequest, Versioned, WriteError};

/// The item of a channel.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) state: Option<ChannelState>,
    /// How many slots were reserved.
    pub(super) reserved: u32,
    pub(super) breaker: Versioned<Breaker>,
}

impl Item {
    /// The item of a channel that was never used.
    pub(super) fn unused() -> Self {
        Self { state: None, reserved: 0, breaker: Versioned::unwritten(Breaker::default()) }
    }
}

/// The items of all channels.
#[derive(Debug, Default)]
pub struct ChannelItems(pub(super) BTreeMap<Channel, Item>);

impl ChannelItems {
    /// How many slots of this kind were reserved.
    pub fn slots(&self, kind: ChannelKind) -> u32 {
        self.0.iter().filter(|(channel, _)| channel.kind == kind).map(|(_, item)| item.reserved).sum()
    }

    /// Returns the stored circuit breaker of a channel.
    pub fn breaker(&self, channel: &Channel) -> Versioned<Breaker> {
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

    pub(crate) fn reserve(&mut self, channel: Channel, request: SlotRequest) -> Result<SlotAnswer, WriteError> {
        let item = self.0.entry(channel).or_insert_with(Item::unused);
        let reservation = match Reservation::choose(item.state, &request) {
            Ok(reservation) => reservation,
            Err(cause) => return Ok(cause.into()),
        };
        let reserved = reservation.reserve(item.state).ok_or(WriteError::Conflict)?;
        item.state = Some(reserved.state);
        item.reserved += 1;
        Ok(request.answer(&reserved))
    }
}
