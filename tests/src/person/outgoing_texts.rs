//! The outgoing texts to the person, read from their items.

use anyhow::{Result, bail};
use chaos::next_try;
use serde_json::Value;

use super::Person;
use crate::item::string;
use crate::text_record::TextRecord;

impl Person<'_> {
    /// The texts that replace a call, the oldest first.
    ///
    /// # Errors
    /// Fails if the table can't be read.
    pub async fn texts_instead(&self) -> Result<Vec<TextRecord>> {
        let items = self.items().await?;
        let mut texts: Vec<Value> = items.into_iter().filter(|item| string(item, "sk").starts_with("TEXT#")).collect();
        texts.sort_by_key(|item| string(item, "owed_since").to_owned());
        Ok(texts.into_iter().map(TextRecord::of).filter(TextRecord::is_instead_of_call).collect())
    }

    /// Waits until the only text that replaces a call is in this state.
    ///
    /// # Errors
    /// Fails if there are several such texts, or if the text does not come into this state.
    pub async fn text_instead(&self, state: &str) -> Result<TextRecord> {
        let find = async || match &self.texts_instead().await?[..] {
            [] => Ok(None),
            [text] => Ok(Some(text.clone()).filter(|text| text.state() == state)),
            several => bail!("expected one text instead of a call, found {several:#?}"),
        };
        match self.stage.until(&format!("the text is {state}"), find).await {
            Ok(text) => Ok(text),
            Err(error) => bail!("{error:#}; found {:#?} and {:#?}", self.texts_instead().await?, self.log()),
        }
    }

    /// Waits until the carrier has failed to deliver a text that replaces a call, and moves the text's next try to now.
    /// Like the service's writes, this write depends on the version that was read. If another write comes first, the
    /// text is read and written again.
    ///
    /// # Errors
    /// Fails if no text waits for another try, or the table can't be written.
    pub async fn let_next_try_come(&self) -> Result<()> {
        let move_next_try = async || {
            let texts = self.texts_instead().await?;
            match texts.iter().find(|text| next_try::waits_after_failure(text.item())) {
                Some(text) => Ok(next_try::move_to_now(&self.stage.stack, text.item()).await?.then_some(())),
                None => Ok(None),
            }
        };
        self.stage.until("a text waits for its next try, which is moved to now", move_next_try).await
    }

    /// Waits until the only text that replaces a call was delivered, and then returns [`Self::texts`].
    ///
    /// # Errors
    /// Fails if that text is not delivered.
    pub async fn texts_once_delivered(&self) -> Result<Vec<String>> {
        self.text_instead("delivered").await?;
        Ok(self.texts())
    }
}
