//! Messages that could not be handled: they are listed and redriven, and the sweeper recovers their reminders.

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use operate::access::Access;
use operate::dead_letters::{self, Content, DeadLetter, PoisonHandling, Selection};
use serde_json::json;
use simulated_carrier::LogEvent;
use tests::{Person, Record, Stage, TargetTime};
use tokio::sync::Mutex;

use crate::wakeups::{make_far_reminder, schedule_of};

const POISON: &str = "call +1 212 555 0199, it is not ours";

/// Held while a test reads dead letters: reading hides them from other readers for a while.
static READING: Mutex<()> = Mutex::const_new(());

/// Makes a person with a reminder whose only wake-up is a dead letter.
async fn with_dead_wake_up(stage: &Stage) -> Result<(Person<'_>, Record)> {
    let person = stage.new_person()?;
    person.will_press_1()?;
    let record = make_far_reminder(&person, TargetTime::BeforeDue(SignedDuration::from_secs(45))).await?;
    stage.delete_schedule(&schedule_of(stage, &record).await?).await?;
    stage.send_messages("DialDeadLettersUrl", &[person.wake_up(&record)]).await?;
    Ok((person, record))
}

fn find<'a>(letters: &'a [DeadLetter], name: &str, wanted: impl Fn(&Content) -> bool) -> Result<&'a DeadLetter> {
    letters
        .iter()
        .find(|letter| wanted(&letter.content))
        .with_context(|| format!("expected {name}, found {letters:#?}"))
}

pub(crate) async fn listed_dead_letters_stay_in_their_queues_and_take_effect_when_they_are_redriven(
    stage: &Stage,
) -> Result<()> {
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let _reading = READING.lock().await;
    let (person, record) = with_dead_wake_up(stage).await?;
    let texter = stage.new_person()?;
    let parked = json!({
        "parked": 1, "carrier": "twilio", "id": "SMdead", "from": texter.number(),
        "body": "remind me to buy milk in 20 minutes", "received_at": Timestamp::now(), "times": 1,
    });
    stage.send_messages("InboundDeadLettersUrl", &[parked.to_string(), POISON.to_owned()]).await?;

    let first_list = dead_letters::list(&access).await?;
    let second_list = dead_letters::list(&access).await?;
    let wake = find(
        &second_list.dead_letters,
        "the wake-up",
        |content| matches!(content, Content::WakeUp { reminder, .. } if *reminder == record.id()),
    )?;
    let text = find(
        &second_list.dead_letters,
        "the text",
        |content| matches!(content, Content::Text { id, .. } if id == "SMdead"),
    )?;
    let poison = find(
        &second_list.dead_letters,
        "the poison",
        |content| matches!(content, Content::Poison { begins, .. } if begins.contains("it is not ours")),
    )?;
    ensure!(
        [wake, text, poison].iter().all(|letter| first_list.dead_letters.iter().any(|listed| listed.id == letter.id)),
        "found {first_list:#?}"
    );
    let shown = second_list.lines() + &serde_json::to_string(&second_list.dead_letters)?;
    ensure!(shown.contains(person.id().as_str()), "expected the id of the person, found {shown}");
    // With the space, because a time may have these digits.
    ensure!(
        !shown.contains(&texter.number()[2..]) && !shown.contains("milk") && !shown.contains(" 0199"),
        "found {shown}"
    );

    let all = Selection::Ids(vec![wake.id.clone(), text.id.clone(), poison.id.clone()]);
    let redriven = dead_letters::redrive(&access, &all, PoisonHandling::Leave).await?;
    ensure!(redriven.redriven.len() == 2 && redriven.left.len() == 1, "found {redriven:#?}");
    ensure!(
        redriven.check_complete(&all).is_err_and(|error| error.to_string().contains("--poison")),
        "expected an error about the poison message"
    );
    let ring = person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?;
    let recovered_at = record.deadline()?;
    ensure!(
        ring.at < recovered_at,
        "expected the dead letter to ring before the sweeper's recovery at {recovered_at}, found {}",
        ring.at
    );
    texter
        .wait_for("an answer", |event| matches!(event, LogEvent::TextOut { words, .. } if words.contains("buy milk")))
        .await?;
    ensure!(person.end().await? == "heard");
    let left = dead_letters::list(&access).await?.dead_letters;
    ensure!(
        !left.iter().any(|letter| letter.id == wake.id || letter.id == text.id),
        "expected no redriven message in the list, found {left:#?}"
    );
    ensure!(left.iter().any(|letter| letter.id == poison.id), "expected the poison to stay, found {left:#?}");
    let redriven_before = Selection::Ids(vec![wake.id.clone()]);
    let second_redrive = dead_letters::redrive(&access, &redriven_before, PoisonHandling::Leave).await?;
    ensure!(
        second_redrive.missing == [wake.id.clone()] && second_redrive.check_complete(&redriven_before).is_err(),
        "found {second_redrive:#?}"
    );
    Ok(())
}

pub(crate) async fn a_reminder_whose_wake_up_is_a_dead_letter_is_recovered_by_the_sweeper(stage: &Stage) -> Result<()> {
    let (person, record) = with_dead_wake_up(stage).await?;
    person.let_time_pass(TargetTime::AfterDeadline).await?;
    ensure!(person.end().await? == "heard");
    // The dead letter is stale by now: redriving it must change nothing.
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let _reading = READING.lock().await;
    let dead = dead_letters::list(&access).await?.dead_letters;
    let wake = find(
        &dead,
        "the wake-up",
        |content| matches!(content, Content::WakeUp { reminder, .. } if *reminder == record.id()),
    )?;
    let selection = Selection::Ids(vec![wake.id.clone()]);
    dead_letters::redrive(&access, &selection, PoisonHandling::Leave).await?.check_complete(&selection)?;
    person.expect_nothing_more().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}
