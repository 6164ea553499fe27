//! The state of the store: items that are written under conditions, and a deadline index that is updated later.

mod releases;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, Deref};

use jiff::{SignedDuration, Timestamp};
use reminder::ids::{MessageId, PersonId, ReminderKey};
use reminder::incoming_text::{AnswerDelivery, IncomingText};
use reminder::ports::{
    ENDED_READ_MAX, Overdue, Page, ReadError, Replacement, SHARDS, Scope, TextTransaction, Versioned, WriteError,
};
use reminder::profile::Profile;
use reminder::record::{Lifecycle, Reminder};

pub use releases::Release;

/// How long the record of a text is kept.
const MESSAGE_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Most items in a page of the index. It is small, so that there are several pages.
const PAGE: usize = 5;

/// Most actions in a transaction: DynamoDB's limit.
const ACTIONS_MAX: usize = 100;

/// Sorts behind every item's name.
const LAST: &str = "\u{10ffff}";

/// An update that has not reached the index yet: the deadline to store there for an item.
#[derive(Debug, Clone)]
pub(crate) struct IndexUpdate {
    pub(crate) item: Overdue,
    pub(crate) deadline: Option<Timestamp>,
    order: u64,
}

/// An item's deadline in the index, and the number of the update that set it.
#[derive(Debug, Clone, Copy)]
struct Indexed {
    deadline: Option<Timestamp>,
    order: u64,
}

/// The stored items, their index, and counts of their writes.
#[derive(Debug, Default)]
pub struct Table {
    profiles: BTreeMap<PersonId, Versioned<Profile>>,
    reminders: BTreeMap<PersonId, BTreeMap<ReminderKey, Versioned<Reminder>>>,
    messages: BTreeMap<MessageId, Versioned<IncomingText>>,
    unreadable: BTreeSet<ReminderKey>,
    newer: BTreeSet<Overdue>,
    aside: BTreeSet<Overdue>,
    index: BTreeMap<(u8, Timestamp, String), Overdue>,
    places: BTreeMap<Overdue, Indexed>,
    updates: u64,
    writes: BTreeMap<ReminderKey, u32>,
}

/// Whether the store checks the versions of reminders. A test turns it off to show that the checks are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conditions {
    /// The store checks every condition.
    #[default]
    Held,
    /// The store ignores the version of a reminder.
    VersionUnseen,
}

impl Table {
    pub(crate) fn profile(&self, person: &PersonId) -> Option<Versioned<Profile>> {
        self.profiles.get(person).cloned()
    }

    /// Returns a reminder. Fails if its item can't be parsed, or if a later release wrote it.
    pub(crate) fn reminder(&self, key: &ReminderKey) -> Result<Option<Versioned<Reminder>>, ReadError> {
        if self.unreadable.contains(key) {
            return Err(ReadError::Unreadable("a reminder without a state".to_owned()));
        }
        self.check_age(&Overdue::Reminder(key.clone()))?;
        Ok(self.peek(key).cloned())
    }

    fn check_age(&self, item: &Overdue) -> Result<(), ReadError> {
        if self.newer.contains(item) { Err(ReadError::Newer(name(item))) } else { Ok(()) }
    }

    fn peek(&self, key: &ReminderKey) -> Option<&Versioned<Reminder>> {
        self.reminders.get(&key.person)?.get(key)
    }

    /// A person's reminders, oldest first: ids are ULIDs, which sort in the order of their creation. Of the ended ones only
    /// those that ended last. Those that can't be read are left out.
    pub(crate) fn reminders_of(&self, person: &PersonId, scope: Scope) -> Vec<Versioned<Reminder>> {
        let theirs = self.reminders.get(person).into_iter().flat_map(BTreeMap::values);
        let is_listed = |reminder: &&Versioned<Reminder>| {
            let item = Overdue::Reminder(reminder.key.clone());
            !self.unreadable.contains(&reminder.key) && !self.newer.contains(&item) && !self.aside.contains(&item)
        };
        let (mut found, mut ended): (Vec<_>, Vec<_>) =
            theirs.filter(is_listed).cloned().partition(|reminder| reminder.state().is_some());
        if scope == Scope::Kept {
            ended.sort_by_key(|reminder| Reverse(ended_at(reminder)));
            found.extend(ended.into_iter().take(usize::from(ENDED_READ_MAX)));
            found.sort_by(|one, other| one.key.cmp(&other.key));
        }
        found
    }

    /// Returns a text. Fails if a later release wrote it.
    pub(crate) fn message(&self, id: &MessageId, now: Timestamp) -> Result<Option<Versioned<IncomingText>>, ReadError> {
        self.check_age(&Overdue::IncomingText(id.clone()))?;
        let kept = |message: &&Versioned<IncomingText>| now.duration_since(message.received_at) < MESSAGE_KEPT;
        Ok(self.messages.get(id).filter(kept).cloned())
    }

    /// Every stored reminder.
    pub fn reminders(&self) -> impl Iterator<Item = &Reminder> {
        self.reminders.values().flat_map(BTreeMap::values).map(Deref::deref)
    }

    /// Every stored profile.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.values().map(Deref::deref)
    }

    /// Every stored text.
    pub fn messages(&self) -> impl Iterator<Item = &IncomingText> {
        self.messages.values().map(Deref::deref)
    }

    /// How often this reminder was written.
    pub fn writes(&self, key: &ReminderKey) -> u32 {
        self.writes.get(key).copied().unwrap_or(0)
    }

    /// The earliest deadline in the index.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.index.keys().map(|(_, deadline, _)| *deadline).min()
    }

    pub(crate) fn commit_text(
        &mut self,
        transaction: &TextTransaction,
        how: Conditions,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        let TextTransaction { message, profile, reminders } = transaction;
        let actions = 2 + reminders.len();
        if actions > ACTIONS_MAX {
            return Err(WriteError::Unknown(format!("expected at most 100 actions in a transaction, found {actions}")));
        }
        let twice = |(at, write): (usize, &Replacement<Reminder>)| {
            reminders[..at].iter().any(|earlier| earlier.key == write.key)
        };
        if reminders.iter().enumerate().any(twice) {
            return Err(WriteError::Unknown("expected each item once in a transaction, found one twice".to_owned()));
        }
        let holds = !self.messages.contains_key(&message.id)
            && self.profiles.get(&profile.person).map(Versioned::version) == profile.replaced()
            && reminders.iter().all(|reminder| self.allows(reminder, how));
        if !holds {
            return Err(WriteError::Conflict);
        }
        self.profiles.insert(profile.person.clone(), profile.clone().written());
        let mut updates = vec![self.put_message(message)];
        for reminder in reminders {
            updates.push(self.put(reminder));
        }
        Ok(updates)
    }

    fn allows(&self, reminder: &Replacement<Reminder>, how: Conditions) -> bool {
        match (self.peek(&reminder.key), reminder.replaced()) {
            (stored, None) => stored.is_none(),
            (None, Some(_)) => false,
            (Some(stored), Some(replaced)) => how == Conditions::VersionUnseen || stored.version() == replaced,
        }
    }

    pub(crate) fn replace(
        &mut self,
        reminder: &Replacement<Reminder>,
        how: Conditions,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        if self.allows(reminder, how) { Ok(vec![self.put(reminder)]) } else { Err(WriteError::Conflict) }
    }

    pub(crate) fn replace_incoming_text(
        &mut self,
        message: &Replacement<IncomingText>,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        if self.messages.get(&message.id).map(Versioned::version) == message.replaced() {
            Ok(vec![self.put_message(message)])
        } else {
            Err(WriteError::Conflict)
        }
    }

    pub(crate) fn replace_profile(&mut self, profile: &Replacement<Profile>) -> Result<Vec<IndexUpdate>, WriteError> {
        if self.profiles.get(&profile.person).map(Versioned::version) != profile.replaced() {
            return Err(WriteError::Conflict);
        }
        self.profiles.insert(profile.person.clone(), profile.clone().written());
        Ok(vec![])
    }

    fn put(&mut self, reminder: &Replacement<Reminder>) -> IndexUpdate {
        let key = reminder.key.clone();
        self.aside.remove(&Overdue::Reminder(key.clone()));
        *self.writes.entry(key.clone()).or_insert(0) += 1;
        self.reminders.entry(key.person.clone()).or_default().insert(key.clone(), reminder.clone().written());
        self.update(Overdue::Reminder(key), reminder.deadline())
    }

    fn put_message(&mut self, message: &Replacement<IncomingText>) -> IndexUpdate {
        self.messages.insert(message.id.clone(), message.clone().written());
        let deadline = owed_until(message);
        self.update(Overdue::IncomingText(message.id.clone()), deadline)
    }

    fn update(&mut self, item: Overdue, deadline: Option<Timestamp>) -> IndexUpdate {
        self.updates += 1;
        IndexUpdate { item, deadline, order: self.updates }
    }

    /// Applies an update to the index, unless a newer update of the same item was applied before.
    pub(crate) fn index(&mut self, update: IndexUpdate) {
        let IndexUpdate { item, deadline, order } = update;
        let shard = shard(&item);
        if let Some(place) = self.places.get(&item) {
            if place.order > order {
                return;
            }
            if let Some(old) = place.deadline {
                self.index.remove(&(shard, old, name(&item)));
            }
        }
        self.places.insert(item.clone(), Indexed { deadline, order });
        if let Some(deadline) = deadline {
            self.index.insert((shard, deadline, name(&item)), item);
        }
    }

    /// A page of the overdue items. It begins after the last item of the page before, even if items have moved since.
    pub(crate) fn overdue(&self, shard: u8, now: Timestamp, page: Option<&str>) -> Page {
        let begin = page.and_then(|page| page.split_once(' ')).and_then(|(at, name)| Some((at.parse().ok()?, name)));
        let (from, after) = begin.unwrap_or((Timestamp::MIN, ""));
        let range = (Bound::Excluded((shard, from, after.to_owned())), Bound::Included((shard, now, LAST.to_owned())));
        let mut found = self.index.range(range).take(PAGE + 1);
        let page: Vec<_> = found.by_ref().take(PAGE).collect();
        let next = page.last().filter(|_| found.next().is_some()).map(|((_, at, name), _)| format!("{at} {name}"));
        Page { overdue: page.into_iter().map(|(_, item)| item.clone()).collect(), next }
    }

    /// Makes a reminder unreadable.
    pub fn spoil(&mut self, key: &ReminderKey) {
        self.unreadable.insert(key.clone());
    }

    /// Puts an item with a foreign key into the index.
    pub fn plant(&mut self, partition: &str, sort: &str, deadline: Timestamp) {
        let item = Overdue::Unreadable { partition: partition.to_owned(), sort: sort.to_owned() };
        let update = self.update(item, Some(deadline));
        self.index(update);
    }
}

fn ended_at(reminder: &Reminder) -> Option<Timestamp> {
    match reminder.life {
        Lifecycle::Live { .. } => None,
        Lifecycle::Ended { at, .. } => Some(at),
    }
}

fn owed_until(message: &IncomingText) -> Option<Timestamp> {
    match message.delivery {
        AnswerDelivery::Owed { deadline, .. } => Some(deadline),
        AnswerDelivery::Replied | AnswerDelivery::Sent | AnswerDelivery::GivenUp => None,
    }
}

/// The shard of an item: the FNV-1a hash of its name.
pub fn shard(item: &Overdue) -> u8 {
    let hash = name(item)
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    u8::try_from(hash % u64::from(SHARDS)).unwrap_or(0)
}

fn name(item: &Overdue) -> String {
    match item {
        Overdue::Reminder(key) => format!("{} {}", key.person, key.reminder),
        Overdue::IncomingText(id) => id.as_str().to_owned(),
        Overdue::Unreadable { partition, sort } => format!("{partition} {sort}"),
    }
}
