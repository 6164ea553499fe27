//! What the service is for, and what people do about a ringing phone.

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use serde_json::json;
use simulated_carrier::{CallScript, LogEvent};
use tests::{Person, Stage};

/// The phone rang once, not before it was due, and said what it should.
async fn rang_once_and_said(person: &Person<'_>, task: &str) -> Result<()> {
    ensure!(person.dials() == 1, "expected one call, found {:#?}", person.log());
    let due = person.reminder().await?.due()?;
    let ring = person.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?.at;
    ensure!(ring.duration_since(due) > SignedDuration::from_secs(-1), "expected no ring before {due}, found {ring}");
    ensure!(person.heard().iter().any(|words| words.contains(task)), "expected {task:?}, heard {:?}", person.heard());
    Ok(())
}

pub(crate) async fn a_text_becomes_a_call_that_is_heard(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let answer = person.text("Remind me to buy milk in 3 seconds").await?;
    ensure!(answer.contains("buy milk") && answer.contains("#1"), "found {answer:?}");
    ensure!(answer.contains("New York"), "expected how the zone is known, found {answer:?}");
    ensure!(answer.chars().count() <= 160, "expected one segment, found {answer:?}");
    ensure!(person.end().await? == "heard");
    rang_once_and_said(&person, "buy milk").await?;
    person.is_done().await?;
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    Ok(())
}

pub(crate) async fn a_text_by_sns_becomes_a_call_and_is_answered_by_a_text(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let words = "remind me to water the plants in 4 seconds";
    person.send(json!({ "from": person.number(), "body": words, "via": "sns" })).await?;
    person
        .see("an answer by text", |what| matches!(what, LogEvent::TextOut { words, .. } if words.contains("plants")))
        .await?;
    stage.until("a reminder", async || Ok(person.reminders().await?.pop())).await?;
    ensure!(person.end().await? == "heard");
    rang_once_and_said(&person, "water the plants").await?;
    ensure!(person.texts().len() == 1, "expected the answer alone, found {:?}", person.texts());
    person.is_done().await?;
    Ok(())
}

pub(crate) async fn nobody_answers_twice_and_then_it_is_heard(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_miss_then_press_1(2)?;
    person.text("remind me to stretch in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 3, "expected three calls, found {:#?}", person.log());
    person.is_done().await?;
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    Ok(())
}

pub(crate) async fn nobody_ever_answers_and_the_person_is_texted(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    // The third call rings until the service's own time is over.
    person.will_miss(2)?;
    person.text("remind me to feed the cat in 2 seconds").await?;
    ensure!(person.end().await? == "missed");
    ensure!(person.dials() == 3, "expected three calls, found {:#?}", person.log());
    person.is_done().await?;
    let texts = person.texts();
    ensure!(texts.len() == 1 && texts[0].contains("feed the cat"), "found {texts:?}");
    Ok(())
}

pub(crate) async fn picked_up_without_a_key_is_texted(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will(vec![CallScript { hang_up_after_ms: Some(1500), ..CallScript::answer() }])?;
    person.text("remind me to call the bank in 2 seconds").await?;
    ensure!(person.end().await? == "unconfirmed");
    person.is_done().await?;
    ensure!(person.dials() == 1, "expected no call after one that was picked up, found {:#?}", person.log());
    let texts = person.texts();
    ensure!(texts.len() == 1 && texts[0].contains("call the bank"), "found {texts:?}");
    Ok(())
}

pub(crate) async fn hung_up_a_moment_after_the_key_is_heard_and_not_texted(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    let press = CallScript::press("1")?;
    person.will(vec![CallScript { hang_up_after_key_ms: Some(50), ..press }])?;
    person.text("remind me to lock the door in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}
