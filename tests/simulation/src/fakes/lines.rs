//! The carriers' lines: slots and breakers, kept where the store is, and reached or not as it is.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use reminder::line::{Breaker, Line, Service};
use reminder::ports::{Lines, ReadError, Replacement, Versioned, Wish, WriteError};

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
pub struct LineItems(BTreeMap<Line, Item>);

impl LineItems {
    fn breaker(&self, line: &Line) -> Versioned<Breaker> {
        self.0.get(line).map_or_else(|| Item::unused().breaker, |item| item.breaker.clone())
    }

    fn replace(&mut self, line: Line, breaker: Replacement<Breaker>) -> Result<(), WriteError> {
        let item = self.0.entry(line).or_insert_with(Item::unused);
        if item.breaker.version() != breaker.replaced().unwrap_or(0) {
            return Err(WriteError::Conflict);
        }
        item.breaker = breaker.written();
        Ok(())
    }

    fn reserve(&mut self, line: Line, wish: Wish) -> Option<Timestamp> {
        let item = self.0.entry(line).or_insert_with(Item::unused);
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
    fn line(which: usize, service: Service) -> Line {
        Line { carrier: carrier_name(which), service }
    }

    /// Others take a line's slots for so long.
    pub(crate) fn crowd(&self, which: usize, service: Service, for_ms: i64) {
        self.faults.count(Fault::LineBusy, self.engine.now_ms());
        self.inside(|| format!("others take the slots of {service:?} for {} s", for_ms / 1000));
        let mut lines = self.lines.borrow_mut();
        let item = lines.0.entry(Self::line(which, service)).or_insert_with(Item::unused);
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
        for service in [Service::Calls, Service::Texts] {
            let item = lines.0.entry(Self::line(which, service)).or_insert_with(Item::unused);
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
        write: impl FnOnce(&mut LineItems) -> Result<T, WriteError> + 'static,
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

impl Lines for Invocation {
    async fn breaker(&self, line: &Line) -> Result<Versioned<Breaker>, ReadError> {
        self.breaker_now(line).await
    }

    async fn breaker_now(&self, line: &Line) -> Result<Versioned<Breaker>, ReadError> {
        let line = line.clone();
        let landed = move |cloud: &Rc<Cloud>| cloud.lines.borrow().breaker(&line);
        let answer = self.cloud().send(self.cloud().read_trip(), landed).await;
        answer.ok_or_else(|| ReadError::Transient("no answer".to_owned()))
    }

    async fn replace_breaker(&self, line: &Line, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        let (line, breaker) = (line.clone(), breaker.clone());
        self.write_line(move |lines| lines.replace(line, breaker)).await
    }

    async fn reserve(&self, line: &Line, wish: Wish) -> Result<Option<Timestamp>, WriteError> {
        let line = line.clone();
        self.write_line(move |lines| Ok(lines.reserve(line, wish))).await
    }
}
