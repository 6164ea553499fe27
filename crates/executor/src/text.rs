//! Applies one event to an outgoing text, and carries out its effects.

mod carrier_opt_out;
mod sending;

use std::collections::VecDeque;

use jiff::Timestamp;
use reminder::ids::{OutgoingTextKey, SentTextId};
use reminder::lifecycle::TransitionLabel;
use reminder::outgoing_text::{self, OutgoingText, TextEffect, TextEvent, TextState, TextTransition};
use reminder::policy::QUEUE_DELAY_MAX_S;
use reminder::ports::{
    Carrier, Clock, Ids, Ports, Store, TextStatus, Undelivered, UndeliveredCause, Versioned, WakeUps, WriteError,
};
use reminder::profile::Profile;
use reminder::wire::TextRoute;

use crate::Context;
use crate::applied::{Applied, EVENTS_MAX, Failed, WRITE_TRIES, log_transition};
use crate::channel_selection::health::ShownHealth;
use crate::credentials::renew_if_refused;
use crate::opt_out::is_of_first_carrier;
use crate::outcomes::{self, Lines};
use carrier_opt_out::{OptOut, may_be_texted, opt_out, opt_out_as_passing};
use sending::send;

/// How early a wake-up of a text may come, in seconds: clocks differ, and a queue rounds delays.
const EARLY_S: i64 = 5;

/// Applies `event` to `text`, which was read before, and carries out the effects.
///
/// Running it twice or out of order is safe: each write names the version that was read, a try is counted before it is
/// sent, and stale events are ignored.
///
/// Returns whether `event`, or an event to which its effects led, changed the text, with the newest text.
///
/// # Errors
/// Fails if the event, or an event to which its effects led, could not be applied. The event must be delivered again.
pub async fn apply_to_text<P: Ports>(
    context: Context<'_, P>,
    text: Versioned<OutgoingText>,
    event: TextEvent,
) -> Result<Applied<OutgoingText>, Failed> {
    let mut shown = ShownHealth::none();
    let applied = apply_events(context, text, event, &mut shown).await;
    shown.record().await;
    applied
}

/// Applies `event`, and the events to which its effects lead, one after the other. Keeps in `shown` what their requests
/// show.
async fn apply_events<'a, P: Ports>(
    context: Context<'a, P>,
    text: Versioned<OutgoingText>,
    event: TextEvent,
    shown: &mut ShownHealth<'a, P>,
) -> Result<Applied<OutgoingText>, Failed> {
    let mut events = VecDeque::from([event]);
    let mut record = text;
    let mut is_changed = false;
    for _ in 0..EVENTS_MAX {
        let Some(event) = events.pop_front() else { break };
        let mut lines = Lines::default();
        let written = write_transition(context, record, &event, &mut lines).await?;
        let Some((next, effects)) = written else { return Ok(Applied::Gone) };
        if let Some(effects) = effects {
            is_changed = true;
            lines.log(&next.write_id);
            log_undelivered(&next, &event);
            for effect in effects {
                events.extend(perform(context, &next, effect, shown).await);
            }
        }
        record = next;
    }
    let record = Box::new(record);
    Ok(if is_changed { Applied::Changed(record) } else { Applied::Unchanged(record) })
}

/// Reads the text of `key`, and applies `event`. See [`apply_to_text`].
///
/// # Errors
/// Fails if the record could not be read, or if the event could not be applied. The event must be delivered again.
pub async fn apply_to_text_by_key<P: Ports>(
    context: Context<'_, P>,
    key: &OutgoingTextKey,
    event: TextEvent,
) -> Result<Applied<OutgoingText>, Failed> {
    match context.ports.store().outgoing_text(key).await? {
        Some(text) => apply_to_text(context, text, event).await,
        None => Ok(Applied::Gone),
    }
}

/// Applies a status that the carrier reported.
///
/// # Errors
/// Fails if the status could not be applied. It must be delivered again.
pub async fn apply_text_status<P: Ports>(
    context: Context<'_, P>,
    route: &TextRoute,
    sent: SentTextId,
    status: TextStatus,
) -> Result<(), Failed> {
    let event = TextEvent::StatusReported { try_number: route.try_number, sent, status };
    apply_to_text_by_key(context, &route.key, event).await.map(drop)
}

/// Makes the first try of a text that was just created, if its writer has counted that try. Otherwise sends a wake-up
/// for its deadline. If the try or the wake-up is lost, the deadline recovers the text.
pub async fn start_text<P: Ports>(context: Context<'_, P>, text: Versioned<OutgoingText>) {
    let mut shown = ShownHealth::none();
    let event = match (text.state(), text.deadline()) {
        (Some(TextState::Owed { tries: 0, .. }), Some(deadline)) => {
            perform(context, &text, TextEffect::WakeUp(deadline), &mut shown).await
        }
        (Some(TextState::Owed { tries, .. }), _) => {
            perform(context, &text, TextEffect::Send { try_number: *tries, slot: None }, &mut shown).await
        }
        (Some(TextState::Accepted { .. }) | None, _) => return,
    };
    if let Some(event) = event {
        let id = text.key.text.clone();
        if let Err(error) = apply_events(context, text, event, &mut shown).await {
            tracing::warn!(text.id = %id, %error, "the outcome of a text was not written");
        }
    }
    shown.record().await;
}

/// Withdraws a text, because its occurrence was acknowledged. A failure only means that the person gets a text that
/// they do not need.
pub(crate) async fn withdraw<P: Ports>(context: Context<'_, P>, key: &OutgoingTextKey) {
    if let Err(error) = apply_to_text_by_key(context, key, TextEvent::Withdrawn).await {
        tracing::warn!(text.id = %key.text, %error, "a text that is not needed was not withdrawn");
    }
}

/// Applies an event to a text that was read, and writes the change. If the write does not succeed, reads the text and
/// decides again. Returns `None` if that read finds no text, and no effects if the event changes nothing. Each write
/// has its own write id, for the reason that `write_transition` of `apply.rs` gives.
async fn write_transition<P: Ports>(
    context: Context<'_, P>,
    mut record: Versioned<OutgoingText>,
    event: &TextEvent,
    lines: &mut Lines,
) -> Result<Option<(Versioned<OutgoingText>, Option<Vec<TextEffect>>)>, Failed> {
    let store = context.ports.store();
    let mut tried = Vec::new();
    let mut failure = WriteError::Conflict;
    for _ in 0..WRITE_TRIES {
        let transition = decide(context, &record, event).await?;
        let label = TransitionLabel::of_text(&record, event, &transition);
        log_transition(label);
        let TextTransition::Change(next, effects) = transition else {
            outcomes::text_unchanged(&record, event, label);
            return Ok(Some((record, None)));
        };
        if effects.contains(&TextEffect::RaiseAlarm) {
            alarm(&record, event);
        }
        let write_id = context.ports.ids().write_id();
        lines.keep(&write_id, outcomes::text_changed(&record, event, &next, context.ports.clock().now()));
        let write = record.replaced_by(*next).with_write_id(write_id);
        failure = match store.replace_outgoing_text(&write).await {
            Ok(()) => return Ok(Some((write.written(), Some(effects)))),
            Err(error) => error,
        };
        tried.push((write, effects));
        let stored = store.outgoing_text(&record.key).await;
        let stored = stored.map_err(|read| Failed::Unseen { write: failure.clone(), read })?;
        let Some(stored) = stored else { return Ok(None) };
        if let Some(place) = tried.iter().position(|(write, _)| write.write_id == stored.write_id) {
            let (write, effects) = tried.swap_remove(place);
            return Ok(Some((write.written(), Some(effects))));
        }
        record = stored;
    }
    Err(Failed::Unwritten(failure))
}

/// Decides the change that an event makes to a text. A status that tells of an opt-out ends the text only if the person
/// has opted out of the service or has no profile. Otherwise it is a failure that may pass: the person may have opted
/// in again, or may have opted out of the second carrier's number only.
///
/// The opt-out is recorded before the text ends, and even if the text has ended: it may have been withdrawn before the
/// carrier reported. When the same status is reported again, and the person has opted in since, it records nothing.
async fn decide<P: Ports>(
    context: Context<'_, P>,
    text: &OutgoingText,
    event: &TextEvent,
) -> Result<TextTransition, Failed> {
    let decided_by =
        |event: &TextEvent| outgoing_text::transition(text, event, context.ports.clock().now(), context.policy);
    let transition = decided_by(event);
    match (&transition, opt_out_as_passing(event)) {
        (TextTransition::Change(..), Some((sent, passing))) if !is_opted_out(context, text, sent).await? => {
            Ok(decided_by(&passing))
        }
        (TextTransition::Ignore, Some((sent, _))) => {
            is_opted_out(context, text, sent).await?;
            Ok(transition)
        }
        _ => Ok(transition),
    }
}

/// Whether a person has opted out of the service or has no profile, after the carrier reported an opt-out for a text.
/// Also true if the text was written before an opt-out, and the person has opted in again. An opt-out at the first
/// carrier is recorded, unless the person has opted in since the text was owed. An opt-out at the second carrier
/// concerns only that carrier's number.
async fn is_opted_out<P: Ports>(
    context: Context<'_, P>,
    text: &OutgoingText,
    sent: &SentTextId,
) -> Result<bool, Failed> {
    if is_of_first_carrier(context, sent) {
        let has_returned = |newest: &Profile| newest.consent.since.is_some_and(|since| since >= text.owed_since);
        return Ok(matches!(opt_out(context, text, has_returned).await?, OptOut::Known));
    }
    let profile = context.ports.store().profile(&text.key.person).await?;
    Ok(profile.is_none_or(|profile| !may_be_texted(&profile, text)))
}

/// Alerts the operator before the write that ends the text. After that write nothing recovers the text, and its writer
/// may crash before it alerts. One alert too many is better than one too few. The field `alarm` names the metric that
/// counts the alert. No alarm watches `RemindersUnreachable`, because the operator can't change a number that can't be
/// texted.
fn alarm(text: &OutgoingText, event: &TextEvent) {
    let reminder = outcomes::reminder_of(text).map(tracing::field::display);
    let alarm = outcomes::not_reached(event).name();
    tracing::error!(reminder.id = reminder, text.id = %text.key.text, alarm, "reminder failed: neither a call nor a text reached its person");
}

/// Carries out an effect after its write, and returns the event that the effect leads to, if any. If the invocation
/// ends too soon for a try, postpones the text: a request that is cut off has an unknown outcome, and a try that is not
/// made must not count as one of the three.
async fn perform<'a, P: Ports>(
    context: Context<'a, P>,
    text: &OutgoingText,
    effect: TextEffect,
    shown: &mut ShownHealth<'a, P>,
) -> Option<TextEvent> {
    match effect {
        TextEffect::Send { try_number, .. } if !context.has_time_for_carrier() => {
            Some(sending::postponed(context, text, try_number, context.ports.clock().now()))
        }
        TextEffect::Send { try_number, slot } => send(context, text, try_number, slot.as_ref(), shown).await,
        TextEffect::WakeUp(at) => {
            wake_up(context, &text.key, at).await;
            None
        }
        TextEffect::AskCarrier { try_number, sent } => ask_carrier(context, try_number, sent).await,
        // The alarm was raised before the write.
        TextEffect::RaiseAlarm => None,
    }
}

/// Sends a wake-up of a text through the queue.
async fn wake_up<P: Ports>(context: Context<'_, P>, key: &OutgoingTextKey, at: Timestamp) {
    let ahead = at.duration_since(context.ports.clock().now());
    let delay_s = (ahead.as_secs() + i64::from(ahead.subsec_nanos() > 0)).clamp(0, QUEUE_DELAY_MAX_S);
    let delay_s = u32::try_from(delay_s).unwrap_or(0);
    if let Err(error) = context.ports.wake_ups().send_for_text(key, delay_s).await {
        tracing::warn!(text.id = %key.text, %error, "the wake-up of a text may not have been sent; if it does not arrive, the sweeper sends the text");
    }
}

/// Handles the wake-up of a text: tries the text if it is due. If the wake-up of its deadline came early, sends the
/// wake-up again.
///
/// # Errors
/// Fails if the text could not be read, or if its try, the outcome of that try or its end could not be written. The
/// wake-up must be delivered again.
pub async fn wake_text<P: Ports>(context: Context<'_, P>, key: &OutgoingTextKey) -> Result<(), Failed> {
    let Some(text) = context.ports.store().outgoing_text(key).await? else { return Ok(()) };
    let now = context.ports.clock().now();
    let is_owed = matches!(text.state(), Some(TextState::Owed { .. }));
    match text.deadline() {
        Some(deadline) if is_owed && deadline > now => {
            if is_own_wake_up(&text, deadline, now) {
                wake_up(context, key, deadline).await;
            }
            Ok(())
        }
        Some(_) if is_owed => apply_to_text(context, text, TextEvent::DeadlinePassed).await.map(drop),
        // The sweeper asks the carrier whether an accepted text was delivered. A text that has ended needs nothing.
        Some(_) | None => Ok(()),
    }
}

/// Whether a wake-up that came early may be the one that was sent for this deadline: it came a moment early, or the
/// deadline is a slot that may be further away than the queue's longest delay. Any other wake-up is left over from an
/// earlier deadline. If it were sent again, it would come back for as long as the text is owed, and such wake-ups would
/// add up.
// guard: is_own_wake_up
fn is_own_wake_up(text: &OutgoingText, deadline: Timestamp, now: Timestamp) -> bool {
    let waits_for_slot = matches!(text.state(), Some(TextState::Owed { slot: Some(_), .. }));
    waits_for_slot || deadline.duration_since(now).as_secs() < EARLY_S
}

/// Asks the carrier whether a text was delivered. If the carrier does not answer, or has not passed the text on yet, it
/// is asked again at the text's next deadline, at most five times in all.
async fn ask_carrier<P: Ports>(context: Context<'_, P>, try_number: u8, sent: SentTextId) -> Option<TextEvent> {
    let carrier = context.ports.carriers().iter().find(|carrier| carrier.name().as_str() == sent.carrier());
    let Some(carrier) = carrier else {
        tracing::warn!(sent.id = %sent, "the delivery of a text is unknown: its carrier is not configured any more");
        return None;
    };
    match carrier.text_status(&sent).await {
        Ok(TextStatus::Pending) => {
            tracing::warn!(sent.id = %sent, "the carrier still holds a text");
            None
        }
        Ok(TextStatus::Sent) => Some(TextEvent::NoFailureKnown { try_number }),
        Ok(status) => Some(TextEvent::StatusReported { try_number, sent, status }),
        Err(error) => {
            tracing::warn!(sent.id = %sent, %error, "the carrier did not report the delivery of a text");
            renew_if_refused(context, &error).await;
            None
        }
    }
}

/// Logs that a text was not delivered: as an error if the carrier delivers no text until the operator acts, else as a
/// warning.
fn log_undelivered(text: &OutgoingText, event: &TextEvent) {
    let Some((_, Undelivered { code, cause })) = undelivered(event) else { return };
    let id = &text.key.text;
    match cause {
        UndeliveredCause::Operator => {
            let alarm = outcomes::undelivered(cause).name();
            tracing::error!(text.id = %id, code, alarm, "the carrier does not deliver our texts until the operator acts; look up the error code");
        }
        UndeliveredCause::Passing | UndeliveredCause::Number | UndeliveredCause::OptedOut => {
            tracing::warn!(text.id = %id, code, "a text was not delivered");
        }
    }
}

/// Returns the text that the carrier did not deliver, and why, if the event reports this.
fn undelivered(event: &TextEvent) -> Option<(&SentTextId, Undelivered)> {
    match event {
        TextEvent::StatusReported { sent, status: TextStatus::Undelivered(undelivered), .. } => {
            Some((sent, *undelivered))
        }
        _ => None,
    }
}
