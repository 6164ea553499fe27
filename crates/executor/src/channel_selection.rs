//! Selects the carrier and the time of a request: the first carrier whose circuit breaker allows it, within its rate.

pub mod health;

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Breaker, Channel, ChannelKind, Permit, Priority, Slot};
use reminder::ids::CallId;
use reminder::metrics::Metric;
use reminder::policy::rate::PROBED_AGAIN_S;
use reminder::policy::{BACKOFF_MAX_S, after};
use reminder::ports::{Carrier, Channels, Clock, Ids, Ports, SlotAnswer, SlotRequest, Versioned, WriteError};

use crate::{Context, outcomes};

/// A carrier's channel that may be used now.
pub struct SelectedChannel<'a, P: Ports> {
    context: Context<'a, P>,
    carrier: &'a P::Carrier,
    channel: Channel,
    permission: Permission,
}

/// Why a channel may be used.
#[derive(Debug)]
enum Permission {
    /// The breaker is closed.
    Regular,
    /// The breaker is open, and this request is its probe.
    Probe(Versioned<Breaker>),
}

/// The result of selecting a channel.
pub enum Selection<'a, P: Ports> {
    /// The channel to use.
    Channel(SelectedChannel<'a, P>),
    /// Every breaker is open.
    AllOpen {
        /// When to look again.
        until: Timestamp,
    },
}

/// When a selected channel may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotGrant {
    /// It may be used now.
    Now,
    /// It may be used at this slot.
    At(Slot),
    /// Every free slot is too late.
    TooLate,
    /// The budget of this hour is used up.
    OverBudget,
}

/// Selects the first carrier whose channel of this kind may be used.
pub async fn find<P: Ports>(context: Context<'_, P>, wanted: ChannelKind) -> Selection<'_, P> {
    match look(context, wanted).await {
        Ok(candidate) => candidate.select().await,
        Err(until) => Selection::AllOpen { until },
    }
}

/// Returns the first carrier whose channel of this kind may be used. Writes nothing.
///
/// # Errors
/// Fails with the instant at which to look again, if every breaker is open.
pub async fn look<P: Ports>(context: Context<'_, P>, wanted: ChannelKind) -> Result<Candidate<'_, P>, Timestamp> {
    look_from(context, wanted, 0, None).await
}

/// A carrier's channel that may be used now. If its breaker is open, the lease of its probe is not taken yet.
pub struct Candidate<'a, P: Ports> {
    context: Context<'a, P>,
    /// The place of the carrier in the configuration.
    place: usize,
    carrier: &'a P::Carrier,
    channel: Channel,
    /// The open breaker that this request may probe. `None` if the breaker is closed.
    probes: Option<Versioned<Breaker>>,
    /// When to look again at the carriers before this one. `None` if it is the first.
    denied: Option<Timestamp>,
}

impl<'a, P: Ports> Candidate<'a, P> {
    /// Takes the lease of the probe if the breaker is open. If another request took the lease first, selects another
    /// carrier.
    pub async fn select(self) -> Selection<'a, P> {
        let mut candidate = self;
        loop {
            let Candidate { context, place, carrier, channel, probes, denied } = candidate;
            let permission = match &probes {
                Some(breaker) => probe(context, &channel, breaker).await,
                None => Ok(Permission::Regular),
            };
            let until = match permission {
                Ok(permission) => {
                    return Selection::Channel(SelectedChannel { context, carrier, channel, permission });
                }
                Err(until) => earliest(denied, until),
            };
            candidate = match look_from(context, channel.kind, place + 1, Some(until)).await {
                Ok(next) => next,
                Err(until) => return Selection::AllOpen { until },
            };
        }
    }
}

/// Looks at the carriers from this place on. `denied` is the instant at which to look again at the carriers before this
/// place.
async fn look_from<P: Ports>(
    context: Context<'_, P>,
    wanted: ChannelKind,
    from: usize,
    mut denied: Option<Timestamp>,
) -> Result<Candidate<'_, P>, Timestamp> {
    for (place, carrier) in context.ports.carriers().iter().enumerate().skip(from) {
        let channel = Channel { carrier: carrier.name().clone(), kind: wanted };
        let probes = match permitted(context, &channel).await {
            Ok(probes) => probes,
            Err(until) => {
                denied = Some(earliest(denied, until));
                continue;
            }
        };
        return Ok(Candidate { context, place, carrier, channel, probes, denied });
    }
    Err(denied.unwrap_or_else(|| context.ports.clock().now()))
}

fn earliest(denied: Option<Timestamp>, until: Timestamp) -> Timestamp {
    denied.map_or(until, |earliest| earliest.min(until))
}

/// Returns `None` if a channel's breaker is closed, or the open breaker if the request would be its probe. Fails with
/// the instant until which the channel is denied. A breaker that can't be read is treated as closed.
async fn permitted<P: Ports>(
    context: Context<'_, P>,
    channel: &Channel,
) -> Result<Option<Versioned<Breaker>>, Timestamp> {
    let breaker = match context.ports.channels().breaker(channel).await {
        Ok(breaker) => breaker,
        Err(error) => {
            tracing::warn!(%channel, %error, "a breaker could not be read; it is treated as closed");
            return Ok(None);
        }
    };
    match breaker.permit(context.ports.clock().now()) {
        Permit::Allowed => Ok(None),
        Permit::Denied { until } => Err(until),
        Permit::Probe => Ok(Some(breaker)),
    }
}

/// Takes the lease of the probe of an open breaker.
async fn probe<P: Ports>(
    context: Context<'_, P>,
    channel: &Channel,
    breaker: &Versioned<Breaker>,
) -> Result<Permission, Timestamp> {
    let now = context.ports.clock().now();
    let probed = breaker.replaced_by(breaker.probed(now));
    match context.ports.channels().replace_breaker(channel, &probed).await {
        Ok(()) => {
            tracing::info!(%channel, "one call or text probes whether the carrier works again");
            Ok(Permission::Probe(probed.written()))
        }
        // Another request is the probe, or has already shown that the channel is healthy.
        Err(WriteError::Conflict) => match context.ports.channels().breaker_now(channel).await {
            Ok(newer) if newer.permit(now) == Permit::Allowed => Ok(Permission::Regular),
            Ok(_) | Err(_) => Err(after(now, PROBED_AGAIN_S)),
        },
        // It is unknown whether this lease was written. If it was, it expires.
        Err(WriteError::Unknown(_)) => Err(after(now, PROBED_AGAIN_S)),
    }
}

impl<'a, P: Ports> SelectedChannel<'a, P> {
    /// Whether this is the first configured carrier, whose number people text.
    pub fn is_first(&self) -> bool {
        let first = self.context.ports.carriers().first();
        first.is_some_and(|first| *first.name() == self.channel.carrier)
    }

    /// The carrier's API.
    pub fn carrier(&self) -> &'a P::Carrier {
        self.carrier
    }

    /// Returns when the channel may be used: now if `reserved` is a fresh slot of this channel, otherwise at the next
    /// slot that a number of this priority may take, which this method reserves. A probe needs no slot, because the
    /// channel has not been used for a while.
    ///
    /// # Errors
    /// Fails if the reservation was not written, or if it is unknown whether it was. If the next free slot is after
    /// `latest`, or if the hour's budget is used up, nothing is reserved, and that is no failure.
    pub async fn reserve_slot(
        &self,
        reserved: Option<&Slot>,
        fresh_s: i64,
        latest: Timestamp,
        priority: Priority,
    ) -> Result<SlotGrant, WriteError> {
        let now = self.context.ports.clock().now();
        let is_usable = |slot: &Slot| slot.is_of_channel(&self.channel.carrier) && slot.is_fresh(fresh_s, now);
        if reserved.is_some_and(is_usable) || matches!(self.permission, Permission::Probe(_)) {
            return Ok(SlotGrant::Now);
        }
        let interval = self.channel.kind.interval(self.context.policy.rate());
        let budget = self.channel.kind.budget(self.context.policy.rate(), priority);
        let request = SlotRequest { now, latest, interval, priority, budget };
        let is_whole = budget == self.channel.kind.budget(self.context.policy.rate(), Priority::Confirmed);
        Ok(match self.context.ports.channels().reserve(&self.channel, request).await? {
            SlotAnswer::Reserved { at, left } => {
                if is_whole && left == Some(0) {
                    // Only the writer of the hour's last slot sees this, so it is logged once for each hour. The alarm
                    // counts the calls after it.
                    outcomes::count(Metric::CallBudgetsUsedUp);
                    let alarm = Metric::CallsOverBudget.name();
                    tracing::error!(channel = %self.channel, budget, alarm, "the calls of this hour are used up; until the next hour, reminders are texted");
                }
                if at <= now {
                    SlotGrant::Now
                } else {
                    SlotGrant::At(Slot { at, carrier: self.channel.carrier.clone() })
                }
            }
            SlotAnswer::TooLate => SlotGrant::TooLate,
            SlotAnswer::OverBudget => SlotGrant::OverBudget,
        })
    }
}

/// Returns the carrier that placed a call. `None` if that carrier is no longer configured.
pub fn carrier_of<'a, P: Ports>(context: Context<'a, P>, call: &CallId) -> Option<&'a P::Carrier> {
    context.ports.carriers().iter().find(|carrier| carrier.name().as_str() == call.carrier())
}

/// Returns when to try again if a request was refused, or could not be made yet: a random part of `longest` (full
/// jitter) after `earliest`. The jitter spreads requests that waited for the same instant. The wait is at least 1 s,
/// and at most [`BACKOFF_MAX_S`] from now.
pub fn retry_at<P: Ports>(context: Context<'_, P>, longest: SignedDuration, earliest: Timestamp) -> Timestamp {
    let now = context.ports.clock().now();
    let jitter = context.ports.ids().jitter(longest).max(SignedDuration::from_secs(1));
    after(earliest.max(now), jitter.as_secs()).min(after(now, BACKOFF_MAX_S))
}
