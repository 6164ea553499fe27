//! `cargo local`: the service on this machine.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use local::demo::{self, Format};
use local::handset;
use local::local_paths::LocalPaths;
use local::phone::{self, PageUrl};
use local::progress::Progress;
use local::shutdown::{self, run_until};
use local::stack::{CARRIER_PORT, EmulatorState, Options, Stack};
use local::tools::Tools;

/// Who texts when nobody says who; fictional.
const PERSON: &str = "+12125550123";

/// The service on this machine: the real template and binaries, an emulated AWS, a simulated carrier.
#[derive(Parser)]
#[command(name = "cargo local", bin_name = "cargo local")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Bring it up and keep it up until Ctrl-C; this is what happens without a command
    Up {
        /// On free ports, without a memory, until its input ends: for tests. Prints the page's address
        #[arg(long)]
        passing: bool,
    },
    /// Show it to nobody: text, wait a minute, be called, press 1, and judge
    Demo {
        /// Print the timeline as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Text into the running stack and print the answer
    Text {
        /// What to text, as "Remind me to buy milk in 1 minute"
        text: String,
        /// Who texts
        #[arg(long, default_value = PERSON)]
        from: String,
    },
    /// Run the pinned SAM with these arguments, as "validate --lint"
    Sam {
        /// What SAM is told
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Up { passing: false });
    match run(command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Works until done or told to end. A dropped stack, or half a one, takes down what it started.
async fn run(command: Command) -> Result<ExitCode> {
    let stop = shutdown::stop_signal()?;
    match command {
        Command::Up { passing: false } => up(Options::persistent(&LocalPaths::here()), phone::PORT, stop).await,
        Command::Up { passing: true } => {
            let stop = async {
                tokio::select! {
                    () = stop => {}
                    () = input_ends() => {}
                }
            };
            up(Options::temporary(), 0, stop).await
        }
        Command::Demo { json } => {
            let demo = async { demo::run(format(json)).await.map(|()| ExitCode::SUCCESS) };
            run_until(stop, demo).await
        }
        Command::Text { text, from } => run_until(stop, texted(&from, &text)).await,
        Command::Sam { arguments } => run_until(stop, sam(&arguments)).await,
    }
}

async fn texted(from: &str, text: &str) -> Result<ExitCode> {
    let answers = handset::text(&format!("http://127.0.0.1:{CARRIER_PORT}"), from, text).await?;
    if answers.is_empty() {
        println!("(no answer; silence can be intended)");
    }
    for answer in answers {
        println!("{answer}");
    }
    Ok(ExitCode::SUCCESS)
}

fn format(json: bool) -> Format {
    if json { Format::Json } else { Format::Lines }
}

/// SAM without an AWS account: what is checked needs none.
async fn sam(arguments: &[String]) -> Result<ExitCode> {
    let paths = LocalPaths::here();
    let tools = Tools::install(&paths, &Progress::begin()).await?;
    let status = tools.sam(&paths).args(arguments).kill_on_drop(true).status().await.context("can't start SAM")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn up(mut options: Options, page_port: u16, stop: impl Future<Output = ()>) -> Result<ExitCode> {
    let progress = Progress::begin();
    tokio::pin!(stop);
    options.parameters = options.parameters.with("Countries", phone::COUNTRIES);
    let memory = if options.state == EmulatorState::Discarded { "" } else { "; what was asked is kept" };
    let started = async {
        let page_url = PageUrl::reserve(page_port).await?;
        let stack = Stack::start(options, &progress).await?;
        let page = page_url.serve(&stack).await?;
        anyhow::Ok((stack, page))
    };
    let (stack, page) = tokio::select! {
        started = started => started?,
        () = &mut stop => return Ok(ExitCode::from(shutdown::INTERRUPTED)),
    };
    progress.say(&format!("The carrier is at {}, the API at {}", stack.carrier().url(), stack.api_url()?));
    progress.say("From another terminal: cargo local text \"Remind me to buy milk in 1 minute\"");
    progress.say(&format!("Ready: open the page below. Ctrl-C ends it{memory}"));
    println!("{}", page.url());
    stop.await;
    progress.say("Stopping");
    drop(page);
    tokio::task::spawn_blocking(move || drop(stack)).await?;
    progress.say("Stopped");
    Ok(ExitCode::SUCCESS)
}

/// Resolves when nobody is left at the other end of standard input. The thread that waits for it holds up nobody, as
/// one of the runtime's own would.
async fn input_ends() {
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        // An input that can't be read has ended too.
        drop(std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
        drop(ended);
    });
    drop(end.await);
}
