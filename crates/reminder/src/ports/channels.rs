//! The state of the carriers' channels that all functions share.

use std::future::Future;

use super::error::{ReadError, WriteError};
use super::versioned::{Replacement, Versioned};
use crate::channel::slots::{SlotAnswer, SlotRequest};
use crate::channel::{Breaker, Channel};

/// The slots and the circuit breaker of each channel.
///
/// A breaker MUST be returned with the version that it is stored under. If it was never written, the default breaker
/// is returned, and its first replacement creates it.
pub trait Channels {
    /// Returns a channel's breaker, which may be outdated: an implementation may use a read that is not consistent, and
    /// may return it again for a second. A write that follows is safe even so, because it names the version.
    fn breaker(&self, channel: &Channel) -> impl Future<Output = Result<Versioned<Breaker>, ReadError>>;

    /// Returns a channel's breaker by a consistent read, for a caller that is about to write it.
    fn breaker_now(&self, channel: &Channel) -> impl Future<Output = Result<Versioned<Breaker>, ReadError>>;

    /// Writes a breaker as its replacement says. It MUST NOT change the channel's slots.
    fn replace_breaker(
        &self,
        channel: &Channel,
        breaker: &Replacement<Breaker>,
    ) -> impl Future<Output = Result<(), WriteError>>;

    /// Reserves a slot of a channel: at `request.now` or later, and at least `request.interval` from each of the other
    /// slots, or if the interval has changed, the shorter of the old and the new one. Reserves nothing if the slot
    /// would be later than `request.latest`, or if as many slots as `request.budget` allows were reserved in the
    /// current hour. A slot MUST NOT be reserved twice. An implementation MUST choose the write for a state of the
    /// channel with [`Reservation::choose`](crate::channel::slots::Reservation::choose). That rule leaves slots free
    /// for confirmed numbers.
    fn reserve(&self, channel: &Channel, request: SlotRequest) -> impl Future<Output = Result<SlotAnswer, WriteError>>;
}
