//! Places in the code that the talk shows. The sources are compiled in, so that the lines are those of this build.

use serde::Serialize;

/// Maximum number of lines that are shown of a place.
const MOST_LINES: usize = 8;

/// A place in the code: the lines from the one with a text that is unique in its file.
#[derive(Debug, Clone, Copy)]
pub(super) struct CodePlace {
    /// Path of the file in the workspace.
    pub(super) path: &'static str,
    /// The whole file.
    pub(super) source: &'static str,
    /// A text of the first line, which no other line has.
    pub(super) from: &'static str,
    /// A text of the last line. It may be in the first line too.
    pub(super) to: &'static str,
}

/// Names a place in a file of the workspace by a text in its first and a text in its last line.
macro_rules! code_place {
    ($path:literal, $from:literal, $to:literal) => {
        $crate::talk::code::CodePlace {
            path: $path,
            source: include_str!(concat!("../../../../", $path)),
            from: $from,
            to: $to,
        }
    };
}
pub(super) use code_place;

/// The lines of a place in the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excerpt {
    /// Path of the file in the workspace.
    pub path: &'static str,
    /// Number of the first line, from 1.
    pub line: usize,
    /// The lines, without the indentation that they share.
    pub lines: Vec<String>,
}

impl CodePlace {
    /// Finds the lines.
    ///
    /// # Errors
    /// Fails if not exactly one line has the first text, or if no line near it has the second.
    pub(super) fn find(&self) -> Result<Excerpt, String> {
        let Self { path, source, from, to } = *self;
        let lines: Vec<&str> = source.lines().collect();
        let starts: Vec<usize> = (0..lines.len()).filter(|index| lines[*index].contains(from)).collect();
        let [start] = starts[..] else {
            return Err(format!("{path}: expected one line with {from:?}, found {}", starts.len()));
        };
        let near = &lines[start..lines.len().min(start + MOST_LINES)];
        let Some(last) = near.iter().position(|line| line.contains(to)) else {
            return Err(format!("{path}: expected {to:?} within {MOST_LINES} lines after {from:?}, found none"));
        };
        let shown = &near[..=last];
        let indented = shown.iter().filter(|line| !line.trim().is_empty());
        let indentation = indented.map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
        let lines = shown.iter().map(|line| line.get(indentation..).unwrap_or_default().to_owned()).collect();
        Ok(Excerpt { path, line: start + 1, lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(from: &'static str, to: &'static str) -> CodePlace {
        let source = "fn a() {\n    if b {\n        c();\n    }\n    d();\n    d();\n}\n";
        CodePlace { path: "a.rs", source, from, to }
    }

    #[test]
    fn a_place_is_found_by_its_texts_and_shown_without_the_shared_indentation() {
        let found = place("if b", "c()").find().unwrap();
        assert_eq!((found.path, found.line), ("a.rs", 2));
        assert_eq!(found.lines, ["if b {", "    c();"]);
        assert_eq!(place("c()", "c()").find().unwrap().lines, ["c();"]);
    }

    #[test]
    fn a_text_that_is_missing_or_not_unique_is_an_error() {
        for (from, to, expected) in [
            ("e()", "e()", "a.rs: expected one line with \"e()\", found 0"),
            ("d()", "d()", "a.rs: expected one line with \"d()\", found 2"),
            ("if b", "e()", "a.rs: expected \"e()\" within 8 lines after \"if b\", found none"),
            ("c()", "if b", "a.rs: expected \"if b\" within 8 lines after \"c()\", found none"),
        ] {
            assert_eq!(place(from, to).find().unwrap_err(), expected);
        }
    }
}
