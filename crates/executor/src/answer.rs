//! Answers that are sent as texts.

use jiff::Timestamp;
use reminder::channel::ChannelKind;
use reminder::ids::MessageId;
use reminder::incoming_text::{AnswerDelivery, IncomingText};
use reminder::policy::{BACKOFF_MAX_S, TEXT_TRIES, after};
use reminder::ports::{Carrier, CarrierError, Clock, Ports, Replacement, Store, Versioned, WriteError};
use reminder::profile::{OptStatus, Profile};

use crate::Context;
use crate::channel_selection::{Health, Selection, find};
use crate::opt_out::opted_out;

/// Sends an answer as a text. The try is counted before the text is sent. The count is taken back only if the text is
/// known not to have been sent.
///
/// # Errors
/// Fails if the new state of the answer was not written, or if that is unknown. Nothing was sent then.
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
    // No slot is reserved: a person is waiting for the answer, and only few answers are sent as separate texts.
    let selected = match find(context, ChannelKind::Sms).await {
        Selection::Channel(selected) => selected,
        Selection::AllOpen { until } => {
            let deadline = deadline.max(until);
            return store.replace_incoming_text(&changed(&message, AnswerDelivery::Owed { tries, deadline })).await;
        }
    };
    let tried = changed(&message, AnswerDelivery::Owed { tries: tries + 1, deadline });
    store.replace_incoming_text(&tried).await?;
    let sent = selected.carrier().send_text(&profile.number, &tried.answer).await;
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
    // If this write is lost, the answer is sent once more: texts are delivered at least once.
    if let Err(error) = store.replace_incoming_text(&changed(&tried, delivery)).await {
        tracing::warn!(message.id = %message.id, %error, "an answer's delivery was not written");
    }
    Ok(())
}

/// Returns the state of the delivery after the carrier's response. `None` if it is unknown whether the text was sent.
fn delivered(
    id: &MessageId,
    (tries, deadline): (u8, Timestamp),
    now: Timestamp,
    sent: Result<(), CarrierError>,
) -> Option<AnswerDelivery> {
    match sent {
        Ok(()) => Some(AnswerDelivery::Sent),
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
