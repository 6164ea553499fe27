//! What requests show about the health of their channels, and how circuit breakers learn of it.

use jiff::Timestamp;
use reminder::channel::Breaker;
use reminder::metrics::Metric;
use reminder::policy::rate::FAILURES;
use reminder::ports::{
    CarrierError, Channels, Clock, Ports, ReadError, RefusalScope, Renewal, Replacement, Versioned, WriteError,
};

use super::{Permission, SelectedChannel};
use crate::credentials::{is_refused_account, renew_before_health};
use crate::outcomes;

/// Maximum number of tries to record a failure. A try fails if another writer changed the breaker first. If all tries
/// fail, the breaker misses this failure. But then so many other failures have just been recorded that it is open.
const WRITE_TRIES: usize = FAILURES;

/// The health of a channel, as far as one request shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// The carrier carried out the request, or refused it because of the number or an opt-out.
    Healthy,
    /// The carrier refuses all requests for now, could not be reached, or gave no clear response.
    Failing,
    /// The carrier refuses all requests of the account until the operator acts. Its credentials may have changed.
    Refused,
    /// The carrier refused this request, perhaps for a reason that does not concern other requests.
    Inconclusive,
}

impl Health {
    /// Returns the health that a request's outcome shows. A refused number is not a failure of the channel.
    pub fn of<T>(outcome: &Result<T, CarrierError>) -> Self {
        match outcome {
            Ok(_) | Err(CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. }) => Self::Healthy,
            Err(error) if is_refused_account(error) => Self::Refused,
            Err(CarrierError::RefusedForNow { scope: RefusalScope::Request, .. }) => Self::Inconclusive,
            Err(CarrierError::RefusedForNow { .. } | CarrierError::Unknown(_)) => Self::Failing,
        }
    }
}

/// The health that requests have shown, until it is recorded. The outcome of a request is written first: between the
/// request and that write, a crash would leave unknown what the carrier has done.
pub(crate) struct ShownHealth<'a, P: Ports>(Vec<(SelectedChannel<'a, P>, Health, u64)>);

impl<'a, P: Ports> ShownHealth<'a, P> {
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    /// Keeps what one request has shown. `used` is as in [`SelectedChannel::record_health`].
    pub(crate) fn keep(&mut self, selected: SelectedChannel<'a, P>, health: Health, used: u64) {
        self.0.push((selected, health, used));
    }

    /// Records all of it.
    pub(crate) async fn record(self) {
        for (selected, health, used) in self.0 {
            selected.record_health(health, used).await;
        }
    }
}

impl<P: Ports> SelectedChannel<'_, P> {
    /// Records the health of the channel after a request: a failure, or the success of a probe. A failed write is only
    /// logged: if the channel goes on failing, later requests record it, and an open breaker gets another probe.
    ///
    /// If the carrier refuses the account, first reads its credentials again. If they have changed, the refusal shows
    /// only that the request used the old ones. So it is no failure, and the next request uses the new ones. If the
    /// request was a probe, the next one is the probe instead.
    ///
    /// Call it after the outcome of the request is written. `used` is how often the carriers' credentials had changed
    /// right before the request.
    pub async fn record_health(self, health: Health, used: u64) {
        // Refusals that wait for the same read end their wait together. The breaker counts failures by their instants.
        let now = self.context.ports.clock().now();
        let is_outdated =
            health == Health::Refused && renew_before_health(self.context, used).await == Renewal::Renewed;
        let recorded = match (&self.permission, health) {
            (Permission::Regular, _) if is_outdated => return,
            (Permission::Probe(breaker), _) if is_outdated => self.give_back_lease(breaker).await,
            // An inconclusive probe writes nothing, and its lease expires.
            (_, Health::Inconclusive) | (Permission::Regular, Health::Healthy) => return,
            (Permission::Probe(breaker), Health::Healthy) => {
                self.write(&breaker.replaced_by(breaker.closed())).await.map_err(NotRecorded::from)
            }
            (Permission::Probe(breaker), Health::Failing | Health::Refused) => {
                self.write(&breaker.replaced_by(breaker.reopened(now))).await.map_err(NotRecorded::from)
            }
            (Permission::Regular, Health::Failing | Health::Refused) => self.record_failure(now).await,
        };
        if let Err(error) = recorded {
            tracing::info!(channel = %self.channel, %error, "the channel's health was not recorded");
        }
    }

    async fn record_failure(&self, now: Timestamp) -> Result<(), NotRecorded> {
        for _ in 0..WRITE_TRIES {
            let breaker = self.context.ports.channels().breaker_now(&self.channel).await?;
            let Some(failed) = breaker.failed(now) else { return Ok(()) };
            match self.write(&breaker.replaced_by(failed)).await {
                Err(WriteError::Conflict) => {}
                written => return Ok(written?),
            }
        }
        Err(WriteError::Conflict.into())
    }

    /// Allows another probe at once.
    async fn give_back_lease(&self, probed: &Versioned<Breaker>) -> Result<(), NotRecorded> {
        let channels = self.context.ports.channels();
        Ok(channels.replace_breaker(&self.channel, &probed.replaced_by(probed.not_probed())).await?)
    }

    async fn write(&self, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        self.context.ports.channels().replace_breaker(&self.channel, breaker).await?;
        match breaker.opened {
            Some(opened) => {
                outcomes::count(Metric::BreakersOpened);
                let alarm = Metric::BreakersOpened.name();
                tracing::error!(channel = %self.channel, until = %opened.until, alarm, "the carrier fails; its breaker is open");
            }
            None if breaker.failures.is_empty() => {
                outcomes::count(Metric::BreakersClosed);
                tracing::info!(channel = %self.channel, "the carrier works again");
            }
            None => {}
        }
        Ok(())
    }
}

/// Why the health of a channel was not recorded.
#[derive(Debug, thiserror::Error)]
enum NotRecorded {
    /// The breaker could not be read.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The breaker was not written, or it is unknown whether it was.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
}
