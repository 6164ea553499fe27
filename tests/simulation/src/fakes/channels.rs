//! The slots and circuit breakers of the carriers' channels. The same table stores them and the reminders, so their
//! reads and writes have the same faults.

use std::rc::Rc;

use jiff::SignedDuration;
use reminder::channel::slots::{ChannelState, Slots, Spent};
use reminder::channel::{Breaker, Channel, ChannelKind};
use reminder::ports::{Channels, ReadError, Replacement, SlotAnswer, SlotRequest, Versioned, WriteError};

use super::channel_items::{ChannelItems, Item};
use super::cloud::Cloud;
use super::invocation::Invocation;
use super::names::carrier_name;
use crate::faults::Fault;

impl Cloud {
    /// Returns a channel of the carrier with the index `which`.
    fn channel(which: usize, kind: ChannelKind) -> Channel {
        Channel { carrier: carrier_name(which), kind }
    }

    /// Simulates other users who take all slots of a channel for `for_ms` milliseconds.
    pub(crate) fn occupy(&self, which: usize, kind: ChannelKind, for_ms: i64) {
        self.faults.record(Fault::ChannelBusy, self.engine.now_ms());
        self.trace(|| format!("other users take the slots of {kind:?} for {} s", for_ms / 1000));
        let mut channels = self.channels.borrow_mut();
        let item = channels.0.entry(Self::channel(which, kind)).or_insert_with(Item::unused);
        let spent = item.state.map_or_else(Spent::default, |state| state.spent);
        let busy = ChannelState { slots: Slots::in_one_lane(self.engine.now_ms() + for_ms), spent };
        item.state = Some(item.state.map_or(busy, |state| state.newer(busy)));
    }

    /// Simulates a carrier that is down for every user: requests of other users fail until the carrier's breakers open.
    pub fn open_breakers(&self, which: usize) {
        if self.engine.now_ms() >= self.faults.stopped_at() {
            return;
        }
        self.faults
            .record(if which == 0 { Fault::CarrierDown } else { Fault::SecondCarrierDown }, self.engine.now_ms());
        self.trace(|| format!("other users find that {} is down", carrier_name(which)));
        let mut channels = self.channels.borrow_mut();
        for kind in [ChannelKind::Voice, ChannelKind::Sms] {
            let item = channels.0.entry(Self::channel(which, kind)).or_insert_with(Item::unused);
            let mut breaker = Breaker::clone(&item.breaker);
            if breaker.failed(self.engine.now()).is_none() {
                // The breaker is open, and another user's probe failed.
                breaker = breaker.reopened(self.engine.now());
            } else {
                for before_ms in (0..10).rev() {
                    let at = self.engine.now().saturating_sub(SignedDuration::from_millis(before_ms));
                    breaker = at.ok().and_then(|at| breaker.failed(at)).unwrap_or(breaker);
                }
            }
            item.breaker = item.breaker.replaced_by(breaker).written();
        }
    }
}

impl Invocation {
    async fn write_channel<T: 'static>(
        &self,
        write: impl FnOnce(&mut ChannelItems) -> Result<T, WriteError> + 'static,
    ) -> Result<T, WriteError> {
        let on_arrival = move |cloud: &Rc<Cloud>| {
            if cloud.injects(Fault::SpuriousConflict) {
                return Err(WriteError::Conflict);
            }
            write(&mut cloud.channels.borrow_mut())
        };
        let response = self.cloud().send(self.cloud().write_trip(), on_arrival).await;
        response.unwrap_or_else(|| Err(WriteError::Unknown("no response".to_owned())))
    }
}

impl Channels for Invocation {
    async fn breaker(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        self.breaker_now(channel).await
    }

    async fn breaker_now(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        let channel = channel.clone();
        let on_arrival = move |cloud: &Rc<Cloud>| cloud.channels.borrow().breaker(&channel);
        let response = self.cloud().send(self.cloud().read_trip(), on_arrival).await;
        response.ok_or_else(|| ReadError::Transient("no response".to_owned()))
    }

    async fn replace_breaker(&self, channel: &Channel, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        let (channel, breaker) = (channel.clone(), breaker.clone());
        self.write_channel(move |channels| channels.replace(channel, breaker)).await
    }

    async fn reserve(&self, channel: &Channel, request: SlotRequest) -> Result<SlotAnswer, WriteError> {
        let channel = channel.clone();
        self.write_channel(move |channels| channels.reserve(channel, request)).await
    }
}
