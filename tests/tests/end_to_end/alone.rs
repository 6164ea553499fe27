//! Outages of a whole stack. These tests run one at a time, on a stack that no other test uses meanwhile.

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use serde_json::json;
use simulated_carrier::LogEvent;
use tests::{Stage, TargetTime};

use crate::wakeups::make_far_reminder;

/// Visibility timeout of the inbound queue during the test, in seconds, instead of two minutes.
const VISIBILITY_TIMEOUT_S: u32 = 10;

pub(crate) async fn an_unreachable_carrier_uses_up_no_attempt(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_miss_then_press_1(2)?;
    let record = make_far_reminder(&person, TargetTime::BeforeDue(SignedDuration::from_secs(10))).await?;
    stage.stack.carrier().be_unreachable();
    stage.send_messages("DialQueueUrl", &[person.wake_up(&record)]).await?;
    let refused_twice = async || {
        let record = person.reminder().await?;
        let was_refused_twice = record.state() == "waiting" && record.generation() > 2;
        Ok(Some(record).filter(|_| was_refused_twice))
    };
    let record = stage.until("two refusals", refused_twice).await?;
    ensure!(record.attempt() == "1", "expected no attempt to be used up, found {record:?}");
    stage.counted("DialerFunction", "CarrierRefusedForNow", &[record.id()]).await?;
    stage.stack.carrier().be_reachable();
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 3, "expected all three calls, found {:#?}", person.log());
    person.expect_nothing_more().await?;
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    Ok(())
}

pub(crate) async fn a_text_that_cannot_be_stored_is_parked_and_answered_later(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    // Each change of the variables ends all processes of the function, even a process that is handling the text.
    let timeout_before = stage.set_visibility_timeout("InboundQueueUrl", VISIBILITY_TIMEOUT_S).await?;
    let table = stage.set_variable("InboundFunction", "TABLE", "no-such-table").await?;
    let words = "remind me to buy milk in 60 seconds";
    let outcome = person.send(json!({ "from": person.number(), "body": words })).await?;
    ensure!(outcome["status"] == 200 && outcome["answer"] == json!([]), "expected no answer yet, found {outcome}");
    ensure!(person.items().await?.is_empty(), "expected nothing stored yet");
    stage.counted("InboundFunction", "TextsParked", &[]).await?;
    stage.set_variable("InboundFunction", "TABLE", &table).await?;
    let answer = person.wait_for("an answer by text", |event| matches!(event, LogEvent::TextOut { .. })).await?;
    ensure!(matches!(&answer.event, LogEvent::TextOut { words, .. } if words.contains("buy milk")), "found {answer:?}");
    stage.set_visibility_timeout("InboundQueueUrl", timeout_before).await?;
    let received_at = person.received_at().await?;
    let ahead = person.reminder().await?.due()?.duration_since(received_at);
    // The minute counts from the receipt of the text, rounded up to a second. The text was stored
    // only after it had been parked.
    let minute = SignedDuration::from_secs(60)..=SignedDuration::from_secs(61);
    ensure!(minute.contains(&ahead), "expected a minute from the receipt of the text, found {ahead:?}");
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    Ok(())
}
