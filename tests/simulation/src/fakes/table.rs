//! The state of the store: items that are written under conditions, and a deadline index that is updated later.

mod releases;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use jiff::{SignedDuration, Timestamp};
use reminder::call_limits::UnconfirmedCalls;
use reminder::ids::{ClaimId, MessageId, OutgoingTextId, OutgoingTextKey, PersonId, ReminderKey};
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::OutgoingText;
use reminder::policy::ENDED_READ_MAX;
use reminder::ports::{
    Overdue, Page, ReadError, ReadReminders, Replacement, Scope, TextTransaction, Versioned, WriteError,
};
use reminder::profile::Profile;
use reminder::record::{End, Lifecycle, Reminder, State};
use reminder::turn::{PersonCalls, TurnDecision, TurnOutcome, TurnRequest};

use super::costs::Costs;
use super::counted::Counted;
use super::deadline_index::{DeadlineIndex, IndexUpdate};
use super::occurrences::{Occurrences, Passed};
use super::pauses::{Pauses, StoredPause};
use super::postponed_calls::PostponedCall;
use super::replanned::Replanned;
use super::tries::{GivenUp, Tries};

/// How long the record of an incoming text is kept.
const MESSAGE_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Maximum number of actions in a transaction: DynamoDB's limit.
const ACTIONS_MAX: usize = 100;

/// The stored items, their index, and counts of their writes.
#[derive(Debug, Default)]
pub struct Table {
    profiles: BTreeMap<PersonId, Versioned<Profile>>,
    reminders: BTreeMap<PersonId, BTreeMap<ReminderKey, Versioned<Reminder>>>,
    messages: BTreeMap<(PersonId, MessageId), Versioned<IncomingText>>,
    outgoing: BTreeMap<OutgoingTextKey, Versioned<OutgoingText>>,
    turns: BTreeMap<PersonId, PersonCalls>,
    unreadable: BTreeSet<ReminderKey>,
    /// People whose open question can't be read.
    unreadable_questions: BTreeSet<PersonId>,
    /// The items that a later release wrote.
    newer: BTreeSet<Overdue>,
    aside: BTreeSet<Overdue>,
    /// Whether an older release of the functions runs.
    is_rolled_back: bool,
    /// Number of reminders in a page of a query. A real page holds at most 1 MiB. Zero stands for a thousand.
    page_of_reminders: usize,
    deadlines: DeadlineIndex,
    costs: BTreeMap<ReminderKey, Costs>,
    text_writes: BTreeMap<OutgoingTextKey, u32>,
    postponed_calls: Vec<(ReminderKey, PostponedCall)>,
    counted: Vec<Counted>,
    replanned: Vec<Replanned>,
    pauses: Pauses,
    occurrences: Occurrences,
    tries: Tries,
    /// When each incoming text was stored, in milliseconds since 1970.
    stored_ms: BTreeMap<(PersonId, MessageId), i64>,
    /// When the write that is being carried out arrived, in milliseconds since 1970.
    now_ms: i64,
}

/// Whether the store checks the versions of reminders. A test turns the checks off to show that they are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conditions {
    /// The store checks every condition.
    #[default]
    Held,
    /// The store ignores the version of a reminder.
    VersionIgnored,
}

/// The release that wrote an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// The release that runs.
    Ours,
    /// A later release, which was rolled back.
    Later,
}

impl Table {
    /// Returns a person's profile. An open question that can't be read is left out, as the store's port demands.
    pub(crate) fn profile(&self, person: &PersonId) -> Option<Versioned<Profile>> {
        let profile = self.profiles.get(person)?.clone();
        let is_unreadable = self.unreadable_questions.contains(person);
        Some(if is_unreadable { profile.map(|profile| Profile { question: None, ..profile }) } else { profile })
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
        if self.newer.contains(item) { Err(ReadError::Newer("an item".to_owned())) } else { Ok(()) }
    }

    fn peek(&self, key: &ReminderKey) -> Option<&Versioned<Reminder>> {
        self.reminders.get(&key.person)?.get(key)
    }

    /// Returns a person's reminders, oldest first: ids are ULIDs, which sort in the order of their creation. The scope
    /// decides which ended reminders are included. Reminders that can't be read or were set aside are left out.
    pub(crate) fn reminders_of(&self, person: &PersonId, scope: Scope) -> ReadReminders {
        let theirs = self.reminders.get(person).into_iter().flat_map(BTreeMap::values);
        let is_listed = |reminder: &&Versioned<Reminder>| {
            let item = Overdue::Reminder(reminder.key.clone());
            !self.unreadable.contains(&reminder.key) && !self.newer.contains(&item) && !self.aside.contains(&item)
        };
        let (mut found, mut ended): (Vec<_>, Vec<_>) =
            theirs.filter(is_listed).cloned().partition(|reminder| reminder.state().is_some());
        match scope {
            Scope::Open => {}
            Scope::Kept => {
                ended.retain(|reminder| stopped_by(reminder).is_none());
                ended.sort_by_key(|reminder| Reverse(ended_at(reminder)));
                found.extend(ended.into_iter().take(usize::from(ENDED_READ_MAX)));
            }
            Scope::Stopped { epoch } => {
                found.extend(ended.into_iter().filter(|reminder| stopped_by(reminder) == Some(epoch)));
            }
        }
        found.sort_by(|a, b| a.key.cmp(&b.key));
        ReadReminders { readable: found, has_newer: self.has_newer(person) }
    }

    /// Returns whether a later release, which was rolled back, wrote a reminder of the person.
    fn has_newer(&self, person: &PersonId) -> bool {
        let is_theirs = |item: &Overdue| matches!(item, Overdue::Reminder(key) if key.person == *person);
        self.newer.iter().any(is_theirs)
    }

    /// Returns the number of pages that a query of a person's reminders reads.
    pub(crate) fn pages_of(&self, person: &PersonId) -> usize {
        let page = if self.page_of_reminders == 0 { 1000 } else { self.page_of_reminders };
        self.reminders.get(person).map_or(0, |theirs| theirs.len().div_ceil(page))
    }

    /// Sets the number of reminders in a page of a query.
    pub fn set_page_of_reminders(&mut self, reminders: usize) {
        self.page_of_reminders = reminders;
    }

    pub(crate) fn message(&self, key: &(PersonId, MessageId), now: Timestamp) -> Option<Versioned<IncomingText>> {
        let is_kept = |message: &&Versioned<IncomingText>| now.duration_since(message.received_at) < MESSAGE_KEPT;
        self.messages.get(key).filter(is_kept).cloned()
    }

    /// Returns every stored reminder.
    pub fn reminders(&self) -> impl Iterator<Item = &Reminder> {
        self.reminders.values().flat_map(BTreeMap::values).map(Deref::deref)
    }

    /// Returns every stored profile.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.values().map(Deref::deref)
    }

    /// Returns every stored incoming text.
    pub fn messages(&self) -> impl Iterator<Item = &IncomingText> {
        self.messages.values().map(Deref::deref)
    }

    /// Returns every stored outgoing text.
    pub fn outgoing_texts(&self) -> impl Iterator<Item = &OutgoingText> {
        self.outgoing.values().map(Deref::deref)
    }

    /// Returns an outgoing text. Fails if a later release wrote it.
    pub(crate) fn outgoing_text(&self, key: &OutgoingTextKey) -> Result<Option<Versioned<OutgoingText>>, ReadError> {
        self.check_age(&Overdue::OutgoingText(key.clone()))?;
        Ok(self.outgoing.get(key).cloned())
    }

    /// Takes a person's turn if the request may take it.
    pub(crate) fn take_turn(&mut self, request: &TurnRequest) -> TurnOutcome {
        let TurnDecision { outcome, write } = request.decide(self.turns.get(&request.person));
        if let Some(next) = write {
            if matches!(outcome, TurnOutcome::Taken(_) | TurnOutcome::TakenBefore(_)) {
                Counted::take(&mut self.counted, &request.person, &request.turn, self.now_ms);
            }
            self.turns.insert(request.person.clone(), next);
            let (person, reminder) = (request.person.clone(), request.turn.reminder.clone());
            self.costs_of(&ReminderKey { person, reminder }).turns += 1;
        }
        outcome
    }

    /// Returns what an unconfirmed number must know about its calls.
    pub(crate) fn unconfirmed_calls(&self, person: &PersonId) -> UnconfirmedCalls {
        self.turns.get(person).map(PersonCalls::unconfirmed).unwrap_or_default()
    }

    /// Gives back a person's turn if this claim has it.
    pub(crate) fn give_back_turn(&mut self, person: &PersonId, claim: &ClaimId, now: Timestamp) {
        let given_back = self.turns.get(person).and_then(|stored| stored.given_back(claim, now));
        let Some(given_back) = given_back else { return };
        let key = ReminderKey { person: person.clone(), reminder: given_back.turn.reminder.clone() };
        let is_over = given_back.held_by.is_empty();
        self.turns.insert(person.clone(), given_back);
        if is_over {
            Counted::give_back(&mut self.counted, person, self.now_ms);
        }
        self.costs_of(&key).turns_given_back += 1;
    }

    /// Returns the costs of this reminder so far.
    pub(crate) fn costs(&self, key: &ReminderKey) -> Costs {
        self.costs.get(key).copied().unwrap_or_default()
    }

    /// Returns each call that was postponed, with the id of its reminder. A call that was postponed twice comes twice.
    pub(crate) fn postponed_calls(&self) -> impl Iterator<Item = (String, PostponedCall)> {
        self.postponed_calls.iter().map(|(key, call)| (key.reminder.to_string(), *call))
    }

    /// Returns the calls that were counted with their turns.
    pub(crate) fn counted(&self) -> &[Counted] {
        &self.counted
    }

    /// Returns the occurrences that a text about a zone planned again.
    pub(crate) fn replanned(&self) -> &[Replanned] {
        &self.replanned
    }

    /// Returns the pauses of series so far.
    pub(crate) fn pauses(&self) -> &[StoredPause] {
        self.pauses.all()
    }

    /// Returns the writes so far by which a series went on after an occurrence, or ended.
    pub(crate) fn passed(&self) -> &[Passed] {
        self.occurrences.passed()
    }

    /// Returns the claims whose calls were never stored as accepted by the carrier, each with the id of its reminder.
    pub(crate) fn unaccepted_claims(&self) -> &BTreeMap<String, String> {
        self.occurrences.unknown()
    }

    /// Returns the tries of this outgoing text, if it was given up.
    pub(crate) fn given_up(&self, text: &OutgoingTextId) -> Option<&GivenUp> {
        self.tries.given_up(text)
    }

    /// Returns every stored incoming text, with the instant at which it was stored, in milliseconds since 1970.
    pub(crate) fn stored_messages(&self) -> impl Iterator<Item = (i64, &IncomingText)> {
        self.stored_ms.iter().filter_map(|(key, stored_ms)| Some((*stored_ms, &**self.messages.get(key)?)))
    }

    /// Sets the instant of the writes that follow, in milliseconds since 1970.
    pub(super) fn set_now(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }

    /// Returns the id of each outgoing text, and the number of its writes outside a transaction.
    pub(crate) fn text_writes(&self) -> impl Iterator<Item = (String, u32)> {
        self.text_writes.iter().map(|(key, writes)| (key.text.to_string(), *writes))
    }

    fn costs_of(&mut self, key: &ReminderKey) -> &mut Costs {
        self.costs.entry(key.clone()).or_default()
    }

    /// Returns the earliest deadline in the index.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.earliest()
    }

    pub(crate) fn commit_text(
        &mut self,
        transaction: &TextTransaction,
        conditions: Conditions,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        let TextTransaction { message, profile, reminders, answer } = transaction;
        let actions = 2 + reminders.len() + usize::from(answer.is_some());
        if actions > ACTIONS_MAX {
            return Err(WriteError::Unknown(format!("expected at most 100 actions in a transaction, found {actions}")));
        }
        let is_repeated = |(at, write): (usize, &Replacement<Reminder>)| {
            reminders[..at].iter().any(|earlier| earlier.key == write.key)
        };
        if reminders.iter().enumerate().any(is_repeated) {
            return Err(WriteError::Unknown("expected each item once in a transaction, found one twice".to_owned()));
        }
        let message_key = (message.person.clone(), message.id.clone());
        let holds = !self.messages.contains_key(&message_key)
            && self.profiles.get(&profile.person).map(Versioned::version) == profile.replaced()
            && reminders.iter().all(|reminder| self.allows(reminder, conditions))
            && answer.as_ref().is_none_or(|answer| self.allows_text(answer));
        if !holds {
            return Err(WriteError::Conflict);
        }
        self.profiles.insert(profile.person.clone(), profile.clone().written());
        self.messages.insert(message_key.clone(), message.clone().written());
        self.stored_ms.insert(message_key, self.now_ms);
        reminders.iter().for_each(|reminder| self.costs_of(&reminder.key).by_texts += 1);
        let replanned_by = |next: &Replacement<Reminder>| Replanned::by_write(self.peek(&next.key)?, next);
        let replanned: Vec<_> = reminders.iter().filter_map(replanned_by).collect();
        self.replanned.extend(replanned);
        let mut updates: Vec<_> = reminders.iter().map(|reminder| self.put(reminder)).collect();
        updates.extend(answer.as_ref().map(|answer| self.put_text(answer)));
        Ok(updates)
    }

    fn allows_text(&self, text: &Replacement<OutgoingText>) -> bool {
        self.outgoing.get(&text.key).map(Versioned::version) == text.replaced()
    }

    fn put_text(&mut self, text: &Replacement<OutgoingText>) -> IndexUpdate {
        self.tries.record(text, self.now_ms);
        self.outgoing.insert(text.key.clone(), text.clone().written());
        self.update(Overdue::OutgoingText(text.key.clone()), text.deadline())
    }

    pub(crate) fn replace_outgoing_text(
        &mut self,
        text: &Replacement<OutgoingText>,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        if !self.allows_text(text) {
            return Err(WriteError::Conflict);
        }
        *self.text_writes.entry(text.key.clone()).or_insert(0) += 1;
        Ok(vec![self.put_text(text)])
    }

    fn allows(&self, reminder: &Replacement<Reminder>, conditions: Conditions) -> bool {
        match (self.peek(&reminder.key), reminder.replaced()) {
            (stored, None) => stored.is_none(),
            (None, Some(_)) => false,
            (Some(stored), Some(replaced)) => conditions == Conditions::VersionIgnored || stored.version() == replaced,
        }
    }

    pub(crate) fn replace(
        &mut self,
        reminder: &Replacement<Reminder>,
        text: Option<&Replacement<OutgoingText>>,
        conditions: Conditions,
    ) -> Result<Vec<IndexUpdate>, WriteError> {
        if !self.allows(reminder, conditions) || text.is_some_and(|text| !self.allows_text(text)) {
            self.costs_of(&reminder.key).lost += u32::from(is_dial(reminder));
            return Err(WriteError::Conflict);
        }
        let postponed = self.peek(&reminder.key).and_then(|stored| PostponedCall::by_write(stored, reminder));
        self.postponed_calls.extend(postponed.map(|postponed| (reminder.key.clone(), postponed)));
        let costs = self.costs_of(&reminder.key);
        *(if text.is_some() { &mut costs.with_text } else { &mut costs.writes }) += 1;
        let mut updates = vec![self.put(reminder)];
        updates.extend(text.map(|text| self.put_text(text)));
        Ok(updates)
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
        let stored = self.reminders.get(&key.person).and_then(|theirs| theirs.get(&key)).map(Deref::deref);
        self.pauses.record(stored, reminder, self.now_ms);
        if let Some(stored) = stored {
            self.occurrences.record(stored, reminder, self.now_ms);
        }
        self.reminders.entry(key.person.clone()).or_default().insert(key.clone(), reminder.clone().written());
        self.update(Overdue::Reminder(key), reminder.deadline())
    }

    fn update(&mut self, item: Overdue, deadline: Option<Timestamp>) -> IndexUpdate {
        self.deadlines.update(item, deadline)
    }

    /// Applies an update to the index, unless a newer update of the same item was applied before.
    pub(crate) fn index(&mut self, update: IndexUpdate) {
        self.deadlines.apply(update);
    }

    /// Returns a page of the overdue items.
    pub(crate) fn overdue(&self, shard: u8, now: Timestamp, cursor: Option<&str>) -> Page {
        self.deadlines.page(shard, now, cursor)
    }

    /// Whether a person's profile has an open question.
    pub(crate) fn has_question(&self, person: &PersonId) -> bool {
        self.profiles.get(person).is_some_and(|profile| profile.question.is_some())
    }

    /// Makes a person's open question unreadable. Their later questions can't be read either.
    pub fn spoil_question(&mut self, person: &PersonId) {
        self.unreadable_questions.insert(person.clone());
    }

    /// From now on the table answers an older release of the functions, which can't read the reminders in `newer`.
    pub(crate) fn roll_back(&mut self, newer: BTreeSet<ReminderKey>) {
        self.newer.extend(newer.into_iter().map(Overdue::Reminder));
        self.is_rolled_back = true;
    }

    /// From now on the table answers the later release of the functions again.
    pub(crate) fn roll_forward(&mut self) {
        self.newer.clear();
        self.is_rolled_back = false;
    }

    /// Whether an older release of the functions runs.
    pub(crate) fn is_rolled_back(&self) -> bool {
        self.is_rolled_back
    }

    /// Whether a reminder was made unreadable.
    pub(crate) fn is_unreadable(&self, key: &ReminderKey) -> bool {
        self.unreadable.contains(key)
    }

    /// Makes a reminder unreadable.
    pub fn spoil(&mut self, key: &ReminderKey) {
        self.unreadable.insert(key.clone());
    }

    /// Puts an item into the index. The service can't parse the item's key.
    pub fn plant(&mut self, partition: &str, sort: &str, deadline: Timestamp) {
        let item = Overdue::UnknownKey { partition: partition.to_owned(), sort: sort.to_owned() };
        let update = self.update(item, Some(deadline));
        self.index(update);
    }
}

/// Whether a reminder is claimed or waits for a slot. Usually an invocation that was about to call writes such a state.
/// Other writes may keep it, for instance the sweeper's when it sends the wake-up again.
fn is_dial(reminder: &Reminder) -> bool {
    matches!(reminder.state(), Some(State::Dialing { .. } | State::Waiting { slot: Some(_), .. }))
}

/// Returns the epoch of the opt-out that ended the reminder.
fn stopped_by(reminder: &Reminder) -> Option<u32> {
    match reminder.life {
        Lifecycle::Ended { end: End::OptedOut { epoch }, .. } => Some(epoch),
        Lifecycle::Ended { .. } | Lifecycle::Live { .. } => None,
    }
}

fn ended_at(reminder: &Reminder) -> Option<Timestamp> {
    match reminder.life {
        Lifecycle::Live { .. } => None,
        Lifecycle::Ended { at, .. } => Some(at),
    }
}
