//! The trial of one mutation: builds it, runs the simulation on it, and runs tests if the simulation finds nothing.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::losses::Losses;
use crate::mutation::Mutation;
use crate::program::{Ended, run};
use crate::scratch::Scratch;

/// Time limit of a build. A full build takes two minutes on two cores.
const BUILD_LIMIT: Duration = Duration::from_secs(900);

/// Tests that run if the simulation finds at most a few breaches: the tests of the lifecycle and the conversation, of
/// required orders of steps, of messages and records that wait, of directed cases, of turns, of opt-outs at the
/// carrier, of the executor and of the stored items. The last set tests a herd, which only few worlds have.
const TESTS: [&[&str]; 9] = [
    &["test", "--package", "reminder", "--lib", "--no-run"],
    &["test", "--package", "simulation", "--test", "orders", "--no-run"],
    &["test", "--package", "simulation", "--test", "waiting_messages", "--no-run"],
    &["test", "--package", "simulation", "--test", "cases", "--no-run"],
    &["test", "--package", "simulation", "--test", "turns", "--no-run"],
    &["test", "--package", "simulation", "--test", "carrier_opt_out", "--no-run"],
    &["test", "--package", "executor", "--lib", "--no-run"],
    &["test", "--package", "aws", "--lib", "--no-run"],
    &["test", "--package", "simulation", "--test", "herd", "--no-run"],
];

/// Time limit of the simulation. It is many times longer than the histories take, so only endless worlds reach it.
const SIMULATION_LIMIT: Duration = Duration::from_secs(600);

/// Time limit of the tests. They take seconds, so a test that reaches the limit is endless, and counts as failed.
const TESTS_LIMIT: Duration = Duration::from_secs(120);

/// With at most this many breaches, the tests run too: so few breaches may come from another defect.
const FEW: u64 = 3;

/// Name under which the simulation counts the worlds that it cut off after too many invocations. Such a breach says
/// nothing about the removed check.
const CUT_OFF: &str = "bound";

/// The result of a trial: how the mutation was caught, if it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GuardTrial {
    /// The simulation found broken guarantees, and perhaps a test failed too.
    Broken(Losses, Option<String>),
    /// The simulation did not end.
    Endless,
    /// The test of this name failed.
    FailedTest(String),
    /// Neither the simulation nor a test caught the mutation.
    NotCaught,
}

impl GuardTrial {
    fn failed_test(self) -> Option<String> {
        match self {
            Self::FailedTest(test) => Some(test),
            Self::Broken(..) | Self::Endless | Self::NotCaught => None,
        }
    }
}

/// The copy in which mutations are tried, and the size of the simulation.
#[derive(Debug)]
pub(crate) struct Trials<'a> {
    pub(crate) scratch: &'a Scratch,
    pub(crate) histories: u64,
    pub(crate) seed: u64,
    /// Number of threads of the simulation, if it is not one for each core.
    pub(crate) threads: Option<u16>,
}

impl Trials<'_> {
    /// Checks that without a mutation the simulation finds no breach and the tests pass. Otherwise the trials mean
    /// nothing.
    pub(crate) fn baseline(&self) -> Result<()> {
        if let Some(breach) = self.simulate()? {
            bail!("expected no breach without a mutation, found: {breach:?}");
        }
        if let Some(failure) = self.test()? {
            bail!("expected the tests to pass without a mutation, found: {failure:?}");
        }
        Ok(())
    }

    /// Checks that the copy compiles with a mutation.
    pub(crate) fn compile(&self, mutation: &Mutation) -> Result<()> {
        self.scratch.without(mutation, || self.build(&["check", "--package", "simulation"]).map(drop))
    }

    /// Tries a mutation.
    pub(crate) fn run(&self, mutation: &Mutation) -> Result<GuardTrial> {
        self.scratch.without(mutation, || {
            Ok(match self.simulate()? {
                Some(GuardTrial::Broken(losses, _)) if losses.count() <= FEW => {
                    let test = self.test()?.and_then(GuardTrial::failed_test);
                    GuardTrial::Broken(losses, test)
                }
                Some(breach) => breach,
                None => self.test()?.unwrap_or(GuardTrial::NotCaught),
            })
        })
    }

    /// Judges all histories, and counts the breaches. Worlds that were cut off do not count.
    fn simulate(&self) -> Result<Option<GuardTrial>> {
        self.build(&["build", "--profile", "sim", "--package", "simulation"])?;
        let mut command = self.scratch.simulation();
        command.args(["--histories", &self.histories.to_string(), "--seed", &self.seed.to_string(), "--count"]);
        if let Some(threads) = self.threads {
            command.args(["--threads", &threads.to_string()]);
        }
        let (ended, output) = run(command, SIMULATION_LIMIT, &self.scratch.log())?;
        if ended == Ended::TimedOut {
            return Ok(Some(GuardTrial::Endless));
        }
        let mut losses =
            Losses::read(&output).with_context(|| format!("expected a verdict, found:\n{}", end(&output)))?;
        losses.breaches.remove(CUT_OFF);
        Ok((!losses.breaches.is_empty()).then_some(GuardTrial::Broken(losses, None)))
    }

    /// Runs the sets of tests, one after the other. Returns the first failure.
    fn test(&self) -> Result<Option<GuardTrial>> {
        for tests in TESTS {
            if let Some(caught) = self.test_by(tests)? {
                return Ok(Some(caught));
            }
        }
        Ok(None)
    }

    /// Builds a set of tests and runs its executable directly. Killing Cargo instead would leave the tests running.
    fn test_by(&self, build: &[&str]) -> Result<Option<GuardTrial>> {
        let output = self.build(build)?;
        let tests = executable(&output).with_context(|| format!("expected a test executable, found: {output}"))?;
        let (ended, output) = run(self.scratch.program(tests), TESTS_LIMIT, &self.scratch.log())?;
        Ok(match ended {
            Ended::Success => None,
            Ended::Failure => {
                Some(GuardTrial::FailedTest(failed(&output).context("expected a failed test's name")?.to_owned()))
            }
            Ended::TimedOut => Some(GuardTrial::FailedTest("(endless)".to_owned())),
        })
    }

    /// Runs Cargo in the copy, and returns its output. Fails if the build fails.
    fn build(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.scratch.cargo();
        command.args(arguments);
        let (ended, output) = run(command, BUILD_LIMIT, &self.scratch.log())?;
        if ended != Ended::Success {
            bail!("expected the copy to build, found:\n{output}");
        }
        Ok(output)
    }
}

/// The last lines of an output.
fn end(output: &str) -> String {
    const LINES: usize = 40;
    let lines: Vec<_> = output.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// Path of the test executable in Cargo's output.
fn executable(output: &str) -> Option<&str> {
    let line = output.lines().find_map(|line| line.trim_start().strip_prefix("Executable "))?;
    line.split_once('(')?.1.strip_suffix(')')
}

/// Name of the first failed test in the output of a test executable.
fn failed(output: &str) -> Option<&str> {
    output.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_executable_is_read_from_cargos_output() {
        let output =
            "    Finished `test` profile in 1s\n  Executable unittests src/lib.rs (target/debug/deps/reminder-0a)\n";
        assert_eq!(executable(output), Some("target/debug/deps/reminder-0a"));
        assert_eq!(executable("   Compiling reminder (somewhere)\n"), None);
    }

    #[test]
    fn the_first_failed_test_is_named() {
        let output = "test a::is ... ok\ntest b::is ... FAILED\ntest c::is ... FAILED\n";
        assert_eq!(failed(output), Some("b::is"));
        assert_eq!(failed("test a::is ... ok\n"), None);
    }
}
