//! Which carrier is asked, and when: the first one whose breaker lets through, at its pace.

use jiff::{SignedDuration, Timestamp};
use reminder::ids::CallId;
use reminder::line::{self, Breaker, Line, Passage, Slot};
use reminder::policy::pace::PROBED_AGAIN_S;
use reminder::policy::{BACKOFF_MAX_S, after};
use reminder::ports::{
    About, Carrier, CarrierError, Clock, Ids, Lines, Ports, ReadError, Replacement, Versioned, Wish, WriteError,
};

use crate::Service;

/// How often a failure is noted anew because somebody else noted one in between. One that is not noted is one less of
/// five.
const ROUNDS: usize = 3;

/// A carrier that may be asked now.
pub struct Way<'a, P: Ports> {
    service: Service<'a, P>,
    carrier: &'a P::Carrier,
    line: Line,
    turn: Turn,
}

#[derive(Debug)]
enum Turn {
    /// Its breaker is closed.
    Ordinary,
    /// Its breaker is open, and this is the one who tries whether it works again.
    Probe(Versioned<Breaker>),
}

/// What was found.
pub enum Found<'a, P: Ports> {
    /// This carrier.
    Open(Way<'a, P>),
    /// None before this instant.
    Shut {
        /// When it is worth looking again.
        until: Timestamp,
    },
}

/// When a carrier may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turned {
    /// Now.
    Now,
    /// At this slot.
    At(Slot),
    /// Not before it is too late.
    Never,
}

/// The first carrier that may be asked for this.
pub async fn find<P: Ports>(service: Service<'_, P>, wanted: line::Service) -> Found<'_, P> {
    let mut until = None;
    for carrier in service.ports.carriers() {
        let line = Line { carrier: carrier.name().clone(), service: wanted };
        match pass(service, &line).await {
            Ok(turn) => return Found::Open(Way { service, carrier, line, turn }),
            Err(shut) => until = Some(until.map_or(shut, |earliest: Timestamp| earliest.min(shut))),
        }
    }
    Found::Shut { until: until.unwrap_or_else(|| service.ports.clock().now()) }
}

/// Whether a line may be asked, or else until when it may not. A breaker that can't be read keeps nobody.
async fn pass<P: Ports>(service: Service<'_, P>, line: &Line) -> Result<Turn, Timestamp> {
    let breaker = match service.ports.lines().breaker(line).await {
        Ok(breaker) => breaker,
        Err(error) => {
            tracing::warn!(%line, %error, "a breaker was not read; the line is asked");
            return Ok(Turn::Ordinary);
        }
    };
    let now = service.ports.clock().now();
    match breaker.passage(now) {
        Passage::Free => Ok(Turn::Ordinary),
        Passage::Shut { until } => Err(until),
        Passage::Probe => probe(service, line, &breaker, now).await,
    }
}

/// Takes the lease of the one who tries whether a line works again.
async fn probe<P: Ports>(
    service: Service<'_, P>,
    line: &Line,
    breaker: &Versioned<Breaker>,
    now: Timestamp,
) -> Result<Turn, Timestamp> {
    let probed = breaker.replaced_by(breaker.probed(now));
    match service.ports.lines().replace_breaker(line, &probed).await {
        Ok(()) => {
            tracing::info!(%line, "one call or text tries whether the carrier works again");
            Ok(Turn::Probe(probed.written()))
        }
        // Somebody else tries, or has found that it works.
        Err(WriteError::Conflict) => match service.ports.lines().breaker_now(line).await {
            Ok(newer) if newer.passage(now) == Passage::Free => Ok(Turn::Ordinary),
            Ok(_) | Err(_) => Err(after(now, PROBED_AGAIN_S)),
        },
        // It is not known who tries: if it is nobody, the lease lapses.
        Err(WriteError::Unknown(_)) => Err(after(now, PROBED_AGAIN_S)),
    }
}

impl<'a, P: Ports> Way<'a, P> {
    /// Whether it is the carrier that is asked first, whose number people text.
    pub fn is_first(&self) -> bool {
        let first = self.service.ports.carriers().first();
        first.is_some_and(|first| *first.name() == self.line.carrier)
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
    pub async fn turn(&self, held: Option<&Slot>, fresh_s: i64, latest: Timestamp) -> Result<Turned, WriteError> {
        let now = self.service.ports.clock().now();
        let is_held = |slot: &Slot| slot.is_of_line(&self.line.carrier) && slot.is_fresh(fresh_s, now);
        let holds = held.is_some_and(is_held);
        if holds || matches!(self.turn, Turn::Probe(_)) {
            return Ok(Turned::Now);
        }
        let interval = self.line.service.interval(self.service.policy.pace());
        let slot = self.service.ports.lines().reserve(&self.line, Wish { now, latest, interval }).await?;
        Ok(match slot {
            Some(at) if at <= now => Turned::Now,
            Some(at) => Turned::At(Slot { at, carrier: self.line.carrier.clone() }),
            None => Turned::Never,
        })
    }

    /// Notes how it went: a failure, or that a line which was given up works again. What can't be noted is noted by the
    /// next one.
    pub async fn learn(self, went: Went) {
        let now = self.service.ports.clock().now();
        let noted = match (&self.turn, went) {
            // A probe that tells nothing leaves its lease to lapse.
            (_, Went::Untold) | (Turn::Ordinary, Went::Well) => return,
            (Turn::Probe(breaker), Went::Well) => {
                self.write(&breaker.replaced_by(breaker.closed())).await.map_err(NotNoted::from)
            }
            (Turn::Probe(breaker), Went::Wrong) => {
                self.write(&breaker.replaced_by(breaker.reopened(now))).await.map_err(NotNoted::from)
            }
            (Turn::Ordinary, Went::Wrong) => self.fail(now).await,
        };
        if let Err(error) = noted {
            tracing::info!(line = %self.line, %error, "how a request went was not noted");
        }
    }

    async fn fail(&self, now: Timestamp) -> Result<(), NotNoted> {
        for _ in 0..ROUNDS {
            let breaker = self.service.ports.lines().breaker_now(&self.line).await?;
            let Some(failed) = breaker.failed(now) else { return Ok(()) };
            match self.write(&breaker.replaced_by(failed)).await {
                Err(WriteError::Conflict) => {}
                noted => return Ok(noted?),
            }
        }
        Err(WriteError::Conflict.into())
    }

    async fn write(&self, breaker: &Replacement<Breaker>) -> Result<(), WriteError> {
        self.service.ports.lines().replace_breaker(&self.line, breaker).await?;
        match breaker.opened {
            Some(opened) => {
                tracing::error!(line = %self.line, until = %opened.until, "the carrier fails; it is left alone for a while");
            }
            None if breaker.failures.is_empty() => tracing::info!(line = %self.line, "the carrier works again"),
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
pub enum Went {
    /// The carrier did what it was asked, or refused because of the number.
    Well,
    /// It refused us, was not reached, or said nothing that tells.
    Wrong,
    /// It refused this one request, perhaps for its own sake.
    Untold,
}

impl Went {
    /// What an outcome tells of the carrier: a number that is refused is no failure of its.
    pub fn of<T>(outcome: &Result<T, CarrierError>) -> Self {
        match outcome {
            Ok(_) | Err(CarrierError::NumberRefused { .. } | CarrierError::OptedOut { .. }) => Self::Well,
            Err(CarrierError::RefusedForNow { about: About::ThisOne, .. }) => Self::Untold,
            Err(CarrierError::RefusedForNow { .. } | CarrierError::Unknown(_)) => Self::Wrong,
        }
    }
}

/// The carrier that placed a call; none where it is not one of ours any more.
pub fn carrier_of<'a, P: Ports>(service: Service<'a, P>, call: &CallId) -> Option<&'a P::Carrier> {
    service.ports.carriers().iter().find(|carrier| carrier.name().as_str() == call.carrier())
}

/// When to ask again after a certain refusal: a random part of the longest wait (full jitter) after `earliest`, so that
/// those who waited for the same instant don't all come at it. Never at once, and at most [`BACKOFF_MAX_S`] from now.
pub fn again_at<P: Ports>(service: Service<'_, P>, longest: SignedDuration, earliest: Timestamp) -> Timestamp {
    let now = service.ports.clock().now();
    let jitter = service.ports.ids().jitter(longest).max(SignedDuration::from_secs(1));
    after(earliest.max(now), jitter.as_secs()).min(after(now, BACKOFF_MAX_S))
}
