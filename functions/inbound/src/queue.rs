//! Texts that come by the queue: from SNS, and those that were parked.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use executor::Context;
use jiff::SignedDuration;
use lambda::Delivery;
use reminder::policy::{QUEUE_DELAY_MAX_S, after};
use reminder::ports::{Clock, Parking, Ports, SendError};

use crate::Settings;
use crate::envelope::{self, Letter, Poison};
use crate::follow_up::{StillOpen, follow_up};
use crate::intake::{self, NotStored};
use crate::numbers::admit;
use reminder::conversation::{AnswerRoute, ReceivedText};

/// The text has to be delivered again, and goes to the dead-letter queue in the end.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error(transparent)]
    Poison(#[from] Poison),
    #[error("could not be stored for a day: {0}")]
    Overdue(NotStored),
    #[error("could not be stored, and was parked when it first came: {0}")]
    ParkedBefore(NotStored),
    #[error("could not be parked: {0}")]
    Unparked(#[from] SendError),
    #[error("parking took over {0} s")]
    ParkedTooSlowly(i64),
    #[error(transparent)]
    StillOpen(#[from] StillOpen),
}

/// Takes in each text by itself.
pub(crate) async fn handle<P: Ports>(
    event: &SqsEvent,
    context: Context<'_, P>,
    settings: &Settings,
) -> SqsBatchResponse {
    lambda::each(event, async |delivery| take(delivery, context, settings).await).await
}

/// Takes in one text. What can't be stored now comes back later, for a day. It is parked when it first comes only: a
/// copy whose parking got no answer may be there, and would be parked again, and again.
async fn take<P: Ports>(delivery: Delivery<'_>, context: Context<'_, P>, settings: &Settings) -> Result<(), NotTaken> {
    let letter = envelope::open(delivery.body)?;
    let Some(text) = address(&letter, settings) else { return Ok(()) };
    match intake::take(context, settings, &text).await {
        Ok(stored) => {
            tracing::info!(message.id = %text.id, made = stored.made(), "text stored");
            Ok(follow_up(context, stored, AnswerRoute::Sms).await.map(drop)?)
        }
        Err(error) if delivery.receives > 1 => Err(NotTaken::ParkedBefore(error)),
        Err(error) if is_worth_parking(&text, context.ports.clock().now()) => {
            tracing::warn!(message.id = %text.id, %error, times = letter.parked, "text to be parked");
            park(context, &letter).await
        }
        Err(error) => Err(NotTaken::Overdue(error)),
    }
}

async fn park<P: Ports>(context: Context<'_, P>, letter: &Letter) -> Result<(), NotTaken> {
    let limit_s = context.policy.times().park_s;
    let parked = letter.parked();
    let parking = context.ports.parking().park(&parked, park_delay_s(letter.parked));
    let done = context.ports.clock().within(SignedDuration::from_secs(limit_s), parking).await;
    Ok(done.ok_or(NotTaken::ParkedTooSlowly(limit_s))??)
}

/// The text as its sender's; none from whom no answer may go to.
fn address(letter: &Letter, settings: &Settings) -> Option<ReceivedText> {
    let Some((from, sender)) = admit(&letter.from, &settings.own, &settings.countries).sender() else {
        tracing::info!(message.id = %letter.id, "text from nobody who can be answered");
        return None;
    };
    Some(ReceivedText {
        id: letter.id.clone(),
        from,
        sender,
        body: letter.body.clone(),
        opt_out_type: letter.opt_out_type,
        received_at: letter.received_at,
        route: AnswerRoute::Sms,
    })
}

/// When a parked text that still can't be stored comes back: twice as late each time.
fn park_delay_s(times: u32) -> u32 {
    const FIRST_S: i64 = 15;
    let delay_s = (FIRST_S << times.min(10)).min(QUEUE_DELAY_MAX_S);
    u32::try_from(delay_s).unwrap_or(0)
}

/// Whether a text that can't be stored is still worth parking: a day in all.
fn is_worth_parking(text: &ReceivedText, now: jiff::Timestamp) -> bool {
    const PARKED_MAX_S: i64 = 24 * 3600;
    now < after(text.received_at, PARKED_MAX_S)
}
