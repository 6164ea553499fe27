//! Applies one event to a record: read, decide, write conditionally, then carry out the effects.

use std::collections::VecDeque;

use reminder::event::{Effect, Event, Report};
use reminder::ids::{CallId, ClaimId, OutgoingTextKey, ReminderKey};
use reminder::lifecycle::{self, Transition, TransitionLabel};
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{CallStatus, Carrier, Clock, Ids, Ports, ReadError, Replacement, Store, Versioned, WriteError};
use reminder::record::Reminder;
use reminder::wire::CallRoute;

use crate::channel_selection::carrier_of;
use crate::{Context, text, wake_up};

/// How often one event is applied again because another writer was faster. The record has moved on each time, and a
/// record changes only a few times in its life.
pub(crate) const WRITE_TRIES: usize = 6;

/// How many events may follow from one event. The longest chain is the report of a lost call, and the text after it.
pub(crate) const EVENTS_MAX: usize = 8;

/// The outcome of applying an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied<T> {
    /// The event changed the record. This is the new one.
    Changed(Box<Versioned<T>>),
    /// The event changed nothing. This is the record.
    Unchanged(Box<Versioned<T>>),
    /// The record doesn't exist.
    Gone,
}

/// The event could not be applied. Nothing is known to have changed, and the event must be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The record could not be read.
    #[error("the event was not applied: {0}")]
    Unread(#[from] ReadError),
    /// A write failed or its outcome is unknown, and the record could not be read again to find out.
    #[error("the event was not applied: {write}; then {read}")]
    Unseen {
        /// Why the write failed.
        write: WriteError,
        /// Why the read after it failed.
        #[source]
        read: ReadError,
    },
    /// No write happened. The last failure says whether other writers were faster or the store is down.
    #[error("the event was not applied in {WRITE_TRIES} tries; the last failure: {0}")]
    Unwritten(#[source] WriteError),
}

/// Applies `event` to `reminder`, which was read before, and carries out the effects.
///
/// Running it twice or out of order is safe: each write names the version that was read, and the lifecycle ignores
/// stale events. Effects follow only a write that is known to have succeeded. If they are lost, the record's
/// deadline recovers it.
///
/// # Errors
/// Fails if no write is known to have succeeded. The event must be delivered again.
pub async fn apply<P: Ports>(
    context: Context<'_, P>,
    reminder: Versioned<Reminder>,
    event: Event,
) -> Result<Applied<Reminder>, Failed> {
    let mut events = VecDeque::from([event]);
    let mut record = reminder;
    let mut first = None;
    for _ in 0..EVENTS_MAX {
        let Some(event) = events.pop_front() else { break };
        let applied = write_transition(context, record, &event).await?;
        let Some((next, written)) = applied else { return Ok(first.unwrap_or(Applied::Gone)) };
        if let Some(text) = written.text {
            text::start_text(context, text).await;
        }
        for effect in written.effects {
            events.extend(perform(context, &next, effect).await);
        }
        first.get_or_insert_with(|| {
            let record = Box::new(next.clone());
            if written.is_changed { Applied::Changed(record) } else { Applied::Unchanged(record) }
        });
        record = next;
    }
    Ok(first.unwrap_or(Applied::Gone))
}

/// Reads the reminder of `key`, and applies the event that `learnt` makes of it, if there is one. See [`apply`].
///
/// # Errors
/// Fails if the record could not be read or the event not be applied. The event must be delivered again.
pub async fn apply_by_key<P: Ports>(
    context: Context<'_, P>,
    key: &ReminderKey,
    learnt: impl FnOnce(&Reminder) -> Option<Event>,
) -> Result<Applied<Reminder>, Failed> {
    let Some(reminder) = context.ports.store().reminder(key).await? else { return Ok(Applied::Gone) };
    match learnt(&reminder) {
        Some(event) => apply(context, reminder, event).await,
        None => Ok(Applied::Unchanged(Box::new(reminder))),
    }
}

/// The outcome of one event: what follows from it, and whether the record was changed.
struct Written {
    text: Option<Versioned<OutgoingText>>,
    effects: Vec<Effect>,
    is_changed: bool,
}

/// Writes what an event changes in the newest record. Returns `None` if the record doesn't exist any more.
async fn write_transition<P: Ports>(
    context: Context<'_, P>,
    mut record: Versioned<Reminder>,
    event: &Event,
) -> Result<Option<(Versioned<Reminder>, Written)>, Failed> {
    let (store, clock) = (context.ports.store(), context.ports.clock());
    let write_id = context.ports.ids().write_id();
    let mut failure = WriteError::Conflict;
    for _ in 0..WRITE_TRIES {
        let transition = lifecycle::transition(&record, event, clock.now(), context.policy);
        log_transition(TransitionLabel::of(&record, event, &transition));
        let change = match transition {
            Transition::Ignore => {
                return Ok(Some((record, Written { text: None, effects: vec![], is_changed: false })));
            }
            Transition::Act(effects) => return Ok(Some((record, Written { text: None, effects, is_changed: false }))),
            Transition::Change(change) => *change,
        };
        let write = record.replaced_by(change.next).with_write_id(write_id.clone());
        let text = change.text.map(|text| Replacement::creation(text).with_write_id(write_id.clone()));
        failure = match store.replace(&write, text.as_ref()).await {
            Ok(()) => return Ok(Some(written(write, text, change.effects))),
            Err(error) => error,
        };
        let stored = store.reminder(&record.key).await;
        let stored = stored.map_err(|read| Failed::Unseen { write: failure.clone(), read })?;
        let Some(stored) = stored else { return Ok(None) };
        if stored.write_id == write_id {
            return Ok(Some(written(write, text, change.effects)));
        }
        record = stored;
    }
    Err(Failed::Unwritten(failure))
}

fn written(
    write: Replacement<Reminder>,
    text: Option<Replacement<OutgoingText>>,
    effects: Vec<Effect>,
) -> (Versioned<Reminder>, Written) {
    (write.written(), Written { text: text.map(Replacement::written), effects, is_changed: true })
}

/// Logs a transition. The simulation counts these lines to see that every transition was tested.
pub fn log_transition(label: TransitionLabel) {
    let TransitionLabel { state, event, outcome } = label;
    tracing::trace!(target: "transition", state, event, outcome);
}

/// Carries out an effect after its write. A failure here loses nothing: the record's deadline recovers it.
async fn perform<P: Ports>(context: Context<'_, P>, record: &Reminder, effect: Effect) -> Option<Event> {
    match effect {
        Effect::SendWakeUp(planned) => wake_up::wake_up(context, &planned).await,
        Effect::CancelCall(call) => {
            end_call(context, &call, CallStatus::UnderWay).await;
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

/// Ends a call that must not go on. If that fails, the call still says only goodbye when it is picked up.
pub async fn end_call<P: Ports>(context: Context<'_, P>, call: &CallId, status: CallStatus) {
    let Some(carrier) = carrier_of(context, call) else {
        tracing::warn!(call.id = %call, "call not cancelled: its carrier is not configured any more");
        return;
    };
    match carrier.end(call, status).await {
        Ok(()) => tracing::info!(call.id = %call, "call cancelled"),
        Err(error) => tracing::warn!(call.id = %call, %error, "call not cancelled; it will say goodbye"),
    }
}

/// Leaves the reminder on the machine that answered. If that fails, the text that follows the call says it.
async fn leave_message<P: Ports>(context: Context<'_, P>, record: &Reminder, claim: ClaimId, call: &CallId) {
    let Some(carrier) = carrier_of(context, call) else { return };
    let route = CallRoute { key: record.key.clone(), claim };
    match carrier.leave_message(call, &route).await {
        Ok(()) => tracing::info!(call.id = %call, "a message is left on a machine"),
        Err(error) => tracing::warn!(call.id = %call, %error, "no message was left on a machine"),
    }
}

/// Asks the carrier for a call's status. Only the confirmed end of the call is an event. A call that still waits in
/// the carrier's queue is cancelled, and its end is confirmed when the carrier is asked again.
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
            end_call(context, &call, status).await;
            return None;
        }
        Err(error) => {
            tracing::warn!(call.id = %call, %error, "the carrier did not report the call's status");
            return None;
        }
    };
    Some(Event::CallReported { claim, call, report })
}
