//! Conversations of several texts: questions and answers, corrections, and texts after a call.

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use simulated_carrier::{CallReaction, CallScript};
use tests::{Person, Stage, TargetTime};

/// Sends a text. Fails if one of these parts is missing from the answer, or if the answer has more than 160 characters.
pub(crate) async fn say(person: &Person<'_>, words: &str, expected: &[&str]) -> Result<()> {
    let answer = person.text(words).await?;
    let missing: Vec<_> = expected.iter().filter(|part| !answer.contains(**part)).collect();
    ensure!(missing.is_empty(), "{words:?}: expected {missing:?} in {answer:?}");
    ensure!(answer.chars().count() <= 160, "{words:?}: expected one SMS, found {answer:?}");
    Ok(())
}

/// Waits until the service has handled this many keys, and every call is over: the phone is busy until then.
pub(crate) async fn wait_for_keys(stage: &Stage, person: &Person<'_>, keys: usize) -> Result<()> {
    let are_handled = async || Ok((person.keys_handled() == keys && !person.is_in_a_call()).then_some(()));
    let result = stage.until("a handled key, and no call", are_handled).await;
    result.map_err(|error| error.context(format!("expected {keys} handled keys, found {:#?}", person.log())))
}

pub(crate) async fn a_missing_time_or_task_is_asked_for(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    say(&person, "Remind me to buy milk", &["When", "buy milk"]).await?;
    say(&person, "in 3 seconds", &["buy milk", "#1"]).await?;
    ensure!(person.end().await? == "heard");
    say(&person, "remind me tomorrow at 6:30 pm", &["tomorrow at 6:30 PM", "?"]).await?;
    say(&person, "call my mom", &["call your mom", "tomorrow at 6:30 PM", "#2"]).await?;
    Ok(())
}

pub(crate) async fn a_correction_moves_the_reminder_just_made(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    say(&person, "remind me to buy milk tomorrow at 6:30 pm", &["tomorrow at 6:30 PM", "#1"]).await?;
    say(&person, "no, 7pm", &["tomorrow at 7 PM", "buy milk", "#1"]).await?;
    say(&person, "move 1 to friday 9am", &["9 AM", "#1"]).await?;
    say(&person, "make it in 3 seconds", &["buy milk", "#1"]).await?;
    ensure!(person.end().await? == "heard", "expected one reminder, moved three times");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_snooze_after_a_call_rings_again(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript::press("1")?, CallScript::press("1")?])?;
    say(&person, "remind me to stretch in 2 seconds", &["stretch"]).await?;
    wait_for_keys(stage, &person, 1).await?;
    person.let_turn_pass().await?;
    say(&person, "in 3 seconds", &["again", "stretch", "#2"]).await?;
    wait_for_keys(stage, &person, 2).await?;
    say(&person, "snooze 10", &["again", "stretch", "#3"]).await?;
    say(&person, "LIST", &["#3", "stretch"]).await?;
    say(&person, "in 2 hours", &["again", "stretch", "#3"]).await?;
    say(&person, "done", &["#2"]).await?;
    say(&person, "LIST", &["#3", "stretch"]).await?;
    say(&person, "done 3", &["#3"]).await?;
    say(&person, "LIST", &["no reminders"]).await?;
    Ok(())
}

pub(crate) async fn done_between_two_calls_prevents_the_second(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript { then: CallReaction::Busy, ..CallScript::answer() }])?;
    person.text("remind me to stretch in 2 seconds").await?;
    person.wait_for_second_call().await?;
    say(&person, "done", &["stretch"]).await?;
    ensure!(person.end().await? == "heard");
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_snooze_between_two_calls_replaces_the_second(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let busy = CallScript { then: CallReaction::Busy, ..CallScript::answer() };
    person.script_calls(vec![busy, CallScript::press("1")?])?;
    person.text("remind me to stretch in 2 seconds").await?;
    person.wait_for_second_call().await?;
    say(&person, "snooze 20 minutes", &["again", "stretch"]).await?;
    let ends: Vec<String> = person.reminders().await?.iter().map(|record| record.end().to_owned()).collect();
    ensure!(ends.iter().any(|end| end == "heard") && person.dials() == 1, "found {ends:?} and {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_series_rings_twice_and_continues(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript::press("1")?, CallScript::press("1")?])?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM", "take your pills"]).await?;
    for calls in 1..=2 {
        person.let_time_pass(TargetTime::AfterDeadline).await?;
        wait_for_keys(stage, &person, calls).await?;
        let find_waiting = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "waiting"));
        let next = stage.until("the next occurrence", find_waiting).await?;
        ensure!(next.due()? > Timestamp::now(), "expected a due in the future, found {}", next.due()?);
    }
    ensure!(person.dials() == 2, "found {:#?}", person.log());
    ensure!(
        person.spoken_words().iter().any(|words| words.contains("take your pills")),
        "heard {:?}",
        person.spoken_words()
    );
    say(&person, "delete pills", &["Deleted #1"]).await?;
    ensure!(person.end().await? == "cancelled");
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_new_zone_applies_to_later_texts(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "ZONE Paris", &["Paris"]).await?;
    person.text("remind me to call Ann tomorrow at 9 AM").await?;
    let due = person.reminder().await?.due()?;
    let zone = jiff::tz::TimeZone::get("Europe/Paris").context("expected the zone")?;
    ensure!(due.to_zoned(zone).hour() == 9, "expected 9 o'clock in Paris, found {due}");
    Ok(())
}
