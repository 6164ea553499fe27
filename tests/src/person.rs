//! Somebody with a phone.

use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail, ensure};
use aws::connect::OPERATION_MS;
use jiff::Timestamp;
use local::endpoint::Service;
use reminder::ids::{Number, PersonId, PersonKey};
use serde_json::{Value, json};
use simulated_carrier::{CallReaction, CallScript, Fault, FaultKind, LogEntry, LogEvent, PhoneNumber, WebhookKind};

use crate::aws::message_key;
use crate::quiet::{Quiet, Seen};
use crate::records::{Goal, Record, text};
use crate::stage::{LIMIT, Stage};

/// How long a phone rings that nobody answers. The service would let it ring for half a minute.
const MISSED_AFTER_MS: u64 = 1000;

/// Somebody with a phone of their own.
pub struct Person<'a> {
    stage: &'a Stage,
    number: PhoneNumber,
    id: PersonId,
    /// Answers that could not be given in the webhook's reply.
    late_answers: Mutex<Vec<String>>,
}

impl<'a> Person<'a> {
    pub(crate) fn new(stage: &'a Stage, number: &str, key: &PersonKey) -> Result<Self> {
        let id = PersonId::of(&number.parse::<Number>()?, key);
        Ok(Self { stage, number: PhoneNumber::parse(number)?, id, late_answers: Mutex::default() })
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

    /// Texts, and reads the answer in the webhook's reply; or, where AWS stood still meanwhile, in the text that the
    /// service then sends.
    ///
    /// # Errors
    /// The service does not answer with 200.
    pub async fn text(&self, words: &str) -> Result<String> {
        let outcome = self.send(json!({ "from": self.number(), "body": words })).await?;
        ensure!(outcome["status"] == 200, "expected an answer to {words:?}, found {outcome}");
        let id = outcome["id"].as_str().context("expected the text's id")?;
        let answers = outcome["answer"].as_array().context("expected answers")?;
        let answers: Vec<&str> = answers.iter().filter_map(Value::as_str).collect();
        if answers.is_empty() && self.was_slow(id) {
            return self.late_answer(id).await;
        }
        Ok(answers.join("\n"))
    }

    /// Whether the webhook of a text took so long that an operation of the service on AWS may have run out of its time:
    /// the service then answers later, by a text.
    #[must_use]
    pub fn was_slow(&self, id: &str) -> bool {
        let slow = |what: &LogEvent| match what {
            LogEvent::Webhook { about: WebhookKind::Sms, message: Some(message), took_ms, .. } => {
                message.as_str() == id && *took_ms >= OPERATION_MS
            }
            _ => false,
        };
        self.count(slow) > 0
    }

    /// The answer to a text of which the webhook's reply said nothing: silence, or what their record of it has, once it
    /// has been sent.
    ///
    /// # Errors
    /// There is no such record, or its answer does not come.
    pub async fn late_answer(&self, id: &str) -> Result<String> {
        let key = message_key(id);
        let handled = async || {
            let item = self.stage.item(&key).await?;
            let (state, answer) = (text(&item, "state"), text(&item, "answer"));
            Ok((state == "sent" || state == "replied" && answer.is_empty()).then(|| answer.to_owned()))
        };
        let answer = self.stage.until("the text is handled and its answer sent", handled).await?;
        if !answer.is_empty() {
            let sent = |what: &LogEvent| matches!(what, LogEvent::TextOut { words, .. } if *words == answer);
            self.see("the answer by text", sent).await?;
            self.late_answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer.clone());
        }
        Ok(answer)
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

    /// They don't answer so many calls. Later ones ring until the service's own time is over.
    ///
    /// # Errors
    /// None in practice.
    pub fn will_miss(&self, misses: usize) -> Result<()> {
        self.will(vec![miss(); misses])
    }

    /// They don't answer so many calls, then pick up and press 1.
    ///
    /// # Errors
    /// None in practice.
    pub fn will_miss_then_press_1(&self, misses: usize) -> Result<()> {
        self.will([vec![miss(); misses], vec![CallScript::press("1")?]].concat())
    }

    /// They pick up the phone that rings.
    ///
    /// # Errors
    /// None does.
    pub async fn pick_up(&self) -> Result<()> {
        let ring = self.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
        let call = ring.call().context("expected the call that rings")?;
        let url = format!("{}/_phone/calls/{}/answer", self.stage.stack.carrier().url(), call.as_str());
        let response = self.stage.http.post(url).send().await?;
        ensure!(response.status().is_success(), "expected a phone that rings: {}", response.text().await?);
        Ok(())
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

    /// The texts that the service sent them by itself, but for answers that could not be given in a webhook's reply.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        let mut late = self.late_answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut texts = self.all_texts();
        texts.retain(|words| match late.iter().position(|answer| answer == words) {
            Some(place) => {
                late.swap_remove(place);
                false
            }
            None => true,
        });
        texts
    }

    fn all_texts(&self) -> Vec<String> {
        let texted = |entry: &LogEntry| match &entry.event {
            LogEvent::TextOut { words, .. } => Some(words.clone()),
            _ => None,
        };
        self.log().iter().filter_map(texted).collect()
    }

    /// How many keys they pressed of which the service has written what they mean.
    #[must_use]
    pub fn keys_heard(&self) -> usize {
        self.count(|what| matches!(what, LogEvent::Webhook { about: WebhookKind::Key, status: Some(200), .. }))
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

    /// The message that wakes a reminder of theirs.
    #[must_use]
    pub fn wake_up(&self, record: &Record) -> String {
        let (person, reminder) = (self.id.as_str(), record.id());
        json!({ "v": 1, "person": person, "reminder": reminder, "generation": record.generation() }).to_string()
    }

    /// Lets time pass for their only reminder: moves all its times by as much. The write names the version it read, as
    /// the service's own do, and is done anew when somebody else was faster.
    ///
    /// # Errors
    /// The reminder does not come to wait, or the table can't be read.
    pub async fn let_time_pass(&self, goal: Goal) -> Result<Record> {
        let moved = async || {
            let record = self.reminder().await?;
            // Until the schedule of a far one is known to be set, its deadline is about that, and lies before its due.
            if record.state() == "waiting" && record.deadline()? > record.due()? {
                record.shift(self.stage, goal).await
            } else {
                Ok(None)
            }
        };
        self.stage.until("the reminder waits, and its times are moved", moved).await
    }

    /// Waits until their only reminder has ended, and says how.
    ///
    /// # Errors
    /// It does not end.
    pub async fn end(&self) -> Result<String> {
        let ended = async || Ok(Some(self.reminder().await?).filter(|record| record.state() == "ended"));
        match self.stage.until("the reminder ends", ended).await {
            Ok(record) => Ok(record.end().to_owned()),
            Err(error) => bail!("{error:#}; found {:#?} and {:#?}", self.reminders().await?, self.log()),
        }
    }

    /// From now on nothing more may ring or be texted, and no reminder be made. This does not wait: it is judged when
    /// all tests of the stage are over ([`Stage::stays_quiet`]).
    ///
    /// # Errors
    /// The table can't be read.
    pub async fn is_done(&self) -> Result<()> {
        self.stage.watch(Quiet { number: self.number().to_owned(), seen: self.seen().await? });
        Ok(())
    }

    pub(crate) async fn seen(&self) -> Result<Seen> {
        let reminders = self.reminders().await?.len();
        Ok(Seen { dials: self.dials(), texts: self.all_texts().len(), reminders })
    }
}

fn miss() -> CallScript {
    CallScript { then: CallReaction::NoAnswer, answer_after_ms: Some(MISSED_AFTER_MS), ..CallScript::answer() }
}
