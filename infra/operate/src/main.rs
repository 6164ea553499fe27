//! `cargo operate`: the operator's tool.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use operate::access::Access;
use operate::dead_letters::{self, PoisonHandling, Selection};

/// Operate a deployed stack: on AWS with --aws, else at `AWS_ENDPOINT_URL`, else the one of `cargo local`
#[derive(Parser)]
#[command(name = "cargo operate", bin_name = "cargo operate")]
struct Arguments {
    /// Use the stack on AWS, with the credentials in the environment
    #[arg(long, global = true)]
    aws: bool,
    /// Name of the stack [default: sixthirty on AWS, sixthirty-local elsewhere]
    #[arg(long, global = true)]
    stack: Option<String>,
    /// Region of the stack [default: `AWS_REGION` on AWS, us-east-1 elsewhere]
    #[arg(long, global = true)]
    region: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the dead letters, or redrive them after fixing the cause
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
}

#[derive(Subcommand)]
enum DeadLettersCommand {
    /// Show each dead letter with its content and its history. The dead letters stay in their queues
    List {
        /// Print one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Send dead letters back to their source queues. Sending a dead letter twice is harmless
    #[command(arg_required_else_help = true)]
    Redrive {
        /// Ids of the dead letters, as listed
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// Redrive all dead letters
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Also redrive poison messages, which no function can read
        #[arg(long)]
        poison: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<()> {
    let access = Access::of_environment(arguments.aws, arguments.stack, arguments.region)?;
    match arguments.command {
        Command::DeadLetters(DeadLettersCommand::List { json }) => list(&access, json).await,
        Command::DeadLetters(DeadLettersCommand::Redrive { ids, all, poison }) => {
            let selection = if all { Selection::All } else { Selection::Ids(ids) };
            let poison = if poison { PoisonHandling::Redrive } else { PoisonHandling::Leave };
            let redriven = dead_letters::redrive(&access, &selection, poison).await?;
            print!("{}", redriven.lines());
            redriven.check_complete(&selection)
        }
    }
}

async fn list(access: &Access, json: bool) -> Result<()> {
    let listed = dead_letters::list(access).await?;
    if json {
        println!("{}", serde_json::to_string(&listed.dead_letters)?);
        // Standard output has only JSON, for a program. Queues with unread messages are reported to the operator on
        // standard error.
        eprint!("{}", listed.unread.lines());
    } else {
        print!("{}", listed.lines());
    }
    Ok(())
}
