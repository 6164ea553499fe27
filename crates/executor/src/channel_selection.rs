//! Which carrier is asked, and when: the first one whose breaker lets through, at its pace.

use jiff::{SignedDuration, Timestamp};
use reminder::channel::{Breaker, Channel, ChannelKind, Permit, Slot};
use reminder::ids::CallId;
use reminder::policy::rate::PROBED_AGAIN_S;
use reminder::policy::{BACKOFF_MAX_S, after};
use reminder::ports::{
    Carrier, CarrierError, Channels, Clock, Ids, Ports, ReadError, RefusalScope, Replacement, SlotRequest, Versioned,
    WriteError,
};

use crate::Context;

/// How often a failure is noted anew because somebody else noted one in between. One that is not noted is one less of
/// five.
const ROUNDS: usize = 3;

/// A carrier that may be asked now.
pub struct SelectedChannel<'a, P: Ports> {
    context: Context<'a, P>,
    carrier: &'a P::Carrier,
    channel: Channel,
    permission: Permission,
}

#[derive(Debug)]
enum Permission {
    /// Its breaker is closed.
    Regular,
    /// Its breaker is open, and this is the one who tries whether it works again.
    Probe(Versioned<Breaker>),
}

/// What was found.
pub enum Selection<'a, P: Ports> {
    /// This carrier.
    Channel(SelectedChannel<'a, P>),
    /// None before this instant.
    AllOpen {
        /// When it is worth looking again.
        until: Timestamp,
    },
}

/// When a carrier may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotGrant {
    /// Now.
    Now,
    /// At this slot.
    At(Slot),
    /// Not before it is too late.
    TooLate,
}

/// The first carrier that may be asked for this.
pub async fn find<P: Ports>(context: Context<'_, P>, wanted: ChannelKind) -> Selection<'_, P> {
    let mut until = None;
    for carrier in context.ports.carriers() {
        let channel = Channel { carrier: carrier.name().clone(), kind: wanted };
        match pass(context, &channel).await {
            Ok(permission) => return Selection::Channel(SelectedChannel { context, carrier, channel, permission }),
            Err(shut) => until = Some(until.map_or(shut, |earliest: Timestamp| earliest.min(shut))),
        }
    }
    Selection::AllOpen { until: until.unwrap_or_else(|| context.ports.clock().now()) }
}

/// Whether a line may be asked, or else until when it may not. A breaker that can't be read keeps nobody.
async fn pass<P: Ports>(context: Context<'_, P>, channel: &Channel) -> Result<Permission, Timestamp> {
    let breaker = match context.ports.channels().breaker(channel).await {
        Ok(breaker) => breaker,
        Err(error) => {
            tracing::warn!(%channel, %error, "a breaker was not read; the channel is asked");
            return Ok(Permission::Regular);
        }
    };
    let now = context.ports.clock().now();
    match breaker.permit(now) {
        Permit::Allowed => Ok(Permission::Regular),
        Permit::Denied { until } => Err(until),
        Permit::Probe => probe(context, channel, &breaker, now).await,
    }
}

/// Takes the lease of the one who tries whether a line works again.
async fn probe<P: Ports>(
    context: Context<'_, P>,
    channel: &Channel,
    breaker: &Versioned<Breaker>,
    now: Timestamp,
) -> Result<Permission, Timestamp> {
    let probed = breaker.replaced_by(breaker.probed(now));
    match context.ports.channels().replace_breaker(channel, &probed).await {
        Ok(()) => {
            tracing::info!(%channel, "one call or text tries whether the carrier works again");
            Ok(Permission::Probe(probed.written()))
        }
        // Somebody else tries, or has found that it works.
        Err(WriteError::Conflict) => match context.ports.channels().breaker_now(channel).await {
            Ok(newer) if newer.permit(now) == Permit::Allowed => Ok(Permission::Regular),
            Ok(_) | Err(_) => Err(after(now, PROBED_AGAIN_S)),
        },
        // It is not known who tries: if it is nobody, the lease lapses.
        Err(WriteError::Unknown(_)) => Err(after(now, PROBED_AGAIN_S)),
    }
}

impl<'a, P: Ports> SelectedChannel<'a, P> {
    /// Whether it is the carrier that is asked first, whose number people text.
    pub fn is_first(&self) -> bool {
        let first = self.context.ports.carriers().first();
        first.is_some_and(|first| *first.name() == self.channel.carrier)
    }

    /// The carrier.
    pub fn carrier(&self) -> &'a P::Carrier {
        self.carrier
    }

    /// When it may be asked: at once with a slot that is held and fresh, otherwise at the next free one, which is
    /// reserved. The one who tries whether it works again has waited long enough.
    ///
    /// # Errors
    /// No slot was certainly reserved.
    pub async fn reserve_slot(
        &self,
        held: Option<&Slot>,
        fresh_s: i64,
        latest: Timestamp,
    ) -> Result<SlotGrant, WriteError> {
        let now = self.context.ports.clock().now();
        let is_held = |slot: &Slot| slot.is_of_channel(&self.channel.carrier) && slot.is_fresh(fresh_s, now);
        let holds = held.is_some_and(is_held);
        if holds || matches!(self.permission, Permission::Probe(_)) {
            return Ok(SlotGrant::Now);
        }
        let interval = self.channel.kind.interval(self.context.policy.rate());
        let slot = self.context.ports.channels().reserve(&self.channel, SlotRequest { now, latest, interval }).await?;
        Ok(match slot {
            Some(at) if at <= now => SlotGrant::Now,
            Some(at) => SlotGrant::At(Slot { at, carrier: self.channel.carrier.clone() }),
            None => SlotGrant::TooLate,
        })
    }

    /// Notes how it went: a failure, or that a line which was given up works again. What can't be noted is noted by the
    /// next one.
    pub async fn record_health(self, health: Health) {
        let now = self.context.ports.clock().now();
        let noted = match (&self.permission, health) {
            // A probe that tells nothing leaves its lease to lapse.
            (_, Health::Inconclusive) | (Permission::Regular, Health::Healthy) => return,
            (Permission::Probe(breaker), Health::Healthy) => {
                self.write(&breaker.replaced_by(breaker.closed())).await.map_err(NotNoted::from)
            }
            (Permission::Probe(breaker), Health::Failing) => {
                self.write(&breaker.replaced_by(breaker.reopened(now))).await.map_err(NotNoted::from)
            }
            (Permission::Regular, Health::Failing) => self.fail(now).await,
        };
        if let Err(error) = noted {
            tracing::info!(channel = %self.channel, %error, "how a request health was not noted");
        }
    }

    async fn fail(&self, now: Timestamp) -> Result<(), NotNoted> {
        for _ in 0..ROUNDS {
            let breaker = self.context.ports.channels().breaker_now(&self.channel).await?;
            let Some(failed) = breaker.failed(now) else { return Ok(()) };
            match self.write(&breaker.replaced_by(failed)).await {
                Err(WriteError::Conflict) => {}
                noted => return Ok(noted?),
            }
        }
        Err(WriteError::Conflict.into())
    }

    async fn write(&self, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        self.context.ports.channels().replace_breaker(&self.channel, breaker).await?;
        match breaker.opened {
            Some(opened) => {
                tracing::error!(channel = %self.channel, until = %opened.until, "the carrier fails; it is left alone for a while");
            }
            None if breaker.failures.is_empty() => tracing::info!(channel = %self.channel, "the carrier works again"),
            None => {}
        }
        Ok(())
    }
}

/// Why it was not noted how a request went.
#[derive(Debug, thiserror::Error)]
enum NotNoted {
    /// The breaker could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The breaker was not certainly written.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
}

/// How a request went, as far as it tells of the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The carrier did what it was asked, or refused because of the number.
    Healthy,
    /// It refused us, was not reached, or said nothing that tells.
    Failing,
    /// It refused this one request, perhaps for its own sake.
    Inconclusive,
}

impl Health {
    /// What an outcome tells of the carrier: a number that is refused is no failure of its.
    pub fn of<T>(outcome: &Result<T, CarrierError>) -> Self {
        match outcome {
            Ok(_) | Err(CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. }) => Self::Healthy,
            Err(CarrierError::RefusedForNow { scope: RefusalScope::Request, .. }) => Self::Inconclusive,
            Err(CarrierError::RefusedForNow { .. } | CarrierError::Unknown(_)) => Self::Failing,
        }
    }
}

/// The carrier that placed a call; none where it is not one of ours any more.
pub fn carrier_of<'a, P: Ports>(context: Context<'a, P>, call: &CallId) -> Option<&'a P::Carrier> {
    context.ports.carriers().iter().find(|carrier| carrier.name().as_str() == call.carrier())
}

/// When to ask again after a certain refusal: a random part of the longest wait (full jitter) after `earliest`, so that
/// those who waited for the same instant don't all come at it. Never at once, and at most [`BACKOFF_MAX_S`] from now.
pub fn retry_at<P: Ports>(context: Context<'_, P>, longest: SignedDuration, earliest: Timestamp) -> Timestamp {
    let now = context.ports.clock().now();
    let jitter = context.ports.ids().jitter(longest).max(SignedDuration::from_secs(1));
    after(earliest.max(now), jitter.as_secs()).min(after(now, BACKOFF_MAX_S))
}
