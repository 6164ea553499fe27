//! Items that the release that runs can't read: those of a later release are put off, and the others set aside.

use super::*;

/// The release that wrote an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// The one that runs.
    Ours,
    /// A later one, which was rolled back.
    Later,
}

impl Table {
    /// Removes an item from the index and from its person's reminders, unless a later release wrote it.
    pub(crate) fn set_aside(&mut self, item: &Overdue) -> Result<Vec<IndexUpdate>, WriteError> {
        if self.newer.contains(item) {
            return Err(WriteError::Conflict);
        }
        self.aside.insert(item.clone());
        Ok(vec![self.update(item.clone(), None)])
    }

    /// Moves the deadline of an item that is overdue.
    pub(crate) fn put_off(
        &mut self,
        item: &Overdue,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        let is_overdue = self.deadline(item).is_some_and(|deadline| deadline <= now) && !self.aside.contains(item);
        if !is_overdue {
            return Err(WriteError::Conflict);
        }
        match item {
            Overdue::Reminder(key) => {
                let theirs = self.reminders.get_mut(&key.person).and_then(|theirs| theirs.get_mut(key));
                if let Some(stored) = theirs {
                    *stored = stored.clone().map(|reminder| with_deadline(reminder, until));
                }
            }
            Overdue::IncomingText(id) => {
                if let Some(stored) = self.messages.get_mut(id) {
                    *stored = stored.clone().map(|message| owed_at(message, until));
                }
            }
            Overdue::Unreadable { .. } => {}
        }
        Ok(vec![self.update(item.clone(), Some(until))])
    }

    /// The stored deadline of an item. For an item with a foreign key, the one in the index.
    fn deadline(&self, item: &Overdue) -> Option<Timestamp> {
        match item {
            Overdue::Reminder(key) => self.peek(key)?.deadline(),
            Overdue::IncomingText(id) => owed_until(self.messages.get(id)?),
            Overdue::Unreadable { .. } => self.places.get(item)?.deadline,
        }
    }

    /// Marks an item as written by a later release, or by this one again.
    pub fn written_by(&mut self, item: &Overdue, release: Release) {
        match release {
            Release::Later => self.newer.insert(item.clone()),
            Release::Ours => self.newer.remove(item),
        };
    }
}

fn with_deadline(reminder: Reminder, until: Timestamp) -> Reminder {
    let life = match reminder.life {
        Lifecycle::Live { state, recoveries, .. } => Lifecycle::Live { state, recoveries, deadline: until },
        ended @ Lifecycle::Ended { .. } => ended,
    };
    Reminder { life, ..reminder }
}

fn owed_at(message: IncomingText, until: Timestamp) -> IncomingText {
    let delivery = match message.delivery {
        AnswerDelivery::Owed { tries, .. } => AnswerDelivery::Owed { tries, deadline: until },
        over @ (AnswerDelivery::Replied | AnswerDelivery::Sent | AnswerDelivery::GivenUp) => over,
    };
    IncomingText { delivery, ..message }
}
