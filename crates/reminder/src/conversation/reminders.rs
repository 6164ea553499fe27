//! The reminders of a person that a decision may see.

use crate::incoming_text::is_known_by;
use crate::profile::Profile;
use crate::record::{End, Lifecycle, Reminder};
use jiff::Timestamp;

/// A person's reminders, divided into groups before any command sees them. A reminder of an older epoch never rings,
/// because its person opted out after it was made. No command except START and RESTORE sees such a reminder.
#[derive(Debug)]
pub struct Reminders {
    known: Vec<Reminder>,
    made_since: Vec<Reminder>,
    open: usize,
    left_behind: Vec<Reminder>,
    stopped: Vec<Reminder>,
    has_newer: bool,
}

impl Reminders {
    /// Divides the stored reminders of a person whose text was received at `received_at`.
    pub fn of(profile: &Profile, kept: Vec<Reminder>, received_at: Timestamp) -> Self {
        let is_wanted = |one: &Reminder| one.is_wanted(profile.consent.epoch);
        let is_open = |one: &Reminder| one.state().is_some();
        let (mut known, mut left_behind): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_wanted);
        let open = known.iter().filter(|one| is_open(one)).count();
        let made_since = known.extract_if(.., |one| !is_known_by(one.created_at, received_at)).collect();
        let is_stopped = |one: &mut Reminder| matches!(one.life, Lifecycle::Ended { end: End::OptedOut { epoch }, .. } if profile.is_restorable(epoch));
        let stopped = left_behind.extract_if(.., is_stopped).collect();
        left_behind.retain(is_open);
        Self { known, made_since, open, left_behind, stopped, has_newer: false }
    }

    /// Returns these reminders with `has_newer`: whether a later release wrote other reminders of the person, which
    /// this release can't read.
    #[must_use]
    pub fn with_newer(self, has_newer: bool) -> Self {
        Self { has_newer, ..self }
    }

    /// Returns the reminders that existed when the text was received, oldest first: the open reminders, and the ended
    /// reminders if they were read.
    pub fn known(&self) -> &[Reminder] {
        &self.known
    }

    /// Returns the reminders that were made by texts that were received later but handled earlier.
    pub fn made_since(&self) -> &[Reminder] {
        &self.made_since
    }

    /// Returns the number of open reminders, including those made since the text was received.
    pub fn open(&self) -> usize {
        self.open
    }

    /// Returns the reminders of an older epoch that are still live. This happens, for example, if the person opted out
    /// only at the carrier, or if an older release could not read these reminders.
    pub fn left_behind(&self) -> &[Reminder] {
        &self.left_behind
    }

    /// Returns whether an opt-out may end a reminder. A reminder that this release can't read may be live.
    pub(super) fn may_have_live(&self) -> bool {
        self.open > 0 || !self.left_behind.is_empty() || self.has_newer
    }

    /// Returns the reminders that the restorable opt-out ended. Empty if only open reminders were read.
    pub fn stopped(&self) -> &[Reminder] {
        &self.stopped
    }
}
