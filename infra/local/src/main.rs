//! `cargo local`: runs the service on this machine.

use std::io::IsTerminal as _;
use std::ops::RangeInclusive;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use local::build::Build;
use local::chaos_minute::{self, MinuteReport};
use local::crowd::First;
use local::demo::{self, Format};
use local::handset;
use local::local_paths::LocalPaths;
use local::phone::{self, PageUrl};
use local::progress::Progress;
use local::shutdown::{self, run_until};
use local::stack::{Aws, CARRIER_PORT, EmulatorState, Options, Stack};
use local::talk::{self, TalkReport, Telling};
use local::tools::Tools;

/// Default sender of a text; a number reserved for fiction.
const PERSON: &str = "+12125550123";

/// The numbers of the talk's steps.
const STEPS: RangeInclusive<i64> = 1..=talk::STEPS_COUNT as i64;

const EXAMPLES: &str = "\
Examples:
  cargo local                                       run the service, with a phone in the browser
  cargo local text remind me to stretch in 1 minute send a text to it from another terminal
  cargo local text --from +12125550199 LIST         send a text as another person
  cargo local chaos --seed 7                        break a separate stack for a minute, and count what was lost
  cargo local talk                                  play the talk: ten steps, what happens, and the line of code
  cargo local talk --step 6                         play one step of it
  cargo local demo                                  watch one reminder from its text to its call

Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 stopped by Ctrl-C.";

/// Run the service on this machine: the real template and functions, an emulated AWS and a simulated carrier
#[derive(Parser)]
#[command(name = "cargo local", bin_name = "cargo local", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service, with a phone in the browser, until Ctrl-C [default command]
    Up {
        /// For tests: use free ports, store nothing, and stop when standard input ends
        #[arg(long)]
        temporary: bool,
        /// Run the functions as SAM builds them for AWS, instead of a faster development build; RELEASE=true does the
        /// same. The first such build takes more than ten minutes
        #[arg(long)]
        release: bool,
    },
    /// Run one reminder without a browser: send a text, answer the call a minute later, press 1, check the result
    Demo {
        /// Print the timeline as one JSON object
        #[arg(long)]
        json: bool,
        /// Run the functions as SAM builds them for AWS, instead of a faster development build; RELEASE=true does the
        /// same. The first such build takes more than ten minutes
        #[arg(long)]
        release: bool,
    },
    /// Start a separate stack, break it for a minute while twenty people text, and count what was lost or doubled
    Chaos {
        /// Selects the plan: what is broken, and when; without it, a random one
        #[arg(long)]
        seed: Option<u64>,
        /// Print the result as one JSON object
        #[arg(long)]
        json: bool,
        /// Run the functions as SAM builds them for AWS, instead of a faster development build; RELEASE=true does the
        /// same. The first such build takes more than ten minutes
        #[arg(long)]
        release: bool,
    },
    /// Play the talk on a separate stack: ten steps, each with a fault, what happens, the result and the line of code
    ///
    /// In a terminal it waits for Enter between two steps. A page shows the current step too.
    Talk {
        /// Play only this step, 1 to 10; may be given several times
        #[arg(long = "step", value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(STEPS))]
        steps: Vec<u8>,
        /// Do not wait for Enter between two steps
        #[arg(long)]
        no_wait: bool,
        /// Print one JSON object for each step, and do not wait
        #[arg(long)]
        json: bool,
        /// Run the functions as SAM builds them for AWS, instead of a faster development build; RELEASE=true does the
        /// same. The first such build takes more than ten minutes
        #[arg(long)]
        release: bool,
    },
    /// Send a text to the running service and print the answer
    Text {
        /// The text, with or without quotation marks: remind me to buy milk in 1 minute
        #[arg(required = true)]
        text: Vec<String>,
        /// Phone number of the sender
        #[arg(long, default_value = PERSON)]
        from: String,
        /// Print the answer as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Run the pinned version of SAM, for example with "validate --lint"
    Sam {
        /// Arguments for SAM
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Up { temporary: false, release: false });
    match run(command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command until it is done or the program is stopped. A dropped stack stops everything that it started.
async fn run(command: Command) -> Result<ExitCode> {
    let stop = shutdown::stop_signal()?;
    match command {
        Command::Up { temporary: false, release } => {
            let options = Options { build: Build::release_if(release), ..Options::persistent(&LocalPaths::here()) };
            up(options, phone::PORT, stop).await
        }
        Command::Up { temporary: true, release } => {
            let stop = async {
                tokio::select! {
                    () = stop => {}
                    () = input_ends() => {}
                }
            };
            up(Options { build: Build::release_if(release), ..Options::temporary() }, 0, stop).await
        }
        Command::Demo { json, release } => {
            let build = Build::release_if(release);
            let demo = async {
                let is_good = demo::run(build, format(json)).await?;
                Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            };
            run_until(stop, demo).await
        }
        Command::Chaos { seed, json, release } => {
            let seed = seed.unwrap_or_else(|| fastrand::u64(0..100_000));
            run_until(stop, chaos(seed, Build::release_if(release), format(json))).await
        }
        Command::Talk { steps, no_wait, json, release } => {
            let waits = !no_wait && !json && std::io::stdin().is_terminal();
            let steps: Vec<usize> = match steps.as_slice() {
                [] => (1..=talk::STEPS_COUNT).collect(),
                chosen => chosen.iter().map(|step| usize::from(*step)).collect(),
            };
            run_until(stop, play_talk(steps, Build::release_if(release), format(json), waits)).await
        }
        Command::Text { text, from, json } => run_until(stop, send_text(&from, &text.join(" "), format(json))).await,
        Command::Sam { arguments } => run_until(stop, sam(&arguments)).await,
    }
}

/// Runs a chaos minute on a stack of its own, and prints its card. The stack is always on an emulator of its own, even
/// if the environment names another endpoint, because the minute stops it and kills its processes.
async fn chaos(seed: u64, build: Build, format: Format) -> Result<ExitCode> {
    let progress = Progress::begin();
    let aws = Aws::Emulated { port: 0 };
    let stack = Stack::start(Options { aws, build, ..Options::temporary() }, &progress).await?;
    progress
        .say(&format!("Breaking things for a minute by the plan of seed {seed}. The recovery takes two more minutes"));
    let card = chaos_minute::run(&stack, seed, First::default(), &MinuteReport::printing(seed, progress)).await;
    progress.say("Stopping everything");
    tokio::task::spawn_blocking(move || drop(stack)).await?;
    let card = card?;
    match format {
        Format::Lines => println!("{}", card.lines()),
        Format::Json => println!("{}", serde_json::to_string(&card)?),
    }
    Ok(if card.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays the talk on a stack of its own, and serves the page that shows it.
async fn play_talk(steps: Vec<usize>, build: Build, format: Format, waits: bool) -> Result<ExitCode> {
    let progress = Progress::begin();
    let report = TalkReport::new(match format {
        Format::Lines => Telling::Lines { is_terminal: std::io::stdout().is_terminal() },
        Format::Json => Telling::Json,
    });
    let page_url = PageUrl::reserve(0).await?;
    let stack = Arc::new(Stack::start(talk::options(build), &progress).await?);
    let page = page_url.serve(&stack, Some(report.clone())).await?;
    progress.say(&format!("A page shows the steps too: {}", page.url()));
    let played = talk::run(&stack, &steps, &report, &pause(waits)).await;
    progress.say("Stopping everything");
    page.stop().await;
    tokio::task::spawn_blocking(move || drop(stack)).await?;
    Ok(if played? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Waits for Enter between two steps of the talk, or not at all.
fn pause(waits: bool) -> talk::Pause {
    Box::new(move || {
        Box::pin(async move {
            if waits {
                eprint!("\nPress Enter for the next step, or Ctrl-C to end. ");
                line_is_read().await;
            }
        })
    })
}

async fn send_text(from: &str, text: &str, format: Format) -> Result<ExitCode> {
    let reply = handset::text(&format!("http://127.0.0.1:{CARRIER_PORT}"), from, text).await?;
    if format == Format::Json {
        println!("{}", serde_json::to_string(&reply)?);
        return Ok(ExitCode::SUCCESS);
    }
    match &reply.carrier {
        Some(words) => println!("(from the carrier) {words}"),
        None if reply.answer.is_empty() => {
            println!("(no answer: the service does not answer some texts, for example \"thanks\")");
        }
        None => {}
    }
    for answer in &reply.answer {
        println!("{answer}");
    }
    Ok(ExitCode::SUCCESS)
}

fn format(json: bool) -> Format {
    if json { Format::Json } else { Format::Lines }
}

/// Runs SAM without access to an AWS account, which its checks do not need.
async fn sam(arguments: &[String]) -> Result<ExitCode> {
    let paths = LocalPaths::here();
    let tools = Tools::install(&paths, &Progress::begin()).await?;
    let status = tools.sam(&paths).args(arguments).kill_on_drop(true).status().await.context("could not start SAM")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn up(mut options: Options, page_port: u16, stop: impl Future<Output = ()>) -> Result<ExitCode> {
    let progress = Progress::begin();
    tokio::pin!(stop);
    options.parameters = options.parameters.with("Countries", phone::COUNTRIES);
    let note = if options.state == EmulatorState::Discarded { "" } else { "; your reminders are kept" };
    let started = async {
        let page_url = PageUrl::reserve(page_port).await?;
        let stack = Arc::new(Stack::start(options, &progress).await?);
        let page = page_url.serve(&stack, None).await?;
        anyhow::Ok((stack, page))
    };
    let (stack, page) = tokio::select! {
        started = started => started?,
        () = &mut stop => return Ok(ExitCode::from(shutdown::INTERRUPTED)),
    };
    progress.say(&format!("Simulated carrier: {}, API: {}", stack.carrier().url(), stack.api_url()?));
    progress.say("To send a text from another terminal: cargo local text remind me to buy milk in 1 minute");
    progress.say(&format!("Ready. Open the page below in a browser. Press Ctrl-C to stop{note}"));
    println!("{}", page.url());
    stop.await;
    progress.say("Stopping");
    page.stop().await;
    tokio::task::spawn_blocking(move || drop(stack)).await?;
    progress.say("Stopped");
    Ok(ExitCode::SUCCESS)
}

/// Resolves when standard input ends.
async fn input_ends() {
    // An input that can't be read counts as ended.
    in_thread(|| drop(std::io::copy(&mut std::io::stdin(), &mut std::io::sink()))).await;
}

/// Resolves when a line is read from standard input, or when it ends.
async fn line_is_read() {
    in_thread(|| drop(std::io::stdin().read_line(&mut String::new()))).await;
}

/// Runs `work` in a separate thread, because a blocking thread of the runtime would delay the end of the program.
async fn in_thread(work: impl FnOnce() + Send + 'static) {
    let (ended, end) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        work();
        drop(ended);
    });
    drop(end.await);
}
