//! The keys of a call: key 2 requests another call, key 9 twice stops all calls, and a late key still counts.

use anyhow::{Context, Result, ensure};
use simulated_carrier::{CallScript, Key, Press};
use tests::{Stage, TargetTime};

use crate::conversation::{say, wait_for_keys};

fn press(digit: &str) -> Result<Press> {
    let digit = Key::try_from(digit.to_owned()).context("expected a key")?;
    Ok(Press { digit, after_ms: 0 })
}

pub(crate) async fn key_2_requests_another_call_in_ten_minutes(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript::press("2")?, CallScript::press("1")?])?;
    person.text("remind me to stretch in 2 seconds").await?;
    wait_for_keys(stage, &person, 1).await?;
    let ends: Vec<String> = person.reminders().await?.iter().map(|record| record.end().to_owned()).collect();
    ensure!(ends == ["heard", ""], "expected a reminder that was heard and an open reminder, found {ends:?}");
    let new_reminder = person.open_reminder().await?;
    let ahead = new_reminder.due()?.duration_since(jiff::Timestamp::now()).as_secs();
    ensure!(
        new_reminder.task() == "stretch" && (500..=600).contains(&ahead),
        "expected \"stretch\" in 500 to 600 s, found {new_reminder:?}"
    );
    let heard = person.spoken_words();
    ensure!(heard.iter().any(|words| words.starts_with("OK, I'll call you again")), "heard {heard:?}");
    person.let_turn_pass().await?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    wait_for_keys(stage, &person, 2).await?;
    let ends: Vec<String> = person.reminders().await?.iter().map(|record| record.end().to_owned()).collect();
    ensure!(ends == ["heard", "heard"] && person.dials() == 2, "found {ends:?} and {:#?}", person.log());
    ensure!(person.texts().is_empty(), "found {:?}", person.texts());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn key_9_twice_stops_all_calls_until_the_person_opts_in(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.script_calls(vec![CallScript { press: vec![press("9")?, press("9")?], ..CallScript::answer() }])?;
    person.text("remind me to water the plants tomorrow at 9 AM").await?;
    person.text("remind me to stretch in 2 seconds").await?;
    wait_for_keys(stage, &person, 2).await?;
    let mut ends: Vec<String> = person.reminders().await?.iter().map(|record| record.end().to_owned()).collect();
    ends.sort();
    ensure!(ends == ["heard", "opted_out"], "found {ends:?} and {:#?}", person.log());
    ensure!(person.consent().await? == "opted_out");
    let heard = person.spoken_words();
    let asks_for_second_9 =
        heard.iter().any(|words| words.starts_with("To stop all calls and texts from sixthirty, press 9 again."));
    let confirms_opt_out = heard.iter().any(|words| words.starts_with("You won't be called or texted again."));
    ensure!(asks_for_second_9 && confirms_opt_out, "heard {heard:?}");
    let silence = person.text("remind me to stretch in 2 seconds").await?;
    ensure!(silence.is_empty(), "expected silence after opting out, found {silence:?}");
    say(&person, "START", &["Welcome back! 1 reminder was stopped"]).await?;
    say(&person, "RESTORE", &["Restored: I'll call you", "water the plants"]).await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn key_9_followed_by_key_1_does_not_stop_the_calls(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let keys = vec![press("9")?, press("1")?, press("1")?];
    person.script_calls(vec![CallScript { press: keys, ..CallScript::answer() }])?;
    person.text("remind me to stretch in 2 seconds").await?;
    ensure!(person.end().await? == "heard");
    ensure!(person.consent().await? == "opted_in" && person.dials() == 1, "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}

pub(crate) async fn a_late_key_of_the_last_call_withdraws_the_text_that_was_not_tried(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    // The end of the last call is reported before the key of that call, so that a text is owed when the key comes.
    let late_key = CallScript { hang_up_after_key_ms: Some(50), ..CallScript::press("1")? };
    person.will_miss_then(2, late_key)?;
    person.text("remind me to lock the door in 2 seconds").await?;
    let withdrawn = person.text_instead("withdrawn").await?;
    ensure!(withdrawn.words().starts_with("In case you missed it: lock the door."), "found {withdrawn:?}");
    ensure!(person.reminder().await?.end() == "heard", "found {:#?}", person.reminders().await?);
    ensure!(person.dials() == 3 && person.texts().is_empty(), "found {:#?}", person.log());
    person.expect_nothing_more().await?;
    Ok(())
}
