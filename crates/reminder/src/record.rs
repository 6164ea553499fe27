//! The record of a reminder: its task, its due, and how far its occurrence has come.

mod state;
mod zone;

use jiff::{SignedDuration, Timestamp};
use language::Rule;

pub use state::{AnsweredBy, End, Lifecycle, State, TextReason};
pub use zone::{UnknownZone, Zone};

use crate::confirmation::ConfirmationCode;
use crate::ids::{ClaimId, OutgoingTextId, ReminderKey, WriteId};
use crate::policy::{GOODBYE_S, Policy, after};

/// One reminder, which is one item of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Reminder {
    /// The person and the reminder's id.
    pub key: ReminderKey,
    /// The number by which the person names the reminder: 3 for `#3`.
    pub number: u32,
    /// The task, in the person's words.
    pub task: String,
    /// The IANA zone in which its times of day are read.
    pub zone: Zone,
    /// How it repeats. `None` for a one-off.
    pub rule: Option<Rule>,
    /// The due of this occurrence: the instant that was asked for.
    pub due: Timestamp,
    /// Whether its due or its end was read in a guessed zone, so that a correction of the zone moves it.
    pub due_source: DueSource,
    /// When the text that created it was received.
    pub created_at: Timestamp,
    /// The number of the current plan. A wake-up of an older generation is stale.
    pub generation: u32,
    /// The person's epoch when it was created. A later opt-out ends it.
    pub epoch: u32,
    /// The claim of the last call that is over. It may be a call of the previous occurrence.
    pub last_claim: Option<ClaimId>,
    /// The claim of a call that was under way when its person ended the occurrence by a text, or by a key of an earlier
    /// call. The call is cancelled, but it may still ring until the carrier reports its end.
    pub cancelled_claim: Option<ClaimId>,
    /// How the last occurrence ended. A key, SNOOZE or DONE may still be about that occurrence. This field stays
    /// unchanged when the person cancels an occurrence.
    pub last_end: Option<LastEnd>,
    /// How many occurrences in a row were missed: no person picked up, the carrier refused to call the number, or the
    /// unconfirmed number had no calls left. An occurrence that ended as too late or unknown is left out.
    pub missed_in_row: u8,
    /// The code that the text about this occurrence tells. Its call was the last one that an unconfirmed number gets.
    pub code: Option<ConfirmationCode>,
    /// How far this occurrence has come.
    pub life: Lifecycle,
    /// The id of the last write.
    pub write_id: WriteId,
}

/// The end of an occurrence that was not cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEnd {
    /// How it ended. A key or a "done" that comes later makes it `Heard`.
    pub end: End,
    /// When it was due.
    pub due: Timestamp,
    /// When it ended.
    pub at: Timestamp,
    /// The claim of its last call. `None` if certainly no call was placed.
    pub claim: Option<ClaimId>,
    /// The text that replaces its call, if there is one.
    pub text: Option<OutgoingTextId>,
}

impl LastEnd {
    /// Whether the phone rang or may have rung.
    // guard: has_rung
    pub fn has_rung(&self) -> bool {
        self.claim.is_some()
    }
}

/// Whether the due or the end of a reminder was read in a guessed zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueSource {
    /// The due was read in a zone that was only guessed from the person's number. Correcting the guess moves the due.
    GuessedClock,
    /// The due stays: the person had texted their zone, named a zone with the time, or counted from now.
    Fixed,
    /// The due stays, but the last time of the series was read in the guessed zone: "every 30 minutes until 6 PM".
    /// Correcting the guess moves that end.
    GuessedEnd,
}

impl Reminder {
    /// Returns the due that the reminder gets if its times are read in `zone` instead of `guess`. The due of a series
    /// whose end alone depends on the zone stays. A one-off keeps its time and day. A series takes its first occurrence
    /// after `now`. If its person skipped occurrences, the skipped ones stay skipped. `None` if no due is left after
    /// `now`.
    pub fn corrected_due(&self, guess: &Zone, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
        if self.due_source == DueSource::GuessedEnd {
            return Some(self.due);
        }
        let local = guess.rules().to_datetime(self.due);
        let due = zone.rules().to_ambiguous_timestamp(local).compatible().ok()?;
        match &self.rule {
            None => Some(due).filter(|due| *due > now),
            Some(rule) if rule.next_after(now, guess.rules()) == Some(self.due) => rule.next_after(now, zone.rules()),
            Some(rule) => {
                // The rule gives the occurrence after an instant, and `due` itself must count.
                let before = due.checked_sub(SignedDuration::from_nanos(1)).ok()?;
                rule.next_after(before.max(now), zone.rules())
            }
        }
    }

    /// Returns the due of a reminder that is made anew from this one: the same due or, if that has passed, the next due
    /// of the series. `None` if no due is left after `now`.
    pub fn due_again(&self, now: Timestamp) -> Option<Timestamp> {
        let next = || self.rule.as_ref()?.next_after(now, self.zone.rules());
        if self.due > now { Some(self.due) } else { next() }
    }

    /// Returns the rule after a correction of the zone to `zone`. Only an end that was read in the guessed zone moves.
    pub fn corrected_rule(&self, zone: &Zone) -> Option<Rule> {
        let rule = self.rule.as_ref()?;
        Some(match self.due_source {
            DueSource::GuessedEnd => rule.ending_in(zone.rules(), self.zone.rules(), self.due),
            DueSource::GuessedClock | DueSource::Fixed => rule.clone(),
        })
    }

    /// Whether this is the current generation. A wake-up of an older one is stale, because the reminder was planned
    /// again.
    // guard: is_planned
    pub fn is_planned(&self, generation: u32) -> bool {
        self.generation == generation
    }

    /// Whether the reminder may still ring. After the max lateness, a text replaces the call.
    // guard: is_within_max_lateness
    pub fn is_within_max_lateness(&self, policy: &Policy, now: Timestamp) -> bool {
        now <= policy.last_ring(self.due)
    }

    /// Whether its person still wants the reminder at this epoch. A reminder made before an opt-out is not wanted.
    // guard: is_wanted
    pub fn is_wanted(&self, epoch: u32) -> bool {
        self.epoch >= epoch
    }

    /// Whether this is the claim of the last call that is over. A callback with that claim may still report about its
    /// call.
    // guard: is_last_claim
    pub fn is_last_claim(&self, claim: &ClaimId) -> bool {
        self.last_claim.as_ref() == Some(claim)
    }

    /// Whether this is the claim of a cancelled call, which may still be under way. Once the end of this call is
    /// reported, its turn can be taken over. The end of any other call does not show that.
    // guard: is_cancelled_claim
    pub fn is_cancelled_claim(&self, claim: &ClaimId) -> bool {
        self.cancelled_claim.as_ref() == Some(claim)
    }

    /// Whether a record that holds no live call shows that the call in the turn of this claim is over. A call that may
    /// still be talked on is not over. It may be under way in a turn of a claim that the record never held: if a
    /// wake-up is delivered twice, both deliveries take the turn, but only one of them writes its claim.
    // guard: shows_end_of
    pub fn shows_end_of(&self, claim: &ClaimId, now: Timestamp) -> bool {
        self.open_call(now).is_none_or(|open| open != claim && self.is_last_claim(claim))
    }

    /// Whether this is the claim of the last call of the occurrence that ended last. A key of that call still counts.
    // guard: is_claim_of_last_end
    pub fn is_claim_of_last_end(&self, claim: &ClaimId) -> bool {
        self.last_end.as_ref().is_some_and(|last| last.claim.as_ref() == Some(claim))
    }

    /// Whether this is the claim of the live or the previous call of the occurrence that has begun, or of the last call
    /// of the occurrence that ended last. A key of any other call is about an occurrence that was cancelled or ended
    /// earlier.
    pub fn is_claim_of_what_rang(&self, claim: &ClaimId) -> bool {
        let state = self.state();
        state.is_some_and(|state| state.has_claim(claim))
            || state.is_some_and(State::has_call_before) && self.is_last_claim(claim)
            || self.is_claim_of_last_end(claim)
    }

    /// Whether a call may have been placed under this claim: it is the claim of the live call, of a cancelled call, of
    /// the last call that is over, or of the last call of the occurrence that ended last. Older claims are not kept,
    /// because their calls are over. A key under any other claim is forged: it neither confirms the person's number nor
    /// opts the person out.
    pub fn is_or_was_claim(&self, claim: &ClaimId) -> bool {
        self.is_claim_of_what_rang(claim) || self.is_last_claim(claim) || self.is_cancelled_claim(claim)
    }

    /// The claim of a call that may still be talked on, although the record no longer waits for it: its occurrence
    /// was acknowledged a moment ago, or the call was cancelled.
    pub fn open_call(&self, now: Timestamp) -> Option<&ClaimId> {
        let is_recent = |last: &&LastEnd| last.end == End::Heard && now < after(last.at, GOODBYE_S);
        let heard = self.last_end.as_ref().filter(is_recent).and_then(|last| last.claim.as_ref());
        heard.or(self.cancelled_claim.as_ref())
    }

    /// Whether the reminder is a series that is paused after missed occurrences.
    pub fn is_paused(&self) -> bool {
        matches!(self.state(), Some(State::Paused))
    }

    /// Whether a new time moves this record. Only a one-off that has not begun moves. Any other reminder keeps its due.
    // guard: moves_in_place
    pub fn moves_in_place(&self, state: &State) -> bool {
        self.rule.is_none() && !state.has_begun()
    }

    /// Whether a correction of the guessed zone changes the reminder. Only a due or an end that was read in the guessed
    /// zone moves.
    // guard: is_off_guessed_clock
    pub fn is_off_guessed_clock(&self) -> bool {
        self.due_source != DueSource::Fixed
    }

    /// Its state. `None` once it has ended.
    pub fn state(&self) -> Option<&State> {
        match &self.life {
            Lifecycle::Live { state, .. } => Some(state),
            Lifecycle::Ended { .. } => None,
        }
    }

    /// The name of its state in logs and tables.
    pub fn state_name(&self) -> &'static str {
        match self.state() {
            Some(State::Waiting { .. }) => "Waiting",
            Some(State::Dialing { .. }) => "Dialing",
            Some(State::Ringing { .. }) => "Ringing",
            Some(State::Paused) => "Paused",
            None => "Ended",
        }
    }

    /// When the sweeper recovers the reminder. `None` once it has ended.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.life {
            Lifecycle::Live { deadline, .. } => Some(deadline),
            Lifecycle::Ended { .. } => None,
        }
    }
}
