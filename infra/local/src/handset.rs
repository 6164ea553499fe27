//! Texting from a person's phone, over the carrier's own HTTP, since the carrier may run in another process.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

/// Texts the service by the carrier at this address, and returns what the service answers, in as many texts as it does.
///
/// # Errors
/// No carrier is there, or the service did not answer well.
pub async fn text(carrier: &str, from: &str, body: &str) -> Result<Vec<String>> {
    let url = format!("{carrier}/_phone/text");
    let request = reqwest::Client::new().post(url).json(&json!({ "from": from, "body": body }));
    let response =
        request.send().await.with_context(|| format!("no carrier answers at {carrier}; is `cargo local` running?"))?;
    let status = response.status();
    let said = response.text().await?;
    if !status.is_success() {
        bail!("the carrier did not take the text: {status}: {said}");
    }
    let outcome: Value = serde_json::from_str(&said).with_context(|| format!("expected JSON, found {said:?}"))?;
    match (&outcome["answer"], outcome["error"].as_str(), outcome["status"].as_u64()) {
        (Value::Array(texts), None, Some(200..300)) => {
            Ok(texts.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        (_, Some(error), _) => bail!("the service did not answer: {error}"),
        _ => bail!("the service did not answer well: {outcome}"),
    }
}
