//! Sends a text from a person's phone, through the HTTP API of a simulated carrier that may run in another process.

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::{Value, json};

/// What a person gets back for a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// The texts of the service's answer.
    pub answer: Vec<String>,
    /// The carrier's own answer to a word such as STOP.
    pub carrier: Option<String>,
}

/// Sends a text to the service through the carrier at this URL, and returns what comes back.
///
/// # Errors
/// Fails if the carrier can't be reached or refuses the text, or if the service did not answer with 2xx.
pub async fn text(carrier: &str, from: &str, body: &str) -> Result<Reply> {
    let url = format!("{carrier}/_phone/text");
    let request = reqwest::Client::new().post(url).json(&json!({ "from": from, "body": body }));
    let response = match request.send().await {
        // The reason, a refused connection, says no more.
        Err(error) if error.is_connect() => {
            let problem = "not sent: the service is not running on this machine";
            bail!("{problem}, so nothing answers at {carrier}; start it with `cargo local`")
        }
        response => response.with_context(|| format!("the simulated carrier at {carrier} did not answer"))?,
    };
    let status = response.status();
    let reply = response.text().await?;
    if !status.is_success() {
        bail!("not sent: the carrier refused the text with {status}: {reply}");
    }
    let outcome: Value = serde_json::from_str(&reply).with_context(|| format!("expected JSON, found {reply:?}"))?;
    match (&outcome["answer"], outcome["error"].as_str(), outcome["status"].as_u64()) {
        (Value::Array(texts), None, Some(200..300)) => {
            let answer = texts.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            Ok(Reply { answer, carrier: outcome["carrier"].as_str().map(str::to_owned) })
        }
        // The carrier starts before the build, and learns the URL of the service after the deploy.
        (_, Some(error), _) if error.starts_with("no route") => {
            bail!("not delivered, because the service is not deployed yet; wait until `cargo local` says Ready")
        }
        (_, Some(error), _) => bail!("sent, but the service did not answer: {error}"),
        _ => bail!("sent, but expected an answer of the service with 2xx, found {outcome}"),
    }
}
