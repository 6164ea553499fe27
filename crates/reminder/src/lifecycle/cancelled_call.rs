//! What a call that was cancelled may still tell: that its person picked it up.

use super::step::{Step, Transition};
use crate::ids::ClaimId;
use crate::record::Reminder;

impl Step<'_> {
    /// A key of a call that is not about the occurrence under way. It acknowledges the occurrence that ended last, or
    /// shows that the person picked up a call that was cancelled.
    pub(super) fn key_of_earlier_call(&self, claim: &ClaimId) -> Transition {
        match self.acknowledge_last_end(Some(claim)) {
            Transition::Ignore => self.reached_by_cancelled_call(claim),
            other @ (Transition::Change(_) | Transition::Act(_)) => other,
        }
    }

    /// The person picked up a call, but a text of theirs that cancels the call was written before the key or the verdict
    /// that shows it. The occurrence stays cancelled. The missed occurrences before it no longer count, as if the key or
    /// the verdict had been written first: the next miss is not in a row with them.
    pub(super) fn reached_by_cancelled_call(&self, claim: &ClaimId) -> Transition {
        if !self.reminder.is_cancelled_claim(claim) || self.reminder.missed_in_row == 0 {
            return Transition::Ignore;
        }
        Transition::change(Reminder { missed_in_row: 0, ..self.reminder.clone() }, vec![])
    }
}
