//! Rules about items that a later release wrote before it was rolled back, and about how many reminders of a
//! person are read.

use reminder::policy::ENDED_READ_MAX;
use reminder::ports::ReadError;

use super::*;

impl<P: Ports, W: Pause> Suite<'_, P, W> {
    pub(super) async fn of_many_ended_reminders_those_that_ended_last_are_read(self) -> Result<(), NotHeld> {
        let ended = |at_s| {
            let life = Lifecycle::Ended { end: End::Heard, at: self.samples.at(at_s) };
            Reminder { life, ..self.samples.waiting(self.samples.at(at_s)) }
        };
        // The order of the ends is not the order of creation: the reminders with the oldest ends are created second.
        let newest: Vec<_> = (0..70).map(|at| ended(-at)).collect();
        let oldest: Vec<_> = (0..20).map(|at| ended(-1000 - at)).collect();
        let next_newest: Vec<_> = (0..30).map(|at| ended(-500 - at)).collect();
        let open: Vec<_> = (0..3).map(|at| self.samples.waiting(self.samples.at(3600 + at))).collect();
        let mut profile = self.store_first_text(&newest).await?.profile.written();
        for more in [&oldest, &next_newest, &open] {
            let mut text = self.samples.first_text(more)?;
            text.profile = next(&profile);
            expect("another text is stored", &self.store.commit_text(&text).await, &Ok(()))?;
            profile = text.profile.written();
        }
        let read = |reminders: &[&Vec<Reminder>]| {
            let mut read: Vec<_> = reminders.iter().flat_map(|some| some.iter().map(first)).collect();
            read.sort_by(|a, b| a.key.cmp(&b.key));
            read
        };
        expect("100 ended reminders are read", &usize::from(ENDED_READ_MAX), &100)?;
        let kept = self.readable(Scope::Kept).await;
        expect("the reminders that ended last are read", &kept, &Ok(read(&[&newest, &next_newest, &open])))?;
        expect("ended reminders are not open", &self.open().await?, &read(&[&open]))
    }

    pub(super) async fn all_reminders_that_one_opt_out_ended_are_read(self) -> Result<(), NotHeld> {
        let ended = |end, at_s| {
            let life = Lifecycle::Ended { end, at: self.samples.at(at_s) };
            Reminder { life, ..self.samples.waiting(self.samples.at(at_s)) }
        };
        let opted_out = |epoch| End::OptedOut { epoch };
        let by_this_opt_out: Vec<_> = (0..40).map(|at| ended(opted_out(1), -5000 - at)).collect();
        let by_other_opt_outs: Vec<_> = [0, 2, 10, 11].map(|epoch| ended(opted_out(epoch), -4000)).to_vec();
        let heard_since: Vec<_> = (0..80).map(|at| ended(End::Heard, -at)).collect();
        let missed_since: Vec<_> = (0..30).map(|at| ended(End::Missed, -100 - at)).collect();
        let open = vec![self.samples.waiting(self.samples.at(3600))];
        let mut profile = self.store_first_text(&by_this_opt_out).await?.profile.written();
        for more in [&by_other_opt_outs, &heard_since, &missed_since, &open] {
            let mut text = self.samples.first_text(more)?;
            text.profile = next(&profile);
            expect("another text is stored", &self.store.commit_text(&text).await, &Ok(()))?;
            profile = text.profile.written();
        }
        let mut wanted: Vec<_> = by_this_opt_out.iter().chain(&open).map(first).collect();
        wanted.sort_by(|a, b| a.key.cmp(&b.key));
        let read = self.readable(Scope::Stopped { epoch: 1 }).await;
        expect("all reminders that one opt-out ended are read, even if many have ended since", &read, &Ok(wanted))?;
        let kept = self.readable(Scope::Kept).await;
        let is_by_opt_out = |reminder: &Versioned<Reminder>| {
            matches!(reminder.life, Lifecycle::Ended { end: End::OptedOut { .. }, .. })
        };
        let kept = kept.map(|kept| kept.iter().any(is_by_opt_out));
        expect("reminders that an opt-out ended are not read as kept", &kept, &Ok(false))
    }

    pub(super) async fn a_reminder_of_a_later_release_is_put_off_and_kept(
        self,
        outsider: &impl Planted,
    ) -> Result<(), NotHeld> {
        let (newer, other) = (self.samples.waiting(self.samples.at(-60)), self.samples.waiting(self.samples.at(3600)));
        self.store_first_text(&[newer.clone(), other.clone()]).await?;
        let item = Overdue::Reminder(newer.key.clone());
        outsider.write_newer(&item).await?;
        let read = self.store.reminder(&newer.key).await;
        expect("a reminder of a later release is recognized", &matches!(read, Err(ReadError::Newer(_))), &true)?;
        expect(
            "a reminder of a later release is not among the open reminders",
            &self.open().await?,
            &vec![first(&other)],
        )?;
        expect("the read reports a reminder of a later release", &self.has_newer().await?, &true)?;
        self.is_found("a reminder of a later release stays in the index", &item).await?;
        self.put_off(&item).await?;

        outsider.write_ours(&item).await?;
        expect("the read reports no reminder of a later release", &self.has_newer().await?, &false)?;
        let until = self.samples.at(UNTIL_S);
        let put_off = first(&newer).map(|reminder| match reminder.life.clone() {
            Lifecycle::Live { state, recoveries, .. } => {
                Reminder { life: Lifecycle::Live { state, recoveries, deadline: until }, ..reminder }
            }
            Lifecycle::Ended { .. } => reminder,
        });
        expect(
            "putting a reminder off changes only its deadline",
            &self.reminder(&newer.key).await?,
            &Some(put_off.clone()),
        )?;
        let written = self.store.replace(&rewritten(&put_off, self.ids), None).await;
        expect("putting a reminder off does not change its version", &written, &Ok(()))
    }

    async fn has_newer(&self) -> Result<bool, NotHeld> {
        let read = self.store.reminders(&self.samples.person, Scope::Open).await.map(|read| read.has_newer);
        succeed("open reminders are read", read)
    }

    pub(super) async fn a_text_of_a_later_release_is_put_off_and_kept(
        self,
        outsider: &impl Planted,
    ) -> Result<(), NotHeld> {
        let text = Replacement::creation(self.samples.texts_in_each_state()?.remove(0));
        expect("an outgoing text is created", &self.store.replace_outgoing_text(&text).await, &Ok(()))?;
        let item = Overdue::OutgoingText(text.key.clone());
        outsider.write_newer(&item).await?;
        let read = self.store.outgoing_text(&text.key).await;
        expect("a text of a later release is recognized", &matches!(read, Err(ReadError::Newer(_))), &true)?;
        self.put_off(&item).await?;

        outsider.write_ours(&item).await?;
        let put_off = text.written().map(|text| {
            let life = match text.life {
                TextLife::Live { state, .. } => TextLife::Live { state, deadline: self.samples.at(UNTIL_S) },
                ended @ TextLife::Ended { .. } => ended,
            };
            OutgoingText { life, ..text }
        });
        expect("putting a text off changes only its deadline", &self.text(&put_off.key).await?, &Some(put_off.clone()))
    }

    /// Puts an overdue item off, and checks that it is not overdue until its new deadline.
    async fn put_off(&self, item: &Overdue) -> Result<(), NotHeld> {
        let (now, until) = (self.samples.now, self.samples.at(UNTIL_S));
        let early = self.store.move_deadline(item, self.samples.at(-3600), until).await;
        expect("an item that is not overdue is not put off", &early, &Err(WriteError::Conflict))?;
        expect("an overdue item is put off", &self.store.move_deadline(item, now, until).await, &Ok(()))?;
        self.is_not_found("an item that was put off is not overdue", item).await?;
        let later = self.samples.at(UNTIL_S + 1);
        let is_listed = async || Ok(self.overdue(later).await?.contains_key(item).then_some(()));
        eventually("an item that was put off is overdue after its new deadline", self.pause, is_listed).await?;
        let again = self.store.move_deadline(item, now, self.samples.at(2 * UNTIL_S)).await;
        expect("an item is not put off again before its new deadline", &again, &Err(WriteError::Conflict))
    }

    pub(super) async fn an_item_of_a_later_release_is_never_set_aside(
        self,
        outsider: &impl Planted,
    ) -> Result<(), NotHeld> {
        let (partition, sort) = ("NOT#YET".to_owned(), self.ids.write_id().to_string());
        outsider.plant(&partition, &sort, self.samples.at(-60)).await?;
        let item = Overdue::UnknownKey { partition, sort };
        outsider.write_newer(&item).await?;
        self.is_found("an item of an unknown kind is in the index", &item).await?;
        let refused = self.store.set_aside(&item).await;
        expect("an item of a later release is not set aside", &refused, &Err(WriteError::Conflict))?;
        self.is_found("an item of a later release stays in the index", &item).await?;
        self.put_off(&item).await?;
        outsider.write_ours(&item).await?;
        expect("an item of this release is set aside", &self.store.set_aside(&item).await, &Ok(()))?;
        let missing = Overdue::Reminder(self.samples.waiting(self.samples.at(-60)).key);
        let put_off = self.store.move_deadline(&missing, self.samples.now, self.samples.at(UNTIL_S)).await;
        expect("a reminder that does not exist is not put off", &put_off, &Err(WriteError::Conflict))
    }
}

/// Deadline of an item that was put off, in seconds from now.
const UNTIL_S: i64 = 900;
