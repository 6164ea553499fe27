//! Phones that are answered by a mailbox, or that screen their calls.

use anyhow::{Result, ensure};
use simulated_carrier::{Answerer, Answering, CallReaction, CallScript, DetectionScript, LogEvent, PhoneSetting};
use tests::Stage;

/// Time after which the mailbox answers, or the screening phone rings for the person, in milliseconds.
const AFTER_MS: u64 = 1000;

pub(crate) async fn a_phone_with_a_mailbox_rings_three_times_and_gets_one_message_and_one_text(
    stage: &Stage,
) -> Result<()> {
    let person = stage.new_person()?;
    person.set_phone(PhoneSetting { answering: Answering::Mailbox, after_ms: Some(AFTER_MS) })?;
    person.text("remind me to feed the cat in 2 seconds").await?;
    ensure!(person.end().await? == "missed", "found {:#?}", person.log());
    let by_mailbox = |event: &LogEvent| matches!(event, LogEvent::CallAnswered { by: Answerer::Mailbox, .. });
    ensure!(person.rings() == 3 && person.count(by_mailbox) == 3, "expected three calls, found {:#?}", person.log());
    let recorded: Vec<String> = person
        .log()
        .into_iter()
        .filter_map(|entry| match entry.event {
            LogEvent::Recorded { words, .. } => Some(words),
            _ => None,
        })
        .collect();
    ensure!(
        recorded == ["Hi, it's sixthirty with your reminder: feed the cat. You can call this number back. Goodbye."],
        "expected one message, found {recorded:?} in {:#?}",
        person.log()
    );
    let texts = person.texts_once_delivered().await?;
    ensure!(texts.len() == 1 && texts[0].starts_with("Missed call: feed the cat."), "found {texts:?}");
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_person_who_takes_a_screened_call_hears_the_reminder(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.set_phone(PhoneSetting { answering: Answering::Screening, after_ms: Some(AFTER_MS) })?;
    person.will_press_1()?;
    person.text("remind me to feed the dog in 2 seconds").await?;
    ensure!(person.end().await? == "heard", "found {:#?}", person.log());
    let connected = person.count(|event| matches!(event, LogEvent::PersonConnected { .. }));
    ensure!(person.dials() == 1 && connected == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_screened_call_that_the_person_declines_is_followed_by_another_call(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.set_phone(PhoneSetting { answering: Answering::Screening, after_ms: Some(AFTER_MS) })?;
    let no_verdict = Some(DetectionScript::Never);
    let declines = CallScript { then: CallReaction::Decline, detection: no_verdict, ..CallScript::answer() };
    person.script_calls(vec![declines, CallScript::press("1")?])?;
    person.text("remind me to feed the fish in 2 seconds").await?;
    ensure!(person.end().await? == "heard", "found {:#?}", person.log());
    ensure!(person.dials() == 2 && person.texts().is_empty(), "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}
