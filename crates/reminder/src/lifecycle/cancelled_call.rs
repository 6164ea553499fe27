//! A cancelled call that the person picked up: it restarts the count of missed occurrences.

use super::step::{Step, Transition};
use crate::ids::ClaimId;
use crate::record::Reminder;

impl Step<'_> {
    /// Handles a key of a call that is not about the occurrence under way. It acknowledges the occurrence that ended last,
    /// or shows that the person picked up a call that was cancelled.
    pub(super) fn key_of_earlier_call(&self, claim: &ClaimId) -> Transition {
        match self.acknowledge_last_end(Some(claim)) {
            Transition::Ignore => self.picked_up_cancelled_call(claim),
            other @ (Transition::Change(_) | Transition::Act(_)) => other,
        }
    }

    /// The person picked up the call, but their text that cancels it was written before the key or the verdict. The
    /// occurrence stays cancelled. The count of missed occurrences restarts, as if the key or the verdict had been written
    /// first.
    pub(super) fn picked_up_cancelled_call(&self, claim: &ClaimId) -> Transition {
        if !self.reminder.is_cancelled_claim(claim) || self.reminder.missed_in_row == 0 {
            return Transition::Ignore;
        }
        Transition::change(Reminder { missed_in_row: 0, ..self.reminder.clone() }, vec![])
    }
}
