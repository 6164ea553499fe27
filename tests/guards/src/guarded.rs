//! The guards: predicates that protect an invariant. Each is marked by a line `// guard: its_name` above it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::mutation::{Edit, Mutation};

/// The names of all guards. A missing marker or an unlisted guard is an error.
const GUARDS: [&str; 44] = [
    "is_planned",
    "is_time",
    "is_within_max_lateness",
    "is_wanted",
    "has_claim",
    "is_last_claim",
    "is_claim_of_last_end",
    "has_rung",
    "is_cancelled_claim",
    "shows_end_of",
    "may_ring_again",
    "is_first_verdict",
    "is_given_up",
    "counts_as_missed",
    "may_take",
    "has_room",
    "may_call_unconfirmed",
    "is_its_code",
    "is_below",
    "may_be_answered",
    "has_begun",
    "moves_in_place",
    "is_off_guessed_clock",
    "is_newer",
    "is_known_by",
    "is_restorable",
    "may_be_restored",
    "may_be_handled",
    "may_be_undone",
    "is_lately",
    "is_text_wanted",
    "is_text_due",
    "may_be_tried",
    "is_newest",
    "counts_after_failure",
    "is_own_wake_up",
    "is_of_channel",
    "is_fresh",
    "may_take_free_slots",
    "may_use_whole_budget",
    "is_within_budget",
    "has_cooled",
    "has_lapsed",
    "is_overdue",
];

/// Beginning of the line above a guard; the guard's name follows.
const MARKER: &str = "// guard: ";

/// Returns a mutation for each guard in these folders, in the order of [`GUARDS`].
///
/// # Errors
/// Fails if a file can't be read, if a marker has no predicate of its name below it, if a listed guard is not found
/// exactly once, or if a guard is found that is not listed.
pub(crate) fn all(root: &Path, folders: &[&str]) -> Result<Vec<Mutation>> {
    let mut found = Vec::new();
    for folder in folders {
        for path in sources(&root.join(folder))? {
            let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            let file = path.strip_prefix(root)?.display().to_string();
            found.extend(of_file(&file, &text)?);
        }
    }
    in_order(&GUARDS, found)
}

/// The Rust files of a folder and its subfolders.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            sources.extend(self::sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

fn in_order(listed: &[&str], mut found: Vec<Mutation>) -> Result<Vec<Mutation>> {
    let mut ordered = Vec::new();
    for name in listed {
        let at = found.iter().position(|mutation| mutation.name == *name);
        ordered
            .push(found.remove(at.with_context(|| format!("expected a guard marked `{MARKER}{name}`, found none"))?));
    }
    let others: Vec<_> = found.iter().map(|mutation| mutation.name.as_str()).collect();
    ensure!(others.is_empty(), "expected each guard once and in the list, found also: {}", others.join(", "));
    Ok(ordered)
}

/// Returns a mutation for each guard of a file. It makes the guard return `true`.
fn of_file(file: &str, text: &str) -> Result<Vec<Mutation>> {
    let mut mutations = Vec::new();
    for (at, _) in text.match_indices(MARKER) {
        let margin = text[..at].rsplit('\n').next().unwrap_or_default();
        ensure!(margin.trim().is_empty(), "{file}: expected `{MARKER}` on a separate line, found it after {margin:?}");
        let (name, rest) = text[at + MARKER.len()..]
            .split_once('\n')
            .with_context(|| format!("{file}: expected a function below the marker of a guard"))?;
        // rustfmt puts the closing brace of a function at the function's indentation, and deeper code is indented more.
        let end = format!("\n{margin}}}\n");
        let length =
            rest.find(&end).with_context(|| format!("{file}: expected the end of {name}, found none"))? + end.len();
        let item = &rest[..length];
        let (signature, _) =
            item.split_once("-> bool {").with_context(|| format!("{file}: expected {name} to return bool"))?;
        ensure!(
            signature.contains(&format!("fn {name}(")) && signature.matches("fn ").count() == 1,
            "{file}: expected the function {name} below its marker, found {signature:?}"
        );
        let new = format!("{signature}-> bool {{ true }}\n");
        let edit = Edit { file: file.to_owned(), old: item.to_owned(), new };
        mutations.push(Mutation { name: name.to_owned(), edits: vec![edit] });
    }
    Ok(mutations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GUARDED, root};

    const FILE: &str = "//! Two.\n\n/// One.\n// guard: is_one\npub fn is_one(n: u8) -> bool {\n    n == 1\n}\n\n\
        impl Two {\n    // guard: has_two\n    fn has_two(\n        self,\n        long: u8,\n    ) -> bool {\n        \
        match long {\n            2 => true,\n            _ => false,\n        }\n    }\n\n    fn other() {}\n}\n";

    #[test]
    fn each_mutation_makes_one_guard_return_true_and_does_not_change_the_others() {
        let mutations = of_file("a.rs", FILE).unwrap();
        let names: Vec<_> = mutations.iter().map(|mutation| mutation.name.as_str()).collect();
        assert_eq!(names, ["is_one", "has_two"]);
        let without_one = mutations[0].edits[0].apply(FILE).unwrap();
        assert!(without_one.contains("pub fn is_one(n: u8) -> bool { true }\n"), "{without_one}");
        assert!(without_one.contains("2 => true"), "{without_one}");
        let without_two = mutations[1].edits[0].apply(FILE).unwrap();
        assert!(without_two.ends_with("long: u8,\n    ) -> bool { true }\n\n    fn other() {}\n}\n"), "{without_two}");
        assert!(without_two.contains("n == 1"), "{without_two}");
    }

    #[test]
    fn a_marker_without_a_predicate_of_its_name_is_an_error() {
        for file in [
            "// guard: count\nfn count(n: u8) -> u8 {\n    n\n}\n",
            "// guard: is_one\nfn is_two(n: u8) -> bool {\n    n == 2\n}\n",
            "// guard: is_one\nconst N: u8 = 1;\n\nfn f() {}\n\nfn is_one(n: u8) -> bool {\n    n == 1\n}\n",
            "// guard: is_one",
        ] {
            assert!(of_file("a.rs", file).is_err(), "{file}");
        }
    }

    #[test]
    fn a_missing_or_unlisted_or_repeated_guard_is_an_error() {
        let found = || of_file("a.rs", FILE).unwrap();
        let names = |listed: &[&str]| in_order(listed, found()).map(|found| found.len());
        assert_eq!(names(&["has_two", "is_one"]).unwrap(), 2);
        assert!(names(&["is_one"]).unwrap_err().to_string().ends_with("found also: has_two"));
        assert!(names(&["is_one", "has_two", "is_three"]).unwrap_err().to_string().contains("guard: is_three`"));
        let twice = found().into_iter().chain(found()).collect();
        assert!(in_order(&["is_one", "has_two"], twice).is_err());
    }

    #[test]
    fn every_guard_of_the_source_is_found_and_can_be_removed() {
        let mutations = all(&root(), &GUARDED).unwrap();
        assert_eq!(mutations.len(), GUARDS.len());
        for mutation in mutations {
            let text = fs::read_to_string(root().join(&mutation.edits[0].file)).unwrap();
            assert!(mutation.edits[0].apply(&text).is_ok(), "{}", mutation.name);
        }
    }
}
