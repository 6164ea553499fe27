//! Checks of the functions' concurrency, and of the queues and the schedule that invoke them.

use anyhow::{Context as _, Result};
use http::Method;
use serde_json::Value;

use super::finding::Findings;
use crate::access::Access;
use crate::api::Api;
use crate::event_sources::{self, EventSource};
use crate::stack::Stack;

/// How many invocations webhooks need at the same time for each one that a queue needs. The template's `Capacity` reserves
/// in about the same proportion.
const WEBHOOKS_PER_QUEUE: u64 = 3;

/// The outputs that name the functions that queues invoke.
const OF_QUEUES: [&str; 2] = ["DialerFunction", "InboundFunction"];

/// The outputs that name the functions.
const FUNCTIONS: [&str; 4] = ["InboundFunction", "DialerFunction", "CallbackFunction", "SweeperFunction"];

pub(super) async fn check_concurrency(access: &Access, stack: &Stack, findings: &mut Findings) {
    let (check, api) = ("Lambda's concurrency", Api::new(access));
    let before = findings.findings.len();
    match (limit(&api).await, needed(access, stack).await) {
        (Ok(limit), Ok(needed)) if limit < needed => findings.problem(
            check,
            format!("the account allows {limit} invocations at the same time, fewer than the {needed} that are needed"),
            "when many reminders are due at once, calls are late or replaced by texts",
            "ask for more in AWS's console: Service Quotas, AWS Lambda, Concurrent executions (1000 is usual)",
        ),
        (Ok(_), Ok(_)) => {}
        (Err(error), _) | (_, Err(error)) => findings.unchecked(check, &error),
    }
    for output in FUNCTIONS {
        match reserved(&api, stack, output).await {
            Ok(Some(0)) => {
                let remedy = "delete its reserved concurrency, or raise it, in Lambda's console: Configuration, \
                              Concurrency";
                let what = format!("{output} has a reserved concurrency of 0, so it never runs");
                findings.problem(check, what, effect_of(output), remedy);
            }
            Ok(_) => {}
            Err(error) => findings.unchecked(check, &error),
        }
    }
    findings.fine_unless_found(before, check, "");
}

/// Says what people notice while a function does not run.
pub(super) fn effect_of(output: &str) -> &'static str {
    match output {
        "InboundFunction" => "texts get no answer",
        "DialerFunction" => "no phone rings; once a call is too late, the sweeper sends a text instead",
        "CallbackFunction" => "the phone rings, but says nothing",
        _ => "a reminder whose wake-up is lost never rings",
    }
}

async fn limit(api: &Api<'_>) -> Result<u64> {
    let settings = api.lambda(Method::GET, "/2016-08-19/account-settings/", None).await?;
    let limit = settings["AccountLimit"]["ConcurrentExecutions"].as_u64();
    limit.context("expected ConcurrentExecutions in Lambda's account settings, found none")
}

/// Returns how many invocations the functions need at the same time: those that the queues may cause, and those of
/// webhooks. The sweeper adds one, which is left out.
async fn needed(access: &Access, stack: &Stack) -> Result<u64> {
    let mut of_queues = Vec::new();
    for output in OF_QUEUES {
        let sources = event_sources::of(access, stack, output).await?;
        let limits = sources.iter().map(|source| source.maximum_concurrency);
        let limits: Option<Vec<u64>> = limits.collect();
        of_queues.extend(limits.with_context(|| format!("expected a MaximumConcurrency of {output}, found none"))?);
    }
    let most = of_queues.iter().max().copied().unwrap_or_default();
    Ok(of_queues.iter().sum::<u64>() + WEBHOOKS_PER_QUEUE * most)
}

async fn reserved(api: &Api<'_>, stack: &Stack, output: &str) -> Result<Option<u64>> {
    let path = format!("/2019-09-30/functions/{}/concurrency", stack.output(output)?);
    let found: Value = api.lambda(Method::GET, &path, None).await?;
    Ok(found["ReservedConcurrentExecutions"].as_u64())
}

pub(super) async fn check_sources(access: &Access, stack: &Stack, findings: &mut Findings) {
    let check = "queues that invoke functions";
    let before = findings.findings.len();
    let start = format!("if nobody stopped the calls on purpose: {}", access.command("start-calls --yes"));
    for output in OF_QUEUES {
        let remedy = if output == "DialerFunction" {
            start.as_str()
        } else {
            "enable the trigger of this function in Lambda's console"
        };
        let sources = event_sources::of(access, stack, output).await;
        let off = |sources: Vec<EventSource>| sources.iter().filter(|source| !source.is_on()).count();
        match sources.map(|sources| (sources.is_empty(), off(sources))) {
            Ok((true, _)) => findings.problem(
                check,
                format!("no queue invokes {output}"),
                effect_of(output),
                "deploy the template again; if that changes nothing, compare the stack in CloudFormation: Detect drift",
            ),
            Ok((false, 0)) => {}
            Ok((false, _)) => {
                findings.problem(check, format!("the queue of {output} is disabled"), effect_of(output), remedy);
            }
            Err(error) => findings.unchecked(check, &error),
        }
    }
    findings.fine_unless_found(before, check, "");
}

/// Checks the schedule that invokes the sweeper. The template names it after the stack.
pub(super) async fn check_sweeps(access: &Access, findings: &mut Findings) {
    let check = "schedule of the sweeper";
    let path = format!("/schedules/{}-sweep", access.stack());
    match Api::new(access).scheduler(&path).await {
        Ok(schedule) if schedule["State"] == "ENABLED" => findings.fine(check, ""),
        Ok(_) => findings.problem(
            check,
            "disabled, so the sweeper does not run",
            effect_of("SweeperFunction"),
            "enable it, as docs/operating.md says under \"The sweeper is silent\"; if a deployment disabled it, deploy with \
             SweepState=ENABLED",
        ),
        Err(error) => findings.unchecked(check, &error),
    }
}
