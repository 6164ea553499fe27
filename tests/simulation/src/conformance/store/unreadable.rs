//! Rules about items, and parts of items, that can't be read.

use super::*;

impl<P: Ports, W: Pause> Suite<'_, P, W> {
    pub(super) async fn an_item_that_was_set_aside_is_not_found_again(
        self,
        outsider: &impl Planted,
    ) -> Result<(), NotHeld> {
        let kept = self.samples.waiting(self.samples.at(-60));
        self.store_first_text(std::slice::from_ref(&kept)).await?;
        let readable = Overdue::Reminder(kept.key.clone());
        self.is_found("an overdue reminder is in the index", &readable).await?;
        expect("an item is set aside", &self.store.set_aside(&readable).await, &Ok(()))?;
        self.is_not_found("an item that was set aside is not in the index", &readable).await?;
        expect("an item that was set aside still exists", &self.reminder(&kept.key).await?, &Some(first(&kept)))?;
        expect("a reminder that was set aside is not open", &self.open().await?, &vec![])?;

        let (partition, sort) = ("NOT#OURS".to_owned(), self.ids.write_id().to_string());
        outsider.plant(&partition, &sort, self.samples.at(-60)).await?;
        let foreign = Overdue::UnknownKey { partition, sort };
        self.is_found("an unreadable item is reported as such", &foreign).await?;
        expect("an unreadable item is set aside", &self.store.set_aside(&foreign).await, &Ok(()))?;
        self.is_not_found("an item that was set aside is not in the index", &foreign).await
    }

    pub(super) async fn a_profile_is_read_without_a_question_that_cannot_be_read(
        self,
        outsider: &impl Planted,
    ) -> Result<(), NotHeld> {
        let stored = self.store_first_text(&[]).await?.profile.written();
        outsider.spoil_question(&stored.person).await?;
        let without_question = stored.map(|profile| Profile { question: None, ..profile });
        expect("a profile is read without an unreadable question", &self.profile().await?, &Some(without_question))
    }
}
