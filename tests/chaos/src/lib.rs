//! `cargo chaos`: the real binaries while processes are killed, the emulated AWS is stopped, the carrier is dead,
//! a thousand texts come at once and hundreds of reminders are due in the same second; judged from outside.
//!
//! The judge reads the carrier's own log and the answers to the texts, nothing else.

mod crowd;
mod diagnostics;
mod evidence;
mod judge;
mod kills;
mod people;
mod phases;
mod report;
mod scenario;

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tokio::task::JoinHandle;

pub use self::judge::Figures;
pub use self::report::Report;
pub use self::scenario::{RunLength, Scenario};

use self::phases::Run;
use local::demo::Format;
use local::parameters::{Parameters, Sweeper};
use local::progress::Progress;
use local::stack::{Aws, Options, Stack};

/// How long a text is tried, in seconds: past any outage of a run.
const TEXT_GIVE_UP_S: u64 = 600;
/// How many calls, and how many texts in the place of calls, the carrier is asked for in a second.
const RATE: &str = "20";
/// How often the sweeper runs. On AWS it is every minute, and all times are as much longer.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Brings up a stack of its own, goes through these scenarios, prints the figures and takes everything down.
///
/// # Errors
/// A step fails, or something was lost, doubled or early.
pub async fn run(length: RunLength, scenarios: &[Scenario], format: Format) -> Result<()> {
    let report = play(length, scenarios, &Progress::begin()).await?;
    match format {
        Format::Lines => print!("{}", report.table()),
        Format::Json => println!("{}", serde_json::to_string(&report)?),
    }
    report.judged()
}

/// Goes through these scenarios on a stack of its own, which is an emulator also where the environment names another
/// AWS: it is to be stopped, and its processes killed.
///
/// # Errors
/// A step fails. What is lost or doubled is in the report.
pub async fn play(length: RunLength, scenarios: &[Scenario], progress: &Progress) -> Result<Report> {
    let options = Options { aws: Aws::Emulated { port: 0 }, parameters: parameters(length), ..Options::temporary() };
    let stack = Stack::start(options, progress).await?;
    let sweeping = Sweeping::begin(&stack)?;
    let started = Instant::now();
    let mut run = Run::begin(stack, length, *progress).await?;
    let phases = run.phases(scenarios).await;
    drop(sweeping);
    progress.say("Taking everything down");
    tokio::task::spawn_blocking(move || drop(run)).await?;
    Ok(Report { took_s: started.elapsed().as_secs(), phases: phases? })
}

/// Times as short as an emulator under load allows: what gives up after some tries must not do so within one rush.
/// Shorter than the other tests', since here a limit that is reached is no failure: the judge asks only whether the
/// person was told.
fn parameters(length: RunLength) -> Parameters {
    const SHORT: [(&str, &str); 18] = [
        ("FunctionTimeoutSeconds", "10"),
        ("CarrierTimeoutSeconds", "4"),
        ("VisibilitySeconds", "60"),
        ("DialingSeconds", "15"),
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
        ("StoreSeconds", "5"),
        ("ParkSeconds", "3"),
        ("CallsPerSecond", RATE),
        ("TextsPerSecond", RATE),
    ];
    let patient = Parameters::of_this_machine()
        .with_sweeper(Sweeper::ByHand)
        .with("MaxLatenessSeconds", &length.max_lateness_s().to_string())
        .with("TextGiveUpSeconds", &TEXT_GIVE_UP_S.to_string());
    SHORT.iter().fold(patient, |parameters, (name, value)| parameters.with(name, value))
}

/// The sweeper, run again and again. It may fail: it is killed, too, and so is what it runs on.
struct Sweeping(JoinHandle<()>);

impl Sweeping {
    fn begin(stack: &Stack) -> Result<Self> {
        let (endpoint, function) = (stack.endpoint().clone(), stack.output("SweeperFunction")?.to_owned());
        Ok(Self(tokio::spawn(async move {
            loop {
                drop(endpoint.invoke(&function, &json!({})).await);
                tokio::time::sleep(SWEEP_EVERY).await;
            }
        })))
    }
}

impl Drop for Sweeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}
