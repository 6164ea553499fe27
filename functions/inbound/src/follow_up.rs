//! What follows from a text that is stored: wake-ups, calls that are not to go on, an answer that is a text of its own.

use futures_util::future::join_all;
use jiff::SignedDuration;
use perform::{Service, advance, advance_by_key, end_call, send_answer, wake_up};
use reminder::event::{Effect, Event};
use reminder::ids::{PersonId, ReminderKey};
use reminder::message::{Delivery, Message};
use reminder::policy::{self, Route};
use reminder::ports::{CallStatus, Clock, Ports, Scope, Store};
use reminder::profile::{Presence, Profile};

use crate::intake::Stored;
use crate::text::Via;

/// How long before its function ends what follows a text that is answered by a text is given up, in seconds.
const RESERVE_S: i64 = 1;

/// Somebody left, and it is not certain that nothing of theirs can be claimed any more: no answer may say so yet. The
/// text is to be delivered again, which goes on where this stopped.
#[derive(Debug, thiserror::Error)]
#[error("not every reminder of a person who left is known to have ended")]
pub(crate) struct StillOpen;

/// Does what follows from a stored text, and gives its answer. What fails here is not lost: each reminder has its
/// deadline, an answer that is owed stands in the index, and a call that can't be cancelled says goodbye.
///
/// # Errors
/// Only for one who left, and whose reminders could not all be ended in time.
pub(crate) async fn follow_up<P: Ports>(
    service: Service<'_, P>,
    stored: Stored,
    via: Via,
) -> Result<String, StillOpen> {
    let Stored { message, profile, effects } = stored;
    let answer = message.answer.clone();
    let is_gone = profile.consent.presence == Presence::Gone;
    let everything = async {
        join_all(effects.iter().map(|effect| follow(service, &profile.person, effect))).await;
        if is_gone {
            cancel_all(service, &profile).await?;
        }
        if via == Via::Sms
            && is_to_be_sent(&message, service.ports.clock().now())
            && let Err(error) = send_answer(service, &profile, message).await
        {
            tracing::warn!(%error, "answer put off");
        }
        Ok(())
    };
    let limit_s = follow_up_limit_s(service, via);
    match service.ports.clock().within(SignedDuration::from_secs(limit_s), everything).await {
        Some(done) => done.map(|()| answer),
        None if is_gone => Err(StillOpen),
        None => {
            tracing::warn!(limit_s, "not all that follows from a text was done in time; the sweeper goes on");
            Ok(answer)
        }
    }
}

/// An answer is sent with its text, and again only when the wait since the last try is over.
fn is_to_be_sent(message: &Message, now: jiff::Timestamp) -> bool {
    match message.delivery {
        Delivery::Owed { tries, deadline } => tries == 0 || deadline <= now,
        Delivery::Replied | Delivery::Sent | Delivery::GivenUp => false,
    }
}

/// How long what follows may take. Before a reply: as long as parking would have taken, which leaves Twilio's 15 s some
/// air. Otherwise nobody waits.
fn follow_up_limit_s<P: Ports>(service: Service<'_, P>, via: Via) -> i64 {
    let times = service.policy.times();
    match via {
        Via::Reply => times.park_s,
        Via::Sms => times.function_s - times.store_s - RESERVE_S,
    }
}

async fn follow<P: Ports>(service: Service<'_, P>, person: &PersonId, effect: &Effect) {
    match effect {
        Effect::SendWake(wake) => {
            let is_far = matches!(policy::route(service.ports.clock().now(), wake.wake_at), Route::Schedule { .. });
            // The deadline of a near one was written with it.
            let Some(event) = wake_up(service, wake).await.filter(|_| is_far) else { return };
            let key = ReminderKey { person: person.clone(), reminder: wake.key.reminder.clone() };
            if let Err(error) = advance_by_key(service, &key, |_| Some(event)).await {
                tracing::warn!(reminder.id = %key.reminder, %error, "a sent wake-up was not confirmed; the sweeper sends another");
            }
        }
        Effect::CancelCall(call) => end_call(service, call, CallStatus::UnderWay).await,
        // A text from a person leads to neither; each is the life cycle's own.
        Effect::SendText(_) | Effect::AskCarrier { .. } | Effect::RaiseAlarm => {}
    }
}

/// Ends what a person who left has open. The profile says so already, so nothing new is claimed meanwhile.
async fn cancel_all<P: Ports>(service: Service<'_, P>, profile: &Profile) -> Result<(), StillOpen> {
    let open = service.ports.store().reminders(&profile.person, Scope::Open).await.map_err(|error| {
        tracing::warn!(%error, "the reminders of a person who left were not read");
        StillOpen
    })?;
    let left = Event::Left { epoch: profile.consent.epoch };
    for ended in join_all(open.into_iter().map(|reminder| advance(service, reminder, left.clone()))).await {
        ended.map_err(|error| {
            tracing::warn!(%error, "a reminder of a person who left was not ended");
            StillOpen
        })?;
    }
    Ok(())
}
