//! What each step of the talk does.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use simulated_carrier::{CallScript, Fault, FaultKind, LogEvent, ResourceKind};
use tokio::time::sleep;

use super::scene::Scene;
use super::steps::Play;
use crate::chaos_minute::start_aws;
use crate::function_logs::Function;
use crate::phone::ReminderState;

const AWS_STOPPED: Duration = Duration::from_secs(5);
/// How long the phone rings before its person answers, while something else happens.
const RINGS_MS: u64 = 8000;
/// Copies of a text that arrive at the same moment, ten times. More would be too much for a small machine.
const COPIES_TOGETHER: [usize; 10] = [5; 10];
/// Reports of a call that are sent twice.
const DOUBLED_REPORTS: u32 = 10;

/// Does what the step does, and waits until nothing more will happen.
pub(super) async fn play(play: Play, scene: &Scene<'_>) -> Result<()> {
    match play {
        Play::Text => text(scene).await?,
        Play::KillDialer => kill_dialer(scene).await?,
        Play::StopAws => stop_aws(scene).await?,
        Play::Park => park(scene).await?,
        Play::StopCarrier => stop_carrier(scene).await?,
        Play::LoseAnswer => lose_answer(scene).await?,
        Play::RepeatText => repeat_text(scene).await?,
        Play::Reorder => reorder(scene).await?,
        Play::DeleteAndOptOut => delete_and_opt_out(scene).await?,
        Play::LoseWakeUp => lose_wake_up(scene).await?,
    }
    scene.wait_for_end().await
}

async fn text(scene: &Scene<'_>) -> Result<()> {
    scene.script(0, CallScript::press("1")?)?;
    scene.text(0, "Remind me to buy milk in 5 seconds").await.map(drop)
}

async fn kill_dialer(scene: &Scene<'_>) -> Result<()> {
    scene.add_fault(0, FaultKind::Hold, |fault| fault)?;
    scene.script(0, CallScript { answer_after_ms: Some(3000), ..CallScript::press("1")? })?;
    scene.text(0, "Remind me to buy milk in 3 seconds").await?;
    scene.wait_for(0, "a request for a call", |event| matches!(event, LogEvent::CallRequested { .. })).await?;
    scene.kill(Function::Dialer)?;
    scene.note("the dialer is killed");
    Ok(())
}

async fn stop_aws(scene: &Scene<'_>) -> Result<()> {
    let emulator = scene.stack.emulator().context("expected an emulated AWS that can be stopped, found none")?;
    scene.script(0, CallScript::press("1")?)?;
    scene.text(0, "Remind me to buy milk in 4 seconds").await?;
    let stopped = emulator.stop().await;
    scene.note("AWS is stopped: no table, no queue, no function");
    sleep(AWS_STOPPED).await;
    start_aws(emulator).await?;
    scene.note("AWS runs again");
    stopped
}

async fn park(scene: &Scene<'_>) -> Result<()> {
    const VARIABLE: &str = "TABLE";
    scene.script(0, CallScript::press("1")?)?;
    let function = scene.stack.output(Function::Inbound.output())?;
    let endpoint = scene.stack.endpoint();
    let table = endpoint.set_variable(function, VARIABLE, "no-such-table").await?;
    scene.note("the function looks for a table that does not exist");
    scene.expect_due(Timestamp::now() + SignedDuration::from_secs(45));
    let outcome = scene.text(0, "Remind me to buy milk in 45 seconds").await;
    endpoint.set_variable(function, VARIABLE, &table).await?;
    scene.note("the function finds its table again");
    let answers = &outcome?["answer"];
    ensure!(
        answers.as_array().is_some_and(Vec::is_empty),
        "expected no answer while it can't be stored, found {answers}"
    );
    scene.wait_for(0, "an answer by text", |event| matches!(event, LogEvent::TextOut { .. })).await?;
    scene.show_due().await
}

async fn stop_carrier(scene: &Scene<'_>) -> Result<()> {
    for person in 0..scene.people.len() {
        scene.script(person, CallScript::press("1")?)?;
        scene.text(person, "Remind me to buy milk in 8 seconds").await?;
    }
    let carrier = scene.stack.carrier();
    carrier.be_unreachable();
    let opened = scene.wait_for_line("the carrier fails; its breaker is open").await;
    carrier.be_reachable();
    opened
}

async fn lose_answer(scene: &Scene<'_>) -> Result<()> {
    let of_call = |fault| Fault { resource: Some(ResourceKind::Calls), ..fault };
    scene.add_fault(0, FaultKind::CloseAfterAccept, of_call)?;
    scene.add_fault(1, FaultKind::CloseBefore, of_call)?;
    for person in [0, 1] {
        scene.script(person, CallScript::press("1")?)?;
        scene.text(person, "Remind me to buy milk in 4 seconds").await?;
    }
    scene.wait_for(1, "a text instead of the call", |event| matches!(event, LogEvent::TextOut { .. })).await
}

async fn repeat_text(scene: &Scene<'_>) -> Result<()> {
    scene.script(0, CallScript::press("1")?)?;
    scene.expect_due(Timestamp::now() + SignedDuration::from_secs(25));
    scene.repeat_text(0, "Remind me to buy milk in 25 seconds", &COPIES_TOGETHER).await
}

async fn reorder(scene: &Scene<'_>) -> Result<()> {
    scene.add_fault(0, FaultKind::DoubleWebhook, |fault| Fault {
        times: DOUBLED_REPORTS,
        resource: Some(ResourceKind::Calls),
        ..fault
    })?;
    scene.add_fault(0, FaultKind::Reorder, |fault| fault)?;
    scene.script(0, CallScript::press("1")?)?;
    scene.text(0, "Remind me to buy milk in 4 seconds").await?;
    let is_last = |event: &LogEvent| matches!(event, LogEvent::Webhook { told: Some(told), .. } if told == "initiated");
    scene.wait_for(0, "a late report that the call was initiated", is_last).await
}

async fn delete_and_opt_out(scene: &Scene<'_>) -> Result<()> {
    scene.add_fault(0, FaultKind::CancelRefused, |fault| fault)?;
    scene.script(0, CallScript { answer_after_ms: Some(RINGS_MS), ..CallScript::answer() })?;
    scene.text(0, "Remind me to buy milk in 4 seconds").await?;
    scene.text(0, "Remind me to call Mom tomorrow at 9 AM").await?;
    scene.wait_for_state(0, ReminderState::Ringing).await?;
    scene.text(0, "DELETE 1").await?;
    scene.wait_for(0, "the end of the call", |event| matches!(event, LogEvent::CallEnded { .. })).await?;
    scene.text(0, "STOP").await.map(drop)
}

async fn lose_wake_up(scene: &Scene<'_>) -> Result<()> {
    scene.script(0, CallScript::press("1")?)?;
    scene.text(0, "Remind me to buy milk in 6 seconds").await?;
    scene.empty_queue("DialQueueUrl").await?;
    scene.note("the queue is emptied");
    Ok(())
}
