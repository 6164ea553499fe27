//! The operator's tool on a deployed stack: stopped calls, an examination, the life of a reminder, an erasure.

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use operate::access::Access;
use operate::dialing::{self, Change};
use operate::doctor::{self, CheckResult};
use operate::person::Who;
use operate::report::{Report as _, Run, Words};
use operate::{erase, reminder};
use simulated_carrier::LogEvent;
use tests::{Person, Stage};

/// Returns the life of the person's only reminder in plain words.
async fn life(access: &Access, person: &Person<'_>) -> Result<String> {
    let who: Who = person.number().parse()?;
    Ok(reminder::show(access, &who, Words::Hidden, Timestamp::now()).await?.lines())
}

/// Examines the stack, and returns the problem that a check has found, if it has found one.
async fn problem_of(access: &Access, check: &str) -> Result<Option<String>> {
    let findings = doctor::examine(access, None, Timestamp::now()).await?;
    let found = findings.findings.into_iter().find(|finding| finding.check == check);
    match found.with_context(|| format!("expected the check {check:?}"))?.result {
        CheckResult::Fine { .. } => Ok(None),
        CheckResult::Problem { what, .. } => Ok(Some(what)),
        CheckResult::Unchecked { reason } => anyhow::bail!("{check}: {reason}"),
    }
}

pub(crate) async fn a_stopped_call_is_placed_after_a_start_and_the_tool_tells_why_it_waits(
    stage: &Stage,
) -> Result<()> {
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let person = stage.new_person()?;
    person.will_press_1()?;
    for check in [
        "a signed webhook",
        "a signed webhook of a call",
        "account at the carrier",
        "number's webhooks",
        "queues that invoke functions",
    ] {
        ensure!(problem_of(&access, check).await?.is_none(), "expected no problem of {check:?}");
    }
    // The tests invoke the sweeper themselves, so its schedule is disabled.
    let no_sweeps = problem_of(&access, "schedule of the sweeper").await?;
    ensure!(no_sweeps.is_some_and(|what| what.starts_with("disabled")), "expected a disabled schedule");
    dialing::change(&access, Change::Stop, Run::Real).await?;
    let stopped = problem_of(&access, "queues that invoke functions").await?;
    ensure!(stopped.is_some_and(|what| what.contains("DialerFunction is disabled")), "expected the stop to be found");
    person.text("remind me to buy milk in 3 seconds").await?;
    let waits = async || {
        let report = dialing::change(&access, Change::Stop, Run::Dry).await?.lines();
        Ok(report.contains("Wake-ups in the dial queue: 1 due").then_some(()))
    };
    stage.until("a due wake-up in the dial queue", waits).await?;
    let told = life(&access, &person).await?;
    ensure!(told.contains(": Waiting\n") && !told.contains(person.number()), "found {told}");
    ensure!(person.dials() == 0, "expected no call after the stop, found {:#?}", person.log());
    dialing::change(&access, Change::Start, Run::Real).await?;
    ensure!(person.end().await? == "heard");
    let due = person.reminder().await?.due()?;
    let ring = person.wait_for("a ring", |event| matches!(event, LogEvent::CallRinging { .. })).await?.at;
    ensure!(ring.duration_since(due) > SignedDuration::ZERO, "expected a late ring, found {ring} for {due}");
    person.expect_nothing_more().await
}

pub(crate) async fn an_erasure_leaves_only_the_opt_out(stage: &Stage) -> Result<()> {
    let access = Access::at(stage.stack.endpoint().url().to_owned());
    let person = stage.new_person()?;
    person.text("remind me to buy milk in 3 hours").await?;
    person.text("STOP").await?;
    let number = operate::person::number(person.number())?;
    erase::erase(&access, &number, Run::Real).await?;
    let told = life(&access, &person).await?;
    ensure!(told.contains("number erased") && told.contains("OPTED OUT"), "found {told}");
    ensure!(told.contains("no reminders are stored"), "found {told}");
    person.text("START").await?;
    person.text("remind me to buy milk in 2 hours").await?;
    let told = life(&access, &person).await?;
    ensure!(!told.contains("number erased") && told.contains(": Waiting\n"), "found {told}");
    Ok(())
}
