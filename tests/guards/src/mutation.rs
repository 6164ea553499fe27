//! A mutation: a change of the source text that removes one check.

use anyhow::{Result, ensure};

/// Replaces a text in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Path of the file, relative to the workspace root.
    pub(crate) file: String,
    /// Text to replace; it must occur exactly once.
    pub(crate) old: String,
    /// Text to insert instead.
    pub(crate) new: String,
}

/// The removal of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutation {
    /// Name of the check in the table.
    pub(crate) name: String,
    /// Changes of the source.
    pub(crate) edits: Vec<Edit>,
}

impl Mutation {
    /// The files that the mutation changes.
    pub(crate) fn files(&self) -> String {
        let mut files: Vec<_> = self.edits.iter().map(|edit| edit.file.as_str()).collect();
        files.dedup();
        files.join(", ")
    }
}

impl Edit {
    /// Returns the file's text with this change. Fails unless the old text occurs exactly once.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        let found = text.matches(&self.old).count();
        let Self { file, old, .. } = self;
        ensure!(found == 1, "{file}: expected this text once, found it {found} times:\n{old}");
        Ok(text.replacen(old, &self.new, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_repeated_text_is_an_error() {
        let edit = Edit { file: "a.rs".to_owned(), old: "x".to_owned(), new: "y".to_owned() };
        assert_eq!(edit.apply("axb").unwrap(), "ayb");
        assert_eq!(edit.apply("ab").unwrap_err().to_string(), "a.rs: expected this text once, found it 0 times:\nx");
        assert_eq!(edit.apply("xx").unwrap_err().to_string(), "a.rs: expected this text once, found it 2 times:\nx");
    }
}
