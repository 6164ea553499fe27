//! The length of a task in an answer.

/// Returns a text of at most `length` characters. Three dots replace the end of a longer text.
pub(super) fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(length.saturating_sub(3)).collect();
    short.truncate(short.trim_end().len());
    short + "..."
}
