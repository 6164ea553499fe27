//! Runs a chaos minute on a stack.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use futures_util::future::try_join_all;
use judge::{Acceptance, Phase, Sent};
use simulated_carrier::{Fault, FaultKind, LogEntry, SimulatedCarrier};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{sleep, sleep_until, timeout_at};

use super::card::{Card, Outages};
use super::caught::caught;
use super::plan::{LENGTH, Plan};
use super::report::MinuteReport;
use crate::crowd::{Crowd, First, Text};
use crate::emulator::Emulator;
use crate::kills::{Killed, working_function};
use crate::stack::Stack;

/// Number of people in a chaos minute.
pub const PEOPLE: usize = 20;
/// How long a person waits before a text that was not answered is sent again.
const SEND_AGAIN_AFTER: Duration = Duration::from_secs(2);
/// How often a text is sent at most. The service answers again long before.
const MOST_SENDS: usize = 40;
/// Time limit for the recovery: the default max lateness, and a minute for the last text.
const RECOVERY_LIMIT: Duration = Duration::from_secs(16 * 60);
/// How long the messages of a killed function stay hidden with the default times, before SQS delivers them again. A
/// call that is placed twice because of that must be seen.
const HIDDEN: Duration = Duration::from_secs(125);
const POLL: Duration = Duration::from_millis(500);
/// How often the emulated AWS is started, if it does not start.
const MOST_STARTS: usize = 3;
const START_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// Runs a chaos minute, whose people begin with the first. However it ends, everything that it has stopped runs again.
///
/// # Errors
/// Fails if a step fails, for example if the emulated AWS does not start again. Lost or doubled reminders are on the
/// card.
pub async fn run(stack: &Stack, seed: u64, first: First, report: &MinuteReport) -> Result<Card> {
    let result = caught(break_and_judge(stack, seed, first, report)).await;
    stack.carrier().be_reachable();
    first.numbers(PEOPLE).iter().flatten().for_each(|number| stack.carrier().remove_faults(number));
    match stack.emulator() {
        Some(emulator) => start_aws(emulator).await.and(result),
        None => result,
    }
}

async fn break_and_judge(stack: &Stack, seed: u64, first: First, report: &MinuteReport) -> Result<Card> {
    let started = Instant::now();
    let plan = Plan::of(seed, PEOPLE);
    let log = LogOfMinute::begin(stack.carrier());
    let mut crowd = Crowd::start(stack.carrier(), first).await?;
    let mut texts = Vec::new();
    for (_, due_in_s) in &plan.texts {
        let number = crowd.new_person(stack.carrier())?;
        texts.push(crowd.text(&number, format!("in {due_in_s} seconds")));
    }
    for (person, kind, times, resource) in &plan.faults {
        let fault = Fault { times: *times, resource: *resource, ..Fault::once(texts[*person].number.clone(), *kind) };
        stack.carrier().add_fault(fault).map_err(|reason| anyhow!(reason))?;
        report.note(format!("Armed a fault of the carrier: {}", name(*kind)));
    }
    let sent = SentTexts::default();
    let mut killed = Killed::default();
    let texting = try_join_all(texts.iter().zip(&plan.texts).map(|(text, (at, _))| send(&crowd, text, *at, &sent)));
    let ((), (), aws_stopped, ()) = tokio::try_join!(
        async { texting.await.map(drop) },
        kill_working(stack, &plan, &mut killed, report),
        stop_aws(stack, plan.aws_stopped, report),
        async {
            stop_carrier(stack, plan.carrier_stopped, report).await;
            count_until(&log, &texts, &sent, started + LENGTH, report).await;
            Ok(())
        },
    )?;
    report.recover();
    report.note("The minute is over. Nothing breaks any more, and the sweeper recovers what is late");
    let phase = phase(&texts, &sent);
    let figures = recover(&log, &phase, &killed, report).await;
    let outages = Outages { killed: killed.count(), aws_stopped, carrier_stopped: 1, faults: plan.faults.len() };
    Ok(Card::of(seed, outages, figures, started.elapsed().as_secs()))
}

/// Sends a text until it is answered, as a person does who reads "Not delivered".
async fn send(crowd: &Crowd, text: &Text, at: Duration, sent: &SentTexts) -> Result<()> {
    sleep(at).await;
    for _ in 0..MOST_SENDS {
        let one = crowd.send_one(text).await?;
        let is_answered = !one.answers.is_empty();
        sent.add(one);
        if is_answered {
            return Ok(());
        }
        sleep(SEND_AGAIN_AFTER).await;
    }
    Ok(())
}

/// Kills functions while they work, in the moments of the plan.
async fn kill_working(stack: &Stack, plan: &Plan, killed: &mut Killed, report: &MinuteReport) -> Result<()> {
    let (before, mut log) = stack.carrier().follow();
    let seen = before.last().map_or(0, |entry| entry.seq);
    let end = tokio::time::Instant::now() + LENGTH;
    let mut moments: BTreeMap<&str, usize> = BTreeMap::new();
    while let Ok(entry) = timeout_at(end, log.recv()).await {
        let entry = match entry {
            Ok(entry) if entry.seq > seen => entry,
            Ok(_) | Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return Ok(()),
        };
        let Some(function) = working_function(&entry.event) else { continue };
        let moment = moments.entry(function).or_default();
        *moment += 1;
        if plan.kills(function, *moment) && killed.kill(stack, function)? > 0 {
            report.note(format!(
                "Killed the {} function while it worked",
                function.trim_end_matches("Function").to_lowercase()
            ));
        }
    }
    Ok(())
}

/// Stops and starts the emulated AWS. Returns how often it was stopped: not if it was started by another program.
async fn stop_aws(stack: &Stack, (at, length): (Duration, Duration), report: &MinuteReport) -> Result<usize> {
    sleep(at).await;
    let Some(emulator) = stack.emulator() else {
        report.note("AWS is not stopped, because another program runs it");
        return Ok(0);
    };
    report.note("Stopped AWS");
    let stopped = Instant::now();
    emulator.stop().await?;
    sleep(length).await;
    start_aws(emulator).await?;
    report.note(format!("Started AWS again after {:.0} s", stopped.elapsed().as_secs_f64()));
    Ok(1)
}

/// Starts the emulated AWS if it does not run, and tries again if it does not start.
///
/// # Errors
/// Fails if it does not start.
pub async fn start_aws(emulator: &Emulator) -> Result<()> {
    let mut started = emulator.ensure_up().await;
    for _ in 1..MOST_STARTS {
        if started.is_ok() {
            break;
        }
        sleep(START_AGAIN_AFTER).await;
        started = emulator.ensure_up().await;
    }
    started.context("AWS does not start again")
}

async fn stop_carrier(stack: &Stack, (at, length): (Duration, Duration), report: &MinuteReport) {
    sleep(at).await;
    let stopped = StoppedCarrier::stop(stack.carrier());
    report.note("Stopped the carrier");
    sleep(length).await;
    drop(stopped);
    report.note(format!("Started the carrier again after {:.0} s", length.as_secs_f64()));
}

/// A stopped carrier. Dropping it starts the carrier again, also if the minute fails or is stopped.
struct StoppedCarrier<'a>(&'a SimulatedCarrier);

impl<'a> StoppedCarrier<'a> {
    fn stop(carrier: &'a SimulatedCarrier) -> Self {
        carrier.be_unreachable();
        Self(carrier)
    }
}

impl Drop for StoppedCarrier<'_> {
    fn drop(&mut self) {
        self.0.be_reachable();
    }
}

/// The carrier's log since the beginning of a minute. The same people may have been in an earlier one.
struct LogOfMinute<'a> {
    carrier: &'a SimulatedCarrier,
    /// The newest entry before the minute.
    after: u64,
}

impl<'a> LogOfMinute<'a> {
    fn begin(carrier: &'a SimulatedCarrier) -> Self {
        Self { carrier, after: carrier.log(None).last().map_or(0, |entry| entry.seq) }
    }

    fn read(&self) -> Vec<LogEntry> {
        let mut log = self.carrier.log(None);
        log.retain(|entry| entry.seq > self.after);
        log
    }
}

/// Counts what happened so far, until an instant.
async fn count_until(log: &LogOfMinute<'_>, texts: &[Text], sent: &SentTexts, end: Instant, report: &MinuteReport) {
    while Instant::now() < end {
        report.count(judge::judge(&log.read(), &phase(texts, sent)));
        sleep_until((Instant::now() + POLL).min(end).into()).await;
    }
}

/// Waits until every reminder was spoken or texted, and until the messages of killed functions were delivered again.
async fn recover(log: &LogOfMinute<'_>, phase: &Phase, killed: &Killed, report: &MinuteReport) -> judge::Figures {
    let started = Instant::now();
    loop {
        let log = log.read();
        let figures = judge::judge(&log, phase);
        report.count(figures.clone());
        let is_hidden = killed.last().is_some_and(|last| last.elapsed() < HIDDEN);
        if judge::is_over(&log, phase) && !is_hidden || started.elapsed() > RECOVERY_LIMIT {
            return figures;
        }
        sleep(POLL).await;
    }
}

/// The texts that were sent so far, with all answers to each.
#[derive(Default)]
struct SentTexts(Mutex<BTreeMap<String, Sent>>);

impl SentTexts {
    fn add(&self, one: Sent) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&one.id) {
            Some(known) => known.answers.extend(one.answers),
            None => drop(all.insert(one.id.clone(), one)),
        }
    }

    fn all(&self) -> Vec<Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

fn phase(texts: &[Text], sent: &SentTexts) -> Phase {
    let (name, note) = ("chaos minute", String::new());
    Phase { name, acceptance: Acceptance::All, sent: sent.all(), posted: texts.len(), note }
}

fn name(fault: FaultKind) -> &'static str {
    match fault {
        FaultKind::DoubleWebhook => "it reports twice",
        FaultKind::LoseWebhook => "a report is lost",
        FaultKind::Reorder => "it reports in the wrong order",
        FaultKind::Busy => "a phone is busy",
        FaultKind::Http429 => "it refuses a call for now",
        FaultKind::CloseAfterAccept => "it places a call, but its answer is lost",
        _ => "another fault",
    }
}
