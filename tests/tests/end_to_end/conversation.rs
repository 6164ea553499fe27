//! More than one text: questions and their answers, changes of mind, and what is said after a call.

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use simulated_carrier::{CallReaction, CallScript};
use tests::{Goal, Person, Stage};

/// Texts, and expects all of these in the answer, and no more than one SMS of 160 characters.
async fn say(person: &Person<'_>, words: &str, expected: &[&str]) -> Result<()> {
    let answer = person.text(words).await?;
    let missing: Vec<_> = expected.iter().filter(|part| !answer.contains(**part)).collect();
    ensure!(missing.is_empty(), "{words:?}: expected {missing:?} in {answer:?}");
    ensure!(answer.chars().count() <= 160, "{words:?}: expected one SMS, found {answer:?}");
    Ok(())
}

/// Waits until the service has written what so many calls' keys mean.
async fn hear(stage: &Stage, person: &Person<'_>, calls: usize) -> Result<()> {
    stage.until("a call that is heard", async || Ok((person.keys_heard() == calls).then_some(()))).await
}

pub(crate) async fn a_task_alone_is_asked_when_and_a_time_alone_of_what(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    say(&person, "Remind me to buy milk", &["When", "buy milk"]).await?;
    say(&person, "in 3 seconds", &["buy milk", "#1"]).await?;
    ensure!(person.end().await? == "heard");
    say(&person, "remind me tomorrow at 6:30 pm", &["tomorrow 6:30 PM", "?"]).await?;
    say(&person, "call my mom", &["call your mom", "tomorrow 6:30 PM", "#2"]).await?;
    Ok(())
}

pub(crate) async fn a_correction_moves_the_one_just_made(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    say(&person, "remind me to buy milk tomorrow at 6:30 pm", &["tomorrow 6:30 PM", "#1"]).await?;
    say(&person, "no, 7pm", &["tomorrow 7 PM", "buy milk", "#1"]).await?;
    say(&person, "move 1 to friday 9am", &["9 AM", "#1"]).await?;
    say(&person, "make it in 3 seconds", &["buy milk", "#1"]).await?;
    ensure!(person.end().await? == "heard", "expected the one reminder, moved three times");
    ensure!(person.dials() == 1, "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn later_after_a_call_rings_again(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will(vec![CallScript::press("1")?, CallScript::press("1")?])?;
    say(&person, "remind me to stretch in 2 seconds", &["stretch"]).await?;
    hear(stage, &person, 1).await?;
    say(&person, "in 3 seconds", &["again", "stretch", "#2"]).await?;
    hear(stage, &person, 2).await?;
    say(&person, "snooze 10", &["again", "stretch", "#3"]).await?;
    say(&person, "LIST", &["#3", "stretch"]).await?;
    say(&person, "in 2 hours", &["again", "stretch", "#3"]).await?;
    say(&person, "done", &["#2"]).await?;
    say(&person, "LIST", &["#3", "stretch"]).await?;
    say(&person, "done 3", &["#3"]).await?;
    say(&person, "LIST", &["no reminders"]).await?;
    Ok(())
}

pub(crate) async fn done_between_two_calls_ends_the_calling(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will(vec![CallScript { then: CallReaction::Busy, ..CallScript::answer() }])?;
    person.text("remind me to stretch in 2 seconds").await?;
    let waits =
        async || Ok(Some(person.reminder().await?).filter(|one| one.state() == "waiting" && one.attempt() == "2"));
    stage.until("the second call is planned", waits).await?;
    say(&person, "done", &["stretch"]).await?;
    ensure!(person.end().await? == "heard");
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn later_between_two_calls_rings_then_and_not_before(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    let busy = CallScript { then: CallReaction::Busy, ..CallScript::answer() };
    person.will(vec![busy, CallScript::press("1")?])?;
    person.text("remind me to stretch in 2 seconds").await?;
    let waits =
        async || Ok(Some(person.reminder().await?).filter(|one| one.state() == "waiting" && one.attempt() == "2"));
    stage.until("the second call is planned", waits).await?;
    say(&person, "snooze 20 minutes", &["again", "stretch"]).await?;
    let ends: Vec<String> = person.reminders().await?.iter().map(|one| one.end().to_owned()).collect();
    ensure!(ends.iter().any(|end| end == "heard") && person.dials() == 1, "found {ends:?} and {:#?}", person.log());
    person.is_done().await?;
    Ok(())
}

pub(crate) async fn a_series_rings_twice_and_goes_on(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.will(vec![CallScript::press("1")?, CallScript::press("1")?])?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM", "take your pills"]).await?;
    for calls in 1..=2 {
        person.let_time_pass(Goal::Overdue).await?;
        hear(stage, &person, calls).await?;
        let waits = async || Ok(Some(person.reminder().await?).filter(|one| one.state() == "waiting"));
        let next = stage.until("the next occurrence", waits).await?;
        ensure!(next.due()? > Timestamp::now(), "expected a due ahead, found {}", next.due()?);
    }
    ensure!(person.dials() == 2, "found {:#?}", person.log());
    ensure!(person.heard().iter().any(|words| words.contains("take your pills")), "heard {:?}", person.heard());
    say(&person, "delete pills", &["Deleted #1"]).await?;
    ensure!(person.end().await? == "cancelled");
    person.is_done().await?;
    Ok(())
}

pub(crate) async fn another_zone_moves_what_is_said_from_then_on(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    say(&person, "ZONE Paris", &["Paris"]).await?;
    person.text("remind me to call Ann tomorrow at 9 AM").await?;
    let due = person.reminder().await?.due()?;
    let zone = jiff::tz::TimeZone::get("Europe/Paris").context("expected the zone")?;
    ensure!(due.to_zoned(zone).hour() == 9, "expected 9 o'clock in Paris, found {due}");
    Ok(())
}
