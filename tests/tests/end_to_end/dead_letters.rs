//! What could not be handled: read, sent back, and found without it.

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use operate::access::Access;
use operate::dead_letters::{self, Content, DeadLetter, PoisonHandling, Selection};
use serde_json::json;
use simulated_carrier::LogEvent;
use tests::{Goal, Person, Record, Stage};
use tokio::sync::Mutex;

use crate::wakeups::{far, schedule_of};

const POISON: &str = "call +1 212 555 0199, it is not ours";

/// Whoever reads dead letters hides them from others meanwhile.
static READING: Mutex<()> = Mutex::const_new(());

/// A person who is to be woken by a dead letter alone, and their reminder.
async fn forgotten(stage: &Stage) -> Result<(Person<'_>, Record)> {
    let person = stage.somebody()?;
    person.will_press_1()?;
    let record = far(&person, Goal::DueIn(SignedDuration::from_secs(45))).await?;
    stage.delete_schedule(&schedule_of(stage, &record).await?).await?;
    stage.send_messages("DialDeadLettersUrl", &[person.wake_up(&record)]).await?;
    Ok((person, record))
}

fn find<'a>(dead: &'a [DeadLetter], what: &str, is_it: impl Fn(&Content) -> bool) -> Result<&'a DeadLetter> {
    dead.iter().find(|one| is_it(&one.content)).with_context(|| format!("expected {what}, found {dead:#?}"))
}

pub(crate) async fn what_is_there_is_shown_without_being_taken_and_acts_once_it_is_sent_back(
    stage: &Stage,
) -> Result<()> {
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let _reading = READING.lock().await;
    let (woken, record) = forgotten(stage).await?;
    let texter = stage.somebody()?;
    let parked = json!({
        "parked": 1, "carrier": "twilio", "id": "SMdead", "from": texter.number(),
        "body": "remind me to buy milk in 20 minutes", "received_at": Timestamp::now(), "times": 1,
    });
    stage.send_messages("InboundDeadLettersUrl", &[parked.to_string(), POISON.to_owned()]).await?;

    let once = dead_letters::list(&access).await?;
    let again = dead_letters::list(&access).await?;
    let wake = find(
        &again.dead_letters,
        "the wake-up",
        |content| matches!(content, Content::WakeUp { reminder, .. } if *reminder == record.id()),
    )?;
    let text =
        find(&again.dead_letters, "the text", |content| matches!(content, Content::Text { id, .. } if id == "SMdead"))?;
    let poison = find(
        &again.dead_letters,
        "the poison",
        |content| matches!(content, Content::Poison { begins, .. } if begins.contains("it is not ours")),
    )?;
    ensure!(
        [wake, text, poison].iter().all(|one| once.dead_letters.iter().any(|before| before.id == one.id)),
        "found {once:#?}"
    );
    let shown = again.lines() + &serde_json::to_string(&again.dead_letters)?;
    ensure!(shown.contains(woken.id().as_str()), "expected whose it is, found {shown}");
    ensure!(
        !shown.contains(&texter.number()[2..]) && !shown.contains("milk") && !shown.contains("0199"),
        "found {shown}"
    );

    let all = Selection::Ids(vec![wake.id.clone(), text.id.clone(), poison.id.clone()]);
    let redriven = dead_letters::redrive(&access, &all, PoisonHandling::Leave).await?;
    ensure!(redriven.redriven.len() == 2 && redriven.left.len() == 1, "found {redriven:#?}");
    ensure!(
        redriven.check_complete(&all).is_err_and(|why| why.to_string().contains("--poison")),
        "expected poison to be refused"
    );
    let ring = woken.see("a ring", |what| matches!(what, LogEvent::CallRinging { .. })).await?;
    let swept = record.deadline()?;
    ensure!(
        ring.at < swept,
        "expected it to ring by the letter, not by the sweeper from {swept} on, found {}",
        ring.at
    );
    texter
        .see("an answer", |what| matches!(what, LogEvent::TextOut { words, .. } if words.contains("buy milk")))
        .await?;
    ensure!(woken.end().await? == "heard");
    let left = dead_letters::list(&access).await?.dead_letters;
    ensure!(
        !left.iter().any(|one| one.id == wake.id || one.id == text.id),
        "expected both to be gone, found {left:#?}"
    );
    ensure!(left.iter().any(|one| one.id == poison.id), "expected the poison to stay, found {left:#?}");
    let again = Selection::Ids(vec![wake.id.clone()]);
    let gone = dead_letters::redrive(&access, &again, PoisonHandling::Leave).await?;
    ensure!(gone.missing == [wake.id.clone()] && gone.check_complete(&again).is_err(), "found {gone:#?}");
    Ok(())
}

pub(crate) async fn what_only_the_dead_letters_remember_is_found_by_the_sweeper(stage: &Stage) -> Result<()> {
    let (person, record) = forgotten(stage).await?;
    person.let_time_pass(Goal::Overdue).await?;
    ensure!(person.end().await? == "heard");
    // Sent back after all, it is stale.
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let _reading = READING.lock().await;
    let dead = dead_letters::list(&access).await?.dead_letters;
    let wake = find(
        &dead,
        "the wake-up",
        |content| matches!(content, Content::WakeUp { reminder, .. } if *reminder == record.id()),
    )?;
    let wanted = Selection::Ids(vec![wake.id.clone()]);
    dead_letters::redrive(&access, &wanted, PoisonHandling::Leave).await?.check_complete(&wanted)?;
    person.is_done().await?;
    ensure!(person.dials() == 1 && person.texts().is_empty(), "found {:#?}", person.log());
    Ok(())
}
