//! Wake-ups by schedule, lost wake-ups, and messages that are not wake-ups.

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use simulated_carrier::LogEvent;
use tests::{Person, Record, Stage, TargetTime};

/// Visibility timeout of the queues during the test, in seconds, instead of two minutes.
const VISIBILITY_TIMEOUT_S: u32 = 3;

/// Makes a reminder that is due in 20 minutes, so that its wake-up is a schedule, and lets time pass until `target`.
pub(crate) async fn make_far_reminder(person: &Person<'_>, target: TargetTime) -> Result<Record> {
    person.text("remind me to buy milk in 20 minutes").await?;
    person.let_time_pass(target).await
}

pub(crate) async fn schedule_of(stage: &Stage, record: &Record) -> Result<String> {
    let schedules = stage.schedules(record.id()).await?;
    let name = schedules.first().and_then(|schedule| schedule["Name"].as_str());
    name.map(str::to_owned).context("expected a schedule")
}

pub(crate) async fn a_schedule_fires_early_and_the_phone_rings_at_the_due_second(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    let record = make_far_reminder(&person, TargetTime::BeforeDue(SignedDuration::from_secs(12))).await?;
    stage.fire_schedule(&schedule_of(stage, &record).await?).await?;
    let ring = person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    let lateness = ring.at.duration_since(record.due()?);
    ensure!(lateness > SignedDuration::from_secs(-1), "expected no ring before {}, found {}", record.due()?, ring.at);
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    let is_deleted = async || Ok(stage.schedules(record.id()).await?.is_empty().then_some(()));
    stage.until("the schedule is deleted after it fired", is_deleted).await
}

pub(crate) async fn a_lost_wake_up_is_recovered_and_rings_once(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    let record = make_far_reminder(&person, TargetTime::BeforeDue(SignedDuration::from_secs(60))).await?;
    stage.delete_schedule(&schedule_of(stage, &record).await?).await?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    ensure!(person.end().await? == "heard");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_poison_message_becomes_a_dead_letter_and_affects_no_other_message(stage: &Stage) -> Result<()> {
    const POISON: &str = r#"{"v":1,"poison":true}"#;
    let person = stage.new_person()?;
    person.will_press_1()?;
    let record = make_far_reminder(&person, TargetTime::AfterDue(SignedDuration::from_secs(1))).await?;
    let queues = ["DialQueueUrl", "InboundQueueUrl"];
    let mut timeout_before = vec![];
    for queue in queues {
        timeout_before.push(stage.set_visibility_timeout(queue, VISIBILITY_TIMEOUT_S).await?);
    }
    // Messages that are sent as one batch are received as one batch. Only the poison messages of the batch may fail.
    stage.send_messages("DialQueueUrl", &[POISON.to_owned(), person.wake_up(&record), POISON.to_owned()]).await?;
    stage.send_messages("InboundQueueUrl", &[POISON.to_owned()]).await?;
    person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    for queue in ["DialDeadLettersUrl", "InboundDeadLettersUrl"] {
        let find_poison = async || Ok(stage.dead_letters(queue).await?.into_iter().find(|body| body == POISON));
        stage.until("the poison is a dead letter", find_poison).await?;
    }
    for (queue, seconds) in queues.into_iter().zip(timeout_before) {
        stage.set_visibility_timeout(queue, seconds).await?;
    }
    Ok(())
}
