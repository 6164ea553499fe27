//! Simulates many people, who text at the same time and answer their phones.

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::people;
use simulated_carrier::{CallScript, PhoneNumber, SimulatedCarrier};

/// Maximum number of texts that are sent at the same time.
pub(super) const CLIENTS: usize = 32;

/// A text to send.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) number: PhoneNumber,
    /// The carrier's message id. A second text with the same id is a duplicate.
    pub(super) id: String,
    pub(super) task: String,
    /// The time of the reminder as the text says it, for example "in 20 seconds".
    pub(super) when: String,
    /// How many copies are sent at the same instant.
    pub(super) copies: usize,
}

/// A text that was sent, with the answers to all its copies.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) number: PhoneNumber,
    pub(super) id: String,
    pub(super) task: String,
    /// The answers. A copy whose webhook failed has none.
    pub(super) answers: Vec<String>,
}

/// The phones of all people. They have a port of their own, because a scenario may close the carrier's port.
pub(super) struct Crowd {
    url: String,
    http: reqwest::Client,
    server: JoinHandle<()>,
    people: usize,
    texts: usize,
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Crowd {
    pub(super) async fn start(carrier: &SimulatedCarrier) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("could not open a port for the phones")?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = carrier.control_router();
        let server = tokio::spawn(async move {
            // The server runs until the crowd is dropped.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self { url, http: reqwest::Client::new(), server, people: 0, texts: 0 })
    }

    /// Returns the number of a new person, who answers each call and presses 1.
    pub(super) fn new_person(&mut self, carrier: &SimulatedCarrier) -> Result<PhoneNumber> {
        ensure!(self.people < people::MOST, "expected at most {} people, found one more", people::MOST);
        let number = people::number(self.people)?;
        self.people += 1;
        // One call is expected. More calls are scripted, so that a doubled call is answered and seen in the log.
        let calls = vec![CallScript::press("1")?; 8];
        carrier.behave(&number, calls).map_err(|reason| anyhow!(reason))?;
        Ok(number)
    }

    /// Returns a text from a person, with a task that no other text has.
    pub(super) fn text(&mut self, number: &PhoneNumber, when: String) -> Text {
        let index = self.texts;
        self.texts += 1;
        let id = format!("SMchaos{index}");
        Text { number: number.clone(), id, task: people::task(index), when, copies: 1 }
    }

    /// Sends texts, at most `clients` of them at the same time, and returns the answers to each text.
    pub(super) async fn send(&self, texts: &[Text], clients: usize) -> Result<Vec<Sent>> {
        stream::iter(texts).map(|text| self.send_one(text)).buffered(clients).try_collect().await
    }

    pub(super) async fn send_one(&self, text: &Text) -> Result<Sent> {
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
