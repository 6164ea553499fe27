//! The words of a task, as they are stored and shown.

/// Returns a task as it is stored and shown: on one line, without control characters and invisible marks, with plain
/// quotes and dashes. With one typographic quote, a segment has room for only 70 characters instead of 160.
pub fn clean_task(task: &str) -> String {
    let mut clean = String::with_capacity(task.len());
    for character in task.chars() {
        match character {
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{b4}' | '`' => clean.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => clean.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => clean.push('-'),
            '\u{2026}' => clean.push_str("..."),
            // Invisible characters that come with pasted text: soft hyphens, zero-width spaces, direction marks.
            // Joiners stay, because emoji and some scripts need them.
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' => {}
            '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => {
                if !clean.ends_with(' ') {
                    clean.push(' ');
                }
            }
            c => clean.push(c),
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Returns a text of at most `length` characters. Three dots replace the end of a longer text.
pub(super) fn shortened(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(length.saturating_sub(3)).collect();
    short.truncate(short.trim_end().len());
    short + "..."
}
