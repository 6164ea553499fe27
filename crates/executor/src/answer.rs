//! Answers that are sent as texts.

use jiff::Timestamp;
use reminder::channel::ChannelKind;
use reminder::ids::{MessageId, OutgoingTextId, OutgoingTextKey, PersonId, SentTextId};
use reminder::incoming_text::{AnswerDelivery, IncomingText};
use reminder::policy::{BACKOFF_MAX_S, TEXT_TRIES, after};
use reminder::ports::{Carrier, CarrierError, Clock, Ids, Ports, Replacement, Store, Versioned, WriteError};
use reminder::profile::{OptStatus, Profile};
use reminder::wire::TextRoute;

use crate::Context;
use crate::channel_selection::{Health, Selection, find};
use crate::opt_out::opted_out;

/// Sends an answer as a text. Its try is counted before it is sent, and taken back only if the text was certainly not
/// sent.
///
/// # Errors
/// Fails if the try was not certainly counted. Nothing was sent then.
pub async fn send_answer<P: Ports>(
    context: Context<'_, P>,
    profile: &Versioned<Profile>,
    message: Versioned<IncomingText>,
) -> Result<(), WriteError> {
    let (AnswerDelivery::Owed { tries, .. }, store) = (message.delivery, context.ports.store()) else { return Ok(()) };
    let now = context.ports.clock().now();
    if tries >= TEXT_TRIES || now >= context.policy.text_give_up(message.received_at) {
        tracing::error!(message.id = %message.id, tries, "an answer could not be sent");
        return store.replace_incoming_text(&changed(&message, AnswerDelivery::GivenUp)).await;
    }
    if profile.consent.status == OptStatus::OptedOut {
        return store.replace_incoming_text(&changed(&message, AnswerDelivery::GivenUp)).await;
    }
    let deadline = context.policy.answer_deadline(message.received_at, now);
    // A person is waiting for the answer, so it needs no slot: few answers are sent this way, each on its own.
    let selected = match find(context, ChannelKind::Sms).await {
        Selection::Channel(selected) => selected,
        Selection::AllOpen { until } => {
            let deadline = deadline.max(until);
            return store.replace_incoming_text(&changed(&message, AnswerDelivery::Owed { tries, deadline })).await;
        }
    };
    let Some(route) = text_route(context, &profile.person, tries + 1) else { return Ok(()) };
    let tried = changed(&message, AnswerDelivery::Owed { tries: tries + 1, deadline });
    store.replace_incoming_text(&tried).await?;
    let sent = selected.carrier().send_text(&profile.number, &tried.answer, &route).await;
    let is_first = selected.is_first();
    selected.record_health(Health::of(&sent)).await;
    if let Err(CarrierError::OptedOut { .. }) = sent
        && is_first
        && let Err(error) = store.replace_profile(&opted_out(profile, now)).await
    {
        tracing::warn!(message.id = %message.id, %error, "an opt-out at the carrier was not written");
    }
    let tried = tried.written();
    let Some(delivery) = delivered(&tried.id, (tries, deadline), now, sent) else { return Ok(()) };
    // If this write is lost the answer is sent once more: texts are delivered at least once.
    if let Err(error) = store.replace_incoming_text(&changed(&tried, delivery)).await {
        tracing::warn!(message.id = %message.id, %error, "an answer's delivery was not written");
    }
    Ok(())
}

/// Returns the callback of the answer's status, under a fresh id.
fn text_route<P: Ports>(context: Context<'_, P>, person: &PersonId, attempt: u8) -> Option<TextRoute> {
    let text = context.ports.ids().reminder().as_str().parse::<OutgoingTextId>().ok()?;
    Some(TextRoute { key: OutgoingTextKey { person: person.clone(), text }, attempt })
}

/// Returns how far the delivery is after the carrier's response. `None` if the response leaves that unknown.
fn delivered(
    id: &MessageId,
    (tries, deadline): (u8, Timestamp),
    now: Timestamp,
    sent: Result<SentTextId, CarrierError>,
) -> Option<AnswerDelivery> {
    match sent {
        Ok(_) => Some(AnswerDelivery::Sent),
        Err(error @ (CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. })) => {
            tracing::warn!(message.id = %id, %error, "answer refused");
            Some(AnswerDelivery::GivenUp)
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, .. }) => {
            tracing::warn!(message.id = %id, reason, "answer postponed");
            let wait_s = retry_after.unwrap_or_default().as_secs().min(BACKOFF_MAX_S);
            Some(AnswerDelivery::Owed { tries, deadline: deadline.max(after(now, wait_s)) })
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(message.id = %id, %error, "answer may have been sent");
            None
        }
    }
}

fn changed(message: &Versioned<IncomingText>, delivery: AnswerDelivery) -> Replacement<IncomingText> {
    message.replaced_by(IncomingText { delivery, ..IncomingText::clone(message) })
}
