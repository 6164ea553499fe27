//! One phone is in one call at a time.

use anyhow::{Result, ensure};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reminder::policy::CALL_SPACING_S;
use simulated_carrier::{CallScript, LogEvent, Press};
use tests::Stage;

/// How long the person listens before they press a key, in milliseconds.
const LISTENS_MS: u64 = 3000;

fn is_end(event: &LogEvent) -> bool {
    matches!(event, LogEvent::CallEnded { .. })
}

pub(crate) async fn two_reminders_due_in_the_same_second_follow_each_other(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let script = CallScript::press("1")?;
    let press = script.press.into_iter().map(|press| Press { after_ms: LISTENS_MS, ..press }).collect();
    let listens = CallScript { press, ..CallScript::answer() };
    person.script_calls(vec![listens.clone(), listens])?;
    let due = (Timestamp::now() + SignedDuration::from_secs(40)).to_zoned(TimeZone::get("America/New_York")?);
    let when = due.strftime("at %-I:%M:%S %p").to_string();
    for task in ["buy milk", "call Ann"] {
        let answer = person.text(&format!("remind me to {task} {when}")).await?;
        ensure!(answer.contains("OK, I'll call you"), "found {answer:?}");
    }
    let dues: Vec<Timestamp> = person.reminders().await?.iter().map(tests::Record::due).collect::<Result<_>>()?;
    ensure!(dues.len() == 2 && dues[0] == dues[1], "expected the same second, found {dues:?}");
    let all_heard = async || Ok(person.reminders().await?.iter().all(|record| record.end() == "heard").then_some(()));
    stage.until("both are heard", all_heard).await?;
    stage.until("the end of both calls", async || Ok((person.count(is_end) == 2).then_some(()))).await?;
    let times = |wanted: fn(&LogEvent) -> bool| -> Vec<Timestamp> {
        person.log().iter().filter(|entry| wanted(&entry.event)).map(|entry| entry.at).collect()
    };
    let requested = times(|event| matches!(event, LogEvent::CallRequested { .. }));
    let ended = times(is_end);
    ensure!(requested.len() == 2 && ended.len() == 2, "expected two calls, found {:#?}", person.log());
    ensure!(ended[0] < requested[1], "expected no overlap, found {:#?}", person.log());
    // The turn is taken shortly before the call is requested. On a slow machine, a second may pass in between.
    let apart_s = requested[1].duration_since(requested[0]).as_secs();
    ensure!(apart_s >= CALL_SPACING_S - 1, "expected {CALL_SPACING_S} s between two calls, found {apart_s} s");
    let heard = person.spoken_words();
    let spoken = |task: &str| heard.iter().any(|words| words.contains(task));
    ensure!(spoken("buy milk") && spoken("call Ann") && person.texts().is_empty(), "heard {heard:?}");
    person.expect_nothing_more().await?;
    Ok(())
}
