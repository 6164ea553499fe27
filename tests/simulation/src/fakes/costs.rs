//! The costs of each reminder: its writes, turns, schedules and messages.

use reminder::policy::{Route, Times, after, route};
use reminder::record::{Lifecycle, State};

/// The costs of a reminder's whole life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// Transactions that store a text from the person, or a key that is stored like a text, and create or change the
    /// reminder.
    pub by_texts: u32,
    /// Transactions that end an occurrence of the reminder, and create the text that replaces the call.
    pub with_text: u32,
    /// Writes of the reminder alone.
    pub writes: u32,
    /// Writes of the turn's item for a call about the reminder: a turn that was taken, or a limit that was reached.
    pub turns: u32,
    /// Turns that were given back, because the call was not placed.
    pub turns_given_back: u32,
    /// Writes that failed because an item had changed meanwhile, and that would have left the reminder claimed or
    /// waiting for a slot. Usually such a write is a claim or the wait for a slot.
    pub lost: u32,
    /// Schedules that were created.
    pub schedules: u32,
    /// Wake-ups that were put on the dial queue.
    pub messages: u32,
    /// Plans whose wake-up was too far ahead for the dial queue when the plan was made, but not when the wake-up was
    /// sent. It went to the queue, and the plan was confirmed without a schedule.
    pub came_near: u32,
    /// 1 if the world ended while the reminder waited for a call whose wake-up had been put on the dial queue, and
    /// otherwise 0.
    pub on_the_way: u32,
}

impl Costs {
    /// Returns the number of writes of the reminder's item.
    pub fn item_writes(self) -> u32 {
        self.by_texts + self.with_text + self.writes
    }
}

/// Returns whether a plan still waits for its confirmation, because its wake-up was too far ahead for the dial queue
/// when the plan was made. The deadline of such a plan is a fixed time after the plan was made. A recovered plan has a
/// deadline that the sweeper set, and any other plan has a deadline after its wake-up.
pub(super) fn waits_for_confirmation(life: &Lifecycle) -> bool {
    let Lifecycle::Live { state: State::Waiting { wake_at, .. }, deadline, recoveries: 0 } = life else { return false };
    let planned_at = after(*deadline, -Times::DEFAULT.wake_up_sent_within_s);
    matches!(route(planned_at, *wake_at), Route::Schedule { .. })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use reminder::lifecycle::waiting;
    use reminder::policy::Policy;

    use super::*;

    #[test]
    fn a_plan_waits_for_its_confirmation_if_its_wake_up_was_too_far_ahead_for_the_queue_when_the_plan_was_made() {
        let policy = Policy::new(Times::DEFAULT).unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let planned = |ahead_ms| waiting(now + SignedDuration::from_millis(ahead_ms), now, &policy);
        assert!(waits_for_confirmation(&planned(840_001)));
        assert!(!waits_for_confirmation(&planned(840_000)));
        assert!(!waits_for_confirmation(&planned(1)));
        let Lifecycle::Live { state, deadline, .. } = planned(840_001) else { panic!() };
        let confirmed = Lifecycle::Live { state: state.clone(), deadline: after(deadline, 900), recoveries: 0 };
        assert!(!waits_for_confirmation(&confirmed));
        assert!(
            !waits_for_confirmation(&Lifecycle::Live { state, deadline, recoveries: 1 }),
            "the sweeper set this deadline"
        );
    }
}
