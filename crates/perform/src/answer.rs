//! Answers that go out as texts.

use jiff::Timestamp;
use reminder::ids::MessageId;
use reminder::line;
use reminder::message::{Delivery, Message};
use reminder::policy::{BACKOFF_MAX_S, TEXT_TRIES, after};
use reminder::ports::{Carrier, CarrierError, Clock, Ports, Replacement, Store, Versioned, WriteError};
use reminder::profile::{Presence, Profile};

use crate::Service;
use crate::consent::gone;
use crate::way::{Found, Went, find};

/// Sends an answer that is owed as a text: the try is written before it is sent, and taken back only where it
/// certainly was not.
///
/// # Errors
/// The try was not certainly written, so nothing was sent.
pub async fn send_answer<P: Ports>(
    service: Service<'_, P>,
    profile: &Versioned<Profile>,
    message: Versioned<Message>,
) -> Result<(), WriteError> {
    let (Delivery::Owed { tries, .. }, store) = (message.delivery, service.ports.store()) else { return Ok(()) };
    let now = service.ports.clock().now();
    if tries >= TEXT_TRIES || now >= service.policy.text_give_up(message.received_at) {
        tracing::error!(message.id = %message.id, tries, "an answer could not be sent");
        return store.replace_message(&changed(&message, Delivery::GivenUp)).await;
    }
    if profile.consent.presence == Presence::Gone {
        return store.replace_message(&changed(&message, Delivery::GivenUp)).await;
    }
    let deadline = service.policy.answer_deadline(message.received_at, now);
    // People wait for answers, so they don't wait for a slot: few are sent this way, and each by itself.
    let way = match find(service, line::Service::Texts).await {
        Found::Open(way) => way,
        Found::Shut { until } => {
            let deadline = deadline.max(until);
            return store.replace_message(&changed(&message, Delivery::Owed { tries, deadline })).await;
        }
    };
    let tried = changed(&message, Delivery::Owed { tries: tries + 1, deadline });
    store.replace_message(&tried).await?;
    let sent = way.carrier().send_text(&profile.number, &tried.answer).await;
    let is_first = way.is_first();
    way.learn(Went::of(&sent)).await;
    if let Err(CarrierError::OptedOut { .. }) = sent
        && is_first
        && let Err(error) = store.replace_profile(&gone(profile, now)).await
    {
        tracing::warn!(message.id = %message.id, %error, "that a person left was not written");
    }
    let tried = tried.written();
    let Some(delivery) = delivered(&tried.id, (tries, deadline), now, sent) else { return Ok(()) };
    // If this write is lost the answer is sent once more: texts are at-least-once.
    if let Err(error) = store.replace_message(&changed(&tried, delivery)).await {
        tracing::warn!(message.id = %message.id, %error, "an answer's delivery was not written");
    }
    Ok(())
}

/// How far an answer has come by what the carrier said; nothing new where it said nothing that tells.
fn delivered(
    id: &MessageId,
    (tries, deadline): (u8, Timestamp),
    now: Timestamp,
    sent: Result<(), CarrierError>,
) -> Option<Delivery> {
    match sent {
        Ok(()) => Some(Delivery::Sent),
        Err(error @ (CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. })) => {
            tracing::warn!(message.id = %id, %error, "answer refused");
            Some(Delivery::GivenUp)
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, .. }) => {
            tracing::warn!(message.id = %id, reason, "answer put off");
            let wait_s = retry_after.unwrap_or_default().as_secs().min(BACKOFF_MAX_S);
            Some(Delivery::Owed { tries, deadline: deadline.max(after(now, wait_s)) })
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(message.id = %id, %error, "answer may have been sent");
            None
        }
    }
}

fn changed(message: &Versioned<Message>, delivery: Delivery) -> Replacement<Message> {
    message.replaced_by(Message { delivery, ..Message::clone(message) })
}
