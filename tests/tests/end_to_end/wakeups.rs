//! Wake-ups that are far, lost, or not ours.

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use simulated_carrier::LogEvent;
use tests::{Goal, Person, Record, Stage};

/// How long a message stays hidden that a function could not handle, in seconds, instead of two minutes.
const SOON_SHOWN_S: u32 = 3;

/// A reminder that is due so soon that it can be waited for, but was planned as a far one.
pub(crate) async fn far(person: &Person<'_>, goal: Goal) -> Result<Record> {
    person.text("remind me to buy milk in 20 minutes").await?;
    person.let_time_pass(goal).await
}

pub(crate) async fn schedule_of(stage: &Stage, record: &Record) -> Result<String> {
    let schedules = stage.schedules(record.id()).await?;
    let name = schedules.first().and_then(|schedule| schedule["Name"].as_str());
    name.map(str::to_owned).context("expected a schedule")
}

pub(crate) async fn a_far_schedule_fires_early_and_hops_to_the_second(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(&person, Goal::DueIn(SignedDuration::from_secs(12))).await?;
    stage.fire_schedule(&schedule_of(stage, &record).await?).await?;
    let ring = person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    let late = ring.at.duration_since(record.due()?);
    ensure!(late > SignedDuration::from_secs(-1), "expected no ring before {}, found {}", record.due()?, ring.at);
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    person.is_done().await?;
    let gone = async || Ok(stage.schedules(record.id()).await?.is_empty().then_some(()));
    stage.until("the schedule is gone after it fired", gone).await
}

pub(crate) async fn a_lost_wake_up_is_swept_and_rings_once(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(&person, Goal::DueIn(SignedDuration::from_secs(60))).await?;
    stage.delete_schedule(&schedule_of(stage, &record).await?).await?;
    person.let_time_pass(Goal::Overdue).await?;
    ensure!(person.end().await? == "heard");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_poison_message_goes_to_the_dead_letters_and_harms_no_other(stage: &Stage) -> Result<()> {
    const POISON: &str = r#"{"v":1,"poison":true}"#;
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(&person, Goal::DueIn(SignedDuration::from_secs(-1))).await?;
    let queues = ["DialQueueUrl", "InboundQueueUrl"];
    let mut hidden_before = vec![];
    for queue in queues {
        hidden_before.push(stage.hide_messages_for(queue, SOON_SHOWN_S).await?);
    }
    // Sent as one batch, they are received as one, whose only failure may be the poison.
    stage.send_messages("DialQueueUrl", &[POISON.to_owned(), person.wake_up(&record), POISON.to_owned()]).await?;
    stage.send_messages("InboundQueueUrl", &[POISON.to_owned()]).await?;
    person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    for queue in ["DialDeadLettersUrl", "InboundDeadLettersUrl"] {
        let arrived = async || Ok(stage.dead_letters(queue).await?.into_iter().find(|body| body == POISON));
        stage.until("the poison among the dead letters", arrived).await?;
    }
    for (queue, seconds) in queues.into_iter().zip(hidden_before) {
        stage.hide_messages_for(queue, seconds).await?;
    }
    Ok(())
}
