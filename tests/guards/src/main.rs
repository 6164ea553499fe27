//! `cargo guards`: takes away one check after the other and shows what notices. Each predicate that is
//! marked as a guard is made to say yes always, the version condition is left out, and some orders are turned round, in a copy of the workspace; the
//! simulation must find a guarantee broken then, or at least a test of the life cycle must fail. Whatever nothing
//! notices is either not needed or not looked at, and the command fails.

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
use trial::{Outcome, Trials};

/// Takes away one check after the other, and shows what notices.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only those whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// So many histories are judged without each, at most.
    #[arg(long, default_value_t = 40_000)]
    histories: u64,
    /// The first world.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Where the predicates are.
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
    // A text that is not there any more is told before an hour is spent.
    for mutation in &mutations {
        scratch.mutated(mutation)?;
    }
    let trials = Trials { scratch: &scratch, histories: asked.histories, seed: asked.seed };
    trials.baseline()?;
    let unnoticed = try_all(&trials, &mutations);
    if unnoticed.is_empty() {
        println!("\nEach of the {} is noticed.", mutations.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nNothing notices: {}", unnoticed.join(", "));
    Ok(ExitCode::FAILURE)
}

/// Prints each as it is done; returns the names of those that nothing notices.
fn try_all<'a>(trials: &Trials<'_>, mutations: &'a [Mutation]) -> Vec<&'a str> {
    let width = mutations.iter().map(|one| one.name.len()).max().unwrap_or(0);
    println!("{:width$} | caught by", "without");
    println!("{:-<width$}-|-{:-<60}", "", "");
    let mut unnoticed = Vec::new();
    for mutation in mutations {
        let outcome = trials.run(mutation);
        match &outcome {
            Ok(outcome) => println!("{:width$} | {outcome}", mutation.name),
            // One that can't be tried keeps nobody from trying the others.
            Err(error) => println!("{:width$} | NOT TRIED: {error:#}", mutation.name),
        }
        if matches!(outcome, Err(_) | Ok(Outcome::Unnoticed)) {
            unnoticed.push(mutation.name.as_str());
        }
    }
    unnoticed
}

/// The workspace this program was built from.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
