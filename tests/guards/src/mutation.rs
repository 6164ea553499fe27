//! What is taken away: a change of the source's text.

use anyhow::{Result, ensure};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_gone_or_there_twice_is_an_error() {
        let edit = Edit { file: "a.rs".to_owned(), old: "x".to_owned(), new: "y".to_owned() };
        assert_eq!(edit.apply("axb").unwrap(), "ayb");
        assert_eq!(edit.apply("ab").unwrap_err().to_string(), "a.rs: expected this text once, found it 0 times:\nx");
        assert_eq!(edit.apply("xx").unwrap_err().to_string(), "a.rs: expected this text once, found it 2 times:\nx");
    }
}
