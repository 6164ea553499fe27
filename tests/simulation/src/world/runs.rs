//! Invocations of functions: their triggers, and how their results are handled.

use std::rc::Rc;

use super::planned::{PlannedEvent, Trigger};
use super::{SWEEP_MS, World};
use crate::events::{InvocationOutcome, QueueName, WorldEvent};
use crate::fakes::Received;
use crate::faults::Fault;
use crate::history::Observation;

impl World {
    pub(super) fn invocation(&mut self, trigger: Trigger) -> u64 {
        self.count += 1;
        self.triggers.insert(self.count, trigger);
        self.count
    }

    /// Decides whether a function starts. Its invocation ends without a run if it is throttled, or if the function
    /// fails while it starts. Only invocations that run are counted: a queue that is throttled for hours delivers each
    /// message again and again, and the functions can't prevent that.
    pub(super) fn starts(&mut self, invocation: u64, batch: &[Received]) -> bool {
        let engine = &self.cloud.engine;
        let is_full = self.triggers.len() > self.cloud.concurrency.get();
        if is_full {
            self.cloud.faults.record(Fault::Throttled, engine.now_ms());
        }
        let ends_ms = if is_full || self.cloud.injects(Fault::Throttled) {
            let messages = batch.iter().map(|message| message.body.clone()).collect();
            self.cloud.record(Observation::Throttled { messages });
            engine.between(5, 50)
        } else if self.cloud.injects(Fault::InitFails) {
            engine.between(100, 10_000)
        } else {
            self.invocations += 1;
            return true;
        };
        let outcome = InvocationOutcome::Failed("not started".to_owned());
        engine.emit_in(ends_ms, WorldEvent::InvocationEnded(invocation, outcome));
        false
    }

    /// Delivers a batch of messages from a queue to its function.
    pub(super) fn receive(&mut self, queue: QueueName) {
        let most = usize::try_from(self.cloud.engine.between(1, 10)).unwrap_or(1);
        let batch = self.cloud.receive(queue, most);
        if batch.is_empty() {
            return;
        }
        self.cloud.engine.emit_in(1, WorldEvent::MessageVisible(queue));
        let ids = batch.iter().map(|message| message.id).collect();
        self.cloud.trace(|| format!("{queue:?} queue delivers {batch:?}"));
        let invocation = self.invocation(Trigger::Batch(queue, ids));
        if !self.starts(invocation, &batch) {
            return;
        }
        Rc::clone(&self.product).batch(&self.cloud, invocation, queue, &batch);
    }

    pub(super) fn sweep(&mut self) {
        self.plan(SWEEP_MS, PlannedEvent::Sweep);
        // If nothing is overdue, a sweep only reads eight empty shards. To save time, it runs in 2% of such minutes.
        let now = self.cloud.engine.now();
        let overdue = self.cloud.table.borrow().next_deadline().is_some_and(|deadline| deadline <= now);
        if overdue || self.cloud.engine.chance(200) {
            self.cloud.trace(|| "sweep".to_owned());
            let invocation = self.invocation(Trigger::Sweep);
            if self.starts(invocation, &[]) {
                Rc::clone(&self.product).sweep(&self.cloud, invocation);
            }
        }
    }

    pub(super) fn invocation_ended(&mut self, invocation: u64, outcome: InvocationOutcome) {
        if outcome == InvocationOutcome::Died {
            self.cloud.trace(|| "a function crashed or timed out".to_owned());
        }
        match self.triggers.remove(&invocation) {
            Some(Trigger::Text { text, posted_ms }) => self.text_over(text, posted_ms, &outcome),
            Some(Trigger::Callback(callback)) => self.callback_over(callback, &outcome),
            Some(Trigger::Batch(queue, ids)) => self.batch_over(queue, &ids, &outcome),
            Some(Trigger::Sweep) | None => {}
        }
    }

    /// Deletes the messages that the function did not report as failed. After a crash or an error it deletes no
    /// message, and all messages are delivered again.
    fn batch_over(&self, queue: QueueName, ids: &[u64], outcome: &InvocationOutcome) {
        let InvocationOutcome::Batch(failed) = outcome else { return };
        for id in ids.iter().filter(|id| !failed.contains(&id.to_string())) {
            self.cloud.delete(queue, *id);
        }
    }
}
