//! The record of a reminder: what is to be said, when, and how far it has come.

mod state;
mod zone;

use jiff::{SignedDuration, Timestamp};
use language::Rule;

pub use state::{End, Lifecycle, Pickup, State, TextReason, is_untexted};
pub use zone::{UnknownZone, Zone};

use crate::ids::{ClaimId, ReminderKey, WriteId};
use crate::policy::Policy;

/// One reminder: one record, one item in the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Reminder {
    /// Whose, and which.
    pub key: ReminderKey,
    /// What the person calls it: `#3`.
    pub number: u32,
    /// What is to be said, in the person's words.
    pub task: String,
    /// The IANA zone in which its times are wall-clock times.
    pub zone: Zone,
    /// How it repeats, if it does.
    pub rule: Option<Rule>,
    /// When this occurrence was asked for.
    pub due: Timestamp,
    /// Whether a correction of the person's guessed zone moves it.
    pub due_source: DueSource,
    /// When the text that created it was received.
    pub created_at: Timestamp,
    /// Planned wake-ups so far. A wake-up of an older generation is stale.
    pub generation: u32,
    /// The person's epoch when it was created: a later opt-out ends it.
    pub epoch: u32,
    /// The claim of the last call that is over, also of the occurrence before.
    pub last_claim: Option<ClaimId>,
    /// When the occurrence before ended, in a series, other than by its person's word: "later" may still be about it.
    pub last_end_at: Option<Timestamp>,
    /// How far this occurrence has come.
    pub life: Lifecycle,
    /// Who made the last write.
    pub write_id: WriteId,
}

/// Which clock a due was read off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueSource {
    /// The clock of a zone that was only guessed from the person's number: correcting the guess moves the due.
    GuessedClock,
    /// It stays: the person had said their zone, or named one with the time, or counted from now.
    Fixed,
}

impl Reminder {
    /// When it is due if its times are read off the clocks of `zone` and not of the `guess`: a one-off at the same time
    /// on the same day, a series at its first occurrence from then on. `None` if that is not after `now`.
    pub fn corrected_due(&self, guess: &Zone, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
        let local = guess.rules().to_datetime(self.due);
        let due = zone.rules().to_ambiguous_timestamp(local).compatible().ok()?;
        match &self.rule {
            None => Some(due).filter(|due| *due > now),
            Some(rule) => {
                // The rule gives what comes after an instant, and `due` itself is to count.
                let before = due.checked_sub(SignedDuration::from_nanos(1)).ok()?;
                rule.next_after(before.max(now), zone.rules())
            }
        }
    }

    /// A wake-up of an older generation is stale: the reminder was planned anew since.
    // guard: is_planned
    pub fn is_planned(&self, generation: u32) -> bool {
        self.generation == generation
    }

    /// Past its patience a reminder is texted, not rung.
    // guard: is_within_max_lateness
    pub fn is_within_max_lateness(&self, policy: &Policy, now: Timestamp) -> bool {
        now <= policy.last_ring(self.due)
    }

    /// A reminder made before its person left is not theirs any more.
    // guard: is_wanted
    pub fn is_wanted(&self, epoch: u32) -> bool {
        self.epoch >= epoch
    }

    /// The claim of the last call that is over may still report what happened in it.
    // guard: held_last
    pub fn held_last(&self, claim: &ClaimId) -> bool {
        self.last_claim.as_ref() == Some(claim)
    }

    /// A one-off whose phone has not rung is moved as it is; a series, or what has begun, keeps its own time.
    // guard: moves_in_place
    pub fn moves_in_place(&self, state: &State) -> bool {
        self.rule.is_none() && !state.has_begun()
    }

    /// Correcting a guessed zone moves what was read off its clock, and nothing else.
    // guard: is_off_guessed_clock
    pub fn is_off_guessed_clock(&self) -> bool {
        self.due_source == DueSource::GuessedClock
    }

    /// Its state, while it is live.
    pub fn state(&self) -> Option<&State> {
        match &self.life {
            Lifecycle::Live { state, .. } => Some(state),
            Lifecycle::Ended { .. } => None,
        }
    }

    /// What its state is called in logs and tables.
    pub fn state_name(&self) -> &'static str {
        match self.state() {
            Some(State::Waiting { .. }) => "Waiting",
            Some(State::Dialing { .. }) => "Dialing",
            Some(State::Ringing { .. }) => "Ringing",
            Some(State::Texting { .. }) => "Texting",
            None => "Ended",
        }
    }

    /// When the sweeper takes it back, while it is live.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.life {
            Lifecycle::Live { deadline, .. } => Some(deadline),
            Lifecycle::Ended { .. } => None,
        }
    }
}
