//! The calls that the service postponed before it claimed them.

use reminder::record::{Reminder, State};

/// A call that was postponed before it was claimed: the person was in another call, the channel's next slot was later,
/// or every breaker was open, or no slot could be reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostponedCall {
    /// Instant for which the call was planned before, in milliseconds since 1970.
    pub from_ms: i64,
    /// Instant for which the call is planned now, in milliseconds since 1970.
    pub to_ms: i64,
    /// Whether a slot is reserved for the call.
    pub has_slot: bool,
}

impl PostponedCall {
    /// Returns the call that this write of a reminder puts off, if it plans the same call of the same occurrence again.
    pub(super) fn by_write(stored: &Reminder, next: &Reminder) -> Option<Self> {
        let State::Waiting { attempt, wake_at: from, .. } = stored.state()? else { return None };
        let State::Waiting { attempt: next_attempt, wake_at: to, slot, .. } = next.state()? else { return None };
        let is_same_call = attempt == next_attempt && stored.due == next.due && stored.generation != next.generation;
        let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
        is_same_call.then_some(Self { from_ms, to_ms, has_slot: slot.is_some() })
    }
}
