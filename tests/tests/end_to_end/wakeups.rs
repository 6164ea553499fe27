//! Wake-ups that are far, lost, or not ours.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use simulated_carrier::LogEvent;
use tests::{Person, Record, Stage};

const A_WHILE: Duration = Duration::from_secs(8);

/// A reminder that is due so soon that it can be waited for, but was planned as a far one.
pub(crate) async fn far(stage: &Stage, person: &Person<'_>, due_in: SignedDuration) -> Result<Record> {
    person.text("remind me to buy milk in 20 minutes").await?;
    let scheduled = async || {
        let record = person.reminder().await?;
        Ok(stage.schedules(record.id()).await?.pop().map(|_| record))
    };
    let record = stage.until("a schedule", scheduled).await?;
    let by = (Timestamp::now() + due_in).duration_since(record.due()?);
    record.shift(stage, by).await?;
    person.reminder().await
}

pub(crate) async fn schedule_of(stage: &Stage, record: &Record) -> Result<String> {
    let schedules = stage.schedules(record.id()).await?;
    let name = schedules.first().and_then(|schedule| schedule["Name"].as_str());
    name.map(str::to_owned).context("expected a schedule")
}

pub(crate) async fn a_far_schedule_fires_early_and_hops_to_the_second(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(stage, &person, SignedDuration::from_secs(12)).await?;
    stage.fire_schedule(&schedule_of(stage, &record).await?).await?;
    let ring = person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    let late = ring.at.duration_since(record.due()?);
    ensure!(late > SignedDuration::from_secs(-1), "expected no ring before {}, found {}", record.due()?, ring.at);
    ensure!(person.end().await? == "heard");
    person.stays_quiet(A_WHILE).await?;
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    ensure!(stage.schedules(record.id()).await?.is_empty(), "expected the schedule to be gone after it fired");
    Ok(())
}

pub(crate) async fn a_lost_wake_up_is_swept_and_rings_once(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(stage, &person, SignedDuration::from_secs(-5)).await?;
    stage.delete_schedule(&schedule_of(stage, &record).await?).await?;
    ensure!(person.end().await? == "heard");
    person.stays_quiet(A_WHILE).await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_poison_message_goes_to_the_dead_letters_and_harms_no_other(stage: &Stage) -> Result<()> {
    const POISON: &str = r#"{"v":1,"poison":true}"#;
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(stage, &person, SignedDuration::from_secs(-1)).await?;
    let wake = json!({ "v": 1, "person": person.id().as_str(), "reminder": record.id(), "generation": 1 });
    // Sent as one batch, they are received as one, whose only failure may be the poison.
    stage.send_messages("DialQueueUrl", &[POISON.to_owned(), wake.to_string(), POISON.to_owned()]).await?;
    stage.send_messages("InboundQueueUrl", &[POISON.to_owned()]).await?;
    person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    for queue in ["DialDeadLettersUrl", "InboundDeadLettersUrl"] {
        let arrived = async || Ok(stage.dead_letters(queue).await?.into_iter().find(|body| body == POISON));
        stage.until("the poison among the dead letters", arrived).await?;
    }
    Ok(())
}
