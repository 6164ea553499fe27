//! `cargo hostile`: sends hostile requests to a local stack, and checks that nothing fails, leaks or changes.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use hostile::RunLength;
use local::demo::Format;
use local::shutdown;

/// Send hostile requests to a local stack, and check that nothing fails, leaks or changes
#[derive(Parser)]
#[command(name = "cargo hostile", bin_name = "cargo hostile", version)]
struct Arguments {
    /// Print the results as one JSON object
    #[arg(long)]
    json: bool,
    /// Run the short version, as the tests do
    #[arg(long)]
    short: bool,
    /// Generate other requests
    #[arg(long, default_value_t = hostile::SEED)]
    seed: u64,
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
    let format = if arguments.json { Format::Json } else { Format::Lines };
    let hostile = async { hostile::run(length, arguments.seed, format).await.map(|()| ExitCode::SUCCESS) };
    shutdown::run_until(shutdown::stop_signal()?, hostile).await
}
