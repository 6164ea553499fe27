//! Two carriers: the second one takes over while the first fails, and with both out of reach a person is still told.

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use reminder::policy::rate::{FAILURES, FAILURES_WITHIN_S, OPEN_S};
use simulated_carrier::{
    CallScript, Fault, FaultKind, LogEntry, LogEvent, PhoneNumber, ResourceKind, SimulatedCarrier,
};
use tests::{Goal, Person, Stage};

use crate::wakeups::far;

/// Later than the parameters of the tests let a reminder ring.
const PAST_PATIENCE: SignedDuration = SignedDuration::from_mins(-10);

fn second(stage: &Stage) -> Result<&SimulatedCarrier> {
    stage.stack.second_carrier().context("expected a second carrier")
}

fn rings(carrier: &SimulatedCarrier, person: &Person<'_>) -> Result<usize> {
    let number = PhoneNumber::parse(person.number())?;
    let rings = |entry: &&LogEntry| matches!(entry.event, LogEvent::CallRinging { .. });
    Ok(carrier.log(Some(&number)).iter().filter(rings).count())
}

fn will_press_1_at(carrier: &SimulatedCarrier, person: &Person<'_>) -> Result<()> {
    let number = PhoneNumber::parse(person.number())?;
    carrier.behave(&number, vec![CallScript::press("1")?]).map_err(anyhow::Error::msg)
}

pub(crate) async fn the_second_one_calls_while_the_first_fails_which_is_then_tried_again(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| Fault { times: 50, resource: Some(ResourceKind::Calls), ..fault }, FaultKind::Http401)?;
    will_press_1_at(second(stage)?, &person)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard", "found {:#?}", person.log());
    ensure!(rings(second(stage)?, &person)? == 1 && person.rings() == 0, "expected one ring, by the second carrier");
    let refused = refusals(&person);
    let opened_after = refused.windows(FAILURES).position(are_counted_together).map(|first| first + FAILURES);
    // What was on its way already when the breaker opened may be one more.
    ensure!(
        opened_after.is_some_and(|failures| refused.len() <= failures + 1) && person.dials() == refused.len(),
        "expected the first carrier to be left alone after {FAILURES} refusals within {FAILURES_WITHIN_S} s, found {refused:?}"
    );

    // While it is left alone nobody else asks it; once it has rested, one call finds that it works.
    let now = Timestamp::now();
    let until = stage.move_breaker(twilio::NAME, now + SignedDuration::from_mins(30)).await?;
    ensure!(until <= now + SignedDuration::from_secs(OPEN_S), "expected a rest of {OPEN_S} s, found it until {until}");
    let (soon, later) = (stage.somebody()?, stage.somebody()?);
    will_press_1_at(second(stage)?, &soon)?;
    soon.text("remind me to buy milk in 2 seconds").await?;
    ensure!(soon.end().await? == "heard" && soon.dials() == 0, "expected no request at the first carrier");
    stage.move_breaker(twilio::NAME, Timestamp::now()).await?;
    later.will_press_1()?;
    later.text("remind me to buy milk in 2 seconds").await?;
    ensure!(later.end().await? == "heard" && later.rings() == 1, "expected a ring by the first carrier again");
    Ok(())
}

/// When the first carrier refused a person's calls.
fn refusals(person: &Person<'_>) -> Vec<Timestamp> {
    let refused = |entry: LogEntry| matches!(entry.event, LogEvent::CallRefused { .. }).then_some(entry.at);
    person.log().into_iter().filter_map(refused).collect()
}

/// Whether these lie so near to each other that a breaker counts them together.
fn are_counted_together(failures: &[Timestamp]) -> bool {
    let (Some(first), Some(last)) = (failures.first(), failures.last()) else { return false };
    last.duration_since(*first) < SignedDuration::from_secs(FAILURES_WITHIN_S)
}

pub(crate) async fn with_both_out_of_reach_somebody_is_texted_when_one_is_back(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    let record = far(&person, Goal::DueIn(SignedDuration::from_secs(2))).await?;
    for carrier in [stage.stack.carrier(), second(stage)?] {
        carrier.be_unreachable();
    }
    stage.send_messages("DialQueueUrl", &[person.wake_up(&record)]).await?;
    let refused = async || Ok(Some(person.reminder().await?).filter(|record| record.generation() > 1));
    stage.until("a refusal", refused).await?;
    person.let_time_pass(Goal::DueIn(PAST_PATIENCE)).await?;
    let gave_up = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "texting"));
    stage.until("the end of patience", gave_up).await?;
    for carrier in [stage.stack.carrier(), second(stage)?] {
        carrier.be_reachable();
    }
    ensure!(person.end().await? == "missed", "found {:#?}", person.log());
    ensure!(person.rings() == 0 && rings(second(stage)?, &person)? == 0, "expected no ring");
    Ok(())
}

pub(crate) async fn who_left_at_the_carrier_is_gone_here_too(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.suffer(|fault| Fault { resource: Some(ResourceKind::Calls), ..fault }, FaultKind::RefuseNumber)?;
    let opted_out = |fault| Fault { resource: Some(ResourceKind::Messages), code: Some(21610), times: 3, ..fault };
    person.suffer(opted_out, FaultKind::RefuseNumber)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "cancelled", "found {:#?}", person.log());
    let items = person.items().await?;
    let profile = items.iter().find(|item| item["sk"]["S"] == "PROFILE").context("expected a profile")?;
    ensure!(profile["state"]["S"] == "opted_out", "expected them to have opted out, found {profile}");
    let refused = person.text("remind me to buy tea in 60 seconds").await?;
    ensure!(refused.is_empty(), "expected silence, found {refused:?}");
    // Carriers answer this word themselves.
    person.text("START").await?;
    let answer = person.text("remind me to buy tea in 60 seconds").await?;
    ensure!(answer.contains("buy tea"), "expected an answer again, found {answer:?}");
    Ok(())
}
