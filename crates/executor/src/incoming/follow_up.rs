//! The effects of a stored text: wake-ups are sent, calls are cancelled, texts are withdrawn, and the answer goes out
//! if it is a text.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use reminder::conversation::AnswerRoute;
use reminder::event::{Effect, Event, WakeUp};
use reminder::ids::{OutgoingTextKey, PersonId, ReminderKey};
use reminder::policy::{self, Route};
use reminder::ports::{CallStatus, Clock, Ports, Scope, Store};
use reminder::profile::Profile;
use reminder::record::Reminder;

use super::stored::Stored;
use crate::text::withdraw;
use crate::{Applied, Context, apply_by_key, apply_with, cancel_call, start_text, wake_up};

/// The effects of a text from the queue are given up at least this long before the function's timeout, in seconds.
const RESERVE_S: i64 = 1;

/// A person opted out, but some of their reminders may not have ended. So no answer may confirm the opt-out yet. The
/// text must be delivered again: its repeat ends the reminders that are left.
#[derive(Debug, thiserror::Error)]
#[error("not every reminder of a person who opted out is known to have ended")]
pub struct StillOpen;

/// Executes the effects of a stored text, and returns its answer. A failure here loses nothing: each reminder has its
/// deadline, an owed answer is in the deadline index, and a call that can't be cancelled says goodbye.
///
/// # Errors
/// Fails if the person opted out and it is not known that all their reminders have ended. A call that is not hung up in
/// time is no reason: a repeat would not hang it up either, and it says only goodbye.
pub async fn follow_up<P: Ports>(
    context: Context<'_, P>,
    stored: Stored,
    route: AnswerRoute,
) -> Result<String, StillOpen> {
    let Stored { message, profile, effects, answer: owed } = stored;
    let message = message.into_value();
    let (answer, received_at) = (message.answer, message.received_at);
    let ends_reminders = profile.ends_reminders(received_at);
    let have_ended = AtomicBool::new(!ends_reminders);
    let limit_s = follow_up_limit_s(context, route);
    let context = context.until(policy::after(context.ports.clock().now(), limit_s));
    let everything = async {
        join_all(effects.iter().map(|effect| execute(context, &profile.person, received_at, effect))).await;
        if ends_reminders {
            cancel_all(context, &profile, &have_ended).await?;
        }
        if let Some(text) = owed {
            start_text(context, text).await;
        }
        Ok(())
    };
    match context.ports.clock().within(SignedDuration::from_secs(limit_s), everything).await {
        Some(done) => done.map(|()| answer),
        None if !have_ended.load(Ordering::Relaxed) => Err(StillOpen),
        None => {
            tracing::warn!(limit_s, "not every effect of a text was done in time; the sweeper continues");
            Ok(answer)
        }
    }
}

/// How long the effects may take, in seconds. Before the response to a webhook, they may take as long as parking the
/// text would have taken. That stays well below Twilio's 15 s. A text from the queue may use the rest of the function's
/// time.
fn follow_up_limit_s<P: Ports>(context: Context<'_, P>, route: AnswerRoute) -> i64 {
    let times = context.policy.times();
    match route {
        AnswerRoute::Reply => times.park_s,
        AnswerRoute::Text => times.function_s - times.store_s - RESERVE_S,
    }
}

async fn execute<P: Ports>(context: Context<'_, P>, person: &PersonId, received_at: Timestamp, effect: &Effect) {
    match effect {
        Effect::SendWakeUp(wake) => {
            let Some(event) = wake_up(context, wake).await.filter(|_| needs_confirming(received_at, wake)) else {
                return;
            };
            let key = ReminderKey { person: person.clone(), reminder: wake.key.reminder.clone() };
            if let Err(error) = apply_by_key(context, &key, |_| Some(event)).await {
                tracing::warn!(reminder.id = %key.reminder, %error, "a sent wake-up was not confirmed; the sweeper sends another");
            }
        }
        Effect::CancelCall(call) => cancel_call(context, call, CallStatus::UnderWay).await,
        Effect::WithdrawText(text) => {
            withdraw(context, &OutgoingTextKey { person: person.clone(), text: text.clone() }).await;
        }
        // No event that a text leads to has these effects.
        Effect::AskCarrier { .. } | Effect::LeaveMessage { .. } => {}
    }
}

/// Whether the wake-up of a text that was received at `received_at` must be confirmed as sent. It must be confirmed if
/// it may have been far away when it was planned, even if it has come near since then. Without the confirmation, the
/// sweeper would send it again. A near wake-up needs no confirmation, because its deadline was written with the plan.
/// Its confirmation would cost a read and change nothing.
fn needs_confirming(received_at: Timestamp, wake: &WakeUp) -> bool {
    matches!(policy::route(received_at, wake.wake_at), Route::Schedule { .. })
}

/// Ends all open reminders of a person who opted out. The profile is written already, so no new claim is possible.
/// Sets `have_ended` once the end of each is written, before the calls under way are hung up.
async fn cancel_all<P: Ports>(
    context: Context<'_, P>,
    profile: &Profile,
    have_ended: &AtomicBool,
) -> Result<(), StillOpen> {
    let open = context.ports.store().reminders(&profile.person, Scope::Open).await.map_err(|error| {
        tracing::warn!(%error, "the reminders of a person who opted out were not read");
        StillOpen
    })?;
    let opted_out = Event::OptedOut { epoch: profile.consent.epoch };
    let left = AtomicUsize::new(open.readable.len());
    have_ended.store(open.readable.is_empty(), Ordering::Relaxed);
    let ends = open.readable.into_iter().map(|reminder| {
        apply_with(context, reminder, opted_out.clone(), async |_: &Applied<Reminder>| {
            if left.fetch_sub(1, Ordering::Relaxed) == 1 {
                have_ended.store(true, Ordering::Relaxed);
            }
        })
    });
    for ended in join_all(ends).await {
        ended.map_err(|error| {
            tracing::warn!(%error, "a reminder of a person who opted out was not ended");
            StillOpen
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use reminder::policy::{NEAR_S, after};

    use super::*;

    #[test]
    fn a_wake_up_that_came_near_while_it_was_sent_is_confirmed() {
        let received_at: Timestamp = "2029-04-07T19:15:25.9Z".parse().unwrap();
        let (person, reminder) = ("0123456789abcdef0123456789abcdef", "01PDTSHQ5CZQ81B2N824GDJBRD");
        let key = ReminderKey { person: person.parse().unwrap(), reminder: reminder.parse().unwrap() };
        let wake_at = "2029-04-07T19:29:26Z".parse().unwrap();
        let wake = WakeUp { key, generation: 1, wake_at };
        assert!(needs_confirming(received_at, &wake));
        assert!(!needs_confirming(after(wake_at, -NEAR_S), &wake));
    }
}
