//! `cargo chaos`: tests the real binaries while function processes are killed, the emulated AWS is stopped, the carrier
//! is unreachable, a thousand texts arrive within seconds, and hundreds of reminders are due in the same second.
//!
//! The judge reads only the carrier's log and the answers to the texts: `infra/judge`.

mod diagnostics;
mod kills;
pub mod next_try;
mod phases;
mod report;
mod scenario;

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tokio::task::JoinHandle;

pub use self::report::Report;
pub use self::scenario::{RunLength, Scenario};
pub use judge::Figures;

use self::phases::Run;
use local::build::Build;
use local::demo::Format;
use local::parameters::{Parameters, Sweeper};
use local::progress::Progress;
use local::stack::{Aws, Options, Stack};

/// How long a text is tried again, in seconds. It is longer than any outage of a run, and longer than the quarter of an
/// hour after which an undelivered text is tried again.
const TEXT_GIVE_UP_S: u64 = 3600;
/// Maximum number of calls, and of texts that replace calls, that may be requested from the carrier per second.
const RATE: &str = "20";
/// Time between two runs of the sweeper. It is one minute on AWS, where all other times are longer too.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Starts a stack of its own, runs the scenarios on it, prints the figures and stops the stack.
///
/// # Errors
/// Fails if a step fails, if a text that had to be accepted was not, or if a reminder was lost, doubled or early.
pub async fn run(length: RunLength, scenarios: &[Scenario], format: Format) -> Result<()> {
    let report = play(length, scenarios, &Progress::begin()).await?;
    match format {
        Format::Lines => print!("{}", report.table()),
        Format::Json => println!("{}", serde_json::to_string(&report)?),
    }
    report.judged()
}

/// Runs the scenarios on a stack of its own. The stack is always on an emulator, even if the environment names another
/// endpoint, because the scenarios stop it and kill its processes.
///
/// # Errors
/// Fails if a step fails. Lost or doubled reminders are in the report.
pub async fn play(length: RunLength, scenarios: &[Scenario], progress: &Progress) -> Result<Report> {
    let build = Build::release_if(length == RunLength::Long);
    let (aws, parameters) = (Aws::Emulated { port: 0 }, parameters(length));
    let options = Options { aws, parameters, build, ..Options::temporary() };
    let stack = Stack::start(options, progress).await?;
    let sweeping = PeriodicSweeper::start(&stack)?;
    let started = Instant::now();
    let mut run = Run::begin(stack, length, *progress).await?;
    let phases = run.phases(scenarios).await;
    drop(sweeping);
    progress.say("Stopping everything");
    tokio::task::spawn_blocking(move || drop(run)).await?;
    Ok(Report { took_s: started.elapsed().as_secs(), phases: phases? })
}

/// Returns parameters with the shortest times that an emulator under load allows: a retried step must not run out of
/// attempts during one burst. Most times are shorter than in the other tests. A reminder that runs out of attempts, or that is
/// called too late, is no failure here, because the judge accepts a late call, and a text instead of a call.
fn parameters(length: RunLength) -> Parameters {
    const SHORT: [(&str, &str); 16] = [
        ("Timeouts", "stress-test"),
        ("RingSeconds", "2"),
        ("TalkSeconds", "10"),
        ("RingingMarginSeconds", "3"),
        ("RetryDelaysSeconds", "2,3"),
        ("RefusedBackoffSeconds", "1"),
        ("TextBackoffSeconds", "1"),
        ("UnconfirmedWaitSeconds", "2"),
        ("WakeUpSentWithinSeconds", "2"),
        ("WakeUpMarginSeconds", "4"),
        ("RecoveryBackoffSeconds", "4"),
        ("CallsPerSecond", RATE),
        ("TextsPerSecond", RATE),
        // As many as the rate of calls allows in an hour.
        ("CallsPerHour", "72000"),
        ("CallsPerPersonPerHour", "500"),
        ("CallsPerPersonPerDay", "500"),
    ];
    let base = Parameters::of_this_machine()
        .with_sweeper(Sweeper::ByHand)
        .with("MaxLatenessSeconds", &length.max_lateness_s().to_string())
        .with("TextGiveUpSeconds", &TEXT_GIVE_UP_S.to_string());
    SHORT.iter().fold(base, |parameters, (name, value)| parameters.with(name, value))
}

/// Invokes the sweeper periodically. Failures are ignored, because scenarios kill the sweeper and stop the emulator.
struct PeriodicSweeper(JoinHandle<()>);

impl PeriodicSweeper {
    fn start(stack: &Stack) -> Result<Self> {
        let (endpoint, function) = (stack.endpoint().clone(), stack.output("SweeperFunction")?.to_owned());
        Ok(Self(tokio::spawn(async move {
            loop {
                drop(endpoint.invoke(&function, &json!({})).await);
                tokio::time::sleep(SWEEP_EVERY).await;
            }
        })))
    }
}

impl Drop for PeriodicSweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}
