//! One wake-up: is it still planned, is it time, is the person here, who claims it, and what did the carrier say.

use executor::channel_selection::{Health, SelectedChannel, Selection, SlotGrant, find, retry_at};
use executor::{Applied, Context, Failed, apply, left};
use futures_util::join;
use jiff::{SignedDuration, Timestamp};
use reminder::channel::{ChannelKind, Slot};
use reminder::event::{Event, WakeUp};
use reminder::ids::{CallId, ClaimId};
use reminder::lifecycle;
use reminder::policy::rate::SLOT_FRESH_S;
use reminder::policy::{self, after};
use reminder::ports::{
    Carrier, CarrierError, Clock, Dial, Ids, Ports, ReadError, SendError, Store, Versioned, WakeUps,
};
use reminder::profile::Profile;
use reminder::record::{Reminder, State};
use reminder::wire::{CallRoute, WAKE_UP_VERSION, WakeUpMessage};

/// The wake-up has to be delivered again.
#[derive(Debug, thiserror::Error)]
pub enum NotDialed {
    /// It is not ours, and goes to the dead-letter queue in the end.
    #[error("expected a wake message of version {WAKE_UP_VERSION}, found something else: {0}")]
    Poison(String),
    /// The record could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The claim, or the end that came instead of it, was not certainly written.
    #[error(transparent)]
    Unwritten(#[from] Failed),
    /// It came early and could not be sent on its way again.
    #[error(transparent)]
    Unsent(#[from] SendError),
}

/// Handles one wake-up.
///
/// # Errors
/// Each says: deliver it again. After a claim there are none, since a second delivery could do nothing.
pub async fn dial<P: Ports>(body: &str, context: Context<'_, P>, ends_at: Timestamp) -> Result<(), NotDialed> {
    let message = parse(body)?;
    let key = message.key();
    let store = context.ports.store();
    let (reminder, profile) = join!(store.reminder(&key), store.profile(&key.person));
    let (Some(reminder), Some(profile)) = (reminder?, profile?) else {
        tracing::warn!(reminder.id = %key.reminder, "wake-up of a reminder that is not there");
        return Ok(());
    };
    let Some((wake_at, slot)) = planned(&reminder, message.generation) else {
        tracing::info!(reminder.id = %key.reminder, generation = message.generation, "stale wake-up ignored");
        return Ok(());
    };
    if let Some(left) = left(&profile, &reminder) {
        apply(context, reminder, left).await?;
        return Ok(());
    }
    if !lifecycle::is_time(wake_at, context.ports.clock().now()) {
        return forward(context, &WakeUp { key, generation: message.generation, wake_at }).await;
    }
    let selected = match turn(context, &reminder, slot.as_ref()).await {
        Ok(selected) => selected,
        Err(instead) => return apply(context, reminder, instead).await.map(drop).map_err(NotDialed::from),
    };
    let claim = context.ports.ids().claim();
    let last_start = last_start(context, ends_at);
    let woken = Event::Woken { generation: message.generation, claim: claim.clone() };
    let Applied::Changed(claimed) = apply(context, reminder, woken).await? else { return Ok(()) };
    if claimed.state().is_some_and(|state| state.has_claim(&claim)) {
        place(selected, context, *claimed, &profile, claim, last_start).await;
    }
    Ok(())
}

/// The carrier to be asked now; or what comes instead: a later slot, a wait until a carrier may be asked again, or a
/// text when that would be past patience. No attempt is spent by either.
async fn turn<'a, P: Ports>(
    context: Context<'a, P>,
    reminder: &Reminder,
    slot: Option<&Slot>,
) -> Result<SelectedChannel<'a, P>, Event> {
    let (generation, now) = (reminder.generation, context.ports.clock().now());
    // One that is too late must not take a slot from those that are not.
    if !reminder.is_within_max_lateness(context.policy, now) {
        return Err(Event::NoSlotInTime { generation });
    }
    let selected = match find(context, ChannelKind::Voice).await {
        Selection::Channel(selected) => selected,
        Selection::AllOpen { until } => {
            return Err(Event::Postponed { generation, until: soon_after(context, until) });
        }
    };
    match selected.reserve_slot(slot, SLOT_FRESH_S, context.policy.last_ring(reminder.due)).await {
        Ok(SlotGrant::Now) => Ok(selected),
        Ok(SlotGrant::At(slot)) => Err(Event::SlotAssigned { generation, slot }),
        Ok(SlotGrant::TooLate) => Err(Event::NoSlotInTime { generation }),
        Err(error) => {
            tracing::warn!(reminder.id = %reminder.key.reminder, %error, "call put off: no slot was reserved");
            Err(Event::Postponed { generation, until: again_after(context, reminder, now) })
        }
    }
}

/// The last instant at which a request may start whose claim is written now: so soon that it ends before its function
/// does, and before its claim.
fn last_start<P: Ports>(context: Context<'_, P>, ends_at: Timestamp) -> Timestamp {
    let by_claim = context.policy.last_start(context.ports.clock().now());
    by_claim.min(after(ends_at, -context.policy.times().carrier_s))
}

fn parse(body: &str) -> Result<WakeUpMessage, NotDialed> {
    let message: WakeUpMessage = serde_json::from_str(body).map_err(|error| NotDialed::Poison(error.to_string()))?;
    if message.v == WAKE_UP_VERSION { Ok(message) } else { Err(NotDialed::Poison(format!("version {}", message.v))) }
}

/// When the reminder is to be woken, and the slot it holds, if this generation is what it waits for.
fn planned(reminder: &Reminder, generation: u32) -> Option<(Timestamp, Option<Slot>)> {
    match reminder.state()? {
        State::Waiting { wake_at, slot, .. } if reminder.is_planned(generation) => Some((*wake_at, slot.clone())),
        _ => None,
    }
}

/// Sends an early wake-up on: to the second through the queue, or, farther ahead, by making sure of its schedule.
async fn forward<P: Ports>(context: Context<'_, P>, wake: &WakeUp) -> Result<(), NotDialed> {
    let route = policy::route(context.ports.clock().now(), wake.wake_at);
    context.ports.wake_ups().send(wake, route).await?;
    tracing::info!(reminder.id = %wake.key.reminder, generation = wake.generation, ?route, "early wake-up sent on");
    Ok(())
}

/// Places the one call that the claim allows, and writes what became of it. What can't be written the call's own
/// callbacks will tell, or the claim's deadline.
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
        tracing::warn!(reminder.id = %id, "call not placed: there is no time left for it");
        let retry_at = again_after(context, &claimed, context.ports.clock().now());
        return write(context, claimed, Event::RefusedForNow { claim, retry_at }).await;
    }
    let route = CallRoute { key: claimed.key.clone(), claim: claim.clone() };
    let placed = selected.carrier().place(&Dial { to: profile.number.clone(), route }).await;
    let health = Health::of(&placed);
    if let Some(event) = outcome(context, &claimed, claim, placed) {
        write(context, claimed, event).await;
    }
    selected.record_health(health).await;
}

async fn write<P: Ports>(context: Context<'_, P>, claimed: Versioned<Reminder>, event: Event) {
    let id = claimed.key.reminder.clone();
    if let Err(error) = apply(context, claimed, event).await {
        tracing::warn!(reminder.id = %id, %error, "the carrier's answer was not written");
    }
}

/// What the carrier's answer means. `None` where nobody knows whether it has the call: then nobody asks again.
fn outcome<P: Ports>(
    context: Context<'_, P>,
    claimed: &Reminder,
    claim: ClaimId,
    placed: Result<CallId, CarrierError>,
) -> Option<Event> {
    let id = &claimed.key.reminder;
    match placed {
        Ok(call) => {
            tracing::info!(reminder.id = %id, call.id = %call, "call placed");
            Some(Event::Accepted { claim, call })
        }
        Err(error @ (CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. })) => {
            tracing::warn!(reminder.id = %id, %error, "call refused");
            Some(Event::RefusedForGood { claim })
        }
        Err(CarrierError::RefusedForNow { reason, retry_after, .. }) => {
            tracing::error!(reminder.id = %id, reason, "the carrier refuses our calls");
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

/// When it is worth looking again for a carrier: those who waited for the same instant don't all come at it.
fn soon_after<P: Ports>(context: Context<'_, P>, until: Timestamp) -> Timestamp {
    retry_at(context, SignedDuration::from_secs(context.policy.times().refused_backoff_s), until)
}

/// When a call that was certainly not placed is asked for again: not before this instant, and after a random part of
/// the backoff.
fn again_after<P: Ports>(context: Context<'_, P>, reminder: &Reminder, earliest: Timestamp) -> Timestamp {
    let now = context.ports.clock().now();
    let longest = context.policy.refused_backoff(now.duration_since(reminder.due));
    retry_at(context, longest, earliest)
}
