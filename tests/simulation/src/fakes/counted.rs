//! The calls that the service counted when it took their turns.

use reminder::ids::{ClaimId, PersonId};
use reminder::turn::{OccurrenceCall, Turn};

/// A call that was counted with its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The person who was to be called.
    pub person: PersonId,
    /// Id of the reminder.
    pub reminder: String,
    /// Which call of the reminder it is.
    pub call: Option<OccurrenceCall>,
    /// The claim that took the turn last.
    pub claim: ClaimId,
    /// When the turn was taken last, in milliseconds since 1970.
    pub at_ms: i64,
    /// When the turn was given back, or taken again for the same call, in milliseconds since 1970. From then on, this
    /// entry no longer counts.
    pub given_back_ms: Option<i64>,
}

impl Counted {
    /// Records that this turn was taken at `now_ms`. If it replaces a turn of the same call, the call counts only once.
    /// But if the turn of a call that was not placed is not given back, because its function died, and another turn
    /// replaces it, the call counts twice once it is requested again.
    pub(super) fn take(all: &mut Vec<Self>, person: &PersonId, turn: &Turn, now_ms: i64) {
        let (reminder, call) = (turn.reminder.to_string(), turn.call);
        if let Some(last) = all.iter_mut().rfind(|counted| counted.person == *person)
            && last.reminder == reminder
            && last.call == call
            && last.given_back_ms.is_none()
        {
            last.given_back_ms = Some(now_ms);
        }
        let (person, claim) = (person.clone(), turn.claim.clone());
        all.push(Self { person, reminder, call, claim, at_ms: turn.taken_at.as_millisecond(), given_back_ms: None });
    }

    /// Records that the turn of this claim was given back at `now_ms`.
    pub(super) fn give_back(all: &mut [Self], claim: &ClaimId, now_ms: i64) {
        let last = all.iter_mut().rfind(|counted| counted.claim == *claim);
        last.into_iter().for_each(|counted| counted.given_back_ms = Some(now_ms));
    }
}
