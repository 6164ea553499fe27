//! One wake-up: is it still planned, is it time, is the person here, who claims it, and what did the carrier say.

use futures_util::join;
use jiff::{SignedDuration, Timestamp};
use perform::way::{Found, Turned, Way, Went, again_at, find};
use perform::{Advanced, Failed, Service, advance, left};
use reminder::event::{Event, Wake};
use reminder::ids::{CallId, ClaimId};
use reminder::life;
use reminder::line::{self, Slot};
use reminder::policy::pace::SLOT_FRESH_S;
use reminder::policy::{self, after};
use reminder::ports::{
    Carrier, CarrierError, Clock, Dial, Ids, Ports, ReadError, SendError, Store, Versioned, Wakeups,
};
use reminder::profile::Profile;
use reminder::record::{Reminder, State};
use reminder::wire::{CallRoute, WAKE_VERSION, WakeMessage};

/// The wake-up has to be delivered again.
#[derive(Debug, thiserror::Error)]
pub enum NotDialed {
    /// It is not ours, and goes to the dead-letter queue in the end.
    #[error("expected a wake message of version {WAKE_VERSION}, found something else: {0}")]
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
pub async fn dial<P: Ports>(body: &str, service: Service<'_, P>, ends_at: Timestamp) -> Result<(), NotDialed> {
    let message = parse(body)?;
    let key = message.key();
    let store = service.ports.store();
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
        advance(service, reminder, left).await?;
        return Ok(());
    }
    if !life::is_time(wake_at, service.ports.clock().now()) {
        return hop(service, &Wake { key, generation: message.generation, wake_at }).await;
    }
    let way = match turn(service, &reminder, slot.as_ref()).await {
        Ok(way) => way,
        Err(instead) => return advance(service, reminder, instead).await.map(drop).map_err(NotDialed::from),
    };
    let claim = service.ports.ids().claim();
    let last_start = last_start(service, ends_at);
    let woken = Event::Woken { generation: message.generation, claim: claim.clone() };
    let Advanced::Changed(claimed) = advance(service, reminder, woken).await? else { return Ok(()) };
    if claimed.state().is_some_and(|state| state.holds(&claim)) {
        place(way, service, *claimed, &profile, claim, last_start).await;
    }
    Ok(())
}

/// The carrier to be asked now; or what comes instead: a later slot, a wait until a carrier may be asked again, or a
/// text when that would be past patience. No attempt is spent by either.
async fn turn<'a, P: Ports>(
    service: Service<'a, P>,
    reminder: &Reminder,
    slot: Option<&Slot>,
) -> Result<Way<'a, P>, Event> {
    let (generation, now) = (reminder.generation, service.ports.clock().now());
    // One that is too late must not take a slot from those that are not.
    if !reminder.has_patience(service.policy, now) {
        return Err(Event::Crowded { generation });
    }
    let way = match find(service, line::Service::Calls).await {
        Found::Open(way) => way,
        Found::Shut { until } => {
            return Err(Event::PutOff { generation, until: soon_after(service, until) });
        }
    };
    match way.turn(slot, SLOT_FRESH_S, service.policy.last_ring(reminder.due)).await {
        Ok(Turned::Now) => Ok(way),
        Ok(Turned::At(slot)) => Err(Event::Paced { generation, slot }),
        Ok(Turned::Never) => Err(Event::Crowded { generation }),
        Err(error) => {
            tracing::warn!(reminder.id = %reminder.key.reminder, %error, "call put off: no slot was reserved");
            Err(Event::PutOff { generation, until: again_after(service, reminder, now) })
        }
    }
}

/// The last instant at which a request may start whose claim is written now: so soon that it ends before its function
/// does, and before its claim.
fn last_start<P: Ports>(service: Service<'_, P>, ends_at: Timestamp) -> Timestamp {
    let by_claim = service.policy.last_start(service.ports.clock().now());
    by_claim.min(after(ends_at, -service.policy.times().carrier_s))
}

fn parse(body: &str) -> Result<WakeMessage, NotDialed> {
    let message: WakeMessage = serde_json::from_str(body).map_err(|error| NotDialed::Poison(error.to_string()))?;
    if message.v == WAKE_VERSION { Ok(message) } else { Err(NotDialed::Poison(format!("version {}", message.v))) }
}

/// When the reminder is to be woken, and the slot it holds, if this generation is what it waits for.
fn planned(reminder: &Reminder, generation: u32) -> Option<(Timestamp, Option<Slot>)> {
    match reminder.state()? {
        State::Waiting { wake_at, slot, .. } if reminder.is_planned(generation) => Some((*wake_at, slot.clone())),
        _ => None,
    }
}

/// Sends an early wake-up on: to the second through the queue, or, farther ahead, by making sure of its schedule.
async fn hop<P: Ports>(service: Service<'_, P>, wake: &Wake) -> Result<(), NotDialed> {
    let route = policy::route(service.ports.clock().now(), wake.wake_at);
    service.ports.wakeups().send(wake, route).await?;
    tracing::info!(reminder.id = %wake.key.reminder, generation = wake.generation, ?route, "early wake-up sent on");
    Ok(())
}

/// Places the one call that the claim allows, and writes what became of it. What can't be written the call's own
/// callbacks will tell, or the claim's deadline.
async fn place<P: Ports>(
    way: Way<'_, P>,
    service: Service<'_, P>,
    claimed: Versioned<Reminder>,
    profile: &Profile,
    claim: ClaimId,
    last_start: Timestamp,
) {
    let id = claimed.key.reminder.clone();
    if service.ports.clock().now() > last_start {
        tracing::warn!(reminder.id = %id, "call not placed: there is no time left for it");
        let retry_at = again_after(service, &claimed, service.ports.clock().now());
        return write(service, claimed, Event::RefusedForNow { claim, retry_at }).await;
    }
    let route = CallRoute { key: claimed.key.clone(), claim: claim.clone() };
    let placed = way.carrier().place(&Dial { to: profile.number.clone(), route }).await;
    let went = Went::of(&placed);
    if let Some(event) = outcome(service, &claimed, claim, placed) {
        write(service, claimed, event).await;
    }
    way.learn(went).await;
}

async fn write<P: Ports>(service: Service<'_, P>, claimed: Versioned<Reminder>, event: Event) {
    let id = claimed.key.reminder.clone();
    if let Err(error) = advance(service, claimed, event).await {
        tracing::warn!(reminder.id = %id, %error, "the carrier's answer was not written");
    }
}

/// What the carrier's answer means. `None` where nobody knows whether it has the call: then nobody asks again.
fn outcome<P: Ports>(
    service: Service<'_, P>,
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
            let earliest = service.ports.clock().now().saturating_add(retry_after.unwrap_or_default());
            let retry_at = again_after(service, claimed, earliest.unwrap_or(Timestamp::MAX));
            Some(Event::RefusedForNow { claim, retry_at })
        }
        Err(error @ CarrierError::Unknown(_)) => {
            tracing::warn!(reminder.id = %id, %error, "call may have been placed; it is not dialed again");
            None
        }
    }
}

/// When it is worth looking again for a carrier: those who waited for the same instant don't all come at it.
fn soon_after<P: Ports>(service: Service<'_, P>, until: Timestamp) -> Timestamp {
    again_at(service, SignedDuration::from_secs(service.policy.times().refused_backoff_s), until)
}

/// When a call that was certainly not placed is asked for again: not before this instant, and after a random part of
/// the backoff.
fn again_after<P: Ports>(service: Service<'_, P>, reminder: &Reminder, earliest: Timestamp) -> Timestamp {
    let now = service.ports.clock().now();
    let longest = service.policy.refused_backoff(now.duration_since(reminder.due));
    again_at(service, longest, earliest)
}
