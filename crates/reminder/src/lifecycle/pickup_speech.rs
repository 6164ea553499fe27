//! The last gate: what is said is decided when a call is answered.

use crate::ids::ClaimId;
use crate::record::{Reminder, State, is_untexted};

/// What is said to whoever picks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// The reminder.
    Task,
    /// Goodbye, nothing more: the reminder is settled, deleted, planned anew, or has been texted.
    Goodbye,
}

/// What the call of `claim` says if it is answered now: the last gate.
pub fn speech(reminder: &Reminder, claim: &ClaimId) -> Speech {
    let speaks = match reminder.state() {
        Some(State::Texting { tries, .. }) => reminder.held_last(claim) && is_untexted(*tries),
        Some(state) => state.holds(claim),
        None => false,
    };
    if speaks { Speech::Task } else { Speech::Goodbye }
}
