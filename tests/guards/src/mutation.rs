//! What is taken away: a change of the source's text.

use anyhow::{Context, Result, ensure};

/// One text that is replaced by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The file, from the workspace's root.
    pub(crate) file: String,
    /// What stands there, exactly once.
    pub(crate) old: String,
    /// What stands there instead.
    pub(crate) new: String,
}

/// Something that fences, taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutation {
    /// Its name in the table.
    pub(crate) name: String,
    /// How the source changes.
    pub(crate) edits: Vec<Edit>,
}

impl Edit {
    /// The file's text with the change made.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        let found = text.matches(&self.old).count();
        let Self { file, old, .. } = self;
        ensure!(found == 1, "{file}: expected this text once, found it {found} times:\n{old}");
        Ok(text.replacen(old, &self.new, 1))
    }
}

/// One mutation for each public function of a file of predicates: its body is `true`. They are read from the file
/// itself, so that a new one is not forgotten.
pub(crate) fn of_guards(file: &str, text: &str) -> Result<Vec<Mutation>> {
    const BEGINNING: &str = "\npub fn ";
    // rustfmt closes what begins at the margin at the margin, and nothing inside it.
    const END: &str = "\n}\n";
    let mut mutations = Vec::new();
    for (at, _) in text.match_indices(BEGINNING) {
        let rest = &text[at + BEGINNING.len()..];
        let item = &rest[..rest.find(END).with_context(|| format!("{file}: expected functions to end"))? + END.len()];
        let (name, _) = item.split_once('(').with_context(|| format!("{file}: expected a function, found {item:?}"))?;
        let signature_end = item.find("-> bool {").map(|at| at + "-> bool {".len());
        let (signature, body) = item.split_at(
            signature_end
                .with_context(|| format!("{file}: expected {name} to be a predicate: what fences says yes or no"))?,
        );
        ensure!(!body.contains(BEGINNING), "{file}: expected {name} to end before the next function");
        let edit = Edit { file: file.to_owned(), old: item.to_owned(), new: format!("{signature} true }}\n") };
        mutations.push(Mutation { name: name.to_owned(), edits: vec![edit] });
    }
    ensure!(!mutations.is_empty(), "{file}: expected predicates, found none");
    Ok(mutations)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "//! Two.\n\n/// One.\npub fn is_one(n: u8) -> bool {\n    n == 1\n}\n\n\
        pub fn has_two(\n    long: u8,\n) -> bool {\n    match long {\n        2 => true,\n        _ => false,\n    }\n}\n";

    #[test]
    fn each_predicate_says_yes_in_turn_and_the_others_stay() {
        let mutations = of_guards("guard.rs", FILE).unwrap();
        let names: Vec<_> = mutations.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["is_one", "has_two"]);
        let without_one = mutations[0].edits[0].apply(FILE).unwrap();
        assert!(without_one.contains("pub fn is_one(n: u8) -> bool { true }\n"), "{without_one}");
        assert!(without_one.contains("2 => true"), "{without_one}");
        let without_two = mutations[1].edits[0].apply(FILE).unwrap();
        assert!(without_two.ends_with("pub fn has_two(\n    long: u8,\n) -> bool { true }\n"), "{without_two}");
        assert!(without_two.contains("n == 1"), "{without_two}");
    }

    #[test]
    fn what_is_no_predicate_among_them_is_an_error() {
        let error = of_guards("guard.rs", "\npub fn count(n: u8) -> u8 {\n    n\n}\n").unwrap_err();
        assert_eq!(error.to_string(), "guard.rs: expected count to be a predicate: what fences says yes or no");
        assert!(of_guards("guard.rs", "//! None.\n").is_err());
    }

    #[test]
    fn a_text_that_is_gone_or_there_twice_is_an_error() {
        let edit = Edit { file: "a.rs".to_owned(), old: "x".to_owned(), new: "y".to_owned() };
        assert_eq!(edit.apply("axb").unwrap(), "ayb");
        assert_eq!(edit.apply("ab").unwrap_err().to_string(), "a.rs: expected this text once, found it 0 times:\nx");
        assert_eq!(edit.apply("xx").unwrap_err().to_string(), "a.rs: expected this text once, found it 2 times:\nx");
    }
}
