//! Functions that run: what invokes them, and what is done with how they ended.

use super::phone_network;
use super::{Moment, SWEEP_MS, World};
use crate::fakes::{Happening, Outcome, QueueName};

/// What an invocation is about.
#[derive(Debug)]
pub(super) enum Purpose {
    Text { text: usize, since_ms: i64 },
    Callback(phone_network::Callback),
    Batch(QueueName, Vec<u64>),
    Sweep,
}

impl World {
    pub(super) fn invocation(&mut self, purpose: Purpose) -> u64 {
        self.count += 1;
        self.invocations += 1;
        self.purposes.insert(self.count, purpose);
        self.count
    }

    /// The queue hands a batch to its function.
    pub(super) fn receive(&mut self, queue: QueueName) {
        let most = usize::try_from(self.cloud.engine.between(1, 10)).unwrap_or(1);
        let batch = self.cloud.receive(queue, most);
        if batch.is_empty() {
            return;
        }
        self.cloud.engine.tell_in(1, Happening::Visible(queue));
        let ids = batch.iter().map(|message| message.id).collect();
        self.cloud.inside(|| format!("{queue:?} queue hands over {batch:?}"));
        let invocation = self.invocation(Purpose::Batch(queue, ids));
        self.functions.batch(&self.cloud, invocation, queue, &batch);
    }

    pub(super) fn sweep(&mut self) {
        self.plan(SWEEP_MS, Moment::Sweep);
        // With nothing overdue a sweep reads eight empty shards: worth trying now and then, not each minute.
        let now = self.cloud.engine.now();
        let overdue = self.cloud.table.borrow().next_deadline().is_some_and(|deadline| deadline <= now);
        if overdue || self.cloud.engine.chance(200) {
            self.cloud.inside(|| "sweep".to_owned());
            let invocation = self.invocation(Purpose::Sweep);
            self.functions.sweep(&self.cloud, invocation);
        }
    }

    pub(super) fn over(&mut self, invocation: u64, outcome: Outcome) {
        if outcome == Outcome::Died {
            self.cloud.inside(|| "a function died or was given up".to_owned());
        }
        match self.purposes.remove(&invocation) {
            Some(Purpose::Text { text, since_ms }) => self.text_over(text, since_ms, &outcome),
            Some(Purpose::Callback(callback)) => self.callback_over(callback, &outcome),
            Some(Purpose::Batch(queue, ids)) => self.batch_over(queue, &ids, &outcome),
            Some(Purpose::Sweep) | None => {}
        }
    }

    /// What a batch did not name as failed is deleted; after a death nothing is, and all of it is seen again.
    fn batch_over(&self, queue: QueueName, ids: &[u64], outcome: &Outcome) {
        let Outcome::Batch(failed) = outcome else { return };
        for id in ids.iter().filter(|id| !failed.contains(&id.to_string())) {
            self.cloud.delete(queue, *id);
        }
    }
}
