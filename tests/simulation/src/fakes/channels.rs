//! The carriers' lines: slots and breakers, kept where the store is, and reached or not as it is.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Breaker, Channel, ChannelKind};
use reminder::ports::{Channels, ReadError, Replacement, SlotRequest, Versioned, WriteError};

use super::{Cloud, Invocation, carrier_name};
use crate::faults::Fault;

/// What stands under a line's key.
#[derive(Debug)]
struct Item {
    next: Option<Timestamp>,
    breaker: Versioned<Breaker>,
}

impl Item {
    /// The item of a line that nobody has asked for anything.
    fn unused() -> Self {
        Self { next: None, breaker: Versioned::unwritten(Breaker::default()) }
    }
}

/// All lines.
#[derive(Debug, Default)]
pub struct ChannelItems(BTreeMap<Channel, Item>);

impl ChannelItems {
    fn breaker(&self, channel: &Channel) -> Versioned<Breaker> {
        self.0.get(channel).map_or_else(|| Item::unused().breaker, |item| item.breaker.clone())
    }

    fn replace(&mut self, channel: Channel, breaker: Replacement<Breaker>) -> Result<(), WriteError> {
        let item = self.0.entry(channel).or_insert_with(Item::unused);
        if item.breaker.version() != breaker.replaced().unwrap_or(0) {
            return Err(WriteError::Conflict);
        }
        item.breaker = breaker.written();
        Ok(())
    }

    fn reserve(&mut self, channel: Channel, wish: SlotRequest) -> Option<Timestamp> {
        let item = self.0.entry(channel).or_insert_with(Item::unused);
        let slot = item.next.map_or(wish.now, |next| next.max(wish.now));
        if slot > wish.latest {
            return None;
        }
        item.next = slot.checked_add(wish.interval).ok();
        Some(slot)
    }
}

impl Cloud {
    /// The line of a carrier, by its place among the operator's.
    fn line(which: usize, kind: ChannelKind) -> Channel {
        Channel { carrier: carrier_name(which), kind }
    }

    /// Others take a line's slots for so long.
    pub(crate) fn crowd(&self, which: usize, kind: ChannelKind, for_ms: i64) {
        self.faults.count(Fault::LineBusy, self.engine.now_ms());
        self.inside(|| format!("others take the slots of {kind:?} for {} s", for_ms / 1000));
        let mut lines = self.lines.borrow_mut();
        let item = lines.0.entry(Self::line(which, kind)).or_insert_with(Item::unused);
        let busy_until = self.engine.now().saturating_add(SignedDuration::from_millis(for_ms)).ok();
        item.next = item.next.max(busy_until);
    }

    /// Others' requests fail until a carrier's breakers are open: it is down for everybody.
    pub(crate) fn give_up(&self, which: usize) {
        if self.engine.now_ms() >= self.faults.stopped_at() {
            return;
        }
        self.faults.count(if which == 0 { Fault::CarrierDown } else { Fault::SecondCarrierDown }, self.engine.now_ms());
        self.inside(|| format!("others find that {} is down", carrier_name(which)));
        let mut lines = self.lines.borrow_mut();
        for kind in [ChannelKind::Voice, ChannelKind::Sms] {
            let item = lines.0.entry(Self::line(which, kind)).or_insert_with(Item::unused);
            let mut breaker = Breaker::clone(&item.breaker);
            if breaker.failed(self.engine.now()).is_none() {
                // It is open, and somebody else has tried in vain whether it works again.
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
    async fn write_line<T: 'static>(
        &self,
        write: impl FnOnce(&mut ChannelItems) -> Result<T, WriteError> + 'static,
    ) -> Result<T, WriteError> {
        let landed = move |cloud: &Rc<Cloud>| {
            if cloud.strikes(Fault::SpuriousConflict) {
                return Err(WriteError::Conflict);
            }
            write(&mut cloud.lines.borrow_mut())
        };
        let answer = self.cloud().send(self.cloud().write_trip(), landed).await;
        answer.unwrap_or_else(|| Err(WriteError::Unknown("no answer".to_owned())))
    }
}

impl Channels for Invocation {
    async fn breaker(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        self.breaker_now(channel).await
    }

    async fn breaker_now(&self, channel: &Channel) -> Result<Versioned<Breaker>, ReadError> {
        let channel = channel.clone();
        let landed = move |cloud: &Rc<Cloud>| cloud.lines.borrow().breaker(&channel);
        let answer = self.cloud().send(self.cloud().read_trip(), landed).await;
        answer.ok_or_else(|| ReadError::Transient("no answer".to_owned()))
    }

    async fn replace_breaker(&self, channel: &Channel, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        let (channel, breaker) = (channel.clone(), breaker.clone());
        self.write_line(move |lines| lines.replace(channel, breaker)).await
    }

    async fn reserve(&self, channel: &Channel, wish: SlotRequest) -> Result<Option<Timestamp>, WriteError> {
        let channel = channel.clone();
        self.write_line(move |lines| Ok(lines.reserve(channel, wish))).await
    }
}
