//! Faults of a carrier, and a function that is killed.

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::json;
use simulated_carrier::{CallScript, Fault, FaultKind, LogEvent, ResourceKind};
use tests::{Stage, TargetTime};

/// Visibility timeout of the dial queue during the test, in seconds, instead of two minutes.
const VISIBILITY_TIMEOUT_S: u32 = 10;

pub(crate) async fn a_call_that_the_carrier_accepts_without_a_response_is_made_once(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| fault, FaultKind::CloseAfterAccept)?;
    person.will_press_1()?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard", "expected the callbacks to be accepted: their URL names the claim");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_call_request_closed_without_a_response_is_sent_once_and_followed_by_a_text(
    stage: &Stage,
) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| fault, FaultKind::CloseBefore)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "missed");
    let texts = person.texts_once_delivered().await?;
    ensure!(texts.len() == 1 && texts[0].contains("buy milk"), "found {texts:?}");
    ensure!(person.dials() == 1 && person.rings() == 0, "expected one request, found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_dialer_killed_before_the_carrier_answers_makes_one_call(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| fault, FaultKind::Hold)?;
    person.script_calls(vec![CallScript { answer_after_ms: Some(1500), ..CallScript::press("1")? }])?;
    let timeout_before = stage.set_visibility_timeout("DialQueueUrl", VISIBILITY_TIMEOUT_S).await?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.wait_for("a request for a call", |event| matches!(event, LogEvent::CallRequested { .. })).await?;
    ensure!(stage.kill("DialerFunction")? > 0, "expected a process of the dialer");
    ensure!(person.end().await? == "heard");
    // SQS delivers the wake-up again after the visibility timeout. The dialer then finds nothing to do.
    stage.wait_until_empty("DialQueueUrl").await?;
    stage.set_visibility_timeout("DialQueueUrl", timeout_before).await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_refused_number_is_texted_and_not_dialed_again(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| Fault { resource: Some(ResourceKind::Calls), ..fault }, FaultKind::RefuseNumber)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "missed");
    let texts = person.texts_once_delivered().await?;
    ensure!(person.dials() == 1 && texts.len() == 1, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

/// Only here the dialer itself creates a schedule, so this tests its permission too.
pub(crate) async fn after_a_call_to_a_refused_number_its_series_goes_on(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.text("remind me to take my pills every day at 9am").await?;
    let first = person.open_reminder().await?;
    person.add_fault(|fault| Fault { resource: Some(ResourceKind::Calls), ..fault }, FaultKind::RefuseNumber)?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    let texts = person.texts_once_delivered().await?;
    ensure!(person.dials() == 1 && texts.len() == 1, "found {:#?}", person.log());
    let next = person.wait_until("waiting").await?;
    ensure!(next.id() == first.id() && next.due()? > Timestamp::now(), "found {next:?}");
    let has_both = async || Ok((stage.schedules(next.id()).await?.len() == 2).then_some(()));
    stage.until("the schedules of both occurrences", has_both).await?;
    person.expect_nothing_more().await?;
    Ok(())
}

/// The failure of an answer counts in the circuit breaker of the texts, which the inbound function writes.
pub(crate) async fn an_answer_by_text_that_the_carrier_refuses_for_now_is_sent_again(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let too_many = |fault| Fault { resource: Some(ResourceKind::Messages), ..fault };
    person.add_fault(too_many, FaultKind::Http429)?;
    person.send(json!({ "from": person.number(), "body": "LIST", "via": "sns" })).await?;
    person.wait_for("a refusal", |event| matches!(event, LogEvent::TextRefused { .. })).await?;
    let is_answer = |event: &LogEvent| matches!(event, LogEvent::TextOut { words, .. } if words.contains("reminders"));
    person.wait_for("the answer", is_answer).await?;
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn refused_credentials_use_up_no_attempt(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| Fault { times: 2, ..fault }, FaultKind::Http401)?;
    person.will_miss_then_press_1(2)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 5, "expected two refusals and three calls, found {:#?}", person.log());
    let id = person.reminder().await?.id().to_owned();
    stage.counted("DialerFunction", "CarrierRefusedOperator", &[&id]).await?;
    Ok(())
}

pub(crate) async fn repeated_and_reordered_callbacks_change_nothing(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| Fault { times: 10, ..fault }, FaultKind::DoubleWebhook)?;
    person.add_fault(|fault| fault, FaultKind::Reorder)?;
    person.will_press_1()?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}
