//! People who call the service's number.

use anyhow::{Result, ensure};
use simulated_carrier::CallScript;
use tests::{PAST_MAX_LATENESS, Stage, TargetTime};

use crate::conversation::say;

pub(crate) async fn a_person_who_calls_back_hears_the_missed_reminder_and_acknowledges_it_with_key_1(
    stage: &Stage,
) -> Result<()> {
    let person = stage.new_person()?;
    person.will_miss(1)?;
    person.text("remind me to feed the cat in 2 seconds").await?;
    person.wait_for_second_call().await?;
    person.let_time_pass(TargetTime::AfterDue(PAST_MAX_LATENESS)).await?;
    ensure!(person.end().await? == "missed");
    let texts = person.texts_once_delivered().await?;
    ensure!(texts.len() == 1 && texts[0].starts_with("Missed call: feed the cat."), "found {texts:?}");
    let heard = person.call_in(CallScript::press("1")?).await?;
    let expected = "Hi, it's sixthirty. Your last reminder was: feed the cat. Press 1 to confirm";
    ensure!(heard.first().is_some_and(|words| words.starts_with(expected)), "heard {heard:?}");
    ensure!(heard.last().is_some_and(|words| words == "Got it. Goodbye."), "heard {heard:?}");
    ensure!(person.reminder().await?.end() == "heard", "found {:#?}", person.reminders().await?);
    let heard = person.call_in(CallScript::answer()).await?;
    ensure!(heard.first().is_some_and(|words| words.contains("You have no reminders.")), "heard {heard:?}");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_person_who_calls_back_is_called_again_after_key_2(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_miss_then_press_1(1)?;
    person.text("remind me to feed the dog in 2 seconds").await?;
    // The person calls after the first call of the reminder, before its planned second call.
    person.wait_for_second_call().await?;
    let heard = person.call_in(CallScript::press("2")?).await?;
    ensure!(heard.iter().any(|words| words.starts_with("OK, I'll call you again")), "heard {heard:?}");
    let new_reminder = person.open_reminder().await?;
    ensure!(new_reminder.task() == "feed the dog" && new_reminder.attempt() == "1", "found {new_reminder:?}");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    person.let_turn_pass().await?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    let all_heard = async || Ok(person.reminders().await?.iter().all(|record| record.end() == "heard").then_some(()));
    stage.until("both are heard", all_heard).await?;
    ensure!(person.dials() == 2 && person.texts().is_empty(), "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_person_who_calls_when_nothing_rang_hears_the_next_reminder(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let heard = person.call_in(CallScript::answer()).await?;
    ensure!(heard.first().is_some_and(|words| words.contains("You have no reminders.")), "heard {heard:?}");
    say(&person, "remind me to call Ann tomorrow at 9 AM", &["call Ann"]).await?;
    let heard = person.call_in(CallScript::answer()).await?;
    let expected = "Hi, it's sixthirty. Your next reminder is tomorrow at 9 AM";
    ensure!(
        heard.first().is_some_and(|words| words.starts_with(expected) && words.contains("call Ann")),
        "heard {heard:?}"
    );
    Ok(())
}
