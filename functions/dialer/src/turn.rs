//! Takes a person's turn, so that one phone is in one call at a time.

use executor::Context;
use executor::channel_selection::retry_at;
use jiff::SignedDuration;
use reminder::call_limits::NumberStatus;
use reminder::confirmation::ConfirmationCode;
use reminder::event::Event;
use reminder::ids::{ClaimId, ReminderKey};
use reminder::policy::{CALL_SPACING_S, TURN_RETRY_S, after};
use reminder::ports::{Clock, Ids, Ports, ReadError, Store};
use reminder::profile::Profile;
use reminder::record::{Reminder, State};
use reminder::turn::{OccurrenceCall, Turn, TurnOutcome, TurnRequest};

/// How soon a request for a turn is repeated if it is unknown whether the turn was taken, in seconds. The actual wait is
/// a random part of it.
const UNKNOWN_RETRY_S: i64 = 10;

/// Takes the turn for a call of this claim, which also counts the call. Returns the event to apply instead if the call
/// must not be placed now: it is too late for it, or the person is in another call, or has had as many calls as a limit
/// allows. With the turn comes the number's code, if this is the last call that an unconfirmed number gets.
///
/// The turn is a lease. To save a write, it is not released after a call. A reminder that finds the turn taken reads
/// the other reminder, and takes the turn over if the other reminder's call is over. If it is unknown whether the turn
/// was taken, it is requested again later: a call that is not counted would not be limited.
pub(crate) async fn take<P: Ports>(
    context: Context<'_, P>,
    reminder: &Reminder,
    profile: &Profile,
    attempt: u8,
    claim: &ClaimId,
) -> Result<Option<ConfirmationCode>, Event> {
    let (generation, now) = (reminder.generation, context.ports.clock().now());
    // A reminder that is too late must not take a turn or a slot from another one that can still ring in time. The time is
    // read here, because a function may freeze for long after it has read the reminder.
    if !reminder.is_within_max_lateness(context.policy, now) {
        return Err(Event::NoSlotInTime { generation });
    }
    let turn = Turn {
        reminder: reminder.key.reminder.clone(),
        call: Some(OccurrenceCall { due: reminder.due, attempt }),
        generation: Some(generation),
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
        limits: *context.policy.calls_per_person(),
        number: match profile.confirmed_at {
            Some(_) => NumberStatus::Confirmed,
            None => NumberStatus::Unconfirmed { fresh_code: context.ports.ids().confirmation_code() },
        },
    };
    let mut outcome = context.ports.store().take_turn(&request).await;
    if let Ok(TurnOutcome::Busy(busy)) = &outcome
        && busy.taken_at <= request.latest_before()
        && is_over(context, reminder, busy).await
    {
        (request.over, request.own_call) = (Some(busy.claim.clone()), None);
        outcome = context.ports.store().take_turn(&request).await;
    }
    let wait = |limit_s, earliest| {
        let until = retry_at(context, SignedDuration::from_secs(limit_s), earliest);
        Err(Event::Postponed { generation, until })
    };
    match outcome {
        Ok(TurnOutcome::Taken(code) | TurnOutcome::TakenBefore(code)) => Ok(code),
        Ok(TurnOutcome::Busy(busy)) => {
            tracing::info!(reminder.id = %reminder.key.reminder, "call postponed: the person is in another call");
            wait(TURN_RETRY_S, after(busy.taken_at, CALL_SPACING_S))
        }
        Ok(TurnOutcome::LimitReached(limit)) => {
            tracing::warn!(reminder.id = %reminder.key.reminder, ?limit, "call replaced by a text: the person has had as many calls as a limit allows");
            Err(Event::CallLimitReached { generation, limit })
        }
        Err(error) => {
            tracing::warn!(reminder.id = %reminder.key.reminder, %error, "call postponed: it is unknown whether its turn was taken");
            wait(UNKNOWN_RETRY_S, now)
        }
    }
}

/// Gives back the turn that was taken for this claim, because its call is not placed now. Otherwise the person's other
/// reminders would wait for that call, and it would count. If the write fails, the turn ends by itself.
pub(crate) async fn give_back<P: Ports>(context: Context<'_, P>, key: &ReminderKey, claim: &ClaimId) {
    let now = context.ports.clock().now();
    if let Err(error) = context.ports.store().give_back_turn(&key.person, claim, now).await {
        tracing::warn!(reminder.id = %key.reminder, %error, "a turn could not be given back; other calls to the person may be late");
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
