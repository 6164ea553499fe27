//! What follows from a text that is stored: wake-ups, calls that are not to go on, an answer that is a text of its own.

use executor::{Context, apply, apply_by_key, end_call, send_answer, wake_up};
use futures_util::future::join_all;
use jiff::SignedDuration;
use reminder::event::{Effect, Event};
use reminder::ids::{PersonId, ReminderKey};
use reminder::incoming_text::{AnswerDelivery, IncomingText};
use reminder::policy::{self, Route};
use reminder::ports::{CallStatus, Clock, Ports, Scope, Store};
use reminder::profile::{OptStatus, Profile};

use crate::intake::Stored;
use reminder::conversation::AnswerRoute;

/// How long before its function ends what follows a text that is answered by a text is given up, in seconds.
const RESERVE_S: i64 = 1;

/// Somebody left, and it is not certain that nothing of theirs can be claimed any more: no answer may say so yet. The
/// text is to be delivered again, which goes on where this stopped.
#[derive(Debug, thiserror::Error)]
#[error("not every reminder of a person who opted_out is known to have ended")]
pub(crate) struct StillOpen;

/// Does what follows from a stored text, and gives its answer. What fails here is not lost: each reminder has its
/// deadline, an answer that is owed stands in the index, and a call that can't be cancelled says goodbye.
///
/// # Errors
/// Only for one who left, and whose reminders could not all be ended in time.
pub(crate) async fn follow_up<P: Ports>(
    context: Context<'_, P>,
    stored: Stored,
    route: AnswerRoute,
) -> Result<String, StillOpen> {
    let Stored { message, profile, effects } = stored;
    let answer = message.answer.clone();
    let is_gone = profile.consent.status == OptStatus::OptedOut;
    let everything = async {
        join_all(effects.iter().map(|effect| follow(context, &profile.person, effect))).await;
        if is_gone {
            cancel_all(context, &profile).await?;
        }
        if route == AnswerRoute::Sms
            && is_to_be_sent(&message, context.ports.clock().now())
            && let Err(error) = send_answer(context, &profile, message).await
        {
            tracing::warn!(%error, "answer put off");
        }
        Ok(())
    };
    let limit_s = follow_up_limit_s(context, route);
    match context.ports.clock().within(SignedDuration::from_secs(limit_s), everything).await {
        Some(done) => done.map(|()| answer),
        None if is_gone => Err(StillOpen),
        None => {
            tracing::warn!(limit_s, "not all that follows from a text was done in time; the sweeper goes on");
            Ok(answer)
        }
    }
}

/// An answer is sent with its text, and again only when the wait since the last try is over.
fn is_to_be_sent(message: &IncomingText, now: jiff::Timestamp) -> bool {
    match message.delivery {
        AnswerDelivery::Owed { tries, deadline } => tries == 0 || deadline <= now,
        AnswerDelivery::Replied | AnswerDelivery::Sent | AnswerDelivery::GivenUp => false,
    }
}

/// How long what follows may take. Before a reply: as long as parking would have taken, which leaves Twilio's 15 s some
/// air. Otherwise nobody waits.
fn follow_up_limit_s<P: Ports>(context: Context<'_, P>, route: AnswerRoute) -> i64 {
    let times = context.policy.times();
    match route {
        AnswerRoute::Reply => times.park_s,
        AnswerRoute::Sms => times.function_s - times.store_s - RESERVE_S,
    }
}

async fn follow<P: Ports>(context: Context<'_, P>, person: &PersonId, effect: &Effect) {
    match effect {
        Effect::SendWakeUp(wake) => {
            let is_far = matches!(policy::route(context.ports.clock().now(), wake.wake_at), Route::Schedule { .. });
            // The deadline of a near one was written with it.
            let Some(event) = wake_up(context, wake).await.filter(|_| is_far) else { return };
            let key = ReminderKey { person: person.clone(), reminder: wake.key.reminder.clone() };
            if let Err(error) = apply_by_key(context, &key, |_| Some(event)).await {
                tracing::warn!(reminder.id = %key.reminder, %error, "a sent wake-up was not confirmed; the sweeper sends another");
            }
        }
        Effect::CancelCall(call) => end_call(context, call, CallStatus::UnderWay).await,
        // A text from a person leads to neither; each is the life cycle's own.
        Effect::SendText(_) | Effect::AskCarrier { .. } | Effect::RaiseAlarm => {}
    }
}

/// Ends what a person who left has open. The profile says so already, so nothing new is claimed meanwhile.
async fn cancel_all<P: Ports>(context: Context<'_, P>, profile: &Profile) -> Result<(), StillOpen> {
    let open = context.ports.store().reminders(&profile.person, Scope::Open).await.map_err(|error| {
        tracing::warn!(%error, "the reminders of a person who opted_out were not read");
        StillOpen
    })?;
    let opted_out = Event::OptedOut { epoch: profile.consent.epoch };
    for ended in join_all(open.into_iter().map(|reminder| apply(context, reminder, opted_out.clone()))).await {
        ended.map_err(|error| {
            tracing::warn!(%error, "a reminder of a person who opted_out was not ended");
            StillOpen
        })?;
    }
    Ok(())
}
