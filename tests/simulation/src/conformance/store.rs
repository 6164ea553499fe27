//! Suite of the store's port: conditional writes are read back completely, and live items are in the deadline index.

mod releases;
mod turns;
mod unreadable;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;
use reminder::ids::{OutgoingTextKey, PersonId, ReminderKey};
use reminder::incoming_text::IncomingText;
use reminder::outgoing_text::{OutgoingText, TextEnd, TextLife};
use reminder::policy::OPEN_MAX;
use reminder::ports::{
    Clock, Ids, Overdue, Ports, ReadError, Replacement, SHARDS, Scope, Store, TextTransaction, Versioned, WriteError,
};
use reminder::profile::Profile;
use reminder::record::{End, Lifecycle, Reminder};

use super::rules::{NotHeld, Pause, eventually, expect, succeed};
use super::samples::{Samples, rewritten};

/// Writes to the store in a way that the service never does.
pub trait Planted {
    /// Puts an item into the deadline index. The service can't parse the item's key.
    fn plant(&self, partition: &str, sort: &str, deadline: Timestamp) -> impl Future<Output = Result<(), NotHeld>>;

    /// Marks an existing item as written by a later release.
    fn write_newer(&self, item: &Overdue) -> impl Future<Output = Result<(), NotHeld>>;

    /// Marks such an item as written by this release.
    fn write_ours(&self, item: &Overdue) -> impl Future<Output = Result<(), NotHeld>>;

    /// Makes the open question of a person's profile unreadable.
    fn spoil_question(&self, person: &PersonId) -> impl Future<Output = Result<(), NotHeld>>;

    /// Moves the record of a text to the key under which earlier releases stored it.
    fn move_to_old_key(&self, text: &IncomingText) -> impl Future<Output = Result<(), NotHeld>>;
}

/// Checks every rule of [`Store`].
///
/// # Errors
/// Fails with the first broken rule.
pub async fn store<P: Ports>(ports: &P, outsider: &impl Planted, pause: &impl Pause) -> Result<(), NotHeld> {
    let suite = || Suite::new(ports, pause);
    suite()?.unknown_items_are_not_found().await?;
    suite()?.a_text_is_written_with_its_profile_and_reminders().await?;
    suite()?.each_lifecycle_is_read_back_as_it_was_written().await?;
    suite()?.a_repeated_text_changes_nothing().await?;
    suite()?.no_part_of_a_text_is_written_if_one_condition_fails().await?;
    suite()?.a_text_that_changes_every_open_reminder_fits_into_one_transaction().await?;
    suite()?.a_write_names_the_version_it_read().await?;
    suite()?.of_twenty_concurrent_texts_with_one_id_one_is_stored().await?;
    suite()?.texts_of_two_people_with_one_id_are_two_texts(suite()?).await?;
    suite()?.a_text_that_an_earlier_release_stored_is_known(suite()?, outsider).await?;
    suite()?.of_twenty_concurrent_writes_of_a_reminder_one_succeeds().await?;
    suite()?.kept_and_open_reminders_are_read_oldest_first().await?;
    suite()?.a_text_is_known_for_thirty_days().await?;
    suite()?.the_index_follows_a_reminder().await?;
    suite()?.an_answer_is_stored_with_its_text().await?;
    suite()?.an_outgoing_text_is_written_with_its_reminder_or_not_at_all().await?;
    suite()?.an_outgoing_text_is_read_back_in_each_state().await?;
    suite()?.one_call_has_the_turn().await?;
    suite()?.the_calls_within_an_hour_and_a_day_are_counted_and_limited().await?;
    suite()?.an_unconfirmed_number_gets_three_calls_in_all_and_a_code().await?;
    suite()?.only_the_claim_that_has_the_turn_gives_it_back().await?;
    suite()?.a_turn_that_was_given_back_is_not_taken_by_another_reminder_within_a_minute_of_the_last_call().await?;
    suite()?.the_pages_contain_each_overdue_reminder_once().await?;
    suite()?.of_many_ended_reminders_those_that_ended_last_are_read().await?;
    suite()?.all_reminders_that_one_opt_out_ended_are_read().await?;
    suite()?.an_item_that_was_set_aside_is_not_found_again(outsider).await?;
    suite()?.a_profile_is_read_without_a_question_that_cannot_be_read(outsider).await?;
    suite()?.a_reminder_of_a_later_release_is_put_off_and_kept(outsider).await?;
    suite()?.a_text_of_a_later_release_is_put_off_and_kept(outsider).await?;
    suite()?.an_item_of_a_later_release_is_never_set_aside(outsider).await
}

struct Suite<'a, P: Ports, W> {
    store: &'a P::Store,
    ids: &'a P::Ids,
    pause: &'a W,
    samples: Samples<'a, P::Ids>,
}

impl<'a, P: Ports, W: Pause> Suite<'a, P, W> {
    fn new(ports: &'a P, pause: &'a W) -> Result<Self, NotHeld> {
        let samples = Samples::new(ports.ids(), ports.clock().now())?;
        Ok(Self { store: ports.store(), ids: ports.ids(), pause, samples })
    }

    async fn unknown_items_are_not_found(self) -> Result<(), NotHeld> {
        let key = ReminderKey { person: self.samples.person.clone(), reminder: self.ids.reminder() };
        expect("an unknown person has no profile", &self.profile().await?, &None)?;
        expect("an unknown reminder is not found", &self.reminder(&key).await?, &None)?;
        expect("an unknown person has no reminders", &self.open().await?, &vec![])?;
        let text = self.samples.message()?;
        expect("an unknown text is not found", &self.message(&text).await?, &None)
    }

    async fn a_text_is_written_with_its_profile_and_reminders(self) -> Result<(), NotHeld> {
        let waiting = self.samples.waiting(self.samples.at(3600));
        let text = self.store_first_text(std::slice::from_ref(&waiting)).await?;
        expect("a text is read back", &self.message(&text.message).await?, &Some(text.message.written()))?;
        expect("a profile is read back", &self.profile().await?, &Some(text.profile.written()))?;
        expect("a reminder is read back", &self.reminder(&waiting.key).await?, &Some(first(&waiting)))
    }

    async fn each_lifecycle_is_read_back_as_it_was_written(self) -> Result<(), NotHeld> {
        let in_each_state = self.samples.in_each_state();
        self.store_first_text(&in_each_state).await?;
        for written in in_each_state {
            expect("each lifecycle is read back", &self.reminder(&written.key).await?, &Some(first(&written)))?;
        }
        Ok(())
    }

    async fn a_repeated_text_changes_nothing(self) -> Result<(), NotHeld> {
        let text = self.store_first_text(&[self.samples.waiting(self.samples.at(3600))]).await?;
        let profile = text.profile.written();
        let other = self.samples.waiting(self.samples.at(3600));
        let repeat = TextTransaction {
            message: text.message.clone(),
            profile: next(&profile),
            reminders: vec![Replacement::creation(other.clone())],
            answer: None,
        };
        expect("a text is stored once", &self.store.commit_text(&repeat).await, &Err(WriteError::Conflict))?;
        expect("a repeat creates no reminder", &self.reminder(&other.key).await?, &None)?;
        expect("a repeat does not change the profile", &self.profile().await?, &Some(profile))
    }

    async fn no_part_of_a_text_is_written_if_one_condition_fails(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        let profile = self.store_first_text(std::slice::from_ref(&kept)).await?.profile.written();
        let kept = first(&kept);
        let next_profile = next(&profile);
        let stale = Reminder { task: "stale".to_owned(), ..Reminder::clone(&kept) };
        let ahead = rewritten(&kept, self.ids).written().replaced_by(stale.clone());
        let missing = rewritten(&first(&self.samples.waiting(self.samples.at(3600))), self.ids);
        let refused_writes = [
            (
                Replacement::creation(Profile::clone(&profile)),
                rewritten(&kept, self.ids),
                "an existing profile is not created",
            ),
            (next(&next_profile.clone().written()), rewritten(&kept, self.ids), "a profile version is never skipped"),
            (next_profile.clone(), ahead, "a reminder version is never skipped"),
            (next_profile.clone(), Replacement::creation(stale), "an existing reminder is not created"),
            (next_profile, missing, "a missing reminder is not replaced"),
        ];
        for (next_profile, write, condition) in refused_writes {
            let message = Replacement::creation(self.samples.message()?);
            let created = self.samples.waiting(self.samples.at(3600));
            let reminders = vec![Replacement::creation(created.clone()), write];
            let text = TextTransaction { message, profile: next_profile, reminders, answer: None };
            expect(condition, &self.store.commit_text(&text).await, &Err(WriteError::Conflict))?;
            expect("the text is not stored", &self.message(&text.message).await?, &None)?;
            expect("no reminder is created", &self.reminder(&created.key).await?, &None)?;
            expect("the profile does not change", &self.profile().await?, &Some(profile.clone()))?;
        }
        expect("the reminder does not change", &self.reminder(&kept.key).await?, &Some(kept))
    }

    async fn a_text_that_changes_every_open_reminder_fits_into_one_transaction(self) -> Result<(), NotHeld> {
        let many: Vec<_> = (0..OPEN_MAX).map(|_| self.samples.waiting(self.samples.at(3600))).collect();
        let profile = self.store_first_text(&many).await?.profile.written();
        let life = Lifecycle::Ended { end: End::Cancelled, at: self.samples.now };
        let message = Replacement::creation(self.samples.message()?);
        let reminders = many.iter().map(|reminder| with_lifecycle(&first(reminder), life.clone())).collect();
        let text = TextTransaction { message, profile: next(&profile), reminders, answer: None };
        expect("one text changes 80 reminders", &self.store.commit_text(&text).await, &Ok(()))?;
        expect("no reminder is open after a text has ended all of them", &self.open().await?, &vec![])
    }

    async fn a_write_names_the_version_it_read(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        let text = self.store_first_text(std::slice::from_ref(&kept)).await?;
        let kept = first(&kept);
        let second = rewritten(&kept, self.ids);
        let conflict = Err(WriteError::Conflict);
        expect("the next version is written", &self.store.replace(&second, None).await, &Ok(()))?;
        let second = second.written();
        expect("a version is written once", &self.store.replace(&rewritten(&kept, self.ids), None).await, &conflict)?;
        let ahead = Versioned::read(Reminder::clone(&second), 8);
        expect("a version is never skipped", &self.store.replace(&rewritten(&ahead, self.ids), None).await, &conflict)?;
        let missing = rewritten(&first(&self.samples.waiting(self.samples.at(3600))), self.ids);
        expect("a missing reminder is not replaced", &self.store.replace(&missing, None).await, &conflict)?;
        expect("a missing reminder is not created", &self.reminder(&missing.key).await?, &None)?;
        expect("the second version stays", &self.reminder(&kept.key).await?, &Some(second))?;

        let profile = next(&text.profile.written());
        expect("a profile's next version is written", &self.store.replace_profile(&profile).await, &Ok(()))?;
        expect("a profile's version is written once", &self.store.replace_profile(&profile).await, &conflict)?;
        expect("a profile's next version is read back", &self.profile().await?, &Some(profile.written()))
    }

    async fn an_outgoing_text_is_written_with_its_reminder_or_not_at_all(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        self.store_first_text(std::slice::from_ref(&kept)).await?;
        let kept = first(&kept);
        let conflict = Err(WriteError::Conflict);
        let text = self.samples.texts_in_each_state()?.remove(1);
        let text = Replacement::creation(text);
        let ahead = rewritten(&Versioned::read(Reminder::clone(&kept), 8), self.ids);
        let skipping = self.store.replace(&ahead, Some(&text)).await;
        expect("a text is not written if its reminder skips a version", &skipping, &conflict)?;
        expect("the text was not written", &self.text(&text.key).await?, &None)?;
        let second = rewritten(&kept, self.ids);
        expect(
            "a reminder and its text are written together",
            &self.store.replace(&second, Some(&text)).await,
            &Ok(()),
        )?;
        expect("the text is read back", &self.text(&text.key).await?, &Some(text.clone().written()))?;
        let third = rewritten(&second.written(), self.ids);
        expect("a text is created once", &self.store.replace(&third, Some(&text)).await, &conflict)?;
        expect("a text's version is written once", &self.store.replace_outgoing_text(&text).await, &conflict)
    }

    async fn an_outgoing_text_is_read_back_in_each_state(self) -> Result<(), NotHeld> {
        for text in self.samples.texts_in_each_state()? {
            let (state, text) = (text.life.clone(), Replacement::creation(text));
            expect("a text is created", &self.store.replace_outgoing_text(&text).await, &Ok(()))?;
            let written = text.written();
            let rule = format!("a text is read back: {state:?}");
            expect(&rule, &self.text(&written.key).await?, &Some(written.clone()))?;
            let owed = Overdue::OutgoingText(written.key.clone());
            if written.state().is_some() {
                self.is_found("a live text is in the index", &owed).await?;
                let ended = TextLife::Ended { end: TextEnd::Delivered, at: self.samples.now };
                let ended = written.replaced_by(OutgoingText { life: ended, ..OutgoingText::clone(&written) });
                expect("a text's end is written", &self.store.replace_outgoing_text(&ended).await, &Ok(()))?;
            }
            self.is_not_found("a text that has ended is not in the index", &owed).await?;
        }
        Ok(())
    }

    async fn texts_of_two_people_with_one_id_are_two_texts(self, other: Self) -> Result<(), NotHeld> {
        let first = self.store_first_text(&[]).await?.message.written();
        let mut text = other.samples.first_text(&[other.samples.waiting(other.samples.at(3600))])?;
        let second = IncomingText { id: first.id.clone(), ..IncomingText::clone(&text.message) };
        expect("another person's text is not the sender's", &other.message(&second).await?, &None)?;
        text.message = Replacement::creation(second);
        expect("a text with the id of another person's text is stored", &self.store.commit_text(&text).await, &Ok(()))?;
        let second = text.message.written();
        expect("the second person's text is read back", &other.message(&second).await?, &Some(second.clone()))?;
        expect("the first person's text stays", &self.message(&first).await?, &Some(first.clone()))
    }

    async fn a_text_that_an_earlier_release_stored_is_known(
        self,
        other: Self,
        outsider: &impl Planted,
    ) -> Result<(), NotHeld> {
        let text = self.store_first_text(&[]).await?.message.written();
        outsider.move_to_old_key(&text).await?;
        let same_id = IncomingText { id: text.id.clone(), ..other.samples.message()? };
        expect("a text of an earlier release is not another person's", &other.message(&same_id).await?, &None)?;
        expect("a text of an earlier release is read back", &self.message(&text).await?, &Some(text.clone()))
    }

    async fn of_twenty_concurrent_texts_with_one_id_one_is_stored(self) -> Result<(), NotHeld> {
        let texts = (0..20).map(|_| self.samples.first_text(&[self.samples.waiting(self.samples.at(3600))]));
        let mut texts = texts.collect::<Result<Vec<_>, _>>()?;
        let id = texts[0].message.id.clone();
        for text in &mut texts {
            let message = IncomingText { id: id.clone(), ..IncomingText::clone(&text.message) };
            text.message = Replacement::creation(message);
        }
        let outcomes = join_all(texts.iter().map(|text| self.store.commit_text(text))).await;
        only_conflicts_lose("twenty concurrent texts with one id", &outcomes)?;
        // Every write may fail, each because of a conflict with another write. Then a later write must succeed.
        let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        if stored == 0 {
            expect("a text without a concurrent text is stored", &self.store.commit_text(&texts[0]).await, &Ok(()))?;
        }
        expect("of twenty concurrent texts with one id, one is stored", &stored.max(1), &1)?;
        expect("only the reminder of the stored text is created", &self.open().await?.len(), &1)
    }

    async fn of_twenty_concurrent_writes_of_a_reminder_one_succeeds(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        self.store_first_text(std::slice::from_ref(&kept)).await?;
        let writes: Vec<_> = (0..20).map(|_| rewritten(&first(&kept), self.ids)).collect();
        let outcomes = join_all(writes.iter().map(|write| self.store.replace(write, None))).await;
        only_conflicts_lose("twenty concurrent writes of a reminder", &outcomes)?;
        let succeeded: Vec<_> = writes.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()).collect();
        expect("of twenty concurrent writes of a reminder, one succeeds", &succeeded.len(), &1)?;
        expect(
            "the successful write is stored",
            &self.reminder(&kept.key).await?,
            &succeeded.first().map(|(write, _)| Replacement::clone(write).written()),
        )
    }

    async fn kept_and_open_reminders_are_read_oldest_first(self) -> Result<(), NotHeld> {
        let in_each_state = self.samples.in_each_state();
        self.store_first_text(&in_each_state).await?;
        let mut kept: Vec<_> = in_each_state.iter().map(first).collect();
        kept.retain(|reminder| !matches!(reminder.life, Lifecycle::Ended { end: End::OptedOut { .. }, .. }));
        kept.sort_by(|a, b| a.key.cmp(&b.key));
        let found = self.readable(Scope::Kept).await;
        expect("all kept reminders are read, oldest first", &found, &Ok(kept.clone()))?;
        kept.retain(|reminder| reminder.deadline().is_some());
        expect("all live reminders are read as open, oldest first", &self.open().await?, &kept)
    }

    async fn a_text_is_known_for_thirty_days(self) -> Result<(), NotHeld> {
        let text = self.store_first_text(&[]).await?.message.written();
        let after = |days: i64| self.samples.at(days * 24 * 3600);
        let after_29_days = succeed("a text is read", self.store.message(&text.person, &text.id, after(29)).await)?;
        expect("a text is known for 29 days", &after_29_days, &Some(text.clone()))?;
        let after_400_days = succeed("a text is read", self.store.message(&text.person, &text.id, after(400)).await)?;
        expect("a text is unknown after 400 days, even if it is still stored", &after_400_days, &None)
    }

    async fn the_index_follows_a_reminder(self) -> Result<(), NotHeld> {
        let due = self.samples.waiting(self.samples.at(-60));
        let later = self.samples.waiting(self.samples.at(3600));
        self.store_first_text(&[due.clone(), later.clone()]).await?;
        let item = |reminder: &Reminder| Overdue::Reminder(reminder.key.clone());
        self.is_found("an overdue reminder is in the index", &item(&due)).await?;
        self.is_not_found("a reminder with a later deadline is not overdue", &item(&later)).await?;
        let at = self.samples.at(3601);
        expect(
            "a reminder is overdue after its deadline",
            &self.overdue(at).await?.contains_key(&item(&later)),
            &true,
        )?;

        let life = Lifecycle::Ended { end: End::Heard, at: self.samples.now };
        let ended = with_lifecycle(&first(&due), life);
        expect("a reminder's end is written", &self.store.replace(&ended, None).await, &Ok(()))?;
        self.is_not_found("an ended reminder is not in the index", &item(&due)).await
    }

    async fn an_answer_is_stored_with_its_text(self) -> Result<(), NotHeld> {
        let message = Replacement::creation(self.samples.message()?);
        let answer = Replacement::creation(self.samples.texts_in_each_state()?.remove(0));
        let profile = Replacement::creation(self.samples.profile());
        let text =
            TextTransaction { message: message.clone(), profile, reminders: vec![], answer: Some(answer.clone()) };
        expect("a text is stored", &self.store.commit_text(&text).await, &Ok(()))?;
        expect("the text is read back", &self.message(&message).await?, &Some(message.written()))?;
        expect("the answer to a text is read back", &self.text(&answer.key).await?, &Some(answer.clone().written()))?;
        self.is_found("an owed answer is in the index", &Overdue::OutgoingText(answer.key.clone())).await
    }

    async fn the_pages_contain_each_overdue_reminder_once(self) -> Result<(), NotHeld> {
        let many: Vec<_> = (0..60).map(|at| self.samples.waiting(self.samples.at(-100 + at))).collect();
        self.store_first_text(&many).await?;
        let wanted: BTreeMap<_, _> = many.iter().map(|reminder| (Overdue::Reminder(reminder.key.clone()), 1)).collect();
        let find_all = async || {
            let mut found = self.overdue(self.samples.now).await?;
            found.retain(|item, _| wanted.contains_key(item));
            Ok((found == wanted).then_some(()))
        };
        eventually("the pages contain each overdue reminder once", self.pause, find_all).await
    }

    async fn store_first_text(&self, reminders: &[Reminder]) -> Result<TextTransaction, NotHeld> {
        let text = self.samples.first_text(reminders)?;
        expect("a first text is stored", &self.store.commit_text(&text).await, &Ok(()))?;
        Ok(text)
    }

    async fn profile(&self) -> Result<Option<Versioned<Profile>>, NotHeld> {
        succeed("a profile is read", self.store.profile(&self.samples.person).await)
    }

    async fn reminder(&self, key: &ReminderKey) -> Result<Option<Versioned<Reminder>>, NotHeld> {
        succeed("a reminder is read", self.store.reminder(key).await)
    }

    async fn text(&self, key: &OutgoingTextKey) -> Result<Option<Versioned<OutgoingText>>, NotHeld> {
        succeed("an outgoing text is read", self.store.outgoing_text(key).await)
    }

    async fn open(&self) -> Result<Vec<Versioned<Reminder>>, NotHeld> {
        succeed("open reminders are read", self.readable(Scope::Open).await)
    }

    async fn readable(&self, scope: Scope) -> Result<Vec<Versioned<Reminder>>, ReadError> {
        self.store.reminders(&self.samples.person, scope).await.map(|read| read.readable)
    }

    async fn message(&self, text: &IncomingText) -> Result<Option<Versioned<IncomingText>>, NotHeld> {
        succeed("a text is read", self.store.message(&text.person, &text.id, self.samples.now).await)
    }

    /// The items that are overdue at `now`, each with the number of times that the pages contained it.
    async fn overdue(&self, now: Timestamp) -> Result<BTreeMap<Overdue, u32>, NotHeld> {
        let mut found = BTreeMap::new();
        for shard in 0..SHARDS {
            let mut cursor = None;
            loop {
                let page = succeed("a page is read", self.store.overdue(shard, now, cursor.as_deref()).await)?;
                for item in page.overdue {
                    *found.entry(item).or_insert(0) += 1;
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn is_found(&self, rule: &str, item: &Overdue) -> Result<(), NotHeld> {
        let seen = async || Ok(self.overdue(self.samples.now).await?.contains_key(item).then_some(()));
        eventually(rule, self.pause, seen).await
    }

    async fn is_not_found(&self, rule: &str, item: &Overdue) -> Result<(), NotHeld> {
        let gone = async || Ok((!self.overdue(self.samples.now).await?.contains_key(item)).then_some(()));
        eventually(rule, self.pause, gone).await
    }
}

/// A reminder as it is stored after its creation.
fn first(reminder: &Reminder) -> Versioned<Reminder> {
    Replacement::creation(reminder.clone()).written()
}

/// A write that gives the reminder this lifecycle.
fn with_lifecycle(reminder: &Versioned<Reminder>, life: Lifecycle) -> Replacement<Reminder> {
    reminder.replaced_by(Reminder { life, ..Reminder::clone(reminder) })
}

fn next(profile: &Versioned<Profile>) -> Replacement<Profile> {
    profile.replaced_by(Profile::clone(profile))
}

fn only_conflicts_lose(writes: &str, outcomes: &[Result<(), WriteError>]) -> Result<(), NotHeld> {
    let unexpected = outcomes.iter().find(|outcome| !matches!(outcome, Ok(()) | Err(WriteError::Conflict)));
    expect(&format!("each of {writes} succeeds or has a conflict"), &unexpected, &None)
}
