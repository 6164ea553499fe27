//! `cargo local`: the service on this machine.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use local::chaos::{self, Form, Trouble};
use local::demo::{self, Format};
use local::dlq::{self, Access, Poison, Wanted};
use local::handset;
use local::phone::{self, Door};
use local::place::Place;
use local::progress::Progress;
use local::stack::{CARRIER_PORT, Options, Stack, State};
use local::tools::Tools;
use tokio::signal::unix::{SignalKind, signal};

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
    /// Break it for some ten minutes, on a stack of its own, and judge from outside what was lost or doubled
    Chaos {
        /// Print the figures as one JSON object
        #[arg(long)]
        json: bool,
        /// Less of everything: two minutes, as with the tests
        #[arg(long)]
        short: bool,
        /// Nothing but this
        #[arg(long)]
        only: Option<Trouble>,
    },
    /// Text into the running stack and print the answer
    Text {
        /// What to text, as "Remind me to buy milk in 1 minute"
        text: String,
        /// Who texts
        #[arg(long, default_value = PERSON)]
        from: String,
    },
    /// Read the dead letters, or send them back once what made them fail is mended
    Dlq(Dlq),
    /// Run the pinned SAM with these arguments, as "validate --lint"
    Sam {
        /// What SAM is told
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// Whose dead letters: those of `cargo local`, or of what `AWS_ENDPOINT_URL` names.
#[derive(clap::Args)]
struct Dlq {
    /// Those of the stack in AWS instead, by the credentials in the environment
    #[arg(long, global = true)]
    aws: bool,
    /// The stack's name, if it is not the usual one
    #[arg(long, global = true)]
    stack: Option<String>,
    /// The stack's region, if `AWS_REGION` does not say it
    #[arg(long, global = true)]
    region: Option<String>,
    #[command(subcommand)]
    command: DlqCommand,
}

#[derive(Subcommand)]
enum DlqCommand {
    /// Show what each is, whose, and why it is there. They stay where they are
    List {
        /// Print them as one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Send them back to the queues they came from. One that goes twice does no harm
    #[command(arg_required_else_help = true)]
    Redrive {
        /// Which, by their ids
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// All of them
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Also those that no function of ours reads
        #[arg(long)]
        poison: bool,
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
    let stop = told_to_end()?;
    match command {
        Command::Up { passing: false } => up(Options::staying(&Place::here()), phone::PORT, stop).await,
        Command::Up { passing: true } => {
            let stop = async {
                tokio::select! {
                    () = stop => {}
                    () = input_ends() => {}
                }
            };
            up(Options::passing(), 0, stop).await
        }
        Command::Demo { json } => {
            let demo = async { demo::run(format(json)).await.map(|()| ExitCode::SUCCESS) };
            until(stop, demo).await
        }
        Command::Chaos { json, short, only } => {
            let form = if short { Form::Short } else { Form::Long };
            let troubles = only.map_or_else(|| Trouble::ALL.to_vec(), |only| vec![only]);
            let chaos = async { chaos::run(form, &troubles, format(json)).await.map(|()| ExitCode::SUCCESS) };
            until(stop, chaos).await
        }
        Command::Text { text, from } => until(stop, texted(&from, &text)).await,
        Command::Dlq(dlq) => until(stop, dead_letters(dlq)).await,
        Command::Sam { arguments } => until(stop, sam(&arguments)).await,
    }
}

/// Does this unless told to end before. A work that is dropped takes down what it started.
async fn until(stop: impl Future<Output = ()>, work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    tokio::select! {
        result = work => result,
        () = stop => Ok(ExitCode::from(130)),
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

async fn dead_letters(asked: Dlq) -> Result<ExitCode> {
    let access = Access::of_environment(asked.aws, asked.stack, asked.region)?;
    match asked.command {
        DlqCommand::List { json } => {
            let listed = dlq::list(&access).await?;
            if json {
                println!("{}", serde_json::to_string(&listed.dead)?);
                // The array is for a program; that it may not be all is for whoever started it.
                eprint!("{}", listed.unseen.lines());
            } else {
                print!("{}", listed.lines());
            }
        }
        DlqCommand::Redrive { ids, all, poison } => {
            let wanted = if all { Wanted::All } else { Wanted::Ids(ids) };
            let poison = if poison { Poison::Goes } else { Poison::Stays };
            let redriven = dlq::redrive(&access, &wanted, poison).await?;
            print!("{}", redriven.lines());
            redriven.judged(&wanted)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// SAM without an AWS account: what is checked needs none.
async fn sam(arguments: &[String]) -> Result<ExitCode> {
    let place = Place::here();
    let tools = Tools::install(&place, &Progress::begin()).await?;
    let status = tools.sam(&place).args(arguments).kill_on_drop(true).status().await.context("can't start SAM")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn up(mut options: Options, page_port: u16, stop: impl Future<Output = ()>) -> Result<ExitCode> {
    let progress = Progress::begin();
    tokio::pin!(stop);
    options.parameters = options.parameters.with("Countries", phone::COUNTRIES);
    let memory = if options.state == State::Forgotten { "" } else { "; what was asked is kept" };
    let started = async {
        let door = Door::take(page_port).await?;
        let stack = Stack::start(options, &progress).await?;
        let page = door.open_to(&stack).await?;
        anyhow::Ok((stack, page))
    };
    let (stack, page) = tokio::select! {
        started = started => started?,
        () = &mut stop => return Ok(ExitCode::from(130)),
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

/// Resolves at Ctrl-C, or when a service manager or a closed terminal asks.
fn told_to_end() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("can't listen for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("can't listen for an end")?;
    let mut hang_up = signal(SignalKind::hangup()).context("can't listen for an end")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
