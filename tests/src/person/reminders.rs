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

    /// All reminders of the person, including ended reminders.
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
        let [reminder] = &reminders[..] else { bail!("expected one reminder, found {reminders:#?}") };
        Ok(reminder.clone())
    }

    /// The person's only reminder that has not ended.
    ///
    /// # Errors
    /// Fails if the person does not have exactly one such reminder.
    pub async fn open_reminder(&self) -> Result<Record> {
        let mut open = self.reminders().await?;
        open.retain(|record| record.state() != "ended");
        let [reminder] = &open[..] else { bail!("expected one open reminder, found {open:#?}") };
        Ok(reminder.clone())
    }

    /// Waits until the person's only open reminder is in this state.
    ///
    /// # Errors
    /// Fails if the reminder does not come into this state.
    pub async fn wait_until(&self, state: &str) -> Result<Record> {
        let find = async || Ok(Some(self.open_reminder().await?).filter(|record| record.state() == state));
        match self.stage.until(&format!("the reminder is {state}"), find).await {
            Ok(record) => Ok(record),
            Err(error) => bail!("{error:#}; found {:#?} and {:#?}", self.reminders().await?, self.log()),
        }
    }

    /// Waits until the first call of the person's only open reminder is over, and the second call is planned.
    ///
    /// # Errors
    /// Fails if no second call is planned.
    pub async fn wait_for_second_call(&self) -> Result<Record> {
        let find_waiting = async || {
            Ok(Some(self.open_reminder().await?)
                .filter(|record| record.state() == "waiting" && record.attempt() == "2"))
        };
        self.stage.until("the second call is planned", find_waiting).await
    }

    /// The body of the wake-up message for a reminder of this person.
    #[must_use]
    pub fn wake_up(&self, record: &Record) -> String {
        let (person, reminder) = (self.id.as_str(), record.id());
        json!({ "v": 1, "person": person, "reminder": reminder, "generation": record.generation() }).to_string()
    }

    /// Waits until the person's only open reminder is waiting, and moves its due, its wake-up and its deadline so that
    /// the target time is now. Like the service's writes, this write depends on the version that was read. If another
    /// write comes first, the reminder is read and written again.
    ///
    /// # Errors
    /// Fails if the reminder does not become `waiting`, or the table can't be read.
    pub async fn let_time_pass(&self, target: TargetTime) -> Result<Record> {
        let move_times = async || {
            let record = self.open_reminder().await?;
            // The deadline of a far reminder is before its due until the schedule is known to exist. Wait until then.
            if record.state() == "waiting" && record.deadline()? > record.due()? {
                record.shift(self.stage, target).await
            } else {
                Ok(None)
            }
        };
        self.stage.until("the reminder waits, and its times are moved", move_times).await
    }

    /// Waits until the person's only reminder has ended, and returns how it ended, for example `heard`.
    ///
    /// # Errors
    /// Fails if the reminder does not end.
    pub async fn end(&self) -> Result<String> {
        let find_ended = async || Ok(Some(self.reminder().await?).filter(|record| record.state() == "ended"));
        match self.stage.until("the reminder ends", find_ended).await {
            Ok(record) => Ok(record.end().to_owned()),
            Err(error) => bail!("{error:#}; found {:#?} and {:#?}", self.reminders().await?, self.log()),
        }
    }

    /// Moves the person's turn as if a minute had passed since their newest call, so that another reminder may ring
    /// immediately.
    ///
    /// # Errors
    /// Fails if the person was not called.
    pub async fn let_turn_pass(&self) -> Result<()> {
        const MINUTE_MS: i64 = 60_000;
        let items = self.items().await?;
        let turn = items.iter().find(|item| string(item, "sk") == "CALLS").context("expected a turn for calls")?;
        let minute_earlier = |name: &str| -> Result<Value> {
            let at = turn[name]["N"].as_str().and_then(|digits| digits.parse::<i64>().ok());
            Ok(json!({ "N": (at.with_context(|| format!("expected {name}, found {turn}"))? - MINUTE_MS).to_string() }))
        };
        let input = json!({
            "TableName": self.stage.stack.output("TableName")?,
            "Key": { "pk": turn["pk"], "sk": turn["sk"] },
            "UpdateExpression": "SET taken_ms = :taken, until_ms = :until",
            "ExpressionAttributeValues": { ":taken": minute_earlier("taken_ms")?, ":until": minute_earlier("until_ms")? },
        });
        self.stage.stack.endpoint().call(Service::DynamoDb, "UpdateItem", &input).await.map(drop)
    }

    /// Whether the person has opted in or out, as their profile says: `opted_in` or `opted_out`.
    ///
    /// # Errors
    /// Fails if the person has no profile.
    pub async fn consent(&self) -> Result<String> {
        let items = self.items().await?;
        let profile = items.iter().find(|item| string(item, "sk") == "PROFILE").context("expected a profile")?;
        Ok(string(profile, "state").to_owned())
    }

    /// Declares that from now on the person may get no more calls, texts or reminders. Does not wait:
    /// [`Stage::check_finished_people`](crate::Stage::check_finished_people) checks this when all tests of the stage
    /// are over.
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
