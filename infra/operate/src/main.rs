//! `cargo operate`: the operator's tool.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use operate::access::Access;
use operate::dead_letters::{self, PoisonHandling, Selection};

/// Looks after a stack: the one of `cargo local`, the one at `AWS_ENDPOINT_URL`, or one in AWS.
#[derive(Parser)]
#[command(name = "cargo operate", bin_name = "cargo operate")]
struct Arguments {
    /// The stack in AWS, by the credentials in the environment
    #[arg(long, global = true)]
    aws: bool,
    /// The stack's name, if it is not the usual one
    #[arg(long, global = true)]
    stack: Option<String>,
    /// The stack's region, if `AWS_REGION` does not name it
    #[arg(long, global = true)]
    region: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read the dead letters, or redrive them once the cause is mended
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
}

#[derive(Subcommand)]
enum DeadLettersCommand {
    /// Show what each dead letter is, whose, and why it is there. They stay where they are
    List {
        /// Print them as one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Send dead letters back to the queues they came from. One that is sent twice does no harm
    #[command(arg_required_else_help = true)]
    Redrive {
        /// The ids of the dead letters
        #[arg(required_unless_present = "all")]
        ids: Vec<String>,
        /// All of them
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Also poison: what no function can read
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
            let wanted = if all { Selection::All } else { Selection::Ids(ids) };
            let poison = if poison { PoisonHandling::Redrive } else { PoisonHandling::Leave };
            let redriven = dead_letters::redrive(&access, &wanted, poison).await?;
            print!("{}", redriven.lines());
            redriven.check_complete(&wanted)
        }
    }
}

async fn list(access: &Access, json: bool) -> Result<()> {
    let listed = dead_letters::list(access).await?;
    if json {
        println!("{}", serde_json::to_string(&listed.dead_letters)?);
        // Standard output is for a program; that the array may not be complete is for the operator.
        eprint!("{}", listed.unread.lines());
    } else {
        print!("{}", listed.lines());
    }
    Ok(())
}
