//! Queues that deliver at least once: delays, visibility, receive counts, a place for the dead.

use std::collections::BTreeMap;
use std::rc::Rc;

use reminder::event::WakeUp;
use reminder::policy::{QUEUE_DELAY_MAX_S, Route};
use reminder::ports::{Parking, SendError, WakeUps};
use reminder::wire::{ParkedText, WakeUpMessage};

use super::travel::Trip;
use super::{Cloud, Happening, Invocation, RECEIVES, VISIBILITY_MS};
use crate::faults::Fault;
use crate::history::Observation;

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueName {
    /// Wake-ups.
    Dial,
    /// Texts.
    Inbound,
}

/// A message as a reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its name in the queue.
    pub id: u64,
    /// What it says.
    pub body: String,
    /// How often it was received, this time included.
    pub receives: u32,
}

#[derive(Debug)]
struct Letter {
    body: String,
    receives: u32,
}

/// One queue.
#[derive(Debug, Default)]
pub struct Queue {
    sent: u64,
    visible: BTreeMap<u64, Letter>,
    hidden: BTreeMap<u64, Letter>,
}

impl Queue {
    /// Takes out up to `most` messages that are visible, and hides them.
    fn take(&mut self, most: usize) -> Vec<Received> {
        let ids: Vec<u64> = self.visible.keys().take(most).copied().collect();
        let mut received = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(mut letter) = self.visible.remove(&id) {
                letter.receives += 1;
                received.push(Received { id, body: letter.body.clone(), receives: letter.receives });
                self.hidden.insert(id, letter);
            }
        }
        received
    }

    /// How many messages wait or are being worked on.
    pub fn depth(&self) -> usize {
        self.visible.len() + self.hidden.len()
    }
}

impl Cloud {
    /// Puts a message into a queue, to be seen after `delay_ms`.
    pub fn enqueue(self: &Rc<Self>, name: QueueName, body: String, delay_ms: i64) {
        // A text that a queue has taken is as safe as one that the store has; a wake-up is only a hint.
        if name == QueueName::Dial && self.strikes(Fault::QueueNever) {
            return;
        }
        if self.strikes(Fault::QueueTwice) {
            let again_ms = delay_ms + self.engine.between(0, 600_000);
            // It is the same message once more, so its receives go on; but SQS calls their count approximate.
            let receives = u32::from(!self.engine.chance(1000));
            self.appear(name, Letter { body: body.clone(), receives }, again_ms);
        }
        let late_ms = if self.strikes(Fault::QueueLate) { self.engine.between(1000, 600_000) } else { 0 };
        self.appear(name, Letter { body, receives: 0 }, delay_ms + late_ms);
    }

    fn appear(self: &Rc<Self>, name: QueueName, letter: Letter, delay_ms: i64) {
        let cloud = Rc::clone(self);
        self.engine.act_in(delay_ms, move || {
            let mut queue = cloud.queue(name).borrow_mut();
            queue.sent += 1;
            let id = queue.sent;
            queue.visible.insert(id, letter);
            cloud.engine.tell_in(cloud.engine.between(0, 30), Happening::Visible(name));
        });
    }

    /// Receives up to `most` messages. What is not deleted in time is seen again; what was seen too often is dead.
    pub fn receive(self: &Rc<Self>, name: QueueName, most: usize) -> Vec<Received> {
        let received = self.queue(name).borrow_mut().take(most);
        for Received { id, .. } in &received {
            let (cloud, id) = (Rc::clone(self), *id);
            self.engine.act_in(VISIBILITY_MS, move || cloud.show_again(name, id));
        }
        received
    }

    fn show_again(self: &Rc<Self>, name: QueueName, id: u64) {
        let mut queue = self.queue(name).borrow_mut();
        let Some(letter) = queue.hidden.remove(&id) else { return };
        if letter.receives >= RECEIVES {
            self.saw(Observation::DeadLetter { body: letter.body });
        } else {
            queue.visible.insert(id, letter);
            self.engine.tell_in(0, Happening::Visible(name));
        }
    }

    /// A message was worked on.
    pub fn delete(&self, name: QueueName, id: u64) {
        self.queue(name).borrow_mut().hidden.remove(&id);
    }

    fn send_trip(&self, down: Fault, fails: Fault) -> Trip {
        let given_up = self.engine.between(20, 3000);
        if self.strikes(down) {
            Trip::Lost { given_up }
        } else if self.strikes(fails) {
            let lands = self.engine.between(1, 5000);
            if self.engine.chance(5000) { Trip::Lost { given_up } } else { Trip::Unanswered { lands, given_up } }
        } else if self.strikes(Fault::Slow) {
            Trip::Answered { lands: self.engine.between(500, 25_000), back: self.engine.between(1, 1000) }
        } else {
            self.quick()
        }
    }

    async fn send_to_queue(
        self: &Rc<Self>,
        name: QueueName,
        about: String,
        body: String,
        delay_s: u32,
    ) -> Result<(), SendError> {
        if i64::from(delay_s) > QUEUE_DELAY_MAX_S {
            return Err(SendError(format!("a queue delays by 900 s at most, found {delay_s} s")));
        }
        let trip = self.send_trip(Fault::QueueDown, Fault::SendFails);
        let landed = move |cloud: &Rc<Self>| cloud.enqueue(name, body, i64::from(delay_s) * 1000);
        *self.sent.borrow_mut().entry(about).or_insert(0) += 1;
        self.send(trip, landed).await.ok_or_else(|| SendError("no answer".to_owned()))
    }
}

impl WakeUps for Invocation {
    async fn send(&self, wake: &WakeUp, route: Route) -> Result<(), SendError> {
        let body = serde_json::to_string(&WakeUpMessage::from(wake)).map_err(|error| SendError(error.to_string()))?;
        match route {
            Route::Queue { delay_s } => self.cloud.send_to_queue(QueueName::Dial, body.clone(), body, delay_s).await,
            Route::Schedule { at } => {
                let name = format!("{}-{}", wake.key.reminder, wake.generation);
                let trip = self.cloud.send_trip(Fault::SchedulerDown, Fault::ScheduleFails);
                let landed = move |cloud: &Rc<Cloud>| cloud.schedule(name, at, body);
                self.cloud.send(trip, landed).await.ok_or_else(|| SendError("no answer".to_owned()))?
            }
        }
    }
}

impl Parking for Invocation {
    async fn park(&self, text: &ParkedText, delay_s: u32) -> Result<(), SendError> {
        let body = serde_json::to_string(text).map_err(|error| SendError(error.to_string()))?;
        self.cloud.send_to_queue(QueueName::Inbound, text.id.clone(), body, delay_s).await
    }
}
