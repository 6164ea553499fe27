//! Nothing after no.

use anyhow::{Result, ensure};
use simulated_carrier::{CallScript, FaultKind, LogEvent};
use tests::Stage;

pub(crate) async fn deleted_before_it_is_due_never_rings(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.text("remind me to buy milk in 30 seconds").await?;
    let answer = person.text("delete 1").await?;
    ensure!(answer.contains("Deleted #1"), "found {answer:?}");
    ensure!(person.end().await? == "cancelled");
    person.is_done().await?;
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
    ensure!(person.end().await? == "cancelled" && person.dials() == 1, "found {:#?}", person.log());
    person.is_done().await?;
    ensure!(person.heard().is_empty(), "expected silence, heard {:?}", person.heard());
    Ok(())
}

pub(crate) async fn deleted_while_it_rings_says_goodbye_if_the_carrier_refuses_to_cancel(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    // Without a script it rings until they pick up.
    person.suffer(|fault| fault, FaultKind::CancelRefused)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    let known = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "ringing"));
    stage.until("the record says so", known).await?;
    person.text("delete 1").await?;
    person.see("the refusal to cancel", |what| matches!(what, LogEvent::CancelRefused { .. })).await?;
    person.pick_up().await?;
    person.see("the end of the call", |what| matches!(what, LogEvent::CallEnded { .. })).await?;
    let heard = person.heard();
    ensure!(heard.iter().any(|words| words.contains("Goodbye")), "heard {heard:?} in {:#?}", person.log());
    ensure!(!heard.iter().any(|words| words.contains("buy milk")), "heard {heard:?}");
    ensure!(person.end().await? == "cancelled" && person.dials() == 1, "found {:#?}", person.log());
    person.is_done().await?;
    Ok(())
}

pub(crate) async fn opting_out_ends_everything_and_coming_back_revives_nothing(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.text("remind me to buy milk in 30 seconds").await?;
    let answer = person.text("STOP").await?;
    ensure!(answer.is_empty(), "expected silence, since the carrier answers, found {answer:?}");
    ensure!(person.end().await? == "cancelled");
    let silence = person.text("remind me to buy bread in 2 seconds").await?;
    ensure!(silence.is_empty(), "expected silence after leaving, found {silence:?}");
    person.text("START").await?;
    ensure!(person.dials() == 0 && person.reminders().await?.len() == 1, "found {:#?}", person.log());
    person.will_press_1()?;
    let answer = person.text("remind me to buy tea in 2 seconds").await?;
    ensure!(answer.contains("buy tea"), "expected to be served again, found {answer:?}");
    let heard = async || {
        let records = person.reminders().await?;
        Ok(records.iter().any(|record| record.task() == "buy tea" && record.end() == "heard").then_some(()))
    };
    stage.until("the new reminder is heard", heard).await?;
    let heard = person.heard();
    ensure!(person.dials() == 1 && !heard.iter().any(|words| words.contains("milk") || words.contains("bread")));
    // Neither of the old ones comes later.
    person.is_done().await?;
    Ok(())
}
