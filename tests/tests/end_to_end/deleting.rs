//! Nothing after no.

use std::time::Duration;

use anyhow::{Result, ensure};
use simulated_carrier::{CallScript, FaultKind, LogEvent};
use tests::Stage;

const A_WHILE: Duration = Duration::from_secs(8);

pub(crate) async fn deleted_before_it_is_due_never_rings(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.text("remind me to buy milk in 5 seconds").await?;
    let answer = person.text("delete 1").await?;
    ensure!(answer.contains("Deleted #1"), "found {answer:?}");
    ensure!(person.end().await? == "cancelled");
    person.stays_quiet(A_WHILE).await?;
    ensure!(person.dials() == 0 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn deleted_while_it_rings_is_cancelled_at_the_carrier(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will(vec![CallScript { answer_after_ms: Some(60_000), ..CallScript::answer() }])?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    let known = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "ringing"));
    stage.until("the record says so", known).await?;
    let answer = person.text("delete 1").await?;
    ensure!(answer.contains("may still ring"), "expected a warning, found {answer:?}");
    person.see("the call cancelled", |what| matches!(what, LogEvent::CallCancelled { .. })).await?;
    person.stays_quiet(A_WHILE).await?;
    ensure!(person.end().await? == "cancelled" && person.dials() == 1, "found {:#?}", person.log());
    ensure!(person.heard().is_empty(), "expected silence, heard {:?}", person.heard());
    Ok(())
}

pub(crate) async fn deleted_while_it_rings_says_goodbye_if_the_carrier_refuses_to_cancel(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will(vec![CallScript { answer_after_ms: Some(1900), ..CallScript::answer() }])?;
    person.suffer(|fault| fault, FaultKind::CancelRefused)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    person.text("delete 1").await?;
    person.see("the end of the call", |what| matches!(what, LogEvent::CallEnded { .. })).await?;
    let heard = person.heard();
    ensure!(heard.iter().any(|words| words.contains("Goodbye")), "heard {heard:?} in {:#?}", person.log());
    ensure!(!heard.iter().any(|words| words.contains("buy milk")), "heard {heard:?}");
    person.stays_quiet(A_WHILE).await?;
    ensure!(person.end().await? == "cancelled" && person.dials() == 1, "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn opting_out_ends_everything_and_coming_back_revives_nothing(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.text("remind me to buy milk in 6 seconds").await?;
    let answer = person.text("STOP").await?;
    ensure!(answer.is_empty(), "expected silence, since the carrier answers, found {answer:?}");
    ensure!(person.end().await? == "cancelled");
    let silence = person.text("remind me to buy bread in 2 seconds").await?;
    ensure!(silence.is_empty(), "expected silence after leaving, found {silence:?}");
    person.text("START").await?;
    person.stays_quiet(A_WHILE).await?;
    ensure!(person.dials() == 0 && person.reminders().await?.len() == 1, "found {:#?}", person.log());
    person.will_press_1()?;
    let answer = person.text("remind me to buy bread in 2 seconds").await?;
    ensure!(answer.contains("buy bread"), "expected to be served again, found {answer:?}");
    person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    Ok(())
}
