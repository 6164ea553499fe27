//! Writes the seeds of a fuzzing run: the texts of `tests/corpus` as inputs, and their words as a dictionary.

use jiff::{civil::DateTime, tz::TimeZone};
use language_fuzz::{Input, QUESTIONS};
use serde_json::Value;
use std::{collections::BTreeSet, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = root.join("corpus/understand");
    fs::create_dir_all(&seeds)?;
    let mut words = BTreeSet::new();
    let mut written = 0;
    for file in fs::read_dir(root.join("../../../tests/corpus"))? {
        let mut head = Value::Null;
        for line in fs::read_to_string(file?.path())?.lines() {
            let row: Value = serde_json::from_str(line)?;
            let Some(text) = row["text"].as_str() else {
                head = row;
                continue;
            };
            words.extend(text.split(' ').filter(|word| is_entry(word)).map(str::to_lowercase));
            let bytes = seed(&head, &row, text)?
                .bytes()
                .ok_or(format!("expected a row that the fuzzer can encode, found {row}"))?;
            fs::write(seeds.join(format!("seed-{written}")), bytes)?;
            written += 1;
        }
    }
    let dictionary: String = words.iter().map(|word| format!("\" {word}\"\n")).collect();
    fs::write(root.join("words.dict"), dictionary)?;
    println!("{written} seeds, {} words", words.len());
    Ok(())
}

/// Whether a word needs no escapes in a dictionary.
fn is_entry(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

/// Returns the text of a row as an input, with a question of the kind that the row names.
fn seed(head: &Value, row: &Value, text: &str) -> Result<Input, Box<dyn Error>> {
    let field = |name: &str| head[name].as_str().ok_or(format!("expected a head with {name:?}, found {head}"));
    let zone = TimeZone::get(field("zone")?)?;
    let now: DateTime = field("now")?.parse()?;
    let kind = |stored: &str| stored.split([' ', '\n']).next().map(str::to_owned);
    let asked = row["question"].as_str().and_then(kind);
    let question = QUESTIONS.iter().find(|stored| asked.is_some() && kind(stored) == asked);
    Ok(Input {
        now: zone.to_ambiguous_timestamp(now).compatible()?,
        question: question.map(|stored| stored.parse()).transpose()?,
        zone,
        text: text.to_owned(),
    })
}
