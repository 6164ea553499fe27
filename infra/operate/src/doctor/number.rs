//! Checks of the service's number at the carrier: capabilities, webhooks and registration.

use serde_json::Value;

use super::finding::Findings;
use crate::carrier::{CarrierAccount, CarrierResponse};
use crate::stack::Stack;

/// The first digits of toll-free numbers of the US and Canada, after the country code.
const TOLL_FREE: [&str; 7] = ["800", "833", "844", "855", "866", "877", "888"];

/// Number of Messaging Services that are searched for the number.
const SERVICES: &str = "50";

pub(super) async fn check(account: &CarrierAccount, stack: &Stack, number: &str, findings: &mut Findings) {
    let check = "number at the carrier";
    let found = match account.get("IncomingPhoneNumbers.json", &[("PhoneNumber", number)]).await {
        Ok(CarrierResponse::Found(found)) => {
            found["incoming_phone_numbers"].as_array().and_then(|all| all.first()).cloned()
        }
        Ok(CarrierResponse::Unauthorized | CarrierResponse::Refused(_)) => None,
        Err(error) => return findings.unchecked(check, &error),
    };
    let Some(found) = found else {
        findings.problem(
            check,
            format!("the account {} has no number {}", account.sid(), masked(number)),
            "no phone rings, and texts to the number reach nobody",
            "buy the number for this account, or deploy with the ServiceNumber that it has",
        );
        return;
    };
    check_capabilities(&found, findings);
    check_webhooks(&found, stack, findings);
    check_registration(account, stack, &found, number, findings).await;
}

fn masked(number: &str) -> String {
    format!("+…{}", &number[number.len().saturating_sub(2)..])
}

fn check_capabilities(found: &Value, findings: &mut Findings) {
    let check = "number's capabilities";
    let before = findings.findings.len();
    for (name, effect) in
        [("voice", "no phone rings"), ("sms", "texts to the number reach nobody, and no text replaces a call")]
    {
        if found["capabilities"][name] != Value::Bool(true) {
            let what = format!("the number has no capability \"{name}\"");
            findings.problem(check, what, effect, "choose a number with voice and SMS at Twilio, and deploy with it");
        }
    }
    findings.fine_unless_found(before, check, "voice and SMS");
}

fn check_webhooks(found: &Value, stack: &Stack, findings: &mut Findings) {
    let check = "number's webhooks";
    let before = findings.findings.len();
    let Ok(public_url) = stack.output("PublicUrl") else { return };
    for (kind, path, retries, effect) in [
        ("sms", "/sms", "#rc=3&rp=all", "texts get no answer"),
        ("voice", "/voice", "#rc=2&rp=all", "a person who calls the number hears an error"),
    ] {
        let text = |name: &str| found[format!("{kind}_{name}")].as_str().unwrap_or_default();
        let expected = format!("{public_url}{path}");
        let (url, fragment) = text("url").split_once('#').unwrap_or((text("url"), ""));
        let remedy = format!("set the webhook in Twilio's console to {expected}{retries}, with HTTP POST");
        if !text("application_sid").is_empty() || kind == "voice" && found["trunk_sid"].is_string() {
            let what = format!("a TwiML app or a trunk replaces the {kind} webhook of the number");
            findings.problem(check, what, effect, "remove it from the number in Twilio's console");
        } else if url != expected {
            let is = if url.is_empty() { "empty".to_owned() } else { url.to_owned() };
            findings.problem(check, format!("the {kind} webhook is {is}, not {expected}"), effect, &remedy);
        } else if text("method") != "POST" {
            findings.problem(check, format!("the {kind} webhook is requested with GET"), effect, &remedy);
        } else if !fragment.contains("rc=") {
            let what = format!("the {kind} webhook has no retries");
            findings.problem(check, what, "in an outage of seconds, texts are lost for good", &remedy);
        }
    }
    findings.fine_unless_found(before, check, "");
}

/// Only numbers of the US and Canada must be registered, at Twilio as A2P 10DLC campaigns or verified toll-free numbers.
async fn check_registration(
    account: &CarrierAccount,
    stack: &Stack,
    found: &Value,
    number: &str,
    findings: &mut Findings,
) {
    let check = "registration for texts";
    let Some(national) = number.strip_prefix("+1") else {
        return findings.fine(check, "not checked: only numbers of the US and Canada are registered at Twilio");
    };
    let sid = found["sid"].as_str().unwrap_or_default();
    let is_toll_free = TOLL_FREE.iter().any(|prefix| national.starts_with(prefix));
    let service = match service_with(account, sid).await {
        Ok(service) => service,
        Err(error) => return findings.unchecked(check, &error),
    };
    if let Some(service) = &service {
        check_service(service, stack, findings);
    }
    let status =
        if is_toll_free { verification(account, sid).await } else { campaign(account, service.as_ref()).await };
    let (approved, what, remedy) = if is_toll_free {
        (
            "TWILIO_APPROVED",
            "the toll-free number is not verified",
            "submit the toll-free verification in Twilio's console; it takes days (error 30032 until then)",
        )
    } else {
        (
            "VERIFIED",
            "the number has no approved A2P 10DLC campaign",
            "register brand and campaign in Twilio's console, and add the number to the campaign's Messaging Service; \
             it takes days to weeks (error 30034 until then)",
        )
    };
    match status {
        Ok(Some(status)) if status == approved => findings.fine(check, status),
        Ok(status) => {
            let status = status.unwrap_or_else(|| "none".to_owned());
            let effect = "US carriers block every text: no answers, and nothing replaces a missed call";
            findings.problem(check, format!("{what} (status: {status})"), effect, remedy);
        }
        Err(error) => findings.unchecked(check, &error),
    }
}

/// Returns the status of the verification of a toll-free number.
async fn verification(account: &CarrierAccount, number_sid: &str) -> anyhow::Result<Option<String>> {
    let path = format!("Tollfree/Verifications?TollfreePhoneNumberSid={number_sid}");
    let found = resource(account, &path).await?;
    Ok(found["verifications"][0]["status"].as_str().map(str::to_owned))
}

/// Returns the Messaging Service that has the number.
async fn service_with(account: &CarrierAccount, number_sid: &str) -> anyhow::Result<Option<Value>> {
    let services = resource(account, &format!("Services?PageSize={SERVICES}")).await?;
    for service in services["services"].as_array().into_iter().flatten() {
        let path = format!("Services/{}/PhoneNumbers?PageSize=1000", service["sid"].as_str().unwrap_or_default());
        let numbers = resource(account, &path).await?;
        let has_number = |number: &Value| number["sid"].as_str() == Some(number_sid);
        if numbers["phone_numbers"].as_array().is_some_and(|all| all.iter().any(has_number)) {
            return Ok(Some(service.clone()));
        }
    }
    Ok(None)
}

/// Checks that a Messaging Service passes texts on to the webhook of its number, or to ours.
fn check_service(service: &Value, stack: &Stack, findings: &mut Findings) {
    let defers = service["use_inbound_webhook_on_number"] == Value::Bool(true);
    let url = service["inbound_request_url"].as_str().unwrap_or_default();
    let is_ours = stack.output("PublicUrl").is_ok_and(|ours| url.split('#').next() == Some(&format!("{ours}/sms")));
    if !defers && !is_ours {
        findings.problem(
            "number's Messaging Service",
            "it ignores the webhook of the number",
            "texts get no answer",
            "in Twilio's console choose \"Defer to sender's webhook\" under Integration of the Messaging Service",
        );
    }
}

/// Returns the status of the campaign of a Messaging Service.
async fn campaign(account: &CarrierAccount, service: Option<&Value>) -> anyhow::Result<Option<String>> {
    let Some(service) = service.and_then(|service| service["sid"].as_str()) else { return Ok(None) };
    let found = resource(account, &format!("Services/{service}/Compliance/Usa2p")).await?;
    Ok(found["compliance"][0]["campaign_status"].as_str().map(str::to_owned))
}

async fn resource(account: &CarrierAccount, path: &str) -> anyhow::Result<Value> {
    match account.messaging(path).await? {
        CarrierResponse::Found(found) => Ok(found),
        CarrierResponse::Unauthorized => anyhow::bail!("Twilio refused to show registrations"),
        CarrierResponse::Refused(why) => anyhow::bail!("Twilio refused to show registrations: {why}"),
    }
}
