//! Takes a person's turn, so that one phone is in one call at a time.

use executor::channel_selection::retry_at;
use executor::{Applied, Context};
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

/// A person's turn that was taken for a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// Who may use the turn.
    pub(crate) by: TakenFor,
    /// The number's code, if this is the last call that an unconfirmed number gets.
    pub(crate) code: Option<ConfirmationCode>,
}

/// Who may use a turn that was taken for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakenFor {
    /// Only for this run of the function. The run counted the call.
    ThisRun,
    /// Another run may place, or may have placed, the same call or a later call of the reminder under this turn.
    AnotherRunToo,
}

/// Takes the turn for a call of this claim, which also counts the call. Returns the event to apply instead if the call
/// must not be placed now: it is too late for it, or the person is in another call, or has had as many calls as a limit
/// allows.
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
) -> Result<Taken, Event> {
    let (generation, now) = (reminder.generation, context.ports.clock().now());
    // A reminder that is too late must not take a turn or a slot from another one that can still ring in time. The time is
    // read here, because a function may freeze for long after it has read the reminder.
    if !reminder.is_within_max_lateness(context.policy, now) {
        return Err(Event::NoSlotInTime { generation });
    }
    let turn = Turn {
        reminder: reminder.key.reminder.clone(),
        call: Some(OccurrenceCall { due: reminder.due, attempt }),
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
        Ok(TurnOutcome::Taken(code)) => Ok(Taken { by: TakenFor::ThisRun, code }),
        Ok(TurnOutcome::TakenBefore(code)) => Ok(Taken { by: TakenFor::AnotherRunToo, code }),
        // This call already has the turn, and the turn was taken after the time of this request: by a function whose
        // clock is ahead, or while this function was delayed. The next text about a call tells the code.
        Ok(TurnOutcome::Busy(busy))
            if busy.is_for_call_of(&request.turn) && request.own_call.as_ref() != Some(&busy.claim) =>
        {
            Ok(Taken { by: TakenFor::AnotherRunToo, code: None })
        }
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

/// Gives back the turn that was taken for this claim if no call was placed under it. `applied` is the outcome of the
/// event that should have claimed the call, or should have replaced it.
///
/// The turn is kept while the reminder is in a call: another delivery of the same wake-up claimed that call, perhaps
/// under this turn. A turn that another run took before is kept if any call was claimed since `before` was read.
pub(crate) async fn give_back_unused<P: Ports>(
    context: Context<'_, P>,
    before: &Reminder,
    applied: &Applied<Reminder>,
    claim: &ClaimId,
    taken_for: TakenFor,
) {
    let is_used = match (applied, taken_for) {
        (Applied::Changed(now) | Applied::Unchanged(now), TakenFor::ThisRun) => {
            now.state().and_then(State::claim).is_some()
        }
        (Applied::Changed(now) | Applied::Unchanged(now), TakenFor::AnotherRunToo) => !now.has_no_call_since(before),
        (Applied::Gone, _) => false,
    };
    if !is_used {
        give_back(context, &before.key, claim).await;
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
