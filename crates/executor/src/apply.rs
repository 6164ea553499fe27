//! Applies an event to a reminder, and then the events to which its effects lead: read, decide, write conditionally,
//! then carry out the effects.

use std::collections::VecDeque;

use reminder::event::{Effect, Event, Report};
use reminder::ids::{CallId, ClaimId, OutgoingTextKey, ReminderKey};
use reminder::lifecycle::{self, Transition, TransitionLabel};
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{CallStatus, Carrier, Clock, Ids, Ports, Replacement, Store, Versioned, WriteError};
use reminder::record::Reminder;
use reminder::wire::CallRoute;

use crate::applied::{Applied, EVENTS_MAX, Failed, WRITE_TRIES, log_transition};
use crate::channel_selection::carrier_of;
use crate::credentials::renew_if_refused;
use crate::outcomes::{self, Lines};
use crate::{Context, text, wake_up};

/// Applies `event` to `reminder`, which was read before, and carries out the effects.
///
/// Running it twice or out of order is safe: each write names the version that was read, and the lifecycle ignores
/// stale events. The effects of a change follow only if its write is known to have succeeded. If a lost effect was a
/// wake-up or a question to the carrier, the sweeper repeats it after the record's deadline. No reminder depends on the
/// other effects, which are not repeated.
///
/// Returns the outcome of `event` itself, with the record as that event left it. The events to which its effects led
/// may have changed the record since then.
///
/// # Errors
/// Fails if the event, or an event to which its effects led, could not be applied. The event must be delivered again.
pub async fn apply<P: Ports>(
    context: Context<'_, P>,
    reminder: Versioned<Reminder>,
    event: Event,
) -> Result<Applied<Reminder>, Failed> {
    // Without the box, the futures of the functions nest deeper than the compiler allows.
    Box::pin(apply_with(context, reminder, event, async |_: &Applied<Reminder>| ())).await
}

/// Applies `event` as [`apply`] does. Between the write and the effects, calls `before_effects` once with the outcome,
/// also if nothing was written. Use it for what must not wait for the effects: a wake-up may start another run at once,
/// and the request for a text may take seconds.
///
/// # Errors
/// Fails as [`apply`] does. If `event` itself could not be applied, `before_effects` is not called.
pub async fn apply_with<P: Ports>(
    context: Context<'_, P>,
    reminder: Versioned<Reminder>,
    event: Event,
    before_effects: impl AsyncFnOnce(&Applied<Reminder>),
) -> Result<Applied<Reminder>, Failed> {
    let Some((mut record, handled)) = write_and_log(context, reminder, &event).await? else {
        before_effects(&Applied::Gone).await;
        return Ok(Applied::Gone);
    };
    let written = Box::new(record.clone());
    let first = if handled.is_changed { Applied::Changed(written) } else { Applied::Unchanged(written) };
    before_effects(&first).await;
    let mut events = VecDeque::new();
    carry_out(context, &record, handled, &mut events).await;
    for _ in 1..EVENTS_MAX {
        let Some(event) = events.pop_front() else { break };
        let Some((next, handled)) = write_and_log(context, record, &event).await? else { break };
        carry_out(context, &next, handled, &mut events).await;
        record = next;
    }
    Ok(first)
}

/// Applies an event to a record that was read, and logs the line about it if it was changed. Returns `None` if the
/// record is gone.
async fn write_and_log<P: Ports>(
    context: Context<'_, P>,
    record: Versioned<Reminder>,
    event: &Event,
) -> Result<Option<(Versioned<Reminder>, Handled)>, Failed> {
    let mut lines = Lines::default();
    let written = write_transition(context, record, event, &mut lines).await?;
    if let Some((next, handled)) = &written
        && handled.is_changed
    {
        lines.log(&next.write_id);
    }
    Ok(written)
}

/// Carries out the effects of an event that was handled, and adds the events to which they lead.
async fn carry_out<P: Ports>(
    context: Context<'_, P>,
    record: &Reminder,
    handled: Handled,
    events: &mut VecDeque<Event>,
) {
    for effect in handled.effects {
        events.extend(perform(context, record, effect).await);
    }
    // The text is sent after the effects, so that a slow carrier does not delay the wake-up for the next call of
    // the series. Only the confirmation of that wake-up waits.
    if let Some(text) = handled.text {
        text::start_text(context, text).await;
    }
}

/// Reads the reminder of `key`, and applies the event that `event_for` returns for it. If `event_for` returns `None`,
/// nothing changes. See [`apply`].
///
/// # Errors
/// Fails if the record could not be read, or if the event could not be applied. The event must be delivered again.
pub async fn apply_by_key<P: Ports>(
    context: Context<'_, P>,
    key: &ReminderKey,
    event_for: impl FnOnce(&Reminder) -> Option<Event>,
) -> Result<Applied<Reminder>, Failed> {
    let Some(reminder) = context.ports.store().reminder(key).await? else { return Ok(Applied::Gone) };
    match event_for(&reminder) {
        Some(event) => apply(context, reminder, event).await,
        None => Ok(Applied::Unchanged(Box::new(reminder))),
    }
}

/// An event that was handled: the text and the effects to carry out next, and whether the record was changed.
struct Handled {
    text: Option<Versioned<OutgoingText>>,
    effects: Vec<Effect>,
    is_changed: bool,
}

/// Applies an event to a record that was read, and writes the change. If the write does not succeed, reads the record
/// and decides again. Returns `None` if that read finds no record.
///
/// Tries may decide differently, because time passes and the record may have changed. A write with an unknown outcome
/// may be carried out after a later try. So each write has its own write id, and the id in the store shows which change
/// was stored. `lines` gets the line of each try.
async fn write_transition<P: Ports>(
    context: Context<'_, P>,
    mut record: Versioned<Reminder>,
    event: &Event,
    lines: &mut Lines,
) -> Result<Option<(Versioned<Reminder>, Handled)>, Failed> {
    let (store, clock) = (context.ports.store(), context.ports.clock());
    let mut tried = Vec::new();
    let mut failure = WriteError::Conflict;
    for _ in 0..WRITE_TRIES {
        let now = clock.now();
        let transition = lifecycle::transition(&record, event, now, context.policy);
        let label = TransitionLabel::of(&record, event, &transition);
        log_transition(label);
        let change = match transition {
            Transition::Ignore => {
                outcomes::reminder_unchanged(&record, event, label, now);
                return Ok(Some((record, Handled { text: None, effects: vec![], is_changed: false })));
            }
            Transition::Act(effects) => {
                outcomes::reminder_unchanged(&record, event, label, now);
                return Ok(Some((record, Handled { text: None, effects, is_changed: false })));
            }
            Transition::Change(change) => *change,
        };
        let write_id = context.ports.ids().write_id();
        lines.keep(&write_id, outcomes::reminder_changed(&record, Some(event), &change.next, now));
        let write = record.replaced_by(change.next).with_write_id(write_id.clone());
        let text = change.text.map(|text| Replacement::creation(text).with_write_id(write_id));
        failure = match store.replace(&write, text.as_ref()).await {
            Ok(()) => return Ok(Some(changed(write, text, change.effects))),
            Err(error) => error,
        };
        tried.push((write, text, change.effects));
        let stored = store.reminder(&record.key).await;
        let stored = stored.map_err(|read| Failed::Unseen { write: failure.clone(), read })?;
        let Some(stored) = stored else { return Ok(None) };
        if let Some(place) = tried.iter().position(|(write, ..)| write.write_id == stored.write_id) {
            let (write, text, effects) = tried.swap_remove(place);
            return Ok(Some(changed(write, text, effects)));
        }
        record = stored;
    }
    Err(Failed::Unwritten(failure))
}

fn changed(
    write: Replacement<Reminder>,
    text: Option<Replacement<OutgoingText>>,
    effects: Vec<Effect>,
) -> (Versioned<Reminder>, Handled) {
    (write.written(), Handled { text: text.map(Replacement::written), effects, is_changed: true })
}

/// Carries out an effect of an event, after the event's write if there is one. A failure here loses nothing: after the
/// record's deadline, the sweeper sends the wake-up or asks the carrier again. No reminder depends on the other
/// effects.
async fn perform<P: Ports>(context: Context<'_, P>, record: &Reminder, effect: Effect) -> Option<Event> {
    match effect {
        Effect::SendWakeUp(planned) => wake_up::wake_up(context, &planned).await,
        Effect::CancelCall(call) => {
            cancel_call(context, &call, CallStatus::UnderWay).await;
            None
        }
        Effect::AskCarrier { claim, call } => ask_carrier(context, claim, call).await,
        Effect::LeaveMessage { claim, call } => {
            leave_message(context, record, claim, &call).await;
            None
        }
        Effect::WithdrawText(id) => {
            text::withdraw(context, &OutgoingTextKey { person: record.key.person.clone(), text: id }).await;
            None
        }
    }
}

/// Cancels a call that must not go on. If that fails, and the record no longer holds the call's claim, the call says
/// only goodbye when it is picked up.
pub async fn cancel_call<P: Ports>(context: Context<'_, P>, call: &CallId, status: CallStatus) {
    let Some(carrier) = carrier_of(context, call) else {
        tracing::warn!(call.id = %call, "call not cancelled: its carrier is not configured any more");
        return;
    };
    match carrier.end(call, status).await {
        Ok(()) => tracing::info!(call.id = %call, "call cancelled"),
        Err(error) => {
            tracing::warn!(call.id = %call, %error, "call may not have been cancelled; it says goodbye if its claim is stale");
            renew_if_refused(context, &error).await;
        }
    }
}

/// Leaves the reminder as a message on the answering machine that picked up. If that fails, the person still gets the
/// reminder in the text that follows the call.
async fn leave_message<P: Ports>(context: Context<'_, P>, record: &Reminder, claim: ClaimId, call: &CallId) {
    let Some(carrier) = carrier_of(context, call) else { return };
    let route = CallRoute { key: record.key.clone(), claim };
    match carrier.leave_message(call, &route).await {
        Ok(()) => tracing::info!(call.id = %call, "a message is being left on an answering machine"),
        Err(error) => {
            tracing::warn!(call.id = %call, %error, "a message may not have been left on an answering machine; the text after the call has the reminder");
            renew_if_refused(context, &error).await;
        }
    }
}

/// Asks the carrier for a call's status, and returns an event if the call is over. If the call still waits in the
/// carrier's queue, cancels it; the next question to the carrier confirms the end.
async fn ask_carrier<P: Ports>(context: Context<'_, P>, claim: ClaimId, call: CallId) -> Option<Event> {
    let Some(carrier) = carrier_of(context, &call) else {
        tracing::warn!(call.id = %call, "the call's status is unknown: its carrier is not configured any more");
        return None;
    };
    let report = match carrier.status(&call).await {
        Ok(CallStatus::Completed) => Report::Completed,
        Ok(CallStatus::NotReached) => Report::NotReached,
        Ok(CallStatus::UnderWay) => return None,
        Ok(status @ CallStatus::Queued) => {
            cancel_call(context, &call, status).await;
            return None;
        }
        Err(error) => {
            tracing::warn!(call.id = %call, %error, "the carrier did not report the call's status");
            renew_if_refused(context, &error).await;
            return None;
        }
    };
    Some(Event::CallReported { claim, call, report })
}
