//! Decides the speech of a call, each time that the carrier asks for it: at the pickup, for a message on an answering
//! machine, and after a key that has the reminder spoken again. This is the last check before the task is spoken.

use crate::ids::ClaimId;
use crate::record::Reminder;

/// The speech of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// The task of the reminder.
    Task,
    /// Only a goodbye: the record does not hold the claim of the call. The occurrence has ended, another call was
    /// planned, or the claim was never written.
    Goodbye,
}

/// Decides what the call of `claim` may say now.
pub fn speech(reminder: &Reminder, claim: &ClaimId) -> Speech {
    let speaks = reminder.state().is_some_and(|state| state.has_claim(claim));
    if speaks { Speech::Task } else { Speech::Goodbye }
}
