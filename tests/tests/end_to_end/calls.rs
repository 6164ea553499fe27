//! From a text to a call, and the ways a person can react to a ringing phone.

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use serde_json::json;
use simulated_carrier::{AnsweredBy, CallScript, DetectionScript, LogEvent};
use tests::{Person, Stage};

/// Checks that one call was requested, that the phone did not ring early, and that the task was spoken.
async fn rang_once_and_said(person: &Person<'_>, task: &str) -> Result<()> {
    ensure!(person.dials() == 1, "expected one call, found {:#?}", person.log());
    let due = person.reminder().await?.due()?;
    let ring = person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?.at;
    ensure!(ring.duration_since(due) > SignedDuration::from_secs(-1), "expected no ring before {due}, found {ring}");
    ensure!(
        person.spoken_words().iter().any(|words| words.contains(task)),
        "expected {task:?}, heard {:?}",
        person.spoken_words()
    );
    Ok(())
}

pub(crate) async fn a_text_becomes_a_call_that_is_heard(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    let answer = person.text("Remind me to buy milk in 3 seconds").await?;
    ensure!(answer.contains("buy milk") && answer.contains("#1"), "found {answer:?}");
    ensure!(answer.contains("New York"), "expected the time zone in the answer, found {answer:?}");
    ensure!(answer.chars().count() <= 160, "expected one segment, found {answer:?}");
    ensure!(person.end().await? == "heard");
    rang_once_and_said(&person, "buy milk").await?;
    let expected = "Hi, it's sixthirty with your reminder: buy milk. Press 1 to confirm";
    ensure!(person.spoken_words().iter().any(|words| words.starts_with(expected)), "heard {:?}", person.spoken_words());
    person.expect_nothing_more().await?;
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    Ok(())
}

pub(crate) async fn a_text_over_sns_becomes_a_call_and_is_answered_by_a_text(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    let words = "remind me to water the plants in 4 seconds";
    person.send(json!({ "from": person.number(), "body": words, "via": "sns" })).await?;
    person
        .wait_for(
            "an answer by text",
            |event| matches!(event, LogEvent::TextOut { words, .. } if words.contains("plants")),
        )
        .await?;
    stage.until("a reminder", async || Ok(person.reminders().await?.pop())).await?;
    ensure!(person.end().await? == "heard");
    rang_once_and_said(&person, "water the plants").await?;
    ensure!(person.texts().len() == 1, "expected one text, the answer, found {:?}", person.texts());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn two_missed_calls_are_followed_by_a_call_that_is_heard(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_miss_then_press_1(2)?;
    person.text("remind me to stretch in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 3, "expected three calls, found {:#?}", person.log());
    person.expect_nothing_more().await?;
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    Ok(())
}

pub(crate) async fn three_missed_calls_are_followed_by_a_text(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    // The third call rings until the service's ring time is over.
    person.will_miss(2)?;
    person.text("remind me to feed the cat in 2 seconds").await?;
    ensure!(person.end().await? == "missed");
    ensure!(person.dials() == 3, "expected three calls, found {:#?}", person.log());
    let texts = person.texts_once_delivered().await?;
    ensure!(texts.len() == 1 && texts[0].contains("feed the cat"), "found {texts:?}");
    person.expect_nothing_more().await?;
    Ok(())
}

/// Returns the script of a person or machine that picks up, presses no key, and hangs up after a second and a half.
fn picks_up_without_a_key(detection: DetectionScript) -> CallScript {
    CallScript { hang_up_after_ms: Some(1500), detection: Some(detection), ..CallScript::answer() }
}

pub(crate) async fn a_person_who_hangs_up_without_a_key_is_texted_and_not_called_again(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let human = DetectionScript::Says { answered_by: AnsweredBy::Human, after_ms: Some(300) };
    person.script_calls(vec![picks_up_without_a_key(human)])?;
    person.text("remind me to call the bank in 2 seconds").await?;
    ensure!(person.end().await? == "unconfirmed");
    ensure!(person.dials() == 1, "expected no second call, found {:#?}", person.log());
    let texts = person.texts_once_delivered().await?;
    ensure!(texts.len() == 1 && texts[0].starts_with("In case you missed it: call the bank."), "found {texts:?}");
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_pickup_without_a_verdict_and_without_a_key_is_followed_by_the_next_calls(
    stage: &Stage,
) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![picks_up_without_a_key(DetectionScript::Never); 3])?;
    person.text("remind me to call the bank in 2 seconds").await?;
    ensure!(person.end().await? == "unconfirmed");
    ensure!(person.dials() == 3, "expected three calls, found {:#?}", person.log());
    let texts = person.texts_once_delivered().await?;
    ensure!(texts.len() == 1 && texts[0].starts_with("In case you missed it: call the bank."), "found {texts:?}");
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_key_just_before_hanging_up_counts_as_heard(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let press = CallScript::press("1")?;
    person.script_calls(vec![CallScript { hang_up_after_key_ms: Some(50), ..press }])?;
    person.text("remind me to lock the door in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}
