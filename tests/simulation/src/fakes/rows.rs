//! A plain table with the faults of the store: PutItem, GetItem, UpdateItem and Query, without conditions. The service
//! does not use it: it belongs to the example that the service is compared with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use reminder::ids::{PersonId, ReminderKey};
use reminder::ports::{ReadError, WriteError};

use super::invocation::Invocation;

/// A table whose rows have the keys of reminders.
#[derive(Debug)]
pub struct Rows<R>(RefCell<BTreeMap<ReminderKey, R>>);

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<R: Clone + 'static> Rows<R> {
    /// Writes a row, and replaces the row that has the same key.
    ///
    /// # Errors
    /// Fails if the store did not answer. The row may have been written.
    pub async fn put(self: &Rc<Self>, ports: &Invocation, key: ReminderKey, row: R) -> Result<(), WriteError> {
        let insert = move |rows: &mut BTreeMap<ReminderKey, R>| {
            rows.insert(key, row);
        };
        self.write(ports, insert).await
    }

    /// Changes a row, if it exists.
    ///
    /// # Errors
    /// Fails if the store did not answer. The row may have been changed.
    pub async fn update(
        self: &Rc<Self>,
        ports: &Invocation,
        key: &ReminderKey,
        change: impl FnMut(&mut R) + 'static,
    ) -> Result<(), WriteError> {
        let key = key.clone();
        self.write(ports, move |rows| rows.get_mut(&key).into_iter().for_each(change)).await
    }

    /// Reads a row. Returns `None` if there is no row with this key.
    ///
    /// # Errors
    /// Fails if the store did not answer.
    pub async fn get(self: &Rc<Self>, ports: &Invocation, key: &ReminderKey) -> Result<Option<R>, ReadError> {
        let key = key.clone();
        self.read(ports, move |rows| rows.get(&key).cloned()).await
    }

    /// Reads all rows of a person.
    ///
    /// # Errors
    /// Fails if the store did not answer.
    pub async fn of_person(
        self: &Rc<Self>,
        ports: &Invocation,
        person: &PersonId,
    ) -> Result<Vec<(ReminderKey, R)>, ReadError> {
        let person = person.clone();
        let is_theirs = move |(key, _): &(&ReminderKey, &R)| key.person == person;
        let read = |rows: &BTreeMap<ReminderKey, R>| {
            rows.iter().filter(is_theirs).map(|(key, row)| (key.clone(), row.clone())).collect()
        };
        self.read(ports, read).await
    }

    async fn read<T: 'static>(
        self: &Rc<Self>,
        ports: &Invocation,
        read: impl FnOnce(&BTreeMap<ReminderKey, R>) -> T + 'static,
    ) -> Result<T, ReadError> {
        let (table, trip) = (Rc::clone(self), ports.cloud.read_trip());
        let response = ports.cloud.send(trip, move |_| read(&table.0.borrow())).await;
        response.ok_or_else(|| ReadError::Transient("no response".to_owned()))
    }

    async fn write(
        self: &Rc<Self>,
        ports: &Invocation,
        write: impl FnOnce(&mut BTreeMap<ReminderKey, R>) + 'static,
    ) -> Result<(), WriteError> {
        let (table, trip) = (Rc::clone(self), ports.cloud.write_trip());
        let response = ports.cloud.send(trip, move |_| write(&mut table.0.borrow_mut())).await;
        response.ok_or_else(|| WriteError::Unknown("no response".to_owned()))
    }
}
