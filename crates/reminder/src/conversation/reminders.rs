//! A person's reminders, as a decision may see them.

use crate::incoming_text::is_known_by;
use crate::profile::Profile;
use crate::record::Reminder;
use jiff::Timestamp;

/// A person's reminders, sorted once before any command sees them. A reminder of an older consent epoch never rings, since
/// its person has left after it was made. No command can list, count, change or name it.
#[derive(Debug)]
pub struct Reminders {
    known: Vec<Reminder>,
    made_since: Vec<Reminder>,
    open: usize,
    left_behind: Vec<Reminder>,
}

impl Reminders {
    /// Sorts the reminders that are kept of a person, of whom a text was received at `received_at`.
    pub fn of(profile: &Profile, kept: Vec<Reminder>, received_at: Timestamp) -> Self {
        let is_wanted = |one: &Reminder| one.is_wanted(profile.consent.epoch);
        let is_open = |one: &Reminder| one.state().is_some();
        let (mut known, mut left_behind): (Vec<_>, Vec<_>) = kept.into_iter().partition(is_wanted);
        let open = known.iter().filter(|one| is_open(one)).count();
        let made_since = known.extract_if(.., |one| !is_known_by(one.created_at, received_at)).collect();
        left_behind.retain(is_open);
        Self { known, made_since, open, left_behind }
    }

    /// The reminders that existed when the text was received, oldest first: open ones, and ended ones if they were asked
    /// for.
    pub fn known(&self) -> &[Reminder] {
        &self.known
    }

    /// The reminders that were made by texts which were received later but handled earlier.
    pub fn made_since(&self) -> &[Reminder] {
        &self.made_since
    }

    /// The number of open reminders, those made since the text was received included.
    pub fn open(&self) -> usize {
        self.open
    }

    /// The reminders that are still live although their person has left since they were made: a carrier told of the
    /// opt-out, and no text of theirs.
    pub fn left_behind(&self) -> &[Reminder] {
        &self.left_behind
    }
}
