//! Items that the running release can't read. Items of a later release are put off, and the others are set aside.

use reminder::outgoing_text::TextLife;

use super::*;

impl Table {
    /// Removes an item from the index and from its person's reminders, unless a later release wrote it.
    pub(crate) fn set_aside(&mut self, item: &Overdue) -> Result<Vec<IndexUpdate>, WriteError> {
        if self.newer.contains(item) {
            return Err(WriteError::Conflict);
        }
        self.aside.insert(item.clone());
        Ok(vec![self.update(item.clone(), None)])
    }

    /// Moves the deadline of an overdue item. Fails if the item is not overdue, or if it was set aside.
    pub(crate) fn move_deadline(
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
                let reminders = self.reminders.get_mut(&key.person);
                if let Some(stored) = reminders.and_then(|reminders| reminders.get_mut(key)) {
                    *stored = stored.clone().map(|reminder| with_deadline(reminder, until));
                }
            }
            Overdue::OutgoingText(key) => {
                if let Some(stored) = self.outgoing.get_mut(key) {
                    *stored = stored.clone().map(|text| with_text_deadline(text, until));
                }
            }
            Overdue::UnknownKey { .. } => {}
        }
        Ok(vec![self.update(item.clone(), Some(until))])
    }

    /// Returns the stored deadline of an item. If the item's key can't be parsed, returns its deadline in the index.
    fn deadline(&self, item: &Overdue) -> Option<Timestamp> {
        match item {
            Overdue::Reminder(key) => self.peek(key)?.deadline(),
            Overdue::OutgoingText(key) => self.outgoing.get(key)?.deadline(),
            Overdue::UnknownKey { .. } => self.deadlines.of(item),
        }
    }

    /// Marks an item as written by a later release, or as written by the running release.
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

fn with_text_deadline(text: OutgoingText, until: Timestamp) -> OutgoingText {
    let life = match text.life {
        TextLife::Live { state, .. } => TextLife::Live { state, deadline: until },
        ended @ TextLife::Ended { .. } => ended,
    };
    OutgoingText { life, ..text }
}
