//! What all functions share about the carriers' lines.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use super::error::{ReadError, WriteError};
use super::versioned::{Replacement, Versioned};
use crate::channel::{Breaker, Channel};

/// The next free slot and the circuit breaker of each line.
///
/// A breaker MUST be handed out with the version that it is stored under. One that was never written is the default one,
/// and is created by its first replacement.
pub trait Channels {
    /// How a line's breaker stood at most a second ago: whoever acts on it late is fenced by its version.
    fn breaker(&self, channel: &Channel) -> impl Future<Output = Result<Versioned<Breaker>, ReadError>>;

    /// How it stands now, by a consistent read, for whoever is about to write it.
    fn breaker_now(&self, channel: &Channel) -> impl Future<Output = Result<Versioned<Breaker>, ReadError>>;

    /// Writes a breaker as its replacement says. Slots MUST stay as they are.
    fn replace_breaker(
        &self,
        channel: &Channel,
        breaker: &Replacement<Breaker>,
    ) -> impl Future<Output = Result<(), WriteError>>;

    /// Hands out a line's next free slot: at `wish.now` or later, and at least `wish.interval` after the one before.
    /// `None`, and nothing handed out, where that would be past `wish.latest`. No slot MUST be handed out twice.
    fn reserve(
        &self,
        channel: &Channel,
        wish: SlotRequest,
    ) -> impl Future<Output = Result<Option<Timestamp>, WriteError>>;
}

/// What slot is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotRequest {
    /// None before now.
    pub now: Timestamp,
    /// None after this.
    pub latest: Timestamp,
    /// How far apart slots are.
    pub interval: SignedDuration,
}
