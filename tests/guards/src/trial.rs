//! One mutation: built, and looked at by the simulation, then by the life cycle's own tests.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::mutation::Mutation;
use crate::program::{Ended, run};
use crate::scratch::Scratch;

/// A build from nothing takes two minutes on two cores.
const BUILD_LIMIT: Duration = Duration::from_secs(900);

/// Many times what the histories take: only a world that never ends takes it.
const SIMULATION_LIMIT: Duration = Duration::from_secs(300);

/// The tests of the life cycle take seconds once they are built; a property that never ends is a failure too.
const TESTS_LIMIT: Duration = Duration::from_secs(120);

/// What noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The simulation: a guarantee was broken.
    Broken {
        /// Which.
        guarantee: String,
        /// How many histories were judged until then.
        histories: String,
        /// The world it was broken in.
        seed: String,
    },
    /// The simulation did not come to its end.
    Endless,
    /// A test of the life cycle failed, by its name.
    Tested(String),
    /// Nothing.
    Unnoticed,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { guarantee, histories, seed } => {
                write!(f, "{guarantee} after {histories} histories (seed {seed})")
            }
            Self::Endless => write!(f, "a world that does not end"),
            Self::Tested(test) => write!(f, "not the simulation; the test {test}"),
            Self::Unnoticed => write!(f, "NOTHING"),
        }
    }
}

/// Where and for how long mutations are tried.
#[derive(Debug)]
pub(crate) struct Trials<'a> {
    pub(crate) scratch: &'a Scratch,
    pub(crate) histories: u64,
    pub(crate) seed: u64,
}

impl Trials<'_> {
    /// With nothing taken away the simulation must hold and the tests pass, or what they say afterwards means nothing.
    pub(crate) fn baseline(&self) -> Result<()> {
        if let Some(breach) = self.simulate()? {
            bail!("expected all guarantees to hold with nothing taken away, found: {breach}");
        }
        if let Some(failure) = self.test()? {
            bail!("expected the tests to pass with nothing taken away, found: {failure}");
        }
        Ok(())
    }

    /// Takes it away, and asks who notices.
    pub(crate) fn run(&self, mutation: &Mutation) -> Result<Outcome> {
        self.scratch.without(mutation, || {
            let noticed = match self.simulate()? {
                Some(breach) => Some(breach),
                None => self.test()?,
            };
            Ok(noticed.unwrap_or(Outcome::Unnoticed))
        })
    }

    fn simulate(&self) -> Result<Option<Outcome>> {
        self.build(&["build", "--profile", "sim", "--package", "simulation"])?;
        let mut command = self.scratch.simulation();
        command.args(["--histories", &self.histories.to_string(), "--seed", &self.seed.to_string(), "--stop-at-first"]);
        let (ended, said) = run(command, SIMULATION_LIMIT, &self.scratch.log())?;
        if ended == Ended::Never {
            return Ok(Some(Outcome::Endless));
        }
        let verdict = said.lines().rev().find_map(|line| line.strip_prefix("verdict: "));
        verdict.and_then(read).with_context(|| format!("expected a verdict of the simulation, found: {said}"))
    }

    /// The tests are run by themselves and not by Cargo, so that ending them ends all there is.
    fn test(&self) -> Result<Option<Outcome>> {
        let said = self.build(&["test", "--package", "reminder", "--lib", "--no-run"])?;
        let tests = executable(&said).with_context(|| format!("expected an executable of tests, found: {said}"))?;
        let (ended, said) = run(self.scratch.program(tests), TESTS_LIMIT, &self.scratch.log())?;
        Ok(match ended {
            Ended::Well => None,
            Ended::Badly => Some(Outcome::Tested(failed(&said).context("expected a failed test's name")?.to_owned())),
            Ended::Never => Some(Outcome::Tested("that does not end".to_owned())),
        })
    }

    /// What Cargo said.
    fn build(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.scratch.cargo();
        command.args(arguments);
        let (ended, said) = run(command, BUILD_LIMIT, &self.scratch.log())?;
        if ended != Ended::Well {
            bail!("expected the copy to build, found:\n{said}");
        }
        Ok(said)
    }
}

/// A verdict of `cargo simulate`: whether something was broken, and what. `None` where it is not of that form.
fn read(verdict: &str) -> Option<Option<Outcome>> {
    let mut words = verdict.split(' ');
    match words.next()? {
        "held" => return Some(None),
        "broken" => {}
        _ => return None,
    }
    let mut field = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
    let (guarantee, seed, histories) = (field("guarantee")?, field("seed")?, field("histories")?);
    Some(Some(Outcome::Broken { guarantee, histories, seed }))
}

/// The executable that Cargo says it has made of a package's tests.
fn executable(said: &str) -> Option<&str> {
    let line = said.lines().find_map(|line| line.trim_start().strip_prefix("Executable "))?;
    line.split_once('(')?.1.strip_suffix(')')
}

/// The first test that failed.
fn failed(said: &str) -> Option<&str> {
    said.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_says_whether_something_was_broken() {
        assert_eq!(read("held histories=5 worlds=2"), Some(None));
        let broken = Outcome::Broken { guarantee: "G2".to_owned(), histories: "412".to_owned(), seed: "17".to_owned() };
        assert_eq!(broken.to_string(), "G2 after 412 histories (seed 17)");
        assert_eq!(read("broken guarantee=G2 seed=17 histories=412 worlds=99"), Some(Some(broken)));
        assert_eq!(read("well guarantee=G2"), None);
        assert_eq!(read("broken seed=17"), None);
    }

    #[test]
    fn the_executable_is_the_one_that_cargo_names() {
        let said =
            "    Finished `test` profile in 1s\n  Executable unittests src/lib.rs (target/debug/deps/reminder-0a)\n";
        assert_eq!(executable(said), Some("target/debug/deps/reminder-0a"));
        assert_eq!(executable("   Compiling reminder (somewhere)\n"), None);
    }

    #[test]
    fn the_first_failed_test_is_named() {
        let said = "test a::is ... ok\ntest b::is ... FAILED\ntest c::is ... FAILED\n";
        assert_eq!(failed(said), Some("b::is"));
        assert_eq!(failed("test a::is ... ok\n"), None);
    }
}
