//! Outages of a whole stack, which has nobody else on it.

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use serde_json::json;
use simulated_carrier::LogEvent;
use tests::{Goal, Stage};

use crate::wakeups::far;

/// How long a text stays hidden that a function could not handle, in seconds, instead of two minutes.
const SOON_SHOWN_S: u32 = 10;

pub(crate) async fn a_carrier_out_of_reach_spends_no_attempt_and_rings_when_it_is_back(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_miss_then_press_1(2)?;
    let record = far(&person, Goal::DueIn(SignedDuration::from_secs(10))).await?;
    stage.stack.carrier().be_unreachable();
    stage.send_messages("DialQueueUrl", &[person.wake_up(&record)]).await?;
    let refused = async || {
        let record = person.reminder().await?;
        let tried = record.state() == "waiting" && record.generation() > 2;
        Ok(Some(record).filter(|_| tried))
    };
    let record = stage.until("two refusals", refused).await?;
    ensure!(record.attempt() == "1", "expected no attempt to be spent, found {record:?}");
    stage.stack.carrier().be_reachable();
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 3, "expected all three calls, found {:#?}", person.log());
    person.is_done().await?;
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    Ok(())
}

pub(crate) async fn a_text_that_the_table_refuses_is_parked_and_answered_later(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    // The function's processes end with each change of its variables, also those that have the text just then.
    let hidden_before = stage.hide_messages_for("InboundQueueUrl", SOON_SHOWN_S).await?;
    let table = stage.set_variable("InboundFunction", "TABLE", "no-such-table").await?;
    let words = "remind me to buy milk in 60 seconds";
    let outcome = person.send(json!({ "from": person.number(), "body": words })).await?;
    ensure!(outcome["status"] == 200 && outcome["answer"] == json!([]), "expected no answer yet, found {outcome}");
    ensure!(person.items().await?.is_empty(), "expected nothing stored yet");
    stage.set_variable("InboundFunction", "TABLE", &table).await?;
    let answered = person.see("an answer by text", |what| matches!(what, LogEvent::TextOut { .. })).await?;
    ensure!(
        matches!(&answered.event, LogEvent::TextOut { words, .. } if words.contains("buy milk")),
        "found {answered:?}"
    );
    stage.hide_messages_for("InboundQueueUrl", hidden_before).await?;
    let received_at = person.received_at().await?;
    let ahead = person.reminder().await?.due()?.duration_since(received_at);
    // Counted from the whole second at or after it, not from when it was stored half a minute later.
    let counts = SignedDuration::from_secs(60)..=SignedDuration::from_secs(61);
    ensure!(counts.contains(&ahead), "expected a minute from when it was received, found {ahead:?}");
    ensure!(person.end().await? == "heard");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    Ok(())
}
