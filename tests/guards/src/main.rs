//! `cargo guards`: removes one check at a time in a copy of the workspace, and shows whether the simulation or a test
//! catches it.
//!
//! In each trial, one predicate that is marked as a guard is made to return true, or the version condition is ignored,
//! or two steps are swapped. Then the simulation must find a breach, or a test must fail. A check that can be removed
//! without either is not needed or not tested, and the command fails.

mod guarded;
mod mutation;
mod orders;
mod program;
mod scratch;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Parser;

use mutation::Mutation;
use scratch::Scratch;
use trial::{GuardTrial, Trials};

/// Removes one check at a time, and shows whether the simulation or a test catches it: a breach in the simulation or a failed test.
#[derive(Debug, Parser)]
struct Arguments {
    /// Try only checks whose name contains this text.
    #[arg(long)]
    only: Option<String>,
    /// Judge at most this number of histories for each check.
    #[arg(long, default_value_t = 40_000)]
    histories: u64,
    /// Seed of the first world.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Folder of the guards.
const GUARDED: &str = "crates/reminder/src";

fn main() -> Result<ExitCode> {
    let asked = Arguments::parse();
    let root = root();
    let mut mutations = guarded::all(&root, GUARDED)?;
    mutations.extend(orders::all());
    if let Some(part) = &asked.only {
        mutations.retain(|one| one.name.contains(part.as_str()));
        ensure!(!mutations.is_empty(), "expected a part of a check's name, found {part:?}");
    }
    let scratch = Scratch::of(&root)?;
    // Fails at once if a text to replace is not in the sources any more, instead of after an hour.
    for mutation in &mutations {
        scratch.mutated(mutation)?;
    }
    let trials = Trials { scratch: &scratch, histories: asked.histories, seed: asked.seed };
    trials.baseline()?;
    let not_caught = try_all(&trials, &mutations);
    if not_caught.is_empty() {
        println!("\nAll {} removed checks were caught.", mutations.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nNot caught: {}", not_caught.join(", "));
    Ok(ExitCode::FAILURE)
}

/// Tries each mutation and prints its result. Returns the names of the mutations that were not caught or could not be
/// tried.
fn try_all<'a>(trials: &Trials<'_>, mutations: &'a [Mutation]) -> Vec<&'a str> {
    let width = mutations.iter().map(|one| one.name.len()).max().unwrap_or(0).max("removed check".len());
    println!("{:width$} | caught by", "removed check");
    println!("{:-<width$}-|-{:-<60}", "", "");
    let mut not_caught = Vec::new();
    for mutation in mutations {
        let outcome = trials.run(mutation);
        match &outcome {
            Ok(outcome) => println!("{:width$} | {outcome}", mutation.name),
            // The others are still tried after an error.
            Err(error) => println!("{:width$} | NOT TRIED: {error:#}", mutation.name),
        }
        if matches!(outcome, Err(_) | Ok(GuardTrial::NotCaught)) {
            not_caught.push(mutation.name.as_str());
        }
    }
    not_caught
}

/// Root of the workspace from which this program was built.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
