//! Texts from the inbound queue: texts from SNS, and parked texts.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use executor::incoming::{self, IntakeError, StillOpen, follow_up};
use executor::{Context, WrittenLater, move_to_dead_letters, outcomes, wait_for_later_release};
use jiff::SignedDuration;
use lambda::Delivery;
use reminder::metrics::Metric;
use reminder::policy::{HOUR_S, PARKED_FIRST_S, after};
use reminder::ports::{Clock, Parking, Ports, SendError, SourceQueue};
use reminder::wire::{MessageError, ParkedText};

use crate::config::InboundConfig;
use crate::numbers::admit;
use reminder::conversation::{AnswerRoute, ReceivedText};

/// Why a text was not taken in. SQS delivers its message again.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error("could not be stored, and waits in the queue: {0}")]
    Waits(IntakeError),
    #[error("could not be parked or moved: {0}")]
    Unsent(#[from] SendError),
    #[error("parking took longer than {0} s")]
    ParkedTooSlowly(i64),
    #[error(transparent)]
    StillOpen(#[from] StillOpen),
}

/// Takes in each text separately, so that one failure does not affect the others.
pub(crate) async fn handle<P: Ports>(
    event: &SqsEvent,
    context: Context<'_, P>,
    config: &InboundConfig,
) -> SqsBatchResponse {
    lambda::each(event, async |delivery| take(delivery, context, config).await).await
}

/// Why a text goes to the dead letters: its time is not one at which a text on the queue can have been received.
#[derive(Debug, thiserror::Error)]
#[error("expected a text that was received in the last 30 days, found one of another time")]
struct NotOfTheseWeeks;

/// Why a text goes to the dead letters: it was not stored within a day.
#[derive(Debug, thiserror::Error)]
#[error("a text was not stored within a day: {0}")]
struct Overdue(IntakeError);

/// Takes in one text. A text that can't be stored is parked and comes back later, for up to a day after it was
/// received. Then it goes to the dead letters. The queue allows enough receives for the whole day. They suffice even if
/// the store and the queue fail at the same time, or if invocations are throttled: each throttled invocation uses up a
/// receive.
async fn take<P: Ports>(
    delivery: Delivery<'_>,
    context: Context<'_, P>,
    config: &InboundConfig,
) -> Result<(), NotTaken> {
    let queued = match ParkedText::read(delivery.body) {
        Ok(queued) => queued,
        Err(error) => return Ok(refuse(context, delivery.body, error).await?),
    };
    if !is_of_these_weeks(queued.received_at, context.ports.clock().now()) {
        return Ok(move_to_dead_letters(context, SourceQueue::Inbound, delivery.body, &NotOfTheseWeeks).await?);
    }
    let Some(text) = with_sender(&queued, config) else { return Ok(()) };
    match incoming::take(context, config.intake(), &text).await {
        Ok(stored) => {
            tracing::info!(message.id = %text.id, planned = stored.planned(), "text stored");
            Ok(follow_up(context, stored, AnswerRoute::Text).await.map(drop)?)
        }
        Err(error) if !is_worth_parking(&text, context.ports.clock().now()) => {
            Ok(move_to_dead_letters(context, SourceQueue::Inbound, delivery.body, &Overdue(error)).await?)
        }
        Err(error) if !is_parked_at(delivery.receives, queued.times) => {
            outcomes::count(Metric::TextsParked);
            Err(NotTaken::Waits(error))
        }
        Err(error) => {
            outcomes::count(Metric::TextsParked);
            tracing::warn!(message.id = %text.id, %error, times = queued.times, "text not stored; parking it");
            park(context, queued).await
        }
    }
}

/// Handles a message that can't be read: it waits for a later release, or goes to the dead letters at once.
async fn refuse<P: Ports>(context: Context<'_, P>, body: &str, error: MessageError) -> Result<(), SendError> {
    let queue = SourceQueue::Inbound;
    match error {
        MessageError::Newer { .. } => wait_for_later_release(context, queue, body, WrittenLater::Message, &error).await,
        MessageError::NotOurs { .. } | MessageError::OutOfBounds { .. } => {
            move_to_dead_letters(context, queue, body, &error).await
        }
    }
}

async fn park<P: Ports>(context: Context<'_, P>, queued: ParkedText) -> Result<(), NotTaken> {
    let limit_s = context.policy.times().park_s;
    let parked = ParkedText { times: queued.times.saturating_add(1), ..queued };
    let parking = context.ports.parking().park(&parked, PARKED_FIRST_S);
    let done = context.ports.clock().within(SignedDuration::from_secs(limit_s), parking).await;
    Ok(done.ok_or(NotTaken::ParkedTooSlowly(limit_s))??)
}

/// Returns the text with its sender. Returns nothing if the sender must not be answered.
fn with_sender(queued: &ParkedText, config: &InboundConfig) -> Option<ReceivedText> {
    let Some((from, sender)) = admit(queued.from.as_str(), &config.own, &config.countries).sender() else {
        tracing::info!(message.id = %queued.id, "text ignored: its sender must not be answered");
        return None;
    };
    Some(ReceivedText {
        id: queued.id.clone(),
        from,
        sender,
        body: queued.body.clone(),
        opt_out_type: queued.opt_out_type,
        received_at: queued.received_at,
        route: AnswerRoute::Text,
        pressed: None,
    })
}

/// Whether a text that can't be stored is parked, so that it comes back sooner than after the visibility timeout. If
/// parking gets no response, the message and its copy both stay in the queue. So each text is parked only once, at its
/// first receive: otherwise messages would multiply. After that it waits in the queue, where it is received once per
/// visibility timeout.
fn is_parked_at(receives: u32, times: u32) -> bool {
    receives <= 1 && times == 0
}

/// Whether a text that can't be stored is still kept in the queue: for up to a day after it was received.
fn is_worth_parking(text: &ReceivedText, now: jiff::Timestamp) -> bool {
    const PARKED_MAX_S: i64 = 24 * 3600;
    now < after(text.received_at, PARKED_MAX_S)
}

/// Whether a text on the queue can have been received then. The queue and the dead letters keep a message for less than
/// 30 days, and the record that recognizes a repeated text is kept for 30. A text from the future would be kept in the
/// queue for too long. Up to an hour ahead is accepted, because clocks differ.
fn is_of_these_weeks(received_at: jiff::Timestamp, now: jiff::Timestamp) -> bool {
    const KEPT_S: i64 = 30 * 24 * HOUR_S;
    (after(now, -KEPT_S)..=after(now, HOUR_S)).contains(&received_at)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{is_of_these_weeks, is_parked_at};

    #[test]
    fn a_text_on_the_queue_was_received_in_the_last_30_days() {
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        for (hours, expected) in [(0, true), (1, true), (2, false), (-30 * 24, true), (-30 * 24 - 1, false)] {
            assert_eq!(is_of_these_weeks(now + SignedDuration::from_hours(hours), now), expected, "{hours} h");
        }
        for received_at in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            assert!(!is_of_these_weeks(received_at, now), "{received_at}");
        }
    }

    #[test]
    fn a_text_is_parked_only_once_and_at_its_first_receive() {
        for (receives, times, expected) in [(1, 0, true), (2, 0, false), (1, 1, false), (900, 1, false)] {
            assert_eq!(is_parked_at(receives, times), expected, "receive {receives}, parked {times} times");
        }
    }
}
