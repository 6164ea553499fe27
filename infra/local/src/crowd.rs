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
    /// Opens the phones. The first person has this index among all people.
    ///
    /// # Errors
    /// Fails without a free port.
    pub async fn start(carrier: &SimulatedCarrier, first_person: usize) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("could not open a port for the phones")?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = carrier.control_router();
        let ids = format!("SM{:x}-", Timestamp::now().as_millisecond());
        let server = tokio::spawn(async move {
            // The server runs until the crowd is dropped.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self { url, http: reqwest::Client::new(), server, people: first_person, texts: first_person, ids })
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
