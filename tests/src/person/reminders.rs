//! The person's items in the table.

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use local::endpoint::Service;
use serde_json::{Value, json};

use super::Person;
use crate::finished_people::{Activity, FinishedPerson};
use crate::item::string;
use crate::record::{Record, TargetTime};

impl Person<'_> {
    /// All items under the person's partition key.
    ///
    /// # Errors
    /// Fails if the table can't be read.
    pub async fn items(&self) -> Result<Vec<Value>> {
        let input = json!({
            "TableName": self.stage.stack.output("TableName")?,
            "ConsistentRead": true,
            "KeyConditionExpression": "pk = :person",
            "ExpressionAttributeValues": { ":person": { "S": format!("PERSON#{}", self.id) } },
        });
        let mut found = self.stage.stack.endpoint().call(Service::DynamoDb, "Query", &input).await?;
        match found["Items"].take() {
            Value::Array(items) => Ok(items),
            other => bail!("expected items, found {other}"),
        }
    }

    /// When the person's only text was received, from the record of the text.
    ///
    /// # Errors
    /// Fails if there is no such record.
    pub async fn received_at(&self) -> Result<Timestamp> {
        let items = self.stage.stack.items().await?;
        let own = items.iter().find(|item| string(item, "person") == self.id.as_str());
        let at = string(own.context("expected a text's record")?, "received_at");
        at.parse().with_context(|| format!("expected an instant, found {at:?}"))
    }

    /// All reminders of the person, ended ones included.
    ///
    /// # Errors
    /// Fails if the table can't be read.
    pub async fn reminders(&self) -> Result<Vec<Record>> {
        Ok(Record::all(&self.items().await?))
    }

    /// The person's only reminder.
    ///
    /// # Errors
    /// Fails if the person does not have exactly one reminder.
    pub async fn reminder(&self) -> Result<Record> {
        let reminders = self.reminders().await?;
        let [one] = &reminders[..] else { bail!("expected one reminder, found {reminders:#?}") };
        Ok(one.clone())
    }

    /// The body of the wake-up message for a reminder of this person.
    #[must_use]
    pub fn wake_up(&self, record: &Record) -> String {
        let (person, reminder) = (self.id.as_str(), record.id());
        json!({ "v": 1, "person": person, "reminder": reminder, "generation": record.generation() }).to_string()
    }

    /// Waits until the person's only reminder is waiting, and moves all its times so that the target time is now. The
    /// write is conditional on the version that was read, as the service's writes are. If another write comes first,
    /// this reads and writes again.
    ///
    /// # Errors
    /// Fails if the reminder does not become `waiting`, or the table can't be read.
    pub async fn let_time_pass(&self, target: TargetTime) -> Result<Record> {
        let moved = async || {
            let record = self.reminder().await?;
            // Until the schedule of a far reminder is known to exist, its deadline guards that and lies before its due.
            if record.state() == "waiting" && record.deadline()? > record.due()? {
                record.shift(self.stage, target).await
            } else {
                Ok(None)
            }
        };
        self.stage.until("the reminder waits, and its times are moved", moved).await
    }

    /// Waits until the person's only reminder has ended, and returns how: for example `heard`.
    ///
    /// # Errors
    /// Fails if it does not end.
    pub async fn end(&self) -> Result<String> {
        let ended = async || Ok(Some(self.reminder().await?).filter(|record| record.state() == "ended"));
        match self.stage.until("the reminder ends", ended).await {
            Ok(record) => Ok(record.end().to_owned()),
            Err(error) => bail!("{error:#}; found {:#?} and {:#?}", self.reminders().await?, self.log()),
        }
    }

    /// Declares that from now on the person may get no more calls, texts or reminders. This does not wait:
    /// [`Stage::check_finished_people`](crate::Stage::check_finished_people) checks it when all tests of the stage are
    /// over.
    ///
    /// # Errors
    /// Fails if the table can't be read.
    pub async fn expect_nothing_more(&self) -> Result<()> {
        let activity = self.activity().await?;
        self.stage.finished.add(FinishedPerson { number: self.number().to_owned(), activity });
        Ok(())
    }

    pub(crate) async fn activity(&self) -> Result<Activity> {
        let reminders = self.reminders().await?.len();
        Ok(Activity { dials: self.dials(), texts: self.all_texts().len(), reminders })
    }
}
