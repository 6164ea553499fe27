//! Somebody with a phone.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use jiff::Timestamp;
use local::endpoint::Service;
use reminder::ids::{Number, PersonId, PersonKey};
use serde_json::{Value, json};
use simulated_carrier::{CallReaction, CallScript, Fault, FaultKind, LogEntry, LogEvent, PhoneNumber};

use crate::records::{Record, text};
use crate::stage::{LIMIT, Stage};

/// Somebody with a phone of their own.
pub struct Person<'a> {
    stage: &'a Stage,
    number: PhoneNumber,
    id: PersonId,
}

impl<'a> Person<'a> {
    pub(crate) fn new(stage: &'a Stage, number: &str, key: &PersonKey) -> Result<Self> {
        let id = PersonId::of(&number.parse::<Number>()?, key);
        Ok(Self { stage, number: PhoneNumber::parse(number)?, id })
    }

    /// Their number.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// Their id in keys and URLs.
    #[must_use]
    pub fn id(&self) -> &PersonId {
        &self.id
    }

    /// Texts, and reads the answer in the webhook's reply.
    ///
    /// # Errors
    /// The service does not answer with 200.
    pub async fn text(&self, words: &str) -> Result<String> {
        let outcome = self.send(json!({ "from": self.number(), "body": words })).await?;
        ensure!(outcome["status"] == 200, "expected an answer to {words:?}, found {outcome}");
        let answers = outcome["answer"].as_array().context("expected answers")?;
        Ok(answers.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"))
    }

    /// Texts as the request says, and returns all that is known of what became of it.
    ///
    /// # Errors
    /// The carrier does not take it.
    pub async fn send(&self, request: Value) -> Result<Value> {
        let url = format!("{}/_phone/text", self.stage.stack.carrier().url());
        let response = self.stage.http.post(url).json(&request).send().await?;
        let status = response.status();
        let outcome: Value = response.json().await?;
        ensure!(status.is_success(), "the carrier did not take the text: {status}: {outcome}");
        Ok(outcome)
    }

    /// What they will do about their next calls.
    ///
    /// # Errors
    /// The scripts are not well formed.
    pub fn will(&self, calls: Vec<CallScript>) -> Result<()> {
        self.stage.stack.carrier().behave(&self.number, calls).map_err(|reason| anyhow!(reason))
    }

    /// They will pick up and press 1.
    ///
    /// # Errors
    /// None in practice.
    pub fn will_press_1(&self) -> Result<()> {
        self.will(vec![CallScript::press("1")?])
    }

    /// They let it ring so often, then pick up and press 1.
    ///
    /// # Errors
    /// None in practice.
    pub fn will_miss_then_press_1(&self, misses: usize) -> Result<()> {
        let miss = CallScript { then: CallReaction::NoAnswer, ..CallScript::answer() };
        self.will([vec![miss; misses], vec![CallScript::press("1")?]].concat())
    }

    /// Something goes wrong for them, as often as the fault says.
    ///
    /// # Errors
    /// The fault is not well formed.
    pub fn suffer(&self, change: impl FnOnce(Fault) -> Fault, kind: FaultKind) -> Result<()> {
        let fault = change(Fault::once(self.number.clone(), kind));
        self.stage.stack.carrier().add_fault(fault).map_err(|reason| anyhow!(reason))
    }

    /// What the carrier saw of them.
    #[must_use]
    pub fn log(&self) -> Vec<LogEntry> {
        self.stage.stack.carrier().log(Some(&self.number))
    }

    /// How many entries are of a kind.
    #[must_use]
    pub fn count(&self, wanted: impl Fn(&LogEvent) -> bool) -> usize {
        self.log().iter().filter(|entry| wanted(&entry.event)).count()
    }

    /// How often the service asked for a call, whatever became of it.
    #[must_use]
    pub fn dials(&self) -> usize {
        self.count(|what| {
            matches!(what, LogEvent::CallRequested { .. } | LogEvent::CallRefused { .. } | LogEvent::CallDropped { .. })
        })
    }

    /// How often the phone rang.
    #[must_use]
    pub fn rings(&self) -> usize {
        self.count(|what| matches!(what, LogEvent::CallRinging { .. }))
    }

    /// What they heard on the phone.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        let said = |entry: &LogEntry| match &entry.event {
            LogEvent::Said { words, .. } => Some(words.clone()),
            _ => None,
        };
        self.log().iter().filter_map(said).collect()
    }

    /// The texts that the service sent them by itself.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let texted = |entry: &LogEntry| match &entry.event {
            LogEvent::TextOut { words, .. } => Some(words.clone()),
            _ => None,
        };
        self.log().iter().filter_map(texted).collect()
    }

    /// Waits for something at the carrier, past or to come.
    ///
    /// # Errors
    /// It does not happen.
    pub async fn see(&self, what: &str, wanted: impl Fn(&LogEvent) -> bool) -> Result<LogEntry> {
        let mine = |entry: &LogEntry| entry.number.as_ref() == Some(&self.number) && wanted(&entry.event);
        let seen = self.stage.stack.carrier().wait_for(LIMIT, mine).await;
        seen.with_context(|| format!("expected within {LIMIT:?}: {what}; found {:#?}", self.log()))
    }

    /// All items under their key.
    ///
    /// # Errors
    /// The table can't be read.
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

    /// When their only text was received, by its own record.
    ///
    /// # Errors
    /// There is none.
    pub async fn received_at(&self) -> Result<Timestamp> {
        let items = self.stage.stack.items().await?;
        let mine = items.iter().find(|item| text(item, "person") == self.id.as_str());
        let at = text(mine.context("expected a text's record")?, "received_at");
        at.parse().with_context(|| format!("expected an instant, found {at:?}"))
    }

    /// Their reminders.
    ///
    /// # Errors
    /// The table can't be read.
    pub async fn reminders(&self) -> Result<Vec<Record>> {
        Ok(Record::all(&self.items().await?))
    }

    /// Their only reminder.
    ///
    /// # Errors
    /// There are more, or none.
    pub async fn reminder(&self) -> Result<Record> {
        let reminders = self.reminders().await?;
        let [one] = &reminders[..] else { bail!("expected one reminder, found {reminders:#?}") };
        Ok(one.clone())
    }

    /// Waits until their only reminder has ended, and says how. The sweeper runs meanwhile, as it does every minute.
    ///
    /// # Errors
    /// It does not end.
    pub async fn end(&self) -> Result<String> {
        let ended = async || {
            let record = self.reminder().await?;
            Ok(Some(record).filter(|record| record.state() == "ended"))
        };
        let record = self.stage.sweep_until("the reminder ends", ended).await;
        match record {
            Ok(record) => Ok(record.end().to_owned()),
            Err(error) => bail!("{error:#}; found {:#?} and {:#?}", self.reminders().await?, self.log()),
        }
    }

    /// Watches for a while that nothing more rings or is texted.
    ///
    /// # Errors
    /// Something is.
    pub async fn stays_quiet(&self, a_while: Duration) -> Result<()> {
        let before = (self.dials(), self.texts().len());
        tokio::time::sleep(a_while).await;
        let after = (self.dials(), self.texts().len());
        ensure!(before == after, "expected quiet, found (dials, texts) going from {before:?} to {after:?}");
        Ok(())
    }
}
