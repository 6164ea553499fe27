//! `cargo chaos`: breaks a local stack for about ten minutes, and checks that no reminder was lost or duplicated.

use std::process::ExitCode;

use anyhow::Result;
use chaos::{RunLength, Scenario};
use clap::Parser;
use local::demo::Format;
use local::shutdown;

/// Break a local stack for about ten minutes, and check that no reminder was lost or duplicated
#[derive(Parser)]
#[command(name = "cargo chaos", bin_name = "cargo chaos", version)]
struct Arguments {
    /// Print the results as one JSON object
    #[arg(long)]
    json: bool,
    /// Run the short version, about two minutes, as the tests do
    #[arg(long)]
    short: bool,
    /// Run only this scenario
    #[arg(long)]
    only: Option<Scenario>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode> {
    let length = if arguments.short { RunLength::Short } else { RunLength::Long };
    let scenarios = arguments.only.map_or_else(|| Scenario::ALL.to_vec(), |only| vec![only]);
    let format = if arguments.json { Format::Json } else { Format::Lines };
    let chaos = async { chaos::run(length, &scenarios, format).await.map(|()| ExitCode::SUCCESS) };
    shutdown::run_until(shutdown::stop_signal()?, chaos).await
}
