//! Breaches of the guarantees.

use std::fmt;

/// A guarantee that was broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// Name of the guarantee: `G1` to `G8`, `liveness`, `bound` or `panic`.
    pub guarantee: &'static str,
    /// The expected and the found behavior.
    pub description: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.guarantee, self.description)
    }
}

/// Collects the breaches of a world.
#[derive(Debug, Default)]
pub(super) struct Breaches {
    pub(super) found: Vec<Breach>,
}

impl Breaches {
    pub(super) fn add(&mut self, guarantee: &'static str, describe: impl FnOnce() -> String) {
        self.found.push(Breach { guarantee, description: describe() });
    }

    pub(super) fn unless(&mut self, held: bool, guarantee: &'static str, describe: impl FnOnce() -> String) {
        if !held {
            self.add(guarantee, describe);
        }
    }
}
