//! What a service is told about a call, in order, or in the order a fault asks for.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

use super::call::{Call, CallStatus, Event, StatusCallback, rfc_2822};
use super::state::SharedState;
use super::webhook::Webhook;
use super::webhook_kind::WebhookKind;

/// In what order the callbacks of a call are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallbackOrder {
    /// Each when it happens, the next when the one before was answered.
    AsItHappens,
    /// All when the call is over, the last one first.
    LastFirst,
}

/// The callbacks of one call.
pub(super) struct Callbacks {
    state: SharedState,
    wanted: Option<StatusCallback>,
    sent: u32,
    queue: mpsc::UnboundedSender<Webhook>,
    done: oneshot::Receiver<()>,
}

impl Callbacks {
    pub(super) fn start(state: &SharedState, wanted: Option<StatusCallback>, order: CallbackOrder) -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        let (finished, done) = oneshot::channel();
        let sender = Arc::clone(state);
        state.spawn(async move {
            send_all(&sender, waiting, order).await;
            // Nobody waiting any more is no failure.
            let _ = finished.send(());
        });
        Self { state: Arc::clone(state), wanted, sent: 0, queue, done }
    }

    /// Tells the service what happened, if it wants to know.
    pub(super) fn tell(&mut self, call: &Call, event: Event, told: CallStatus) {
        let Some(wanted) = self.wanted.as_ref().filter(|wanted| wanted.events.contains(&event)) else { return };
        let mut form = call.form(&self.state.config.account, told);
        let mut add = |name: &str, value: String| form.push((name.to_owned(), value));
        add("SequenceNumber", self.sent.to_string());
        add("Timestamp", rfc_2822(Timestamp::now()));
        add("CallbackSource", "call-progress-events".to_owned());
        if event == Event::Completed {
            let seconds = call.duration_s();
            add("CallDuration", seconds.to_string());
            add("Duration", seconds.div_ceil(60).to_string());
        }
        self.sent += 1;
        // The receiver lives as long as the carrier does.
        let _ = self.queue.send(Webhook {
            kind: WebhookKind::Status,
            sid: call.sid.clone(),
            number: call.order.to.clone(),
            url: wanted.url.clone(),
            method: wanted.method,
            form,
        });
    }

    /// Waits until everything told so far was answered or given up.
    pub(super) async fn finish(self) {
        drop(self.queue);
        // The other end is gone only when the carrier has stopped.
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
