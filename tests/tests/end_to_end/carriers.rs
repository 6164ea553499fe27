//! Two carriers: the second one takes over while the first fails, and with both out of reach a person is still told.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use simulated_carrier::{
    CallScript, Fault, FaultKind, LogEntry, LogEvent, PhoneNumber, ResourceKind, SimulatedCarrier,
};
use tests::{Person, Stage};

/// How long until the first carrier's breaker lets somebody try again.
const OPEN: Duration = Duration::from_secs(31);

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
    // Five failures open the breaker; what was on its way already may be one more.
    let dials = person.dials();
    ensure!((5..=6).contains(&dials), "expected the first carrier to be left alone after five refusals, found {dials}");

    // While it is left alone nobody else asks it; once it has rested, one call finds that it works.
    let (soon, later) = (stage.somebody()?, stage.somebody()?);
    will_press_1_at(second(stage)?, &soon)?;
    soon.text("remind me to buy milk in 2 seconds").await?;
    ensure!(soon.end().await? == "heard" && soon.dials() == 0, "expected no request at the first carrier");
    tokio::time::sleep(OPEN).await;
    later.will_press_1()?;
    later.text("remind me to buy milk in 2 seconds").await?;
    ensure!(later.end().await? == "heard" && later.rings() == 1, "expected a ring by the first carrier again");
    Ok(())
}

pub(crate) async fn with_both_out_of_reach_somebody_is_texted_when_one_is_back(stage: &Stage) -> Result<()> {
    let person = stage.somebody()?;
    person.text("remind me to buy milk in 2 seconds").await?;
    for carrier in [stage.stack.carrier(), second(stage)?] {
        carrier.be_unreachable();
    }
    let gave_up = async || Ok(Some(person.reminder().await?).filter(|record| record.state() == "texting"));
    stage.sweep_until("the end of patience", gave_up).await?;
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
    ensure!(profile["state"]["S"] == "gone", "expected them to be gone, found {profile}");
    let refused = person.text("remind me to buy tea in 60 seconds").await?;
    ensure!(refused.is_empty(), "expected silence, found {refused:?}");
    // Carriers answer this word themselves.
    person.text("START").await?;
    let answer = person.text("remind me to buy tea in 60 seconds").await?;
    ensure!(answer.contains("buy tea"), "expected an answer again, found {answer:?}");
    Ok(())
}
