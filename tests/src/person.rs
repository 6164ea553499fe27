//! A person with a phone, and their texts to the service.

mod outgoing_texts;
mod phone;
mod reminders;

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use aws::connect::OPERATION_MS;
use reminder::ids::{Number, PersonId};
use serde_json::{Value, json};
use simulated_carrier::{LogEvent, PhoneNumber, WebhookKind};

use crate::item::{string, text_record_key};
use crate::stage::Stage;

/// A person with a phone number of their own.
pub struct Person<'a> {
    stage: &'a Stage,
    number: PhoneNumber,
    id: PersonId,
    /// Answers that came as texts instead of in the webhook's reply.
    late_answers: Mutex<Vec<String>>,
}

impl Stage {
    /// Makes a person with a fictional number. The numbers repeat after 480 people.
    ///
    /// # Errors
    /// Fails if the number is not valid, which does not happen.
    pub fn new_person(&self) -> Result<Person<'_>> {
        // 555-0100 to 555-0199 are reserved for fiction in each area code.
        const AREA_CODES: [u32; 6] = [212, 415, 312, 713, 206, 305];
        let index = self.people.fetch_add(1, Ordering::Relaxed);
        let area = AREA_CODES[(index / 80) as usize % AREA_CODES.len()];
        self.person_with_number(&format!("+1{area}55501{:02}", 10 + index % 80))
    }

    /// Makes a person with this number, in E.164 form.
    ///
    /// # Errors
    /// Fails if the number is not valid.
    pub fn person_with_number(&self, number: &str) -> Result<Person<'_>> {
        let id = PersonId::of(&number.parse::<Number>()?, &self.person_key);
        Ok(Person { stage: self, number: PhoneNumber::parse(number)?, id, late_answers: Mutex::default() })
    }
}

impl Person<'_> {
    /// The person's phone number, in E.164 form.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// The person's id in keys and URLs.
    #[must_use]
    pub fn id(&self) -> &PersonId {
        &self.id
    }

    /// Sends a text to the service, and returns the answer, or an empty string if there is none. Usually the answer is
    /// in the webhook's reply. If AWS stalled, the service sends the answer later as a text, and this method waits for
    /// that text.
    ///
    /// # Errors
    /// Fails if the service does not answer with 200, or the late answer does not come.
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

    /// Whether the webhook of a text took so long that an AWS operation of the service may have timed out. If one has,
    /// the service answers later, by a text.
    #[must_use]
    pub fn was_slow(&self, id: &str) -> bool {
        let is_slow = |event: &LogEvent| match event {
            LogEvent::Webhook { about: WebhookKind::Sms, message: Some(message), took_ms, .. } => {
                message.as_str() == id && *took_ms >= OPERATION_MS
            }
            _ => false,
        };
        self.count(is_slow) > 0
    }

    /// Returns the answer to a text whose webhook had an empty reply. Waits until the text is stored with its answer,
    /// and until the answer was sent as a text of its own. The answer is empty if the service stays silent.
    ///
    /// # Errors
    /// Fails if the text has no record, or its answer does not come.
    pub async fn late_answer(&self, id: &str) -> Result<String> {
        let key = text_record_key(&self.id, id);
        let find_answer = async || {
            let item = self.stage.item(&key).await?;
            Ok((string(&item, "state") == "stored").then(|| string(&item, "answer").to_owned()))
        };
        let answer = self.stage.until("the text is stored", find_answer).await?;
        if !answer.is_empty() {
            let is_answer = |event: &LogEvent| matches!(event, LogEvent::TextOut { words, .. } if *words == answer);
            self.wait_for("the answer by text", is_answer).await?;
            self.late_answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer.clone());
        }
        Ok(answer)
    }

    /// Sends this request for a text to the simulated carrier, and returns the carrier's report about the text.
    ///
    /// # Errors
    /// Fails if the carrier rejects the request.
    pub async fn send(&self, request: Value) -> Result<Value> {
        let url = format!("{}/_phone/text", self.stage.stack.carrier().url());
        let response = self.stage.http.post(url).json(&request).send().await?;
        let status = response.status();
        let outcome: Value = response.json().await?;
        ensure!(status.is_success(), "expected the carrier to accept the text, found {status}: {outcome}");
        Ok(outcome)
    }
}
