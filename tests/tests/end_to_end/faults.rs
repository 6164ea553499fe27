//! What a carrier does wrong, and what a function that dies leaves behind.

use anyhow::{Result, ensure};
use simulated_carrier::{CallScript, FaultKind, LogEvent, ResourceKind};
use tests::Stage;

/// How long a message stays hidden whose function dies, in seconds, instead of two minutes.
const SOON_SHOWN_S: u32 = 10;

pub(crate) async fn an_answer_lost_after_accepting_is_one_call(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| fault, FaultKind::CloseAfterAccept)?;
    person.will_press_1()?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard", "the call's own callbacks carry its claim");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_request_read_and_closed_is_one_request_and_a_text(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| fault, FaultKind::CloseBefore)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "missed");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.rings() == 0, "expected one request, found {:#?}", person.log());
    let texts = person.texts();
    ensure!(texts.len() == 1 && texts[0].contains("buy milk"), "found {texts:?}");
    Ok(())
}

pub(crate) async fn a_dialer_killed_while_the_carrier_holds_its_answer_is_one_call(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| fault, FaultKind::Hold)?;
    person.will(vec![CallScript { answer_after_ms: Some(1500), ..CallScript::press("1")? }])?;
    let hidden_before = stage.hide_messages_for("DialQueueUrl", SOON_SHOWN_S).await?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.see("a request for a call", |what| matches!(what, LogEvent::CallRequested { .. })).await?;
    ensure!(stage.kill("DialerFunction")? > 0, "expected a process of the dialer");
    ensure!(person.end().await? == "heard");
    // Its message comes back after the visibility time-out, and finds nothing left to do.
    stage.is_emptied("DialQueueUrl").await?;
    stage.hide_messages_for("DialQueueUrl", hidden_before).await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    person.is_done().await?;
    Ok(())
}

pub(crate) async fn a_refused_number_is_texted_and_not_dialed_again(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(
        |fault| simulated_carrier::Fault { resource: Some(ResourceKind::Calls), ..fault },
        FaultKind::RefuseNumber,
    )?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "missed");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().len() == 1, "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn credentials_refused_spend_no_attempt(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| simulated_carrier::Fault { times: 2, ..fault }, FaultKind::Http401)?;
    person.will_miss_then_press_1(2)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 5, "expected two refusals and three calls, found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn doubled_and_reordered_callbacks_change_nothing(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| simulated_carrier::Fault { times: 10, ..fault }, FaultKind::DoubleWebhook)?;
    person.suffer(|fault| fault, FaultKind::Reorder)?;
    person.will_press_1()?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}
