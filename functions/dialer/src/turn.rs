//! Takes a person's turn, so that one phone is in one call at a time.

use executor::Context;
use executor::channel_selection::retry_at;
use jiff::{SignedDuration, Timestamp};
use reminder::ids::{ClaimId, ReminderKey};
use reminder::policy::{CALL_SPACING_S, TURN_RETRY_S, after};
use reminder::ports::{Clock, Ports, ReadError, Store, WriteError};
use reminder::record::{Reminder, State};
use reminder::turn::{Turn, TurnOutcome, TurnRequest};

/// Takes the turn for a call of this claim. Returns `None` if the call may be placed, or else when to ask again.
///
/// The turn is a lease. To save a write, it is not released after a call. A reminder that finds the turn taken reads
/// the other reminder, and takes the turn over if the other reminder's call is over. If it is unknown whether the turn
/// was written, the call is placed nevertheless: a call to a busy phone is better than no call.
pub(crate) async fn wait_for_turn<P: Ports>(
    context: Context<'_, P>,
    reminder: &Reminder,
    claim: &ClaimId,
) -> Option<Timestamp> {
    let now = context.ports.clock().now();
    let turn = Turn {
        reminder: reminder.key.reminder.clone(),
        claim: claim.clone(),
        taken_at: now,
        // The carrier may queue the call, so this is the latest instant at which it ends. If it ends earlier, the
        // reminder's record shows that.
        until: after(context.policy.ringing_deadline(now), context.policy.times().max_lateness_s),
    };
    let mut request = TurnRequest {
        person: reminder.key.person.clone(),
        turn,
        over: None,
        own_call: reminder.open_call(now).cloned(),
    };
    let busy = match other_turn(&request, context.ports.store().take_turn(&request).await) {
        Some(busy) => busy,
        None => return None,
    };
    if busy.taken_at <= request.latest_before() && is_over(context, reminder, &busy).await {
        (request.over, request.own_call) = (Some(busy.claim), None);
        other_turn(&request, context.ports.store().take_turn(&request).await)?;
    }
    tracing::info!(reminder.id = %reminder.key.reminder, "call postponed: the person is in another call");
    let earliest = after(busy.taken_at, CALL_SPACING_S);
    Some(retry_at(context, SignedDuration::from_secs(TURN_RETRY_S), earliest))
}

/// Gives back the turn that was taken for this claim, because its call is not placed now. Otherwise the person's other
/// reminders would wait for that call. If the write fails, the turn ends by itself.
pub(crate) async fn give_back<P: Ports>(context: Context<'_, P>, reminder: &Reminder, claim: &ClaimId) {
    let now = context.ports.clock().now();
    if let Err(error) = context.ports.store().give_back_turn(&reminder.key.person, claim, now).await {
        tracing::warn!(reminder.id = %reminder.key.reminder, %error, "a turn could not be given back; other calls to the person may be late");
    }
}

/// Returns the turn of another call, or `None` if this call may be placed.
fn other_turn(request: &TurnRequest, outcome: Result<TurnOutcome, WriteError>) -> Option<Turn> {
    let is_own = |turn: &Turn| turn.reminder == request.turn.reminder;
    match outcome {
        Ok(TurnOutcome::Taken) => None,
        // This reminder already has the turn, and the turn was taken after the time of this request: by a function
        // whose clock is ahead, or while this function was delayed.
        Ok(TurnOutcome::Busy(turn)) if is_own(&turn) && request.own_call.as_ref() != Some(&turn.claim) => None,
        Ok(TurnOutcome::Busy(turn)) => Some(turn),
        Err(error) => {
            tracing::warn!(reminder.id = %request.turn.reminder, %error, "it is unknown whether the turn for a call was taken; placing the call nevertheless");
            None
        }
    }
}

/// Whether the call of a turn is over. Its reminder's record shows this. If this release can't decode the record, the
/// call counts as over once it has had the time to ring and to talk: otherwise one such record would block the person's
/// other reminders until they are too late. The same applies to a cancelled call, because the carrier may have refused
/// to cancel it. For a short time it also applies to a call in which a key was pressed, because its goodbye is still
/// spoken. In both cases the turn may have the claim of a second delivery of the wake-up, which the record never held.
async fn is_over<P: Ports>(context: Context<'_, P>, reminder: &Reminder, turn: &Turn) -> bool {
    let had_time = || context.policy.ringing_deadline(turn.taken_at) <= context.ports.clock().now();
    let key = ReminderKey { person: reminder.key.person.clone(), reminder: turn.reminder.clone() };
    match context.ports.store().reminder(&key).await {
        Ok(Some(other)) if other.state().and_then(State::claim).is_some() => false,
        Ok(Some(other)) => other.shows_end_of(&turn.claim, context.ports.clock().now()) || had_time(),
        Ok(None) => true,
        Err(ReadError::Unreadable(_) | ReadError::Newer(_)) => had_time(),
        Err(ReadError::Transient(_)) => false,
    }
}
