//! Reads the reminders of a person from the stack's table.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use reminder::ids::{Number, PersonId, PersonKey};
use serde_json::{Value, json};

use super::reminders::{ReadReminders, Reminder, ReminderState};
use crate::endpoint::{Endpoint, Service};
use simulated_carrier::PhoneNumber;

/// Prefix of the sort keys of reminders.
const REMINDER: &str = "REM#";

/// The stack's table, and the key from which people's ids are derived.
#[derive(Clone, Debug)]
pub struct Table {
    endpoint: Endpoint,
    name: String,
    person_key: PersonKey,
}

impl Table {
    /// Returns the table of a deployed stack. The secret has the key from which people's ids are derived.
    ///
    /// # Errors
    /// Fails if the secret can't be read or has no `person_key`.
    pub async fn of(endpoint: Endpoint, name: &str, secret: &str) -> Result<Self> {
        let stored = endpoint.call(Service::SecretsManager, "GetSecretValue", &json!({ "SecretId": secret })).await?;
        let text = stored["SecretString"].as_str().context("expected a SecretString, found none")?;
        let secret: Value = serde_json::from_str(text).context("expected JSON in the secret")?;
        let key = secret["person_key"].as_str().context("expected a person_key in the secret, found none")?;
        let person_key = PersonKey::new(key.as_bytes()).context("person_key")?;
        Ok(Self { endpoint, name: name.to_owned(), person_key })
    }

    /// Returns the function with which the page's server reads reminders.
    #[must_use]
    pub fn reader(self) -> ReadReminders {
        let table = Arc::new(self);
        Arc::new(move |number| {
            let table = Arc::clone(&table);
            Box::pin(async move { table.reminders(&number).await.map_err(|error| format!("{error:#}")) })
        })
    }

    async fn reminders(&self, number: &PhoneNumber) -> Result<Vec<Reminder>> {
        let number: Number = number.as_str().parse()?;
        let person = PersonId::of(&number, &self.person_key);
        let mut input = json!({
            "TableName": self.name,
            "ConsistentRead": true,
            "KeyConditionExpression": "pk = :person AND begins_with(sk, :reminder)",
            "ExpressionAttributeValues": {
                ":person": { "S": format!("PERSON#{person}") },
                ":reminder": { "S": REMINDER },
            },
        });
        let mut reminders = Vec::new();
        loop {
            let mut page = self.endpoint.call(Service::DynamoDb, "Query", &input).await?;
            for item in page["Items"].as_array().into_iter().flatten() {
                reminders.push(read(item)?);
            }
            match page["LastEvaluatedKey"].take() {
                Value::Null => return Ok(reminders),
                last => input["ExclusiveStartKey"] = last,
            }
        }
    }
}

/// Reads a reminder from an item of the table.
fn read(item: &Value) -> Result<Reminder> {
    let id = text(item, "sk")?.strip_prefix(REMINDER).context("sk: expected a reminder's key")?;
    Ok(Reminder {
        id: id.to_owned(),
        number: number(item, "number")?.context("number: expected a number, found nothing")?,
        task: text(item, "task")?.to_owned(),
        due: instant(item, "due")?.context("due: expected an instant, found nothing")?,
        zone: text(item, "zone")?.to_owned(),
        rule: item["rule"]["S"].as_str().map(str::to_owned),
        state: state(item)?,
        attempt: number(item, "attempt")?,
        wake_at: instant(item, "wake_at")?,
        ended_at: instant(item, "ended_at")?,
    })
}

/// Returns the live state, or for an ended reminder how it ended.
fn state(item: &Value) -> Result<ReminderState> {
    let word = match text(item, "state")? {
        "ended" => text(item, "end")?,
        live => live,
    };
    serde_json::from_value(json!(word)).map_err(|_| anyhow!("state: expected a state of a reminder, found {word:?}"))
}

fn text<'i>(item: &'i Value, name: &str) -> Result<&'i str> {
    item[name]["S"].as_str().with_context(|| format!("{name}: expected a string, found none"))
}

fn number(item: &Value, name: &str) -> Result<Option<u32>> {
    let digits = item[name]["N"].as_str();
    digits
        .map(|digits| digits.parse().with_context(|| format!("{name}: expected a number below 2^32, found {digits:?}")))
        .transpose()
}

fn instant(item: &Value, name: &str) -> Result<Option<Timestamp>> {
    let value = item[name]["S"].as_str();
    value.map(|text| text.parse().with_context(|| format!("{name}: expected an instant, found {text:?}"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(changes: Value) -> Value {
        let mut item = json!({
            "pk": { "S": "PERSON#0123456789abcdef0123456789abcdef" },
            "sk": { "S": "REM#01JZ0000000000000000000000" },
            "state": { "S": "waiting" },
            "number": { "N": "3" },
            "task": { "S": "buy milk" },
            "zone": { "S": "America/New_York" },
            "due": { "S": "2026-03-06T23:30:00Z" },
            "wake_at": { "S": "2026-03-06T23:30:00Z" },
            "attempt": { "N": "1" },
        });
        for (name, value) in changes.as_object().unwrap() {
            item[name] = value.clone();
        }
        item
    }

    #[test]
    fn an_item_is_read_as_a_reminder_of_the_page() {
        let reminder = read(&item(json!({}))).unwrap();
        assert_eq!((reminder.number, reminder.task.as_str()), (3, "buy milk"));
        assert_eq!(reminder.state, ReminderState::Waiting);
        assert_eq!(reminder.wake_at, Some(reminder.due));
        let ended =
            json!({ "state": { "S": "ended" }, "end": { "S": "heard" }, "ended_at": { "S": "2026-03-06T23:30:09Z" } });
        let reminder = read(&item(ended)).unwrap();
        assert_eq!(reminder.state, ReminderState::Heard);
        assert!(reminder.ended_at.is_some());
        let opted_out = json!({ "state": { "S": "ended" }, "end": { "S": "opted_out" }, "end_epoch": { "N": "1" } });
        assert_eq!(read(&item(opted_out)).unwrap().state, ReminderState::OptedOut);
        let paused = read(&item(json!({ "state": { "S": "paused" }, "wake_at": null, "attempt": null }))).unwrap();
        assert_eq!((paused.state, paused.wake_at, paused.attempt), (ReminderState::Paused, None, None));
    }

    #[test]
    fn an_invalid_item_is_an_error_that_names_the_attribute() {
        for (changes, expected) in [
            (json!({ "state": { "S": "dreaming" } }), "state: expected a state of a reminder, found \"dreaming\""),
            (json!({ "state": { "S": "ended" } }), "end: expected a string, found none"),
            (json!({ "due": { "S": "soon" } }), "due: expected an instant, found \"soon\""),
            (json!({ "number": { "S": "3" } }), "number: expected a number, found nothing"),
            (json!({ "sk": { "S": "PROFILE" } }), "sk: expected a reminder's key"),
        ] {
            assert_eq!(read(&item(changes)).unwrap_err().to_string(), expected);
        }
    }
}
