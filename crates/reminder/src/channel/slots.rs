//! The slots of a channel, and the rule by which the next one is chosen.
//!
//! Slots are one interval apart. Texts with a forged sender must not fill the line that everybody shares. So the slots
//! form two lanes of alternate slots: the slots of unconfirmed numbers are in one lane, and a confirmed number takes
//! the earlier of both lanes. Each slot that waits for an unconfirmed number leaves the slot before it free:
//!
//! ```text
//!        ·   U   ·   U   ·   U          U: reserved for an unconfirmed number
//!        ▲                       ▲      ·: left free for confirmed numbers
//!   free_ms                   next_ms
//! ```
//!
//! So a confirmed number waits at most two intervals, plus two for each confirmed number before it, for any number of
//! unconfirmed ones. An unconfirmed number waits twice as long as it would in one lane.
//!
//! A store reserves a slot by one conditional write: [`Reservation::choose`] chooses the write by the state that the
//! process last saw, and [`Reservation::reserve`] says when its condition holds and what it changes. No step depends on
//! the exact value that was seen, except [`Step::LaterFree`]. So requests at the same instant rarely make each other's
//! conditions fail.
//!
//! The same write counts the slots of the voice channel in the current hour. If the budget of that hour is used up, no
//! slot is reserved.

use jiff::{SignedDuration, Timestamp};

/// Which slots of a channel a number may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The number's owner has pressed a key on a call: the earliest free slot.
    Confirmed,
    /// Texts from the number may be forged: the slots of one lane.
    Unconfirmed,
}

impl Priority {
    /// Whether the number may take the slots that are left free. If unconfirmed numbers could take them, forged numbers
    /// would fill both lanes.
    // guard: may_take_free_slots
    fn may_take_free_slots(self) -> bool {
        self == Self::Confirmed
    }

    /// Whether the number may take the last calls of an hour's budget. If unconfirmed numbers could take them, forged
    /// numbers would turn everybody's calls into texts for the rest of the hour.
    // guard: may_use_whole_budget
    pub(super) fn may_use_whole_budget(self) -> bool {
        self == Self::Confirmed
    }
}

/// The slots of a channel, as they are stored. Instants are in milliseconds since 1970, and never move back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots {
    /// The first slot that is left free. Equal to `next_ms` if no slot is.
    pub free_ms: i64,
    /// The slot after all reserved ones: one interval after the last of them.
    pub next_ms: i64,
    /// The interval between the slots before `next_ms`.
    pub interval_ms: i64,
}

impl Slots {
    /// Returns the slots of a channel in which every slot before `next_ms` is reserved. Releases without lanes store
    /// only that instant.
    pub fn in_one_lane(next_ms: i64) -> Self {
        Self { free_ms: next_ms, next_ms, interval_ms: 0 }
    }

    /// Whether a slot at `now_ms` or later is left free before `next_ms`. The last such slot is two intervals before
    /// `next_ms`.
    fn has_free(self, now_ms: i64) -> bool {
        self.free_ms < self.next_ms && self.next_ms >= now_ms + 2 * self.interval_ms
    }

    /// Returns the newer of two states of the same channel.
    fn newer(self, other: Self) -> Self {
        if (other.next_ms, other.free_ms) >= (self.next_ms, self.free_ms) { other } else { self }
    }
}

/// The stored state of a channel: its slots, and how many were reserved in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelState {
    /// The slots of the channel.
    pub slots: Slots,
    /// How many slots were reserved.
    pub spent: Spent,
}

impl ChannelState {
    /// Returns the newer of two states of the same channel.
    #[must_use]
    pub fn newer(self, other: Self) -> Self {
        Self { slots: self.slots.newer(other.slots), spent: self.spent.max(other.spent) }
    }
}

/// How many slots were reserved in an hour. Nothing is counted without a budget.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spent {
    /// The hour, in hours since 1970.
    pub hour: i64,
    /// Number of slots that were requested in this hour.
    pub slots: u32,
}

impl Spent {
    /// Whether a budget allows one more slot in this hour. The budget of an hour that has begun is a new one.
    // guard: is_within_budget
    fn is_within_budget(self, hour: i64, budget: u32) -> bool {
        self.hour < hour || self.slots < budget
    }
}

/// How a write counts its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// The channel has no budget.
    Uncounted,
    /// The slot is the first of its hour.
    First {
        /// The hour, in hours since 1970.
        hour: i64,
    },
    /// The slot is another one of its hour. If the stored hour is even later, because clocks differ, it counts there.
    Further {
        /// The hour, in hours since 1970.
        hour: i64,
        /// Maximum number of slots in the hour.
        budget: u32,
    },
}

impl Count {
    fn choose(seen: Spent, hour: i64, budget: Option<u32>) -> Option<Self> {
        let Some(budget) = budget else { return Some(Self::Uncounted) };
        let count = if seen.hour < hour { Self::First { hour } } else { Self::Further { hour, budget } };
        seen.is_within_budget(hour, budget).then_some(count)
    }

    /// Returns how many slots are reserved after the write. Returns `None` if its condition does not hold.
    fn add(self, stored: Spent) -> Option<Spent> {
        match self {
            Self::Uncounted => Some(stored),
            Self::First { hour } => (stored.hour < hour).then_some(Spent { hour, slots: 1 }),
            Self::Further { hour, budget } => {
                let is_counted_there = stored.hour >= hour && stored.is_within_budget(hour, budget);
                is_counted_there.then(|| Spent { slots: stored.slots.saturating_add(1), ..stored })
            }
        }
    }
}

/// A conditional write that reserves one slot and counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// Reserves the slot.
    pub step: Step,
    /// Counts the slot.
    pub count: Count,
}

/// Why no slot can be reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSlot {
    /// The next slot is later than the request allows.
    TooLate,
    /// The budget of the hour is used up.
    OverBudget,
}

/// A slot that was reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserved {
    /// The slot, in milliseconds since 1970.
    pub slot_ms: i64,
    /// The channel's state after the write.
    pub state: ChannelState,
}

impl Reservation {
    /// Chooses the write for a request by the state that the caller last saw, which may be outdated.
    ///
    /// # Errors
    /// Fails if no slot can be reserved, now or later, for this request.
    pub fn choose(seen: Option<ChannelState>, request: &SlotRequest) -> Result<Self, NoSlot> {
        let spent = seen.map_or_else(Spent::default, |seen| seen.spent);
        let count = Count::choose(spent, request.hour(), request.budget).ok_or(NoSlot::OverBudget)?;
        let step = Step::choose(seen.map(|seen| seen.slots), request).ok_or(NoSlot::TooLate)?;
        Ok(Self { step, count })
    }

    /// Returns the slot that this write reserves, and the state after it. Returns `None` if its condition does not hold
    /// for the stored state.
    pub fn reserve(self, stored: Option<ChannelState>) -> Option<Reserved> {
        let spent = self.count.add(stored.map_or_else(Spent::default, |stored| stored.spent))?;
        let (slot_ms, slots) = self.step.reserve(stored.map(|stored| stored.slots))?;
        Some(Reserved { slot_ms, state: ChannelState { slots, spent } })
    }
}

/// A write that reserves one slot, if its condition holds. All instants and intervals are in milliseconds.
///
/// `soon_ms` is two intervals of the seen slots from now. If the slots still have that interval and `next_ms` is before
/// it, no slot from now on is left free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reserves the current instant, if every reserved slot is at least one interval ago.
    Now {
        /// Earliest acceptable slot.
        now_ms: i64,
        /// The interval to the next slot.
        interval_ms: i64,
    },
    /// For a confirmed number, if no slot is left free: reserves the slot after all reserved ones.
    Next {
        /// Bounds of the slot.
        span: Span,
        /// The interval to the next slot.
        interval_ms: i64,
        /// The interval of the seen slots.
        seen_interval_ms: i64,
        /// Two intervals of the seen slots from now.
        soon_ms: i64,
    },
    /// For a confirmed number: reserves the first slot that is left free, if that slot has not passed.
    FirstFree {
        /// Bounds of the slot.
        span: Span,
        /// The interval of the seen slots, which must be unchanged.
        interval_ms: i64,
    },
    /// For a confirmed number: reserves a slot that is left free, if the free slots before it have passed.
    LaterFree {
        /// The first free slot that was seen, which must be unchanged.
        passed_ms: i64,
        /// The slot to reserve.
        slot_ms: i64,
        /// The interval of the seen slots, which must be unchanged.
        interval_ms: i64,
    },
    /// For an unconfirmed number: leaves the next slot free, and reserves the one after it.
    LeaveFree {
        /// Bounds of the slot that is left free, so that the slot is within the request's bounds.
        span: Span,
        /// The interval of the seen slots, which must be unchanged.
        interval_ms: i64,
    },
    /// The same with another interval, if no slot is left free.
    LeaveFirstFree {
        /// Bounds of the slot that is left free, so that the slot is within the request's bounds.
        span: Span,
        /// The new interval.
        interval_ms: i64,
        /// The interval of the seen slots.
        seen_interval_ms: i64,
        /// Two intervals of the seen slots from now.
        soon_ms: i64,
    },
}

/// A span of time: after `now_ms`, and until `latest_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The current instant.
    pub now_ms: i64,
    /// The last instant of the span.
    pub latest_ms: i64,
}

impl Span {
    fn has(self, instant_ms: i64) -> bool {
        self.now_ms < instant_ms && instant_ms <= self.latest_ms
    }
}

impl Step {
    /// Chooses the write for a request by the slots that the caller last saw, which may be outdated. Returns `None` if
    /// the slot would be later than the request allows.
    ///
    /// Another interval is used as soon as no slot is left free. Until then, slots keep the interval of those that are
    /// reserved. So no two slots are closer than the shorter of both intervals.
    fn choose(seen: Option<Slots>, request: &SlotRequest) -> Option<Self> {
        let (now_ms, interval_ms) = (request.now_ms(), request.interval_ms());
        let latest_ms = request.latest.as_millisecond();
        let Some(seen) = seen.filter(|seen| seen.next_ms > now_ms) else {
            return (request.now <= request.latest).then_some(Self::Now { now_ms, interval_ms });
        };
        let (seen_interval_ms, soon_ms) = (seen.interval_ms, now_ms + 2 * seen.interval_ms);
        if !request.priority.may_take_free_slots() {
            let is_changed = interval_ms != seen_interval_ms && !seen.has_free(now_ms);
            let interval_ms = if is_changed { interval_ms } else { seen_interval_ms };
            let span = Span { now_ms, latest_ms: latest_ms.saturating_sub(interval_ms) };
            return span.has(seen.next_ms).then_some(if is_changed {
                Self::LeaveFirstFree { span, interval_ms, seen_interval_ms, soon_ms }
            } else {
                Self::LeaveFree { span, interval_ms }
            });
        }
        let span = Span { now_ms, latest_ms };
        if !seen.has_free(now_ms) {
            let step = Self::Next { span, interval_ms, seen_interval_ms, soon_ms };
            return span.has(seen.next_ms).then_some(step);
        }
        if seen.free_ms > now_ms {
            return span.has(seen.free_ms).then_some(Self::FirstFree { span, interval_ms: seen_interval_ms });
        }
        // The first slot of the lane that has not passed.
        let lanes_ms = (2 * seen_interval_ms).max(1);
        let passed = (now_ms - seen.free_ms + lanes_ms - 1) / lanes_ms;
        let slot_ms = seen.free_ms + passed * lanes_ms;
        let step = Self::LaterFree { passed_ms: seen.free_ms, slot_ms, interval_ms: seen_interval_ms };
        (slot_ms <= latest_ms).then_some(step)
    }

    /// Returns the slot that this write reserves, and the slots after it. Returns `None` if its condition does not hold
    /// for the stored slots.
    fn reserve(self, stored: Option<Slots>) -> Option<(i64, Slots)> {
        let reserved =
            |slot_ms, free_ms, next_ms, interval_ms| Some((slot_ms, Slots { free_ms, next_ms, interval_ms }));
        if let Self::Now { now_ms, interval_ms } = self {
            let is_idle = stored.is_none_or(|stored| stored.next_ms <= now_ms);
            let then_ms = now_ms + interval_ms;
            return if is_idle { reserved(now_ms, then_ms, then_ms, interval_ms) } else { None };
        }
        let Slots { free_ms, next_ms, interval_ms: stored_ms } = stored?;
        let is_same = |seen_ms| seen_ms == stored_ms;
        let has_no_free = |seen_ms, soon_ms| free_ms >= next_ms || is_same(seen_ms) && next_ms < soon_ms;
        match self {
            Self::Next { span, interval_ms, seen_interval_ms, soon_ms }
                if span.has(next_ms) && has_no_free(seen_interval_ms, soon_ms) =>
            {
                let then_ms = next_ms + interval_ms;
                reserved(next_ms, then_ms, then_ms, interval_ms)
            }
            Self::FirstFree { span, interval_ms } if span.has(free_ms) && free_ms < next_ms && is_same(interval_ms) => {
                reserved(free_ms, free_ms + 2 * interval_ms, next_ms, interval_ms)
            }
            Self::LaterFree { passed_ms, slot_ms, interval_ms }
                if free_ms == passed_ms && slot_ms < next_ms && is_same(interval_ms) =>
            {
                reserved(slot_ms, slot_ms + 2 * interval_ms, next_ms, interval_ms)
            }
            Self::LeaveFree { span, interval_ms } if span.has(next_ms) && is_same(interval_ms) => {
                reserved(next_ms + interval_ms, free_ms, next_ms + 2 * interval_ms, interval_ms)
            }
            Self::LeaveFirstFree { span, interval_ms, seen_interval_ms, soon_ms }
                if span.has(next_ms) && has_no_free(seen_interval_ms, soon_ms) =>
            {
                reserved(next_ms + interval_ms, next_ms, next_ms + 2 * interval_ms, interval_ms)
            }
            Self::Now { .. }
            | Self::Next { .. }
            | Self::FirstFree { .. }
            | Self::LaterFree { .. }
            | Self::LeaveFree { .. }
            | Self::LeaveFirstFree { .. } => None,
        }
    }
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
    /// Returns the earliest acceptable slot, in milliseconds since 1970. It is rounded up, so that no slot is before
    /// the instant at which it was requested.
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

#[cfg(test)]
mod tests;
