//! The store port over the table. Each request takes time to arrive, and its answer takes time to return or is lost.

use std::rc::Rc;

use jiff::Timestamp;
use reminder::ids::{MessageId, PersonId, ReminderKey};
use reminder::incoming_text::IncomingText;
use reminder::ports::{Overdue, Page, ReadError, Replacement, Scope, Store, TextTransaction, Versioned, WriteError};
use reminder::profile::Profile;
use reminder::record::Reminder;

use super::cloud::Cloud;
use super::invocation::Invocation;
use super::table::{Conditions, IndexUpdate, Table};
use super::travel::Trip;
use crate::faults::Fault;

type Written = Result<Vec<IndexUpdate>, WriteError>;

impl Invocation {
    async fn read<T: 'static>(&self, read: impl FnOnce(&Table) -> T + 'static) -> Result<T, ReadError> {
        let trip = self.cloud.read_trip();
        let answer = self.cloud.send(trip, move |cloud| read(&cloud.table.borrow())).await;
        answer.ok_or_else(|| ReadError::Transient("no answer".to_owned()))
    }

    async fn write(&self, write: impl FnOnce(&mut Table, Conditions) -> Written + 'static) -> Result<(), WriteError> {
        let trip = self.cloud.write_trip();
        let on_arrival = move |cloud: &Rc<Cloud>| cloud.written(write);
        let answer = self.cloud.send(trip, on_arrival).await;
        answer.unwrap_or_else(|| Err(WriteError::Unknown("no answer".to_owned())))
    }
}

impl Cloud {
    pub(super) fn read_trip(&self) -> Trip {
        if self.injects(Fault::StoreDown) || self.injects(Fault::StoreThrottled) {
            Trip::Lost { gives_up_ms: self.engine.between(20, 3000) }
        } else if self.injects(Fault::Slow) {
            Trip::Answered { arrives_ms: self.engine.between(500, 25_000), answer_ms: self.engine.between(1, 1000) }
        } else {
            self.quick_trip()
        }
    }

    pub(super) fn write_trip(&self) -> Trip {
        let engine = &self.engine;
        if self.injects(Fault::WriteAnswerLost) {
            Trip::Unanswered { arrives_ms: engine.between(1, 1000), gives_up_ms: engine.between(20, 3000) }
        } else if self.injects(Fault::WriteLandsLate) {
            Trip::Unanswered { arrives_ms: engine.between(1000, 60_000), gives_up_ms: engine.between(500, 3000) }
        } else {
            self.read_trip()
        }
    }

    /// Carries out a write that has arrived at the store.
    fn written(self: &Rc<Self>, write: impl FnOnce(&mut Table, Conditions) -> Written) -> Result<(), WriteError> {
        if self.injects(Fault::SpuriousConflict) {
            return Err(WriteError::Conflict);
        }
        let updates = write(&mut self.table.borrow_mut(), self.conditions.get());
        if let Err(error) = &updates {
            self.trace(|| format!("store: {error}"));
        }
        for update in updates? {
            self.trace(|| self.shown(&update.item));
            let behind = if self.injects(Fault::IndexBehind) { 120_000 } else { 100 };
            let cloud = Rc::clone(self);
            let delay_ms = self.engine.between(0, behind);
            self.engine.run_in(delay_ms, move || cloud.table.borrow_mut().index(update));
        }
        Ok(())
    }

    /// Describes an item as it is stored now, for the timeline.
    fn shown(&self, item: &Overdue) -> String {
        let table = self.table.borrow();
        let stored = match item {
            Overdue::Reminder(key) => table.reminder(key).ok().flatten().map(|reminder| {
                let (version, Reminder { number, generation, life, last_claim, .. }) = (reminder.version(), &*reminder);
                format!("store: #{number} v{version} g{generation} {life:?} last_claim={last_claim:?}")
            }),
            Overdue::IncomingText(id) => table.message(id, self.engine.now()).ok().flatten().map(|message| {
                format!("store: {id} v{} {:?} {:?}", message.version(), message.delivery, message.answer)
            }),
            Overdue::Unreadable { .. } => None,
        };
        stored.unwrap_or_else(|| format!("store: {item:?}"))
    }
}

impl Store for Invocation {
    async fn profile(&self, person: &PersonId) -> Result<Option<Versioned<Profile>>, ReadError> {
        let person = person.clone();
        self.read(move |table| table.profile(&person)).await
    }

    async fn reminder(&self, key: &ReminderKey) -> Result<Option<Versioned<Reminder>>, ReadError> {
        let key = key.clone();
        self.read(move |table| table.reminder(&key)).await?
    }

    async fn reminders(&self, person: &PersonId, scope: Scope) -> Result<Vec<Versioned<Reminder>>, ReadError> {
        let person = person.clone();
        self.read(move |table| table.reminders_of(&person, scope)).await
    }

    async fn message(&self, id: &MessageId, now: Timestamp) -> Result<Option<Versioned<IncomingText>>, ReadError> {
        let id = id.clone();
        self.read(move |table| table.message(&id, now)).await?
    }

    async fn commit_text(&self, transaction: &TextTransaction) -> Result<(), WriteError> {
        let transaction = transaction.clone();
        self.write(move |table, how| table.commit_text(&transaction, how)).await
    }

    async fn replace(&self, reminder: &Replacement<Reminder>) -> Result<(), WriteError> {
        let reminder = reminder.clone();
        self.write(move |table, how| table.replace(&reminder, how)).await
    }

    async fn replace_incoming_text(&self, message: &Replacement<IncomingText>) -> Result<(), WriteError> {
        let message = message.clone();
        self.write(move |table, _| table.replace_incoming_text(&message)).await
    }

    async fn replace_profile(&self, profile: &Replacement<Profile>) -> Result<(), WriteError> {
        let profile = profile.clone();
        self.write(move |table, _| table.replace_profile(&profile)).await
    }

    async fn overdue(&self, shard: u8, now: Timestamp, page: Option<&str>) -> Result<Page, ReadError> {
        let page = page.map(str::to_owned);
        self.read(move |table| table.overdue(shard, now, page.as_deref())).await
    }

    async fn set_aside(&self, overdue: &Overdue) -> Result<(), WriteError> {
        let overdue = overdue.clone();
        self.write(move |table, _| table.set_aside(&overdue)).await
    }

    async fn put_off(&self, overdue: &Overdue, now: Timestamp, until: Timestamp) -> Result<(), WriteError> {
        let overdue = overdue.clone();
        self.write(move |table, _| table.put_off(&overdue, now, until)).await
    }
}
