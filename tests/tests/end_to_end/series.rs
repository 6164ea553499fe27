//! Series that are paused, resumed, skipped, brought back by UNDO, and moved to another zone.

use anyhow::{Result, ensure};
use jiff::Timestamp;
use reminder::policy::MISSED_IN_ROW_MAX;
use simulated_carrier::CallScript;
use tests::{PAST_MAX_LATENESS, Person, Stage, TargetTime};

use crate::conversation::{say, wait_for_keys};

/// Lets the person miss one occurrence: its first call is not answered, and the second would come too late.
async fn miss_occurrence(person: &Person<'_>) -> Result<()> {
    person.will_miss(1)?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    person.wait_for_second_call().await?;
    person.let_time_pass(TargetTime::AfterDue(PAST_MAX_LATENESS)).await.map(drop)
}

pub(crate) async fn a_series_missed_five_times_is_paused_and_resume_brings_it_back(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM"]).await?;
    // A number on which no key was pressed gets only three calls.
    person.will_press_1()?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    wait_for_keys(stage, &person, 1).await?;
    for missed in 1..=MISSED_IN_ROW_MAX {
        miss_occurrence(&person).await?;
        let counted =
            async || Ok(Some(person.open_reminder().await?).filter(|one| one.missed_in_row() == missed.to_string()));
        let series = stage.until("the occurrence is missed", counted).await?;
        let expected = if missed == MISSED_IN_ROW_MAX { "paused" } else { "waiting" };
        ensure!(series.state() == expected, "expected {expected} after {missed}, found {series:?}");
    }
    let texts = async || {
        let texts = person.texts_instead().await?;
        let all = texts.len() == usize::from(MISSED_IN_ROW_MAX) && texts.iter().all(|one| one.state() == "delivered");
        Ok(all.then_some(texts))
    };
    let texts = stage.until("a text for each occurrence", texts).await?;
    let about_pause = |words: &str| words.contains("so it is paused. Text RESUME 1 to start it again.");
    let paused: Vec<&str> = texts.iter().map(tests::TextRecord::words).filter(|words| about_pause(words)).collect();
    ensure!(paused.len() == 1 && about_pause(texts[4].words()), "found {texts:?}");
    say(&person, "LIST", &["#1 every day 9 AM (paused)"]).await?;
    say(&person, "RESUME 1", &["Resumed: I'll call you", "take your pills (#1)"]).await?;
    let series = person.wait_until("waiting").await?;
    ensure!(series.missed_in_row() == "0" && series.due()? > Timestamp::now(), "found {series:?}");
    // The series rings again.
    person.will_press_1()?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    wait_for_keys(stage, &person, 2).await?;
    say(&person, "DELETE 1", &["Deleted #1"]).await?;
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn done_after_a_heard_occurrence_does_not_end_the_next_one(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript::press("1")?, CallScript::press("1")?])?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM"]).await?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    wait_for_keys(stage, &person, 1).await?;
    let next = person.wait_until("waiting").await?;
    say(&person, "done", &["Done: #1"]).await?;
    let after = person.open_reminder().await?;
    ensure!(after.due()? == next.due()?, "expected {}, found {after:?}", next.due()?);
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    wait_for_keys(stage, &person, 2).await?;
    say(&person, "DELETE 1", &["Deleted #1"]).await?;
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn undo_takes_back_a_skip_and_a_deletion(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM"]).await?;
    let first = person.open_reminder().await?;
    say(&person, "SKIP 1", &["Skipped. Next call:", "take your pills (#1)"]).await?;
    let second = person.open_reminder().await?;
    let apart = second.due()?.duration_since(first.due()?).as_hours();
    ensure!((23..=25).contains(&apart), "expected a day, found {first:?} and {second:?}");
    say(&person, "UNDO", &["Undone: I'll call you", "take your pills (#1)"]).await?;
    let back = person.open_reminder().await?;
    ensure!(back.due()? == first.due()?, "expected {first:?}, found {back:?}");
    say(&person, "DELETE 1", &["Deleted #1"]).await?;
    say(&person, "UNDO", &["Undone: I'll call you", "take your pills"]).await?;
    let back = person.open_reminder().await?;
    ensure!(back.due()? == first.due()?, "expected {first:?}, found {back:?}");
    ensure!(person.dials() == 0 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}

pub(crate) async fn a_series_moves_to_a_new_zone_only_after_yes(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "ZONE Chicago", &["OK, I'll use Chicago time from now on."]).await?;
    say(&person, "remind me to take my pills every day at 9am", &["every day at 9 AM"]).await?;
    say(&person, "ZONE Los Angeles", &["Should your repeating reminder move to Los Angeles time too? YES or NO"])
        .await?;
    let asked = person.open_reminder().await?;
    ensure!(asked.zone() == "America/Chicago", "expected the series to stay until the answer, found {asked:?}");
    say(&person, "YES", &["OK, using Los Angeles time.", "#1 rings"]).await?;
    let moved = person.open_reminder().await?;
    ensure!(moved.zone() == "America/Los_Angeles", "found {moved:?}");
    let hour = moved.due()?.to_zoned(jiff::tz::TimeZone::get("America/Los_Angeles")?).hour();
    ensure!(hour == 9, "expected 9 o'clock in Los Angeles, found {moved:?}");
    say(&person, "ZONE Denver", &["Should your repeating reminder move to Denver time too? YES or NO"]).await?;
    say(&person, "NO", &["Your repeating reminders stay on Los Angeles time."]).await?;
    ensure!(person.open_reminder().await?.due()? == moved.due()?, "found {:#?}", person.reminders().await?);
    Ok(())
}

pub(crate) async fn correcting_a_guessed_zone_moves_the_series_to_the_new_zone(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    say(&person, "remind me to take my pills every day at 8am", &["Using New York time."]).await?;
    // The answer names the zone only if the call is more than an hour away.
    say(&person, "ZONE Los Angeles", &["OK, using Los Angeles time.", "#1 rings", "8 AM"]).await?;
    let moved = person.open_reminder().await?;
    let hour = moved.due()?.to_zoned(jiff::tz::TimeZone::get("America/Los_Angeles")?).hour();
    ensure!(hour == 8, "expected 8 o'clock in Los Angeles, found {moved:?}");
    Ok(())
}
