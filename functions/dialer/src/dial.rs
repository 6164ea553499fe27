//! Handles one wake-up.
//!
//! For a wake-up of a reminder, it checks that the wake-up is still planned, that the person has not opted out and that
//! the time has come. Then it takes the person's turn, reserves a slot, writes a claim, places the call and writes the
//! carrier's answer. For a wake-up of an outgoing text, it sends that text.

use executor::channel_selection::health::Health;
use executor::channel_selection::{SelectedChannel, Selection, SlotGrant, look, retry_at};
use executor::outcomes::{self, CarrierRequest};
use executor::{
    Applied, Context, Failed, WrittenLater, apply, apply_with, move_to_dead_letters, opt_out_event,
    wait_for_later_release, wake_text,
};
use futures_util::join;
use jiff::{SignedDuration, Timestamp};
use reminder::channel::{ChannelKind, Slot};
use reminder::confirmation::ConfirmationCode;
use reminder::event::{Event, WakeUp};
use reminder::ids::{CallId, ClaimId};
use reminder::lifecycle;
use reminder::metrics::Metric;
use reminder::policy::rate::SLOT_FRESH_S;
use reminder::policy::{self, after};
use reminder::ports::{
    Carrier, CarrierError, Clock, Credentials, Dial, Ids, Ports, ReadError, Remedy, SendError, SourceQueue, Store,
    Versioned, WakeUps,
};
use reminder::profile::Profile;
use reminder::record::{Reminder, State};
use reminder::wire::{CallRoute, DialMessage, MessageError, TextWakeUpMessage, WakeUpMessage};

use crate::turn;

/// Why a wake-up must be delivered again.
#[derive(Debug, thiserror::Error)]
pub enum NotDialed {
    /// The reminder or the profile could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The claim, the event that is applied instead of placing the call, or an event of a text may not have been
    /// written.
    #[error(transparent)]
    Unwritten(#[from] Failed),
    /// The message had to be sent again or moved to the dead letters, and that may have failed.
    #[error(transparent)]
    Unsent(#[from] SendError),
}

/// Handles one wake-up.
///
/// # Errors
/// Fails if the wake-up must be delivered again. Never fails after the claim was written: a second delivery would find
/// the claim and do nothing.
pub async fn dial<P: Ports>(body: &str, context: Context<'_, P>, ends_at: Timestamp) -> Result<(), NotDialed> {
    match DialMessage::read(body) {
        Ok(DialMessage::Reminder(message)) => ring(&message, body, context, ends_at).await,
        Ok(DialMessage::Text(message)) => wake(&message, body, context).await,
        Err(error) => Ok(refuse(context, body, error).await?),
    }
}

/// Sends the outgoing text of one wake-up, if it is due.
async fn wake<P: Ports>(message: &TextWakeUpMessage, body: &str, context: Context<'_, P>) -> Result<(), NotDialed> {
    match wake_text(context, &message.key()).await {
        Err(Failed::Unread(error @ ReadError::Newer(_))) => {
            Ok(wait_for_later_release(context, SourceQueue::Dial, body, WrittenLater::Record, &error).await?)
        }
        // Another delivery would read the same record. The sweeper sets it aside and alerts the operator.
        Err(Failed::Unread(error @ ReadError::Unreadable(_))) => {
            tracing::warn!(text.id = %message.text, %error, "a wake-up's text can't be read");
            Ok(())
        }
        woken => Ok(woken?),
    }
}

/// Places the call for which one wake-up was planned. If the call must not be placed now, applies an event instead,
/// sends the wake-up again or ignores it.
async fn ring<P: Ports>(
    message: &WakeUpMessage,
    body: &str,
    context: Context<'_, P>,
    ends_at: Timestamp,
) -> Result<(), NotDialed> {
    let key = message.key();
    let store = context.ports.store();
    let (reminder, profile) = match join!(store.reminder(&key), store.profile(&key.person)) {
        (Err(error @ ReadError::Newer(_)), _) | (_, Err(error @ ReadError::Newer(_))) => {
            let later = WrittenLater::Record;
            return Ok(wait_for_later_release(context, SourceQueue::Dial, body, later, &error).await?);
        }
        // Another delivery would read the same record. The sweeper sets it aside and alerts the operator.
        (Err(error @ ReadError::Unreadable(_)), _) => {
            tracing::warn!(reminder.id = %key.reminder, %error, "a wake-up's reminder can't be read");
            return Ok(());
        }
        (reminder, profile) => (reminder?, profile?),
    };
    let (Some(reminder), Some(profile)) = (reminder, profile) else {
        tracing::warn!(reminder.id = %key.reminder, "wake-up ignored: its reminder or its person's profile does not exist");
        return Ok(());
    };
    let Some(planned) = planned(&reminder, message.generation) else {
        outcomes::count(Metric::DuplicatesAbsorbed);
        tracing::info!(reminder.id = %key.reminder, generation = message.generation, "stale wake-up ignored");
        return Ok(());
    };
    if let Some(opted_out) = opt_out_event(&profile, &reminder) {
        apply(context, reminder, opted_out).await?;
        return Ok(());
    }
    if !lifecycle::is_time(planned.wake_at, context.ports.clock().now()) {
        return forward(context, &WakeUp { key, generation: message.generation, wake_at: planned.wake_at }).await;
    }
    let claim = context.ports.ids().claim();
    let (selected, code) = match reserve(context, &reminder, &planned, &profile, &claim).await {
        Ok(reserved) => reserved,
        Err(instead) => return apply_instead(context, reminder, instead, &claim).await,
    };
    let last_start = last_start(context, ends_at);
    let woken = Event::Woken { generation: message.generation, claim: claim.clone(), code };
    let is_claimed = |applied: &Applied<Reminder>| match applied {
        Applied::Changed(claimed) => claimed.state().is_some_and(|state| state.has_claim(&claim)),
        Applied::Unchanged(_) | Applied::Gone => false,
    };
    let give_back_unclaimed = async |applied: &Applied<Reminder>| {
        // Another delivery of the wake-up may have placed the call: it holds the turn with a claim of its own.
        if !is_claimed(applied) {
            turn::give_back(context, &key, &claim).await;
        }
    };
    let applied = apply_with(context, reminder, woken, give_back_unclaimed).await?;
    if is_claimed(&applied)
        && let Applied::Changed(claimed) = applied
    {
        place(selected, context, *claimed, &profile, claim, last_start).await;
    }
    Ok(())
}

/// The event that is applied to a reminder instead of placing its call.
struct Instead {
    event: Event,
    /// Whether the person's turn was taken for the call.
    has_turn: bool,
}

impl From<Event> for Instead {
    fn from(event: Event) -> Self {
        Self { event, has_turn: false }
    }
}

/// Gives back the turn if it was taken for a call, and applies the event that replaces the call. The turn comes first:
/// the effects of the event may lead to another call, and the request for a text may take seconds.
async fn apply_instead<P: Ports>(
    context: Context<'_, P>,
    reminder: Versioned<Reminder>,
    instead: Instead,
    claim: &ClaimId,
) -> Result<(), NotDialed> {
    if instead.has_turn {
        turn::give_back(context, &reminder.key, claim).await;
    }
    apply(context, reminder, instead.event).await?;
    Ok(())
}

/// Selects a channel, takes the person's turn and reserves a slot for the call now.
///
/// If no call can be placed now, returns the event to apply instead. The reasons: all breakers are open, the person is
/// in another call, a later slot was assigned, or the slot could not be reserved. If the max lateness has passed, if no
/// slot is free before it passes, if the hour's budget of calls is used up, or if the person has had as many calls as a
/// limit allows, a text follows. These events use up no attempt.
async fn reserve<'a, P: Ports>(
    context: Context<'a, P>,
    reminder: &Reminder,
    planned: &Planned,
    profile: &Profile,
    claim: &ClaimId,
) -> Result<(SelectedChannel<'a, P>, Option<ConfirmationCode>), Instead> {
    let (generation, now) = (reminder.generation, context.ports.clock().now());
    let all_open = |until| Event::Postponed { generation, until: soon_after(context, until) };
    let candidate = look(context, ChannelKind::Voice).await.map_err(all_open)?;
    // The turn comes before the slot and before a breaker's probe: if the person is in another call, these must stay
    // free for other people.
    let code = turn::take(context, reminder, profile, planned.attempt, claim).await?;
    let event = match candidate.select().await {
        Selection::AllOpen { until } => all_open(until),
        Selection::Channel(selected) => {
            let last_ring = context.policy.last_ring(reminder.due);
            match selected.reserve_slot(planned.slot.as_ref(), SLOT_FRESH_S, last_ring, profile.priority()).await {
                Ok(SlotGrant::Now) => return Ok((selected, code)),
                Ok(SlotGrant::At(slot)) => Event::SlotAssigned { generation, slot },
                Ok(SlotGrant::TooLate) => Event::NoSlotInTime { generation },
                Ok(SlotGrant::OverBudget) => {
                    outcomes::count(Metric::CallsOverBudget);
                    tracing::warn!(reminder.id = %reminder.key.reminder, "call replaced by a text: no call of this hour is left for this number");
                    Event::NoSlotInTime { generation }
                }
                Err(error) => {
                    tracing::warn!(reminder.id = %reminder.key.reminder, %error, "call postponed: no slot was reserved");
                    Event::Postponed { generation, until: again_after(context, reminder, now) }
                }
            }
        }
    };
    Err(Instead { event, has_turn: true })
}

/// Returns the last instant at which the request for a call may start if its claim is written now. A request that
/// starts by then ends before the invocation ends and before the claim expires.
fn last_start<P: Ports>(context: Context<'_, P>, ends_at: Timestamp) -> Timestamp {
    let by_claim = context.policy.last_start(context.ports.clock().now());
    by_claim.min(after(ends_at, -context.policy.times().carrier_s))
}

/// Handles a message that can't be read: it waits for a later release, or goes to the dead letters at once.
async fn refuse<P: Ports>(context: Context<'_, P>, body: &str, error: MessageError) -> Result<(), SendError> {
    let queue = SourceQueue::Dial;
    match error {
        MessageError::Newer { .. } => wait_for_later_release(context, queue, body, WrittenLater::Message, &error).await,
        MessageError::NotOurs { .. } | MessageError::OutOfBounds { .. } => {
            move_to_dead_letters(context, queue, body, &error).await
        }
    }
}

/// The call that a reminder waits for.
struct Planned {
    /// The number of the call within its occurrence, from 1.
    attempt: u8,
    /// When it may start.
    wake_at: Timestamp,
    /// The slot that was reserved for it, if it waits for a slot.
    slot: Option<Slot>,
}

/// Returns the planned call of a reminder. Returns `None` if the reminder does not wait for a wake-up of this
/// generation.
fn planned(reminder: &Reminder, generation: u32) -> Option<Planned> {
    match reminder.state()? {
        State::Waiting { attempt, wake_at, slot, .. } if reminder.is_planned(generation) => {
            Some(Planned { attempt: *attempt, wake_at: *wake_at, slot: slot.clone() })
        }
        _ => None,
    }
}

/// Sends an early wake-up once more: by the queue, which is exact to the second, or by a schedule if the time is still
/// far ahead. If the schedule already exists, the wake-up counts as sent.
async fn forward<P: Ports>(context: Context<'_, P>, wake_up: &WakeUp) -> Result<(), NotDialed> {
    let route = policy::route(context.ports.clock().now(), wake_up.wake_at);
    context.ports.wake_ups().send(wake_up, route).await?;
    tracing::info!(reminder.id = %wake_up.key.reminder, generation = wake_up.generation, ?route, "early wake-up sent again");
    Ok(())
}

/// Places the one call that the claim allows, and writes the carrier's answer. If that write fails, the call's
/// callbacks also show that the call was placed. If no callback comes, the claim's deadline passes and the sweeper
/// recovers the reminder. After `last_start`, no call is placed, and the reminder goes on as if the carrier had refused
/// the call for now.
async fn place<P: Ports>(
    selected: SelectedChannel<'_, P>,
    context: Context<'_, P>,
    claimed: Versioned<Reminder>,
    profile: &Profile,
    claim: ClaimId,
    last_start: Timestamp,
) {
    let id = claimed.key.reminder.clone();
    if context.ports.clock().now() > last_start {
        tracing::warn!(reminder.id = %id, "call not placed: too little time is left for the request");
        let retry_at = again_after(context, &claimed, context.ports.clock().now());
        return write(context, claimed, Event::RefusedForNow { claim, retry_at }).await;
    }
    let route = CallRoute { key: claimed.key.clone(), claim: claim.clone() };
    let used = context.ports.credentials().changes();
    let placed = selected.carrier().place(&Dial { to: profile.number.clone(), route }).await;
    let health = Health::of(&placed);
    if let Some(event) = outcome(context, &claimed, claim, placed) {
        write(context, claimed, event).await;
    }
    selected.record_health(health, used).await;
}

/// Writes the carrier's answer. If the call was not placed for a reason that may pass, also gives back its turn, so that
/// the call does not count. That holds even if the answer changes nothing, because the person has ended the reminder.
/// The turn is given back before the effects. Otherwise the call of the next occurrence may take it first, and then it
/// can't be given back.
///
/// Exception: if the sweeper has ended, or may end, the occurrence with a text that says that this was the last call, the
/// turn is kept. So the call counts, and the text is true.
async fn write<P: Ports>(context: Context<'_, P>, claimed: Versioned<Reminder>, event: Event) {
    let key = claimed.key.clone();
    let not_placed = match &event {
        Event::RefusedForNow { claim, .. } => Some(claim.clone()),
        _ => None,
    };
    let is_last_call = claimed.code.is_some();
    let text_says_last_call = |applied: &Applied<Reminder>, claim: &ClaimId| {
        let ended = |now: &Reminder| now.is_last_claim(claim) && !now.is_cancelled_claim(claim);
        is_last_call && matches!(applied, Applied::Unchanged(now) if ended(now))
    };
    let mut is_applied = false;
    let give_back = async |applied: &Applied<Reminder>| {
        is_applied = true;
        if let Some(claim) = not_placed.as_ref().filter(|claim| !text_says_last_call(applied, claim)) {
            turn::give_back(context, &key, claim).await;
        }
    };
    if let Err(error) = apply_with(context, claimed, event, give_back).await {
        tracing::warn!(reminder.id = %key.reminder, %error, "the carrier's answer was not written");
        // See above: the sweeper may send that text.
        if let Some(claim) = not_placed.filter(|_| !is_applied && !is_last_call) {
            turn::give_back(context, &key, &claim).await;
        }
    }
}

/// Returns the event for the carrier's answer. Returns `None` if it is unknown whether the carrier has accepted the
/// call: such a call must not be requested again.
fn outcome<P: Ports>(
    context: Context<'_, P>,
    claimed: &Reminder,
    claim: ClaimId,
    placed: Result<CallId, CarrierError>,
) -> Option<Event> {
    let id = &claimed.key.reminder;
    outcomes::carrier_answered(CarrierRequest::Call(id), &placed);
    match placed {
        Ok(call) => {
            tracing::info!(reminder.id = %id, call.id = %call, "call placed");
            Some(Event::Accepted { claim, call })
        }
        Err(error @ (CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. })) => {
            tracing::warn!(reminder.id = %id, %error, "call refused");
            Some(Event::RefusedForGood { claim })
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, remedy, .. }) => {
            match remedy {
                Remedy::Operator => {
                    let alarm = Metric::CarrierRefusedOperator.name();
                    tracing::error!(reminder.id = %id, reason, alarm, "the carrier refuses our calls until the operator acts")
                }
                Remedy::Wait => {
                    tracing::warn!(reminder.id = %id, reason, "call postponed: the carrier refused it for now")
                }
            }
            let earliest = context.ports.clock().now().saturating_add(retry_after.unwrap_or_default());
            let retry_at = again_after(context, claimed, earliest.unwrap_or(Timestamp::MAX));
            Some(Event::RefusedForNow { claim, retry_at })
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(reminder.id = %id, %error, "call may have been placed; it is not dialed again");
            None
        }
    }
}

/// Returns when to look for a channel again: a random delay after `until`. The delay spreads the reminders that waited
/// for the same instant.
fn soon_after<P: Ports>(context: Context<'_, P>, until: Timestamp) -> Timestamp {
    retry_at(context, SignedDuration::from_secs(context.policy.times().refused_backoff_s), until)
}

/// Returns when to request a call again if it was not placed: a random part of the backoff after `earliest`.
fn again_after<P: Ports>(context: Context<'_, P>, reminder: &Reminder, earliest: Timestamp) -> Timestamp {
    let now = context.ports.clock().now();
    let longest = context.policy.refused_backoff(now.duration_since(reminder.due));
    retry_at(context, longest, earliest)
}
