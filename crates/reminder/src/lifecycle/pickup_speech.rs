//! The speech of a call, decided when the call is picked up. This is the last check before the person hears anything.

use crate::ids::ClaimId;
use crate::record::Reminder;

/// The speech of a call that is picked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// The task of the reminder.
    Task,
    /// Only a goodbye: the record no longer holds the claim of the call, because the occurrence has ended or another
    /// call was planned.
    Goodbye,
}

/// Decides the speech of the call of `claim` if it is picked up now.
pub fn speech(reminder: &Reminder, claim: &ClaimId) -> Speech {
    let speaks = reminder.state().is_some_and(|state| state.has_claim(claim));
    if speaks { Speech::Task } else { Speech::Goodbye }
}
