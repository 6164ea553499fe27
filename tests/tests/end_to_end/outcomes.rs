//! The lines of the deployed functions whose values CloudWatch counts. The emulator evaluates no alarm, so each test causes
//! what an alarm is about, and waits for the line that its metric counts.

use anyhow::{Context as _, Result, ensure};
use local::endpoint::Service;
use serde_json::{Value, json};
use tests::Stage;

pub(crate) async fn a_heard_reminder_is_counted_by_each_function_on_its_way(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    person.text("remind me to water the ferns in 5 seconds").await?;
    ensure!(person.end().await? == "heard");
    let id = person.reminder().await?.id().to_owned();
    for (function, metric) in [
        ("InboundFunction", "RemindersAccepted"),
        ("DialerFunction", "CallsPlaced"),
        ("DialerFunction", "RemindersOnTime"),
        ("CallbackFunction", "AnsweredByPerson"),
        ("CallbackFunction", "RemindersHeard"),
    ] {
        let line = stage.counted(function, metric, &[&id]).await?;
        ensure!(line["reminder.id"] == id, "found {line}");
        let text = line.to_string();
        ensure!(!text.contains(&person.number()[1..]) && !text.contains("ferns"), "found {line}");
    }
    let rang = stage.counted("DialerFunction", "Lateness", &[&id]).await?;
    let late_ms = rang["Lateness"].as_i64().context("expected a lateness")?;
    ensure!((0..60_000).contains(&late_ms) && rang["late_ms"] == late_ms, "found {rang}");
    Ok(())
}

/// Posts a text to the service's webhook with this signature. Returns the HTTP status.
async fn post(stage: &Stage, signature: Option<&str>) -> Result<u16> {
    let url = format!("{}/sms", stage.stack.api_url()?);
    let form = [("MessageSid", "SM0"), ("From", "+12125550199"), ("To", "+12125550100"), ("Body", "LIST")];
    let request = reqwest::Client::new().post(url).form(&form);
    let request = signature.into_iter().fold(request, |request, found| request.header("X-Twilio-Signature", found));
    Ok(request.send().await?.status().as_u16())
}

pub(crate) async fn a_webhook_with_a_wrong_signature_is_told_from_one_without(stage: &Stage) -> Result<()> {
    ensure!(post(stage, None).await? == 403);
    stage.counted("InboundFunction", "RequestsUnsigned", &[]).await?;
    ensure!(post(stage, Some("L/OH5YylLD5NRKLltdqwSvS0BnU=")).await? == 403);
    stage.counted("InboundFunction", "SignaturesRefused", &[]).await.map(drop)
}

/// Sets the carrier's credentials in the secret, and returns the previous secret.
pub(crate) async fn write_secret(stage: &Stage, change: impl FnOnce(Value) -> Value) -> Result<Value> {
    let (endpoint, secret) = (stage.stack.endpoint(), stage.stack.output("SecretId")?);
    let stored = endpoint.call(Service::SecretsManager, "GetSecretValue", &json!({ "SecretId": secret })).await?;
    let before: Value = serde_json::from_str(stored["SecretString"].as_str().context("expected a SecretString")?)?;
    let input = json!({ "SecretId": secret, "SecretString": change(before.clone()).to_string() });
    endpoint.call(Service::SecretsManager, "PutSecretValue", &input).await?;
    Ok(before)
}

/// The first deploy creates the secret without credentials. The loop that invokes the sweeper makes the run fail if an
/// invocation fails.
pub(crate) async fn functions_wait_for_the_first_credentials_without_failing(stage: &Stage) -> Result<()> {
    let without = |mut secret: Value| {
        (secret["account_sid"], secret["auth_token"]) = (json!(""), json!(""));
        secret
    };
    let before = write_secret(stage, without).await?;
    // Each change of the variables ends all processes of a function.
    for function in ["SweeperFunction", "InboundFunction"] {
        let level = stage.set_variable(function, "LOG_LEVEL", "debug").await?;
        stage.set_variable(function, "LOG_LEVEL", &level).await?;
    }
    // Each sweep with credentials has a zero, so only a one shows that they are missing.
    let missing = "\"CredentialsMissing\":1";
    stage.counted("SweeperFunction", "CredentialsMissing", &[missing]).await?;
    ensure!(post(stage, None).await? == 503);
    stage.counted("InboundFunction", "CredentialsMissing", &[missing]).await?;
    write_secret(stage, |_| before).await?;
    // The functions read the secret again, without a restart.
    ensure!(post(stage, None).await? == 403);
    let person = stage.new_person()?;
    person.will_press_1()?;
    person.text("remind me to feed the cat in 5 seconds").await?;
    ensure!(person.end().await? == "heard");
    Ok(())
}

/// Posts an unsigned request to a path, so that its function starts. Such a request does not make it read the secret
/// again.
async fn start_by_webhook(stage: &Stage, path: &str) -> Result<()> {
    let response = reqwest::Client::new().post(format!("{}{path}", stage.stack.api_url()?)).send().await?;
    ensure!(response.status() == 403, "expected 403 from {path}, found {}", response.status());
    Ok(())
}

pub(crate) async fn a_changed_token_is_used_without_a_restart(stage: &Stage) -> Result<()> {
    let with_old_token = |mut secret: Value| {
        secret["auth_token"] = json!("a token that the carrier no longer accepts");
        secret
    };
    let changed = write_secret(stage, with_old_token).await?;
    // Each function starts with the old token.
    for function in ["InboundFunction", "DialerFunction", "CallbackFunction"] {
        let level = stage.set_variable(function, "LOG_LEVEL", "debug").await?;
        stage.set_variable(function, "LOG_LEVEL", &level).await?;
    }
    start_by_webhook(stage, "/sms").await?;
    start_by_webhook(stage, "/voice").await?;
    let dialer = stage.stack.output("DialerFunction")?;
    stage.stack.endpoint().invoke(dialer, &json!({ "Records": [] })).await?;
    write_secret(stage, |_| changed).await?;
    let person = stage.new_person()?;
    person.will_press_1()?;
    person.text("remind me to feed the fish in 5 seconds").await?;
    ensure!(person.end().await? == "heard");
    let id = person.reminder().await?.id().to_owned();
    // The first request for the call was refused.
    stage.counted("DialerFunction", "CarrierRefusedOperator", &[&id]).await.map(drop)
}
