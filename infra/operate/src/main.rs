//! `cargo operate`: the operator's tool.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use ::reminder::ids::Number;
use anyhow::{Context as _, Result, ensure};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use operate::access::Access;
use operate::dead_letters::{self, PoisonHandling, Selection};
use operate::dialing::Change;
use operate::person::Who;
use operate::report::{Report, Run, Words};
use operate::restore_aside::RestoreSource;
use operate::rotate_token::{Account, Step};
use operate::{cost, dialing, doctor, erase, export, person, reminder, restore_aside, rotate_token};

const EXAMPLES: &str = "\
Examples:
  cargo operate reminder +12125550142              the life of each reminder of this number
  cargo operate --aws reminder 01JZ0000000000000000000000 --words
  cargo operate --aws doctor --test-number +12125550142
  cargo operate --aws stop-calls --yes
  cargo operate --aws export +12125550142 > person.json
  cargo operate --aws erase +12125550142           says what it would delete; with --yes deletes it
  cargo operate --aws rotate-token --yes < new-token.txt
  cargo operate --aws restore-aside sixthirty-restored --at 2026-03-01T12:00:00Z --yes
  cargo operate --aws --json dead-letters list

Exit codes: 0 done, 1 failed or incomplete, 2 wrong arguments, 3 doctor found problems.";

/// Exit code of `doctor` if it found problems.
const PROBLEMS_FOUND: u8 = 3;

/// Operate a deployed stack: on AWS with --aws, else at `AWS_ENDPOINT_URL`, else the one of `cargo local`
#[derive(Parser)]
#[command(name = "cargo operate", bin_name = "cargo operate", version, after_help = EXAMPLES)]
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
    /// Print the result as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the life of a person's reminders: states, dues, calls, texts and their reports, and what comes next
    Reminder {
        /// A phone number with its country code, the id of a reminder, or the id of a person
        who: Who,
        /// Show the tasks and the words of texts too
        #[arg(long)]
        words: bool,
    },
    /// Find what keeps phones from ringing: secret, webhooks, registration, quotas, alarms' mail, backups
    ///
    /// Says for each problem what people notice and what to do. Exits with 3 if there is one. A signed text from the
    /// service's number to itself, which the functions ignore, proves that they accept the carrier's webhooks.
    Doctor {
        /// Also send a text and place a call to this number, which must be your own
        #[arg(long, value_name = "NUMBER", value_parser = person::number)]
        test_number: Option<Number>,
    },
    /// Print everything that is stored about a person as JSON, with the number and the words
    Export {
        /// The phone number of the person, with its country code
        #[arg(value_parser = person::number)]
        number: Number,
    },
    /// Delete everything that is stored about a person. An opt-out stays, without the number
    Erase {
        /// The phone number of the person, with its country code
        #[arg(value_parser = person::number)]
        number: Number,
        #[command(flatten)]
        confirmed: Confirmed,
    },
    /// Stop placing calls. Reminders that become too late meanwhile are replaced by texts
    #[command(alias = "pause")]
    StopCalls(Confirmed),
    /// Place calls again
    #[command(alias = "resume")]
    StartCalls(Confirmed),
    /// Replace the carrier's token: write the new one beside the old one, and later remove the old one
    ///
    /// Create a secondary auth token in Twilio's console first. This command reads it from standard input, so that it is
    /// not in the history of your shell. It checks both tokens at the carrier and tells the next steps.
    RotateToken {
        /// Remove the old token, after the new one was promoted in Twilio's console
        #[arg(long)]
        finish: bool,
        /// Rotate the token of the second account
        #[arg(long)]
        second: bool,
        #[command(flatten)]
        confirmed: Confirmed,
    },
    /// Restore the table under another name, and say how the stack is pointed at it
    ///
    /// Run it again until it says that the new table is ready: then it applies the settings that a restore leaves out.
    RestoreAside {
        /// Name of the new table
        name: String,
        /// Restore the state at this instant, for example 2026-03-01T12:00:00Z [default: the newest]
        #[arg(long, value_name = "INSTANT")]
        at: Option<Timestamp>,
        /// Restore this backup, for example of a table that was deleted
        #[arg(long, value_name = "ARN", conflicts_with = "at")]
        backup: Option<String>,
        #[command(flatten)]
        confirmed: Confirmed,
    },
    /// Show what a reminder and a month cost: counted requests times public prices. Asks no stack
    Cost {
        /// Reminders in a month. May be given several times
        #[arg(long, value_name = "NUMBER", default_values_t = [1_000, 1_000_000])]
        reminders: Vec<u64>,
    },
    /// List the dead letters, or redrive them after fixing the cause
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
}

/// Whether a command that changes things changes them now.
#[derive(Args)]
struct Confirmed {
    /// Do it. Without this option, the command only says what it would do
    #[arg(long)]
    yes: bool,
}

#[derive(Subcommand)]
enum DeadLettersCommand {
    /// Show each dead letter with its content and its history. The dead letters stay in their queues
    List,
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
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Carries out a command, and returns the exit code.
async fn run(arguments: Arguments) -> Result<ExitCode> {
    let access = Access::of_environment(arguments.aws, arguments.stack, arguments.region)?;
    let json = arguments.json;
    match arguments.command {
        Command::Reminder { who, words } => {
            let words = if words { Words::Shown } else { Words::Hidden };
            print(&reminder::show(&access, &who, words, Timestamp::now()).await?, json)
        }
        Command::Doctor { test_number } => {
            let findings = doctor::examine(&access, test_number.as_ref(), Timestamp::now()).await?;
            let code = print(&findings, json)?;
            Ok(if findings.problems() > 0 { ExitCode::from(PROBLEMS_FOUND) } else { code })
        }
        Command::Export { number } => print(&export::export(&access, &number).await?, json),
        Command::Erase { number, confirmed } => {
            print(&erase::erase(&access, &number, Run::of_yes(confirmed.yes)).await?, json)
        }
        Command::StopCalls(Confirmed { yes }) => {
            print(&dialing::change(&access, Change::Stop, Run::of_yes(yes)).await?, json)
        }
        Command::StartCalls(Confirmed { yes }) => {
            print(&dialing::change(&access, Change::Start, Run::of_yes(yes)).await?, json)
        }
        Command::RotateToken { finish, second, confirmed } => {
            let account = if second { Account::Second } else { Account::First };
            let step = if finish { Step::Finish } else { Step::Begin(token()?) };
            print(&rotate_token::rotate(&access, account, step, Run::of_yes(confirmed.yes)).await?, json)
        }
        Command::RestoreAside { name, at, backup, confirmed } => {
            let source =
                backup.map(RestoreSource::Backup).or(at.map(RestoreSource::At)).unwrap_or(RestoreSource::Latest);
            print(&restore_aside::restore(&access, &name, &source, Run::of_yes(confirmed.yes)).await?, json)
        }
        Command::Cost { reminders } => print(&cost::costs(&reminders), json),
        Command::DeadLetters(DeadLettersCommand::List) => list(&access, json).await,
        Command::DeadLetters(DeadLettersCommand::Redrive { ids, all, poison }) => {
            let selection = if all { Selection::All } else { Selection::Ids(ids) };
            let poison = if poison { PoisonHandling::Redrive } else { PoisonHandling::Leave };
            let redriven = dead_letters::redrive(&access, &selection, poison).await?;
            let code = print(&redriven, json)?;
            redriven.check_complete(&selection)?;
            Ok(code)
        }
    }
}

/// Reads a token from standard input.
fn token() -> Result<String> {
    if io::stdin().is_terminal() {
        eprint!("New token: ");
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("could not read the new token from standard input")?;
    let token = line.trim();
    ensure!(!token.is_empty(), "expected the new token on standard input, found nothing");
    Ok(token.to_owned())
}

/// Prints a result in plain words, or as one JSON object. Returns the exit code.
fn print(report: &impl Report, json: bool) -> Result<ExitCode> {
    if json {
        println!("{}", serde_json::to_string(report)?);
    } else {
        print!("{}", report.lines());
    }
    Ok(code_of(report.is_complete()))
}

fn code_of(is_complete: bool) -> ExitCode {
    if is_complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn list(access: &Access, json: bool) -> Result<ExitCode> {
    let listed = dead_letters::list(access).await?;
    if json {
        println!("{}", serde_json::to_string(&listed.dead_letters)?);
        // Standard output has only JSON, for a program. Queues with unread messages are reported to the operator on
        // standard error.
        eprint!("{}", listed.unread.lines());
    } else {
        print!("{}", listed.lines());
    }
    Ok(code_of(listed.unread.is_empty()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_earlier_names_of_commands_are_accepted_and_not_shown() {
        for (earlier, name) in [("pause", "stop-calls"), ("resume", "start-calls")] {
            assert!(Arguments::try_parse_from(["operate", earlier, "--yes"]).is_ok(), "{earlier}");
            let command = Arguments::command();
            let found = command.get_subcommands().find(|command| command.get_name() == name);
            assert_eq!(found.map(|command| command.get_visible_aliases().count()), Some(0), "{name}");
        }
    }

    #[test]
    fn the_arguments_are_consistent_and_the_examples_in_the_help_are_accepted() {
        Arguments::command().debug_assert();
        let examples = EXAMPLES.lines().filter_map(|line| line.trim().strip_prefix("cargo operate"));
        let mut count = 0;
        for example in examples {
            let end = example.find("  ").or(example.find(['<', '>'])).unwrap_or(example.len());
            let words = std::iter::once("operate").chain(example[..end].split_whitespace());
            assert!(Arguments::try_parse_from(words).is_ok(), "{example}");
            count += 1;
        }
        assert!(count >= 9, "expected an example for most commands, found {count}");
    }

    /// Replaces the placeholders of the guides by values.
    fn filled(word: &str) -> &str {
        match word {
            "NUMBER" | "+1…" => "+12125550142",
            "ID" => "01JZ0000000000000000000000",
            "NAME" => "sixthirty-restored",
            "ARN" => "arn:aws:dynamodb:us-east-1:000000000000:table/t/backup/1",
            word => word,
        }
    }

    #[test]
    fn the_commands_in_the_guides_are_accepted() {
        let guides = [
            include_str!("../../../README.md"),
            include_str!("../../../docs/deploying.md"),
            include_str!("../../../docs/operating.md"),
        ];
        let mut count = 0;
        for text in guides.iter().flat_map(|guide| guide.split("cargo operate ").skip(1)) {
            let end = text.find(['`', '<', '>', '|', '\n', '.', ';']).unwrap_or(text.len());
            let command = text[..end].trim();
            let words = std::iter::once("operate").chain(command.split_whitespace().map(filled));
            assert!(Arguments::try_parse_from(words).is_ok(), "{command}");
            count += 1;
        }
        assert!(count >= 25, "expected many commands, found {count}");
    }
}
