//! After a deletion or an opt-out, no call speaks the task, and no text replaces a call.

use anyhow::{Result, ensure};
use simulated_carrier::{CallScript, FaultKind, LogEvent};
use tests::Stage;

pub(crate) async fn a_reminder_deleted_before_its_due_never_rings(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.text("remind me to buy milk in 30 seconds").await?;
    let answer = person.text("delete 1").await?;
    ensure!(answer.contains("Deleted #1"), "found {answer:?}");
    ensure!(person.end().await? == "cancelled");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 0 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn deleting_a_ringing_reminder_cancels_the_call(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript { answer_after_ms: Some(60_000), ..CallScript::answer() }])?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    let find_ringing = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "ringing"));
    stage.until("the record is ringing", find_ringing).await?;
    let answer = person.text("delete 1").await?;
    ensure!(answer.contains("may still ring"), "expected a warning, found {answer:?}");
    person.wait_for("the cancellation of the call", |event| matches!(event, LogEvent::CallCancelled { .. })).await?;
    ensure!(person.end().await? == "cancelled" && person.dials() == 1, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    ensure!(person.spoken_words().is_empty(), "expected silence, heard {:?}", person.spoken_words());
    Ok(())
}

pub(crate) async fn a_deleted_reminder_says_only_goodbye_if_its_call_cannot_be_cancelled(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    // Without a script the phone rings until the test picks up the call.
    person.add_fault(|fault| fault, FaultKind::CancelRefused)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    let find_ringing = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "ringing"));
    stage.until("the record is ringing", find_ringing).await?;
    person.text("delete 1").await?;
    person.wait_for("the refusal to cancel", |event| matches!(event, LogEvent::CancelRefused { .. })).await?;
    person.pick_up().await?;
    person.wait_for("the end of the call", |event| matches!(event, LogEvent::CallEnded { .. })).await?;
    let heard = person.spoken_words();
    ensure!(heard.iter().any(|words| words.contains("Goodbye")), "heard {heard:?} in {:#?}", person.log());
    ensure!(!heard.iter().any(|words| words.contains("buy milk")), "heard {heard:?}");
    ensure!(person.end().await? == "cancelled" && person.dials() == 1, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn opting_out_cancels_all_reminders_and_opting_in_restores_nothing(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.text("remind me to buy milk in 30 seconds").await?;
    let answer = person.text("STOP").await?;
    ensure!(answer.is_empty(), "expected silence, because the carrier answers, found {answer:?}");
    ensure!(person.end().await? == "opted_out");
    let silence = person.text("remind me to buy bread in 2 seconds").await?;
    ensure!(silence.is_empty(), "expected silence after opting out, found {silence:?}");
    person.text("START").await?;
    ensure!(person.dials() == 0 && person.reminders().await?.len() == 1, "found {:#?}", person.log());
    person.will_press_1()?;
    let answer = person.text("remind me to buy tea in 2 seconds").await?;
    ensure!(answer.contains("buy tea"), "expected an answer after opting in, found {answer:?}");
    let is_new_reminder_heard = async || {
        let records = person.reminders().await?;
        Ok(records.iter().any(|record| record.task() == "buy tea" && record.end() == "heard").then_some(()))
    };
    stage.until("the new reminder is heard", is_new_reminder_heard).await?;
    let heard = person.spoken_words();
    ensure!(person.dials() == 1 && !heard.iter().any(|words| words.contains("milk") || words.contains("bread")));
    // The two texts from before the opt-in must not lead to a call later either.
    person.expect_nothing_more().await?;
    Ok(())
}
