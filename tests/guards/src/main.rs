//! `cargo guards`: removes one check at a time in a copy of the workspace, and shows whether the simulation or a test
//! catches the removal.
//!
//! In each trial, one predicate that is marked as a guard is made to return true, or a condition is removed, or two
//! steps are swapped. Then the simulation must find a breach, or a test must fail. If neither happens, the check is not
//! needed or not tested, and the command fails.
//!
//! At the end, the command prints as a Markdown table how many reminders and texts are lost, doubled, stale or late
//! without each check.

mod guarded;
mod losses;
mod mutation;
mod orders;
mod program;
mod scratch;
mod table;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use mutation::Mutation;
use scratch::Scratch;
use table::Row;
use trial::Trials;

/// Remove one check at a time, and show what catches the removal: a breach in the simulation, or a failed test
///
/// Each check takes one or two minutes. All checks take about 50 minutes on two cores with `--histories 20000`.
#[derive(Debug, Parser)]
#[command(name = "cargo guards", bin_name = "cargo guards", version)]
struct Arguments {
    /// Try only checks whose name contains this text.
    #[arg(long)]
    only: Option<String>,
    /// Judge this number of histories for each check.
    #[arg(long, default_value_t = 40_000)]
    histories: u64,
    /// Seed of the first world.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of threads of the simulation. By default, one for each core.
    #[arg(long)]
    threads: Option<u16>,
    /// Only list the checks. Fails if the text of a check is no longer in the sources.
    #[arg(long)]
    list: bool,
    /// Only check that the sources compile without each check.
    #[arg(long)]
    compile: bool,
    /// Print the results as one JSON object at the end. The rows go to standard error meanwhile.
    #[arg(long, conflicts_with_all = ["list", "compile"])]
    json: bool,
}

/// Folders of the guards: all code of the service.
const GUARDED: [&str; 2] = ["crates", "functions"];

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let root = root();
    let mut mutations = guarded::all(&root, &GUARDED)?;
    mutations.extend(orders::all());
    if let Some(part) = &arguments.only {
        mutations.retain(|mutation| mutation.name.contains(part.as_str()));
        ensure!(!mutations.is_empty(), "expected a part of a check's name, found {part:?}; --list shows the names");
    }
    let scratch = Scratch::of(&root)?;
    // If a text to replace is not in the sources any more, fail now and not after an hour.
    for mutation in &mutations {
        scratch.mutated(mutation)?;
    }
    if arguments.list {
        mutations.iter().for_each(|mutation| println!("{}: {}", mutation.name, mutation.files()));
        return Ok(ExitCode::SUCCESS);
    }
    let trials =
        Trials { scratch: &scratch, histories: arguments.histories, seed: arguments.seed, threads: arguments.threads };
    if arguments.compile {
        return compile_all(&trials, &mutations);
    }
    trials.baseline()?;
    let show: fn(&str) = if arguments.json { |line| eprintln!("{line}") } else { |line| println!("{line}") };
    let rows = try_all(&trials, &mutations, show);
    let not_caught: Vec<_> = rows.iter().filter(|row| !table::is_caught(row)).map(|(name, _)| *name).collect();
    if arguments.json {
        println!("{}", table::json(&rows, arguments.histories, arguments.seed));
        return Ok(if not_caught.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    println!("\n{}", table::markdown(&rows, arguments.histories));
    if not_caught.is_empty() {
        println!("\nAll {} removed checks were caught.", mutations.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nNot caught: {}", not_caught.join(", "));
    Ok(ExitCode::FAILURE)
}

/// Tries each mutation. Shows each row immediately, because a trial takes minutes. After an error, the other mutations
/// are still tried.
fn try_all<'a>(trials: &Trials<'_>, mutations: &'a [Mutation], show: fn(&str)) -> Vec<Row<'a>> {
    show(&table::heading());
    let mut rows = Vec::new();
    for mutation in mutations {
        let row: Row<'_> = (mutation.name.as_str(), trials.run(mutation).map_err(|error| format!("{error:#}")));
        show(&table::line(&row));
        if let Err(error) = &row.1 {
            eprintln!("{error}");
        }
        rows.push(row);
    }
    rows
}

/// Compiles the sources without each check, one at a time, and prints whether they compile.
fn compile_all(trials: &Trials<'_>, mutations: &[Mutation]) -> Result<ExitCode> {
    let mut failed = 0;
    for mutation in mutations {
        match trials.compile(mutation) {
            Ok(()) => println!("{}: compiles", mutation.name),
            Err(error) => {
                failed += 1;
                println!("{}: {error:#}", mutation.name);
            }
        }
    }
    println!("\n{} of {} compile.", mutations.len() - failed, mutations.len());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Root of the workspace from which this program was built.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
