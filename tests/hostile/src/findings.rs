//! What a run found wrong.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The most examples that are printed of one kind of finding.
const MOST_EXAMPLES: usize = 5;

/// The most characters of an example.
const SHOWN: usize = 500;

/// The findings of a run, by their kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings(BTreeMap<&'static str, Vec<String>>);

impl Findings {
    /// Adds a finding. `kind` is a short sentence, `example` describes the request or the row.
    pub(crate) fn add(&mut self, kind: &'static str, example: impl Into<String>) {
        let example: String = example.into().chars().take(SHOWN).collect();
        self.0.entry(kind).or_default().push(example);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        for (kind, examples) in other.0 {
            self.0.entry(kind).or_default().extend(examples);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Returns each kind of finding with its number and its first examples, for programs.
    pub(crate) fn json(&self) -> Value {
        let kind = |(kind, examples): (&&str, &Vec<String>)| {
            let first: Vec<_> = examples.iter().take(MOST_EXAMPLES).collect();
            json!({ "kind": kind, "count": examples.len(), "examples": first })
        };
        self.0.iter().map(kind).collect()
    }

    /// Returns one line for each kind, and one for each of its first examples.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (kind, examples) in &self.0 {
            lines.push(format!("{}: {kind}", examples.len()));
            lines.extend(examples.iter().take(MOST_EXAMPLES).map(|example| format!("  {example}")));
        }
        lines
    }
}
