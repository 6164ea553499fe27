//! The queues: delays, visibility timeouts, receive counts and dead letters. Faults make messages come twice or late,
//! and lose wake-ups.

use std::rc::Rc;

use reminder::event::WakeUp;
use reminder::ids::OutgoingTextKey;
use reminder::policy::{QUEUE_DELAY_MAX_S, Route};
use reminder::ports::{Parking, Queues, SendError, SourceQueue, WakeUps};
use reminder::wire::{PARKED_TEXT_VERSION, ParkedText, TextWakeUpMessage, WAKE_UP_VERSION, WakeUpMessage};

use super::cloud::Cloud;
use super::costs::waits_for_confirmation;
use super::deployment::Recursion;
use super::invocation::Invocation;
use super::messages::{Message, Received};
use super::travel::Trip;
use crate::events::{QueueName, WorldEvent};
use crate::faults::Fault;
use crate::history::{DeadLetterCause, Observation};

/// Visibility timeout of a queue, in milliseconds: the template's default.
const VISIBILITY_MS: i64 = 120_000;

/// Maximum length of a chain of invocations that send each other messages. Lambda stops a longer chain, unless the
/// template allows it.
const CHAIN_MAX: u32 = 16;

impl Cloud {
    /// Sends a message to a queue from outside the functions. It becomes visible after `delay_ms`.
    pub fn enqueue(self: &Rc<Self>, name: QueueName, body: String, delay_ms: i64) {
        self.enqueue_in_chain(name, body, delay_ms, 0);
    }

    /// Sends a message to a queue from the last invocation of a chain.
    fn enqueue_in_chain(self: &Rc<Self>, name: QueueName, body: String, delay_ms: i64, chain: u32) {
        if name == QueueName::Dial {
            self.dialed.borrow_mut().push(body.clone());
        }
        // Only wake-ups get lost, because they are only hints. A text that SQS has accepted is as durable as a stored
        // text.
        if name == QueueName::Dial && self.injects(Fault::QueueNever) {
            return;
        }
        if self.injects(Fault::QueueTwice) {
            let again_ms = delay_ms + self.engine.between(0, 600_000);
            // A copy is the same message, so its receive count usually continues. SQS calls the count approximate, so
            // sometimes the count starts anew.
            let receives = u32::from(!self.engine.chance(1000));
            self.show_in(name, Message { body: body.clone(), receives, chain }, again_ms);
        }
        let late_ms = if self.injects(Fault::QueueLate) { self.engine.between(1000, 600_000) } else { 0 };
        self.show_in(name, Message { body, receives: 0, chain }, delay_ms + late_ms);
    }

    fn show_in(self: &Rc<Self>, name: QueueName, message: Message, delay_ms: i64) {
        let cloud = Rc::clone(self);
        self.engine.run_in(delay_ms, move || {
            let mut queue = cloud.queue(name).borrow_mut();
            queue.sent += 1;
            let id = queue.sent;
            queue.visible.insert(id, message);
            cloud.engine.emit_in(cloud.engine.between(0, 30), WorldEvent::MessageVisible(name));
        });
    }

    /// Receives up to `max` messages. A message that is not deleted in time becomes visible again. After too many
    /// receives it becomes a dead letter. A message that would make a chain of invocations too long is a dead letter at
    /// once, unless the template allows long chains.
    pub fn receive(self: &Rc<Self>, name: QueueName, max: usize) -> Vec<Received> {
        let mut received = self.queue(name).borrow_mut().take(max);
        if received.iter().any(|message| message.chain >= CHAIN_MAX) {
            self.faults.record(Fault::LongChain, self.engine.now_ms());
        }
        if self.deployment.get().of(name).recursion == Recursion::Terminated {
            let is_stopped = |message: &Received| message.chain >= CHAIN_MAX;
            for stopped in received.iter().filter(|message| is_stopped(message)) {
                self.delete(name, stopped.id);
                let body = stopped.body.clone();
                self.record(Observation::DeadLetter { body, cause: DeadLetterCause::Chain });
            }
            received.retain(|message| !is_stopped(message));
        }
        for message in &mut received {
            self.translate(name, message);
            let (cloud, id) = (Rc::clone(self), message.id);
            self.engine.run_in(VISIBILITY_MS, move || cloud.show_again(name, id));
        }
        received
    }

    /// While the functions are rolled back, changes some messages to the later release's format, which the older
    /// release can't read. When the later release runs again, changes them back.
    fn translate(&self, name: QueueName, message: &mut Received) {
        let (newer, current) = match name {
            QueueName::Dial => (format!("\"v\":{}", u8::MAX), format!("\"v\":{WAKE_UP_VERSION}")),
            QueueName::Inbound => (format!("\"parked\":{}", u8::MAX), format!("\"parked\":{PARKED_TEXT_VERSION}")),
        };
        let body = if !self.table.borrow().is_rolled_back() {
            if !message.body.contains(&newer) {
                return;
            }
            message.body.replace(&newer, &current)
        } else if message.receives == 1 && self.engine.chance(5000) {
            message.body.replace(&current, &newer)
        } else {
            return;
        };
        if let Some(stored) = self.queue(name).borrow_mut().hidden.get_mut(&message.id) {
            stored.body.clone_from(&body);
        }
        message.body = body;
    }

    fn show_again(self: &Rc<Self>, name: QueueName, id: u64) {
        let mut queue = self.queue(name).borrow_mut();
        let Some(message) = queue.hidden.remove(&id) else { return };
        if message.receives >= self.deployment.get().of(name).receives {
            self.record(Observation::DeadLetter { body: message.body, cause: DeadLetterCause::Receives });
        } else {
            queue.visible.insert(id, message);
            self.engine.emit_in(0, WorldEvent::MessageVisible(name));
        }
    }

    /// Deletes a message that was received.
    pub fn delete(&self, name: QueueName, id: u64) {
        self.queue(name).borrow_mut().hidden.remove(&id);
    }

    fn send_trip(&self, down: Fault, fails: Fault) -> Trip {
        let gives_up_ms = self.engine.between(20, 3000);
        if self.injects(down) {
            Trip::Lost { gives_up_ms }
        } else if self.injects(fails) {
            let arrives_ms = self.engine.between(1, 5000);
            if self.engine.chance(5000) {
                Trip::Lost { gives_up_ms }
            } else {
                Trip::NoResponse { arrives_ms, gives_up_ms }
            }
        } else if self.injects(Fault::Slow) {
            Trip::Responded { arrives_ms: self.engine.between(500, 25_000), response_ms: self.engine.between(1, 1000) }
        } else {
            self.quick_trip()
        }
    }

    async fn send_to_queue(
        self: &Rc<Self>,
        name: QueueName,
        key: String,
        body: String,
        delay_s: u32,
        chain: u32,
    ) -> Result<(), SendError> {
        if i64::from(delay_s) > QUEUE_DELAY_MAX_S {
            return Err(SendError(format!("expected a delay of at most 900 s, found {delay_s} s")));
        }
        let trip = self.send_trip(Fault::QueueDown, Fault::SendFails);
        let on_arrival = move |cloud: &Rc<Self>| cloud.enqueue_in_chain(name, body, i64::from(delay_s) * 1000, chain);
        *self.sent.borrow_mut().entry(key).or_insert(0) += 1;
        self.send(trip, on_arrival).await.ok_or_else(|| SendError("no response".to_owned()))
    }
}

impl WakeUps for Invocation {
    async fn send(&self, wake: &WakeUp, route: Route) -> Result<(), SendError> {
        let body = serde_json::to_string(&WakeUpMessage::from(wake)).map_err(|error| SendError(error.to_string()))?;
        match route {
            Route::Queue { delay_s } => {
                let stored = self.cloud.table.borrow().reminder(&wake.key).ok().flatten();
                if stored
                    .is_some_and(|stored| stored.is_planned(wake.generation) && waits_for_confirmation(&stored.life))
                {
                    self.cloud.came_near.borrow_mut().insert(body.clone());
                }
                self.cloud.send_to_queue(QueueName::Dial, body.clone(), body, delay_s, self.chain + 1).await
            }
            Route::Schedule { at } => {
                let name = format!("{}-{}", wake.key.reminder, wake.generation);
                let trip = self.cloud.send_trip(Fault::SchedulerDown, Fault::ScheduleFails);
                let on_arrival = move |cloud: &Rc<Cloud>| cloud.schedule(name, at, body);
                self.cloud.send(trip, on_arrival).await.ok_or_else(|| SendError("no response".to_owned()))?
            }
        }
    }

    async fn send_for_text(&self, text: &OutgoingTextKey, delay_s: u32) -> Result<(), SendError> {
        self.wake_text(text, delay_s).await
    }
}

impl Invocation {
    async fn wake_text(&self, text: &OutgoingTextKey, delay_s: u32) -> Result<(), SendError> {
        let message = TextWakeUpMessage::from(text);
        let body = serde_json::to_string(&message).map_err(|error| SendError(error.to_string()))?;
        self.cloud.send_to_queue(QueueName::Dial, body.clone(), body, delay_s, self.chain + 1).await
    }
}

impl Parking for Invocation {
    async fn park(&self, text: &ParkedText, delay_s: u32) -> Result<(), SendError> {
        let body = serde_json::to_string(text).map_err(|error| SendError(error.to_string()))?;
        self.cloud
            .send_to_queue(QueueName::Inbound, text.id.at_carrier().to_owned(), body, delay_s, self.chain + 1)
            .await
    }
}

impl Queues for Invocation {
    async fn move_to_dead_letters(&self, _: SourceQueue, body: &str) -> Result<(), SendError> {
        let trip = self.cloud.send_trip(Fault::QueueDown, Fault::SendFails);
        let body = body.to_owned();
        let on_arrival = move |cloud: &Rc<Cloud>| {
            cloud.record(Observation::DeadLetter { body, cause: DeadLetterCause::Moved });
        };
        self.cloud.send(trip, on_arrival).await.ok_or_else(|| SendError("no response".to_owned()))
    }

    async fn send_again(&self, queue: SourceQueue, body: &str, delay_s: u32) -> Result<(), SendError> {
        let name = match queue {
            SourceQueue::Inbound => QueueName::Inbound,
            SourceQueue::Dial => QueueName::Dial,
        };
        self.cloud.send_to_queue(name, body.to_owned(), body.to_owned(), delay_s, self.chain + 1).await
    }
}
