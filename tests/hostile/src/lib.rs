//! `cargo hostile`: sends hostile requests to the real binaries, and checks that nothing fails, leaks or changes.
//!
//! More than 20 000 requests go to all routes of the API: unsigned, with a forged signature, and signed by the carrier
//! but spoiled. 3 000 hostile texts follow, and poison for each queue and each function. Meanwhile honest people are
//! reminded on time. Then rows, logs, dead letters and memory are searched for traces. All requests are generated from
//! a seed.

mod answers;
mod aws_requests;
mod crowd;
mod findings;
mod form;
mod honest;
mod logs;
mod memory;
mod nasty;
mod numbers;
mod plan;
mod poison;
mod queues;
mod report;
mod request;
mod routes;
mod rows;
mod run;
mod sizes;
mod unusual;
mod words;

use std::time::Duration;

use anyhow::Result;
use local::build::Build;
use local::demo::Format;
use local::endpoint::Endpoint;
use local::parameters::{Parameters, Sweeper};
use local::progress::Progress;
use local::stack::{Aws, Options, Stack};
use serde_json::json;

pub use self::report::Report;
pub use self::sizes::RunLength;

/// Seed of the runs that are not given another.
pub const SEED: u64 = 630;
/// Time between two runs of the sweeper. It is one minute on AWS.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Starts a stack of its own, runs the hostile requests on it, prints the figures and stops the stack.
///
/// # Errors
/// Fails if a step fails, or if the run has findings.
pub async fn run(length: RunLength, seed: u64, format: Format) -> Result<()> {
    let progress = Progress::begin();
    // At this level, the functions log most.
    let parameters =
        Parameters::of_this_machine().with_short_times().with_sweeper(Sweeper::ByHand).with("LogLevel", "trace");
    let build = Build::release_if(length == RunLength::Long);
    let options = Options { aws: Aws::Emulated { port: 0 }, parameters, build, ..Options::temporary() };
    let stack = Stack::start(options, &progress).await?;
    let played = tokio::select! {
        played = play(&stack, length, seed, &progress) => played,
        never = sweep(stack.endpoint(), stack.output("SweeperFunction")?) => match never {},
    };
    progress.say("Stopping everything");
    tokio::task::spawn_blocking(move || drop(stack)).await?;
    let report = played?;
    match format {
        Format::Lines => print!("{}", report.table()),
        Format::Json => println!("{}", report.json()),
    }
    report.judged()
}

/// Runs the hostile requests on a running stack. Nothing else may use the stack meanwhile except its sweeper.
///
/// # Errors
/// Fails if a step fails, or if an honest person's reminder is lost. All other findings are in the report.
pub async fn play(stack: &Stack, length: RunLength, seed: u64, progress: &Progress) -> Result<Report> {
    run::Run::begin(stack, length, seed, *progress).await?.play().await
}

/// Runs the sweeper periodically. The run finds its failures in the log.
async fn sweep(endpoint: &Endpoint, function: &str) -> std::convert::Infallible {
    loop {
        // The next run does the same work.
        drop(endpoint.invoke(function, &json!({})).await);
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}
