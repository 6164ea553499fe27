//! The profile of a person: number, zone, consent, limits, and the state of the conversation.

use jiff::Timestamp;
use language::Question;

use crate::channel::Priority;
use crate::ids::{Number, PersonId, ReminderId};
use crate::limits::Limits;
use crate::policy::NUMBER_REST_S;
use crate::record::{DueSource, Zone};

/// The profile of a person. A person is identified by the number that they text from.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The person's id.
    pub person: PersonId,
    /// The number from which they text. It is called and texted.
    pub number: Number,
    /// The zone in which they mean times of day.
    pub zone: Zone,
    /// How the zone is known.
    pub zone_source: ZoneSource,
    /// Whether they have opted out.
    pub consent: Consent,
    /// When they first pressed a key on a call that the service placed. `None` while the number is unconfirmed: texts
    /// from it may be forged.
    pub confirmed_at: Option<Timestamp>,
    /// Their recent requests to which limits apply.
    pub limits: Limits,
    /// The small numbers of their reminders.
    pub numbers: SmallNumbers,
    /// The question that they were asked and have not answered yet.
    pub question: Option<Asked>,
    /// The last reminder that an answer was about: "it" means this reminder.
    pub last: Option<LastMentioned>,
    /// The last deletion, move or skip, which UNDO takes back.
    pub undoable: Option<Undoable>,
    /// The opt-out whose reminders RESTORE makes anew.
    pub restorable: Option<Restorable>,
}

/// How a person's zone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneSource {
    /// Guessed from their number, and no answer has mentioned it.
    Guessed,
    /// Guessed from their number, and an answer has mentioned it.
    GuessTold,
    /// They texted it.
    Said,
}

/// A person's consent to calls and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// How often they have opted out. A reminder of an older epoch is not wanted.
    pub epoch: u32,
    /// Whether they are opted in or out now.
    pub status: OptStatus,
    /// When the last text that opted them out or in was received. `None` before the first such text.
    pub since: Option<Timestamp>,
    /// When they last opted out. A text that was received earlier is not obeyed, even after they opt in again.
    pub opted_out_at: Option<Timestamp>,
}

/// Whether a text that opts out or in is the latest one. Of two such texts, the one that was received later counts.
// guard: is_newer
pub fn is_newer(received_at: Timestamp, consent_at: Option<Timestamp>) -> bool {
    consent_at.is_none_or(|consent_at| received_at >= consent_at)
}

/// Whether a person has opted out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptStatus {
    /// They may be called and texted.
    OptedIn,
    /// They opted out.
    OptedOut,
}

/// Numbers a person's reminders 1, 2, 3 …, and starts at 1 again after a month without a new reminder, if no reminder
/// is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmallNumbers {
    /// The number given last. 0 before the first number.
    pub last: u32,
    /// When the last number was given.
    pub given_at: Timestamp,
}

impl SmallNumbers {
    /// Returns the next number at `now`, for a person with this many open reminders.
    pub fn give(&mut self, now: Timestamp, open: usize) -> u32 {
        let rested = now.duration_since(self.given_at).as_secs() > NUMBER_REST_S;
        self.last = if rested && open == 0 { 1 } else { self.last.saturating_add(1) };
        self.given_at = now;
        self.last
    }
}

/// A question that the person has not answered yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The question that was asked.
    pub question: Question,
    /// When the text that led to the question was received.
    pub at: Timestamp,
}

/// The reminder that an answer was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMentioned {
    /// The reminder's id.
    pub reminder: ReminderId,
    /// When the answered text was received.
    pub at: Timestamp,
    /// Whether a snooze made the reminder. Only then does another snooze move it.
    pub is_snooze: bool,
}

/// The last change, which UNDO takes back. Its size is bounded by the number of open reminders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undoable {
    /// When the text that made the change was received.
    pub at: Timestamp,
    /// The reminders that were deleted, moved or skipped, as they were before.
    pub changed: Vec<Changed>,
    /// The new reminder that a move made instead of changing the old one.
    pub made: Option<ReminderId>,
}

/// A reminder as it was before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The reminder's id.
    pub reminder: ReminderId,
    /// Its due before the change.
    pub due: Timestamp,
    /// Whether that due, or the end of the series, was read in a guessed zone.
    pub source: DueSource,
}

/// An opt-out whose reminders can come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restorable {
    /// The person's epoch after the opt-out.
    pub epoch: u32,
    /// When the person opted out.
    pub at: Timestamp,
}

impl Profile {
    /// Makes the profile of a person who has never texted before.
    pub fn new_profile(person: PersonId, number: Number, zone: Zone, now: Timestamp) -> Self {
        Self {
            person,
            number,
            zone,
            zone_source: ZoneSource::Guessed,
            consent: Consent { epoch: 0, status: OptStatus::OptedIn, since: None, opted_out_at: None },
            confirmed_at: None,
            limits: Limits::default(),
            numbers: SmallNumbers { last: 0, given_at: now },
            question: None,
            last: None,
            undoable: None,
            restorable: None,
        }
    }

    /// Which slots of a channel calls and texts to this number may take.
    pub fn priority(&self) -> Priority {
        match self.confirmed_at {
            Some(_) => Priority::Confirmed,
            None => Priority::Unconfirmed,
        }
    }

    /// Whether RESTORE can bring back the reminders that the opt-out of this epoch ended. Only one opt-out can be taken
    /// back.
    // guard: is_restorable
    pub fn is_restorable(&self, epoch: u32) -> bool {
        self.restorable.is_some_and(|last| last.epoch == epoch)
    }

    /// Whether each reminder that was made before the last opt-out must end now. That is so while the person is opted
    /// out, and after a text that opted them out, received at `received_at`, even if an opt-in already counts.
    pub fn ends_reminders(&self, received_at: Timestamp) -> bool {
        self.consent.status == OptStatus::OptedOut || self.consent.opted_out_at == Some(received_at)
    }

    /// Opts the person out. `at` is when the service received the opt-out, from the person or from the carrier. Every
    /// reminder that was made until then ends, and RESTORE can make it anew. Calls that are due after `now` no longer
    /// count toward the limit, because these calls are not placed. If the person has opted out already, no reminder was
    /// made since then, so the epoch stays.
    pub fn opt_out(&mut self, at: Timestamp, now: Timestamp) {
        self.consent.opted_out_at = Some(at);
        self.undoable = None;
        self.limits.calls.take_all_back(now);
        if self.consent.status == OptStatus::OptedIn {
            self.consent.status = OptStatus::OptedOut;
            self.consent.epoch += 1;
            self.restorable = Some(Restorable { epoch: self.consent.epoch, at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn of_two_texts_that_opt_out_or_in_the_one_received_later_counts() {
        for (received_s, since, expected) in
            [(5, None, true), (5, Some(t(4)), true), (5, Some(t(5)), true), (5, Some(t(6)), false)]
        {
            assert_eq!(is_newer(t(received_s), since), expected, "{since:?}");
        }
    }
}
