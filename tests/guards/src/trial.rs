//! One mutation: built, and looked at by the simulation, then by tests.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::mutation::Mutation;
use crate::program::{Ended, run};
use crate::scratch::Scratch;

/// A build from nothing takes two minutes on two cores.
const BUILD_LIMIT: Duration = Duration::from_secs(900);

/// Tests that are asked where the simulation sees nothing: the life cycle's own, those of orders that
/// hardly any history shows broken, and one of a herd, which few worlds are.
const TESTS: [&[&str]; 3] = [
    &["test", "--package", "reminder", "--lib", "--no-run"],
    &["test", "--package", "simulation", "--test", "orders", "--no-run"],
    &["test", "--package", "simulation", "--test", "herd", "--no-run"],
];

/// Many times what the histories take: only a world that never ends takes it.
const SIMULATION_LIMIT: Duration = Duration::from_secs(300);

/// The tests of the life cycle take seconds once they are built; a property that never ends is a failure too.
const TESTS_LIMIT: Duration = Duration::from_secs(120);

/// What the simulation calls it when a world was cut off.
const CUT_OFF: &str = "bound";

/// What noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The simulation: a guarantee was broken.
    Broken {
        /// Which.
        guarantee: String,
        /// How many histories were judged until then.
        histories: u64,
        /// The world it was broken in.
        seed: u64,
    },
    /// The simulation did not come to its end.
    Endless,
    /// A test failed, by its name.
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

    /// Judges worlds until a guarantee is broken. One that was cut off, since too much went on in it, tells nothing about
    /// what was taken away: the next one is gone on with.
    fn simulate(&self) -> Result<Option<Outcome>> {
        self.build(&["build", "--profile", "sim", "--package", "simulation"])?;
        let (mut first, mut judged) = (self.seed, 0);
        while judged < self.histories {
            let mut command = self.scratch.simulation();
            let left = (self.histories - judged).to_string();
            command.args(["--histories", &left, "--seed", &first.to_string(), "--stop-at-first"]);
            let (ended, said) = run(command, SIMULATION_LIMIT, &self.scratch.log())?;
            if ended == Ended::Never {
                return Ok(Some(Outcome::Endless));
            }
            let verdict = said.lines().rev().find_map(|line| line.strip_prefix("verdict: ")).and_then(Verdict::read);
            match verdict.with_context(|| format!("expected a verdict of the simulation, found: {said}"))? {
                Verdict::Held => return Ok(None),
                Verdict::Broken { guarantee, seed, histories } if guarantee == CUT_OFF => {
                    (first, judged) = (seed + 1, judged + histories);
                }
                Verdict::Broken { guarantee, seed, histories } => {
                    return Ok(Some(Outcome::Broken { guarantee, seed, histories: judged + histories }));
                }
            }
        }
        Ok(None)
    }

    /// What the tests say, one set after the other.
    fn test(&self) -> Result<Option<Outcome>> {
        for tests in TESTS {
            if let Some(noticed) = self.test_by(tests)? {
                return Ok(Some(noticed));
            }
        }
        Ok(None)
    }

    /// The tests are run by themselves and not by Cargo, so that ending them ends all there is.
    fn test_by(&self, build: &[&str]) -> Result<Option<Outcome>> {
        let said = self.build(build)?;
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

/// The last line of `cargo simulate`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Held,
    Broken { guarantee: String, seed: u64, histories: u64 },
}

impl Verdict {
    fn read(verdict: &str) -> Option<Self> {
        let mut words = verdict.split(' ');
        match words.next()? {
            "held" => return Some(Self::Held),
            "broken" => {}
            _ => return None,
        }
        let mut field = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let (guarantee, seed, histories) = (field("guarantee")?, field("seed")?, field("histories")?);
        Some(Self::Broken {
            guarantee: guarantee.to_owned(),
            seed: seed.parse().ok()?,
            histories: histories.parse().ok()?,
        })
    }
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
        assert_eq!(Verdict::read("held histories=5 worlds=2"), Some(Verdict::Held));
        let broken = Verdict::Broken { guarantee: "G2".to_owned(), seed: 17, histories: 412 };
        assert_eq!(Verdict::read("broken guarantee=G2 seed=17 histories=412 worlds=99"), Some(broken));
        assert_eq!(Verdict::read("well guarantee=G2"), None);
        assert_eq!(Verdict::read("broken seed=17"), None);
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
