//! Mutations that swap the order of two steps, or break a step or condition that is not a marked predicate. Each
//! contains the exact text that it replaces, so a changed source leads to an error.
//!
//! One order is left out: an early wake-up is deleted from the queue only after it was sent again. If the new message
//! is lost, the sweeper recovers the record after its deadline, so no guarantee depends on this order.

mod calls;
mod incoming;
mod releases;
mod texts;
mod writes;

use crate::mutation::{Edit, Mutation};

/// All mutations of this module and its parts.
pub(crate) fn all() -> Vec<Mutation> {
    [writes::all(), calls::all(), texts::all(), incoming::all(), releases::all()].into_iter().flatten().collect()
}

fn mutation(name: &str, edits: Vec<(&str, &str, &str)>) -> Mutation {
    let edit = |(file, old, new): (&str, &str, &str)| Edit { file: file.into(), old: old.into(), new: new.into() };
    Mutation { name: name.to_owned(), edits: edits.into_iter().map(edit).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn each_replaced_text_occurs_once_in_the_source() {
        for mutation in all() {
            for edit in mutation.edits {
                let text = std::fs::read_to_string(root().join(&edit.file)).unwrap();
                assert!(edit.apply(&text).is_ok(), "{}: {:?}", mutation.name, edit.apply(&text));
            }
        }
    }

    #[test]
    fn each_mutation_has_a_name_of_its_own() {
        let mut names: Vec<_> = all().into_iter().map(|mutation| mutation.name).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
