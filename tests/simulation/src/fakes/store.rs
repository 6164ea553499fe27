//! The store port over the table. A request and its response each take time to arrive, and each may be lost.

use std::cell::RefCell;
use std::rc::Rc;

use jiff::Timestamp;
use reminder::call_limits::UnconfirmedCalls;
use reminder::ids::{ClaimId, MessageId, OutgoingTextKey, PersonId, ReminderKey};
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::OutgoingText;
use reminder::ports::{
    Overdue, Page, ReadError, ReadReminders, Replacement, Scope, Store, TextTransaction, Versioned, WriteError,
};
use reminder::profile::Profile;
use reminder::record::Reminder;
use reminder::turn::{TurnOutcome, TurnRequest};

use super::cloud::Cloud;
use super::deadline_index::IndexUpdate;
use super::invocation::Invocation;
use super::table::{Conditions, Table};
use super::travel::Trip;
use crate::faults::Fault;
use crate::history::Observation;

type Written = Result<Vec<IndexUpdate>, WriteError>;

impl Invocation {
    async fn read<T: 'static>(&self, read: impl FnOnce(&Table) -> T + 'static) -> Result<T, ReadError> {
        let trip = self.cloud.read_trip();
        let response = self.cloud.send(trip, move |cloud| read(&cloud.table.borrow())).await;
        response.ok_or_else(|| ReadError::Transient("no response".to_owned()))
    }

    async fn write(&self, write: impl FnOnce(&mut Table, Conditions) -> Written + 'static) -> Result<(), WriteError> {
        let trip = self.cloud.write_trip();
        let on_arrival = move |cloud: &Rc<Cloud>| cloud.written(write);
        let response = self.cloud.send(trip, on_arrival).await;
        response.unwrap_or_else(|| Err(WriteError::Unknown("no response".to_owned())))
    }
}

impl Cloud {
    pub(super) fn read_trip(&self) -> Trip {
        if self.injects(Fault::StoreDown) || self.injects(Fault::StoreThrottled) {
            Trip::Lost { gives_up_ms: self.engine.between(20, 3000) }
        } else if self.injects(Fault::Slow) {
            Trip::Responded { arrives_ms: self.engine.between(500, 25_000), response_ms: self.engine.between(1, 1000) }
        } else {
            self.quick_trip()
        }
    }

    pub(super) fn write_trip(&self) -> Trip {
        let engine = &self.engine;
        if self.injects(Fault::WriteAnswerLost) {
            Trip::NoResponse { arrives_ms: engine.between(1, 1000), gives_up_ms: engine.between(20, 3000) }
        } else if self.injects(Fault::WriteLandsLate) {
            Trip::NoResponse { arrives_ms: engine.between(1000, 60_000), gives_up_ms: engine.between(500, 3000) }
        } else {
            self.read_trip()
        }
    }

    /// Carries out a write that has arrived at the store.
    fn written(self: &Rc<Self>, write: impl FnOnce(&mut Table, Conditions) -> Written) -> Result<(), WriteError> {
        if self.injects(Fault::SpuriousConflict) {
            return Err(WriteError::Conflict);
        }
        let mut table = self.table.borrow_mut();
        table.set_now(self.engine.now_ms());
        let updates = write(&mut table, self.conditions.get());
        drop(table);
        if let Err(error) = &updates {
            self.trace(|| format!("store: {error}"));
        }
        for update in updates? {
            self.spoil(&update.item);
            self.trace(|| self.shown(&update.item));
            let behind = if self.injects(Fault::IndexBehind) { 120_000 } else { 100 };
            let cloud = Rc::clone(self);
            let delay_ms = self.engine.between(0, behind);
            self.engine.run_in(delay_ms, move || cloud.table.borrow_mut().index(update));
        }
        Ok(())
    }

    /// Makes a reminder unreadable after it was written, if this fault is injected. The fault is not injected again
    /// when a write takes an unreadable reminder out of the index.
    fn spoil(&self, item: &Overdue) {
        match item {
            Overdue::Reminder(key)
                if !self.table.borrow().is_unreadable(key) && self.injects(Fault::ReminderSpoiled) =>
            {
                self.table.borrow_mut().spoil(key);
                self.record(Observation::ItemSpoiled { reminder: Some(key.reminder.to_string()) });
            }
            Overdue::OutgoingText(_) | Overdue::Reminder(_) | Overdue::UnknownKey { .. } => {}
        }
    }

    /// Makes a person's open question unreadable after a text of the person was stored, if this fault is injected.
    fn spoil_question(&self, person: &PersonId) {
        if self.table.borrow().has_question(person) && self.injects(Fault::QuestionSpoiled) {
            self.table.borrow_mut().spoil_question(person);
            self.record(Observation::ItemSpoiled { reminder: None });
        }
    }

    /// Describes an item as it is stored now, for the timeline.
    fn shown(&self, item: &Overdue) -> String {
        let table = self.table.borrow();
        let stored = match item {
            Overdue::Reminder(key) => table.reminder(key).ok().flatten().map(|reminder| {
                let (version, Reminder { number, generation, life, last_claim, .. }) = (reminder.version(), &*reminder);
                format!("store: #{number} v{version} g{generation} {life:?} last_claim={last_claim:?}")
            }),
            Overdue::OutgoingText(key) => table.outgoing_text(key).ok().flatten().map(|text| {
                format!("store: text {} v{} {:?} {:?} {:?}", key.text, text.version(), text.kind, text.life, text.words)
            }),
            Overdue::UnknownKey { .. } => None,
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

    async fn reminders(&self, person: &PersonId, scope: Scope) -> Result<ReadReminders, ReadError> {
        let person = person.clone();
        if self.cloud.table.borrow().pages_of(&person) > 1 {
            self.cloud.faults.record(Fault::SmallPages, self.cloud.engine.now_ms());
        }
        self.read(move |table| table.reminders_of(&person, scope)).await
    }

    async fn message(
        &self,
        person: &PersonId,
        id: &MessageId,
        now: Timestamp,
    ) -> Result<Option<Versioned<IncomingText>>, ReadError> {
        let key = (person.clone(), id.clone());
        self.read(move |table| table.message(&key, now)).await
    }

    async fn commit_text(&self, transaction: &TextTransaction) -> Result<(), WriteError> {
        let transaction = transaction.clone();
        let person = transaction.profile.person.clone();
        self.write(move |table, how| table.commit_text(&transaction, how)).await?;
        self.cloud.spoil_question(&person);
        Ok(())
    }

    async fn outgoing_text(&self, key: &OutgoingTextKey) -> Result<Option<Versioned<OutgoingText>>, ReadError> {
        let key = key.clone();
        self.read(move |table| table.outgoing_text(&key)).await?
    }

    async fn replace(
        &self,
        reminder: &Replacement<Reminder>,
        text: Option<&Replacement<OutgoingText>>,
    ) -> Result<(), WriteError> {
        let (reminder, text) = (reminder.clone(), text.cloned());
        self.write(move |table, how| table.replace(&reminder, text.as_ref(), how)).await
    }

    async fn replace_outgoing_text(&self, text: &Replacement<OutgoingText>) -> Result<(), WriteError> {
        let text = text.clone();
        self.write(move |table, _| table.replace_outgoing_text(&text)).await
    }

    async fn give_back_turn(&self, person: &PersonId, claim: &ClaimId, now: Timestamp) -> Result<(), WriteError> {
        let (person, claim) = (person.clone(), claim.clone());
        self.write(move |table, _| {
            table.give_back_turn(&person, &claim, now);
            Ok(vec![])
        })
        .await
    }

    async fn take_turn(&self, request: &TurnRequest) -> Result<TurnOutcome, WriteError> {
        let request = request.clone();
        let taken = Rc::new(RefCell::new(None));
        let outcome = Rc::clone(&taken);
        self.write(move |table, _| {
            *outcome.borrow_mut() = Some(table.take_turn(&request));
            Ok(vec![])
        })
        .await?;
        taken.take().ok_or_else(|| WriteError::Unknown("no response".to_owned()))
    }

    async fn unconfirmed_calls(&self, person: &PersonId) -> Result<UnconfirmedCalls, ReadError> {
        let person = person.clone();
        self.read(move |table| table.unconfirmed_calls(&person)).await
    }

    async fn replace_profile(&self, profile: &Replacement<Profile>) -> Result<(), WriteError> {
        let profile = profile.clone();
        self.write(move |table, _| table.replace_profile(&profile)).await
    }

    async fn overdue(&self, shard: u8, now: Timestamp, cursor: Option<&str>) -> Result<Page, ReadError> {
        let cursor = cursor.map(str::to_owned);
        self.read(move |table| table.overdue(shard, now, cursor.as_deref())).await
    }

    async fn set_aside(&self, overdue: &Overdue) -> Result<(), WriteError> {
        let overdue = overdue.clone();
        self.write(move |table, _| table.set_aside(&overdue)).await
    }

    async fn move_deadline(&self, overdue: &Overdue, now: Timestamp, until: Timestamp) -> Result<(), WriteError> {
        let overdue = overdue.clone();
        self.write(move |table, _| table.move_deadline(&overdue, now, until)).await
    }
}
