//! Chooses the reminders that a command is about.

use crate::incoming_text::is_known_by;
use crate::policy::{HOUR_S, MENTION_VALID_S};
use crate::profile::LastMentioned;
use crate::record::{End, LastEnd, Lifecycle, Reminder, State};
use crate::words::CallInFlight;
use jiff::Timestamp;
use language::Target;

use super::{PressedKey, Situation, is_recent};

/// How long after the end of an occurrence a text such as SNOOZE or DONE can still be about it, in seconds.
const ENDED_LATELY_S: i64 = HOUR_S;

/// Returns when a reminder ended, or if it is open, when its last occurrence that was not cancelled ended. Returns
/// nothing if an open reminder has no such occurrence, or if the reminder was cancelled or ended by an opt-out.
pub(super) fn ended_at(reminder: &Reminder) -> Option<Timestamp> {
    match reminder.life {
        Lifecycle::Ended { end: End::Cancelled | End::OptedOut { .. }, .. } => None,
        Lifecycle::Ended { at, .. } => Some(at),
        Lifecycle::Live { .. } => reminder.last_end.as_ref().map(|last| last.at),
    }
}

/// Returns the due of the occurrence that has begun, or else of the last one that ended and was not cancelled.
pub(super) fn due_of_begun_or_ended(reminder: &Reminder) -> Option<Timestamp> {
    let has_begun = reminder.state().is_some_and(State::has_begun);
    if has_begun { Some(reminder.due) } else { reminder.last_end.as_ref().map(|last| last.due) }
}

/// Whether the phone rang or may have rung for the last occurrence that ended and was not cancelled. An occurrence can
/// also end without a call.
pub(super) fn has_rung(reminder: &Reminder) -> bool {
    reminder.last_end.as_ref().is_some_and(LastEnd::has_rung)
}

/// Whether an occurrence ended recently enough that a text may be about it.
// guard: is_lately
fn is_lately(ended_at: Timestamp, received_at: Timestamp) -> bool {
    received_at.duration_since(ended_at).as_secs() <= ENDED_LATELY_S
}

/// Whether a reminder's task contains each of these words, perhaps inside a longer word. False if there are no words.
pub(super) fn has_all(reminder: &Reminder, words: &str) -> bool {
    let task = reminder.task.to_lowercase();
    let mut words = words.split_whitespace().map(str::to_lowercase).peekable();
    words.peek().is_some() && words.all(|word| task.contains(word.as_str()))
}

/// Whether a call is under way for one of these reminders. Such a call may still ring.
pub(super) fn call_in_flight(reminders: &[&Reminder]) -> CallInFlight {
    let live = |reminder: &&Reminder| reminder.state().is_some_and(|state| state.claim().is_some());
    if reminders.iter().any(live) { CallInFlight::MayRing } else { CallInFlight::No }
}

impl Situation<'_> {
    pub(super) fn open_reminders(&self) -> impl Iterator<Item = &Reminder> {
        self.reminders.known().iter().filter(|reminder| reminder.state().is_some())
    }

    /// Returns the open reminders that a target means.
    pub(super) fn choose(&self, which: &Target) -> Vec<&Reminder> {
        match which {
            Target::All => self.open_reminders().collect(),
            Target::Numbers(numbers) => self.open_reminders().filter(|one| numbers.contains(&one.number)).collect(),
            Target::Words(words) => self.with_words(words),
            Target::Last => self.last_open().into_iter().collect(),
            Target::Next => {
                self.open_reminders().filter(|one| !one.is_paused()).min_by_key(|one| one.due).into_iter().collect()
            }
        }
    }

    /// Returns the reminder that "it" means, if it is open. See [`Self::last_mentioned`].
    pub(super) fn last_open(&self) -> Option<&Reminder> {
        self.last_mentioned().and_then(|last| self.open_reminders().find(|one| one.key.reminder == last.reminder))
    }

    pub(super) fn choose_one(&self, which: &Target) -> Option<&Reminder> {
        match self.choose(which)[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Returns the open reminders whose task contains each of these words.
    pub(super) fn with_words(&self, words: &str) -> Vec<&Reminder> {
        self.open_reminders().filter(|one| has_all(one, words)).collect()
    }

    /// Returns the reminder that a SNOOZE is about: of the occurrences that have begun, that with the latest due, or
    /// else of those that ended within the last hour, the latest that may have rung, or the latest without a call.
    pub(super) fn last_begun_or_ended(&self) -> Option<&Reminder> {
        // A key is about the reminder of its call.
        if let Some(PressedKey::Snooze { reminder, .. }) = self.pressed {
            return self.reminders.known().iter().find(|one| one.key.reminder == *reminder);
        }
        let begun =
            self.begun_or_ended().filter(|one| one.state().is_some_and(State::has_begun)).max_by_key(|one| one.due);
        begun.or_else(|| {
            let over = self.begun_or_ended().filter_map(|one| Some((self.ended_lately(one)?, one)));
            over.max_by_key(|(at, one)| (has_rung(one), *at)).map(|(_, one)| one)
        })
    }

    /// Returns [`ended_at`] of a reminder, if that was within the last hour.
    pub(super) fn ended_lately(&self, reminder: &Reminder) -> Option<Timestamp> {
        ended_at(reminder).filter(|at| is_lately(*at, self.received_at))
    }

    /// Whether an occurrence has begun, or ended within the last [`MENTION_VALID_S`]. Then a text that is only a time
    /// snoozes it.
    pub(super) fn began_or_ended_just_now(&self) -> bool {
        let just_now = |at: Timestamp| self.received_at.duration_since(at).as_secs() <= MENTION_VALID_S;
        let begun = |one: &Reminder| one.state().is_some_and(State::has_begun);
        self.begun_or_ended().any(|one| begun(one) || ended_at(one).is_some_and(just_now))
    }

    /// Returns the reminders with an occurrence that has begun or ended, and that was due when this text was received.
    /// The phone need not have rung for it. A text that is handled late is not about occurrences that were due later.
    pub(super) fn begun_or_ended(&self) -> impl Iterator<Item = &Reminder> {
        let is_in_time = |one: &&Reminder| due_of_begun_or_ended(one).is_some_and(|due| due <= self.received_at);
        self.reminders.known().iter().filter(is_in_time)
    }

    /// Returns the reminder that a MOVE without a target means if no open reminder is "it": the ended reminder that is
    /// "it", or else [`Self::last_begun_or_ended`].
    pub(super) fn fallback_target(&self, which: &Target) -> Option<&Reminder> {
        let about = self
            .last_mentioned()
            .and_then(|last| self.reminders.known().iter().find(|one| one.key.reminder == last.reminder));
        match which {
            Target::Last => about.or_else(|| self.last_begun_or_ended()),
            Target::Next | Target::Numbers(_) | Target::Words(_) | Target::All => None,
        }
    }

    /// Returns the reminder that "it" means: the one that [`Self::about`] mentioned last. Answers such as a list
    /// mention no reminder. Returns nothing if the text that led to the mention was received more than
    /// [`MENTION_VALID_S`] before this text, or not before it.
    pub(super) fn last_mentioned(&self) -> Option<&LastMentioned> {
        self.profile
            .last
            .as_ref()
            .filter(|last| is_known_by(last.at, self.received_at) && is_recent(last.at, self.received_at))
    }

    /// Records that "it" means this reminder from now on. The open question is dropped.
    pub(super) fn about(&mut self, reminder: &Reminder) {
        let is_it = |last: &LastMentioned| last.reminder == reminder.key.reminder;
        let is_snooze = self.profile.last.as_ref().is_some_and(|last| is_it(last) && last.is_snooze);
        self.mention(reminder, is_snooze);
    }

    /// Like [`Self::about`], for a reminder that a snooze made or moved.
    pub(super) fn about_snooze(&mut self, reminder: &Reminder) {
        self.mention(reminder, true);
    }

    fn mention(&mut self, reminder: &Reminder, is_snooze: bool) {
        let reminder = reminder.key.reminder.clone();
        self.profile.question = None;
        self.profile.last = Some(LastMentioned { reminder, at: self.received_at, is_snooze });
    }
}
