//! Writes rows for `tests/corpus`: reads texts, one per line, and writes each with its request. Check the rows before
//! you add them to the corpus.
//!
//! A line in braces sets `now` and `zone` for the lines after it. A line `question >> text` sets the open question that
//! the text answers; `|` in the question stands for a line break.

#[path = "../tests/rendered/mod.rs"]
mod rendered;

use rendered::Sender;
use serde_json::{Value, json};
use std::io::{BufRead, Write, stdin, stdout};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut head = json!({"now": "2027-03-10T10:15", "zone": "America/New_York"});
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line = line?;
        if line.starts_with('{') {
            head = serde_json::from_str(&line)?;
            writeln!(out, "{line}")?;
            continue;
        }
        let (question, text) =
            line.split_once(" >> ").map_or((None, line.as_str()), |(question, text)| (Some(question), text));
        let question = question.map(|question| question.replace('|', "\n"));
        let parsed = question.as_deref().map(str::parse).transpose()?;
        let understood = Sender::of(&head)?.understood(text, parsed);
        let mut row = serde_json::Map::new();
        question.map(|question| row.insert("question".to_owned(), json!(question)));
        row.insert("text".to_owned(), json!(text));
        let Value::Object(fields) = understood else { continue };
        row.extend(fields);
        writeln!(out, "{}", Value::Object(row))?;
    }
    Ok(())
}
