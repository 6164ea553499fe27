//! A test text and a test call to the operator's own number.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use reminder::ids::Number;
use serde_json::Value;

use super::finding::Findings;
use crate::carrier::{CarrierAccount, CarrierResponse};

/// How often the carrier is asked for the result, and how long it is waited for in between. Together more than a call
/// rings, and than most texts take.
const INQUIRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_secs(3);

/// The words of the call.
const TWIML: &str = "<Response><Say>This is the test call of your reminder service. It works.</Say></Response>";

/// Sends a text and places a call, and waits until the carrier reports their ends.
pub(super) async fn send(account: &CarrierAccount, from: &str, to: &Number, now: Timestamp, findings: &mut Findings) {
    let body = format!("Test text of your reminder service, sent at {now:.0}.");
    let text = [("To", to.as_str()), ("From", from), ("Body", &body)];
    let effect = "no text arrives";
    // Not every phone company reports a delivery.
    judge("test text", account, "Messages", &text, &["delivered", "sent"], effect, findings).await;
    let call = [("To", to.as_str()), ("From", from), ("Twiml", TWIML), ("Timeout", "20"), ("TimeLimit", "30")];
    judge("test call", account, "Calls", &call, &["completed"], "no phone rings", findings).await;
}

async fn judge(
    check: &'static str,
    account: &CarrierAccount,
    kind: &str,
    form: &[(&str, &str)],
    good: &[&str],
    effect: &str,
    findings: &mut Findings,
) {
    match trial_end(account, kind, form).await {
        Ok(end) if good.contains(&end.status.as_str()) => findings.fine(check, end.status),
        Ok(end) => {
            let code = end.code.map(|code| format!(", code {code}")).unwrap_or_default();
            let what = format!("the carrier reports \"{}\"{code}", end.status);
            let remedy = match end.code {
                Some(code) => format!("read https://www.twilio.com/docs/api/errors/{code}"),
                None => "was the phone on, and did you pick up? Else read the log in Twilio's console".to_owned(),
            };
            let rang = matches!(end.status.as_str(), "no-answer" | "busy");
            let effect = if rang { "nothing, if the phone was off or nobody picked up" } else { effect };
            findings.problem(check, what, effect, &remedy);
        }
        Err(error) => findings.problem(
            check,
            format!("{error:#}"),
            effect,
            "look up the code at https://www.twilio.com/docs/api/errors",
        ),
    }
}

/// How a call or a text ended.
struct TrialEnd {
    status: String,
    code: Option<u64>,
}

async fn trial_end(account: &CarrierAccount, kind: &str, form: &[(&str, &str)]) -> Result<TrialEnd> {
    let created = found(account.post(&format!("{kind}.json"), form).await?)?;
    let sid = created["sid"].as_str().context("expected the sid of a test, found none")?;
    let mut last = TrialEnd { status: String::new(), code: None };
    for _ in 0..INQUIRIES {
        let now = found(account.get(&format!("{kind}/{sid}.json"), &[]).await?)?;
        last = TrialEnd {
            status: now["status"].as_str().unwrap_or_default().to_owned(),
            code: now["error_code"].as_u64(),
        };
        let is_open = ["queued", "accepted", "sending", "sent", "initiated", "ringing", "in-progress"];
        if !is_open.contains(&last.status.as_str()) {
            return Ok(last);
        }
        tokio::time::sleep(BETWEEN).await;
    }
    Ok(last)
}

fn found(answer: CarrierResponse) -> Result<Value> {
    match answer {
        CarrierResponse::Found(found) => Ok(found),
        CarrierResponse::Unauthorized => bail!("the carrier refused the token"),
        CarrierResponse::Refused(why) => bail!("the carrier refused it: {why}"),
    }
}
