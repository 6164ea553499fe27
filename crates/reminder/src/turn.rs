//! A person's turn: a lease, so that one phone is in one call at a time. Its item also counts the person's calls.

use jiff::Timestamp;

use crate::call_limits::{CountedCalls, NumberStatus, ReachedLimit, UnconfirmedCalls};
use crate::confirmation::ConfirmationCode;
use crate::ids::{ClaimId, PersonId, ReminderId};
use crate::policy::{CALL_SPACING_S, CallsPerPerson, HOUR_S, after};

/// The newest call to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The reminder that the call is about.
    pub reminder: ReminderId,
    /// Which call of the reminder it is. `None` if a release before the limits of calls wrote the turn.
    pub call: Option<OccurrenceCall>,
    /// The generation of the reminder for which the turn was requested. `None` if an earlier release wrote the turn.
    pub generation: Option<u32>,
    /// The newest claim that holds the turn. It may not be the one that places the call.
    pub claim: ClaimId,
    /// When the turn was taken.
    pub taken_at: Timestamp,
    /// When the call must be over.
    pub until: Timestamp,
}

/// Names a call of a reminder. The carrier accepts at most one call of this name. If it refuses the call for now, or if
/// the call waits for a slot or for the turn, the next request is for the same call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OccurrenceCall {
    /// The due of the occurrence.
    pub due: Timestamp,
    /// The number of the call within the occurrence, from 1.
    pub attempt: u8,
}

/// A call that a text replaced because of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldFor {
    /// The reminder that the call was about.
    pub reminder: ReminderId,
    /// Which call of the reminder it was.
    pub call: OccurrenceCall,
}

/// The item of a person's turn. It never expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCalls {
    /// The turn that was taken last.
    pub turn: Turn,
    /// The result of [`TurnRequest::replaced_at`] when that turn was taken.
    pub replaced_at: Timestamp,
    /// When the call of that turn was counted. `None` if the turn was given back, so that its call does not count.
    pub counted_at: Option<Timestamp>,
    /// The claims that took this turn and have not given it back. A wake-up may be delivered twice, and each delivery
    /// takes the turn with a claim of its own before it is known which of them places the call.
    pub held_by: Vec<ClaimId>,
    /// The calls that count toward the limits.
    pub counted: CountedCalls,
    /// When a text last said that a limit of calls was reached.
    pub told_at: Option<Timestamp>,
    /// The call that this text replaced. A repeated request for its turn, under a new claim, must say so again, because
    /// the first one may have been lost. `None` if an earlier release wrote the item.
    pub told_for: Option<ToldFor>,
    /// The code that confirms the number. `None` until the last call that an unconfirmed number gets, or, if an earlier
    /// release counted that call, until a text says that no more calls come.
    pub code: Option<ConfirmationCode>,
}

/// A request for a person's turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnRequest {
    /// The person to call.
    pub person: PersonId,
    /// The turn to write. Its `taken_at` is now.
    pub turn: Turn,
    /// The claim of an earlier call that is over, as the record of its reminder shows.
    pub over: Option<ClaimId>,
    /// The claim of this reminder's own earlier call, if the person may still talk on that call.
    pub own_call: Option<ClaimId>,
    /// How often the person may be called.
    pub limits: CallsPerPerson,
    /// Whether the number is confirmed. If it is not, it gets few calls.
    pub number: NumberStatus,
}

/// The answer to a request for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnOutcome {
    /// The turn is taken, and the call is counted. If it is the last call that an unconfirmed number gets, this is the
    /// number's code.
    Taken(Option<ConfirmationCode>),
    /// The call is counted already, because an earlier request has taken its turn, or the turn is that of a later call
    /// of the same reminder. Another run of the dialer may place that call. Holds the code as [`TurnOutcome::Taken`]
    /// does.
    TakenBefore(Option<ConfirmationCode>),
    /// Another call is under way, or has just ended. This is its turn.
    Busy(Turn),
    /// The person has had as many calls as a limit allows. A text replaces the call.
    LimitReached(ReachedLimit),
}

/// What a store does about a request for a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnDecision {
    /// The answer, once the item is written.
    pub outcome: TurnOutcome,
    /// The item to write in place of the item that was read. `None` if nothing changes.
    pub write: Option<PersonCalls>,
}

/// A limit that a request has reached, before it is known what a text has said about it.
#[derive(Debug, Clone, Copy)]
enum Reached {
    /// The limit of an hour or of a day.
    Recent(ReachedLimit),
    /// The limit of an unconfirmed number.
    Unconfirmed { fresh_code: ConfirmationCode },
}

/// Maximum number of claims in the list of those that hold a turn. If the list is full, the turn is not given back any
/// more, because a further claim, which is not in the list, may be the one that places the call.
const HELD_BY_MAX: usize = 8;

impl From<TurnOutcome> for TurnDecision {
    fn from(outcome: TurnOutcome) -> Self {
        Self { outcome, write: None }
    }
}

impl Turn {
    /// Returns the turn as it is given back if its call is not placed. It ends now, because no call is under way: the
    /// previous call was over when this turn was taken. The next call must still keep [`CALL_SPACING_S`] from the start
    /// of that previous call. So `taken_at` becomes `replaced_at`, the result of [`TurnRequest::replaced_at`] when this
    /// turn was taken.
    #[must_use]
    pub fn given_back(&self, replaced_at: Timestamp, now: Timestamp) -> Turn {
        Turn { taken_at: replaced_at, until: now, ..self.clone() }
    }

    /// Whether this turn is for the same call of the same reminder.
    pub fn is_for_call_of(&self, other: &Turn) -> bool {
        self.reminder == other.reminder && self.call.is_some() && self.call == other.call
    }

    /// Whether this turn is for a call of the same occurrence of the same reminder.
    fn is_for_occurrence_of(&self, other: &Turn) -> bool {
        let due = |turn: &Turn| turn.call.map(|call| call.due);
        self.reminder == other.reminder && due(self).is_some() && due(self) == due(other)
    }

    /// Whether this turn is for an earlier generation of the reminder. The reminder has gone on since then, so a request
    /// for such a turn is stale: a function that froze may send it an hour later. The due does not show this, because a
    /// reminder may be moved to an earlier time.
    fn is_before(&self, other: &Turn) -> bool {
        let is_earlier = |(one, other)| one < other;
        self.reminder == other.reminder && self.generation.zip(other.generation).is_some_and(is_earlier)
    }
}

impl PersonCalls {
    /// Whether the call of this turn is counted already, with the stored turn.
    fn is_counted_for(&self, turn: &Turn) -> bool {
        self.counted_at.is_some() && turn.is_for_call_of(&self.turn)
    }

    /// Returns the claims that hold the turn, and this one if there is room.
    fn held_by_and(&self, claim: &ClaimId) -> Vec<ClaimId> {
        self.held_by.iter().chain([claim]).take(HELD_BY_MAX).cloned().collect()
    }

    /// Returns the item after this claim gives the turn back. The last claim to do so ends the turn, and its call no
    /// longer counts. `None` if this claim does not hold the turn, or if as many claims as the list has room for hold it.
    #[must_use]
    pub fn given_back(&self, claim: &ClaimId, now: Timestamp) -> Option<Self> {
        if self.held_by.len() == HELD_BY_MAX {
            return None;
        }
        let held_by: Vec<ClaimId> = self.held_by.iter().filter(|held| *held != claim).cloned().collect();
        if held_by.len() == self.held_by.len() {
            return None;
        }
        let Some(newest) = held_by.last().cloned() else {
            let counted = self.counted_at.map_or_else(|| self.counted.clone(), |at| self.counted.without(at));
            let turn = self.turn.given_back(self.replaced_at, now);
            return Some(Self { turn, counted_at: None, counted, held_by, ..self.clone() });
        };
        let turn =
            if self.turn.claim == *claim { Turn { claim: newest, ..self.turn.clone() } } else { self.turn.clone() };
        Some(Self { turn, held_by, ..self.clone() })
    }

    /// Returns what an unconfirmed number must know about its calls.
    pub fn unconfirmed(&self) -> UnconfirmedCalls {
        UnconfirmedCalls { ever: self.counted.ever(), code: self.code }
    }

    /// Whether a text within the hour before `now` has said that the hour's or the day's limit is reached.
    fn has_told_limit(&self, now: Timestamp) -> bool {
        self.told_at.is_some_and(|told_at| after(told_at, HOUR_S) > now)
    }

    /// Whether a text within the hour before `now` has told the code, or the text about the last call tells it. An item
    /// that an earlier release wrote may have no code yet. A text before the last call was about another limit.
    fn has_told_code(&self, turn: &Turn) -> bool {
        let now = turn.taken_at;
        let last_call = self.counted.recent().last().copied();
        let told_at = self.told_at.filter(|told_at| last_call.is_none_or(|last_call| *told_at >= last_call));
        let last_call = last_call.filter(|_| !self.turn.is_for_occurrence_of(turn));
        self.code.is_some() && [told_at, last_call].into_iter().flatten().any(|at| after(at, HOUR_S) > now)
    }
}

impl TurnRequest {
    /// Decides about the request with the item that is stored. A call that is counted already is counted anew instead
    /// of twice: an earlier request for its turn was written, and the response was lost, or the function died.
    ///
    /// The limits come after the turn: during a call, the person may press a key or end the reminder.
    pub fn decide(&self, stored: Option<&PersonCalls>) -> TurnDecision {
        let now = self.turn.taken_at;
        let Some(stored) = stored else {
            let first = self.taken(None, &CountedCalls::default());
            return TurnDecision { outcome: TurnOutcome::Taken(self.code_of_last(&first)), write: Some(first) };
        };
        let is_counted = stored.is_counted_for(&self.turn);
        // An earlier try of the same request was written, or the request is stale: then its claim will fail.
        if is_counted && stored.held_by.contains(&self.turn.claim) || self.turn.is_before(&stored.turn) {
            return TurnOutcome::TakenBefore(self.code_of_last(stored)).into();
        }
        if !self.may_take(&stored.turn, &stored.held_by) {
            return self.joined(stored).unwrap_or_else(|| TurnOutcome::Busy(stored.turn.clone()).into());
        }
        let own = stored.counted_at.filter(|_| is_counted);
        let others = own.map_or_else(|| stored.counted.clone(), |at| stored.counted.without(at));
        match self.reached(&others, now) {
            None => {
                let taken = self.taken(Some(stored), &others);
                let code = self.code_of_last(&taken);
                let outcome = if is_counted { TurnOutcome::TakenBefore(code) } else { TurnOutcome::Taken(code) };
                TurnDecision { outcome, write: Some(taken) }
            }
            Some(limit) => self.refused(stored, limit),
        }
    }

    /// Returns the decision that lets this claim hold the stored turn too, without a change of its times: the turn is
    /// for the same call, but it was taken after the time of this request, by a function whose clock is ahead or while
    /// this function was delayed. `None` if the turn is for another call, or if the person may still talk on that call.
    fn joined(&self, stored: &PersonCalls) -> Option<TurnDecision> {
        let is_own_call = self.own_call.as_ref().is_some_and(|own| stored.held_by.contains(own));
        (stored.is_counted_for(&self.turn) && !is_own_call).then(|| TurnDecision {
            outcome: TurnOutcome::TakenBefore(self.code_of_last(stored)),
            write: Some(PersonCalls { held_by: stored.held_by_and(&self.turn.claim), ..stored.clone() }),
        })
    }

    /// Returns the decision about a call that a limit does not allow. The text of the call names the limit, unless
    /// another text has done so within the hour before.
    fn refused(&self, stored: &PersonCalls, limit: Reached) -> TurnDecision {
        let now = self.turn.taken_at;
        // An earlier request for the same call has noted that its text says so.
        let told_for = self.turn.call.map(|call| ToldFor { reminder: self.turn.reminder.clone(), call });
        let is_own = told_for.is_some() && stored.told_for == told_for;
        let (code, is_told) = match limit {
            Reached::Recent(_) => (stored.code, stored.has_told_limit(now)),
            Reached::Unconfirmed { fresh_code } => {
                (Some(stored.code.unwrap_or(fresh_code)), stored.has_told_code(&self.turn))
            }
        };
        let limit = match limit {
            Reached::Recent(_) if is_told && !is_own => ReachedLimit::SaidBefore,
            Reached::Recent(limit) => limit,
            Reached::Unconfirmed { .. } => ReachedLimit::Unconfirmed(code.filter(|_| !is_told || is_own)),
        };
        let telling = || PersonCalls { told_at: Some(now), told_for: told_for.clone(), code, ..stored.clone() };
        TurnDecision { outcome: TurnOutcome::LimitReached(limit), write: (!is_told).then(telling) }
    }

    /// Returns the item in which this turn replaces the stored one, and its call is counted in addition to `others`.
    /// With the last call that an unconfirmed number gets, the item gets the number's code.
    fn taken(&self, stored: Option<&PersonCalls>, others: &CountedCalls) -> PersonCalls {
        let now = self.turn.taken_at;
        let counted = others.with(now);
        let fresh_code = match self.number {
            NumberStatus::Unconfirmed { fresh_code } if counted.are_all_unconfirmed() => Some(fresh_code),
            NumberStatus::Unconfirmed { .. } | NumberStatus::Confirmed => None,
        };
        PersonCalls {
            turn: self.turn.clone(),
            replaced_at: self.replaced_at(stored.map(|stored| &stored.turn)),
            counted_at: Some(now),
            held_by: stored
                .filter(|stored| stored.is_counted_for(&self.turn))
                .map_or_else(|| vec![self.turn.claim.clone()], |stored| stored.held_by_and(&self.turn.claim)),
            counted,
            told_at: stored.and_then(|stored| stored.told_at),
            told_for: stored.and_then(|stored| stored.told_for.clone()),
            code: stored.and_then(|stored| stored.code).or(fresh_code),
        }
    }

    /// Returns the number's code if the turn of this item is that of the last call that the unconfirmed number gets.
    fn code_of_last(&self, item: &PersonCalls) -> Option<ConfirmationCode> {
        match self.number {
            NumberStatus::Unconfirmed { .. } => item.code.filter(|_| item.counted.are_all_unconfirmed()),
            NumberStatus::Confirmed => None,
        }
    }

    /// Returns the limit that allows no call in addition to the calls of `counted`.
    fn reached(&self, counted: &CountedCalls, now: Timestamp) -> Option<Reached> {
        match self.number {
            NumberStatus::Unconfirmed { fresh_code } if counted.are_all_unconfirmed() => {
                Some(Reached::Unconfirmed { fresh_code })
            }
            NumberStatus::Unconfirmed { .. } | NumberStatus::Confirmed => {
                counted.reached(&self.limits, now).map(Reached::Recent)
            }
        }
    }

    /// Whether this turn may replace the stored one, which these claims hold. It may replace the turn of the reminder's
    /// own earlier call at once, unless `own_call` says that this call may still be talked on. Such a turn, or the turn
    /// of another reminder, it may replace once the call or the lease of that turn is over, and [`CALL_SPACING_S`] after
    /// that turn was taken. A write that arrives late must never replace a newer turn: that turn would end too early.
    // guard: may_take
    pub fn may_take(&self, stored: &Turn, held_by: &[ClaimId]) -> bool {
        let is_talking = self.own_call.as_ref().is_some_and(|own| *own == stored.claim || held_by.contains(own));
        let is_own = stored.reminder == self.turn.reminder && !is_talking;
        is_own && stored.taken_at <= self.turn.taken_at
            || stored.taken_at <= self.latest_before()
                && (stored.until <= self.turn.taken_at || self.over.as_ref() == Some(&stored.claim))
    }

    /// Returns when the stored turn, which this turn replaces, was taken. If there is none, returns the latest instant
    /// that makes no other call wait.
    pub fn replaced_at(&self, stored: Option<&Turn>) -> Timestamp {
        stored.map_or_else(|| self.latest_before(), |stored| stored.taken_at)
    }

    /// The latest instant at which the turn of another reminder may have been taken, if this turn replaces it.
    pub fn latest_before(&self) -> Timestamp {
        after(self.turn.taken_at, -CALL_SPACING_S)
    }
}

#[cfg(test)]
mod tests;
