//! The state of the carriers' channels that all functions share.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};

use super::error::{ReadError, WriteError};
use super::versioned::{Replacement, Versioned};
use crate::channel::slots::{NoSlot, Reserved};
use crate::channel::{Breaker, Channel, Priority};

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

    /// Reserves a slot of a channel: at `request.now` or later, and at least `request.interval` from every other slot.
    /// Reserves nothing if the slot would be later than `request.latest`, or if as many slots as `request.budget` allows
    /// were reserved in the current hour. A slot MUST NOT be reserved twice. The write MUST be a
    /// [`Reservation`](crate::channel::slots::Reservation) that was chosen by a state of the channel: so unconfirmed
    /// numbers leave slots free for confirmed ones.
    fn reserve(&self, channel: &Channel, request: SlotRequest) -> impl Future<Output = Result<SlotAnswer, WriteError>>;
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
    /// Whether the slot is for a confirmed number.
    pub priority: Priority,
    /// Maximum number of slots that may be requested in one hour. `None` if there is no maximum.
    pub budget: Option<u32>,
}

/// The outcome of a request for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotAnswer {
    /// This slot is reserved.
    Reserved {
        /// When the slot is.
        at: Timestamp,
        /// How many more slots may be requested in this hour. `None` if there is no budget.
        left: Option<u32>,
    },
    /// No slot is free until the latest acceptable one.
    TooLate,
    /// The budget of this hour is used up.
    OverBudget,
}

impl From<NoSlot> for SlotAnswer {
    fn from(cause: NoSlot) -> Self {
        match cause {
            NoSlot::TooLate => Self::TooLate,
            NoSlot::OverBudget => Self::OverBudget,
        }
    }
}

impl SlotRequest {
    /// Returns the earliest acceptable slot, in milliseconds since 1970. It is rounded up, so that no slot is before the
    /// instant at which it was requested.
    pub fn now_ms(&self) -> i64 {
        let now_ms = self.now.as_millisecond();
        now_ms + i64::from(Timestamp::from_millisecond(now_ms).is_ok_and(|rounded_down| rounded_down < self.now))
    }

    /// Returns the hour in which the slot is requested, in hours since 1970.
    pub fn hour(&self) -> i64 {
        self.now.as_second().div_euclid(3600)
    }

    /// Returns the answer after this slot was reserved. A slot at the current instant is returned exactly as that
    /// instant: only the stored instant is rounded up.
    pub fn answer(&self, reserved: &Reserved) -> SlotAnswer {
        let is_now = reserved.slot_ms == self.now_ms();
        let later = || Timestamp::from_millisecond(reserved.slot_ms).unwrap_or(self.now);
        let left = self.budget.map(|budget| budget.saturating_sub(reserved.state.spent.slots));
        SlotAnswer::Reserved { at: if is_now { self.now } else { later() }, left }
    }

    /// Returns the time between two slots, in milliseconds. It is at least 1.
    pub fn interval_ms(&self) -> i64 {
        i64::try_from(self.interval.as_millis()).unwrap_or(i64::MAX).clamp(1, INTERVAL_MAX_MS)
    }
}

/// The longest interval between two slots, in milliseconds: one day. It keeps sums of slots and intervals in range.
const INTERVAL_MAX_MS: i64 = 86_400_000;
