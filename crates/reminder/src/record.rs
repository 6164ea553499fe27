//! The record of a reminder: what is to be said, when, and how far it has come.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use language::Rule;

use crate::ids::{CallId, ClaimId, Mark, ReminderKey};
use crate::line::Slot;

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
    pub life: Life,
    /// Writes so far; each write names the one it read.
    pub version: u64,
    /// Who made the last write.
    pub mark: Mark,
}

/// An IANA zone by its name, which is known to the bundled database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A zone that the bundled database does not know by a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of an IANA time zone, found {0:?}")]
pub struct UnknownZone(String);

impl Zone {
    /// The zone of nobody in particular.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone called `name`.
    ///
    /// # Errors
    /// The bundled IANA database has no zone of that name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned())).and_then(Self::try_from)
    }

    /// Its IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Its rules.
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }
}

impl TryFrom<TimeZone> for Zone {
    type Error = UnknownZone;

    fn try_from(zone: TimeZone) -> Result<Self, UnknownZone> {
        if zone.iana_name().is_some() { Ok(Self(zone)) } else { Err(UnknownZone("a zone without a name".to_owned())) }
    }
}

/// Which clock a due was read off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueSource {
    /// The clock of a zone that was only guessed from the person's number: correcting the guess moves the due.
    GuessedClock,
    /// It stays: the person had said their zone, or named one with the time, or counted from now.
    Fixed,
}

/// Live, or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Life {
    /// Something is still to happen.
    Live {
        /// What is being waited for.
        state: State,
        /// When, if nothing has happened, the sweeper takes it back.
        deadline: Timestamp,
        /// How often it has, in this state and generation.
        nudges: u32,
    },
    /// Nothing more will happen to it.
    Ended {
        /// How.
        end: End,
        /// When.
        at: Timestamp,
    },
}

/// What a live reminder waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// For its wake-up.
    Waiting {
        /// Which call of this occurrence is next, from 1.
        attempt: u8,
        /// When.
        wake_at: Timestamp,
        /// The carrier's slot it was given, if it was put off to one.
        slot: Option<Slot>,
    },
    /// For the carrier's answer to a request for a call.
    Dialing {
        /// Which call of this occurrence it is, from 1.
        attempt: u8,
        /// Who may place it.
        claim: ClaimId,
    },
    /// For a person: the carrier has the call.
    Ringing {
        /// Which call of this occurrence it is, from 1.
        attempt: u8,
        /// Who placed it.
        claim: ClaimId,
        /// What the carrier calls it.
        call: CallId,
        /// Whether somebody is known to have picked up.
        pickup: Pickup,
    },
    /// For the carrier to accept a text in the place of a call.
    Texting {
        /// Why a text.
        why: Why,
        /// Texts tried so far.
        tries: u8,
        /// Since when.
        since: Timestamp,
        /// The slot among the carrier's texts that it was given, if it was put off to one.
        slot: Option<Slot>,
    },
}

/// Whether a call is known to have been picked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pickup {
    /// Not that we know.
    Unseen,
    /// The carrier fetched what to say.
    Seen,
}

/// Why a text is sent in the place of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Every call went unanswered.
    Unanswered,
    /// Picked up, but no key was pressed.
    Unconfirmed,
    /// It is too late to ring, or the carrier has no slot in time.
    TooLate,
    /// Whether the phone rang is not known, so it is not rung again.
    Unknown,
    /// The carrier does not call this number.
    NumberRefused,
}

/// How an occurrence ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A key was pressed, or the person said so.
    Heard,
    /// Picked up without a key, and texted.
    Unconfirmed,
    /// Texted in the place of a call.
    Missed,
    /// Deleted, moved, or its person left.
    Cancelled,
    /// Neither called nor texted: an operator's alarm.
    Failed,
}

impl Why {
    /// The end that an accepted text brings.
    pub fn end(self) -> End {
        match self {
            Self::Unconfirmed => End::Unconfirmed,
            Self::Unanswered | Self::TooLate | Self::Unknown | Self::NumberRefused => End::Missed,
        }
    }
}

impl State {
    /// The claim that is live in this state.
    pub fn claim(&self) -> Option<&ClaimId> {
        match self {
            Self::Dialing { claim, .. } | Self::Ringing { claim, .. } => Some(claim),
            Self::Waiting { .. } | Self::Texting { .. } => None,
        }
    }

    /// The call that is under way in this state, where the carrier has named it.
    pub fn call(&self) -> Option<&CallId> {
        match self {
            Self::Ringing { call, .. } => Some(call),
            Self::Waiting { .. } | Self::Dialing { .. } | Self::Texting { .. } => None,
        }
    }
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

    /// Its state, while it is live.
    pub fn state(&self) -> Option<&State> {
        match &self.life {
            Life::Live { state, .. } => Some(state),
            Life::Ended { .. } => None,
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
            Life::Live { deadline, .. } => Some(deadline),
            Life::Ended { .. } => None,
        }
    }
}
