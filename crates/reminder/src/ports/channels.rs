//! The state of the carriers' channels that all functions share.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use super::error::{ReadError, WriteError};
use super::versioned::{Replacement, Versioned};
use crate::channel::{Breaker, Channel};

/// The next free slot and the circuit breaker of each channel.
///
/// A breaker MUST be returned with the version that it is stored under. If it was never written, the default breaker
/// is returned, and its first replacement creates it.
pub trait Channels {
    /// Returns a channel's breaker, which may be outdated: it comes from a read of the last second that need not be
    /// consistent. A write that follows is safe even so, because it names the version.
    fn breaker(&self, channel: &Channel) -> impl Future<Output = Result<Versioned<Breaker>, ReadError>>;

    /// Returns a channel's breaker by a consistent read, for a caller that is about to write it.
    fn breaker_now(&self, channel: &Channel) -> impl Future<Output = Result<Versioned<Breaker>, ReadError>>;

    /// Writes a breaker as its replacement says. It MUST NOT change the channel's slots.
    fn replace_breaker(
        &self,
        channel: &Channel,
        breaker: &Replacement<Breaker>,
    ) -> impl Future<Output = Result<(), WriteError>>;

    /// Reserves a channel's next free slot: at `wish.now` or later, and at least `wish.interval` after the previous
    /// slot. Returns `None`, and reserves nothing, if the slot would be later than `wish.latest`. A slot MUST NOT be
    /// reserved twice.
    fn reserve(
        &self,
        channel: &Channel,
        wish: SlotRequest,
    ) -> impl Future<Output = Result<Option<Timestamp>, WriteError>>;
}

/// The bounds of the slot that a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRequest {
    /// Earliest acceptable slot.
    pub now: Timestamp,
    /// Latest acceptable slot.
    pub latest: Timestamp,
    /// The time between two slots of this channel.
    pub interval: SignedDuration,
}
