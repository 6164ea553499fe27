//! The delivery of a text from the service to a person, as scripted, and the reports of its status.

use std::sync::Arc;
use std::time::Duration;

use super::delivery_script::{DeliveryScript, Reports};
use super::log::LogEvent;
use super::message::{Message, MessageStatus};
use super::state::SharedState;
use super::twiml::Method;
use super::webhook::Webhook;
use super::webhook_kind::WebhookKind;

/// Delivers a text as scripted, in a task of its own.
pub(super) fn start(state: &SharedState, message: Message, callback: Option<String>) {
    let script = state.deliveries.next(&message.to);
    start_as(state, message, callback, script);
}

/// Delivers a text by this script, in a task of its own.
pub(super) fn start_as(state: &SharedState, message: Message, callback: Option<String>, script: DeliveryScript) {
    state.spawn(deliver(Arc::clone(state), message, callback, script));
}

async fn deliver(state: SharedState, message: Message, callback: Option<String>, script: DeliveryScript) {
    let mut kept = Vec::new();
    let queued = (MessageStatus::Queued, None);
    for (index, (status, code)) in std::iter::once(queued).chain(script.statuses()).enumerate() {
        if index > 0 {
            let usual = state.config.timing.dial_after;
            // A script's time is the time before its last status. A script that ends with `sent` has no time.
            let may_be_timed = status != MessageStatus::Sent;
            let after = script.after_ms.filter(|_| may_be_timed).map_or(usual, Duration::from_millis);
            tokio::time::sleep(after).await;
            state.advance_message(&message.sid, status, code);
            state.log.write(Some(&message.to), LogEvent::TextStatus { message: message.sid.clone(), status, code });
        }
        let Some(url) = callback.clone() else { continue };
        let webhook = Webhook {
            kind: WebhookKind::Delivery,
            sid: message.sid.clone(),
            number: message.to.clone(),
            url,
            method: Method::Post,
            form: message.delivery_form(&state.config.account, status, code),
        };
        match script.reports {
            Reports::InOrder => drop(state.send(&webhook).await),
            Reports::Doubled => drop(tokio::join!(state.send(&webhook), state.send(&webhook))),
            Reports::LastFirst => kept.push(webhook),
            Reports::Lost => {}
        }
    }
    for webhook in kept.into_iter().rev() {
        drop(state.send(&webhook).await);
    }
}
