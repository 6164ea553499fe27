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
    /// The claims that took the turn.
    pub claims: Vec<ClaimId>,
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
        let mut claims = Vec::new();
        if let Some(last) = all.iter_mut().rfind(|counted| counted.person == *person)
            && last.reminder == reminder
            && last.call == call
            && last.given_back_ms.is_none()
        {
            last.given_back_ms = Some(now_ms);
            claims.clone_from(&last.claims);
        }
        claims.push(turn.claim.clone());
        let at_ms = turn.taken_at.as_millisecond();
        all.push(Self { person: person.clone(), reminder, call, claims, at_ms, given_back_ms: None });
    }

    /// Records that the person's last turn ended at `now_ms`, because each of its claims has given it back.
    pub(super) fn give_back(all: &mut [Self], person: &PersonId, now_ms: i64) {
        let last = all.iter_mut().rfind(|counted| counted.person == *person);
        last.into_iter().for_each(|counted| counted.given_back_ms = Some(now_ms));
    }
}
