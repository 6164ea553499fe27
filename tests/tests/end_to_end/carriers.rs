//! Two carriers: the second takes over while the first fails, and after an outage of both carriers a person still
//! gets a text. An opt-out at a carrier is taken over from its refusals.

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use reminder::policy::rate::{FAILURES, FAILURES_WITHIN_S, OPEN_S};
use simulated_carrier::{
    CallScript, Fault, FaultKind, LogEntry, LogEvent, PhoneNumber, ResourceKind, SimulatedCarrier,
};
use tests::{Person, Stage, TargetTime};

use crate::wakeups::make_far_reminder;

/// So long after its due that no call may ring any more, and that the deadline after a refusal has passed too. The max
/// lateness of the tests is five minutes.
const PAST_DEADLINE_OF_REFUSED: SignedDuration = SignedDuration::from_mins(10);

fn second_carrier(stage: &Stage) -> Result<&SimulatedCarrier> {
    stage.stack.second_carrier().context("expected a second carrier")
}

fn rings(carrier: &SimulatedCarrier, person: &Person<'_>) -> Result<usize> {
    let number = PhoneNumber::parse(person.number())?;
    let is_ring = |entry: &&LogEntry| matches!(entry.event, LogEvent::CallRinging { .. });
    Ok(carrier.log(Some(&number)).iter().filter(is_ring).count())
}

fn will_press_1_at(carrier: &SimulatedCarrier, person: &Person<'_>) -> Result<()> {
    let number = PhoneNumber::parse(person.number())?;
    carrier.behave(&number, vec![CallScript::press("1")?]).map_err(anyhow::Error::msg)
}

pub(crate) async fn the_second_carrier_calls_until_the_first_works_again(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| Fault { times: 50, resource: Some(ResourceKind::Calls), ..fault }, FaultKind::Http401)?;
    will_press_1_at(second_carrier(stage)?, &person)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "heard", "found {:#?}", person.log());
    ensure!(
        rings(second_carrier(stage)?, &person)? == 1 && person.rings() == 0,
        "expected one ring, by the second carrier"
    );
    let refused = refusals(&person);
    let opened_after = refused.windows(FAILURES).position(are_counted_together).map(|first| first + FAILURES);
    // One request may already have been on its way when the breaker opened.
    ensure!(
        opened_after.is_some_and(|failures| refused.len() <= failures + 1) && person.dials() == refused.len(),
        "expected no request at the first carrier after {FAILURES} refusals within {FAILURES_WITHIN_S} s, found {refused:?}"
    );

    stage.counted("DialerFunction", "BreakersOpened", &[]).await?;
    // While the breaker is open, other people's calls use the second carrier. Afterwards one call probes the first
    // carrier.
    let now = Timestamp::now();
    let until = stage.move_breaker(twilio::NAME, now + SignedDuration::from_mins(30)).await?;
    ensure!(
        until <= now + SignedDuration::from_secs(OPEN_S),
        "expected the breaker to be open for {OPEN_S} s, found until {until}"
    );
    let (person_while_open, person_afterwards) = (stage.new_person()?, stage.new_person()?);
    will_press_1_at(second_carrier(stage)?, &person_while_open)?;
    person_while_open.text("remind me to buy milk in 2 seconds").await?;
    ensure!(
        person_while_open.end().await? == "heard" && person_while_open.dials() == 0,
        "expected no request at the first carrier"
    );
    stage.move_breaker(twilio::NAME, Timestamp::now()).await?;
    person_afterwards.will_press_1()?;
    person_afterwards.text("remind me to buy milk in 2 seconds").await?;
    ensure!(
        person_afterwards.end().await? == "heard" && person_afterwards.rings() == 1,
        "expected a ring by the first carrier again"
    );
    Ok(())
}

/// When the first carrier refused a person's calls.
fn refusals(person: &Person<'_>) -> Vec<Timestamp> {
    let refused = |entry: LogEntry| matches!(entry.event, LogEvent::CallRefused { .. }).then_some(entry.at);
    person.log().into_iter().filter_map(refused).collect()
}

/// Whether these failures are near enough to each other for a breaker to count them together.
fn are_counted_together(failures: &[Timestamp]) -> bool {
    let (Some(first), Some(last)) = (failures.first(), failures.last()) else { return false };
    last.duration_since(*first) < SignedDuration::from_secs(FAILURES_WITHIN_S)
}

pub(crate) async fn with_both_carriers_unreachable_a_text_follows_when_they_are_back(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    let record = make_far_reminder(&person, TargetTime::BeforeDue(SignedDuration::from_secs(2))).await?;
    for carrier in [stage.stack.carrier(), second_carrier(stage)?] {
        carrier.be_unreachable();
    }
    stage.send_messages("DialQueueUrl", &[person.wake_up(&record)]).await?;
    let refused = async || Ok(Some(person.reminder().await?).filter(|record| record.generation() > 1));
    stage.until("a refusal", refused).await?;
    person.let_time_pass(TargetTime::AfterDue(PAST_DEADLINE_OF_REFUSED)).await?;
    ensure!(person.end().await? == "missed", "found {:#?}", person.log());
    person.text_instead("owed").await?;
    for carrier in [stage.stack.carrier(), second_carrier(stage)?] {
        carrier.be_reachable();
    }
    person.text_instead("delivered").await?;
    ensure!(person.rings() == 0 && rings(second_carrier(stage)?, &person)? == 0, "expected no ring");
    Ok(())
}

pub(crate) async fn an_opt_out_at_the_carrier_is_an_opt_out_at_the_service(stage: &Stage) -> Result<()> {
    let person = stage.new_person()?;
    person.add_fault(|fault| Fault { resource: Some(ResourceKind::Calls), ..fault }, FaultKind::RefuseNumber)?;
    let opted_out = |fault| Fault { resource: Some(ResourceKind::Messages), code: Some(21610), times: 3, ..fault };
    person.add_fault(opted_out, FaultKind::RefuseNumber)?;
    person.text("remind me to buy milk in 2 seconds").await?;
    ensure!(person.end().await? == "missed", "found {:#?}", person.log());
    person.text_instead("withdrawn").await?;
    ensure!(
        person.consent().await? == "opted_out",
        "expected the person to have opted out, found {:#?}",
        person.items().await?
    );
    let first_answer = person.text("remind me to buy tea in 60 seconds").await?;
    ensure!(first_answer.is_empty(), "expected silence, found {first_answer:?}");
    // The carrier itself answers START, so the service does not answer it.
    person.text("START").await?;
    let answer = person.text("remind me to buy tea in 60 seconds").await?;
    ensure!(answer.contains("buy tea"), "expected an answer after opting in, found {answer:?}");
    Ok(())
}
