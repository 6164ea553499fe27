//! Sends the status callbacks of a call in the order of the events, or in reverse order under a fault.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::call::{Call, CallStatus, Event, StatusCallback, rfc_2822};
use super::state::SharedState;
use super::webhook::Webhook;
use super::webhook_kind::WebhookKind;

/// The order in which the callbacks of a call are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallbackOrder {
    /// Each at its event, but only after the previous callback was answered or has failed.
    AsItHappens,
    /// All after the end of the call, the last one first.
    LastFirst,
}

/// The status callbacks of a call.
pub(super) struct Callbacks {
    state: SharedState,
    callback: Option<StatusCallback>,
    queued_count: u32,
    queue: mpsc::UnboundedSender<Webhook>,
    done: oneshot::Receiver<()>,
}

impl Callbacks {
    pub(super) fn start(state: &SharedState, callback: Option<StatusCallback>, order: CallbackOrder) -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        let (finished, done) = oneshot::channel();
        let sender = Arc::clone(state);
        state.spawn(async move {
            send_all(&sender, waiting, order).await;
            // An error means that no task waits for the callbacks.
            let _ = finished.send(());
        });
        Self { state: Arc::clone(state), callback, queued_count: 0, queue, done }
    }

    /// Queues a callback about an event, if the service requested callbacks about events of this kind.
    pub(super) fn report(&mut self, call: &Call, event: Event, status: CallStatus) {
        let Some(callback) = self.callback.as_ref().filter(|callback| callback.events.contains(&event)) else { return };
        let mut form = call.form(&self.state.config.account, status);
        let mut add = |name: &str, value: String| form.push((name.to_owned(), value));
        add("SequenceNumber", self.queued_count.to_string());
        add("Timestamp", rfc_2822(Timestamp::now()));
        add("CallbackSource", "call-progress-events".to_owned());
        if event == Event::Completed {
            let seconds = call.duration_s();
            add("CallDuration", seconds.to_string());
            add("Duration", seconds.div_ceil(60).to_string());
        }
        self.queued_count += 1;
        // An error means that the carrier has stopped.
        let _ = self.queue.send(Webhook {
            kind: WebhookKind::Status,
            sid: call.sid.clone(),
            number: call.order.person().clone(),
            url: callback.url.clone(),
            method: callback.method,
            form,
        });
    }

    /// Waits until all queued callbacks are answered or have failed.
    pub(super) async fn finish(self) {
        drop(self.queue);
        // An error means that the carrier has stopped.
        let _ = self.done.await;
    }
}

async fn send_all(state: &SharedState, mut waiting: mpsc::UnboundedReceiver<Webhook>, order: CallbackOrder) {
    let mut kept = Vec::new();
    while let Some(webhook) = waiting.recv().await {
        match order {
            CallbackOrder::AsItHappens => drop(state.send(&webhook).await),
            CallbackOrder::LastFirst => kept.push(webhook),
        }
    }
    for webhook in kept.into_iter().rev() {
        drop(state.send(&webhook).await);
    }
}
