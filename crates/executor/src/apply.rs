//! One event, applied to a record: read, decide, write conditionally, then act.

use std::collections::VecDeque;

use reminder::event::{Effect, Event, Report};
use reminder::ids::{CallId, ClaimId, ReminderKey};
use reminder::lifecycle::{self, Transition, TransitionLabel};
use reminder::ports::{CallStatus, Carrier, CarrierError, Clock, Ids, Ports, ReadError, Store, Versioned, WriteError};
use reminder::record::Reminder;

use crate::channel_selection::carrier_of;
use crate::{Context, replacement_text, wake_up};

/// How often one event is applied anew because somebody else wrote in between. Each time the record has moved on, and
/// a record moves on only a few times in its life.
const ROUNDS: usize = 6;

/// How many events one event may bring about: the longest chain is a lost call's report and the text after it.
const EVENTS: usize = 8;

/// What became of an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Applied {
    /// It changed the record, which is now this.
    Changed(Box<Versioned<Reminder>>),
    /// It meant nothing for the record, which is this.
    Unchanged(Box<Versioned<Reminder>>),
    /// There is no such record.
    Gone,
}

/// The event could not be applied: nothing is known to have changed, and it is to be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The record could not be read.
    #[error("the event was not applied: {0}")]
    Unread(#[from] ReadError),
    /// A write did not certainly happen, and the record could not be read again to see whether it did.
    #[error("the event was not applied: {write}; then {read}")]
    Unseen {
        /// Why the write failed.
        write: WriteError,
        /// Why the read after it failed.
        #[source]
        read: ReadError,
    },
    /// No write happened. The last failure says whether others were faster or the store is down.
    #[error("the event was not applied in {ROUNDS} tries, at last since {0}")]
    Unwritten(#[source] WriteError),
}

/// Applies `event` to `reminder` as it was read, and does what follows from it.
///
/// Twice or out of order it is safe because each write names the version it read and the life cycle ignores what is
/// stale. Effects follow a write that certainly happened; where they are lost, the record's deadline is still there.
///
/// # Errors
/// The write did not certainly happen and could not be looked up: deliver the event again.
pub async fn apply<P: Ports>(
    context: Context<'_, P>,
    reminder: Versioned<Reminder>,
    event: Event,
) -> Result<Applied, Failed> {
    let mut events = VecDeque::from([event]);
    let mut record = reminder;
    let mut first = None;
    for _ in 0..EVENTS {
        let Some(event) = events.pop_front() else { break };
        let applied = write_transition(context, record, &event).await?;
        let Some((next, changed, effects)) = applied else { return Ok(first.unwrap_or(Applied::Gone)) };
        for effect in effects {
            events.extend(perform(context, &next, effect).await);
        }
        first.get_or_insert_with(|| match changed {
            Change::Made => Applied::Changed(Box::new(next.clone())),
            Change::None => Applied::Unchanged(Box::new(next.clone())),
        });
        record = next;
    }
    Ok(first.unwrap_or(Applied::Gone))
}

/// Reads the reminder of `key`, and applies to it the event that `learnt` makes of it, if any. See [`apply`].
///
/// # Errors
/// The record could not be read, or the event not be applied: deliver the event again.
pub async fn apply_by_key<P: Ports>(
    context: Context<'_, P>,
    key: &ReminderKey,
    learnt: impl FnOnce(&Reminder) -> Option<Event>,
) -> Result<Applied, Failed> {
    let Some(reminder) = context.ports.store().reminder(key).await? else { return Ok(Applied::Gone) };
    match learnt(&reminder) {
        Some(event) => apply(context, reminder, event).await,
        None => Ok(Applied::Unchanged(Box::new(reminder))),
    }
}

enum Change {
    Made,
    None,
}

/// Writes what an event means for the newest record; `None` where there is none any more.
async fn write_transition<P: Ports>(
    context: Context<'_, P>,
    mut record: Versioned<Reminder>,
    event: &Event,
) -> Result<Option<(Versioned<Reminder>, Change, Vec<Effect>)>, Failed> {
    let (store, clock) = (context.ports.store(), context.ports.clock());
    let write_id = context.ports.ids().write_id();
    let mut failure = WriteError::Conflict;
    for _ in 0..ROUNDS {
        let reaction = lifecycle::transition(&record, event, clock.now(), context.policy);
        log_transition(TransitionLabel::of(&record, event, &reaction));
        let (mut next, effects) = match reaction {
            Transition::Ignore => return Ok(Some((record, Change::None, vec![]))),
            Transition::Act(effects) => return Ok(Some((record, Change::None, effects))),
            Transition::Change(next, effects) => (*next, effects),
        };
        next.write_id = write_id.clone();
        if effects.contains(&Effect::RaiseAlarm) {
            alarm(&record);
        }
        let write = record.replaced_by(next);
        failure = match store.replace(&write).await {
            Ok(()) => return Ok(Some((write.written(), Change::Made, effects))),
            Err(error) => error,
        };
        let stored = store.reminder(&record.key).await;
        let stored = stored.map_err(|read| Failed::Unseen { write: failure.clone(), read })?;
        let Some(stored) = stored else { return Ok(None) };
        if stored.write_id == write_id {
            return Ok(Some((write.written(), Change::Made, effects)));
        }
        record = stored;
    }
    Err(Failed::Unwritten(failure))
}

/// Alarms the operator before the write that says so: once that is there nothing comes back to the record, and whoever
/// wrote it may be gone. An alarm too many is better than one too few.
fn alarm(record: &Reminder) {
    tracing::error!(reminder.id = %record.key.reminder, "reminder failed: neither a call nor a text reached its person");
}

/// Logs a transition. The simulation counts these lines to see that every transition was tested.
pub fn log_transition(label: TransitionLabel) {
    let TransitionLabel { state, event, outcome } = label;
    tracing::trace!(target: "transition", state, event, outcome);
}

/// Does what follows from a write. What fails here is not lost: the record's deadline brings it back.
async fn perform<P: Ports>(context: Context<'_, P>, record: &Reminder, effect: Effect) -> Option<Event> {
    match effect {
        Effect::SendWakeUp(planned) => wake_up::wake_up(context, &planned).await,
        Effect::SendText(slot) => replacement_text::instead_of_call(context, record, slot.as_ref()).await,
        Effect::CancelCall(call) => {
            end_call(context, &call, CallStatus::UnderWay).await;
            None
        }
        Effect::AskCarrier { claim, call } => ask(context, claim, call).await,
        // Raised before the write.
        Effect::RaiseAlarm => None,
    }
}

/// Ends a call that has no right to go on. Where that fails the last gate is left: it says goodbye.
pub async fn end_call<P: Ports>(context: Context<'_, P>, call: &CallId, status: CallStatus) {
    let Some(carrier) = carrier_of(context, call) else {
        tracing::warn!(call.id = %call, "call not cancelled: its carrier is none of ours any more");
        return;
    };
    match carrier.end(call, status).await {
        Ok(()) => tracing::info!(call.id = %call, "call cancelled"),
        Err(error) => tracing::warn!(call.id = %call, %error, "call not cancelled; it says goodbye"),
    }
}

/// Asks how a call stands. Only its confirmed end is an event; one that still waits in the carrier's queue is
/// cancelled, and its end confirmed when it is asked about again.
async fn ask<P: Ports>(context: Context<'_, P>, claim: ClaimId, call: CallId) -> Option<Event> {
    let Some(carrier) = carrier_of(context, &call) else {
        tracing::warn!(call.id = %call, "how a call stands can't be asked: its carrier is none of ours any more");
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
            warn_of(&error, &call);
            return None;
        }
    };
    Some(Event::CallReported { claim, call, report })
}

fn warn_of(error: &CarrierError, call: &CallId) {
    tracing::warn!(call.id = %call, %error, "the carrier did not say how a call stands");
}
