//! The truth: what is written under conditions is read back whole, and what is live stands in the deadline index.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use jiff::Timestamp;
use reminder::ids::{MessageId, ReminderKey};
use reminder::incoming_text::{AnswerDelivery, IncomingText};
use reminder::policy::OPEN_MAX;
use reminder::ports::{
    Clock, Ids, Overdue, Ports, Replacement, SHARDS, Scope, Store, TextTransaction, Versioned, WriteError,
};
use reminder::profile::Profile;
use reminder::record::{End, Lifecycle, Reminder};

use super::samples::rewritten;
use super::{NotHeld, Pause, Samples, eventually, expect, succeed};

/// A hand inside the store, for what no writer of ours would do.
pub trait Planted {
    /// Puts an item with this key into the deadline index, which nothing of ours can read.
    fn plant(&self, partition: &str, sort: &str, deadline: Timestamp) -> impl Future<Output = Result<(), NotHeld>>;
}

/// Every rule of [`Store`].
///
/// # Errors
/// The first rule that does not hold.
pub async fn store<P: Ports>(ports: &P, hand: &impl Planted, pause: &impl Pause) -> Result<(), NotHeld> {
    let suite = || Suite::new(ports, pause);
    suite()?.nothing_is_there_at_first().await?;
    suite()?.a_text_is_written_whole().await?;
    suite()?.each_life_is_read_back_as_it_was_written().await?;
    suite()?.a_repeated_text_changes_nothing().await?;
    suite()?.a_text_fails_whole_if_one_condition_fails().await?;
    suite()?.a_text_that_touches_every_open_reminder_fits().await?;
    suite()?.a_write_names_the_version_it_read().await?;
    suite()?.of_twenty_texts_at_once_one_is_kept().await?;
    suite()?.of_twenty_writes_at_once_one_is_kept().await?;
    suite()?.open_are_those_that_live_oldest_first().await?;
    suite()?.a_text_is_known_for_thirty_days().await?;
    suite()?.the_index_follows_a_reminder().await?;
    suite()?.the_index_follows_an_owed_answer().await?;
    suite()?.pages_hold_everything_once().await?;
    suite()?.what_is_set_aside_is_not_met_again(hand).await
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

    async fn nothing_is_there_at_first(self) -> Result<(), NotHeld> {
        let key = ReminderKey { person: self.samples.person.clone(), reminder: self.ids.reminder() };
        expect("an unknown person has no profile", &self.profile().await?, &None)?;
        expect("an unknown reminder is none", &self.reminder(&key).await?, &None)?;
        expect("an unknown person has no reminders", &self.open().await?, &vec![])?;
        let text = self.samples.message(AnswerDelivery::Replied)?;
        expect("an unknown text is none", &self.message(&text.id).await?, &None)
    }

    async fn a_text_is_written_whole(self) -> Result<(), NotHeld> {
        let waiting = self.samples.waiting(self.samples.at(3600));
        let text = self.accepted(std::slice::from_ref(&waiting)).await?;
        expect("a text is read back", &self.message(&text.message.id).await?, &Some(text.message.written()))?;
        expect("a profile is read back", &self.profile().await?, &Some(text.profile.written()))?;
        expect("a reminder is read back", &self.reminder(&waiting.key).await?, &Some(first(&waiting)))
    }

    async fn each_life_is_read_back_as_it_was_written(self) -> Result<(), NotHeld> {
        let lives = self.samples.lives();
        self.accepted(&lives).await?;
        for written in lives {
            expect("each life is read back", &self.reminder(&written.key).await?, &Some(first(&written)))?;
        }
        Ok(())
    }

    async fn a_repeated_text_changes_nothing(self) -> Result<(), NotHeld> {
        let text = self.accepted(&[self.samples.waiting(self.samples.at(3600))]).await?;
        let profile = text.profile.written();
        let other = self.samples.waiting(self.samples.at(3600));
        let repeat = TextTransaction {
            message: text.message.clone(),
            profile: next(&profile),
            reminders: vec![Replacement::creation(other.clone())],
        };
        expect("a text is kept once", &self.store.commit_text(&repeat).await, &Err(WriteError::Conflict))?;
        expect("a repeat makes no reminder", &self.reminder(&other.key).await?, &None)?;
        expect("a repeat leaves the profile", &self.profile().await?, &Some(profile))
    }

    async fn a_text_fails_whole_if_one_condition_fails(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        let profile = self.accepted(std::slice::from_ref(&kept)).await?.profile.written();
        let kept = first(&kept);
        let next_profile = next(&profile);
        let stale = Reminder { task: "stale".to_owned(), ..Reminder::clone(&kept) };
        let ahead = rewritten(&kept, self.ids).written().replaced_by(stale.clone());
        let missing = rewritten(&first(&self.samples.waiting(self.samples.at(3600))), self.ids);
        let wrong = [
            (Replacement::creation(Profile::clone(&profile)), rewritten(&kept, self.ids), "a profile's version"),
            (next(&next_profile.clone().written()), rewritten(&kept, self.ids), "a version ahead"),
            (next_profile.clone(), ahead, "a reminder's version"),
            (next_profile.clone(), Replacement::creation(stale), "a reminder that is there"),
            (next_profile, missing, "a reminder that is not there"),
        ];
        for (next_profile, write, condition) in wrong {
            let message = Replacement::creation(self.samples.message(AnswerDelivery::Replied)?);
            let created = self.samples.waiting(self.samples.at(3600));
            let reminders = vec![Replacement::creation(created.clone()), write];
            let text = TextTransaction { message, profile: next_profile, reminders };
            expect(condition, &self.store.commit_text(&text).await, &Err(WriteError::Conflict))?;
            expect("the text is not kept", &self.message(&text.message.id).await?, &None)?;
            expect("no reminder is made", &self.reminder(&created.key).await?, &None)?;
            expect("the profile stays", &self.profile().await?, &Some(profile.clone()))?;
        }
        expect("the reminder stays", &self.reminder(&kept.key).await?, &Some(kept))
    }

    async fn a_text_that_touches_every_open_reminder_fits(self) -> Result<(), NotHeld> {
        let many: Vec<_> = (0..OPEN_MAX).map(|_| self.samples.waiting(self.samples.at(3600))).collect();
        let profile = self.accepted(&many).await?.profile.written();
        let life = Lifecycle::Ended { end: End::Cancelled, at: self.samples.now };
        let message = Replacement::creation(self.samples.message(AnswerDelivery::Replied)?);
        let reminders = many.iter().map(|reminder| living(&first(reminder), life.clone())).collect();
        let text = TextTransaction { message, profile: next(&profile), reminders };
        expect("80 reminders are changed by one text", &self.store.commit_text(&text).await, &Ok(()))?;
        expect("none is open then", &self.open().await?, &vec![])
    }

    async fn a_write_names_the_version_it_read(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        let text = self.accepted(std::slice::from_ref(&kept)).await?;
        let kept = first(&kept);
        let second = rewritten(&kept, self.ids);
        let conflict = Err(WriteError::Conflict);
        expect("the next version is written", &self.store.replace(&second).await, &Ok(()))?;
        let second = second.written();
        expect("and not again", &self.store.replace(&rewritten(&kept, self.ids)).await, &conflict)?;
        let ahead = Versioned::read(Reminder::clone(&second), 8);
        expect("none is left out", &self.store.replace(&rewritten(&ahead, self.ids)).await, &conflict)?;
        let missing = rewritten(&first(&self.samples.waiting(self.samples.at(3600))), self.ids);
        expect("what is not there is not replaced", &self.store.replace(&missing).await, &conflict)?;
        expect("nor made", &self.reminder(&missing.key).await?, &None)?;
        expect("the second version stays", &self.reminder(&kept.key).await?, &Some(second))?;

        let left = next(&text.profile.written());
        expect("a profile's next version is written", &self.store.replace_profile(&left).await, &Ok(()))?;
        expect("and not again", &self.store.replace_profile(&left).await, &conflict)?;
        expect("it is read back", &self.profile().await?, &Some(left.written()))?;

        let sent = sent(&text.message.written());
        expect("a text's next version is written", &self.store.replace_incoming_text(&sent).await, &Ok(()))?;
        expect("and not again", &self.store.replace_incoming_text(&sent).await, &conflict)?;
        expect("it is read back", &self.message(&sent.id).await?, &Some(sent.written()))
    }

    async fn of_twenty_texts_at_once_one_is_kept(self) -> Result<(), NotHeld> {
        let texts = (0..20).map(|_| self.samples.first_text(&[self.samples.waiting(self.samples.at(3600))]));
        let mut texts = texts.collect::<Result<Vec<_>, _>>()?;
        let id = texts[0].message.id.clone();
        for text in &mut texts {
            let message = IncomingText { id: id.clone(), ..IncomingText::clone(&text.message) };
            text.message = Replacement::creation(message);
        }
        let outcomes = join_all(texts.iter().map(|text| self.store.commit_text(text))).await;
        only_conflicts_lose("of twenty texts at once", &outcomes)?;
        // A conflict with a transaction that then failed too leaves none; the next try is the one.
        let kept = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        if kept == 0 {
            expect("a text alone is kept", &self.store.commit_text(&texts[0]).await, &Ok(()))?;
        }
        expect("one is kept", &kept.max(1), &1)?;
        expect("its reminder is the only one", &self.open().await?.len(), &1)
    }

    async fn of_twenty_writes_at_once_one_is_kept(self) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(3600));
        self.accepted(std::slice::from_ref(&kept)).await?;
        let writes: Vec<_> = (0..20).map(|_| rewritten(&first(&kept), self.ids)).collect();
        let outcomes = join_all(writes.iter().map(|write| self.store.replace(write))).await;
        only_conflicts_lose("of twenty writes at once", &outcomes)?;
        let won: Vec<_> = writes.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()).collect();
        expect("of twenty writes at once one is kept", &won.len(), &1)?;
        expect(
            "it is the one that stands",
            &self.reminder(&kept.key).await?,
            &won.first().map(|(write, _)| Replacement::clone(write).written()),
        )
    }

    async fn open_are_those_that_live_oldest_first(self) -> Result<(), NotHeld> {
        let lives = self.samples.lives();
        self.accepted(&lives).await?;
        let mut kept: Vec<_> = lives.iter().map(first).collect();
        kept.sort_by(|one, other| one.key.cmp(&other.key));
        let found = self.store.reminders(&self.samples.person, Scope::Kept).await;
        expect("kept are all, oldest first", &found, &Ok(kept.clone()))?;
        kept.retain(|reminder| reminder.deadline().is_some());
        expect("open are those that live, oldest first", &self.open().await?, &kept)
    }

    async fn a_text_is_known_for_thirty_days(self) -> Result<(), NotHeld> {
        let text = self.accepted(&[]).await?.message.written();
        let after = |days: i64| self.samples.at(days * 24 * 3600);
        let known = succeed("a text is read", self.store.message(&text.id, after(29)).await)?;
        expect("a text is known for 29 days", &known, &Some(text.clone()))?;
        let known = succeed("a text is read", self.store.message(&text.id, after(400)).await)?;
        expect("a text is forgotten in the end, cleaned up or not", &known, &None)
    }

    async fn the_index_follows_a_reminder(self) -> Result<(), NotHeld> {
        let due = self.samples.waiting(self.samples.at(-60));
        let later = self.samples.waiting(self.samples.at(3600));
        self.accepted(&[due.clone(), later.clone()]).await?;
        let of = |reminder: &Reminder| Overdue::Reminder(reminder.key.clone());
        self.met("an overdue reminder is in the index", &of(&due)).await?;
        self.unmet("one whose deadline lies ahead is not", &of(&later)).await?;
        let at = self.samples.at(3601);
        expect("until then", &self.overdue(at).await?.contains_key(&of(&later)), &true)?;

        let life = Lifecycle::Ended { end: End::Heard, at: self.samples.now };
        let ended = living(&first(&due), life);
        expect("it ends", &self.store.replace(&ended).await, &Ok(()))?;
        self.unmet("what has ended is not in the index", &of(&due)).await
    }

    async fn the_index_follows_an_owed_answer(self) -> Result<(), NotHeld> {
        let message = self.samples.message(AnswerDelivery::Owed { tries: 1, deadline: self.samples.at(-60) })?;
        let message = Replacement::creation(message);
        let profile = Replacement::creation(self.samples.profile());
        let text = TextTransaction { message: message.clone(), profile, reminders: vec![] };
        expect("a text is kept", &self.store.commit_text(&text).await, &Ok(()))?;
        let message = message.written();
        expect("its answer is owed", &self.message(&message.id).await?, &Some(message.clone()))?;
        let owed = Overdue::IncomingText(message.id.clone());
        self.met("an owed answer is in the index", &owed).await?;
        expect("it is sent", &self.store.replace_incoming_text(&sent(&message)).await, &Ok(()))?;
        self.unmet("an answer that was sent is not in the index", &owed).await
    }

    async fn pages_hold_everything_once(self) -> Result<(), NotHeld> {
        let many: Vec<_> = (0..60).map(|at| self.samples.waiting(self.samples.at(-100 + at))).collect();
        self.accepted(&many).await?;
        let wanted: BTreeMap<_, _> = many.iter().map(|one| (Overdue::Reminder(one.key.clone()), 1)).collect();
        let mine = async || {
            let mut found = self.overdue(self.samples.now).await?;
            found.retain(|one, _| wanted.contains_key(one));
            Ok((found == wanted).then_some(()))
        };
        eventually("pages hold each overdue reminder once", self.pause, mine).await
    }

    async fn what_is_set_aside_is_not_met_again(self, hand: &impl Planted) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(-60));
        self.accepted(std::slice::from_ref(&kept)).await?;
        let readable = Overdue::Reminder(kept.key.clone());
        self.met("an overdue reminder is in the index", &readable).await?;
        expect("it is set aside", &self.store.set_aside(&readable).await, &Ok(()))?;
        self.unmet("what was set aside is not met", &readable).await?;
        expect("but is still there", &self.reminder(&kept.key).await?, &Some(first(&kept)))?;

        let (partition, sort) = ("NOT#OURS".to_owned(), self.ids.write_id().to_string());
        hand.plant(&partition, &sort, self.samples.at(-60)).await?;
        let foreign = Overdue::Unreadable { partition, sort };
        self.met("what is not ours is met as that", &foreign).await?;
        expect("it is set aside", &self.store.set_aside(&foreign).await, &Ok(()))?;
        self.unmet("what was set aside is not met", &foreign).await
    }

    async fn accepted(&self, reminders: &[Reminder]) -> Result<TextTransaction, NotHeld> {
        let text = self.samples.first_text(reminders)?;
        expect("a first text is kept", &self.store.commit_text(&text).await, &Ok(()))?;
        Ok(text)
    }

    async fn profile(&self) -> Result<Option<Versioned<Profile>>, NotHeld> {
        succeed("a profile is read", self.store.profile(&self.samples.person).await)
    }

    async fn reminder(&self, key: &ReminderKey) -> Result<Option<Versioned<Reminder>>, NotHeld> {
        succeed("a reminder is read", self.store.reminder(key).await)
    }

    async fn open(&self) -> Result<Vec<Versioned<Reminder>>, NotHeld> {
        succeed("open reminders are read", self.store.reminders(&self.samples.person, Scope::Open).await)
    }

    async fn message(&self, id: &MessageId) -> Result<Option<Versioned<IncomingText>>, NotHeld> {
        succeed("a text is read", self.store.message(id, self.samples.now).await)
    }

    /// All that is overdue at `now`, and how often it was met.
    async fn overdue(&self, now: Timestamp) -> Result<BTreeMap<Overdue, u32>, NotHeld> {
        let mut found = BTreeMap::new();
        for shard in 0..SHARDS {
            let mut page = None;
            loop {
                let read = succeed("a page is read", self.store.overdue(shard, now, page.as_deref()).await)?;
                for one in read.overdue {
                    *found.entry(one).or_insert(0) += 1;
                }
                page = read.next;
                if page.is_none() {
                    break;
                }
            }
        }
        Ok(found)
    }

    async fn met(&self, rule: &str, one: &Overdue) -> Result<(), NotHeld> {
        let seen = async || Ok(self.overdue(self.samples.now).await?.contains_key(one).then_some(()));
        eventually(rule, self.pause, seen).await
    }

    async fn unmet(&self, rule: &str, one: &Overdue) -> Result<(), NotHeld> {
        let gone = async || Ok((!self.overdue(self.samples.now).await?.contains_key(one)).then_some(()));
        eventually(rule, self.pause, gone).await
    }
}

/// A reminder as its creation leaves it.
fn first(reminder: &Reminder) -> Versioned<Reminder> {
    Replacement::creation(reminder.clone()).written()
}

/// The write that gives a reminder this life.
fn living(reminder: &Versioned<Reminder>, life: Lifecycle) -> Replacement<Reminder> {
    reminder.replaced_by(Reminder { life, ..Reminder::clone(reminder) })
}

fn next(profile: &Versioned<Profile>) -> Replacement<Profile> {
    profile.replaced_by(Profile::clone(profile))
}

fn sent(message: &Versioned<IncomingText>) -> Replacement<IncomingText> {
    message.replaced_by(IncomingText { delivery: AnswerDelivery::Sent, ..IncomingText::clone(message) })
}

fn only_conflicts_lose(rule: &str, outcomes: &[Result<(), WriteError>]) -> Result<(), NotHeld> {
    let strange = outcomes.iter().find(|outcome| !matches!(outcome, Ok(()) | Err(WriteError::Conflict)));
    expect(&format!("{rule} each is kept or meets a conflict"), &strange, &None)
}
