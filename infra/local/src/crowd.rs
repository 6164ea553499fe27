//! Simulates many people, who text at the same time and answer their phones.

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::people;
use judge::Sent;
use simulated_carrier::{CallScript, PhoneNumber, SimulatedCarrier};

/// Crowds that begin within so many seconds may have the same people.
const SLOT_S: i64 = 15;

/// A text to send.
#[derive(Debug, Clone)]
pub struct Text {
    /// Number of the person who sends it.
    pub number: PhoneNumber,
    /// The carrier's message id. A second text with the same id is a duplicate.
    pub id: String,
    /// The task, which no other text has.
    pub task: String,
    /// The time of the reminder as the text says it, for example "in 20 seconds".
    pub when: String,
    /// How many copies are sent at the same instant.
    pub copies: usize,
}

/// The first person and the first task of a crowd, by their places among all people and tasks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct First {
    /// The first person.
    pub person: usize,
    /// The first task.
    pub task: usize,
}

impl First {
    /// Chooses by the clock, for a crowd of this many people who text once. Crowds within 17 minutes of each other have
    /// no person in common, and crowds within an hour and a half no task, if they begin 15 seconds apart. So
    /// what an interrupted crowd has left behind does not disturb the next one, also after a restart.
    #[must_use]
    pub fn at(now: Timestamp, people: usize) -> Self {
        let slot = usize::try_from(now.as_second() / SLOT_S).unwrap_or_default();
        let place = |all: usize| slot % (all / people) * people;
        Self { person: place(people::MOST), task: place(people::MOST_TASKS) }
    }

    /// Returns the numbers of a crowd of this many people.
    ///
    /// # Errors
    /// Fails if a number is invalid, which a test excludes.
    pub fn numbers(self, people: usize) -> Result<Vec<PhoneNumber>> {
        (self.person..self.person + people).map(people::number).collect()
    }
}

/// The phones of all people. They have a port of their own, because a scenario may close the carrier's port.
pub struct Crowd {
    url: String,
    http: reqwest::Client,
    server: JoinHandle<()>,
    people: usize,
    texts: usize,
    /// Begins the ids of all texts, so that a service which has stored the texts of an earlier crowd takes none of
    /// these for a duplicate.
    ids: String,
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Crowd {
    /// Opens the phones.
    ///
    /// # Errors
    /// Fails without a free port.
    pub async fn start(carrier: &SimulatedCarrier, first: First) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("could not open a port for the phones")?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = carrier.control_router_for_programs();
        let ids = format!("SM{:x}-", Timestamp::now().as_millisecond());
        let server = tokio::spawn(async move {
            // The server runs until the crowd is dropped.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self { url, http: reqwest::Client::new(), server, people: first.person, texts: first.task, ids })
    }

    /// Returns the number of a new person, who answers each call and presses 1.
    ///
    /// # Errors
    /// Fails if there are no more people.
    pub fn new_person(&mut self, carrier: &SimulatedCarrier) -> Result<PhoneNumber> {
        ensure!(self.people < people::MOST, "expected at most {} people, found one more", people::MOST);
        let number = people::number(self.people)?;
        self.people += 1;
        // One call is expected. More calls are scripted, so that a doubled call is answered and seen in the log.
        let calls = vec![CallScript::press("1")?; 8];
        carrier.behave(&number, calls).map_err(|reason| anyhow!(reason))?;
        Ok(number)
    }

    /// Returns a text from a person, with a task that no other text has.
    pub fn text(&mut self, number: &PhoneNumber, when: String) -> Text {
        let index = self.texts;
        self.texts += 1;
        let id = format!("{}{index}", self.ids);
        Text { number: number.clone(), id, task: people::task(index), when, copies: 1 }
    }

    /// Sends texts, at most `clients` of them at the same time, and returns the answers to each text.
    ///
    /// # Errors
    /// Fails if the simulated carrier can't be reached, or refuses a text.
    pub async fn send(&self, texts: &[Text], clients: usize) -> Result<Vec<Sent>> {
        stream::iter(texts).map(|text| self.send_one(text)).buffered(clients).try_collect().await
    }

    /// Sends a text, and returns the answers to its copies.
    ///
    /// # Errors
    /// Fails if the simulated carrier can't be reached, or refuses the text.
    pub async fn send_one(&self, text: &Text) -> Result<Sent> {
        let body = format!("remind me to {} {}", text.task, text.when);
        let request = json!({ "from": text.number, "body": body, "id": text.id, "copies": text.copies });
        let response = self.http.post(format!("{}/_phone/text", self.url)).json(&request).send().await?;
        let outcome: Value = response.error_for_status()?.json().await?;
        let copies = outcome["copies"].as_array().map_or(std::slice::from_ref(&outcome), Vec::as_slice);
        let answers = copies.iter().filter_map(answer).collect();
        Ok(Sent { number: text.number.clone(), id: text.id.clone(), task: text.task.clone(), answers })
    }
}

fn answer(outcome: &Value) -> Option<String> {
    let texts: Vec<&str> = outcome["answer"].as_array()?.iter().filter_map(Value::as_str).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use reqwest::header::ORIGIN;
    use simulated_carrier::{AccountSid, AuthTokens, CarrierConfig, Timing};

    use super::*;

    #[tokio::test]
    async fn a_web_page_cannot_use_the_port_of_the_phones() {
        let config = CarrierConfig {
            bind: "127.0.0.1:0".parse().unwrap(),
            account: AccountSid::parse("AC0123456789abcdef0123456789abcdef").unwrap(),
            tokens: AuthTokens { primary: "token".to_owned(), secondary: None },
            api_key: None,
            service_number: PhoneNumber::parse("+12125550100").unwrap(),
            sms_url: "https://sixthirty.example/sms".to_owned(),
            voice_url: "https://sixthirty.example/voice".to_owned(),
            routes: Vec::new(),
            timing: Timing::real_time(),
        };
        let carrier = SimulatedCarrier::start(config).await.unwrap();
        let crowd = Crowd::start(&carrier, First::default()).await.unwrap();
        let log = || crowd.http.get(format!("{}/_carrier/log", crowd.url));
        assert_eq!(log().send().await.unwrap().status(), 200);
        assert_eq!(log().header(ORIGIN, "https://other.example").send().await.unwrap().status(), 403);
    }

    #[test]
    fn crowds_at_different_times_have_other_people_and_other_tasks() {
        let at = |second: i64| First::at(Timestamp::from_second(1_800_000_000 + second).unwrap(), 20);
        let firsts: Vec<First> = (0..70).map(|slot| at(slot * SLOT_S)).collect();
        let numbers: BTreeSet<PhoneNumber> = firsts.iter().flat_map(|first| first.numbers(20).unwrap()).collect();
        assert_eq!(numbers.len(), 70 * 20);
        assert!(firsts.iter().all(|first| first.person + 20 <= people::MOST));
        let tasks: BTreeSet<String> = (0..400).map(|slot| people::task(at(slot * SLOT_S).task)).collect();
        assert_eq!(tasks.len(), 400);
    }
}
